using System.Text.Json;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>Shippo: a track object, alone or as the data of a track_updated webhook.</summary>
public sealed class ShippoReader : ICarrierReader
{
    private static readonly CarrierCodes Codes = CarrierCodes.Of("shippo");

    public string Source => "Shippo";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Json
        && (shape.Has("tracking_status") || shape.Has("tracking_history") || shape.Has("data.tracking_status") || shape.Has("data.tracking_history")
            || (shape.Words.ContainsKey("event") && shape.Has("data") && !shape.Has("msg")));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => JsonPayload.Open(Source, payload, root =>
    {
        var track = root;
        if (root.Text("event") is { } what)
        {
            if (what != "track_updated") return CarrierReading.Ignored(Source, $"An event of kind {what}.");
            if (root.Child("data") is not { ValueKind: JsonValueKind.Object } data) return CarrierReading.Ignored(Source, "An event without data.");
            track = data;
        }
        if (track.Text("tracking_number") is null) return CarrierReading.Refused(Source, new ReadingError(null, null, "NUMBER_MISSING", "The track has no tracking_number."));
        return new CarrierReading { Source = Source, Trackers = [One(track, context)] };
    });

    private TrackerReading One(JsonElement track, ReadingContext context)
    {
        var now = track.Child("tracking_status");
        var (status, sub) = (now.Text("status"), now.Child("substatus").Text("code"));
        var draft = new TrackerDraft(Source, context, CarrierNames.Canonical(track.Text("carrier")), track.Text("tracking_number"))
        {
            RawStatus = status, DestinationZip = track.Child("address_to").Text("zip"), DestinationState = track.Child("address_to").Text("state"),
            UpdatedAtUtc = CarrierTime.Parse(now.Text("object_updated")).Instant, Message = now.Text("status_details"),
        };
        draft.Status = Codes.Find(status, sub, draft.ReceivedOn)?.Milestone;
        draft.Estimate(CarrierTime.Estimate(track.Text("eta"), draft.ShipToZone()));
        var newestKnown = false;
        foreach (var item in track.Items("tracking_history"))
        {
            Add(draft, item);
            newestKnown |= item.Text("status") == status && item.Text("status_date") == now.Text("status_date");
        }
        // The current status is an event of its own where the history lacks it.
        if (!newestKnown && now is { } current && current.Text("status_date") is not null) Add(draft, current);
        return draft.Done();
    }

    private static void Add(TrackerDraft draft, JsonElement item)
    {
        var time = CarrierTime.Parse(item.Text("status_date"));
        var (status, sub) = (item.Text("status"), item.Child("substatus").Text("code"));
        var place = item.Child("location");
        draft.Event(time, Codes.Find(status, sub, draft.On(time)), sub is null ? status : $"{status}/{sub}", item.Text("status_details"),
            place.Text("city"), place.Text("state"), place.Text("zip"), place.Text("country"));
    }
}

using System.Globalization;
using System.Text.Json;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>EasyPost: a webhook event, a bare tracker, or a list of trackers.</summary>
public sealed class EasyPostReader : ICarrierReader
{
    private static readonly CarrierCodes Codes = CarrierCodes.Of("easypost");

    public string Source => "EasyPost";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Json
        && ((shape.Words.TryGetValue("object", out var kind) && kind is "Event" or "Tracker") || shape.Has("tracking_details") || shape.Has("trackers"));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => JsonPayload.Open(Source, payload, root =>
    {
        if (root.Text("object") == "Event")
        {
            if (root.Text("description") is { } what && !what.StartsWith("tracker.", StringComparison.Ordinal)) return CarrierReading.Ignored(Source, $"An event of kind {what}.");
            if (root.Child("result") is not { ValueKind: JsonValueKind.Object } result) return CarrierReading.Ignored(Source, "An event without a result.");
            if (result.Text("object") is { } other and not "Tracker") return CarrierReading.Ignored(Source, $"An event about a {other}.");
            return All([result], context);
        }
        return root.Child("trackers") is { ValueKind: JsonValueKind.Array } ? All(root.Items("trackers"), context) : All([root], context);
    });

    private CarrierReading All(IEnumerable<JsonElement> trackers, ReadingContext context)
    {
        var read = new List<TrackerReading>();
        var errors = new List<ReadingError>();
        foreach (var tracker in trackers)
        {
            if (tracker.Text("tracking_code") is null) errors.Add(new ReadingError(null, null, "NUMBER_MISSING", "A tracker has no tracking_code."));
            else read.Add(One(tracker, context));
        }
        return new CarrierReading { Source = Source, Trackers = read, Errors = errors };
    }

    private TrackerReading One(JsonElement tracker, ReadingContext context)
    {
        var detail = tracker.Child("carrier_detail");
        var destination = detail.Child("destination_tracking_location");
        var draft = new TrackerDraft(Source, context, CarrierNames.Canonical(tracker.Text("carrier")), tracker.Text("tracking_code"))
        {
            UniqueId = tracker.Text("id"), RawStatus = tracker.Text("status"), SignedBy = tracker.Text("signed_by"), IsReturn = tracker.Is("is_return"),
            DestinationZip = destination.Text("zip") ?? TrailingZip(detail.Text("destination_location")), DestinationState = destination.Text("state"),
            UpdatedAtUtc = CarrierTime.Parse(tracker.Text("updated_at")).Instant, Message = tracker.Text("status_detail"),
        };
        if (draft.RawStatus is "error") draft.Flag(TrackingFlags.CarrierError);
        draft.Status = Codes.Find(draft.RawStatus, tracker.Text("status_detail"), draft.ReceivedOn)?.Milestone;
        draft.Estimate(Estimate(tracker, detail, draft));
        foreach (var item in tracker.Items("tracking_details"))
        {
            var time = CarrierTime.Parse(item.Text("datetime"));
            var (status, sub) = (item.Text("status"), item.Text("status_detail"));
            var place = item.Child("tracking_location");
            var (on, at) = Own(item.Text("est_delivery_date"), tracker, draft);
            draft.Event(time, Codes.Find(status, sub, draft.On(time)), sub is null ? status : $"{status}/{sub}", item.Text("message") ?? item.Text("description"),
                place.Text("city"), place.Text("state"), place.Text("zip"), place.Text("country"), estimateOn: on, estimateAtUtc: at);
        }
        return draft.Done();
    }

    private static (DateOnly?, DateTimeOffset?) Estimate(JsonElement tracker, JsonElement? detail, TrackerDraft draft)
    {
        // The local day is what the carrier said; the other field is that day dressed as an instant.
        if (CarrierTime.Day(detail.Text("est_delivery_date_local")) is { } day)
        {
            var clock = CarrierTime.Parse(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T" + detail.Text("est_delivery_time_local")).Local;
            return clock is { } local && draft.ShipToZone() is { } zone ? (null, CarrierTime.ToUtc(local, zone)) : (day, null);
        }
        return Own(tracker.Text("est_delivery_date"), tracker, draft);
    }

    /// <summary>An estimate equal to the tracker's creation is a default, not an estimate.</summary>
    private static (DateOnly?, DateTimeOffset?) Own(string? text, JsonElement tracker, TrackerDraft draft) =>
        text is null || (CarrierTime.Parse(text).Instant is { } at && at == CarrierTime.Parse(tracker.Text("created_at")).Instant) ? default : CarrierTime.Estimate(text, draft.ShipToZone());

    private static string? TrailingZip(string? place)
    {
        var last = place?.Split([' ', ',']).LastOrDefault();
        return PlaceZone.Of(last, null) is null ? null : last;
    }
}

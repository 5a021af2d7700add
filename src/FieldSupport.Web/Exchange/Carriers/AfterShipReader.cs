using System.Text.Json;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>AfterShip: data.tracking, data.trackings, or a webhook's msg.</summary>
public sealed class AfterShipReader : ICarrierReader
{
    private static readonly CarrierCodes Codes = CarrierCodes.Of("aftership"), Texts = CarrierCodes.Of("exception-words"), Notices = CarrierCodes.Of("aftership-notices");

    public string Source => "AfterShip";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Json
        && (shape.Has("data.tracking") || shape.Has("data.trackings") || shape.Has("msg.tracking_number") || shape.Has("meta.code"));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => JsonPayload.Open(Source, payload, root =>
    {
        var data = root.Child("data");
        var found = data.Items("trackings").Concat(data.Items("tracking")).Concat(root.Items("msg")).ToList();
        var code = root.Child("meta").Text("code");
        if (found.Count == 0 && code is not null && !code.StartsWith('2'))
        {
            var refused = new TrackerDraft(Source, context, null, null) { RawStatus = code, Message = root.Child("meta").Text("message") };
            refused.Flag(Notices.Find(code, null, refused.ReceivedOn)?.Flag ?? TrackingFlags.CarrierError);
            return new CarrierReading { Source = Source, Trackers = [refused.Done()] };
        }
        if (found.Count == 0) return CarrierReading.Ignored(Source, "No tracking in it.");
        var errors = new List<ReadingError>();
        var trackers = new List<TrackerReading>();
        foreach (var item in found)
        {
            if (item.Text("tracking_number") is null) errors.Add(new ReadingError(null, null, "NUMBER_MISSING", "A tracking has no tracking_number."));
            else trackers.Add(One(item, context));
        }
        return new CarrierReading { Source = Source, Trackers = trackers, Errors = errors };
    });

    private TrackerReading One(JsonElement item, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, CarrierNames.Canonical(item.Text("slug")), item.Text("tracking_number"))
        {
            UniqueId = item.Text("id"), RawStatus = item.Text("tag"), SignedBy = item.Text("signed_by"), IsReturn = item.Is("return_to_sender"),
            ShipOn = CarrierTime.DayOf(item.Text("shipment_pickup_date")), DestinationZip = item.Text("tracking_postal_code"),
            UpdatedAtUtc = CarrierTime.Parse(item.Text("updated_at")).Instant, Message = item.Text("subtag_message"),
        };
        draft.NoNews = draft.RawStatus is "Expired";
        draft.Status = Codes.Find(draft.RawStatus, null, draft.ReceivedOn)?.Milestone;
        // AfterShip's own forecast is no carrier's estimate.
        draft.Estimate(CarrierTime.Estimate(item.Text("expected_delivery") ?? item.Child("courier_estimated_delivery_date").Text("estimated_delivery_date"), draft.ShipToZone()));
        foreach (var point in item.Items("checkpoints"))
        {
            var time = CarrierTime.Parse(point.Text("checkpoint_time"));
            var tag = point.Text("tag");
            var meaning = Codes.Find(tag, null, draft.On(time));
            if (meaning?.Milestone == Milestone.Exception) meaning = Texts.FindWords(point.Text("message"), draft.On(time)) ?? meaning;
            draft.Event(time, meaning, point.Text("subtag") ?? tag, point.Text("message"), point.Text("city"), point.Text("state"), point.Text("zip"), point.Text("country_iso3"));
        }
        return draft.Done();
    }
}

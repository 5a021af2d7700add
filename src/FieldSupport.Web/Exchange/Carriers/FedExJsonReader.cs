using System.Text.Json;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>FedEx Track API v1, JSON.</summary>
public sealed class FedExJsonReader : ICarrierReader
{
    public string Source => "FedExJson";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Json
        && (shape.Has("output.completeTrackResults") || shape.Has("completeTrackResults") || (shape.Has("errors") && shape.Has("transactionId")));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => JsonPayload.Open(Source, payload, root =>
    {
        var trackers = new List<TrackerReading>();
        var refusals = root.Items("errors").ToList();
        if (refusals.Count > 0) trackers.Add(Refused(null, refusals[0], context));
        foreach (var complete in (root.Child("output") ?? root).Items("completeTrackResults"))
        {
            var results = complete.Items("trackResults").ToList();
            var doubled = results.Select(r => r.Child("trackingNumberInfo").Text("trackingNumberUniqueId")).Distinct().Count() > 1;
            foreach (var result in results) trackers.Add(One(result, complete.Text("trackingNumber"), doubled, context));
            if (results.Count == 0 && complete.Child("error") is { } error) trackers.Add(Refused(complete.Text("trackingNumber"), error, context));
        }
        return trackers.Count == 0 ? CarrierReading.Ignored(Source, "No track result in it.") : new CarrierReading { Source = Source, Trackers = trackers };
    });

    private TrackerReading Refused(string? tracking, JsonElement error, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, "FedEx", tracking) { RawStatus = error.Text("code"), Message = error.Text("message") };
        draft.Flag(FedExCodes.Refusal(error.Text("code"), draft.ReceivedOn));
        return draft.Done();
    }

    private TrackerReading One(JsonElement result, string? asked, bool doubled, ReadingContext context)
    {
        var info = result.Child("trackingNumberInfo");
        var number = info.Text("trackingNumber") ?? asked;
        if (result.Child("error") is { } error && error.Text("code") is not null) return Refused(number, error, context);
        var latest = result.Child("latestStatusDetail");
        var destination = result.Child("recipientInformation").Child("address") ?? result.Child("lastUpdatedDestinationAddress");
        var draft = new TrackerDraft(Source, context, "FedEx", number)
        {
            UniqueId = info.Text("trackingNumberUniqueId"), RawStatus = latest.Text("code") ?? latest.Text("derivedCode"), Message = latest.Text("description"),
            SignedBy = result.Child("deliveryDetails").Text("receivedByName") ?? result.Child("deliveryDetails").Text("signedByName"),
            DestinationZip = destination.Text("postalCode"), DestinationState = destination.Text("stateOrProvinceCode"),
        };
        if (doubled) draft.Flag(TrackingFlags.DuplicateNumber);
        draft.Status = FedExCodes.Event(draft.RawStatus, latest.Items("ancillaryDetails").Select(a => a.Text("reasonDescription")).FirstOrDefault(), draft.ReceivedOn)?.Milestone;
        string? Dated(string type) => result.Items("dateAndTimes").Where(d => d.Text("type") == type).Select(d => d.Text("dateTime")).FirstOrDefault(d => d is not null);
        draft.ShipOn = CarrierTime.DayOf(Dated("SHIP") ?? Dated("ACTUAL_PICKUP"));
        draft.Estimate(CarrierTime.Estimate(Dated("ESTIMATED_DELIVERY") ?? result.Child("estimatedDeliveryTimeWindow").Child("window").Text("ends"), draft.ShipToZone()));
        foreach (var scan in result.Items("scanEvents"))
        {
            var time = CarrierTime.Parse(scan.Text("date"));
            var why = scan.Text("exceptionDescription");
            var place = scan.Child("scanLocation");
            draft.Event(time, FedExCodes.Event(scan.Text("eventType"), why, draft.On(time)), scan.Text("eventType"), FedExCodes.Told(scan.Text("eventDescription"), why, scan.Text("exceptionCode")),
                place.Text("city"), place.Text("stateOrProvinceCode"), place.Text("postalCode"), place.Text("countryCode"));
        }
        return draft.Done();
    }
}

/// <summary>What FedEx's XML and JSON share.</summary>
internal static class FedExCodes
{
    private static readonly CarrierCodes Codes = CarrierCodes.Of("fedex"), Texts = CarrierCodes.Of("exception-words"), Notices = CarrierCodes.Of("fedex-notices");

    /// <summary>The event code; SE says what it is in words only: lost, on its way back, or the class of the exception.</summary>
    public static CodeMeaning? Event(string? code, string? why, DateOnly on)
    {
        var meaning = Codes.Find(code, null, on);
        return meaning is { Milestone: Milestone.Exception, Exception: ExceptionClass.Unstated } ? Texts.FindWords(why, on) ?? meaning : meaning;
    }

    public static string Refusal(string? code, DateOnly on) => Notices.Find(code, null, on)?.Flag ?? TrackingFlags.CarrierError;

    public static string? Told(string? what, string? why, string? code) => why is null ? what : code is null ? $"{what}: {why}" : $"{what}: {why} ({code})";
}

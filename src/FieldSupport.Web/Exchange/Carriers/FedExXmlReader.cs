using System.Xml.Linq;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>FedEx web services, track reply (v7), bare or in a SOAP envelope.</summary>
public sealed class FedExXmlReader : ICarrierReader
{
    public string Source => "FedExXml";

    public bool Recognises(PayloadShape shape) => shape is { Kind: PayloadKind.Xml, RootElement: "TrackReply" or "Envelope" };

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => XmlPayload.Open(Source, payload, root =>
    {
        var reply = root.Deep("TrackReply").FirstOrDefault();
        if (reply is null && root.Deep("Fault").FirstOrDefault() is { } fault)
            return new CarrierReading { Source = Source, Trackers = [Refused(null, null, fault.Text("faultcode"), fault.Text("faultstring") ?? fault.Value.Trim(), context)] };
        if (reply is null) return CarrierReading.Refused(Source, new ReadingError(1, "1", "FORMAT_UNKNOWN", "The envelope holds no track reply."));

        var trackers = new List<TrackerReading>();
        var groups = reply.Items("CompletedTrackDetails").ToList();
        // Replies of older versions carry the details without the group around them.
        foreach (var group in groups.Count > 0 ? groups : [reply])
        {
            var details = group.Items("TrackDetails").ToList();
            var doubled = group.Text("DuplicateWaybill") == "true" || details.Select(d => d.Text("TrackingNumberUniqueIdentifier")).OfType<string>().Distinct().Count() > 1;
            foreach (var detail in details) trackers.Add(One(detail, Trouble(group.Items("Notifications")), doubled, context));
            if (details.Count == 0 && group != reply && Trouble(group.Items("Notifications")) is { } trouble) trackers.Add(Refused(null, null, trouble.Text("Code"), trouble.Text("Message"), context));
        }
        if (trackers.Count == 0 && Trouble(reply.Items("Notifications")) is { } whole) trackers.Add(Refused(null, null, whole.Text("Code"), whole.Text("Message"), context));
        return trackers.Count == 0 ? CarrierReading.Ignored(Source, "No track detail in it.") : new CarrierReading { Source = Source, Trackers = trackers };
    });

    private static XElement? Trouble(IEnumerable<XElement> notices) => notices.FirstOrDefault(n => n.Text("Severity") is "ERROR" or "FAILURE");

    private TrackerReading Refused(string? tracking, string? uniqueId, string? code, string? message, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, "FedEx", tracking) { UniqueId = uniqueId, RawStatus = code, Message = message };
        draft.Flag(FedExCodes.Refusal(code, draft.ReceivedOn));
        return draft.Done();
    }

    private TrackerReading One(XElement detail, XElement? groupTrouble, bool doubled, ReadingContext context)
    {
        var (number, id) = (detail.Text("TrackingNumber"), detail.Text("TrackingNumberUniqueIdentifier"));
        // Only the notice about this number counts: one about its signature image says nothing of the parcel.
        var own = detail.Items("Notification").Concat(detail.Items("Notifications")).ToList();
        if ((Trouble(own) ?? (own.Count == 0 ? groupTrouble : null)) is { } trouble) return Refused(number, id, trouble.Text("Code"), trouble.Text("Message"), context);

        var status = detail.Child("StatusDetail");
        var target = detail.Child("DestinationAddress");
        var draft = new TrackerDraft(Source, context, "FedEx", number)
        {
            UniqueId = id, RawStatus = status.Text("Code") ?? detail.Text("StatusCode"), SignedBy = detail.Text("DeliverySignatureName"),
            ShipOn = CarrierTime.DayOf(detail.Text("ShipTimestamp")), DestinationZip = target.Text("PostalCode"),
            DestinationState = target.Text("CountryCode") is null or "US" ? target.Text("StateOrProvinceCode") : null,
            Message = status.Child("AncillaryDetails").Text("ReasonDescription") ?? status.Text("Description"),
        };
        if (doubled) draft.Flag(TrackingFlags.DuplicateNumber);
        draft.Status = FedExCodes.Event(draft.RawStatus, status.Child("AncillaryDetails").Text("ReasonDescription"), draft.ReceivedOn)?.Milestone;
        draft.Estimate(CarrierTime.Estimate(detail.Text("EstimatedDeliveryTimestamp"), draft.ShipToZone()));
        foreach (var item in detail.Items("Events"))
        {
            var time = CarrierTime.Parse(item.Text("Timestamp"));
            var (code, why) = (item.Text("EventType"), item.Text("StatusExceptionDescription"));
            var place = item.Child("Address");
            draft.Event(time, FedExCodes.Event(code, why, draft.On(time)), code, FedExCodes.Told(item.Text("EventDescription"), why, item.Text("StatusExceptionCode")),
                place.Text("City"), place.Text("StateOrProvinceCode"), place.Text("PostalCode"), place.Text("CountryCode"));
        }
        return draft.Done();
    }
}

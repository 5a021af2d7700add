using System.Globalization;
using System.Xml.Linq;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>USPS web tools: one or many TrackInfo. Events are local clock readings and map by their words.</summary>
public sealed class UspsXmlReader : ICarrierReader
{
    private static readonly CarrierCodes Words = CarrierCodes.Of("usps-words"), Notices = CarrierCodes.Of("usps-notices");

    public string Source => "UspsXml";

    public bool Recognises(PayloadShape shape) => shape is { Kind: PayloadKind.Xml, RootElement: "TrackResponse" or "Error" };

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => XmlPayload.Open(Source, payload, root =>
    {
        var trackers = new List<TrackerReading>();
        if (root.Name.LocalName == "Error") trackers.Add(Refused(null, root, context));
        else if (root.Child("Error") is { } whole) trackers.Add(Refused(null, whole, context));
        foreach (var info in root.Items("TrackInfo"))
        {
            var number = info.Attribute("ID")?.Value.Trim() is { Length: > 0 } id ? id : null;
            trackers.Add(info.Child("Error") is { } error ? Refused(number, error, context) : One(number, info, context));
        }
        return trackers.Count == 0 ? CarrierReading.Ignored(Source, "No track info in it.") : new CarrierReading { Source = Source, Trackers = trackers };
    });

    private TrackerReading Refused(string? tracking, XElement error, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, "USPS", tracking) { RawStatus = error.Text("Number"), Message = error.Text("Description") };
        draft.Flag(Notices.Find(error.Text("Number"), null, draft.ReceivedOn)?.Flag ?? TrackingFlags.CarrierError);
        return draft.Done();
    }

    private TrackerReading One(string? number, XElement info, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, "USPS", number)
        {
            RawStatus = info.Text("Status") ?? info.Text("StatusCategory"), Message = info.Text("StatusSummary"),
            DestinationZip = info.Text("DestinationZip"), DestinationState = info.Text("DestinationState"),
        };
        draft.Status = Words.FindWords(draft.RawStatus, draft.ReceivedOn)?.Milestone;
        draft.EstimateOn = Day(info.Text("PredictedDeliveryDate")) ?? Day(info.Text("ExpectedDeliveryDate"));
        foreach (var item in info.Items("TrackSummary").Concat(info.Items("TrackDetail")))
        {
            var text = item.Text("Event");
            // A day without a time is no instant: guessing one would put it before or after the others.
            var time = DateTime.TryParseExact($"{item.Text("EventDate")} {item.Text("EventTime")}", "MMMM d, yyyy h:mm tt", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
                ? new CarrierTime(null, local) : default;
            draft.Event(time, Words.FindWords(text, draft.On(time)), item.Text("EventCode") ?? text, text, item.Text("EventCity"), item.Text("EventState"), item.Text("EventZIPCode"),
                item.Text("EventCountry"), signedBy: item.Text("Name"));
        }
        return draft.Done();
    }

    private static DateOnly? Day(string? text) => CarrierTime.Day(text, "MMMM d, yyyy");
}

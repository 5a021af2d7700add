using System.Globalization;
using System.Text.Json;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>UPS Tracking API, JSON. Mapped by the status type letter; the two-letter codes differ between sources.</summary>
public sealed class UpsJsonReader : ICarrierReader
{
    private static readonly CarrierCodes Codes = CarrierCodes.Of("ups"), Words = CarrierCodes.Of("ups-words"), Texts = CarrierCodes.Of("exception-words"), Notices = CarrierCodes.Of("ups-notices");

    public string Source => "UpsJson";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Json && (shape.Has("trackResponse") || shape.Has("response.errors"));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context) => JsonPayload.Open(Source, payload, root =>
    {
        var trackers = new List<TrackerReading>();
        foreach (var error in root.Child("response").Items("errors").Take(1)) trackers.Add(Refused(null, error, context));
        foreach (var shipment in root.Child("trackResponse").Items("shipment"))
        {
            var packages = shipment.Items("package").ToList();
            foreach (var package in packages) trackers.Add(One(package, shipment, context));
            if (packages.Count == 0 && shipment.Items("warnings").Select(w => (JsonElement?)w).FirstOrDefault() is { } warning) trackers.Add(Refused(shipment.Text("inquiryNumber"), warning, context));
        }
        return trackers.Count == 0 ? CarrierReading.Ignored(Source, "No package in it.") : new CarrierReading { Source = Source, Trackers = trackers };
    });

    private TrackerReading Refused(string? tracking, JsonElement error, ReadingContext context)
    {
        var draft = new TrackerDraft(Source, context, "UPS", tracking) { RawStatus = error.Text("code"), Message = error.Text("message") };
        draft.Flag(Notices.Find(error.Text("code"), null, draft.ReceivedOn)?.Flag ?? TrackingFlags.CarrierError);
        return draft.Done();
    }

    private TrackerReading One(JsonElement package, JsonElement shipment, ReadingContext context)
    {
        var now = package.Child("currentStatus");
        var target = package.Items("packageAddress").Where(a => a.Text("type") is "DESTINATION").Select(a => a.Child("address")).FirstOrDefault();
        var draft = new TrackerDraft(Source, context, "UPS", package.Text("trackingNumber") ?? shipment.Text("inquiryNumber"))
        {
            RawStatus = now.Text("type") ?? now.Text("description") ?? now.Text("code"), Message = now.Text("description"),
            SignedBy = package.Child("deliveryInformation").Text("receivedBy"), DestinationZip = target.Text("postalCode"), DestinationState = target.Text("stateProvince"),
            ShipOn = CarrierTime.Day(shipment.Text("pickupDate") ?? package.Text("pickupDate"), "yyyyMMdd"),
        };
        draft.Status = now.Text("type") is { } letter ? Meaning(letter, now.Text("description"), draft.ReceivedOn)?.Milestone : Said(now.Text("description"));
        draft.Estimate(Estimate(package, draft));
        foreach (var activity in package.Items("activity"))
        {
            var time = Time(activity);
            var status = activity.Child("status");
            var address = activity.Child("location").Child("address");
            var (type, code) = (status.Text("type"), status.Text("code"));
            draft.Event(time, Meaning(type, status.Text("description"), draft.On(time)), code is null ? type : $"{type}/{code}", status.Text("description"),
                address.Text("city"), address.Text("stateProvince"), address.Text("postalCode"), address.Text("countryCode") ?? address.Text("country"));
        }
        return draft.Done();
    }

    private static CodeMeaning? Meaning(string? letter, string? text, DateOnly on)
    {
        var meaning = Codes.Find(letter, null, on);
        return meaning?.Milestone switch
        {
            Milestone.Exception => Texts.FindWords(text, on) is { Milestone: Milestone.Lost or Milestone.Returning } grave ? grave : Words.FindWords(text, on) ?? Texts.FindWords(text, on) ?? meaning,
            Milestone.InTransit when text is not null && (text.Contains("ready for pickup", StringComparison.OrdinalIgnoreCase) || text.Contains("available for pickup", StringComparison.OrdinalIgnoreCase)
                || text.Contains("ready for customer pickup", StringComparison.OrdinalIgnoreCase)) => meaning with { Milestone = Milestone.AvailableForPickup },
            _ => meaning,
        };
    }

    /// <summary>The current status in words, where it comes without its letter. Only plain words count.</summary>
    private static Milestone? Said(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        "DELIVERED" => Milestone.Delivered,
        "OUT FOR DELIVERY" or "OUT FOR DELIVERY TODAY" => Milestone.OutForDelivery,
        "IN TRANSIT" or "ON THE WAY" => Milestone.InTransit,
        "LABEL CREATED" or "SHIPPER CREATED A LABEL, UPS HAS NOT RECEIVED THE PACKAGE YET." => Milestone.LabelCreated,
        "RETURNED TO SENDER" or "RETURN TO SENDER" or "RETURNING TO SENDER" => Milestone.Returning,
        _ => null,
    };

    private static CarrierTime Time(JsonElement activity)
    {
        if (Clock(activity.Text("gmtDate"), activity.Text("gmtTime")) is { } gmt) return new CarrierTime(new DateTimeOffset(gmt, TimeSpan.Zero), null);
        if (Clock(activity.Text("date"), activity.Text("time")) is not { } local) return default;
        var withOffset = activity.Text("gmtOffset") is { } offset ? CarrierTime.Parse(local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + offset) : default;
        return withOffset.Instant is null ? new CarrierTime(null, local) : withOffset;
    }

    private static DateTime? Clock(string? day, string? time) => day is null || time is null ? null
        : DateTime.TryParseExact(day.Replace("-", "", StringComparison.Ordinal) + time.Replace(":", "", StringComparison.Ordinal), "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    private static (DateOnly?, DateTimeOffset?) Estimate(JsonElement package, TrackerDraft draft)
    {
        // DEL is the day it was delivered; a rescheduled day replaces the scheduled one.
        var days = package.Items("deliveryDate").ToLookup(d => d.Text("type"), d => CarrierTime.Day(d.Text("date"), "yyyyMMdd"));
        if ((days["RDD"].FirstOrDefault() ?? days["SDD"].FirstOrDefault()) is not { } day) return default;
        var until = package.Child("deliveryTime");
        return until.Text("type") is "EDW" or "CDW" or "IDW" or "CMT" or "EOD" && Clock(day.ToString("yyyyMMdd", CultureInfo.InvariantCulture), until.Text("endTime")) is { } at && draft.ShipToZone() is { } zone
            ? (null, CarrierTime.ToUtc(at, zone)) : (day, null);
    }
}

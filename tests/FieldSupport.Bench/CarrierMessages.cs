using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Intake;

namespace FieldSupport.Bench;

/// <summary>Made-up messages in the carrier's shape.</summary>
internal static class CarrierMessages
{
    public const string Secret = "bench";

    /// <summary>About two kilobytes: a tracker with four scans.</summary>
    public static byte[] Event(string tracking, int turn)
    {
        var scans = string.Join(",", Enumerable.Range(0, 4).Select(n => string.Create(CultureInfo.InvariantCulture, $$$"""
            {"object":"TrackingDetail","message":"Arrived at carrier facility","description":"","status":"in_transit","status_detail":"arrived_at_facility","datetime":"2027-02-0{{{1 + (n / 2)}}}T0{{{n}}}:{{{turn % 60:00}}}:00Z","source":"FedEx","carrier_code":"","tracking_location":{"object":"TrackingLocation","city":"MEMPHIS","state":"TN","country":"US","zip":"38116"}}
            """)));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id":"evt_{{{tracking}}}{{{turn}}}","object":"Event","created_at":"2027-02-03T14:00:00Z","description":"tracker.updated","mode":"production","previous_attributes":{"status":"pre_transit"},"pending_urls":[],"completed_urls":[],"result":{"id":"trk_{{{tracking}}}","object":"Tracker","mode":"production","tracking_code":"{{{tracking}}}","status":"in_transit","status_detail":"arrived_at_facility","created_at":"2027-02-01T00:00:00Z","updated_at":"2027-02-03T14:00:00Z","signed_by":null,"weight":12.0,"est_delivery_date":"2027-02-05T20:00:00Z","shipment_id":null,"carrier":"FedEx","tracking_details":[{{{scans}}}],"carrier_detail":null,"finalized":false,"is_return":false,"public_url":"https://track.example/{{{tracking}}}","fees":[]},"updated_at":"2027-02-03T14:00:00Z"}
            """));
    }

    /// <summary>Messages of days past, read long ago. Small ones: what a new one meets is the index over all of them.</summary>
    public static IEnumerable<object> Stored(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"object":"Event","id":"evt_{{i}}"}"""));
            var at = World.Now.AddDays(-30).AddSeconds(i % 2_000_000);
            yield return new InboundMessage
            {
                Source = EasyPostWebhookController.Source, ContentHash = Convert.ToHexStringLower(SHA256.HashData(body)), Body = body, ReceivedAtUtc = at, State = MessageState.Processed,
                ProcessedAtUtc = at, Attempts = 1,
            };
        }
    }
}

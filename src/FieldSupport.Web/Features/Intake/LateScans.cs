using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Scans that waited on the work-list become their parcel's: by a person's word, or because the parcel was imported at last. One way for both.</summary>
public static class LateScans
{
    /// <summary>Gives the scans to the parcel, each once, and reads its whole log anew.</summary>
    /// <param name="shipment">With its order, that with its lines and its shipments with theirs.</param>
    /// <param name="log">Every event that the parcel has already; grows by the new ones.</param>
    /// <returns>How many were new to it; the others are counted as doubles.</returns>
    public static int Give(Shipment shipment, IEnumerable<TrackingEvent> waiting, List<TrackingEvent> log, TimeZoneInfo shipFrom, DateTimeOffset now, string? source)
    {
        var known = log.Select(e => e.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var submittedOn = shipment.Order?.SubmittedAtUtc is { } at ? ZonedTime.DayOf(shipFrom, at) : (DateOnly?)null;
        var added = 0;
        foreach (var scan in waiting)
        {
            if (!known.Add(scan.Fingerprint))
            {
                shipment.DuplicateEvents++;
                continue;
            }
            scan.ShipmentId = shipment.Id;
            // From before the order: some other parcel's (domain.md §2.6 rule 7).
            scan.IsExcluded |= TrackingTimeline.IsBadTimestamp(scan.AtUtc, scan.ReceivedAtUtc, submittedOn, shipFrom);
            log.Add(scan);
            if (scan.Milestone == Milestone.EtaUpdate && !(scan.AtUtc <= shipment.EstimateToldAtUtc)) shipment.EstimateToldAtUtc = scan.AtUtc;
            added++;
        }
        ParcelDigest.Apply(shipment, TrackingTimeline.Read(log.Where(e => !e.IsExcluded).Select(ParcelDigest.Fact)), now, source);
        return added;
    }
}

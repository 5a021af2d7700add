using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Exchange.Mail;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>What a notice says about a delivery; one text for every recipient, so nothing in it that sales may not see (domain.md §7.2).</summary>
internal static class NoticeFactsOf
{
    public static NoticeFacts Of(WatchedDelivery delivery, Assessment assessment, RungCall call, RiskCalendars calendars, Settings settings, DateTimeOffset now)
    {
        var facts = delivery.Facts;
        var lastScan = delivery.Events.Where(e => !e.IsExcluded && TrackingTimeline.IsMovement(e.Milestone)).OrderBy(e => e.AtUtc).ThenBy(e => e.Arrival).LastOrDefault();
        var baseUrl = settings.BaseUrl;
        return new NoticeFacts
        {
            Rung = call.Rung, AccountName = delivery.Account.Name, DeliveryNumber = delivery.Row.Number,
            Order = delivery.Order?.Number, Po = delivery.Order?.Po, Carrier = delivery.Shipment?.Carrier, Tracking = delivery.Shipment?.Tracking,
            VisitOn = facts.VisitOn, NeedBy = assessment.NeedBy, MustShipBy = assessment.MustShipBy, Projected = assessment.ProjectedArrival,
            EstimateSource = assessment.EstimateSource, Severity = call.Severity,
            Reasons = assessment.Reasons.Select(r => ReasonWords.Of(r, facts, assessment, calendars.Policy, now)).ToList(),
            LastScanAt = lastScan?.AtUtc, LastScanPlace = Place(lastScan), DeliveredAt = facts.Tracking.DeliveredAtUtc,
            Rescue = call.Task is null ? [] : RescueOptions.Of(facts, assessment, calendars, now)
                // The dates of a reschedule follow from refill-by, which mail never carries.
                .Select(r => NoticeText.RescueLine(r, facts.Clinic.Zone, calendars.ShipFrom.Zone, hidesDates: r.Option == RescueOption.RescheduleVisit)).ToList(),
            Task = call.Task, Link = $"{baseUrl}/deliveries/{Uri.EscapeDataString(delivery.Row.Number)}",
            Zone = facts.Clinic.Zone, ShipFromZone = calendars.ShipFrom.Zone, AsOf = now,
        };
    }

    public static string? Place(TrackingEvent? scan)
    {
        var place = string.Join(" ", new[] { scan?.City, scan?.State }.Where(p => !string.IsNullOrWhiteSpace(p)));
        return place.Length == 0 ? null : place;
    }
}

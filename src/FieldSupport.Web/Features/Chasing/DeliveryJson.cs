using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>The delivery as programs see it (contract.md §5). Names and shapes are a promise: add, never rename.</summary>
public sealed record DeliveryJson(
    string Number, string Kind, string? Order, string? Po, string Account, DateOnly? VisitOn, string? Carrier, string? Tracking, string? Service, string? Milestone,
    DateTimeOffset? LastMovementAtUtc, DateTimeOffset? NeedBy, DateTimeOffset? MustShipBy, DateTimeOffset? CommittedAt, DateTimeOffset? ProjectedArrival,
    string EstimateSource, double? SlackHours, string? Outlook, string? Severity, IReadOnlyList<string> Reasons, string? Rung, DateTimeOffset? NextCheckAtUtc,
    DateTimeOffset? DeliveredAtUtc, string? SignedBy, DateTimeOffset? ReceivedAtUtc, IReadOnlyList<EventJson> Events, int DuplicateEvents,
    IReadOnlyList<NoticeJson> Notices, IReadOnlyList<RescueJson> Rescue, string? Replaces);

public sealed record EventJson(DateTimeOffset AtUtc, string Milestone, string? Code, string? Text, string? Place, string Source);
public sealed record NoticeJson(string Rung, string Recipient, DateTimeOffset QueuedAtUtc, DateTimeOffset? SentAtUtc, string MessageId);
public sealed record RescueJson(string Option, DateTimeOffset? Arrival, DateTimeOffset? DecideBy, bool Feasible, bool NeedByMissed);

/// <summary>Builds the JSON of a page of deliveries: the facts, assessed at the clock of the call, with what was told.</summary>
public sealed class DeliveryJsonWriter(DeliveryFactsReader reader, RiskCalendars calendars)
{
    /// <param name="hidesRefillBy">Sales: no date that follows from refill-by (domain.md §7.2).</param>
    public async Task<IReadOnlyList<DeliveryJson>> Write(
        FieldSupportDb db, IReadOnlyCollection<Delivery> rows, DateTimeOffset now, bool hidesRefillBy, CancellationToken cancellation)
    {
        var watched = await reader.Read(db, rows, now, cancellation);
        var listed = watched.Where(w => w.Exists)
            .Select(w => (Delivery: w, Assessment: DeliveryRisk.Assess(w.Facts, calendars, now)))
            // A visit that nobody has ordered for is nobody's concern before T-10 (contract.md §5).
            .Where(p => p.Delivery.Facts.Shape != DeliveryShape.UncoveredVisit || now >= p.Assessment.Clocks.MorningOf(calendars.Policy.OrderNotPlacedClinicDays))
            .ToList();
        return await Write(db, listed, now, hidesRefillBy, cancellation);
    }

    /// <summary>From when on a visit without an order is listed; null where that is no question of time, or it is listed already.</summary>
    public async Task<DateTimeOffset?> ListedFrom(FieldSupportDb db, Delivery row, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await reader.Read(db, [row], now, cancellation) is not [{ Exists: true, Facts.Shape: DeliveryShape.UncoveredVisit } visit]) return null;
        return DeliveryRisk.Assess(visit.Facts, calendars, now).Clocks.MorningOf(calendars.Policy.OrderNotPlacedClinicDays) is { } from && from > now ? from : null;
    }

    public async Task<IReadOnlyList<DeliveryJson>> Write(
        FieldSupportDb db, IReadOnlyCollection<(WatchedDelivery Delivery, Assessment Assessment)> listed, DateTimeOffset now, bool hidesRefillBy, CancellationToken cancellation)
    {
        if (listed.Count == 0) return [];
        var keys = listed.Select(l => l.Delivery.Row.WatchKey).Distinct().ToArray();
        var notices = (await db.Notices.AsNoTracking().Where(n => keys.Contains(n.WatchKey) && n.QueuedAtUtc <= now && n.State != NoticeState.Withdrawn)
            .OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Recipient).ThenBy(n => n.Person)
            .Select(n => new { n.WatchKey, n.Rung, n.Recipient, n.Round, n.QueuedAtUtc, n.SentAtUtc, MessageId = n.BundleId ?? n.MessageId }).ToListAsync(cancellation)).ToLookup(n => n.WatchKey);
        var replacedIds = listed.Where(l => l.Delivery.Shipment?.ReplacesShipmentId is not null).Select(l => l.Delivery.Shipment!.ReplacesShipmentId!.Value).ToArray();
        var replaced = replacedIds.Length == 0 ? [] : await db.Shipments.AsNoTracking().Where(s => replacedIds.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Number, cancellation);
        return listed.Select(l => One(l.Delivery, l.Assessment)).ToList();

        DeliveryJson One(WatchedDelivery d, Assessment a)
        {
            var f = d.Facts;
            // One a rung and recipient, however many people stand behind the slot: the first of them that it went to.
            var told = notices[d.Row.WatchKey].GroupBy(n => (n.Rung, n.Recipient, n.Round)).Select(g => g.OrderBy(n => n.SentAtUtc is null).ThenBy(n => n.SentAtUtc).First())
                .Select(n => new NoticeJson(n.Rung, n.Recipient, n.QueuedAtUtc, n.SentAtUtc <= now ? n.SentAtUtc : null, n.MessageId)).ToList();
            // A label that no scan speaks of is still a label.
            var milestone = f.Shape != DeliveryShape.Parcel ? null : WireName.Of(f.Tracking.Milestone ?? Milestone.LabelCreated);
            return new DeliveryJson(
                d.Row.Number, f.Kind == DeliveryKind.Drug ? "drug" : "kit", d.Order?.Number, d.Order?.Po, d.Account.Code, f.VisitOn,
                d.Shipment?.Carrier, d.Shipment?.Tracking, f.Service is { } service ? WireName.Of(service) : null, milestone,
                f.Tracking.LastMovementAtUtc, a.NeedBy, a.MustShipBy,
                a.Committed is { } committed ? ZonedTime.In(f.Clinic.Zone, committed) : null, a.ProjectedArrival, a.EstimateSource,
                a.SlackHours is { } slack ? Math.Round(slack, 2) : null, a.Outlook?.ToString(), a.Severity?.ToString(), a.Reasons.Select(r => WireName.Of(r)).ToList(),
                told.LastOrDefault(n => n.Rung.StartsWith("T-", StringComparison.Ordinal))?.Rung, a.NextLook?.ToUniversalTime(),
                f.Tracking.DeliveredAtUtc, f.Tracking.SignedBy, f.ReceiptAtUtc,
                d.Events.OrderBy(e => e.AtUtc).ThenBy(e => e.Milestone).ThenBy(e => e.Arrival)
                    .Select(e => new EventJson(e.AtUtc, WireName.Of(e.Milestone), e.Code, e.Text, NoticeFactsOf.Place(e), e.Source)).ToList(),
                d.DuplicateEvents, told,
                RescueOptions.Of(f, a, calendars, now).Select(r => Rescue(r, hidesRefillBy)).ToList(),
                d.Shipment?.ReplacesShipmentId is { } original ? replaced.GetValueOrDefault(original) : null);
        }
    }

    private static RescueJson Rescue(Rescue rescue, bool hidesRefillBy)
    {
        var hidden = hidesRefillBy && rescue.Option == RescueOption.RescheduleVisit;
        return new RescueJson(WireName.Of(rescue.Option), hidden ? null : rescue.Arrival, hidden ? null : rescue.DecideBy, rescue.IsFeasible, rescue.NeedByMissed);
    }
}

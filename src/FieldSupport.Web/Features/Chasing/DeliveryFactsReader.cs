using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Catalogue;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>
/// Reads all facts of a batch of deliveries as they stood at an instant: nothing recorded after it is looked at (contract.md §3). A fixed
/// number of statements, however many deliveries; never tracked.
/// </summary>
public sealed class DeliveryFactsReader(ClinicCalendars calendars)
{
    public async Task<IReadOnlyList<WatchedDelivery>> Read(FieldSupportDb db, IReadOnlyCollection<Delivery> rows, DateTimeOffset asOf, CancellationToken cancellation)
    {
        if (rows.Count == 0) return [];
        var accountIds = rows.Select(r => r.AccountId).Distinct().ToArray();
        var orderIds = rows.Where(r => r.OrderId is not null).Select(r => r.OrderId!.Value).Distinct().ToArray();
        var visitIds = rows.Where(r => r.VisitId is not null).Select(r => r.VisitId!.Value).Distinct().ToArray();
        var loneParcelIds = rows.Where(r => r.ShipmentId is not null && r.OrderId is null).Select(r => r.ShipmentId!.Value).ToArray();
        var uncovered = rows.Where(r => r.OrderId is null && r.ShipmentId is null && r.VisitId is not null).Select(r => r.VisitId!.Value).Distinct().ToArray();

        var accounts = await db.Accounts.AsNoTracking().Where(a => accountIds.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellation);
        var locations = await db.Locations.AsNoTracking().Where(l => accountIds.Contains(l.AccountId)).ToListAsync(cancellation);
        var closures = (await db.Closures.AsNoTracking().Where(c => accountIds.Contains(c.AccountId) && c.RecordedAtUtc <= asOf)
            .Select(c => new { c.AccountId, c.On }).ToListAsync(cancellation)).ToLookup(c => c.AccountId, c => c.On);
        var visits = await db.Visits.AsNoTracking().Where(v => visitIds.Contains(v.Id)).ToDictionaryAsync(v => v.Id, cancellation);
        var orders = await db.Orders.AsNoTracking().Where(o => orderIds.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellation);
        var lines = (await db.OrderLines.AsNoTracking().Where(l => orderIds.Contains(l.OrderId)).ToListAsync(cancellation)).ToLookup(l => l.OrderId);
        var holds = (await db.OrderHolds.AsNoTracking().Where(h => orderIds.Contains(h.OrderId) && h.SinceUtc <= asOf).ToListAsync(cancellation)).ToLookup(h => h.OrderId);
        var shipments = await db.Shipments.AsNoTracking()
            .Where(s => s.OrderId != null && orderIds.Contains(s.OrderId.Value) && s.RecordedAtUtc <= asOf).ToListAsync(cancellation);
        if (loneParcelIds.Length > 0)
            shipments.AddRange(await db.Shipments.AsNoTracking().Where(s => loneParcelIds.Contains(s.Id) && s.RecordedAtUtc <= asOf).ToListAsync(cancellation));
        var shipmentIds = shipments.Select(s => s.Id).ToArray();
        var shipmentLines = (await db.ShipmentLines.AsNoTracking().Where(l => shipmentIds.Contains(l.ShipmentId)).ToListAsync(cancellation)).ToLookup(l => l.ShipmentId);
        var events = (await db.TrackingEvents.AsNoTracking()
            .Where(e => e.ShipmentId != null && shipmentIds.Contains(e.ShipmentId.Value) && e.ReceivedAtUtc <= asOf).ToListAsync(cancellation)).ToLookup(e => e.ShipmentId!.Value);
        var receipts = (await db.Receipts.AsNoTracking().Where(r => orderIds.Contains(r.OrderId) && r.RecordedAtUtc <= asOf).ToListAsync(cancellation)).ToLookup(r => r.OrderId);
        var coveringOrders = uncovered.Length == 0 ? [] : await db.Orders.AsNoTracking()
            .Where(o => o.VisitId != null && uncovered.Contains(o.VisitId.Value) && o.SubmittedAtUtc != null && o.SubmittedAtUtc <= asOf && o.RecordedAtUtc <= asOf)
            .Select(o => new { VisitId = o.VisitId!.Value, o.State }).ToListAsync(cancellation);
        var covered = coveringOrders.Where(o => !IsDead(o.State)).Select(o => o.VisitId).ToHashSet();

        var parcels = shipments.ToDictionary(s => s.Id);
        var byOrder = shipments.Where(s => s.OrderId is not null).ToLookup(s => s.OrderId!.Value);
        var timelines = shipments.ToDictionary(s => s.Id, s => TrackingTimeline.Read(events[s.Id].Where(e => !e.IsExcluded).Select(Fact)));
        // A replacement whose label was cancelled replaces nothing: the original climbs its ladder again.
        var replacements = shipments.Where(s => s.ReplacesShipmentId is not null).ToLookup(s => s.ReplacesShipmentId!.Value);

        var answer = new List<WatchedDelivery>(rows.Count);
        foreach (var row in rows)
        {
            var account = accounts[row.AccountId];
            var parcel = row.ShipmentId is { } shipmentId ? parcels.GetValueOrDefault(shipmentId) : null;
            var order = row.OrderId is { } orderId ? orders.GetValueOrDefault(orderId) : null;
            var visit = row.VisitId is { } visitId ? visits.GetValueOrDefault(visitId) : null;
            var location = (parcel is null ? null : locations.Find(l => l.Id == parcel.LocationId))
                ?? locations.Find(l => l.AccountId == row.AccountId && l.IsPrimary) ?? locations.First(l => l.AccountId == row.AccountId);
            var siblings = order is null ? [] : byOrder[order.Id].ToList();
            var openHolds = order is null ? [] : holds[order.Id].Where(h => h.ClearedAtUtc is null || h.ClearedAtUtc > asOf).Select(h => new HoldFact(h.Reason, h.SinceUtc)).ToList();
            var ofOrder = order is null ? [] : receipts[order.Id].ToList();
            var mine = parcel is null ? [] : ofOrder.Where(r => r.ShipmentId == parcel.Id).ToList();
            var tracking = parcel is null ? new TrackingState() : timelines[parcel.Id];
            var replacement = parcel is null ? null : replacements[parcel.Id].Where(r => timelines[r.Id].Milestone != Milestone.Cancelled).OrderBy(r => r.LabelAtUtc).LastOrDefault();

            var shape = row.ShipmentId is not null ? DeliveryShape.Parcel : row.OrderId is not null ? DeliveryShape.UnshippedOrder : DeliveryShape.UncoveredVisit;
            var isSubmitted = order?.SubmittedAtUtc is { } submitted && submitted <= asOf;
            var facts = new DeliveryFacts
            {
                Shape = shape, Kind = row.Kind, Clinic = calendars.Of(location, closures[row.AccountId]),
                VisitOn = visit is { CancelledAtUtc: null } ? visit.VisitOn : null, RefillByOn = visit?.RefillByOn,
                Service = parcel?.Service ?? order?.Service,
                SubmittedAtUtc = isSubmitted ? order!.SubmittedAtUtc : null,
                AcknowledgedAtUtc = order?.AcknowledgedAtUtc is { } acknowledged && acknowledged <= asOf ? acknowledged : null,
                OrderHasLabel = siblings.Exists(s => timelines[s.Id].Milestone != Milestone.Cancelled),
                IsBackordered = order is not null && (order.State == OrderState.Backordered || lines[order.Id].Any(l => l.State == OrderLineState.Backordered)),
                PromisedShipOn = order?.PromisedShipOn, OpenHolds = openHolds, LicenseExpiresOn = account.LicenseExpiresOn,
                HasAlternatePack = order is not null && lines[order.Id].Any(l => Presentations.HasOtherPack(l.Ndc)),
                LabelAtUtc = parcel?.LabelAtUtc, CommittedAtUtc = parcel?.CommittedAtUtc, Tracking = tracking,
                ShipToZip = location.Zip, ShipToCity = location.City, ShipToState = location.State,
                IsSuperseded = replacement is not null, ReplacementDelivered = replacement is not null && HasArrived(replacement, timelines, ofOrder),
                ReceiptAtUtc = ReceiptAt(parcel, mine, parcel is null ? [] : shipmentLines[parcel.Id]),
                HasOpenDiscrepancy = HasOpenDiscrepancy(mine, ofOrder, order is null ? [] : lines[order.Id]),
                PracticeSaysNotReceived = mine.Exists(r => r.Condition == ReceiptCondition.WrongAddress) && !mine.Exists(r => r.Condition == ReceiptCondition.Good),
            };
            var exists = shape switch
            {
                DeliveryShape.Parcel => parcel is not null,
                DeliveryShape.UnshippedOrder => isSubmitted && order!.RecordedAtUtc <= asOf && !IsDead(order.State)
                    && HasOpenPacks(lines[order.Id], siblings.Where(s => s.ReplacesShipmentId is null && timelines[s.Id].Milestone != Milestone.Cancelled).SelectMany(s => shipmentLines[s.Id])),
                _ => visit is { CancelledAtUtc: null } && visit.RecordedAtUtc <= asOf && !covered.Contains(visit.Id),
            };
            answer.Add(new WatchedDelivery(row, facts, account, location, order, parcel, visit, parcel is null ? [] : events[parcel.Id].ToList(), mine) { Exists = exists });
        }
        return answer;
    }

    private static bool IsDead(OrderState state) => state is OrderState.Cancelled or OrderState.Rejected;

    private static bool HasOpenPacks(IEnumerable<OrderLine> lines, IEnumerable<ShipmentLine> shipped)
    {
        var sent = shipped.GroupBy(l => l.OrderLineId).ToDictionary(g => g.Key, g => g.Sum(l => l.Packs));
        return lines.Any(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected) && l.QuantityPacks > sent.GetValueOrDefault(l.Id));
    }

    /// <summary>A parcel is confirmed once every pack in it is accounted for, good or not.</summary>
    private static DateTimeOffset? ReceiptAt(Shipment? parcel, List<ReceiptConfirmation> receipts, IEnumerable<ShipmentLine> lines)
    {
        if (parcel is null || receipts.Count == 0) return null;
        return receipts.Sum(r => r.Packs) >= lines.Sum(l => l.Packs) ? receipts.Max(r => r.ReceivedAtUtc) : null;
    }

    /// <summary>Something came in short, damaged or wrong, and what is good on the whole order is less than what was ordered for the visit.</summary>
    private static bool HasOpenDiscrepancy(List<ReceiptConfirmation> mine, List<ReceiptConfirmation> ofOrder, IEnumerable<OrderLine> lines) =>
        mine.Exists(r => r.Condition is not (ReceiptCondition.Good or ReceiptCondition.Over or ReceiptCondition.WrongAddress))
        && ofOrder.Where(r => r.Condition is ReceiptCondition.Good or ReceiptCondition.Over).Sum(r => r.Packs)
            < lines.Where(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected)).Sum(l => l.QuantityPacks);

    private static bool HasArrived(Shipment parcel, Dictionary<Guid, TrackingState> timelines, List<ReceiptConfirmation> ofOrder) =>
        timelines[parcel.Id].DeliveredAtUtc is not null || ofOrder.Exists(r => r.ShipmentId == parcel.Id && r.Condition == ReceiptCondition.Good);

    internal static TrackingFact Fact(TrackingEvent e) => new()
    {
        AtUtc = e.AtUtc, Milestone = e.Milestone, Exception = e.Exception, ReceivedAtUtc = e.ReceivedAtUtc, Arrival = e.Arrival,
        City = e.City, State = e.State, Zip = e.Zip, SignedBy = e.SignedBy, EstimateOn = e.EstimateOn, EstimateAtUtc = e.EstimateAtUtc, Code = e.Code,
    };
}

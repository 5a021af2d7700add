using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Catalogue;
using FieldSupport.Web.Features.Intake;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>
/// Reads all facts of a batch of deliveries as they stood at an instant: nothing recorded after it is looked at (contract.md §3). A fixed
/// number of statements, however many deliveries; never tracked.
/// </summary>
public sealed class DeliveryFactsReader(ClinicCalendars calendars)
{
    /// <param name="forAssessment">
    /// Of each row only the columns that an assessment and its notices read; else the whole rows.
    /// </param>
    public async Task<IReadOnlyList<WatchedDelivery>> Read(
        FieldSupportDb db, IReadOnlyCollection<Delivery> rows, DateTimeOffset asOf, CancellationToken cancellation, bool forAssessment = false)
    {
        if (rows.Count == 0) return [];
        var accountIds = rows.Select(r => r.AccountId).Distinct().ToArray();
        var orderIds = rows.Where(r => r.OrderId is not null).Select(r => r.OrderId!.Value).Distinct().ToArray();
        var visitIds = rows.Where(r => r.VisitId is not null).Select(r => r.VisitId!.Value).Distinct().ToArray();
        var loneParcelIds = rows.Where(r => r.ShipmentId is not null && r.OrderId is null).Select(r => r.ShipmentId!.Value).ToArray();
        var uncovered = rows.Where(r => r.OrderId is null && r.ShipmentId is null && r.VisitId is not null).Select(r => r.VisitId!.Value).Distinct().ToArray();

        var accounts = (await ManyRows.ReadAsync(db, db.Accounts.AsNoTracking().Where(a => EF.Parameter(accountIds).Contains(a.Id)), cancellation)).ToDictionary(a => a.Id);
        var ofAccounts = await ManyRows.ReadAsync(db, db.Locations.AsNoTracking().Where(l => EF.Parameter(accountIds).Contains(l.AccountId)), cancellation);
        var locations = ofAccounts.ToDictionary(l => l.Id);
        var primary = ofAccounts.GroupBy(l => l.AccountId).ToDictionary(g => g.Key, g => g.FirstOrDefault(l => l.IsPrimary) ?? g.First());
        var closures = (await db.Closures.AsNoTracking().Where(c => EF.Parameter(accountIds).Contains(c.AccountId) && c.RecordedAtUtc <= asOf)
            .Select(c => new { c.AccountId, c.On }).ToListAsync(cancellation)).ToLookup(c => c.AccountId, c => c.On);
        var visits = (await ManyRows.ReadAsync(db, Visits(db.Visits.AsNoTracking().Where(v => EF.Parameter(visitIds).Contains(v.Id)), forAssessment), cancellation)).ToDictionary(v => v.Id);
        var orders = (await ManyRows.ReadAsync(db, Orders(db.Orders.AsNoTracking().Where(o => EF.Parameter(orderIds).Contains(o.Id)), forAssessment), cancellation)).ToDictionary(o => o.Id);
        var lines = (await ManyRows.ReadAsync(db, Lines(db.OrderLines.AsNoTracking().Where(l => EF.Parameter(orderIds).Contains(l.OrderId)), forAssessment), cancellation)).ToLookup(l => l.OrderId);
        var holds = (await db.OrderHolds.AsNoTracking().Where(h => EF.Parameter(orderIds).Contains(h.OrderId) && h.SinceUtc <= asOf).ToListAsync(cancellation)).ToLookup(h => h.OrderId);
        var shipments = await ManyRows.ReadAsync(db, Parcels(db.Shipments.AsNoTracking()
            .Where(s => s.OrderId != null && EF.Parameter(orderIds).Contains(s.OrderId.Value) && s.RecordedAtUtc <= asOf), forAssessment), cancellation);
        if (loneParcelIds.Length > 0)
            shipments.AddRange(await Parcels(db.Shipments.AsNoTracking().Where(s => EF.Parameter(loneParcelIds).Contains(s.Id) && s.RecordedAtUtc <= asOf), forAssessment).ToListAsync(cancellation));
        var shipmentIds = shipments.Select(s => s.Id).ToArray();
        var scans = db.TrackingEvents.AsNoTracking().Where(e => e.ShipmentId != null && EF.Parameter(shipmentIds).Contains(e.ShipmentId.Value) && e.ReceivedAtUtc <= asOf);
        var events = (await ManyRows.ReadAsync(db, Scans(scans, forAssessment), cancellation)).ToLookup(e => e.ShipmentId!.Value);
        var receipts = (await db.Receipts.AsNoTracking().Where(r => EF.Parameter(orderIds).Contains(r.OrderId) && r.RecordedAtUtc <= asOf && r.ReceivedAtUtc <= asOf).ToListAsync(cancellation)).ToLookup(r => r.OrderId);
        // What lies in a parcel matters only where somebody counted it, or where the rest of its order is still to come.
        var counted = rows.Where(r => r.ShipmentId is null && r.OrderId is not null).Select(r => r.OrderId!.Value).Concat(receipts.Select(r => r.Key)).ToHashSet();
        var countedIds = shipments.Where(s => s.OrderId is { } of && counted.Contains(of)).Select(s => s.Id).ToArray();
        var shipmentLines = (countedIds.Length == 0 ? [] : await db.ShipmentLines.AsNoTracking().Where(l => EF.Parameter(countedIds).Contains(l.ShipmentId)).ToListAsync(cancellation))
            .ToLookup(l => l.ShipmentId);
        var coveringOrders = uncovered.Length == 0 ? [] : await db.Orders.AsNoTracking()
            .Where(o => o.VisitId != null && EF.Parameter(uncovered).Contains(o.VisitId.Value) && o.SubmittedAtUtc != null && o.RecordedAtUtc <= asOf)
            .Select(o => new { VisitId = o.VisitId!.Value, o.State, At = o.SubmittedAtUtc!.Value }).ToListAsync(cancellation);
        // When an order first covers the visit; that may lie ahead of our clock.
        var coveredFrom = coveringOrders.Where(o => !IsDead(o.State)).GroupBy(o => o.VisitId).ToDictionary(g => g.Key, g => g.Min(o => o.At));

        var parcels = shipments.ToDictionary(s => s.Id);
        var byOrder = shipments.Where(s => s.OrderId is not null).ToLookup(s => s.OrderId!.Value);
        var timelines = shipments.ToDictionary(s => s.Id, s => TrackingTimeline.Read(events[s.Id].Where(e => !e.IsExcluded).Select(Fact)));
        var replacements = new Replacements(shipments, s => timelines[s.Id].Milestone == Milestone.Cancelled
            && !(s.OrderId is { } of && Replacements.HasCome(receipts[of].Where(r => r.ShipmentId == s.Id))));

        var answer = new List<WatchedDelivery>(rows.Count);
        foreach (var row in rows)
        {
            var account = accounts[row.AccountId];
            var parcel = row.ShipmentId is { } shipmentId ? parcels.GetValueOrDefault(shipmentId) : null;
            var order = row.OrderId is { } orderId ? orders.GetValueOrDefault(orderId) : null;
            var visit = row.VisitId is { } visitId ? visits.GetValueOrDefault(visitId) : null;
            var location = (parcel is null ? null : locations.GetValueOrDefault(parcel.LocationId)) ?? primary[row.AccountId];
            var siblings = order is null ? [] : byOrder[order.Id].ToList();
            var openHolds = order is null ? [] : holds[order.Id].Where(h => h.ClearedAtUtc is null || h.ClearedAtUtc > asOf).Select(h => new HoldFact(h.Reason, h.SinceUtc)).ToList();
            var ofOrder = order is null ? [] : receipts[order.Id].ToList();
            var mine = parcel is null ? [] : ofOrder.Where(r => r.ShipmentId == parcel.Id).ToList();
            var tracking = parcel is null ? new TrackingState() : timelines[parcel.Id];
            IReadOnlyList<Shipment> inItsPlace = parcel is null ? [] : replacements.InPlaceOf(parcel), originals = parcel is null ? [] : replacements.Before(parcel);

            var shape = row.ShipmentId is not null ? DeliveryShape.Parcel : row.OrderId is not null ? DeliveryShape.UnshippedOrder : DeliveryShape.UncoveredVisit;
            var isSubmitted = order?.SubmittedAtUtc is { } submitted && submitted <= asOf;
            var facts = new DeliveryFacts
            {
                Shape = shape, Kind = row.Kind, Clinic = calendars.Of(location, closures[row.AccountId]),
                VisitOn = visit is { CancelledAtUtc: null } ? visit.VisitOn : null, RefillByOn = visit?.RefillByOn,
                Service = parcel?.Service ?? order?.Service,
                SubmittedAtUtc = isSubmitted ? order!.SubmittedAtUtc : null,
                AcknowledgedAtUtc = order?.AcknowledgedAtUtc is { } acknowledged && acknowledged <= asOf ? acknowledged : null,
                OrderHasLabel = siblings.Exists(s => !replacements.IsVoided(s)),
                IsBackordered = order is not null && (order.State == OrderState.Backordered || lines[order.Id].Any(l => l.State == OrderLineState.Backordered)),
                PromisedShipOn = order?.PromisedShipOn, OpenHolds = openHolds, LicenseExpiresOn = account.LicenseExpiresOn,
                HasAlternatePack = order is not null && lines[order.Id].Any(l => Presentations.HasOtherPack(l.Ndc)),
                LabelAtUtc = parcel?.LabelAtUtc, CommittedAtUtc = parcel?.CommittedAtUtc, Tracking = tracking,
                ShipToZip = location.Zip, ShipToCity = location.City, ShipToState = location.State,
                IsSuperseded = inItsPlace.Count > 0, ReplacementDelivered = inItsPlace.Any(r => HasArrived(r, timelines, ofOrder)),
                ReplacementConfirmed = inItsPlace.Any(r => IsConfirmed(r, shipmentLines[r.Id], ofOrder)),
                // After all, and nobody has said that less came: what was delivered before is why this one was sent.
                OriginalDelivered = originals.Any(o => timelines[o.Id].DeliveredAtUtc > parcel!.LabelAtUtc && !DeliveryRisk.IsElsewhere(timelines[o.Id], location.Zip, location.City, location.State)
                    && (!ofOrder.Exists(r => r.ShipmentId == o.Id) || IsConfirmed(o, shipmentLines[o.Id], ofOrder))),
                OriginalConfirmed = originals.Any(o => IsConfirmed(o, shipmentLines[o.Id], ofOrder)),
                ReceiptAtUtc = ReceiptAt(parcel, mine, parcel is null ? [] : shipmentLines[parcel.Id]),
                HasOpenDiscrepancy = HasOpenDiscrepancy(mine, ofOrder, order is null ? [] : lines[order.Id]),
                PracticeSaysNotReceived = mine.Exists(r => r.Condition == ReceiptCondition.WrongAddress) && !mine.Exists(r => r.Condition == ReceiptCondition.Good),
            };
            var exists = shape switch
            {
                DeliveryShape.Parcel => parcel is not null,
                DeliveryShape.UnshippedOrder => isSubmitted && order!.RecordedAtUtc <= asOf && !IsDead(order.State)
                    && HasOpenPacks(lines[order.Id], siblings.Where(s => s.ReplacesShipmentId is null && replacements.AreUnderWay(s)).SelectMany(s => shipmentLines[s.Id])),
                _ => visit is { CancelledAtUtc: null } && visit.RecordedAtUtc <= asOf && !(coveredFrom.GetValueOrDefault(visit.Id, DateTimeOffset.MaxValue) <= asOf),
            };
            DateTimeOffset? ahead = shape switch
            {
                DeliveryShape.UnshippedOrder when !exists && !IsDead(order!.State) => order.SubmittedAtUtc,
                DeliveryShape.UncoveredVisit when exists && coveredFrom.TryGetValue(visit!.Id, out var from) => from,
                _ => null,
            };
            answer.Add(new WatchedDelivery(row, facts, account, location, order, parcel, visit, parcel is null ? [] : events[parcel.Id].ToList(), mine)
            {
                Exists = exists, LooksAgainAtUtc = ahead > asOf ? ahead : null,
            });
        }
        return answer;
    }

    // Rows made from some of their columns: never tracked, never saved.

    private static IQueryable<VisitSlot> Visits(IQueryable<VisitSlot> visits, bool forAssessment) => !forAssessment ? visits : visits.Select(v => new VisitSlot
    {
        Id = v.Id, Key = v.Key, VisitOn = v.VisitOn, RefillByOn = v.RefillByOn, CancelledAtUtc = v.CancelledAtUtc, RecordedAtUtc = v.RecordedAtUtc,
    });

    private static IQueryable<Order> Orders(IQueryable<Order> orders, bool forAssessment) => !forAssessment ? orders : orders.Select(o => new Order
    {
        Id = o.Id, Number = o.Number, Po = o.Po, State = o.State, Service = o.Service, SubmittedAtUtc = o.SubmittedAtUtc,
        AcknowledgedAtUtc = o.AcknowledgedAtUtc, PromisedShipOn = o.PromisedShipOn, RecordedAtUtc = o.RecordedAtUtc,
    });

    private static IQueryable<OrderLine> Lines(IQueryable<OrderLine> lines, bool forAssessment) => !forAssessment ? lines : lines.Select(l => new OrderLine
    {
        Id = l.Id, OrderId = l.OrderId, LineNo = l.LineNo, Ndc = l.Ndc, QuantityPacks = l.QuantityPacks, State = l.State,
    });

    private static IQueryable<Shipment> Parcels(IQueryable<Shipment> parcels, bool forAssessment) => !forAssessment ? parcels : parcels.Select(s => new Shipment
    {
        Id = s.Id, OrderId = s.OrderId, LocationId = s.LocationId, Number = s.Number, Carrier = s.Carrier, Tracking = s.Tracking, TrackingKey = "", Service = s.Service,
        LabelAtUtc = s.LabelAtUtc, CommittedAtUtc = s.CommittedAtUtc, ReplacesShipmentId = s.ReplacesShipmentId, RecordedAtUtc = s.RecordedAtUtc,
    });

    private static IQueryable<TrackingEvent> Scans(IQueryable<TrackingEvent> scans, bool forAssessment) => !forAssessment ? scans : scans.Select(e => new TrackingEvent
    {
        Source = "", Carrier = "", TrackingKey = "", Fingerprint = "", ShipmentId = e.ShipmentId, AtUtc = e.AtUtc, ReceivedAtUtc = e.ReceivedAtUtc, Arrival = e.Arrival,
        Milestone = e.Milestone, Exception = e.Exception, Code = e.Code, City = e.City, State = e.State, Zip = e.Zip, SignedBy = e.SignedBy,
        EstimateOn = e.EstimateOn, EstimateAtUtc = e.EstimateAtUtc, IsExcluded = e.IsExcluded,
    });

    private static bool IsDead(OrderState state) => state is OrderState.Cancelled or OrderState.Rejected;

    private static bool HasOpenPacks(IEnumerable<OrderLine> lines, IEnumerable<ShipmentLine> shipped)
    {
        var sent = shipped.GroupBy(l => l.OrderLineId).ToDictionary(g => g.Key, g => g.Sum(l => l.Packs));
        return lines.Any(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected) && l.QuantityPacks > sent.GetValueOrDefault(l.Id));
    }

    /// <summary>A parcel is confirmed once every pack in it is accounted for, good or not.</summary>
    private static DateTimeOffset? ReceiptAt(Shipment? parcel, List<ReceiptConfirmation> receipts, IEnumerable<ShipmentLine> lines)
    {
        var counted = receipts.FindAll(r => RecordReceipt.CountsAgainstParcel(r.Condition));
        if (parcel is null || counted.Count == 0) return null;
        return lines.GroupBy(l => l.Ndc).All(sent => counted.Where(r => r.Ndc == sent.Key).Sum(r => r.Packs) >= sent.Sum(l => l.Packs)) ? counted.Max(r => r.ReceivedAtUtc) : null;
    }

    /// <summary>
    /// Something came in short, damaged or wrong, and of a product less is good on the whole order than was ordered for the visit: one product
    /// never stands in for another (domain.md §1.2), nor a surplus for what is missing.
    /// </summary>
    private static bool HasOpenDiscrepancy(List<ReceiptConfirmation> mine, List<ReceiptConfirmation> ofOrder, IEnumerable<OrderLine> lines) =>
        mine.Exists(r => r.Condition is not (ReceiptCondition.Good or ReceiptCondition.Over or ReceiptCondition.WrongAddress))
        && lines.Where(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected)).GroupBy(l => l.Ndc)
            .Any(needed => ofOrder.Where(r => r.Condition == ReceiptCondition.Good && r.Ndc == needed.Key).Sum(r => r.Packs) < needed.Sum(l => l.QuantityPacks));

    private static bool HasArrived(Shipment parcel, Dictionary<Guid, TrackingState> timelines, List<ReceiptConfirmation> ofOrder) =>
        timelines[parcel.Id].DeliveredAtUtc is not null || ofOrder.Exists(r => r.ShipmentId == parcel.Id && r.Condition == ReceiptCondition.Good);

    /// <summary>Every pack that it holds was counted as good.</summary>
    private static bool IsConfirmed(Shipment parcel, IEnumerable<ShipmentLine> lines, List<ReceiptConfirmation> ofOrder)
    {
        var good = ofOrder.FindAll(r => r.ShipmentId == parcel.Id && r.Condition == ReceiptCondition.Good);
        return good.Count > 0 && lines.GroupBy(l => l.Ndc).All(sent => good.Where(r => r.Ndc == sent.Key).Sum(r => r.Packs) >= sent.Sum(l => l.Packs));
    }

    internal static TrackingFact Fact(TrackingEvent e) => new()
    {
        AtUtc = e.AtUtc, Milestone = e.Milestone, Exception = e.Exception, ReceivedAtUtc = e.ReceivedAtUtc, Arrival = e.Arrival,
        City = e.City, State = e.State, Zip = e.Zip, SignedBy = e.SignedBy, EstimateOn = e.EstimateOn, EstimateAtUtc = e.EstimateAtUtc, Code = e.Code,
    };
}

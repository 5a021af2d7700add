using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Exchange.Csv;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Labels that were made: a row ships all that its order has open; where nothing is open it replaces the parcel before. A voided label ships nothing.</summary>
public sealed class ImportShipments(TimeProvider clock, RiskCalendars calendars) : CsvKind(clock)
{
    public const string KindName = "shipments", FormatText =
        "CSV po,carrier,tracking,service,labelAt,committedAt[,account]; a po that two accounts use needs the column account";

    public override string Kind => KindName;
    public override string Format => FormatText;
    protected override CsvColumns Columns { get; } = new(["po", "carrier", "tracking", "service", "labelAt"], ["committedAt", "account"]);

    protected override async Task Apply(Reading reading)
    {
        var orders = await OrdersByPo.Load(reading);
        var added = new List<Shipment>();
        var inFile = new HashSet<Shipment>();
        foreach (var row in reading.Good)
        {
            var order = orders.Of(reading, row);
            var carrier = row.NeedCode("carrier", 64);
            var tracking = row.NeedCode("tracking", 64);
            var service = row.Word<ServiceLevel>("service");
            row.Need("labelAt");
            var labelAt = row.Instant("labelAt");
            var committedAt = row.Instant("committedAt");
            var key = tracking is null ? "" : TrackingNumbers.Key(tracking);
            if (tracking is not null && key.Length == 0) row.Reject("tracking", "BAD_NUMBER", $"'{row.Shown("tracking")}' holds no letter or digit.");
            if (committedAt < labelAt) row.Reject("committedAt", "COMMITTED_BEFORE_LABEL", "The committed delivery lies before the label.");
            if (row.IsBad || order is null || labelAt is not { } label) continue;

            var name = CarrierNames.Canonical(carrier)!;
            if (Known(order, name, key, label) is { } known)
            {
                if (label != known.LabelAtUtc && inFile.Contains(known))
                {
                    row.Reject("tracking", "TWICE_IN_FILE", $"{tracking} of PO {order.Po} stands in this file twice, with different labels; leave the one that holds.");
                    continue;
                }
                inFile.Add(known);
                if (label != known.LabelAtUtc) added.Add(known);
                Correct(reading, row, known, label, service, committedAt);
                continue;
            }
            if (Refusal(order) is { } refusal)
            {
                row.Reject("po", refusal.Code, refusal.Sentence);
                continue;
            }
            var shipment = await Ship(reading, row, order, name, tracking!, key, service ?? order.Service, label, committedAt);
            inFile.Add(shipment);
            added.Add(shipment);
        }
        await Arrived(reading, added);
    }

    /// <summary>The parcel that the row is about: of the order's with this number the one labelled nearest, a label near enough to be the same use of the number.</summary>
    private static Shipment? Known(Order order, string carrier, string key, DateTimeOffset label) =>
        order.Shipments.Where(s => s.Carrier == carrier && s.TrackingKey == key
            && (s.LabelAtUtc == label || (s.Milestone != Milestone.Cancelled && (ParcelMatch.Fits(s.LabelAtUtc, label) || ParcelMatch.Fits(label, s.LabelAtUtc)))))
            .MinBy(s => (s.LabelAtUtc - label).Duration());

    private static void Correct(Reading reading, RowCheck row, Shipment known, DateTimeOffset label, ServiceLevel? service, DateTimeOffset? committedAt)
    {
        if (label != known.LabelAtUtc) (known.LabelAtUtc, row.IsNews) = (label, true);
        if (service is { } other && other != known.Service) (known.Service, row.IsNews) = (other, true);
        if (committedAt is { } promise && promise != known.CommittedAtUtc) (known.CommittedAtUtc, row.IsNews) = (promise, true);
        if (row.IsNews) reading.Roster.Changed(known);
    }

    private static Refusal? Refusal(Order order) => order.State switch
    {
        OrderState.Draft => new Refusal("ORDER_IS_DRAFT", $"PO {order.Po} is a draft; nothing is shipped before it is submitted."),
        OrderState.Rejected or OrderState.Cancelled or OrderState.Closed => new Refusal("ORDER_OVER", $"PO {order.Po} is {WireName.Of(order.State)}; a label for it needs a person to look."),
        _ => order.Account!.Locations.Count == 0 ? new Refusal("NO_LOCATION", $"{order.Account.Code} has no location to ship to.") : null,
    };

    private static async Task<Shipment> Ship(
        Reading reading, RowCheck row, Order order, string carrier, string tracking, string key, ServiceLevel service, DateTimeOffset label, DateTimeOffset? committed)
    {
        row.IsNews = true;
        var shipment = new Shipment
        {
            AccountId = order.AccountId, Account = order.Account, LocationId = (order.Account!.Locations.Find(l => l.IsPrimary) ?? order.Account.Locations[0]).Id,
            Number = await Numbers.Next(reading.Db, Numbers.Shipments, reading.Cancel), Kind = DeliveryKind.Drug, OrderId = order.Id, Order = order,
            Carrier = carrier, Tracking = tracking, TrackingKey = key, Service = service, LabelAtUtc = label, CommittedAtUtc = committed, RecordedAtUtc = reading.Now,
        };
        var open = Open(order);
        if (open.Count > 0)
        {
            foreach (var (line, packs) in open)
            {
                AddLine(reading, shipment, line.Id, line.Ndc, packs);
                line.State = OrderLineState.Shipped;
            }
        }
        else if (ToReplace(order) is { } before)
        {
            shipment.ReplacesShipmentId = before.Id;
            before.SupersededAtUtc = reading.Now;
            before.Record("shipment.superseded", $"by {shipment.Number}", reading.Source);
            foreach (var (line, packs) in Missing(before)) AddLine(reading, shipment, line.OrderLineId, line.Ndc, packs);
            reading.Roster.Changed(before);
        }
        shipment.Record("shipment.imported", shipment.ReplacesShipmentId is null ? null : "replacement", reading.Source);
        if (!order.Shipments.Contains(shipment)) order.Shipments.Add(shipment);
        reading.Db.Shipments.Add(shipment);
        Move(order, reading.Source);
        reading.Roster.Add(shipment, order.Account, order, order.Visit);
        return shipment;
    }

    /// <summary>Of the parcels that nothing stands in for: one that was lost, comes back or came bad, the oldest first; else the newest.</summary>
    private static Shipment? ToReplace(Order order)
    {
        var replacements = new Replacements(order.Shipments);
        var alone = order.Shipments.Where(s => !replacements.IsVoided(s) && replacements.InPlaceOf(s).Count == 0)
            .OrderBy(s => s.LabelAtUtc).ThenBy(s => s.Number, StringComparer.Ordinal).ToList();
        return alone.Find(s => s.Milestone is Milestone.Lost or Milestone.Recovered or Milestone.Returning or Milestone.Returned
            || s.Receipts.Exists(r => r.Condition is not (ReceiptCondition.Good or ReceiptCondition.Over))) ?? alone.LastOrDefault();
    }

    /// <summary>What a replacement holds: the packs that nobody confirmed as good, or all of them where that leaves none.</summary>
    private static IEnumerable<(ShipmentLine Line, int Packs)> Missing(Shipment before)
    {
        var good = before.Receipts.Where(r => r.Condition == ReceiptCondition.Good).GroupBy(r => r.Ndc).ToDictionary(g => g.Key, g => g.Sum(r => r.Packs));
        var missing = new List<(ShipmentLine, int)>();
        foreach (var line in before.Lines)
        {
            var here = Math.Min(line.Packs, good.GetValueOrDefault(line.Ndc));
            good[line.Ndc] = good.GetValueOrDefault(line.Ndc) - here;
            if (line.Packs > here) missing.Add((line, line.Packs - here));
        }
        return missing.Count > 0 ? missing : before.Lines.Select(l => (l, l.Packs));
    }

    private static void AddLine(Reading reading, Shipment shipment, Guid orderLineId, string ndc, int packs)
    {
        var line = new ShipmentLine { ShipmentId = shipment.Id, AccountId = shipment.AccountId, OrderLineId = orderLineId, Ndc = ndc, Packs = packs };
        shipment.Lines.Add(line);
        reading.Db.ShipmentLines.Add(line);
    }

    /// <summary>What is still to be shipped, back-ordered lines only when nothing else is: a label is no proof that stock came in.</summary>
    private static List<(OrderLine Line, int Packs)> Open(Order order)
    {
        var replacements = new Replacements(order.Shipments);
        var rest = order.Lines.Where(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected))
            .Select(l => (Line: l, Packs: l.QuantityPacks - replacements.PacksUnderWay(l.Id)))
            .Where(l => l.Packs > 0).ToList();
        var ready = rest.Where(l => l.Line.State is not (OrderLineState.Backordered or OrderLineState.SubstitutionProposed)).ToList();
        return ready.Count > 0 ? ready : rest;
    }

    private static void Move(Order order, string source)
    {
        var target = Open(order).Count > 0 ? OrderState.PartiallyShipped : OrderState.Shipped;
        switch (order.State)
        {
            case OrderState.Submitted:
                // Its acknowledgement stays unknown; a label exists, and that is what counts (domain.md §3.1).
                order.TryMoveTo(target, "label without acknowledgement", source);
                break;
            case OrderState.Acknowledged or OrderState.Backordered or OrderState.Allocated or OrderState.Lost or OrderState.Returned:
                order.TryMoveTo(OrderState.Released, null, source);
                order.TryMoveTo(target, null, source);
                break;
            case OrderState.Delivered or OrderState.Discrepancy or OrderState.ReceiptConfirmed:
                break; // a replacement for what was received; the receipt of it moves the order
            default:
                order.TryMoveTo(target, "label", source);
                break;
        }
    }

    /// <summary>Scans that came before their label are this parcel's now, and the question whose they are is answered.</summary>
    private async Task Arrived(Reading reading, List<Shipment> added)
    {
        var db = reading.Db;
        var work = new WorkItems(db, reading.Now);
        foreach (var some in added.Chunk(300))
        {
            var keys = some.Select(s => s.TrackingKey).ToArray();
            var items = await db.WorkItems.Where(w => w.ResolvedAtUtc == null && w.Reason == WorkItems.NoShipment && keys.Contains(w.TrackingKey)).ToListAsync(reading.Cancel);
            if (items.Count == 0) continue;
            var ids = items.ConvertAll(w => w.Id);
            var waiting = await db.TrackingEvents.Where(e => e.ShipmentId == null && ids.Contains(e.WorkItemId!.Value)).OrderBy(e => e.Arrival).ToListAsync(reading.Cancel);
            var answered = new HashSet<Guid>();
            var parcels = some.Select(s => s.Id).ToArray();
            var logs = (await db.TrackingEvents.Where(e => EF.Parameter(parcels).Contains(e.ShipmentId!.Value)).ToListAsync(reading.Cancel)).ToLookup(e => e.ShipmentId!.Value);
            foreach (var shipment in some)
            {
                // A time in the future says nothing; the day of receipt does.
                var mine = waiting.Where(e => e.ShipmentId is null && e.TrackingKey == shipment.TrackingKey && (e.Carrier.Length == 0 || e.Carrier == shipment.Carrier)
                    && ParcelMatch.Fits(shipment.LabelAtUtc, e.AtUtc > e.ReceivedAtUtc + TrackingTimeline.AheadOfReceipt ? e.ReceivedAtUtc : e.AtUtc)).ToList();
                if (mine.Count == 0) continue;
                var given = LateScans.Give(shipment, mine, [.. logs[shipment.Id]], calendars.ShipFrom.Zone, reading.Now, reading.Source);
                shipment.Record("shipment.matched", $"{given} scans that came before it", reading.Source);
                // Doubles stay where they were; they ask nothing any more.
                answered.UnionWith(mine.Select(e => e.Id));
                foreach (var item in items.Where(w => w.ResolvedAtUtc is null && mine.Exists(e => e.WorkItemId == w.Id) && waiting.TrueForAll(e => e.WorkItemId != w.Id || answered.Contains(e.Id))))
                {
                    item.ShipmentId = shipment.Id;
                    WorkItems.Resolve(item, $"Matched to {shipment.Number}, imported later", db.Actor.Name, reading.Now, WorkAnswer.Found);
                }
            }
            await Quarantine.Ask(db, work, some, reading.Source, reading.Cancel);
        }
    }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Features.Intake;

/// <summary>One line of what somebody found in a parcel: packs of one product, lot and condition. SHORT counts the packs that are missing.</summary>
public sealed record StatedPacks(string Ndc, int Packs, string Lot, DateOnly? ExpiryOn, ReceiptCondition Condition);

/// <summary>What a stated receipt does to a parcel and its order (domain.md §2.5); the same for files, the portal and the API.</summary>
public static class RecordReceipt
{
    /// <summary>Expiry nearer to the visit than this is worth a word (domain.md §2.4).</summary>
    public const int ShortDatedDays = 30;

    /// <summary>Packs by product that the parcel should hold; where nobody listed them, those of its order.</summary>
    public static IReadOnlyDictionary<string, int> Expected(Shipment shipment, Order? order)
    {
        var listed = shipment.Lines.Select(l => (l.Ndc, l.Packs)).ToList();
        if (listed.Count == 0 && order is not null)
            listed = order.Lines.Where(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected)).Select(l => (l.Ndc, Packs: l.QuantityPacks)).ToList();
        return listed.GroupBy(l => l.Ndc, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(l => l.Packs), StringComparer.Ordinal);
    }

    /// <summary>Packs of a product that somebody has accounted for already, good or not.</summary>
    public static int Accounted(Shipment shipment, string ndc) =>
        shipment.Receipts.Where(r => r.Ndc == ndc && CountsAgainstParcel(r.Condition)).Sum(r => r.Packs);

    /// <summary>Every pack of the parcel is accounted for: there is nothing left to confirm.</summary>
    public static bool IsComplete(Shipment shipment, Order? order) =>
        shipment.Receipts.Exists(r => CountsAgainstParcel(r.Condition)) && Expected(shipment, order).All(e => Accounted(shipment, e.Key) >= e.Value);

    /// <summary>Adds what a person states about a parcel that came, or says why not. All lines or none.</summary>
    public static async Task<Refusal?> State(
        FieldSupportDb db, Order order, Shipment shipment, IReadOnlyList<StatedPacks> lines, DateTimeOffset at, string by, DateTimeOffset now, string? source, CancellationToken cancel)
    {
        if (lines.Count == 0) return new("receipt.empty", Say.It("State at least one line: what came, how many packs and in which condition."));
        var expected = Expected(shipment, order);
        var day = DayOf(order, shipment, at);
        foreach (var line in lines)
        {
            if (line.Condition is not (ReceiptCondition.WrongItem or ReceiptCondition.Over) && !expected.ContainsKey(line.Ndc))
                return new("receipt.not-in-parcel", Say.It("This parcel should hold no {0}. If it came, state it as a wrong item.", line.Ndc));
            if (line.Packs < 1 && line.Condition != ReceiptCondition.WrongAddress)
                return new("receipt.no-packs", Say.It("State how many packs of {0} it is about.", line.Ndc));
            if (line.Condition != ReceiptCondition.Good) continue;
            if (Quarantined(shipment) is { } kept) return kept;
            if (line.Lot.Length == 0 || line.ExpiryOn is null)
                return new("receipt.lot-missing", Say.It("Good packs of {0} need their lot and expiry, as printed on the carton.", line.Ndc));
            if (line.ExpiryOn < day)
                return new("receipt.expired", Say.It("Lot {0} expired on {1:yyyy-MM-dd} and cannot be confirmed as good. State it as expired or short-dated.", line.Lot, line.ExpiryOn));
        }
        if (lines.GroupBy(l => (l.Ndc, l.Lot, l.Condition)).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return new("receipt.line-twice", Say.It("Lot {0} of {1} stands there twice; add the packs up in one line.", twice.Key.Lot, twice.Key.Ndc));
        foreach (var (ndc, packs) in expected.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            var counted = Accounted(shipment, ndc) + lines.Where(l => l.Ndc == ndc && CountsAgainstParcel(l.Condition)).Sum(l => l.Packs);
            if (counted > packs)
                return new("receipt.too-many-packs", Say.It("The parcel should hold {0} of {1}, {2} are stated. State what is too much as over.", Packs(packs), ndc, counted));
            if (counted < packs && !lines.Any(l => l.Condition == ReceiptCondition.WrongAddress))
                return new("receipt.packs-missing", Say.It("{0} of {1} of {2} are accounted for. If {3} did not come, state {3} as short.", counted, Packs(packs), ndc, packs - counted));
        }
        if (lines.FirstOrDefault(l => shipment.Receipts.Exists(r => r.Ndc == l.Ndc && r.Lot == l.Lot && r.Condition == l.Condition)) is { } known)
            return new("receipt.line-known", Say.It("Lot {0} of {1} is confirmed already.", known.Lot, known.Ndc));
        foreach (var line in lines) Add(db, order, shipment, line, at, by, now, source);
        await ProductComplaints.Open(db, new WorkItems(db, now), order, shipment, lines, at, source, cancel);
        MoveOn(order, now, source);
        return null;
    }

    /// <summary>Packs that were lost and found again are never usable stock (domain.md §2.6 rule 4), however good they look.</summary>
    public static Refusal? Quarantined(Shipment shipment) => shipment.Milestone != Milestone.Recovered ? null
        : new("receipt.quarantined", Say.It("{0} was lost and has turned up again. Keep it apart and do not use it; logistics arranges its return. It cannot be confirmed as good.", shipment.Number));

    /// <summary>Adds one line; judging it is the caller's.</summary>
    public static void Add(FieldSupportDb db, Order order, Shipment shipment, StatedPacks line, DateTimeOffset at, string by, DateTimeOffset now, string? source)
    {
        var receipt = new ReceiptConfirmation
        {
            AccountId = order.AccountId, OrderId = order.Id, ShipmentId = shipment.Id, Shipment = shipment, Ndc = line.Ndc, Packs = line.Packs, Lot = line.Lot,
            ExpiryOn = line.ExpiryOn, Condition = line.Condition, ReceivedAtUtc = at, ReceivedBy = by, RecordedAtUtc = now,
        };
        var isGood = line.Condition == ReceiptCondition.Good;
        receipt.Record(isGood ? "receipt.confirmed" : "receipt.discrepancy", isGood ? null : WireName.Of(line.Condition), source);
        if (!shipment.Receipts.Contains(receipt)) shipment.Receipts.Add(receipt);
        db.Receipts.Add(receipt);
    }

    /// <summary>Moves lines and header by what all receipts of the order say: complete and good, or a discrepancy.</summary>
    public static void MoveOn(Order order, DateTimeOffset now, string? source)
    {
        // A label that was voided, and the box came all the same.
        if (order.Shipments.Exists(s => s.Milestone == Milestone.Cancelled)) ParcelDigest.Stand(order, now, source);
        var parcels = order.Shipments.Where(s => s.SupersededAtUtc is null).ToList();
        var stated = parcels.SelectMany(s => s.Receipts).ToList();
        // What was replaced may come after all.
        int Good(string ndc) => order.Shipments.SelectMany(s => s.Receipts).Where(r => r.Ndc == ndc && r.Condition == ReceiptCondition.Good).Sum(r => r.Packs);
        foreach (var line in order.Lines.Where(l => l.State == OrderLineState.Shipped))
        {
            if (Good(line.Ndc) >= line.QuantityPacks) line.State = OrderLineState.Received;
            else if (stated.Exists(r => r.Ndc == line.Ndc && r.Condition == ReceiptCondition.Short)) line.State = OrderLineState.Short;
            else if (stated.Exists(r => r.Ndc == line.Ndc && r.Condition is ReceiptCondition.Damaged or ReceiptCondition.Leak or ReceiptCondition.Tamper)) line.State = OrderLineState.Damaged;
        }
        var wanted = order.Lines.Where(l => l.State is not (OrderLineState.Cancelled or OrderLineState.Rejected)).GroupBy(l => l.Ndc).ToList();
        var complete = wanted.TrueForAll(l => Good(l.Key) >= l.Sum(x => x.QuantityPacks)) || parcels.TrueForAll(s => s.Lines.TrueForAll(l =>
            s.Receipts.Where(r => r.Ndc == l.Ndc && r.Condition == ReceiptCondition.Good).Sum(r => r.Packs) >= s.Lines.Where(x => x.Ndc == l.Ndc).Sum(x => x.Packs)));
        var discrepancy = stated.Exists(r => r.Condition != ReceiptCondition.Good);
        if (!complete && !discrepancy) return;
        // Packs in hand are a delivery, whether or not the carrier has said so yet.
        if (order.State == OrderState.Shipped) order.TryMoveTo(OrderState.Delivered, "receipt before the carrier's proof of delivery", source);
        if (order.State == OrderState.PartiallyShipped) return; // the rest is still to come
        order.TryMoveTo(complete ? OrderState.ReceiptConfirmed : OrderState.Discrepancy, null, source);
    }

    /// <summary>The day at the practice.</summary>
    public static DateOnly DayOf(Order order, Shipment shipment, DateTimeOffset at)
    {
        var location = order.Account!.Locations.Find(l => l.Id == shipment.LocationId);
        var zone = location is null ? null : ZonedTime.Find(location.TimeZone);
        return zone is null ? DateOnly.FromDateTime(at.UtcDateTime) : ZonedTime.DayOf(zone, at);
    }

    // A wrong item or a surplus is none of the parcel's packs; "not at our address" says that nothing came.
    internal static bool CountsAgainstParcel(ReceiptCondition condition) =>
        condition is not (ReceiptCondition.Over or ReceiptCondition.WrongItem or ReceiptCondition.WrongAddress);

    private static string Packs(int packs) => Say.Many(packs, "1 pack", "{0} packs");
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Features.Catalogue;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What practices state about packs that came in (domain.md §2.5). Good packs move the order on; anything else is a discrepancy.</summary>
public sealed class ImportReceipts(TimeProvider clock) : CsvKind(clock)
{
    /// <summary>Expiry nearer to the visit than this is worth a word (domain.md §2.4).</summary>
    private const int ShortDatedDays = RecordReceipt.ShortDatedDays;

    public const string KindName = "receipts", FormatText =
        "CSV po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy[,account]; condition GOOD or a discrepancy";

    public override string Kind => KindName;
    public override string Format => FormatText;
    protected override CsvColumns Columns { get; } = new(
        ["po", "tracking", "ndc", "packs", "condition", "receivedAt", "receivedBy"], ["lot", "expiry", "account"]);

    protected override async Task Apply(Reading reading)
    {
        var orders = await OrdersByPo.Load(reading);
        var touched = new List<Order>();
        var inFile = new HashSet<ReceiptConfirmation>();
        var work = new WorkItems(reading.Db, reading.Now);
        foreach (var row in reading.Good)
        {
            var order = orders.Of(reading, row);
            var tracking = row.NeedCode("tracking", 64);
            foreach (var needed in new[] { "ndc", "packs", "condition", "receivedAt", "receivedBy" }) row.Need(needed);
            var condition = row.Word<ReceiptCondition>("condition");
            var packs = row.Whole("packs", condition is null or ReceiptCondition.Good ? 1 : 0, 10_000);
            var lot = row.Code("lot", 20);
            var expiry = row.Day("expiry");
            var receivedAt = row.Instant("receivedAt");
            var by = row.Text("receivedBy", 200);
            if (receivedAt > reading.Now + TrackingTimeline.AheadOfReceipt)
                row.Warn("receivedAt", "IN_THE_FUTURE", $"'{row.Shown("receivedAt")}' lies ahead; until then nothing is confirmed by it.");
            if (condition == ReceiptCondition.Good)
            {
                row.Need("lot");
                row.Need("expiry");
            }
            if (row.IsBad || order is null || condition is not { } stated || receivedAt is not { } at) continue;

            var shipment = ParcelOf(order, TrackingNumbers.Key(tracking!), at);
            if (shipment is null)
            {
                row.Reject("tracking", "UNKNOWN_PARCEL", $"PO {order.Po} has no parcel '{row.Shown("tracking")}'.");
                continue;
            }
            var ndc = Presentations.FindWritten(row.Raw("ndc"))?.Ndc;
            if (ndc is null && stated != ReceiptCondition.WrongItem)
                row.Reject("ndc", "UNKNOWN_NDC", $"'{row.Shown("ndc")}' is not an NDC of the catalogue.");
            else if (stated is not (ReceiptCondition.WrongItem or ReceiptCondition.Over) && !shipment.Lines.Exists(l => l.Ndc == ndc))
                row.Reject("ndc", "NOT_IN_PARCEL", $"Parcel {shipment.Number} holds no {ndc}; state it as WRONG_ITEM if it came.");
            var day = RecordReceipt.DayOf(order, shipment, at);
            if (stated == ReceiptCondition.Good && expiry < day)
                row.Reject("expiry", "EXPIRED", "Expired packs cannot be confirmed as good; state them as EXPIRED_OR_SHORT_DATED.");
            if (stated == ReceiptCondition.Good && RecordReceipt.Quarantined(shipment) is { } kept && !shipment.Receipts.Exists(r => r.Ndc == ndc && r.Lot == (lot ?? "") && r.Condition == stated))
                row.Reject("condition", "QUARANTINED", kept.Sentence);
            if (row.IsBad) continue;
            if (stated == ReceiptCondition.Good && order.Visit is { } visit && expiry < visit.VisitOn.AddDays(ShortDatedDays))
                row.Warn("expiry", "SHORT_DATED", $"Lot {lot} expires less than {ShortDatedDays} days after the visit.");
            var line = new StatedPacks(ndc ?? row.Raw("ndc").Trim(), packs!.Value, lot ?? "", expiry, stated);
            Take(reading, row, order, shipment, line, at, by!, inFile);
            if (row.IsNews) await ProductComplaints.Open(reading.Db, work, order, shipment, [line], at, reading.Source, reading.Cancel);
            if (row.IsNews && !touched.Contains(order)) touched.Add(order);
        }
        foreach (var order in touched)
        {
            RecordReceipt.MoveOn(order, reading.Now, reading.Source);
            reading.Roster.Changed(order);
        }
    }

    private static void Take(Reading reading, RowCheck row, Order order, Shipment shipment, StatedPacks line, DateTimeOffset at, string by, HashSet<ReceiptConfirmation> inFile)
    {
        var (ndc, packs, lot, expiry, condition) = line;
        var known = shipment.Receipts.Find(r => r.Ndc == ndc && r.Lot == lot && r.Condition == condition);
        if (known is not null && !inFile.Add(known) && (packs != known.Packs || at != known.ReceivedAtUtc || by != known.ReceivedBy || (expiry is { } day && day != known.ExpiryOn)))
        {
            row.Reject("lot", "TWICE_IN_FILE", $"Lot {lot} of {ndc} in parcel {shipment.Number} stands in this file twice; add the packs up in one row.");
            return;
        }
        var others = shipment.Receipts.Where(r => r != known && r.Ndc == ndc && RecordReceipt.CountsAgainstParcel(r.Condition)).Sum(r => r.Packs);
        var sent = shipment.Lines.Where(l => l.Ndc == ndc).Sum(l => l.Packs);
        if (RecordReceipt.CountsAgainstParcel(condition) && others + packs > sent)
        {
            row.Reject("packs", "TOO_MANY_PACKS", $"Parcel {shipment.Number} holds {sent} packs of {ndc}, and {others} of them are stated in other rows; put those right first, or state what is too much as OVER.");
            return;
        }
        if (known is null)
        {
            RecordReceipt.Add(reading.Db, order, shipment, line, at, by, reading.Now, reading.Source);
            inFile.Add(shipment.Receipts[^1]);
            row.IsNews = true;
            return;
        }
        if (packs != known.Packs) (known.Packs, row.IsNews) = (packs, true);
        if (expiry is { } until && until != known.ExpiryOn) (known.ExpiryOn, row.IsNews) = (until, true);
        if (at != known.ReceivedAtUtc) (known.ReceivedAtUtc, row.IsNews) = (at, true);
        if (by != known.ReceivedBy) (known.ReceivedBy, row.IsNews) = (by, true);
    }

    /// <summary>A carrier may use a number again, for the same order too: the latest label before the receipt.</summary>
    private static Shipment? ParcelOf(Order order, string key, DateTimeOffset receivedAt)
    {
        var parcels = order.Shipments.Where(s => s.TrackingKey == key).OrderBy(s => s.LabelAtUtc).ToList();
        return parcels.LastOrDefault(s => s.LabelAtUtc <= receivedAt) ?? parcels.FirstOrDefault();
    }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Features.Catalogue;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Orders of practices. Rows of one PO are its lines and stand or fall together; past DRAFT only the partner's answer is taken.</summary>
public sealed class ImportOrders(TimeProvider clock) : CsvKind(clock)
{
    /// <summary>1 + 2 + 2 ampules when all three screening steps are run (domain.md §1.4).</summary>
    private const int UsualScreening = 5;

    public const string KindName = "orders", FormatText =
        "CSV account,po,type,visit,ndc,quantity,service,submittedAt[,acknowledgedAt,promisedShipOn]; rows of one po are its lines";

    public override string Kind => KindName;
    public override string Format => FormatText;
    protected override CsvColumns Columns { get; } = new(
        ["account", "po", "type", "ndc", "quantity", "service"], ["visit", "submittedAt", "acknowledgedAt", "promisedShipOn"]);

    private sealed record Line(
        RowCheck Row, Account Account, string Po, OrderType? Type, string? Visit, string? Ndc, int? Quantity, ServiceLevel? Service,
        DateTimeOffset? SubmittedAt, DateTimeOffset? AcknowledgedAt, DateOnly? PromisedShipOn);

    protected override async Task Apply(Reading reading)
    {
        var accounts = await reading.Accounts("account");
        var groups = new Dictionary<(string Account, string Po), List<RowCheck>>();
        var lines = new Dictionary<RowCheck, Line>();
        foreach (var row in reading.Rows)
        {
            var key = (row.Raw("account").Trim().ToUpperInvariant(), row.Raw("po").Trim());
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = []);
            group.Add(row);
            if (!row.IsBad && Cells(reading, row, accounts) is { } line) lines.Add(row, line);
        }

        var orders = new Dictionary<(Guid, string), Order>();
        foreach (var some in lines.Values.Select(l => l.Po).Distinct().Chunk(500))
            foreach (var order in await reading.Db.Orders.Include(o => o.Lines).Include(o => o.Visit).Where(o => some.Contains(o.Po)).ToListAsync(reading.Cancel))
                orders.Add((order.AccountId, order.Po), order);
        var visits = new Dictionary<string, VisitSlot>(StringComparer.Ordinal);
        foreach (var some in lines.Values.Select(l => l.Visit).OfType<string>().Distinct().Chunk(500))
            foreach (var visit in await reading.Db.Visits.Where(v => some.Contains(v.Key)).ToListAsync(reading.Cancel))
                visits.Add(visit.Key, visit);

        foreach (var (_, rows) in groups)
        {
            if (rows.TrueForAll(r => !r.IsBad))
            {
                var group = rows.ConvertAll(r => lines[r]);
                if (orders.TryGetValue((group[0].Account.Id, group[0].Po), out var order)) Update(reading, order, group, visits);
                else await Create(reading, group, visits, orders);
            }
            // Half an order would be a wrong order.
            if (rows.Exists(r => r.IsBad))
                foreach (var row in rows.Where(r => !r.IsBad))
                    row.Reject(null, "ORDER_INCOMPLETE", "Another row of this order is bad, so this line is not taken either.");
        }
    }

    private static Line? Cells(Reading reading, RowCheck row, Dictionary<string, Account> accounts)
    {
        var account = reading.AccountOf(row, accounts);
        var po = row.NeedCode("po", 64);
        var type = row.Word<OrderType>("type");
        var service = row.Word<ServiceLevel>("service");
        var quantity = row.Whole("quantity", 1, 10_000);
        var visit = row.Code("visit", 64);
        var submitted = row.Instant("submittedAt");
        var acknowledged = row.Instant("acknowledgedAt");
        var promised = row.NearDay("promisedShipOn");
        string? ndc = null;
        if (!row.IsEmpty("ndc"))
        {
            var item = Presentations.FindWritten(row.Raw("ndc"));
            ndc = item?.Ndc ?? row.Bad<string>("ndc", "UNKNOWN_NDC", $"'{row.Shown("ndc")}' is not an NDC of the catalogue.");
            // A listing lapses unless it is renewed: worth a word, no refusal (domain.md §1.2).
            if (item is not null && !item.IsListedOn(DateOnly.FromDateTime((submitted ?? reading.Now).UtcDateTime)))
                row.Warn("ndc", "LISTING_EXPIRED", $"The listing of {item.Ndc} is not valid on the day of this order.");
        }
        if (submitted is { } sent && acknowledged < sent) row.Reject("acknowledgedAt", "ACKNOWLEDGED_TOO_EARLY", "Acknowledged before it was submitted.");
        return row.IsBad || account is null || po is null ? null
            : new Line(row, account, po, type, visit, ndc, quantity, service, submitted, acknowledged, promised);
    }

    private static async Task Create(Reading reading, List<Line> group, Dictionary<string, VisitSlot> visits, Dictionary<(Guid, string), Order> orders)
    {
        var first = group[0];
        foreach (var line in group)
        {
            foreach (var needed in new[] { "type", "ndc", "quantity", "service" }) line.Row.Need(needed);
            Agrees(first, line);
        }
        if (group.Exists(l => l.Row.IsBad)) return;
        var visit = VisitOf(first, first.Type!.Value, visits);
        foreach (var line in group) Fits(line, first.Type.Value, line.Ndc!, line.Quantity!.Value);
        if (first.SubmittedAt is null && (first.AcknowledgedAt ?? group.Select(l => l.AcknowledgedAt).FirstOrDefault(a => a is not null)) is not null)
            first.Row.Reject("acknowledgedAt", "NOT_SUBMITTED", "A draft cannot be acknowledged; give submittedAt.");
        var different = Distinct(group);
        if (group.Exists(l => l.Row.IsBad)) return;

        var order = new Order
        {
            AccountId = first.Account.Id, Account = first.Account, Number = await Numbers.Next(reading.Db, Numbers.Orders, reading.Cancel), Po = first.Po, Type = first.Type.Value,
            Service = first.Service!.Value, State = OrderState.Draft, VisitId = visit?.Id, Visit = visit, RecordedAtUtc = reading.Now,
        };
        order.Record("order.imported", null, reading.Source);
        foreach (var line in different) AddLine(reading, order, line);
        orders.Add((first.Account.Id, first.Po), order);
        reading.Db.Orders.Add(order);
        Submit(reading, order, first.SubmittedAt, visit);
        Answer(reading, order, group);
        foreach (var line in different) line.Row.IsNews = true;
    }

    private static void Update(Reading reading, Order order, List<Line> group, Dictionary<string, VisitSlot> visits)
    {
        var isDraft = order.State == OrderState.Draft;
        foreach (var line in group)
        {
            if (line != group[0]) Agrees(group[0], line);
            if (line.AcknowledgedAt is not null && order.SubmittedAtUtc is null && line.SubmittedAt is null)
                line.Row.Reject("acknowledgedAt", "NOT_SUBMITTED", "A draft cannot be acknowledged; give submittedAt.");
            if (order.SubmittedAtUtc is { } sent && line.AcknowledgedAt < sent)
                line.Row.Reject("acknowledgedAt", "ACKNOWLEDGED_TOO_EARLY", "Acknowledged before it was submitted.");
            if (isDraft) continue;
            var known = line.Ndc is null ? null : order.Lines.Find(l => l.Ndc == line.Ndc);
            Same(line, "type", line.Type is null || line.Type == order.Type);
            Same(line, "service", line.Service is null || line.Service == order.Service);
            Same(line, "visit", line.Visit is null || line.Visit == order.Visit?.Key);
            Same(line, "submittedAt", line.SubmittedAt is null || line.SubmittedAt == order.SubmittedAtUtc);
            Same(line, "ndc", line.Ndc is null || known is not null);
            Same(line, "quantity", line.Quantity is null || known is null || line.Quantity == known.QuantityPacks);
            if (OrderTransitions.IsOver(order.State) && ((line.AcknowledgedAt is { } a && a != order.AcknowledgedAtUtc) || (line.PromisedShipOn is { } p && p != order.PromisedShipOn)))
                line.Row.Reject(null, "ORDER_OVER", $"The order is {WireName.Of(order.State)}; a partner's answer no longer changes it.");
        }
        var type = group[0].Type ?? order.Type;
        var visit = order.Visit;
        if (isDraft)
        {
            if (group.Exists(l => l.Row.IsBad)) return;
            if (group[0].Visit is not null || type != order.Type) visit = VisitOf(group[0], type, visits, order.Visit);
            foreach (var line in group)
            {
                var known = line.Ndc is null ? null : order.Lines.Find(l => l.Ndc == line.Ndc);
                if (known is null && line.Ndc is not null) line.Row.Need("quantity");
                if (line.Ndc is not null && (line.Quantity ?? known?.QuantityPacks) is { } packs) Fits(line, type, line.Ndc, packs);
            }
            Distinct(group);
        }
        if (group.Exists(l => l.Row.IsBad)) return;

        if (isDraft)
        {
            foreach (var line in group)
            {
                var changed = false;
                if (order.Type != type) (order.Type, changed) = (type, true);
                if (line.Service is { } service && service != order.Service) (order.Service, changed) = (service, true);
                if (visit?.Id != order.VisitId) (order.VisitId, order.Visit, changed) = (visit?.Id, visit, true);
                if (line.Ndc is { } ndc)
                {
                    var known = order.Lines.Find(l => l.Ndc == ndc);
                    if (known is null)
                    {
                        AddLine(reading, order, line);
                        changed = true;
                    }
                    else if (line.Quantity is { } packs && packs != known.QuantityPacks)
                    {
                        order.Record("order.quantity-changed", $"{ndc}: {known.QuantityPacks} → {packs}", reading.Source);
                        (known.QuantityPacks, changed) = (packs, true);
                    }
                }
                if (changed) line.Row.IsNews = true;
            }
            if (group.Find(l => l.SubmittedAt is not null) is { } submitting)
            {
                Submit(reading, order, submitting.SubmittedAt, visit);
                foreach (var line in group) line.Row.IsNews = true;
            }
        }
        Answer(reading, order, group);
        if (group.Exists(l => l.Row.IsNews)) reading.Roster.Changed(order);
    }

    private static void Submit(Reading reading, Order order, DateTimeOffset? at, VisitSlot? visit)
    {
        if (at is not { } sent) return;
        order.Submit(sent, reading.Source);
        reading.Roster.Add(order, order.Account!, visit);
    }

    /// <summary>The partner's answer: acknowledgement and promised day.</summary>
    private static void Answer(Reading reading, Order order, List<Line> group)
    {
        foreach (var line in group)
        {
            if (line.AcknowledgedAt is { } at && at != order.AcknowledgedAtUtc)
            {
                line.Row.IsNews = true;
                if (order.AcknowledgedAtUtc is null && order.State is OrderState.Submitted or OrderState.OnHold) order.Acknowledge(at, reading.Source);
                else
                {
                    // It comes after the label, or corrects the time: a fact about the order, no step back.
                    if (order.AcknowledgedAtUtc is null) order.Record("order.acknowledged", "after it was shipped", reading.Source);
                    order.AcknowledgedAtUtc = at;
                }
            }
            if (line.PromisedShipOn is { } day && day != order.PromisedShipOn)
            {
                line.Row.IsNews = true;
                order.Record("order.promised", $"{(order.PromisedShipOn is { } before ? $"{before:yyyy-MM-dd} → " : "")}{day:yyyy-MM-dd}", reading.Source);
                order.PromisedShipOn = day;
            }
        }
    }

    private static void AddLine(Reading reading, Order order, Line line)
    {
        var added = new OrderLine { OrderId = order.Id, AccountId = order.AccountId, LineNo = order.Lines.Count == 0 ? 1 : order.Lines.Max(l => l.LineNo) + 1, Ndc = line.Ndc!, QuantityPacks = line.Quantity!.Value };
        order.Lines.Add(added);
        reading.Db.OrderLines.Add(added);
    }

    /// <summary>What the rows say about the order as a whole must be one thing.</summary>
    private static void Agrees(Line first, Line line)
    {
        void One(string column, bool same)
        {
            if (!same) line.Row.Reject(column, "CONTRADICTS_EARLIER_ROW", $"An earlier row of this order says something else in '{column}'.");
        }
        One("type", line.Type == first.Type || line.Type is null || first.Type is null);
        One("service", line.Service == first.Service || line.Service is null || first.Service is null);
        One("visit", line.Visit == first.Visit || line.Visit is null || first.Visit is null);
        One("submittedAt", line.SubmittedAt == first.SubmittedAt || line.SubmittedAt is null || first.SubmittedAt is null);
        One("acknowledgedAt", line.AcknowledgedAt == first.AcknowledgedAt || line.AcknowledgedAt is null || first.AcknowledgedAt is null);
        One("promisedShipOn", line.PromisedShipOn == first.PromisedShipOn || line.PromisedShipOn is null || first.PromisedShipOn is null);
    }

    /// <summary>The rows that are lines of their own: the same row twice is one line, the same NDC with two quantities is an error.</summary>
    private static List<Line> Distinct(List<Line> group)
    {
        var lines = new List<Line>();
        foreach (var line in group)
        {
            if (line.Ndc is null || lines.Find(l => l.Ndc == line.Ndc) is not { } twin) lines.Add(line);
            else if (twin.Quantity != line.Quantity) line.Row.Reject("quantity", "LINE_TWICE", $"An earlier row of this order holds {line.Ndc} with another quantity.");
        }
        return lines;
    }

    private static void Same(Line line, string column, bool same)
    {
        if (!same)
            line.Row.Reject(column, "PO_ALREADY_USED", $"PO {line.Po} of {line.Account.Code} was submitted already; only acknowledgedAt and promisedShipOn can still be given.");
    }

    private static VisitSlot? VisitOf(Line line, OrderType type, Dictionary<string, VisitSlot> visits, VisitSlot? now = null)
    {
        if (type is OrderType.Screening or OrderType.Stock)
        {
            if (line.Visit is not null) line.Row.Reject("visit", "VISIT_NOT_ALLOWED", $"An order of type {WireName.Of(type)} has no visit.");
            return null;
        }
        if (line.Visit is null)
        {
            if (now is null) line.Row.Reject("visit", "MISSING", $"An order of type {WireName.Of(type)} needs its visit.");
            return now;
        }
        if (!visits.TryGetValue(line.Visit, out var visit))
            return line.Row.Bad<VisitSlot>("visit", "UNKNOWN_VISIT", $"There is no visit '{line.Row.Shown("visit")}'; import it first.");
        if (visit.AccountId != line.Account.Id)
            return line.Row.Bad<VisitSlot>("visit", "UNKNOWN_VISIT", $"There is no visit '{line.Row.Shown("visit")}' of {line.Account.Code}.");
        return visit;
    }

    /// <summary>50 mcg/mL is for screening only and never for a pump; screening takes nothing else (domain.md §1.2).</summary>
    private static void Fits(Line line, OrderType type, string ndc, int packs)
    {
        var item = Presentations.Find(ndc)!;
        if (item.IsScreening != (type == OrderType.Screening))
            line.Row.Reject("ndc", "WRONG_CONCENTRATION", item.IsScreening
                ? $"{ndc} (50 mcg/mL) is for screening only, never for an order of type {WireName.Of(type)}."
                : $"{ndc} is not for screening; a screening order takes 50 mcg/mL only.");
        else if (type == OrderType.Screening && packs > UsualScreening)
            line.Row.Warn("quantity", "QUANTITY_REVIEW", $"{packs} packs: a screening trial needs 1 to {UsualScreening} ampules.");
    }
}

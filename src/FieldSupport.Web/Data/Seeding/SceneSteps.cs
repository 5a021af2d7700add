using System.Globalization;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>One file of one kind that came in at one instant.</summary>
public sealed record SceneStep(DateTimeOffset At, string Kind, IReadOnlyList<string[]> Rows)
{
    /// <summary>The kinds in the order in which they are read within an instant.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["accounts", "closures", "visits", "orders", Desk, "shipments", Kits, "tracking", "receipts"];

    /// <summary>Holds and back-orders: what the order desk states, for which there is no file.</summary>
    public const string Desk = "desk";
    /// <summary>Parcels without an order.</summary>
    public const string Kits = "kits";

    private static readonly Dictionary<string, string> Headers = new(StringComparer.Ordinal)
    {
        ["accounts"] = string.Join(',', SceneFiles.OfAll("accounts")[0].Header),
        ["closures"] = "account,date,reason",
        ["visits"] = "account,visit,visitOn,refillBy,reference",
        ["orders"] = "account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt,promisedShipOn",
        ["shipments"] = "po,carrier,tracking,service,labelAt,committedAt,account",
        ["tracking"] = "carrier,tracking,eventAt,code,city,state,zip,signedBy,eta",
        ["receipts"] = "po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy,account",
    };

    /// <summary>The file as the importer reads it.</summary>
    public string Csv => Headers[Kind] + "\n" + string.Concat(Rows.Select(r => string.Join(',', r.Select(Cell)) + "\n"));

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}

/// <summary>Turns a layout into the files that would have come in, each at its time, so that what is stored looks as if it had grown.</summary>
public static class SceneSteps
{
    // The last days in fine steps, since their instants are on the screen; what is older once a day.
    private static readonly TimeSpan Fine = TimeSpan.FromMinutes(15), Recent = TimeSpan.FromDays(6);

    public static IReadOnlyList<SceneStep> Of(SceneLayout layout)
    {
        var rows = new List<(DateTimeOffset At, string Kind, string[] Cells)>();
        void Add(DateTimeOffset at, string kind, params string?[] cells) => rows.Add((Bin(layout, at), kind, [.. cells.Select(c => c ?? "")]));

        var start = layout.Deliveries.Min(d => d.Story.BookedAt) - TimeSpan.FromDays(3);
        foreach (var row in SceneFiles.OfAll("accounts")) Add(start, "accounts", [.. row.Cells.Select(c => layout.Clock.Text(row, c))]);
        foreach (var row in SceneFiles.OfAll("closures")) Add(start, "closures", [.. row.Cells.Select(c => layout.Clock.Text(row, c))]);
        foreach (var row in SceneFiles.Of(layout.Name, "unmatched"))
            Add(layout.Clock.At(row, "eventAt")!.Value, "tracking", [.. row.Cells.Select(c => layout.Clock.Text(row, c))]);
        foreach (var delivery in layout.Deliveries)
        {
            if (delivery.Kind == DeliveryKind.Kit) Kit(delivery, Add);
            else Order(layout, delivery, Add);
        }
        return rows.GroupBy(r => (r.At, r.Kind)).Select(g => new SceneStep(g.Key.At, g.Key.Kind, g.Select(r => r.Cells).ToList()))
            .OrderBy(s => s.At).ThenBy(s => SceneStep.Kinds.ToList().IndexOf(s.Kind)).ToList();
    }

    private static void Kit(SceneDelivery delivery, Action<DateTimeOffset, string, string?[]> add)
    {
        var parcel = delivery.Story.Parcel!;
        add(parcel.LabelAt, SceneStep.Kits,
            [delivery.Practice.Code, delivery.Row["carrier"], delivery.Row["tracking"], WireName.Of(parcel.Service), SceneClock.Iso(parcel.LabelAt), SceneClock.Iso(parcel.CommittedAt!.Value)]);
        Scans(delivery.Row["carrier"], delivery.Row["tracking"], parcel, add);
    }

    private static void Order(SceneLayout layout, SceneDelivery delivery, Action<DateTimeOffset, string, string?[]> add)
    {
        var (row, story, account) = (delivery.Row, delivery.Story, delivery.Practice.Code);
        if (story.VisitOn is { } visitOn) add(story.BookedAt, "visits", [account, row["visit"], Day(visitOn), Day(story.RefillByOn!.Value), row["reference"]]);
        var type = delivery.IsHistory ? "REFILL" : row["type"];
        if (story.DraftedAt is { } drafted) add(drafted, "orders", [account, row["po"], type, row["visit"], row["ndc"], row["quantity"], row["service"], null, null, null]);
        if (story.SubmittedAt is not { } submitted) return;
        string?[] Line(DateTimeOffset? acknowledged, DateOnly? promised) =>
            [account, row["po"], type, story.VisitOn is null ? null : row["visit"], row["ndc"], row["quantity"], WireName.Of(story.Service!.Value), SceneClock.Iso(submitted),
                acknowledged is { } at ? SceneClock.Iso(at) : null, promised is { } on ? Day(on) : null];
        // The partner's answer comes later than the order; within one file it would be two rows that say different things.
        if (story.AcknowledgedAt is not { } answered || Bin(layout, answered) != Bin(layout, submitted)) add(submitted, "orders", Line(null, null));
        if (story.AcknowledgedAt is { } known) add(known, "orders", Line(known, story.PromisedShipOn));
        if (story.Hold is { } hold) add(story.HoldSince!.Value, SceneStep.Desk, [account, row["po"], WireName.Of(hold), SceneClock.Iso(story.HoldSince.Value)]);
        if (story.IsBackordered) add(story.AcknowledgedAt!.Value, SceneStep.Desk, [account, row["po"], "", ""]);

        if (story.Parcel is not { } parcel) return;
        Ship(row, account, row["tracking"], parcel, add);
        if (story.Replacement is { } second) Ship(row, account, Next(row["tracking"]), second, add);
        if (parcel.Receipt is not { } receipt) return;
        var lot = delivery.IsHistory ? row["lot"] : "L8F";
        var by = delivery.IsHistory ? row["receivedBy"] : "Front desk";
        var packs = row.Whole("quantity");
        void State(int count, string condition, string? lotNumber) => add(receipt.At, "receipts",
            [row["po"], row["tracking"], row["ndc"], count.ToString(CultureInfo.InvariantCulture), lotNumber, Day(layout.Clock.Today.AddDays(540)), condition, SceneClock.Iso(receipt.At), by, account]);
        State(receipt.IsShort ? packs - 1 : packs, "GOOD", lot);
        if (receipt.IsShort) State(1, "SHORT", null);
    }

    private static void Ship(SceneRow row, string account, string tracking, Parcel parcel, Action<DateTimeOffset, string, string?[]> add)
    {
        add(parcel.LabelAt, "shipments",
            [row["po"], row["carrier"], tracking, WireName.Of(parcel.Service), SceneClock.Iso(parcel.LabelAt), parcel.CommittedAt is { } at ? SceneClock.Iso(at) : null, account]);
        Scans(row["carrier"], tracking, parcel, add);
    }

    private static void Scans(string carrier, string tracking, Parcel parcel, Action<DateTimeOffset, string, string?[]> add)
    {
        foreach (var scan in parcel.Scans)
            add(scan.At, "tracking",
                [carrier, tracking, SceneClock.Iso(scan.At), scan.Code, scan.City, scan.State, scan.Zip, scan.SignedBy, scan.EstimateOn is { } on ? Day(on) : null]);
    }

    /// <summary>The replacement's number: the last digit moved on.</summary>
    private static string Next(string tracking) => tracking[..^1] + (char)('0' + (tracking[^1] - '0' + 3) % 10);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Bin(SceneLayout layout, DateTimeOffset at)
    {
        if (at < layout.Now - Recent)
        {
            var shipFrom = layout.Clock.Calendars.ShipFrom;
            return shipFrom.At(shipFrom.DayOf(at), new TimeOnly(23, 45)).ToUniversalTime();
        }
        var up = new DateTimeOffset((at.UtcTicks + Fine.Ticks - 1) / Fine.Ticks * Fine.Ticks, TimeSpan.Zero);
        return up < layout.Now ? up : layout.Now;
    }
}

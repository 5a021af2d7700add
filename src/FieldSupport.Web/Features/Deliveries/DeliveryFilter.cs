using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>One filter that is set, and the address without it.</summary>
public sealed record FilterChip(string Words, string AddressWithout);

/// <summary>What the query string of a list of deliveries says; the same for the page and its export. A word that nobody knows finds nothing.</summary>
public sealed record DeliveryFilter
{
    public static IReadOnlyList<int> Sizes { get; } = [25, 50, 100];

    [FromQuery(Name = "outlook")] public string? Outlook { get; set; }
    [FromQuery(Name = "reason")] public string? Reason { get; set; }
    [FromQuery(Name = "carrier")] public string? Carrier { get; set; }
    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "practice")] public string? Practice { get; set; }
    [FromQuery(Name = "needByFrom")] public DateOnly? NeedByFrom { get; set; }
    [FromQuery(Name = "needByTo")] public DateOnly? NeedByTo { get; set; }
    /// <summary>open (default), closed, all.</summary>
    [FromQuery(Name = "status")] public string? Status { get; set; }
    /// <summary>risk (default), need-by, practice.</summary>
    [FromQuery(Name = "sort")] public string? Sort { get; set; }
    [FromQuery(Name = "size")] public int? Size { get; set; }
    [FromQuery(Name = "after")] public string? After { get; set; }

    public string SortWord => Sort is "need-by" or "practice" ? Sort : "risk";
    public int PageSize => Size is { } size && Sizes.Contains(size) ? size : 50;
    public string StatusWord => Status is "closed" or "all" ? Status : "open";
    /// <summary>Something beyond the open ones is asked for or left out.</summary>
    public bool IsNarrowed => Chips("/deliveries").Count > 0;

    /// <summary>A first page, sorted and sized by a word of ours, in which nobody has typed anything.</summary>
    public bool IsPlain => (Text(Outlook), Text(Reason), Text(Carrier), Text(Kind), Text(Practice), NeedByFrom, NeedByTo, Text(After)) is (null, null, null, null, null, null, null, null);

    public IQueryable<Delivery> Apply(FieldSupportDb db, bool withOutlook = true)
    {
        var (rows, accounts) = (db.Listed(), db.Accounts);
        // Written plainly, as the partial indexes have it.
        if (StatusWord == "open") rows = rows.Where(d => d.IsOpen);
        if (StatusWord == "closed") rows = rows.Where(d => !d.IsOpen);
        if (withOutlook && Text(Outlook) is { } outlook) rows = rows.OfOutlook(outlook);
        if (Text(Reason) is { } reason) rows = rows.Where(d => d.Reasons != "" && ("," + d.Reasons + ",").Contains("," + reason + ","));
        if (Text(Carrier) is { } carrier) rows = rows.Where(d => d.Shipment!.Carrier == carrier);
        if (Text(Kind) is { } kind) rows = WireName.Parse<DeliveryKind>(kind) is { } known ? rows.Where(d => d.Kind == EF.Constant(known)) : rows.Where(d => false);
        if (Text(Practice) is { } practice)
        {
            var part = practice.ToUpperInvariant();
#pragma warning disable CA1862 // Becomes SQL, which knows no StringComparison.
            rows = rows.Where(d => accounts.Where(a => a.Name.ToUpper().Contains(part) || a.Code.Contains(part)).Select(a => a.Id).Contains(d.AccountId));
#pragma warning restore CA1862
        }
        // Need-by is a receiving close, an afternoon anywhere from Maine to Hawaii: ten o'clock UTC parts its days without asking for zones.
        if (NeedByFrom is { } from) { var at = Cut(from); rows = rows.Where(d => d.NeedByUtc >= at); }
        if (NeedByTo is { } to && to < DateOnly.MaxValue) { var at = Cut(to.AddDays(1)); rows = rows.Where(d => d.NeedByUtc < at); }
        return rows;
    }

    public IReadOnlyList<FilterChip> Chips(string page)
    {
        var chips = new List<FilterChip>();
        void Add(string? words, string name) { if (words is not null) chips.Add(new FilterChip(words, Address(page, (name, null)))); }
        Add(Text(Outlook) is { } outlook ? Tones.Of(outlook).Words : null, "outlook");
        Add(Text(Reason) is { } reason ? ReasonWords.Of(reason) : null, "reason");
        Add(Text(Carrier), "carrier");
        Add(Text(Kind) is { } kind ? kind.Equals("kit", StringComparison.OrdinalIgnoreCase) ? "Kits" : kind.Equals("drug", StringComparison.OrdinalIgnoreCase) ? "Product" : kind : null, "kind");
        Add(Text(Practice) is { } practice ? $"Practice: {practice}" : null, "practice");
        Add(NeedByFrom is { } from ? $"Need-by from {When.Day(from)}" : null, "needByFrom");
        Add(NeedByTo is { } to ? $"Need-by to {When.Day(to)}" : null, "needByTo");
        Add(StatusWord == "closed" ? "Finished only" : StatusWord == "all" ? "Finished too" : null, "status");
        return chips;
    }

    /// <summary>This query with some of it changed; changing anything begins at the first page.</summary>
    public string Address(string page, params (string Name, string? Value)[] changes)
    {
        var words = new Dictionary<string, string?>
        {
            ["outlook"] = Text(Outlook), ["reason"] = Text(Reason), ["carrier"] = Text(Carrier), ["kind"] = Text(Kind), ["practice"] = Text(Practice),
            ["needByFrom"] = NeedByFrom?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["needByTo"] = NeedByTo?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["status"] = StatusWord == "open" ? null : StatusWord, ["sort"] = SortWord == "risk" ? null : SortWord,
            ["size"] = PageSize == 50 ? null : PageSize.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in changes) words[name] = value;
        return QueryHelpers.AddQueryString(page, words.Where(w => !string.IsNullOrEmpty(w.Value)));
    }

    /// <summary>The filter's rows in the asked order, from the row behind the cursor on, at most so many; null: all.</summary>
    public IQueryable<Delivery> Page(FieldSupportDb db, int? most)
    {
        var cursor = Cursor.Read(After);
        var rows = Apply(db);
        // How the database sorts a need-by that is not known.
        var nullsFirst = db.Database.IsSqlite();
        switch (SortWord)
        {
            case "need-by":
                return ByNeedBy(rows, cursor, most);
            case "practice":
                // Practice by practice, and within one by risk: both orders are those of an index. The cross join keeps the practices in front.
                var pairs = from a in db.Accounts from d in rows where d.AccountId == a.Id select new { a.Name, a.Code, Delivery = d };
                if (cursor is { } p)
                {
                    var (isNull, needBy) = (p.NeedBy is null, p.NeedBy);
                    pairs = pairs.Where(x => x.Name.CompareTo(p.Practice) >= 0 && (x.Name != p.Practice || x.Code.CompareTo(p.Code) > 0 || (x.Code == p.Code
                        && (x.Delivery.SortRank > p.Rank || (x.Delivery.SortRank == p.Rank && (x.Delivery.SortSlack > p.Slack || (x.Delivery.SortSlack == p.Slack
                        && ((isNull && nullsFirst && x.Delivery.NeedByUtc != null) || (!isNull && !nullsFirst && x.Delivery.NeedByUtc == null) || x.Delivery.NeedByUtc > needBy
                            || (x.Delivery.NeedByUtc == needBy && x.Delivery.Number.CompareTo(p.Number) > 0)))))))));
                }
                return Some(pairs.OrderBy(x => x.Name).ThenBy(x => x.Code)
                    .ThenBy(x => x.Delivery.SortRank).ThenBy(x => x.Delivery.SortSlack).ThenBy(x => x.Delivery.NeedByUtc).ThenBy(x => x.Delivery.Number), most).Select(x => x.Delivery);
            default:
                if (cursor is { } c)
                {
                    rows = rows.Where(d => d.SortRank >= c.Rank);
                    rows = (c.NeedBy, nullsFirst) switch
                    {
                        (null, true) => rows.Where(d => d.SortRank > c.Rank || d.SortSlack > c.Slack || (d.SortSlack == c.Slack
                            && (d.NeedByUtc != null || d.Number.CompareTo(c.Number) > 0))),
                        (null, false) => rows.Where(d => d.SortRank > c.Rank || d.SortSlack > c.Slack || (d.SortSlack == c.Slack
                            && d.NeedByUtc == null && d.Number.CompareTo(c.Number) > 0)),
                        ({ } at, true) => rows.Where(d => d.SortRank > c.Rank || d.SortSlack > c.Slack || (d.SortSlack == c.Slack
                            && (d.NeedByUtc > at || (d.NeedByUtc == at && d.Number.CompareTo(c.Number) > 0)))),
                        ({ } at, false) => rows.Where(d => d.SortRank > c.Rank || d.SortSlack > c.Slack || (d.SortSlack == c.Slack
                            && (d.NeedByUtc > at || d.NeedByUtc == null || (d.NeedByUtc == at && d.Number.CompareTo(c.Number) > 0)))),
                    };
                }
                return Some(rows.ByRisk(), most);
        }
    }

    private static IQueryable<T> Some<T>(IQueryable<T> rows, int? most) => most is { } n ? rows.Take(n) : rows;

    /// <summary>
    /// What has no need-by comes last, whatever the database thinks of nulls; open and finished ones lie in indexes of their own. So it is up to four pages,
    /// each in the order of its index, and the first rows of all of them.
    /// </summary>
    private IQueryable<Delivery> ByNeedBy(IQueryable<Delivery> rows, Cursor? cursor, int? most)
    {
        if (most is not { } n) return rows.OrderBy(d => d.NeedByUtc == null).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number);
        var parts = new List<IQueryable<Delivery>>();
        foreach (var isOpen in StatusWord switch { "open" => [true], "closed" => [false], _ => new[] { true, false } })
        {
            var some = isOpen ? rows.Where(d => d.IsOpen) : rows.Where(d => !d.IsOpen);
            var dated = some.Where(d => d.NeedByUtc != null);
            var undated = some.Where(d => d.NeedByUtc == null);
            if (cursor is { NeedBy: { } at } c) dated = dated.Where(d => d.NeedByUtc >= at && (d.NeedByUtc > at || d.Number.CompareTo(c.Number) > 0));
            if (cursor is { NeedBy: null } u) undated = undated.Where(d => d.Number.CompareTo(u.Number) > 0);
            if (cursor is null or { NeedBy: not null }) parts.Add(dated.OrderBy(d => d.NeedByUtc).ThenBy(d => d.Number).Take(n));
            parts.Add(undated.OrderBy(d => d.NeedByUtc).ThenBy(d => d.Number).Take(n));
        }
        return parts.Aggregate((all, part) => all.Concat(part)).OrderBy(d => d.NeedByUtc == null).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number).Take(n);
    }

    public static string CursorBehind(DeliveryRow row) => new Cursor(row.SortRank, row.SortSlack, row.NeedByUtc, row.Practice, row.PracticeCode, row.Number).Write();

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    private static DateTimeOffset Cut(DateOnly day) => new(day.ToDateTime(new TimeOnly(10, 0)), TimeSpan.Zero);

    private sealed record Cursor(int Rank, double Slack, DateTimeOffset? NeedBy, string Practice, string Code, string Number)
    {
        private const char Bar = '\u001f';

        public string Write() => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(string.Join(Bar,
            Rank.ToString(CultureInfo.InvariantCulture), Slack.ToString("R", CultureInfo.InvariantCulture),
            NeedBy?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "", Practice, Code, Number)));

        /// <summary>Null for none and for one that is not ours: the list begins at its beginning.</summary>
        public static Cursor? Read(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            try
            {
                var parts = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text)).Split(Bar);
                if (parts.Length != 6 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var rank)
                    || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out var slack)) return null;
                DateTimeOffset? needBy = null;
                if (parts[2].Length > 0)
                {
                    if (!long.TryParse(parts[2], CultureInfo.InvariantCulture, out var ticks) || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks) return null;
                    needBy = new DateTimeOffset(ticks, TimeSpan.Zero);
                }
                return new Cursor(rank, slack, needBy, parts[3], parts[4], parts[5]);
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }
}

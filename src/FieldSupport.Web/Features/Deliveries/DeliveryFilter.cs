using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>One filter that is set, and the address without it.</summary>
public sealed record FilterChip(string Words, string AddressWithout);

/// <summary>What the query string of a list of deliveries says; the same for the page and its export. A word that nobody knows finds nothing.</summary>
public sealed class DeliveryFilter
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

    public IQueryable<Delivery> Apply(IQueryable<Delivery> rows, bool withOutlook = true)
    {
        if (StatusWord != "all") { var open = StatusWord == "open"; rows = rows.Where(d => d.IsOpen == open); }
        if (withOutlook && Text(Outlook) is { } outlook) rows = rows.Where(d => d.Outlook == outlook);
        if (Text(Reason) is { } reason) rows = rows.Where(d => ("," + d.Reasons + ",").Contains("," + reason + ","));
        if (Text(Carrier) is { } carrier) rows = rows.Where(d => d.Shipment!.Carrier == carrier);
        if (Text(Kind) is { } kind) rows = WireName.Parse<DeliveryKind>(kind) is { } known ? rows.Where(d => d.Kind == known) : rows.Where(d => false);
        if (Text(Practice) is { } practice)
        {
            var part = practice.ToUpperInvariant();
#pragma warning disable CA1862 // Becomes SQL, which knows no StringComparison.
            rows = rows.Where(d => d.Account!.Name.ToUpper().Contains(part) || d.Account.Code.Contains(part));
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

    /// <summary>In the asked order, from the row behind the cursor on.</summary>
    /// <param name="nullsFirst">How the database sorts a need-by that is not known.</param>
    public IQueryable<Delivery> Page(IQueryable<Delivery> rows, bool nullsFirst)
    {
        var cursor = Cursor.Read(After);
        switch (SortWord)
        {
            case "need-by":
                if (cursor is { } n)
                {
                    rows = n.NeedBy is { } at
                        ? rows.Where(d => d.NeedByUtc > at || d.NeedByUtc == null || (d.NeedByUtc == at && d.Number.CompareTo(n.Number) > 0))
                        : rows.Where(d => d.NeedByUtc == null && d.Number.CompareTo(n.Number) > 0);
                }
                return rows.OrderBy(d => d.NeedByUtc == null).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number);
            case "practice":
                if (cursor is { } p) rows = rows.Where(d => d.Account!.Name.CompareTo(p.Practice) > 0 || (d.Account.Name == p.Practice && d.Number.CompareTo(p.Number) > 0));
                return rows.OrderBy(d => d.Account!.Name).ThenBy(d => d.Number);
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
                return rows.ByRisk();
        }
    }

    public static string CursorBehind(DeliveryRow row) => new Cursor(row.SortRank, row.SortSlack, row.NeedByUtc, row.Practice, row.Number).Write();

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    private static DateTimeOffset Cut(DateOnly day) => new(day.ToDateTime(new TimeOnly(10, 0)), TimeSpan.Zero);

    private sealed record Cursor(int Rank, double Slack, DateTimeOffset? NeedBy, string Practice, string Number)
    {
        private const char Bar = '\u001f';

        public string Write() => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(string.Join(Bar,
            Rank.ToString(CultureInfo.InvariantCulture), Slack.ToString("R", CultureInfo.InvariantCulture),
            NeedBy?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "", Practice, Number)));

        /// <summary>Null for none and for one that is not ours: the list begins at its beginning.</summary>
        public static Cursor? Read(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            try
            {
                var parts = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text)).Split(Bar);
                if (parts.Length != 5 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var rank)
                    || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out var slack)) return null;
                DateTimeOffset? needBy = null;
                if (parts[2].Length > 0)
                {
                    if (!long.TryParse(parts[2], CultureInfo.InvariantCulture, out var ticks) || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks) return null;
                    needBy = new DateTimeOffset(ticks, TimeSpan.Zero);
                }
                return new Cursor(rank, slack, needBy, parts[3], parts[4]);
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }
}

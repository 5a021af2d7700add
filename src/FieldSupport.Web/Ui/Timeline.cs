using System.Globalization;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary>One thing that happened to a parcel. <paramref name="Kind"/>: scan, exception, label, delivered or unknown (any other word counts as unknown).</summary>
public sealed record TimelinePoint(DateTimeOffset AtUtc, string Kind, string Label);

/// <summary>A parcel's events against need-by. <paramref name="UsualFrom"/>/<paramref name="UsualTo"/>: when this lane usually arrives, drawn as a pale band.</summary>
public sealed record TimelineModel(
    IReadOnlyList<TimelinePoint> Points, DateTimeOffset Now, DateTimeOffset? Estimate, DateTimeOffset? NeedBy, TimeZoneInfo Zone,
    string? Outlook = null, DateTimeOffset? UsualFrom = null, DateTimeOffset? UsualTo = null);

/// <summary>
/// Where has it been, where is it stuck? <c>&lt;fs-timeline model="m" /&gt;</c>: days as columns, events as marks, silence as dots up to now, the way
/// still ahead dashed to the estimate, need-by as an upright with the time after it tinted. Drawn twice, for wide and for narrow screens.
/// </summary>
[HtmlTargetElement("fs-timeline", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TimelineTagHelper : TagHelper
{
    private const double Top = 26, Line = 58, Left = 14, Right = 14;

    public TimelineModel Model { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var points = Model.Points.OrderBy(point => point.AtUtc).ToList();
        output.TagName = "figure";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-picture fs-timeline");
        output.Attributes.SetAttribute("data-tone", Model.Outlook is null ? Model.Estimate is null ? "nosig" : "ok" : Tones.ToneOf(Model.Outlook));

        var markup = new Markup();
        Draw(markup, points, 960, "fs-wide-only");
        Draw(markup, points, 360, "fs-narrow-only");
        markup.Element("figcaption", Sentence(points));
        Table(markup, points);
        output.Content.SetHtmlContent(markup.Done());
    }

    private void Draw(Markup markup, List<TimelinePoint> points, double width, string only)
    {
        var zone = Model.Zone;
        var marks = points.Select(point => point.AtUtc).Append(Model.Now).Concat(new[] { Model.Estimate, Model.NeedBy, Model.UsualFrom, Model.UsualTo }.OfType<DateTimeOffset>()).ToList();
        var first = marks.Min();
        var last = marks.Max();
        if (last - first < TimeSpan.FromHours(12))
            last = first.AddHours(12);
        var pad = (last - first) * 0.05;
        first -= pad;
        last += pad;
        double X(DateTimeOffset at) => Left + (width - Left - Right) * ((at - first) / (last - first));

        // Labels under the line: need-by, then exceptions and the newest event, then the rest while there is room.
        var rows = new List<(double From, double To)>[] { [], [], [] };
        var labels = new List<(double X, int Row, string Text, string Class, string Anchor)>();
        void Place(double x, string text, string style, bool must, int most = 3)
        {
            var length = text.Length * 6.6 + 8;
            var anchor = x + length / 2 > width - 4 ? "end" : x - length / 2 < 4 ? "start" : "middle";
            var from = anchor switch { "end" => x - length, "start" => x, _ => x - length / 2 };
            for (var row = 0; row < most; row++)
            {
                if (rows[row].Exists(taken => from < taken.To && from + length > taken.From))
                    continue;
                rows[row].Add((from, from + length));
                labels.Add((x, row, text, style, anchor));
                return;
            }
            if (must)
                labels.Add((x, rows.Length - 1, text, style, anchor));
        }
        if (Model.NeedBy is { } need)
            Place(X(need), Say.It("need-by {0}", When.Clock(need, zone)), "p-text p-strong", must: true);
        var delivered = points.Exists(point => point.Kind is "delivered");
        if (!delivered && Model.Estimate is { } estimate)
            Place(X(estimate), Say.It("estimate"), "p-text p-tone", must: false);
        var newest = points.LastOrDefault();
        foreach (var point in points.Where(point => point == newest || point.Kind is "exception" or "delivered"))
            Place(X(point.AtUtc), Short(point.Label, width), "p-text", must: false);
        // Ordinary scans are named only where there is room at once: the list of scans names them all.
        foreach (var point in points.Where(point => width > 500 && point != newest && point.Kind is not ("exception" or "delivered")))
            Place(X(point.AtUtc), Short(point.Label, width), "p-text", must: false, most: 2);
        var used = labels.Count == 0 ? 0 : labels.Max(label => label.Row) + 1;
        var bottom = Line + 20;
        var height = bottom + used * 18 + 2;

        markup.Open("svg", ("class", only), ("width", width), ("height", height), ("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")), ("role", "img"), ("focusable", "false"))
            .Element("title", Say.It("Scans against need-by"));
        if (Model.UsualFrom is { } usualFrom && Model.UsualTo is { } usualTo)
            markup.Void("rect", ("class", "p-band"), ("x", X(usualFrom)), ("y", Top), ("width", Math.Max(2, X(usualTo) - X(usualFrom))), ("height", bottom - Top));
        if (Model.NeedBy is { } due)
            markup.Void("rect", ("class", "p-after"), ("x", X(due)), ("y", Top), ("width", Math.Max(0, width - X(due))), ("height", bottom - Top));

        // Day columns. On a narrow picture, or over many days, only as many names as fit.
        var days = SlackBar.Days(first, last, zone).ToList();
        var gap = days.Count > 1 ? X(days[1]) - X(days[0]) : width;
        var every = Math.Max(1, (int)Math.Ceiling(50 / gap));
        for (var i = 0; i < days.Count; i++)
        {
            markup.Void("line", ("class", "p-grid"), ("x1", X(days[i])), ("y1", Top), ("x2", X(days[i])), ("y2", bottom));
            if (i % every == 0 && X(days[i]) < width - 46)
                markup.Element("text", When.ShortDay(When.DayOf(days[i], zone)), ("class", "p-text"), ("x", X(days[i]) + 4), ("y", 14));
        }
        markup.Void("line", ("class", "p-grid"), ("x1", 0), ("y1", Top), ("x2", width), ("y2", Top));

        // The way: movement solid, silence dotted, ahead dashed.
        var now = X(Model.Now);
        if (points.Count > 0)
        {
            var newestAt = X(newest!.AtUtc);
            markup.Void("line", ("class", "p-track"), ("x1", X(points[0].AtUtc)), ("y1", Line), ("x2", newestAt), ("y2", Line));
            if (!delivered && now > newestAt)
                markup.Void("line", ("class", "p-silent"), ("x1", newestAt), ("y1", Line), ("x2", now), ("y2", Line));
        }
        if (!delivered && Model.Estimate is { } ahead && X(ahead) > now)
            markup.Void("line", ("class", "p-ahead"), ("x1", now), ("y1", Line), ("x2", X(ahead)), ("y2", Line));
        markup.Void("line", ("class", "p-nowline"), ("x1", now), ("y1", Top), ("x2", now), ("y2", bottom));
        var nowAtEnd = now > width - 40;
        markup.Element("text", Say.It("now"), ("class", "p-text p-strong"), ("x", nowAtEnd ? now - 5 : now + 5), ("y", Top + 12), ("text-anchor", nowAtEnd ? "end" : "start"));
        if (Model.NeedBy is { } by)
            markup.Void("line", ("class", "p-need"), ("x1", X(by)), ("y1", Top + 2), ("x2", X(by)), ("y2", bottom + 2));
        foreach (var point in points)
            Mark(markup, point, X(point.AtUtc));
        if (!delivered && Model.Estimate is { } there)
            markup.Void("path", ("class", "p-diamond"), ("d", string.Create(CultureInfo.InvariantCulture, $"M{X(there):0.#} {Line - 9:0.#}l9 9-9 9-9-9z")));
        foreach (var (x, row, text, style, anchor) in labels)
            markup.Element("text", text, ("class", style), ("x", x), ("y", bottom + 14 + row * 18), ("text-anchor", anchor));
        markup.Close();
    }

    private static void Mark(Markup markup, TimelinePoint point, double x)
    {
        string At(string format) => string.Format(CultureInfo.InvariantCulture, format, Math.Round(x, 1), Line);
        switch (point.Kind)
        {
            case "scan":
                markup.Void("circle", ("class", "p-scan"), ("cx", x), ("cy", Line), ("r", 6));
                break;
            case "label":
                markup.Void("circle", ("class", "p-label"), ("cx", x), ("cy", Line), ("r", 5));
                break;
            case "exception":
                markup.Void("path", ("class", "p-exception"), ("d", At("M{0} 46l11 19h-22z")))
                    .Void("path", ("class", "p-exception-mark"), ("d", At("M{0} 53v5M{0} 61.5v.01")));
                break;
            case "delivered":
                markup.Void("rect", ("class", "p-delivered"), ("x", x - 9), ("y", Line - 9), ("width", 18), ("height", 18), ("rx", 4))
                    .Void("path", ("class", "p-check"), ("d", At("M{0} 58m-4 0l3 3 5-6")));
                break;
            default:
                markup.Void("circle", ("class", "p-unread"), ("cx", x), ("cy", Line), ("r", 8))
                    .Element("text", "?", ("class", "p-unread-mark"), ("x", x), ("y", Line + 4), ("text-anchor", "middle"));
                break;
        }
    }

    private string Sentence(List<TimelinePoint> points)
    {
        var parts = new List<string>();
        if (points.LastOrDefault() is { } newest)
            parts.Add(Say.It("Last: {0}, {1} ({2}).", newest.Label, When.Relative(newest.AtUtc, Model.Now), When.Absolute(newest.AtUtc, Model.Now, Model.Zone)));
        else
            parts.Add(Say.It("No scan yet."));
        if (!points.Exists(point => point.Kind is "delivered"))
            parts.Add(Model.Estimate is { } estimate ? Say.It("Estimate {0}.", When.Absolute(estimate, Model.Now, Model.Zone)) : Say.It("No estimate: we do not know when it arrives."));
        if (Model.NeedBy is { } need)
            parts.Add(Say.It("Need-by {0}.", When.Absolute(need, Model.Now, Model.Zone)));
        return string.Join(' ', parts);
    }

    private void Table(Markup markup, List<TimelinePoint> points)
    {
        var rows = points.Select(point => (At: point.AtUtc, Words: point.Label)).Append((Model.Now, Say.It("Now")));
        if (Model.Estimate is { } estimate)
            rows = rows.Append((estimate, Say.It("Estimate")));
        if (Model.NeedBy is { } need)
            rows = rows.Append((need, Say.It("Need-by")));
        markup.Open("details", ("class", "fs-more fs-noprint")).Element("summary", Say.It("Show as table"))
            .Open("table", ("class", "fs-table fs-compact fs-keep"))
            .Element("caption", Say.It("Scans, estimate and need-by"), ("class", "visually-hidden"))
            .Open("thead").Open("tr").Element("th", Say.It("When"), ("scope", "col")).Element("th", Say.It("What"), ("scope", "col")).Close().Close().Open("tbody");
        foreach (var (at, words) in rows.OrderBy(row => row.Item1))
            markup.Open("tr").Element("td", When.Absolute(at, Model.Now, Model.Zone)).Element("td", words).Close();
        markup.Close().Close().Close();
    }

    private static string Short(string label, double width)
    {
        var most = width < 500 ? 18 : 30;
        return label.Length <= most ? label : Cut.Shown(label, most - 1);
    }
}

using System.Globalization;
using System.Text;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary>
/// Will it make it? <c>&lt;fs-slack now="n" need-by="d" estimate="e" zone="z" outlook="AtRisk" /&gt;</c>. A line of days from now: filled to the
/// estimate (diamond), upright at need-by, filled past the upright = late; dashed where the estimate is unknown. With
/// <c>words="true"</c> the sentence stands beneath, otherwise it is the picture's description.
/// </summary>
[HtmlTargetElement("fs-slack", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class SlackTagHelper(TimeProvider time) : TagHelper
{
    public DateTimeOffset? Now { get; set; }
    public DateTimeOffset? NeedBy { get; set; }
    public DateTimeOffset? Estimate { get; set; }
    public TimeZoneInfo? Zone { get; set; }
    public string? Outlook { get; set; }
    public int Width { get; set; } = 240;
    public bool Words { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(new SlackBar { NeedBy = NeedBy, Estimate = Estimate, Outlook = Outlook, Width = Width, Words = Words }.Draw(new Markup(), Now ?? time.GetUtcNow(), Zone ?? TimeZoneInfo.Utc).Done());
    }
}

/// <summary>The picture of <c>fs-slack</c>, also for a list that draws its rows itself.</summary>
public readonly record struct SlackBar()
{
    private const double Left = 8, Right = 10, Line = 13, Height = 38;

    public DateTimeOffset? NeedBy { get; init; }
    public DateTimeOffset? Estimate { get; init; }
    public string? Outlook { get; init; }
    public int Width { get; init; } = 240;
    public bool Words { get; init; }

    public Markup Draw(Markup markup, DateTimeOffset now, TimeZoneInfo zone)
    {
        var late = (Estimate ?? now) > NeedBy;
        var tone = Outlook is not null ? Tones.ToneOf(Outlook) : late ? "late" : Estimate is null ? "nosig" : "ok";
        var sentence = Sentence(now, zone);

        var first = NeedBy < now ? NeedBy.Value : now;
        var last = now.AddDays(1);
        if (NeedBy > last) last = NeedBy.Value;
        if (Estimate > last) last = Estimate.Value;
        var pad = (last - first) * 0.07;
        first -= NeedBy < now ? pad : TimeSpan.Zero;
        last += pad;
        var width = Width;
        double X(DateTimeOffset at) => Left + (width - Left - Right) * ((at - first) / (last - first));

        markup.Open("figure", ("class", "fs-picture fs-slack"), ("data-tone", tone));
        markup.Open("svg", ("width", Width), ("height", Height), ("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}")),
            ("role", Words ? null : "img"), ("aria-hidden", Words ? "true" : null), ("focusable", "false"));
        if (!Words)
            markup.Element("title", sentence);
        markup.Void("line", ("class", "p-rail"), ("x1", Left), ("y1", Line), ("x2", Width - Right), ("y2", Line));
        var start = X(now);
        if (Estimate is { } estimate)
        {
            var end = Math.Max(X(estimate), start);
            var split = late && NeedBy is { } due ? Math.Clamp(X(due), start, end) : end;
            if (split > start)
                markup.Void("line", ("class", "p-fill"), ("x1", start), ("y1", Line), ("x2", split), ("y2", Line));
            if (end > split)
                markup.Void("line", ("class", "p-over"), ("x1", split), ("y1", Line), ("x2", end), ("y2", Line));
        }
        else
        {
            markup.Void("line", ("class", "p-unknown"), ("x1", start), ("y1", Line), ("x2", NeedBy > now ? X(NeedBy.Value) : Width - Right), ("y2", Line));
        }
        // One path for all of them: a list draws this fifty times. Days that would touch are drawn as weeks.
        var ticks = new StringBuilder();
        var isLong = last - first > TimeSpan.FromDays(28);
        foreach (var day in Days(first, last, zone))
            if (!isLong || day.DayOfWeek == DayOfWeek.Monday)
                ticks.Append(CultureInfo.InvariantCulture, $"M{X(day):0.#} {Line + 6}v4");
        if (ticks.Length > 0)
            markup.Void("path", ("class", "p-tick"), ("d", ticks.ToString()));
        markup.Void("circle", ("class", "p-now"), ("cx", start), ("cy", Line), ("r", 4.5));
        if (NeedBy is { } need)
        {
            var x = X(need);
            markup.Void("line", ("class", "p-need"), ("x1", x), ("y1", 2), ("x2", x), ("y2", Line + 11));
            var atEnd = x > Width * 0.62;
            markup.Element("text", Say.It("need {0}", When.ShortDay(When.DayOf(need, zone))), ("class", "p-text p-strong"), ("x", atEnd ? Math.Min(x + 6, Width - 2) : Math.Max(x - 6, 2)),
                ("y", Height - 2), ("text-anchor", atEnd ? "end" : "start"));
        }
        if (Estimate is { } there)
        {
            var x = Math.Max(X(there), start);
            markup.Void("path", ("class", "p-diamond"), ("d", string.Create(CultureInfo.InvariantCulture, $"M{x:0.#} {Line - 7:0.#}l7 7-7 7-7-7z")));
        }
        markup.Close();
        if (Words)
            markup.Element("figcaption", sentence);
        return markup.Close();
    }

    private string Sentence(DateTimeOffset now, TimeZoneInfo zone)
    {
        var need = NeedBy is { } due ? Say.It("Need-by {0}", When.Absolute(due, now, zone)) : Say.It("Need-by is not set");
        if (Estimate is not { } estimate)
            return Say.It("{0}. No estimate: we do not know when it arrives.", need);
        var arrival = Say.It("Estimate {0}", When.Absolute(estimate, now, zone));
        if (NeedBy is not { } by)
            return $"{need}. {arrival}.";
        return Say.It(estimate > by ? "{0}. {1}: {2} late." : "{0}. {1}: {2} to spare.", need, arrival, When.Span(estimate - by));
    }

    /// <summary>The midnights of a zone between two instants; at most sixty.</summary>
    internal static IEnumerable<DateTimeOffset> Days(DateTimeOffset first, DateTimeOffset last, TimeZoneInfo zone)
    {
        var day = When.DayOf(first, zone).AddDays(1);
        for (var i = 0; i < 60; i++, day = day.AddDays(1))
        {
            var at = ZonedTime.At(zone, day, TimeOnly.MinValue);
            if (at >= last)
                yield break;
            yield return at;
        }
    }
}

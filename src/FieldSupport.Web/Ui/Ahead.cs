using System.Globalization;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary>One refill ahead: the day of the visit, and when the product for it arrives (null: we do not know).</summary>
public sealed record RunwayItem(string Label, DateOnly RefillOn, DateOnly? ArrivesOn, string? Outlook, string? Address = null);

/// <summary>When does this practice run into trouble? <c>&lt;fs-runway items="list" today="d" days="21" /&gt;</c>: one bar a refill from today to its day, the arrival as a diamond; unknown dashed.</summary>
[HtmlTargetElement("fs-runway", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class RunwayTagHelper : TagHelper
{
    private const double Width = 260, Height = 20;

    public IReadOnlyList<RunwayItem> Items { get; set; } = [];
    public DateOnly Today { get; set; }
    public int Days { get; set; } = 21;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "table";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-runway-table");
        double X(DateOnly day) => 8 + (Width - 20) * Math.Clamp((day.DayNumber - Today.DayNumber) / (double)Days, 0, 1);
        var markup = new Markup().Element("caption", "Refills ahead and when their product arrives", ("class", "visually-hidden"))
            .Open("thead").Open("tr").Element("th", "Refill", ("scope", "col")).Element("th", "Runway", ("scope", "col")).Element("th", "Arrives", ("scope", "col")).Close().Close().Open("tbody");
        foreach (var item in Items.OrderBy(item => item.RefillOn))
        {
            var words = $"{When.Day(item.RefillOn)}{(item.Label.Length > 0 ? ": " : "")}{item.Label}";
            markup.Open("tr").Open("th", ("scope", "row"));
            if (item.Address is null)
                markup.Text(words);
            else
                markup.Element("a", words, ("href", item.Address));
            markup.Close().Open("td")
                .Open("svg", ("width", Width), ("height", Height), ("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}")), ("data-tone", Tones.ToneOf(item.Outlook)), ("aria-hidden", "true"), ("focusable", "false"))
                .Void("line", ("class", item.ArrivesOn is null ? "p-unknown" : "p-rail"), ("x1", 8), ("y1", 10), ("x2", X(item.RefillOn)), ("y2", 10))
                .Void("line", ("class", "p-need"), ("x1", X(item.RefillOn)), ("y1", 2), ("x2", X(item.RefillOn)), ("y2", 18));
            if (item.ArrivesOn is { } arrives)
            {
                markup.Void("line", ("class", "p-fill"), ("x1", 8), ("y1", 10), ("x2", X(arrives)), ("y2", 10))
                    .Void("path", ("class", "p-diamond"), ("d", string.Create(CultureInfo.InvariantCulture, $"M{X(arrives):0.#} 4l6 6-6 6-6-6z")));
            }
            markup.Close().Close().Element("td", item.ArrivesOn is { } day ? When.ShortDay(day) : "unknown").Close();
        }
        output.Content.SetHtmlContent(markup.Done());
    }
}

/// <summary>One day of the strip: how many refills, the worst outlook among them (null: nothing to say), whether the practice is closed.</summary>
public sealed record WeekDay(DateOnly On, int Count, string? Outlook = null, bool Closed = false, string? Address = null);

/// <summary>Fourteen days: <c>&lt;fs-week days="list" today="d" unit="refill" /&gt;</c>. A count a day, a stripe in the tone of the worst outlook, closed days hatched.</summary>
[HtmlTargetElement("fs-week", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class WeekTagHelper : TagHelper
{
    public IReadOnlyList<WeekDay> Days { get; set; } = [];
    public DateOnly Today { get; set; }
    public string Unit { get; set; } = "refill";
    public string Label { get; set; } = "Next 14 days";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "ol";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-week");
        output.Attributes.SetAttribute("aria-label", Say.It(Label));
        var markup = new Markup();
        foreach (var day in Days)
        {
            var words = string.Join(", ", new[]
            {
                When.Day(day.On),
                day.Count == 0 ? Say.It($"no {Unit}") : Say.Many(day.Count, $"1 {Unit}", $"{{0}} {Unit}s"),
                day.Outlook is null ? null : Say.It(Tones.Of(day.Outlook).Words), day.Closed ? Say.It("closed") : null, day.On == Today ? Say.It("today") : null,
            }.Where(part => part is not null));
            var state = string.Join(' ', new[] { day.Closed ? "is-closed" : null, day.On == Today ? "is-today" : null }.Where(part => part is not null));
            markup.Open("li", ("class", state.Length > 0 ? state : null), ("data-count", day.Count), ("data-tone", day.Outlook is null ? null : Tones.ToneOf(day.Outlook)))
                .Open(day.Address is null ? "div" : "a", ("href", day.Address), ("title", words))
                .Element("span", words, ("class", "visually-hidden"))
                .Element("span", When.ShortWeekday(day.On.DayOfWeek), ("class", "fs-week-day"), ("aria-hidden", "true"))
                .Element("span", day.On.Day.ToString(CultureInfo.InvariantCulture), ("class", "fs-week-day"), ("aria-hidden", "true"))
                .Element("span", day.Count == 0 ? "·" : day.Count.ToString(CultureInfo.InvariantCulture), ("class", "fs-week-count"), ("aria-hidden", "true"))
                .Close().Close();
        }
        output.Content.SetHtmlContent(markup.Done());
    }
}

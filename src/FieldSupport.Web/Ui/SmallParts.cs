using System.Globalization;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary><c>&lt;fs-icon name="phone" /&gt;</c> beside words; with <c>label</c> when it stands alone.</summary>
[HtmlTargetElement("fs-icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper(Glyph glyph) : TagHelper
{
    public string Name { get; set; } = "";
    public int Size { get; set; } = 20;
    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(glyph.Draw(Name, Size, Label));
    }
}

/// <summary><c>&lt;fs-state outlook="Late" text="Late by 1 day" /&gt;</c>: icon, words, tone. No outlook is "Unknown".</summary>
[HtmlTargetElement("fs-state", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StateTagHelper(Glyph glyph) : TagHelper
{
    public string? Outlook { get; set; }
    public string? Text { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Draw(new Markup(), glyph, Outlook, Text).Done());
    }

    /// <summary>The same for a list that draws its rows itself.</summary>
    public static Markup Draw(Markup markup, Glyph glyph, string? outlook, string? text)
    {
        var look = Tones.Of(outlook);
        return markup.Open("span", ("class", "fs-state" + (look.Filled ? " fs-state-filled" : "") + (look.Known ? "" : " fs-state-unknown")), ("data-tone", look.Tone))
            .Add(glyph.Draw(look.Icon, 16)).Element("span", text ?? Say.It(look.Words)).Close();
    }
}

/// <summary>
/// <c>&lt;fs-time at="x" zone="z" /&gt;</c>: "3 h ago, 6:12 am CT". <c>mode</c>: both, relative, absolute, day. An unset instant says
/// <c>unknown</c>, by default "unknown".
/// </summary>
[HtmlTargetElement("fs-time", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TimeTagHelper(TimeProvider time) : TagHelper
{
    public DateTimeOffset? At { get; set; }
    public TimeZoneInfo? Zone { get; set; }
    public string Mode { get; set; } = "both";
    public string Unknown { get; set; } = "unknown";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Draw(new Markup(), At, time.GetUtcNow(), Zone ?? TimeZoneInfo.Utc, Mode, Unknown).Done());
    }

    /// <summary>The same for a list that draws its rows itself.</summary>
    public static Markup Draw(Markup markup, DateTimeOffset? instant, DateTimeOffset now, TimeZoneInfo zone, string mode, string unknown = "unknown")
    {
        if (instant is not { } at) return markup.Element("span", Say.It(unknown), ("class", "fs-none"));
        var absolute = When.Absolute(at, now, zone);
        var written = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return mode switch
        {
            "relative" => markup.Element("time", When.Relative(at, now), ("datetime", written), ("title", absolute)),
            "absolute" => markup.Element("time", absolute, ("datetime", written)),
            "day" => markup.Element("time", When.Day(When.DayOf(at, zone)), ("datetime", written), ("title", absolute)),
            _ => markup.Open("time", ("datetime", written)).Text(When.Relative(at, now)).Element("span", $", {absolute}", ("class", "fs-time-abs")).Close(),
        };
    }
}

/// <summary><c>&lt;fs-copy value="7712 0481" /&gt;</c>: the value with a copy button; without script only the value.</summary>
[HtmlTargetElement("fs-copy", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CopyTagHelper(Glyph glyph) : TagHelper
{
    public string Value { get; set; } = "";
    public string? Text { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-copy");
        output.Content.SetHtmlContent(new Markup()
            .Element("span", Text ?? Value, ("class", "fs-num"))
            .Open("button", ("type", "button"), ("class", "fs-needs-script"), ("data-fs-copy", Value), ("title", Say.It("Copy")), ("aria-label", Say.It("Copy {0}", Text ?? Value)))
            .Add(glyph.Draw("copy", 16)).Close()
            .Element("output", "").Done());
    }
}

/// <summary>Name-value grid as a real <c>dl</c>: <c>&lt;fs-facts&gt;&lt;fs-fact name="Carrier"&gt;FedEx&lt;/fs-fact&gt;&lt;/fs-facts&gt;</c>; <c>wide</c> for two columns.</summary>
[HtmlTargetElement("fs-facts")]
public sealed class FactsTagHelper : TagHelper
{
    public bool Wide { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "dl";
        output.Attributes.SetAttribute("class", Wide ? "fs-facts fs-facts-wide" : "fs-facts");
    }
}

/// <summary>One fact. Empty content says <c>none</c>, by default "not known": unknown stays unknown.</summary>
[HtmlTargetElement("fs-fact", ParentTag = "fs-facts")]
public sealed class FactTagHelper : TagHelper
{
    public string Name { get; set; } = "";
    public string None { get; set; } = "not known";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        var markup = new Markup().Element("dt", Say.It(Name)).Open("dd");
        if (content.IsEmptyOrWhiteSpace)
            markup.Element("span", Say.It(None), ("class", "fs-none"));
        else
            markup.Add(content);
        output.Content.SetHtmlContent(markup.Done());
    }
}

/// <summary>Why a list is empty, what is nearby, one action: <c>&lt;fs-empty heading="Today is clear" icon="ok" tone="ok"&gt;&lt;p&gt;…&lt;/p&gt;&lt;/fs-empty&gt;</c>.</summary>
[HtmlTargetElement("fs-empty")]
public sealed class EmptyTagHelper(Glyph glyph) : TagHelper
{
    public string Heading { get; set; } = "";
    public string Icon { get; set; } = "search";
    public string? Tone { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.Attributes.SetAttribute("class", "fs-empty");
        if (Tone is not null)
            output.Attributes.SetAttribute("data-tone", Tone);
        output.Content.SetHtmlContent(new Markup().Add(glyph.Draw(Icon, 40)).Element("h2", Say.It(Heading)).Add(content).Done());
    }
}

/// <summary>Something went wrong or needs saying first: <c>&lt;fs-problem heading="…" tone="late"&gt;what to do&lt;/fs-problem&gt;</c>.</summary>
[HtmlTargetElement("fs-problem")]
public sealed class ProblemTagHelper(Glyph glyph) : TagHelper
{
    public string Heading { get; set; } = "";
    public string Tone { get; set; } = "late";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.Attributes.SetAttribute("class", "fs-problem");
        output.Attributes.SetAttribute("data-tone", Tone);
        var icon = Tone switch { "late" => "late", "risk" => "risk", "nosig" => "nosig", "watch" => "watch", "ok" or "done" => "ok", _ => "info" };
        output.Content.SetHtmlContent(new Markup().Add(glyph.Draw(icon, 24)).Open("div").Element("h2", Say.It(Heading)).Add(content).Done());
    }
}

/// <summary>Lifecycle bar: <c>&lt;fs-steps steps="words" current="2" label="Order stage" tone="idle" /&gt;</c>; <c>current</c> counts from 0; -1 is before the first, past the end means all done.</summary>
[HtmlTargetElement("fs-steps", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StepsTagHelper : TagHelper
{
    public IReadOnlyList<string> Steps { get; set; } = [];
    public int Current { get; set; }
    public string Label { get; set; } = "Progress";
    public string? Tone { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        var markup = new Markup().Open("ol", ("class", "fs-steps"), ("aria-label", Say.It(Label)), ("data-tone", Tone));
        for (var i = 0; i < Steps.Count; i++)
        {
            markup.Open("li", ("class", i < Current ? "is-done" : null), ("aria-current", i == Current ? "step" : null)).Element("span", Steps[i]);
            if (i < Current)
                markup.Element("span", Say.It(" (done)"), ("class", "visually-hidden"));
            markup.Close();
        }
        markup.Close();
        if (Steps.Count > 0)
        {
            var words = Current < 0 ? Say.It("None of {0} steps yet: {1} comes first", Steps.Count, Steps[0])
                : Current < Steps.Count ? Say.It("Step {0} of {1}: {2}", Current + 1, Steps.Count, Steps[Current])
                : Say.It("All {0} steps done: {1}", Steps.Count, Steps[^1]);
            markup.Element("p", words, ("class", "fs-steps-words"), ("aria-hidden", "true"));
        }
        output.Content.SetHtmlContent(markup.Done());
    }
}

/// <summary>Earlier and later page of a keyset list: <c>&lt;fs-pager prev="…" next="…" shown="1–50 of 212" label="Deliveries" /&gt;</c>. No link is drawn for a page that is not there.</summary>
[HtmlTargetElement("fs-pager", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class PagerTagHelper(Glyph glyph) : TagHelper
{
    /// <summary>For a list that only goes onward: back to its beginning.</summary>
    public string? First { get; set; }
    public string? Prev { get; set; }
    public string? Next { get; set; }
    public string? Shown { get; set; }
    public string Label { get; set; } = "Pages";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // A text attribute that holds null comes as an empty one.
        if (First is "") First = null;
        if (Prev is "") Prev = null;
        if (Next is "") Next = null;
        if (Shown is "") Shown = null;
        if (First is null && Prev is null && Next is null && Shown is null)
        {
            output.SuppressOutput();
            return;
        }
        output.TagName = "nav";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-pager");
        output.Attributes.SetAttribute("aria-label", Say.It("{0}: pages", Say.It(Label)));
        var markup = new Markup();
        if (Shown is not null)
            markup.Element("p", Shown);
        if (First is not null || Prev is not null || Next is not null)
        {
            markup.Open("ul", ("class", "pagination"));
            if (First is not null)
                markup.Open("li", ("class", "page-item")).Open("a", ("class", "page-link"), ("rel", "first"), ("href", First)).Add(glyph.Draw("back", 16)).Text(Say.It("First page")).Close().Close();
            if (Prev is not null)
                markup.Open("li", ("class", "page-item")).Open("a", ("class", "page-link"), ("rel", "prev"), ("href", Prev)).Add(glyph.Draw("back", 16)).Text(Say.It("Previous")).Close().Close();
            if (Next is not null)
                markup.Open("li", ("class", "page-item")).Open("a", ("class", "page-link"), ("rel", "next"), ("href", Next)).Text(Say.It("Next")).Add(glyph.Draw("next", 16)).Close().Close();
            markup.Close();
        }
        output.Content.SetHtmlContent(markup.Done());
    }
}

/// <summary>Native dialog: <c>&lt;fs-dialog id="ship" heading="Ship 4 units?"&gt;consequence, form with verb button&lt;/fs-dialog&gt;</c>, opened by <c>data-fs-dialog="ship"</c> on a link whose address works without script.</summary>
[HtmlTargetElement("fs-dialog")]
public sealed class DialogTagHelper : TagHelper
{
    public string Id { get; set; } = "";
    public string Heading { get; set; } = "";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "dialog";
        output.Attributes.SetAttribute("id", Id);
        output.Attributes.SetAttribute("aria-labelledby", Id + "-h");
        output.Content.SetHtmlContent(new Markup().Element("h2", Heading, ("id", Id + "-h")).Add(content).Done());
    }
}

/// <summary>The toast region; the layout holds it once.</summary>
[HtmlTargetElement("fs-toast", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ToastTagHelper(Glyph glyph, IHtmlGenerator generator) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <summary>For the gallery; pages leave it to TempData.</summary>
    public Toast? Of { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("role", "status");
        if (Of is null)
        {
            output.Attributes.SetAttribute("class", "fs-toasts");
            output.Attributes.SetAttribute("data-fs-toasts", "");
        }
        if ((Of ?? Toasts.Take(ViewContext.TempData)) is { } toast)
            output.Content.SetHtmlContent(Draw(toast));
    }

    private IHtmlContent Draw(Toast toast)
    {
        var markup = new Markup().Open("div", ("class", "fs-toast"), ("data-fs-stay", toast.UndoAddress is not null));
        markup.Add(glyph.Draw(toast.Icon)).Element("p", toast.Words);
        if (toast.UndoAddress is not null)
        {
            markup.Open("form", ("method", "post"), ("action", toast.UndoAddress))
                .Add(generator.GenerateAntiforgery(ViewContext))
                .Element("button", Say.It("Undo"), ("type", "submit")).Close();
        }
        return markup.Open("button", ("type", "button"), ("class", "fs-toast-close fs-needs-script"), ("data-fs-dismiss", true), ("aria-label", Say.It("Dismiss"))).Add(glyph.Draw("close", 16)).Close().Done();
    }
}

using System.Globalization;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary>
/// Label, hint, control, error, in that reading order: <c>&lt;fs-field name="Contact" label="Who did you speak to?" hint="…" /&gt;</c>.
/// <c>type</c>: text, textarea, select (with <c>options</c>), radios (with <c>options</c>), checkbox, date, datetime-local, time, number, tel, email,
/// password, search, file. What was typed last (ModelState) wins over <c>value</c>. Any other attribute goes to the control
/// (autocomplete, inputmode, maxlength, min, max, step, rows, accept, capture). Content inside replaces the control: give it the id and
/// <c>aria-describedby</c> yourself.
/// </summary>
[HtmlTargetElement("fs-field")]
public sealed class FieldTagHelper(Glyph glyph) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <summary>Alternative to <see cref="Name"/>: takes name, value and label from the model.</summary>
    public ModelExpression? For { get; set; }
    public string? Name { get; set; }
    public string? Label { get; set; }
    public string? Hint { get; set; }
    public string Type { get; set; } = "text";
    public object? Value { get; set; }
    public IEnumerable<SelectListItem>? Options { get; set; }
    public bool Required { get; set; }
    /// <summary>Says "(optional)" beside the label.</summary>
    public bool Optional { get; set; }
    /// <summary>An error to show besides those of ModelState.</summary>
    public string? Error { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var given = await output.GetChildContentAsync();
        var name = Name ?? (For is null ? throw new InvalidOperationException("fs-field needs a name or for.") : ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name));
        var label = Say.It(Label ?? For?.Metadata.GetDisplayName() ?? name);
        var id = FieldIds.Of(name);
        ViewContext.ViewData.ModelState.TryGetValue(name, out var entry);
        var error = Error ?? entry?.Errors.Select(e => e.ErrorMessage).FirstOrDefault(text => text.Length > 0);
        var value = Typed(entry) ?? Written(Value ?? For?.Model);
        var describedBy = string.Join(' ', new[] { Hint is null ? null : id + "-hint", error is null ? null : id + "-error" }.Where(part => part is not null));
        var group = Type is "radios";
        var hint = Hint is null ? null : Say.It(Hint);

        var rest = output.Attributes.ToList();
        output.Attributes.Clear();
        output.TagName = group ? "fieldset" : "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "fs-field" : "fs-field is-wrong");
        if (group)
        {
            output.Attributes.SetAttribute("id", id);
            output.Attributes.SetAttribute("tabindex", "-1");
            if (describedBy.Length > 0)
                output.Attributes.SetAttribute("aria-describedby", describedBy);
        }

        List<(string, object?)> control =
        [
            ("id", id), ("name", name), ("required", Required), ("aria-describedby", describedBy.Length > 0 ? describedBy : null), ("aria-invalid", error is null ? null : "true"),
            .. rest.Select(attribute => (attribute.Name, (object?)(attribute.ValueStyle == HtmlAttributeValueStyle.Minimized ? true : attribute.Value?.ToString()))),
        ];

        var markup = new Markup();
        if (Type is "checkbox")
        {
            markup.Open("div", ("class", "form-check"))
                .Void("input", [("type", "checkbox"), ("class", "form-check-input"), ("value", "true"), ("checked", value is "true" or "True" or "true,false"), .. control])
                .Element("label", label, ("for", id), ("class", "form-check-label")).Close();
            if (Hint is not null)
                markup.Element("p", hint, ("class", "fs-hint"), ("id", id + "-hint"));
            output.Content.SetHtmlContent(WithError(markup, error, id).Done());
            return;
        }

        markup.Open(group ? "legend" : "label", ("for", group ? null : id)).Text(label);
        if (Optional)
            markup.Element("span", Say.It(" (optional)"), ("class", "fs-optional"));
        markup.Close();
        if (Hint is not null)
            markup.Element("p", hint, ("class", "fs-hint"), ("id", id + "-hint"));

        if (!given.IsEmptyOrWhiteSpace)
            markup.Add(given);
        else if (Type is "textarea")
            markup.Open("textarea", [("class", "form-control"), .. control]).Text(value).Close();
        else if (Type is "select")
            Select(markup, control, value);
        else if (group)
            Radios(markup, id, name, value);
        else
            markup.Void("input", [("type", Type), ("class", "form-control"), ("value", Type is "password" or "file" ? null : value), .. control]);

        output.Content.SetHtmlContent(WithError(markup, error, id).Done());
    }

    private Markup WithError(Markup markup, string? error, string id)
    {
        if (error is null)
            return markup;
        return markup.Open("p", ("class", "fs-field-error"), ("id", id + "-error")).Add(glyph.Draw("late", 16))
            .Open("span").Element("span", Say.It("Error: "), ("class", "visually-hidden")).Text(error).Close().Close();
    }

    private void Select(Markup markup, List<(string, object?)> control, string? value)
    {
        markup.Open("select", [("class", "form-select"), .. control]);
        foreach (var option in Options ?? [])
            markup.Element("option", option.Text, ("value", option.Value ?? option.Text), ("selected", Chosen(option, value)), ("disabled", option.Disabled));
        markup.Close();
    }

    private void Radios(Markup markup, string id, string name, string? value)
    {
        var number = 0;
        foreach (var option in Options ?? [])
        {
            var own = string.Create(CultureInfo.InvariantCulture, $"{id}-{++number}");
            markup.Open("div", ("class", "form-check"))
                .Void("input", ("type", "radio"), ("class", "form-check-input"), ("id", own), ("name", name), ("value", option.Value ?? option.Text),
                    ("checked", Chosen(option, value)), ("required", Required), ("disabled", option.Disabled))
                .Element("label", option.Text, ("for", own), ("class", "form-check-label")).Close();
        }
    }

    private static bool Chosen(SelectListItem option, string? value) => value is null ? option.Selected : string.Equals(option.Value ?? option.Text, value, StringComparison.Ordinal);

    private static string? Typed(ModelStateEntry? entry) => entry?.AttemptedValue ?? entry?.RawValue as string;

    private string? Written(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime at when Type is "datetime-local" => at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture),
        DateTimeOffset at when Type is "datetime-local" => at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}

/// <summary>The id of a control follows from its name, so that the error summary can link to it.</summary>
public static class FieldIds
{
    public static string Of(string name) => TagBuilder.CreateSanitizedId(name, "_");
}

/// <summary>Error summary at the top of a refused form (422): takes the focus, links to the fields. Draws nothing while ModelState holds no error.</summary>
[HtmlTargetElement("fs-errors", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ErrorsTagHelper(Glyph glyph) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public string? Heading { get; set; }
    /// <summary>Off in the gallery, where several stand on one page.</summary>
    public bool Focus { get; set; } = true;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var errors = ViewContext.ViewData.ModelState
            .SelectMany(pair => pair.Value!.Errors.Select(error => (Name: pair.Key, Text: error.ErrorMessage)))
            .Where(error => error.Text.Length > 0).Distinct().ToList();
        if (errors.Count == 0)
        {
            output.SuppressOutput();
            return;
        }
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "fs-errors");
        output.Attributes.SetAttribute("data-tone", "late");
        output.Attributes.SetAttribute("role", "group");
        output.Attributes.SetAttribute("aria-labelledby", "fs-errors-h");
        if (Focus)
        {
            output.Attributes.SetAttribute("tabindex", "-1");
            output.Attributes.SetAttribute("autofocus", "autofocus");
        }
        var heading = Heading ?? Say.Many(errors.Count, "One thing to fix", "{0} things to fix");
        var markup = new Markup().Add(glyph.Draw("late", 24)).Open("div").Element("h2", heading, ("id", "fs-errors-h")).Open("ul");
        foreach (var (name, text) in errors)
        {
            markup.Open("li");
            if (name.Length > 0)
                markup.Element("a", text, ("href", "#" + FieldIds.Of(name)));
            else
                markup.Text(text);
            markup.Close();
        }
        output.Content.SetHtmlContent(markup.Done());
    }
}

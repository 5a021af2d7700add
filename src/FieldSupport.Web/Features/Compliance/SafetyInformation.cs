using System.Globalization;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Features.Compliance;

/// <summary>
/// The Important Safety Information as one versioned text (domain.md §1.1, ui.md §1 rule 3): a resource, drawn by <c>&lt;fs-isi /&gt;</c> and
/// written nowhere else. English alone: a translation is a text of its own, and none has been approved.
/// </summary>
public sealed record SafetyInformation(string Version, DateOnly On, IReadOnlyList<SafetyInformation.Part> Parts)
{
    public const string Address = "/safety-information";

    /// <param name="IsBoxed">The boxed warning, which stands in a box.</param>
    public sealed record Part(string Heading, bool IsBoxed, IReadOnlyList<string> Paragraphs);

    public static SafetyInformation Current { get; } = Read();

    /// <summary>For a mail that says something about the therapy: which text holds, and where it stands.</summary>
    /// <param name="baseUrl">Of this installation, without a slash at the end.</param>
    public static string Reference(string baseUrl) => string.Create(CultureInfo.InvariantCulture, $"Important Safety Information with boxed warning, version {Current.Version} of {Current.On:yyyy-MM-dd}: {baseUrl}{Address}");

    private static SafetyInformation Read()
    {
        using var stream = typeof(SafetyInformation).Assembly.GetManifestResourceStream("safety-information-en.txt") ?? throw new InvalidOperationException("The embedded text safety-information-en.txt is missing.");
        using var reader = new StreamReader(stream);
        var (version, on, parts) = ("", default(DateOnly), new List<Part>());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("version: ", StringComparison.Ordinal)) version = line[9..];
            else if (line.StartsWith("date: ", StringComparison.Ordinal)) on = DateOnly.ParseExact(line[6..], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            else if (line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("! ", StringComparison.Ordinal)) parts.Add(new Part(line[2..], line[0] == '!', new List<string>()));
            else if (line.Length > 0) ((List<string>)parts[^1].Paragraphs).Add(line);
        }
        return new SafetyInformation(version, on, parts);
    }
}

/// <summary>The text alone, where a mail leads to.</summary>
[Translated, AllowsAnyone("what the label warns of, the same for everybody")]
public sealed class SafetyInformationController : Controller
{
    [HttpGet(SafetyInformation.Address)]
    public IActionResult Show() => View(nameof(SafetyInformation));
}

/// <summary>
/// <c>&lt;fs-isi /&gt;</c> on every page that speaks of the therapy: open, in the size of the text around it, with its version. For a reader of another
/// language (<c>language="es"</c>) the English text, marked as such, below a sentence in theirs.
/// </summary>
[HtmlTargetElement("fs-isi", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class SafetyInformationTagHelper(Settings settings) : TagHelper
{
    public string? Language { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var text = SafetyInformation.Current;
        output.TagName = "section";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "card fs-isi mt-4");
        output.Attributes.SetAttribute("aria-labelledby", "fs-isi-h");
        var markup = new Markup().Open("div", ("class", "card-body"));
        if ((Language ?? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) == "es")
            markup.Element("p", "El texto aprobado de esta información de seguridad existe solo en inglés.", ("lang", "es"));
        markup.Open("details", ("open", true), ("lang", "en")).Open("summary").Element("h2", "Important Safety Information", ("class", "card-title d-inline"), ("id", "fs-isi-h")).Close();
        foreach (var part in text.Parts)
        {
            if (part.IsBoxed) markup.Open("div", ("class", "card my-3")).Open("div", ("class", "card-body"));
            markup.Element("h3", part.Heading, ("class", part.IsBoxed ? "h6" : "h6 mt-3"));
            foreach (var paragraph in part.Paragraphs) markup.Element("p", paragraph, ("class", "mb-2"));
            if (part.IsBoxed) markup.Close().Close();
        }
        if (settings.PrescribingInformationUrl is { } url)
            markup.Open("p", ("class", "mb-2 mt-3")).Element("a", "Full prescribing information, including the boxed warning", ("href", url), ("rel", "noopener")).Close();
        else
            markup.Element("p", $"For the full prescribing information, including the boxed warning, ask {settings.CompanyName}.", ("class", "mb-2 mt-3"));
        markup.Element("p", string.Create(CultureInfo.GetCultureInfo("en-US"), $"Version {text.Version}, {text.On:MMMM d, yyyy}."), ("class", "mb-0"));
        output.Content.SetHtmlContent(markup.Done());
    }
}

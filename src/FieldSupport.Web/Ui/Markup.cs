using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Html;

namespace FieldSupport.Web.Ui;

/// <summary>A small writer of elements for the components: every attribute and every text is encoded, numbers are written invariantly.</summary>
public sealed class Markup
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    public Markup Open(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes);
        _text.Append('>');
        _open.Push(element);
        return this;
    }

    /// <summary>An element without content: closed as SVG needs it, and harmless for void elements of HTML.</summary>
    public Markup Void(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes);
        _text.Append("/>");
        return this;
    }

    public Markup Text(string? text)
    {
        _text.Append(HtmlEncoder.Default.Encode(text ?? ""));
        return this;
    }

    public Markup Element(string element, string? text, params ReadOnlySpan<(string Name, object? Value)> attributes) =>
        Open(element, attributes).Text(text).Close();

    public Markup Add(IHtmlContent? content)
    {
        if (content is null)
            return this;
        if (content is HtmlString written)
        {
            _text.Append(written.Value);
            return this;
        }
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        content.WriteTo(writer, HtmlEncoder.Default);
        _text.Append(writer.GetStringBuilder());
        return this;
    }

    /// <summary>A sentence of the reader's language, encoded, with elements in their places: <c>Sentence("Back to {0}.", Link(…))</c>.</summary>
    public static IHtmlContent Sentence(string sentence, params ReadOnlySpan<object?> parts)
    {
        var (markup, text, at) = (new Markup(), Say.It(sentence), 0);
        for (var hole = text.IndexOf('{', at); hole >= 0; hole = text.IndexOf('{', at))
        {
            var end = text.IndexOf('}', hole);
            var part = parts[int.Parse(text.AsSpan(hole + 1, end - hole - 1), CultureInfo.InvariantCulture)];
            markup.Text(text[at..hole]);
            _ = part is IHtmlContent content ? markup.Add(content) : markup.Text(Written(part ?? ""));
            at = end + 1;
        }
        return markup.Text(text[at..]).Done();
    }

    public static IHtmlContent Link(string address, string words) => new Markup().Element("a", words, ("href", address)).Done();

    public static IHtmlContent Strong(string words) => new Markup().Element("strong", words).Done();

    public Markup Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    public IHtmlContent Done()
    {
        while (_open.Count > 0)
            Close();
        return new HtmlString(_text.ToString());
    }

    private void Start(string element, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _text.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is null or false)
                continue;
            _text.Append(' ').Append(name);
            if (value is true)
                continue;
            _text.Append("=\"").Append(HtmlEncoder.Default.Encode(Written(value))).Append('"');
        }
    }

    private static string Written(object value) => value switch
    {
        double number => Math.Round(number, 1).ToString("0.#", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

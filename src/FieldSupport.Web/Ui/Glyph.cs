using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace FieldSupport.Web.Ui;

/// <summary>Draws a sprite icon. The <c>use</c> element is not rewritten by the asset helpers, so the versioned address is asked for here.</summary>
public sealed class Glyph(IHttpContextAccessor accessor, IFileVersionProvider versions)
{
    private const string Sprite = "img/icons.svg";

    /// <summary>A list draws the same few hundreds of times. As many as there are icons and sizes.</summary>
    private static readonly ConcurrentDictionary<(string Address, string Name, int Size), IHtmlContent> Drawn = new();

    public IHtmlContent Draw(string name, int size = 20, string? label = null)
    {
        if (!Icons.Meanings.ContainsKey(name))
            throw new ArgumentException($"No icon '{name}': Ui/Icons.cs lists them.", nameof(name));
        var address = Address();
        return label is null ? Drawn.GetOrAdd((address, name, size), static key => Draw(key.Address, key.Name, key.Size, null)) : Draw(address, name, size, label);
    }

    private static IHtmlContent Draw(string address, string name, int size, string? label)
    {
        var markup = new Markup().Open("svg", ("class", "fs-icon"), ("width", size), ("height", size), ("viewBox", "0 0 24 24"),
            ("role", label is null ? null : "img"), ("aria-hidden", label is null ? "true" : null), ("focusable", "false"));
        if (label is not null)
            markup.Element("title", label);
        return markup.Void("use", ("href", $"{address}#{name}")).Done();
    }

    private string Address()
    {
        var context = accessor.HttpContext ?? throw new InvalidOperationException("An icon is drawn within a request.");
        var fingerprinted = context.GetEndpoint()?.Metadata.GetMetadata<ResourceAssetCollection>()?[Sprite];
        return fingerprinted is not null && fingerprinted != Sprite
            ? $"{context.Request.PathBase}/{fingerprinted}"
            : versions.AddFileVersionToPath(context.Request.PathBase, $"{context.Request.PathBase}/{Sprite}");
    }
}

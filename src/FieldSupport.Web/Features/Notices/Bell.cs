using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Features.Notices;

/// <summary><c>&lt;fs-bell /&gt;</c>: the way to one's notices, with how many wait for an answer.</summary>
[HtmlTargetElement("fs-bell", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class BellTagHelper(IHttpContextAccessor accessor, Glyph glyph, TimeProvider clock) : TagHelper
{
    /// <summary>More than these are "many".</summary>
    private const int Most = 99;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var request = accessor.HttpContext!;
        if (request.RequestServices.GetService<CurrentUser>() is not { IsSignedIn: true } user)
        {
            output.SuppressOutput();
            return;
        }
        // A page that says that the database cannot be reached must not ask it how many wait.
        var isAsked = request.Response.StatusCode < StatusCodes.Status500InternalServerError;
        var count = isAsked ? await ListNotices.CountWaiting(request.RequestServices.GetRequiredService<FieldSupportDb>(), user.Email, clock.GetUtcNow(), Most + 1, request.RequestAborted) : 0;
        output.TagName = "a";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("href", "/notices");
        output.Attributes.SetAttribute("class", "btn btn-quiet fs-bell");
        var markup = new Markup().Add(glyph.Draw("bell", 20)).Element("span", count == 0 ? Say.It("Notices") : Say.Many(count, "Notices, 1 waits for you", "Notices, {0} wait for you"), ("class", "visually-hidden"));
        if (count > 0) markup.Element("span", count > Most ? $"{Most}+" : count.ToString(System.Globalization.CultureInfo.InvariantCulture), ("class", "fs-bell-count"), ("aria-hidden", "true"));
        output.Content.SetHtmlContent(markup.Done());
    }
}

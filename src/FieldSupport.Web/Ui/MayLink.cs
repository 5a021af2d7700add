using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace FieldSupport.Web.Ui;

/// <summary>A link that is one only for who may open its page; for others its words stay: <c>&lt;a fs-may="ReadPractices" href="…"&gt;</c>.</summary>
[HtmlTargetElement("a", Attributes = "fs-may")]
public sealed class MayLinkTagHelper(CurrentUser user) : TagHelper
{
    [HtmlAttributeName("fs-may")]
    public Permission May { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (user.May(May)) return;
        output.TagName = "span";
        output.Attributes.RemoveAll("href");
    }
}

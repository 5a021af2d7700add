using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Razor;

namespace FieldSupport.Web.Ui;

/// <summary>A view lives beside its slice: a controller in <c>FieldSupport.Web.Features.Orders</c> finds <c>/Features/Orders/{name}.cshtml</c>, then <c>/Views/Shared</c>.</summary>
public sealed class FeatureViewLocations : IViewLocationExpander
{
    private const string Root = "FieldSupport.Web.Features.";
    private const string Key = "fs.feature";

    public void PopulateValues(ViewLocationExpanderContext context)
    {
        var home = (context.ActionContext.ActionDescriptor as ControllerActionDescriptor)?.ControllerTypeInfo.Namespace;
        if (home is not null && home.StartsWith(Root, StringComparison.Ordinal))
            context.Values[Key] = home[Root.Length..].Replace('.', '/');
    }

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        if (context.Values.TryGetValue(Key, out var area) && area is not null)
            yield return $"/Features/{area}/{{0}}.cshtml";
        yield return "/Views/Shared/{0}.cshtml";
    }
}

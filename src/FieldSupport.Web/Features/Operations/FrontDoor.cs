using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace FieldSupport.Web.Features.Operations;

/// <summary>The address without a path leads each role to its own page (contract.md §4).</summary>
public sealed class FrontDoorController(CurrentUser user, EndpointDataSource endpoints) : Controller
{
    [HttpGet("/"), Requires(Permission.BeSignedIn)]
    public IActionResult Show()
    {
        var page = FrontDoor.Of(user.Role);
        return LocalRedirect(endpoints.Endpoints.OfType<RouteEndpoint>().Any(e => IsPage(e, page)) ? page : FrontDoor.Otherwise(user.Role));
    }

    private static bool IsPage(RouteEndpoint endpoint, string page) =>
        string.Equals(endpoint.RoutePattern.RawText?.Trim('/'), page.Trim('/'), StringComparison.OrdinalIgnoreCase);
}

public static class FrontDoor
{
    /// <summary>Where a role goes whose page is not built yet: never to a page that turns it away.</summary>
    public static string Otherwise(string role) =>
        Permissions.Has(role, Permission.ReadDeliveries) ? "/deliveries" : Permissions.Has(role, Permission.ReadPractices) ? "/practices" : "/help";

    public static string Of(string role) => role switch
    {
        Roles.Rep or Roles.Logistics => "/today",
        Roles.Practice or Roles.PracticeAdmin => "/portal",
        Roles.Specialist => "/cases",
        Roles.Manager => "/manager",
        Roles.Materials => "/kits",
        Roles.Safety => "/safety",
        Roles.Auditor => "/audit",
        Roles.Admin => "/status",
        _ => Otherwise(role),
    };
}

using System.Net;
using FieldSupport.Web.Access;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Operations;

/// <summary>Figures for a monitor: on the loopback, or with a token of somebody who may see the status (contract.md §4). For others there is no such page.</summary>
public sealed class ShowMetricsController(Figures figures, CurrentUser user) : Controller
{
    [HttpGet("/metrics"), AllowsAnyone("asked by a monitor on this machine or with an operator's token; others are told that there is nothing")]
    public async Task<IActionResult> Show(CancellationToken cancellationToken)
    {
        // What a proxy passes on comes from elsewhere, wherever the proxy stands.
        var isFromHere = HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && !Request.Headers.ContainsKey("X-Forwarded-For") && !Request.Headers.ContainsKey("Forwarded");
        if (!isFromHere && !user.May(Permission.SeeStatus)) throw new AbsentException();
        Response.Headers.CacheControl = "no-store";
        return Content(await figures.Text(cancellationToken), "text/plain; version=0.0.4; charset=utf-8");
    }
}

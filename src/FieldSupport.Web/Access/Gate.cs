using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Routing;
using FieldSupport.Web.Mediation;

namespace FieldSupport.Web.Access;

/// <summary>At every endpoint, before anything of the request is read: who may not is turned away here.</summary>
internal sealed class Gate : IAuthorizationRequirement;

internal sealed class GateKeeper(IHttpContextAccessor accessor) : AuthorizationHandler<Gate>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Gate requirement)
    {
        var http = context.Resource as HttpContext ?? accessor.HttpContext;
        if (http is null) return Task.CompletedTask;
        var user = http.RequestServices.GetRequiredService<CurrentUser>();
        var endpoint = http.GetEndpoint();
        // No such address: strangers are asked to sign in, everybody else learns that there is none.
        // The same for a method that an address does not have: routing answers with an endpoint of its own that is no route (405).
        var statement = endpoint is null or not RouteEndpoint ? new Statement([Permission.BeSignedIn], null) : Statement.OfEndpoint(endpoint);
        if (statement is null) return Task.CompletedTask;
        if (statement.AnonymousReason is not null || (user.IsSignedIn && statement.Permissions.All(user.May))) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>Notes who was turned away, then answers as usual.</summary>
internal sealed class GateAnswers(IDenials denials) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden)
        {
            var actor = context.RequestServices.GetRequiredService<CurrentScope>().Actor;
            var endpoint = context.GetEndpoint();
            var missing = endpoint is null ? null : Statement.OfEndpoint(endpoint);
            // The pattern, not the address: what was asked for may be somebody else's.
            var pattern = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "?";
            await denials.Denied(actor, $"{context.Request.Method} /{pattern.TrimStart('/')} ({string.Join(" + ", missing?.Permissions ?? [])})", context.RequestAborted);
        }
        await _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}

/// <summary>At start: every endpoint states who may use it, or the application does not start.</summary>
public static class EndpointCheck
{
    public static void Run(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            var name = endpoint.DisplayName ?? (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "An endpoint";
            if (Statement.OfEndpoint(endpoint) is null)
                throw new StartRefusedException($"{name} states no permission: put [Sends(typeof(…))], [Requires(…)] or [AllowsAnyone(\"why\")] on it.");
            if (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                throw new StartRefusedException($"{name} uses [Authorize] or [AllowAnonymous], which pass the gate by: use [Requires] or [AllowsAnyone].");
        }
    }
}

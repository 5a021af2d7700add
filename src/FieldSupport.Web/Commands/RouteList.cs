using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Routing;

namespace FieldSupport.Web.Commands;

/// <summary>One endpoint as <c>routes</c> prints it.</summary>
/// <param name="Permission">Null where anyone may; several with " + " are all needed.</param>
public sealed record RouteRow(string Method, string Pattern, string? Permission, IReadOnlyList<string> Roles, string? AnonymousReason);

/// <summary>What the application maps. A call of the command line builds no pipeline, which is what would offer the endpoints as a service.</summary>
public sealed class MappedEndpoints
{
    public IReadOnlyCollection<EndpointDataSource> Sources { get; private set; } = [];

    public void Take(IEndpointRouteBuilder routes) => Sources = [.. routes.DataSources];
}

/// <summary><c>routes</c>: every endpoint and who may use it, from what the running application itself goes by.</summary>
public static class RouteList
{
    public static IReadOnlyList<RouteRow> Of(IEnumerable<Endpoint> endpoints) =>
        [.. endpoints.OfType<RouteEndpoint>().SelectMany(Rows)
            .OrderBy(r => r.Pattern, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal)];

    private static IEnumerable<RouteRow> Rows(RouteEndpoint endpoint)
    {
        // The start has refused endpoints without a statement.
        var statement = Statement.OfEndpoint(endpoint)!;
        var anyone = statement.AnonymousReason is not null;
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        foreach (var method in methods.DefaultIfEmpty("ANY"))
        {
            yield return new RouteRow(
                method, "/" + endpoint.RoutePattern.RawText?.TrimStart('/'),
                anyone ? null : string.Join(" + ", statement.Permissions),
                anyone ? [] : Permissions.RolesWith(statement.Permissions),
                statement.AnonymousReason);
        }
    }
}

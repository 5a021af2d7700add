using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>The endpoints of the running application, and addresses of each made with real numbers.</summary>
internal sealed class Endpoints(Application application)
{
    public sealed record Row(string Method, RoutePattern Pattern, Statement Statement)
    {
        public string Name => $"{Method} /{Pattern.RawText?.TrimStart('/')}";
        public bool IsApi => Pattern.RawText?.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) == true;
        /// <summary>A file of the look: the same bytes for everybody, made before there is any data.</summary>
        public bool IsFile => Statement.AnonymousReason?.StartsWith("a file of the look", StringComparison.Ordinal) == true;
        public bool IsFor(string role) => Statement.AnonymousReason is not null || Statement.Permissions.All(p => Permissions.Has(role, p));

        public bool Leads(string address)
        {
            var template = new TemplateMatcher(new RouteTemplate(Pattern), new RouteValueDictionary(Pattern.Defaults.ToDictionary(d => d.Key, d => d.Value)));
            return template.TryMatch(new PathString(Uri.UnescapeDataString(address.Split('?')[0])), []);
        }
    }

    public IReadOnlyList<Row> All { get; } =
    [
        .. from endpoint in application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           select new Row(method, endpoint.RoutePattern, Statement.OfEndpoint(endpoint)!),
    ];

    /// <summary>An endpoint's addresses for everything in the scope, for one record outside it and for one that nobody has.</summary>
    public async Task<IReadOnlyList<string>> AddressesOf(Row row, Scope scope)
    {
        var addresses = new List<string> { "" };
        var literal = "";
        foreach (var segment in row.Pattern.PathSegments)
        {
            var parts = new List<string> { "/" };
            foreach (var part in segment.Parts)
            {
                IReadOnlyList<string> values = part switch
                {
                    RoutePatternLiteralPart text => [literal = text.Content],
                    RoutePatternSeparatorPart separator => [separator.Content],
                    RoutePatternParameterPart parameter => await Values(row, literal, parameter.Name, scope),
                    _ => [],
                };
                parts = [.. parts.SelectMany(p => values.Select(v => p + v))];
            }
            addresses = [.. addresses.SelectMany(a => parts.Select(p => a + p))];
        }
        return [.. addresses.Select(a => a.Length == 0 ? "/" : a)];
    }

    /// <summary>A new kind of record needs one line here, or the crawl fails and says so.</summary>
    private async Task<IReadOnlyList<string>> Values(Row row, string literal, string parameter, Scope scope)
    {
        await using var db = application.Open(scope);
        string[] found = (literal, parameter) switch
        {
            ("deliveries", "number") => [.. await db.Deliveries.Select(d => d.Number).ToListAsync(), "SHP-70011", "SHP-00000"],
            ("refills", "visit") => [.. await db.Visits.Select(v => v.Key).ToListAsync(), "VIS-00000"],
            ("shipments", "number") => [.. await db.Shipments.Select(s => s.Number).ToListAsync(), "SHP-70011", "SHP-00000"],
            ("orders", "number") => [.. await db.Orders.Select(o => o.Number).ToListAsync(), "ORD-70011", "ORD-00000"],
            ("practices", "slug") => [.. await db.Accounts.Select(a => a.Slug).ToListAsync(), "pike", "no-such-practice"],
            ("report-a-problem" or "safety", "number") => [.. Enumerable.Range(1001, PlantedWorld.Reports).Select(n => $"SAF-{n}"), "SAF-00000"],
            ("photos", "ordinal") => ["1", "9"],
            ("unmatched", "number") => [PlantedWorld.WorkItem, "WRK-00000"],
            ("notices", "notice") => ["fs.0@no.test"],
            ("answer", "code") => ["no-such-code"],
            ("messages", "id") => ["00000000-0000-7000-8000-000000000000"],
            ("jobs", "name") => [.. Timetable.Lines.Select(l => l.Name), "no-such-job"],
            ("openapi", "documentName") => ["v1"],
            _ => throw new InvalidOperationException($"{row.Name}: add the records that '{parameter}' after '{literal}' may mean to {nameof(Endpoints)}."),
        };
        return [.. found.Distinct().Select(Uri.EscapeDataString)];
    }
}

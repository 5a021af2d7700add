using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Data;
using FieldSupport.Web.Tests.Mediation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Access;

/// <summary>
/// Every endpoint of the running application × every role × own, foreign and absent records. Generated: an endpoint added anywhere is
/// asked here without anybody writing a test for it.
/// </summary>
public sealed partial class AccessMatrixTests(AccessMatrixTests.WithProbe applications, ITestOutputHelper output) : IClassFixture<AccessMatrixTests.WithProbe>
{
    private static readonly Dictionary<string, string> People =
        DemoAccounts.All.Where(d => !d.Email.Contains('2', StringComparison.Ordinal)).ToDictionary(d => d.Role, d => d.Email)
            .Append(KeyValuePair.Create(Roles.Practice, SampleWorld.Nurse)).ToDictionary();

    /// <summary>With the probe's slices beside those of the product, so that a matrix that stopped asking would be noticed.</summary>
    public sealed class WithProbe : Applications
    {
        protected override Action<IServiceCollection> Services => ProbeController.AddTo;

        /// <summary>A row of the work-list, which belongs to no account: whoever sees the list sees it.</summary>
        protected override async Task Prepare(Application application)
        {
            await using var db = application.Open();
            db.WorkItems.Add(new WorkItem
            {
                Number = SampleRecords.WorkItem, Reason = "NO_SHIPMENT", Source = "test", Summary = "Matches no shipment.", OpenKey = "matrix", OpenedAtUtc = SampleWorld.Now.AddHours(-1),
            });
            var picture = await application.Services.GetRequiredService<Attachments>().Write([1, 2, 3], default);
            foreach (var shipment in await db.Shipments.ToListAsync())
            {
                db.ReceiptPhotos.Add(new ReceiptPhoto
                {
                    AccountId = shipment.AccountId, ShipmentId = shipment.Id, ShipmentNumber = shipment.Number, Ordinal = 1, Sha256 = picture, ContentType = "image/jpeg", Bytes = 3,
                    AddedBy = "test", AddedAtUtc = SampleWorld.Now,
                });
            }
            await db.SaveChangesAsync();
        }
    }

    private enum Whose { Own, Foreign, Absent }

    [Theory, OnBothDatabasesForEach(
        Roles.Rep, Roles.Manager, Roles.Practice, Roles.PracticeAdmin, Roles.Logistics, Roles.Specialist, Roles.Materials, Roles.Safety,
        Roles.Auditor, Roles.Admin)]
    public async Task Each_role_gets_what_the_table_grants_and_nothing_else(Database database, string role)
    {
        var application = await applications.On(database);
        var (browser, program) = (await application.SignedIn(People[role]), await application.WithToken(People[role]));
        // The sample's records are of drug, and materials sees kits alone: none of them is its own.
        var seesDrug = role != Roles.Materials;
        var seesForeign = seesDrug && await SeesNorthforkAsync(application, People[role]);
        var before = await Rows.AllAsync(application);
        var wrong = new List<string>();
        int cells = 0, granted = 0;

        foreach (var asked in Asked(application))
        {
            var may = asked.Statement.Permissions.All(p => Permissions.Has(role, p));
            var client = asked.IsApi ? program : browser;
            var answers = new Dictionary<Whose, (HttpStatusCode Status, string Body)>();
            foreach (var whose in asked.Targets())
            {
                // What a role may do to a record that it may change is for the test of that use case.
                if (may && asked.Changes && whose == Whose.Own) continue;
                if (may && whose == Whose.Foreign && seesForeign) continue;
                cells++;
                if (may) granted++;
                var answer = await client.SendAsync(asked.Request(whose));
                answers[whose] = (answer.StatusCode, Neutral(await answer.Content.ReadAsStringAsync(), asked));
                var expected = (may, whose) switch
                {
                    (false, _) => "403",
                    (true, Whose.Own) when !seesDrug && asked.Targets().Length > 1 => "404",
                    (true, Whose.Own) => "200, 204, 302 or 304",
                    _ => "404",
                };
                if (!expected.Contains(((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))
                    wrong.Add($"{asked.Name} {whose}: {(int)answer.StatusCode} instead of {expected}");
            }
            if (answers.TryGetValue(Whose.Foreign, out var foreign) && answers.TryGetValue(Whose.Absent, out var absent) && foreign != absent)
                wrong.Add($"{asked.Name}: a foreign record and an absent one do not answer alike");
        }

        output.WriteLine($"{database}, {role}: {cells} cells asked, {granted} of them granted by the table");
        Assert.True(wrong.Count == 0, $"{role} on {database}:\n" + string.Join('\n', wrong));
        Assert.Equal(before, await Rows.AllAsync(application));
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task Whoever_is_not_signed_in_is_asked_to_and_changes_nothing(Database database)
    {
        var application = await applications.On(database);
        var before = await Rows.AllAsync(application);
        var cells = 0;
        foreach (var asked in Asked(application))
        {
            foreach (var whose in asked.Targets())
            {
                cells++;
                var answer = await application.Bare().SendAsync(asked.Request(whose));
                Assert.True(answer.StatusCode == (asked.IsApi ? HttpStatusCode.Unauthorized : HttpStatusCode.Redirect), $"{asked.Name} {whose}: {answer.StatusCode}");
                if (asked.IsApi) Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                else Assert.Equal("/account/sign-in", answer.Headers.Location!.AbsolutePath);
            }
        }
        output.WriteLine($"{database}, nobody: {cells} cells asked");
        Assert.Equal(before, await Rows.AllAsync(application));
    }

    [Fact]
    public async Task Every_role_of_the_contract_is_asked()
    {
        Assert.Equal(Roles.All.Order(StringComparer.Ordinal), People.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, Asked(await applications.On(Database.Sqlite)).Count(q => q.Name.Contains("probe", StringComparison.Ordinal)));
    }

    [Theory, OnBothDatabases]
    public async Task Every_endpoint_of_routes_is_in_the_matrix_or_says_why_anyone_may(Database database)
    {
        var application = await applications.On(database);
        var asked = Asked(application);
        var routes = RouteList.Of(application.Services.GetRequiredService<EndpointDataSource>().Endpoints);
        Assert.Empty(routes.Where(r => r.AnonymousReason is null).Select(r => $"{r.Method} {r.Pattern}").Except(asked.Select(q => q.Name)));
        // Those for anyone answer anyone: no way to the sign-in page, and no failure but the webhook's word that it has no secret yet.
        var anyone = application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => Statement.OfEndpoint(e)!.AnonymousReason is { } reason && !reason.StartsWith("a file of the look", StringComparison.Ordinal)).ToList();
        foreach (var endpoint in anyone)
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{documentName}", "v1", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var answer = await application.Bare().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
                Assert.True((int)answer.StatusCode < 500 || path.StartsWith("/webhooks/", StringComparison.Ordinal), $"{method} {path}: {answer.StatusCode}");
                Assert.NotEqual("/account/sign-in", answer.Headers.Location?.OriginalString.Split('?')[0]);
            }
        }
        var files = routes.Count(r => r.AnonymousReason?.StartsWith("a file of the look", StringComparison.Ordinal) == true);
        output.WriteLine(
            $"{database}: {routes.Count} endpoints, of them {asked.Count} ask for a permission, {anyone.Count} are for anyone and {files} are files of the look; "
            + $"{asked.Sum(q => q.Targets().Length)} endpoint and record, × {Roles.All.Count} roles and nobody = {asked.Sum(q => q.Targets().Length) * (Roles.All.Count + 1)} cells");
    }

    private static async Task<bool> SeesNorthforkAsync(Application application, string email)
    {
        await using var all = application.Open();
        var user = await all.Users.SingleAsync(u => u.Email == email);
        return Roles.IsOfTerritories(user.Role) ? user.TerritoryCodes().Contains("KY-East") : !Roles.IsOfAccount(user.Role);
    }

    /// <summary>Every endpoint that asks for a permission; those for anyone are listed with their reason by <c>routes</c>.</summary>
    private static List<Question> Asked(Application application) =>
    [
        .. from endpoint in application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let statement = Statement.OfEndpoint(endpoint)
           where statement.AnonymousReason is null
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           orderby endpoint.RoutePattern.RawText, method
           select new Question(endpoint, method, statement),
    ];

    /// <summary>Tokens differ from answer to answer, and the record asked for is named in the address of the frame's forms.</summary>
    private static string Neutral(string body, Question asked)
    {
        body = AntiForgery().Replace(body, "token");
        foreach (var whose in Enum.GetValues<Whose>())
        {
            var path = asked.Path(whose);
            body = body.Replace(path, "address", StringComparison.Ordinal).Replace(WebUtility.UrlEncode(path), "address", StringComparison.Ordinal);
        }
        return TraceId().Replace(body, "");
    }

    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex AntiForgery();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex TraceId();

    private sealed record Question(RouteEndpoint Endpoint, string Method, Statement Statement)
    {
        public string Name => $"{Method} /{Endpoint.RoutePattern.RawText?.TrimStart('/')}";
        public bool IsApi => Endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) == true;
        public bool Changes => Method is not ("GET" or "HEAD" or "OPTIONS");

        public Whose[] Targets()
        {
            if (Endpoint.RoutePattern.Parameters.Count == 0) return [Whose.Own];
            return Parameters().All(v => v.Own is not null) ? Enum.GetValues<Whose>() : [Whose.Absent];
        }

        public HttpRequestMessage Request(Whose whose)
        {
            var request = new HttpRequestMessage(new HttpMethod(Method), Path(whose));
            // Empty: a refusal of its shape must not come before the word on permission and scope.
            if (Changes) request.Content = IsApi ? new StringContent("{}", Encoding.UTF8, "application/json") : Application.Form();
            return request;
        }

        public string Path(Whose whose)
        {
            var path = new StringBuilder();
            var literal = "";
            foreach (var segment in Endpoint.RoutePattern.PathSegments)
            {
                path.Append('/');
                foreach (var part in segment.Parts)
                {
                    if (part is RoutePatternParameterPart parameter) path.Append(Value(Sample(literal, parameter.Name), whose));
                    else if (part is RoutePatternLiteralPart text) path.Append(literal = text.Content);
                    else if (part is RoutePatternSeparatorPart separator) path.Append(separator.Content);
                }
            }
            return path.Length == 0 ? "/" : path.ToString();
        }

        private IEnumerable<SampleRecords.Values> Parameters()
        {
            var literal = "";
            foreach (var part in Endpoint.RoutePattern.PathSegments.SelectMany(s => s.Parts))
            {
                if (part is RoutePatternParameterPart parameter) yield return Sample(literal, parameter.Name);
                else if (part is RoutePatternLiteralPart text) literal = text.Content;
            }
        }

        private SampleRecords.Values Sample(string literal, string parameter) => SampleRecords.Of(literal, parameter)
            ?? throw new InvalidOperationException($"{Name}: add a sample record for '{parameter}' after '{literal}' to {nameof(SampleRecords)}.");

        private static string Value(SampleRecords.Values values, Whose whose) =>
            (whose switch { Whose.Own => values.Own, Whose.Foreign => values.Foreign, _ => values.Absent }) ?? values.Absent;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FieldSupport.Web.Access;
using FieldSupport.Web.Mediation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Mediation;

public sealed class PipelineTests
{
    private static readonly string Own = $"/probe/orders/{SampleWorld.Lakeside.Order}";
    private static readonly string Foreign = $"/probe/orders/{SampleWorld.Northfork.Order}";
    private const string Absent = "/probe/orders/ORD-00000";
    private const string Rep = "rep@demo.test";

    [Theory, OnBothDatabases]
    public async Task Permission_comes_before_scope_scope_before_shape_and_shape_before_the_handler(Database database)
    {
        await using var application = await Start(database);
        var rep = await application.SignedIn(Rep);
        var auditor = await application.SignedIn("auditor@demo.test");

        // The auditor never logs a chase, whatever the record and however senseless the form.
        foreach (var address in new[] { Own, Foreign, Absent })
            Assert.Equal(HttpStatusCode.Forbidden, (await Post(auditor, address, ("count", "x"))).StatusCode);
        foreach (var address in new[] { Foreign, Absent })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await Post(rep, address, ("count", "not a number"))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await rep.GetAsync(address)).StatusCode);
        }
        var refused = await Post(rep, Own, ("count", "not a number"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var said = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Po: Enter a purchase order.", said, StringComparison.Ordinal);
        Assert.Contains("count: ", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, Own, ("po", "LR-2"), ("count", "1"))).StatusCode);

        await using var db = application.Open();
        Assert.Equal("LR-2", (await db.Orders.SingleAsync(o => o.Number == SampleWorld.Lakeside.Order)).Po);
        Assert.Equal(3, await db.Audit.CountAsync(a => a.Action == "access.denied" && a.Actor == "auditor@demo.test"));
    }

    [Theory, OnBothDatabases]
    public async Task A_refusal_saves_nothing_and_says_why(Database database)
    {
        await using var application = await Start(database);
        var rep = await application.SignedIn(Rep);
        var answer = await Post(rep, Own, ("po", "REFUSE"), ("count", "1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("It was asked to refuse.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = application.Open();
        Assert.Equal("LR-1", (await db.Orders.SingleAsync(o => o.Number == SampleWorld.Lakeside.Order)).Po);
    }

    [Theory, OnBothDatabases]
    public async Task Whoever_saw_an_older_version_is_told_so(Database database)
    {
        await using var application = await Start(database);
        var rep = await application.SignedIn(Rep);
        var stale = Guid.NewGuid().ToString();
        Assert.Equal(HttpStatusCode.Conflict, (await Post(rep, Own, ("po", "LR-3"), ("count", "1"), ("version", stale))).StatusCode);
        await using var db = application.Open();
        Assert.Equal("LR-1", (await db.Orders.SingleAsync(o => o.Number == SampleWorld.Lakeside.Order)).Po);
    }

    [Theory, OnBothDatabases]
    public async Task Programs_get_a_code_with_every_refusal(Database database)
    {
        await using var application = await Start(database);
        var rep = await application.WithToken(Rep);
        var auditor = await application.WithToken("auditor@demo.test");

        async Task<(int, string?)> Ask(HttpClient client, string address, object body)
        {
            var answer = await client.PostAsJsonAsync("/api" + address, body);
            if (answer.StatusCode == HttpStatusCode.NoContent) return (204, null);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return ((int)answer.StatusCode, problem.GetProperty("code").GetString());
        }

        Assert.Equal((401, "not-signed-in"), await Ask(application.Bare(), Own, new { po = "X" }));
        Assert.Equal((403, "forbidden"), await Ask(auditor, Own, new { po = "X" }));
        Assert.Equal((404, "not-found"), await Ask(rep, Foreign, new { }));
        Assert.Equal((404, "not-found"), await Ask(rep, Absent, new { }));
        Assert.Equal((422, "invalid"), await Ask(rep, Own, new { }));
        Assert.Equal((422, "probe.refused"), await Ask(rep, Own, new { po = "REFUSE" }));
        Assert.Equal((409, "stale"), await Ask(rep, Own, new { po = "X", version = Guid.NewGuid() }));
        Assert.Equal((204, null), await Ask(rep, Own, new { po = "X" }));
        // A cookie is no token: from a page's script the anti-forgery header is needed.
        Assert.Equal(HttpStatusCode.NotFound, (await rep.GetAsync("/api/v1/no-such-thing")).StatusCode);
    }

    [Fact]
    public async Task A_locked_database_is_503_with_a_word_on_when_to_try_again()
    {
        await using var application = await Start(Database.Sqlite, ";Default Timeout=1");
        var rep = await application.SignedIn(Rep);
        await using var other = new SqliteConnection(application.ConnectionString);
        await other.OpenAsync();
        await using (other.BeginTransaction(deferred: false))
        {
            var answer = await Post(rep, Own, ("po", "LR-4"), ("count", "1"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
        }
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, Own, ("po", "LR-4"), ("count", "1"))).StatusCode);
    }

    [Fact]
    public async Task A_database_out_of_reach_is_503_on_pages_and_for_programs_and_not_ready()
    {
        await using var application = await Start(Database.Postgres);
        var (rep, program) = (await application.SignedIn(Rep), await application.WithToken(Rep));
        await (await FieldSupport.Testing.PostgresServer.SharedAsync()).DropDatabaseAsync(application.ConnectionString);

        foreach (var answer in new[] { await rep.GetAsync(Own), await program.GetAsync("/api/v1/deliveries") })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await application.Bare().GetAsync("/readyz")).StatusCode);
        Assert.Equal("not ready", await (await application.Bare().GetAsync("/readyz")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await application.Bare().GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task The_system_may_send_everything()
    {
        await using var application = await Start(Database.Sqlite);
        Assert.Equal("NF-1", await application.Send(new Probe.Query(SampleWorld.Northfork.Order)));
        await Assert.ThrowsAsync<AbsentException>(() => application.Send(new Probe.Query(SampleWorld.Northfork.Order), Rep));
        await Assert.ThrowsAsync<ForbiddenException>(() => application.Send(new Probe.Query(SampleWorld.Northfork.Order), "materials@demo.test"));
    }

    [Fact]
    public void A_message_that_states_no_permission_or_has_no_handler_stops_the_start()
    {
        MessageCheck.Run([typeof(Probe.Query), typeof(Probe.QueryHandler)]);
        Assert.Equal("PipelineTests.Unstated states no permission: put [Requires(…)] or [AllowsAnyone(\"why\")] on it.",
            Assert.Throws<StartRefusedException>(() => MessageCheck.Run([typeof(Unstated)])).Message);
        Assert.Equal("PipelineTests.Twice states its permission more than once.",
            Assert.Throws<StartRefusedException>(() => MessageCheck.Run([typeof(Twice)])).Message);
        Assert.Equal("Probe.Query has no handler.", Assert.Throws<StartRefusedException>(() => MessageCheck.Run([typeof(Probe.Query)])).Message);
        Assert.Equal("PipelineTests.Foreigner is neither an IQuery nor an ICommand.",
            Assert.Throws<StartRefusedException>(() => MessageCheck.Run([typeof(Foreigner)])).Message);
    }

    [Fact]
    public void An_endpoint_that_states_no_permission_or_passes_the_gate_by_stops_the_start()
    {
        static Endpoint With(params object[] metadata) => new(null, new EndpointMetadataCollection(metadata), "Some endpoint");
        EndpointCheck.Run([With(new RequiresAttribute(Permission.ReadOrders)), With(new SendsAttribute(typeof(Probe.Query)))]);
        Assert.StartsWith("Some endpoint states no permission", Assert.Throws<StartRefusedException>(() => EndpointCheck.Run([With()])).Message, StringComparison.Ordinal);
        Assert.Throws<StartRefusedException>(() => EndpointCheck.Run([With(new SendsAttribute(typeof(Unstated)))]));
        Assert.Throws<StartRefusedException>(() => EndpointCheck.Run([With(new RequiresAttribute(Permission.ReadOrders), new AllowAnonymousAttribute())]));
    }

    private sealed record Unstated : IQuery<int>;

    [Requires(Permission.ReadOrders), AllowsAnyone("and also not")]
    private sealed record Twice : IQuery<int>;

    [Requires(Permission.ReadOrders)]
    private sealed record Foreigner : IRequest<int>;

    private static Task<Application> Start(Database database, string connection = "") =>
        Application.StartAsync(database, services: ProbeController.AddTo, connectionSuffix: connection);

    private static Task<HttpResponseMessage> Post(HttpClient client, string address, params (string, string?)[] fields) =>
        client.PostAsync(address, Application.Form(fields));
}

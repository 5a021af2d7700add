using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Web.Tests.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Features.Operations;

public sealed partial class MetricsTests
{
    [Theory, OnBothDatabases]
    public async Task A_stranger_finds_no_metrics_and_an_operators_token_reads_them(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        Assert.Equal(HttpStatusCode.NotFound, (await application.Bare().GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await application.WithToken(PagesWorld.Rep)).GetAsync("/metrics")).StatusCode);
        var operators = await application.WithToken("admin@demo.test");
        var answer = await operators.GetAsync("/metrics");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        // Every line is a comment or a figure, and the figures are those of the world.
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
        Assert.Contains("fieldsupport_deliveries_open{outlook=\"Late\"} 2\n", text, StringComparison.Ordinal);
        await using var db = application.Open();
        var waiting = db.Notices.Count(n => n.State == Domain.Chasing.NoticeState.Queued);
        Assert.True(waiting > 0);
        Assert.Contains($"fieldsupport_notices_waiting {waiting}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ridgeview", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SHP-", text, StringComparison.Ordinal);
        application.Clock.Advance(TimeSpan.FromMinutes(10));
        var figures = await operators.GetStringAsync("/metrics");
        foreach (var severity in new[] { "CRITICAL", "HIGH", "MEDIUM", "LOW", "WATCH" }) Assert.Contains($"fieldsupport_stalls_open{{severity=\"{severity}\"}} ", figures, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^fieldsupport_database_bytes [1-9]\d{4,}$", figures);
        Assert.Matches(@"(?m)^fieldsupport_missed_runs \d+$", figures);
        Assert.Contains("fieldsupport_oldest_unsent_notice_seconds 600\n", await operators.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", null, HttpStatusCode.OK), InlineData("::1", null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "203.0.113.9", HttpStatusCode.NotFound), InlineData("10.0.0.8", null, HttpStatusCode.NotFound)]
    public async Task On_this_machine_it_is_open_but_not_through_a_proxy(string from, string? passedOnFor, HttpStatusCode expected)
    {
        await using var application = await Application.StartAsync(Database.Sqlite, services: s => s.AddSingleton<IStartupFilter>(new From(IPAddress.Parse(from))));
        var client = application.Bare();
        if (passedOnFor is not null) client.DefaultRequestHeaders.Add("X-Forwarded-For", passedOnFor);
        Assert.Equal(expected, (await client.GetAsync("/metrics")).StatusCode);
    }

    private sealed class From(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, go) => { context.Connection.RemoteIpAddress = address; return go(context); });
            next(app);
        };
    }

    [GeneratedRegex("^(# (HELP|TYPE) .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? -?[0-9.]+)$", RegexOptions.None, 1000)]
    private static partial Regex Line();
}

using System.Text.Json;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Tests.Pages;
using FieldSupport.Web.Tests.Wall;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace FieldSupport.Web.Tests.Infrastructure;

public sealed class RequestLogTests
{
    [Fact]
    public async Task A_request_is_one_line_with_its_pattern_and_role_and_nothing_that_was_in_its_address()
    {
        using var log = new LogCapture();
        await using var application = await Application.StartAsync(Database.Sqlite, settings: new Dictionary<string, string?> { ["FieldSupport:Logs:Json"] = "true" }, services: log.AddTo);
        var rep = await application.SignedIn(PagesWorld.Rep);
        await rep.GetAsync("/shipments/SECRET-NUMBER?practice=SECRET-NAME");
        await application.Bare().GetAsync("/notices/answer/SECRET-CODE");
        await application.Bare().GetAsync("/SECRET-PLACE");
        await application.Bare().SendAsync(new HttpRequestMessage(new HttpMethod("SECRETWORD"), "/today"));
        // The answer goes out before its line is written.
        for (var i = 0; i < 100 && !log.Lines.Any(l => l.Category == RequestLog.Category && l.Text.Contains("OTHER", StringComparison.Ordinal)); i++) await Task.Delay(20);

        var lines = log.Lines.Where(l => l.Category == RequestLog.Category).Select(l => l.Text).ToList();
        Assert.Contains(lines, l => l.Contains("GET /shipments/{number} 404", StringComparison.Ordinal) && l.Contains("Role=rep", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("/notices/answer/{code} ", StringComparison.Ordinal) && l.Contains("Role=nobody", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("GET /(none) 302", StringComparison.Ordinal));
        // Our own lines, and of the framework's those that the shipped settings let through; without the scopes, which the console leaves out and which hold the path.
        var told = log.Lines.Where(l => !l.Category.StartsWith("Microsoft.", StringComparison.Ordinal) || l.Level >= LogLevel.Warning).Select(l => l.Text.Split(" SpanId:")[0]).ToList();
        Assert.DoesNotContain(told, l => l.Contains("SECRET", StringComparison.OrdinalIgnoreCase) || l.Contains(PagesWorld.Rep, StringComparison.OrdinalIgnoreCase));
    }

    [Theory, InlineData("Production", null, true), InlineData("Production", "false", false), InlineData("Development", null, false), InlineData("Development", "true", true)]
    public void Lines_are_JSON_in_Production_or_where_it_is_asked_for_and_requests_are_among_them_only_then(string environment, string? set, bool isJson)
    {
        var settings = new Checked(new Settings { Logs = new LogSettings { Json = set is null ? null : bool.Parse(set) } }, true, "", "", "", false, environment == "Production");
        using var services = new ServiceCollection().AddLogging(l => l.LogAsSet(settings)).BuildServiceProvider();
        Assert.Equal(isJson, services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName == ConsoleFormatterNames.Json);
        Assert.Equal(isJson, services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.Rules.Single(r => r.CategoryName == RequestLog.Category).LogLevel == LogLevel.Information);
        if (!isJson) return;
        Assert.False(services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue.IncludeScopes);
        using var said = new StringWriter();
        services.GetServices<ConsoleFormatter>().Single(f => f.Name == ConsoleFormatterNames.Json).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(LogLevel.Information, RequestLog.Category, 0, [new("Route", "shipments/{number}"), new("Status", 404)], null, (_, _) => "a \"line\"\nbroken"), null, said);
        var line = Assert.Single(said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var json = JsonDocument.Parse(line);
        Assert.Equal(("shipments/{number}", 404), (json.RootElement.GetProperty("State").GetProperty("Route").GetString(), json.RootElement.GetProperty("State").GetProperty("Status").GetInt32()));
        Assert.EndsWith("Z", json.RootElement.GetProperty("Timestamp").GetString(), StringComparison.Ordinal);
    }
}

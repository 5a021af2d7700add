using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FieldSupport.Web.Tests.Access;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>The wall of domain.md §7.2, proven by looking everywhere: patient detail is planted and then searched for in all that leaves the product.</summary>
public sealed partial class CanaryTests(ITestOutputHelper output) : CanaryWalk(output)
{
    private readonly ITestOutputHelper _output = output;

    [Theory, OnBothDatabases]
    public async Task Nothing_of_the_vault_and_no_day_that_follows_from_refill_by_reaches_sales(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database, listens: true);
        await WorkAsync(world);

        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Manager })
        {
            var (crawl, api) = await CrawlAsync(world, who, world.OfSales);
            Report(database, who, crawl, api);
            Assert.Empty(crawl.Leaks.Concat(api.Leaks));
            Assert.Empty(crawl.Failures.Concat(api.Failures));
            Assert.True(crawl.Visited.Count(v => v.Value == HttpStatusCode.OK) > 100, "so few pages were seen that the crawl was blind");
            // What a move of the visit would mean is for those who may know its bound: named, but without its days.
            using var deliveries = JsonDocument.Parse(await api.GetAsync("/api/v1/deliveries?limit=200"));
            var moves = deliveries.RootElement.GetProperty("deliveries").EnumerateArray().SelectMany(d => d.GetProperty("rescue").EnumerateArray()).Where(r => r.GetProperty("option").GetString() == "RESCHEDULE_VISIT").ToList();
            Assert.NotEmpty(moves);
            Assert.All(moves, m => Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (m.GetProperty("arrival").ValueKind, m.GetProperty("decideBy").ValueKind)));
        }
        AssertQuiet(world);
        await AssertDatabaseAsync(world, database);
        // Two alarms are right: nothing fires here by the timetable, and no carrier's secret is set.
        Assert.All(world.Application.Errors, e => Assert.Matches("though it should|should have run by|^EasyPost called", e));
    }

    /// <summary>Whoever types a patient's reference learns nothing, not even whether there is one; and what was typed stays out of the log.</summary>
    [Theory, OnBothDatabases]
    public async Task Searching_for_patient_detail_answers_as_searching_for_nonsense(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database, listens: true);
        var answers = 0;
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Manager, PagesWorld.Logistics, Practice })
        {
            var client = await world.Application.SignedIn(who);
            foreach (var (page, field) in new[] { ("/search", "q"), ("/orders", "practice"), ("/practices", "q"), ("/deliveries", "practice"), ("/deliveries/export.csv", "practice"), ("/unmatched", "q") })
            {
                foreach (var typed in new[] { world.References[PagesWorld.Uncovered], world.References["V-LAKE-1"], PlantedWorld.Patient, PlantedWorld.Patient[..6], "2027-06-14" })
                {
                    var nonsense = new string([.. typed.Select(c => char.IsAsciiLetter(c) ? (char)(c ^ 1) : c == '2' ? '3' : c)]);
                    var (hit, miss) = (await Ask(typed), await Ask(nonsense));
                    Assert.Equal(miss, hit);
                    answers += 2;

                    async Task<string> Ask(string text)
                    {
                        var answer = await client.GetAsync($"{page}?{field}={Uri.EscapeDataString(text)}");
                        var body = WebUtility.HtmlDecode(Uri.UnescapeDataString(AntiForgery().Replace(await answer.Content.ReadAsStringAsync(), "token")));
                        Assert.DoesNotContain(text, Title().Match(body).Value, StringComparison.OrdinalIgnoreCase);
                        return $"{answer.StatusCode} {body.Replace(text, "typed", StringComparison.OrdinalIgnoreCase)}";
                    }
                }
            }
        }
        _output.WriteLine($"{database}: {answers} answers to searches");
        // At the levels the product is shipped with: the addresses asked for are not among what is logged.
        Assert.Empty(world.Log.Lines.Where(l => l.Level >= Shipped(world, l.Category)).SelectMany(l => world.OfPatients.Find(l.Text)));
    }

    /// <summary>Mail, log, and the files that lie about.</summary>
    private void AssertQuiet(PlantedWorld world)
    {
        var mail = Directory.GetFiles(Path.Combine(world.Application.DataFolder, "mail"), "*.eml");
        Assert.True(mail.Length > 5, "there should be mail to look through");
        var noMail = new LeakDetector([.. world.References.Values, PlantedWorld.Patient, PlantedWorld.Narrative, PlantedWorld.Desk], world.Days);
        foreach (var file in mail)
        {
            Assert.Empty(noMail.Find(File.ReadAllBytes(file)));
            var message = MimeMessage.Load(file);
            Assert.Empty(noMail.Find($"{message.Subject}\n{message.TextBody}\n{message.HtmlBody}\n{string.Join('\n', message.Headers.Select(h => h.Value))}"));
        }
        var lines = world.Log.Lines.ToArray();
        Assert.Contains(lines, l => l.Level == LogLevel.Trace || l.Level == LogLevel.Debug);
        Assert.Contains(lines, l => l.Category.StartsWith("Microsoft.EntityFrameworkCore.Database.Command", StringComparison.Ordinal));
        Assert.Empty(lines.Where(l => world.OfPatients.Find(l.Text).Count > 0).Take(3).Select(l => $"{l.Level} {l.Category}: {l.Text}"));
        _output.WriteLine($"{mail.Length} mails, {lines.Length} lines of log");
    }

    /// <summary>In the database itself no table holds it, but the vault's, which holds it sealed.</summary>
    private async Task AssertDatabaseAsync(PlantedWorld world, Database database)
    {
        Assert.Empty(world.OfPatients.Find(await Rows.AllAsync(world.Application)));
        await using var db = world.Application.Open();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        foreach (var (table, expected) in new[] { ("VisitReferences", world.References.Count), ("SafetyNarratives", PlantedWorld.Reports) })
        {
            command.CommandText = database == Database.Sqlite ? $"SELECT * FROM \"vault_{table}\"" : $"SELECT * FROM vault.\"{table}\"";
            await using var reader = await command.ExecuteReaderAsync();
            var rows = 0;
            while (await reader.ReadAsync())
            {
                rows++;
                for (var i = 0; i < reader.FieldCount; i++)
                    Assert.Empty(reader.GetValue(i) is byte[] bytes ? world.OfPatients.Find(bytes) : world.OfPatients.Find(reader.GetValue(i).ToString() ?? ""));
            }
            Assert.Equal(expected, rows);
        }
        // The files as they lie: database, write-ahead log, anchors, mail.
        var looked = 0;
        foreach (var file in Directory.EnumerateFiles(world.Application.DataFolder, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            Assert.Empty(world.OfPatients.Find(bytes.ToArray()).Select(l => $"{Path.GetFileName(file)}: {l}"));
            looked++;
        }
        if (database == Database.Sqlite) Assert.Contains(Directory.EnumerateFiles(world.Application.DataFolder), f => f.EndsWith("-wal", StringComparison.Ordinal));
        _output.WriteLine($"{database}: {looked} files and {world.References.Count} sealed references looked through");
    }

    /// <summary>The level that appsettings.json gives a category.</summary>
    private static LogLevel Shipped(PlantedWorld world, string category)
    {
        var levels = world.Application.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>().GetSection("Logging:LogLevel").GetChildren().ToList();
        Assert.NotEmpty(levels);
        var nearest = levels.Where(l => category.StartsWith(l.Key, StringComparison.OrdinalIgnoreCase)).MaxBy(l => l.Key.Length) ?? levels.Single(l => l.Key == "Default");
        return Enum.Parse<LogLevel>(nearest.Value!);
    }

    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex AntiForgery();

    [GeneratedRegex("<title>.*?</title>", RegexOptions.Singleline, 1000)]
    private static partial Regex Title();
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Access;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>The wall of domain.md §7.2, proven by looking everywhere: patient detail is planted and then searched for in all that leaves the product.</summary>
public sealed partial class CanaryTests(ITestOutputHelper output)
{
    private const string Admin = "admin@demo.test", Auditor = "auditor@demo.test", Specialist = "specialist@demo.test", Practice = "practice@demo.test";

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

    [Theory, OnBothDatabases]
    public async Task Patient_detail_is_on_nobodys_page_but_the_practices_own_and_the_auditor_reads_that_it_was_read_but_not_what(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database);
        await WorkAsync(world);
        foreach (var who in new[] { Auditor, Admin, PagesWorld.Logistics, Specialist, Practice })
        {
            var (crawl, api) = await CrawlAsync(world, who, who == Practice ? world.OfPractices : world.OfPatients);
            Report(database, who, crawl, api);
            // The practice reads its own references on its refill dates, and nowhere else.
            var leaks = crawl.Leaks.Concat(api.Leaks).ToList();
            if (who == Practice) Assert.NotEmpty(leaks);
            Assert.DoesNotContain(leaks, l => who != Practice || !(l.StartsWith("/portal/refills", StringComparison.Ordinal) || l.StartsWith("POST /portal/refills/", StringComparison.Ordinal)));
            Assert.Empty(crawl.Failures.Concat(api.Failures));
        }
        var audit = await ListTests.Page(await world.Application.SignedIn(Auditor), "/audit?do=vault.read");
        Assert.Contains(PagesWorld.Uncovered, audit, StringComparison.Ordinal);
        Assert.Contains("CASE_WORK", audit, StringComparison.Ordinal);
    }

    /// <summary>The same search over the same pages in the eyes of those who may: it must find, or it never could.</summary>
    [Theory, OnBothDatabases]
    public async Task Whoever_may_see_it_finds_it_there(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database);
        var (desk, api) = await CrawlAsync(world, PagesWorld.Logistics, world.OfTheDesk);
        foreach (var place in new[] { $"/shipments/{PagesWorld.Late}: its body", $"/unmatched/{PlantedWorld.WorkItem}: its body", "/status: its body" })
            Assert.Contains(desk.Leaks, l => l.StartsWith(place, StringComparison.Ordinal));
        Assert.Contains(api.Leaks, l => l.StartsWith($"/api/v1/deliveries/{PagesWorld.Late}: its body", StringComparison.Ordinal));
        var (portal, _) = await CrawlAsync(world, Practice, world.OfTheDesk);
        Assert.Contains(portal.Leaks, l => l.StartsWith("/portal: its body", StringComparison.Ordinal));

        // What staff noted of a call is where staff read it, and the same page of the practice has the call without it.
        const string page = "/shipments/SHP-90001";
        Assert.Contains(PlantedWorld.Call, await ListTests.Page(await world.Application.SignedIn(PagesWorld.Rep), page), StringComparison.Ordinal);
        Assert.Contains("Rosa Marchetti asked FedEx", await ListTests.Page(await world.Application.SignedIn(Practice), page), StringComparison.Ordinal);

        // What was told safety is where safety reads it, and the search would find it anywhere.
        var safety = await world.Application.SignedIn("safety@demo.test");
        Assert.Contains(PlantedWorld.Narrative, await ListTests.Page(safety, $"/safety/{PlantedWorld.Report}"), StringComparison.Ordinal);

        // Beside the practice's own list no page shows a reference; its door hands it out, to the specialist and to the practice whose it is.
        Assert.Equal(world.References, await world.ReadAtTheDoorAsync(new VaultPerson(Specialist, Roles.Specialist)));
        await using var db = world.Application.Open();
        var lakeside = await db.Accounts.Where(a => a.Code == "LAKESIDE").Select(a => a.Id).SingleAsync();
        Assert.Equal(["V-LAKE-1"], (await world.ReadAtTheDoorAsync(new VaultPerson(Practice, Roles.PracticeAdmin, lakeside))).Keys);
        foreach (var role in Roles.All.Where(r => r is not (Roles.Specialist or Roles.Practice or Roles.PracticeAdmin)))
            Assert.Equal("vault.role", (await Assert.ThrowsAsync<VaultRefusal>(() => world.ReadAtTheDoorAsync(new VaultPerson(role, role)))).Code);
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
        output.WriteLine($"{database}: {answers} answers to searches");
        // At the levels the product is shipped with: the addresses asked for are not among what is logged.
        Assert.Empty(world.Log.Lines.Where(l => l.Level >= Shipped(world, l.Category)).SelectMany(l => world.OfPatients.Find(l.Text)));
    }

    /// <summary>A day's work, so that there is something to look through: chases, jobs by hand, mail, a look through the door and refusals at it.</summary>
    private static async Task WorkAsync(PlantedWorld world)
    {
        var application = world.Application;
        var rep = await application.SignedIn(PagesWorld.Rep);
        var chase = await rep.PostAsync($"/deliveries/{PagesWorld.AtRisk}/chase", Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "Asked for the parcel."), ("Due", "none")));
        Assert.Equal(HttpStatusCode.SeeOther, chase.StatusCode);
        await world.ReadAtTheDoorAsync(new VaultPerson(Specialist, Roles.Specialist));
        await Assert.ThrowsAsync<VaultRefusal>(() => world.ReadAtTheDoorAsync(new VaultPerson(PagesWorld.Rep, Roles.Rep)));
        application.Clock.Advance(TimeSpan.FromMinutes(30));
        var admin = await application.SignedIn(Admin);
        foreach (var job in Timetable.Lines)
            Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync($"/status/jobs/{job.Name}/run", Application.Form())).StatusCode);
        var sent = await application.Services.GetRequiredService<NoticeSender>().SendWaiting(isDryRun: false, CancellationToken.None);
        Assert.Equal(0, sent.Waiting);
    }

    private static async Task<(Crawl Pages, Crawl Api)> CrawlAsync(PlantedWorld world, string who, LeakDetector detector)
    {
        var application = world.Application;
        var endpoints = new Endpoints(application);
        User user;
        await using (var db = application.Open()) user = await db.Users.SingleAsync(u => u.Email == who);
        var scope = Roles.IsOfTerritories(user.Role) ? Scope.OfTerritories(user.TerritoryCodes()) : user.AccountId is { } account ? Scope.OfAccount(account) : Scope.EveryAccount;
        var (browser, program) = (await application.SignedIn(who), await application.WithToken(who));
        var (pages, api) = (new Crawl(browser, detector), new Crawl(program, detector));

        await pages.FromAsync(["/"]);
        foreach (var row in endpoints.All.Where(r => r.Method == "GET"))
            await (row.IsApi ? api : pages).FromAsync(await endpoints.AddressesOf(row, scope));
        await api.FromAsync(["/api/v1/deliveries?limit=2", "/api/v1/deliveries?open=false&limit=2", "/api/v1/deliveries?outlook=Late", "/api/v1/deliveries?outlook=rubbish", "/openapi/v1.json"]);
        // Refusals and failures say things too: every change, asked with nothing in it.
        foreach (var row in endpoints.All.Where(r => r.Method is not ("GET" or "HEAD") && !r.IsFile && r.Name != "POST /account/sign-out"))
        {
            foreach (var address in await endpoints.AddressesOf(row, scope))
            {
                using var answer = await (row.IsApi ? program : browser).SendAsync(new HttpRequestMessage(new HttpMethod(row.Method), address)
                {
                    Content = row.IsApi ? new StringContent("{}", Encoding.UTF8, "application/json") : Application.Form(),
                });
                await (row.IsApi ? api : pages).LookAsync($"{row.Method} {address}", answer);
            }
        }
        await pages.SubmitAsync();

        // A page that nobody walked through would be a page that nobody checked.
        var missed = endpoints.All.Where(r => r.Method == "GET" && !r.IsFile && r.IsFor(user.Role))
            .Where(r => !(r.IsApi ? api : pages).Visited.Any(v => r.Leads(v.Key) && (v.Value is HttpStatusCode.OK or HttpStatusCode.Redirect or HttpStatusCode.SeeOther || r.Statement.AnonymousReason is not null)));
        Assert.Empty(missed.Select(r => r.Name));
        return (pages, api);
    }

    private void Report(Database database, string who, Crawl pages, Crawl api) => output.WriteLine(
        $"{database}, {who}: {pages.Answers + api.Answers} answers, {pages.Visited.Count} addresses ({pages.Visited.Count(v => v.Value == HttpStatusCode.OK)} with 200) and {api.Visited.Count} of the API, {pages.Leaks.Count + api.Leaks.Count} leaks");

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
        output.WriteLine($"{mail.Length} mails, {lines.Length} lines of log");
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
        output.WriteLine($"{database}: {looked} files and {world.References.Count} sealed references looked through");
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

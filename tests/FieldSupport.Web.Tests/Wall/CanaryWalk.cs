using System.Net;
using System.Text;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>What the tests of the wall share: a day's work, and a walk through all that one person can reach. Each walk is long, so each test is a class: they run side by side.</summary>
public abstract class CanaryWalk(ITestOutputHelper output)
{
    protected const string Admin = "admin@demo.test", Auditor = "auditor@demo.test", Specialist = "specialist@demo.test", Practice = "practice@demo.test";

    /// <summary>A day's work, so that there is something to look through: chases, jobs by hand, mail, a look through the door and refusals at it.</summary>
    private protected static async Task WorkAsync(PlantedWorld world)
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

    private protected static async Task<(Crawl Pages, Crawl Api)> CrawlAsync(PlantedWorld world, string who, LeakDetector detector)
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

    private protected void Report(Database database, string who, Crawl pages, Crawl api) => output.WriteLine(
        $"{database}, {who}: {pages.Answers + api.Answers} answers, {pages.Visited.Count} addresses ({pages.Visited.Count(v => v.Value == HttpStatusCode.OK)} with 200) and {api.Visited.Count} of the API, {pages.Leaks.Count + api.Leaks.Count} leaks");
}

using System.Net;
using System.Text;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>What one of the databases cannot keep or the calendar cannot reckon with: answered alike on both, never with a failure.</summary>
public sealed class UnkeepableInputTests
{
    private const string Chase = $"/deliveries/{PagesWorld.AtRisk}/chase";

    [Theory, OnBothDatabases]
    public async Task A_nul_in_an_address_or_a_form_is_malformed_and_changes_nothing(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (desk, rep) = (await application.SignedIn(PagesWorld.Logistics), await application.SignedIn(PagesWorld.Rep));
        var program = await application.WithToken(PagesWorld.Rep);
        var before = await Access.Rows.AllAsync(application);
        foreach (var address in new[]
        {
            "/search?q=a%00b", "/deliveries?practice=%00", "/deliveries?after=AAEAAA%00", "/deliveries/export.csv?carrier=%00", "/orders?practice=%00", "/orders?after=%00", "/practices?q=%00", "/practices?after=%00~%00",
            "/unmatched?q=%00", "/unmatched?after=%00",
        })
            Assert.True((await desk.GetAsync(address)).StatusCode == HttpStatusCode.BadRequest, address);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.GetAsync("/api/v1/deliveries?account=%00")).StatusCode);
        var form = await rep.PostAsync(Chase, Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "a\0b"), ("Due", "none")));
        Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await application.Anonymous().PostAsync("/account/sign-in", Application.Form(("Email", "a\0@b.test"), ("Password", "x")))).StatusCode);
        Assert.Equal(before, await Access.Rows.AllAsync(application));
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_nul_or_half_a_character_in_json_is_refused(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var program = await application.WithToken(PagesWorld.Rep);
        foreach (var note in new[] { "a\\u0000b", "a\\ud800b", "a\\udc00" })
        {
            foreach (var field in new[] { "note", "contact", "promise" })
            {
                var body = $$"""{"whom":"carrier","channel":"phone","note":"x","{{field}}":"{{note}}"}""";
                var answer = await program.PostAsync($"/api/v1/deliveries/{PagesWorld.AtRisk}/chases", new StringContent(body, Encoding.UTF8, "application/json"));
                Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{field} {note}: {answer.StatusCode}");
            }
        }
        await using var db = application.Open();
        Assert.False(await db.Chases.AnyAsync());
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_carriers_message_with_a_nul_in_it_is_read_and_marked(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var kind = application.Services.GetRequiredService<ImportKinds>().Find("tracking")!;
        const string message = """
            {"object":"Tracker","id":"trk_1","tracking_code":"77700030000","carrier":"FedEx","status":"in_transit","tracking_details":[{"object":"TrackingDetail","message":"Arrived\u0000here",
            "status":"in_transit","status_detail":"arrived_at_facility","datetime":"2027-02-04T12:00:00Z","tracking_location":{"city":"Mem\u0000phis","state":"TN","zip":"38103"}}]}
            """;
        await using var db = application.Open();
        var report = await kind.Run(db, new MemoryStream(Encoding.UTF8.GetBytes(message)), new ImportOptions(Commit: true, SkipBad: false, "nul.json", null), default);
        Assert.True(report.Committed, string.Join(' ', report.Errors.Select(e => e.Message)));
        Assert.True(await db.TrackingEvents.AnyAsync(e => e.Text == "Arrived\uFFFDhere"));
        await PagesWorld.SweepAsync(application);
        Assert.Contains("Arrived\uFFFDhere", WebUtility.HtmlDecode(await ListTests.Page(await application.SignedIn(PagesWorld.Rep), $"/shipments/{PagesWorld.AtRisk}")), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_search_is_never_cut_within_a_character(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var desk = await application.SignedIn(PagesWorld.Logistics);
        for (var before = 97; before <= 101; before++)
            Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync("/search?q=" + Uri.EscapeDataString(new string('x', before) + "🐨🐨"))).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabasesForEach("0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31")]
    public async Task Days_at_the_ends_of_the_calendar_break_nothing(Database database, string day)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (desk, auditor, rep) = (await application.SignedIn(PagesWorld.Logistics), await application.SignedIn("auditor@demo.test"), await application.SignedIn(PagesWorld.Rep));
        foreach (var address in new[] { $"/deliveries?needByFrom={day}", $"/deliveries?needByTo={day}", $"/deliveries/export.csv?needByFrom={day}&needByTo={day}" })
            Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(address)).StatusCode);
        foreach (var address in new[] { $"/audit?day={day}", $"/audit/export?day={day}" })
            Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync(address)).StatusCode);
        foreach (var time in new[] { "00:00", "23:59" })
        {
            var answer = await rep.PostAsync(Chase, Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "Promised."), ("Due", "other"), ("DueAt", $"{day}T{time}")));
            Assert.True(answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.UnprocessableEntity, $"{day} {time}: {answer.StatusCode}");
            var program = await application.WithToken(PagesWorld.Rep);
            foreach (var offset in new[] { "Z", "-12:00", "+14:00" })
            {
                answer = await program.PostAsync($"/api/v1/deliveries/{PagesWorld.AtRisk}/chases", new StringContent(
                    $$"""{"whom":"carrier","channel":"phone","note":"x","promisedBy":"{{day}}T{{time}}:00{{offset}}"}""", Encoding.UTF8, "application/json"));
                Assert.True((int)answer.StatusCode is 201 or 400 or 422, $"{day} {time} {offset}: {answer.StatusCode}");
            }
        }
        foreach (var page in new[] { "/today", "/deliveries", $"/shipments/{PagesWorld.AtRisk}", Chase }) Assert.Equal(HttpStatusCode.OK, (await rep.GetAsync(page)).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabasesForEach("0001-01-01", "1900-01-01", "9999-12-31")]
    public async Task A_visit_on_an_impossible_day_is_refused_or_swept_with_the_others(Database database, string day)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var kind = application.Services.GetRequiredService<ImportKinds>().Find("visits")!;
        await using (var db = application.Open())
        {
            var file = $"account,visit,visitOn,refillBy\nRIDGEVIEW,V-ODD,{day},{day}\nRIDGEVIEW,V-{PagesWorld.Watch},{day},\nRIDGEVIEW,V-EVEN,2027-02-16,\n";
            var report = await kind.Run(db, new MemoryStream(Encoding.UTF8.GetBytes(file)), new ImportOptions(Commit: true, SkipBad: true, "odd.csv", null), default);
            Assert.True(report.Committed);
            // A carrier's estimate may be anything.
            foreach (var eta in new[] { day, day + "T00:00:00Z", day + "T23:59:59-10:00" })
            {
                var scans = $"carrier,tracking,eventAt,code,city,state,zip,signedBy,eta\nFedEx,77700050000,{(day == "0001-01-01" ? day + "T20:00:00Z" : "2027-02-04T12:00:00Z")},IN_TRANSIT,Memphis,TN,38103,,{eta}\n";
                await application.Services.GetRequiredService<ImportKinds>().Find("tracking")!
                    .Run(db, new MemoryStream(Encoding.UTF8.GetBytes(scans)), new ImportOptions(Commit: true, SkipBad: true, "odd-scans.csv", null), default);
            }
        }
        await PagesWorld.SweepAsync(application);
        var rep = await application.SignedIn(PagesWorld.Rep);
        foreach (var page in new[] { "/today", "/deliveries?status=all", "/practices/ridgeview", $"/shipments/{PagesWorld.Watch}", $"/shipments/{PagesWorld.OnTrack}", $"/shipments/{PagesWorld.Late}", "/orders" })
            Assert.True((await rep.GetAsync(page)).StatusCode == HttpStatusCode.OK, page);
        Assert.Equal(HttpStatusCode.OK, (await (await application.WithToken(PagesWorld.Rep)).GetAsync("/api/v1/deliveries?limit=200")).StatusCode);
        Assert.Empty(application.Errors);
    }
}

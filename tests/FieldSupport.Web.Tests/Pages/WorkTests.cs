using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Exchange.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Pages;

/// <summary>A delivery is put aside, handed over, closed by a person, and the practice is told; each step with its undo. It is Thu Feb 4, 8:00 am CT.</summary>
public sealed partial class WorkTests
{
    private static Task<HttpResponseMessage> Post(HttpClient client, string number, string verb, params (string, string?)[] fields) => client.PostAsync($"/deliveries/{number}/{verb}", Application.Form(fields));

    private static async Task<Delivery> The(Application application, string number)
    {
        await using var db = application.Open();
        return await db.Deliveries.AsNoTracking().SingleAsync(d => d.Number == number);
    }

    [Theory, OnBothDatabases]
    public async Task Put_aside_it_stands_below_until_then_and_never_past_the_next_rung(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var page = await ListTests.Page(rep, $"/deliveries/{PagesWorld.AtRisk}/next");
        var offered = Until().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(offered);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.AtRisk, "snooze", ("until", "2027-02-05T20:00:00Z"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.AtRisk, "snooze", ("until", "2027-02-01T20:00:00Z"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.AtRisk, "snooze", ("until", "soon"))).StatusCode);

        // The latest that is offered is the next rung: need-by of Friday, or Friday's morning.
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.AtRisk, "snooze", ("until", offered[0]))).StatusCode);
        Assert.Equal(PagesWorld.AtRisk, ListTests.RowsOf(await ListTests.Page(rep, "/today"))[^1]);
        Assert.Contains("Put aside until", await ListTests.Page(rep, "/today"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.AtRisk, "wake")).StatusCode);
        Assert.Null((await The(application, PagesWorld.AtRisk)).SnoozedUntilUtc);
    }

    [Theory, OnBothDatabases]
    public async Task What_gets_worse_comes_back_before_its_time(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.AtRisk, "snooze", ("until", "2027-02-05T13:00:00Z"))).StatusCode);
        application.Clock.Advance(TimeSpan.FromHours(12));
        await PagesWorld.SweepAsync(application);
        var row = await The(application, PagesWorld.AtRisk);
        Assert.NotEqual("AtRisk", row.Outlook);
        Assert.Null(row.SnoozedUntilUtc);
    }

    [Theory, OnBothDatabases]
    public async Task Handed_over_the_colleague_is_told_and_only_one_who_sees_the_practice_can_be(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.Late, "hand-over", ("to", PagesWorld.Rep2))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "hand-over", ("to", PagesWorld.Manager), ("note", "I am on the road"))).StatusCode);
        Assert.Equal(PagesWorld.Manager, (await The(application, PagesWorld.Late)).HandledBy);
        var manager = await application.SignedIn(PagesWorld.Manager);
        Assert.Contains("Rosa Marchetti hands you " + PagesWorld.Late, await ListTests.Page(manager, "/notices"), StringComparison.Ordinal);
        Assert.Contains("Ken Okafor", await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Closed_by_a_person_it_stays_closed_through_scans_and_sweeps_and_opens_again(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.Late, "resolve", ("reason", "ON_SHELF"), ("words", "yes"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.Late, "resolve", ("reason", ""), ("words", "Nurse Cole said so, 8 am."))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(rep, PagesWorld.Late, "resolve", ("reason", "OTHER"), ("words", "Patient Smith, DOB 3/4/61, has it"))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "resolve", ("reason", "ON_SHELF"), ("words", "Nurse Cole said so by phone, 8 am."))).StatusCode);

        int told;
        await using (var db = application.Open())
        {
            var stall = await db.Stalls.SingleAsync(s => s.DeliveryNumber == PagesWorld.Late);
            Assert.Equal((ResolutionReason.Cause, application.Clock.GetUtcNow()), (stall.Cause, stall.ClosedAtUtc));
            told = await db.Notices.CountAsync(n => n.DeliveryNumber == PagesWorld.Late);
            // A scan wakes it.
            await db.Deliveries.Where(d => d.Number == PagesWorld.Late).ExecuteUpdateAsync(s => s.SetProperty(d => d.IsOpen, true).SetProperty(d => d.NextCheckAtUtc, application.Clock.GetUtcNow()));
        }
        application.Clock.Advance(TimeSpan.FromHours(8));
        await PagesWorld.SweepAsync(application);
        var row = await The(application, PagesWorld.Late);
        Assert.Equal((false, ""), (row.IsOpen, row.Reasons));
        await using (var db = application.Open()) Assert.Equal(told, await db.Notices.CountAsync(n => n.DeliveryNumber == PagesWorld.Late));
        rep = await application.SignedIn(PagesWorld.Rep);
        Assert.DoesNotContain(PagesWorld.Late, ListTests.RowsOf(await ListTests.Page(rep, "/today")));

        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "reopen")).StatusCode);
        await PagesWorld.SweepAsync(application);
        Assert.Equal(("Late", true), ((await The(application, PagesWorld.Late)).Outlook, (await The(application, PagesWorld.Late)).IsOpen));
    }

    [Theory, OnBothDatabases]
    public async Task Closed_for_one_day_it_is_watched_again_when_the_visit_moves(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        await AddNurseAsync(application);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.OnTrack, "resolve", ("reason", "VISIT_CANCELLED"), ("words", "Nurse Cole cancelled it by phone."))).StatusCode);
        await PagesWorld.SweepAsync(application);
        Assert.False((await The(application, PagesWorld.OnTrack)).IsOpen);

        var nurse = await application.SignedIn("nurse@ridge.test");
        Assert.Equal(HttpStatusCode.SeeOther, (await nurse.PostAsync($"/portal/refills/V-{PagesWorld.OnTrack}/move", Application.Form(("On", "2027-02-25"), ("Anyway", "true")))).StatusCode);
        await PagesWorld.SweepAsync(application);
        var row = await The(application, PagesWorld.OnTrack);
        Assert.Equal((true, null), (row.IsOpen, row.ResolvedBy));
    }

    [Theory, OnBothDatabases]
    public async Task The_practice_is_told_in_an_approved_text_after_a_minute_in_which_it_can_be_taken_back(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "tell-practice")).StatusCode);
        // Pressed twice is told once.
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "tell-practice")).StatusCode);
        var page = await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}");
        var undo = Undo().Match(page).Groups[1].Value;
        Assert.NotEmpty(undo);
        await Send(application);
        Assert.Equal((1, NoticeState.Queued), await Told(application));

        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync(undo, Application.Form())).StatusCode);
        application.Clock.Advance(TimeSpan.FromMinutes(2));
        await Send(application);
        Assert.Equal((1, NoticeState.Withdrawn), await Told(application));

        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "tell-practice")).StatusCode);
        undo = Undo().Match(await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}")).Groups[1].Value;
        application.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rep.PostAsync(undo, Application.Form())).StatusCode);
        await Send(application);
        Assert.Equal((2, NoticeState.Sent), await Told(application));
        await using var db = application.Open();
        var mail = await db.Notices.SingleAsync(n => n.Rung == "TOLD_PRACTICE" && n.State == NoticeState.Sent);
        Assert.Equal("desk@ridgeview.test", mail.Addresses);
        Assert.Contains("Text late 2026-11.", mail.Body, StringComparison.Ordinal);
        Assert.Empty(Undo().Matches(await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}")));
    }

    [Theory, OnBothDatabases]
    public async Task The_practice_sees_that_somebody_asked_and_what_was_promised_and_not_what_they_wrote_down(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        await AddNurseAsync(application);
        var (rep, nurse, address) = (await application.SignedIn(PagesWorld.Rep), await application.SignedIn("nurse@ridge.test"), $"/shipments/{PagesWorld.Late}");
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync($"/deliveries/{PagesWorld.Late}/chase", Application.Form(
            ("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "Their dock never answers anyway."), ("Due", "other"), ("DueAt", "2027-02-05T09:00")))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post(rep, PagesWorld.Late, "tell-practice")).StatusCode);

        Assert.Contains("Their dock never answers anyway.", await ListTests.Page(rep, address), StringComparison.Ordinal);
        var theirs = await ListTests.Page(nurse, address);
        Assert.DoesNotContain("Their dock never answers anyway.", theirs, StringComparison.Ordinal);
        Assert.Contains("asked FedEx", theirs, StringComparison.Ordinal);
        Assert.Contains("Promised by", theirs, StringComparison.Ordinal);
        // What was sent to them is theirs to read.
        Assert.Contains("told Ridgeview Rehab Clinic: “", System.Net.WebUtility.HtmlDecode(theirs), StringComparison.Ordinal);
    }

    private static async Task AddNurseAsync(Application application)
    {
        await using var db = application.Open();
        var demo = await db.Users.AsNoTracking().SingleAsync(u => u.Email == "practice@demo.test");
        var ridge = await db.Accounts.SingleAsync(a => a.Code == "RIDGEVIEW");
        db.Users.Add(new Web.Data.User
        {
            UserName = "nurse@ridge.test", NormalizedUserName = "NURSE@RIDGE.TEST", Email = "nurse@ridge.test", NormalizedEmail = "NURSE@RIDGE.TEST", DisplayName = "Nurse", Role = "practice", AccountId = ridge.Id,
            PasswordHash = demo.PasswordHash, SecurityStamp = "stamp",
        });
        await db.SaveChangesAsync();
    }

    private static Task<SendReport> Send(Application application) => application.Services.GetRequiredService<NoticeSender>().SendWaiting(isDryRun: false, CancellationToken.None);

    private static async Task<(int, NoticeState)> Told(Application application)
    {
        await using var db = application.Open();
        var told = await db.Notices.AsNoTracking().Where(n => n.Rung == "TOLD_PRACTICE").OrderBy(n => n.QueuedAtUtc).ToListAsync();
        return (told.Count, told[^1].State);
    }

    [GeneratedRegex("<option value=\"(2027-[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Until();

    [GeneratedRegex("action=\"(/deliveries/[^\"]+/chase/undo[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Undo();
}

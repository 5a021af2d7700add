using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Notices;

/// <summary>"I have it": in the application, from the mail's link, by a logged chase. It is Thu Feb 4, 8:00 am CT; a late parcel was told to the rep.</summary>
public sealed partial class AnswerTests
{
    private static async Task<Notice> RepsNotice(Application application, string number = PagesWorld.Late)
    {
        await using var db = application.Open();
        return await db.Notices.AsNoTracking().SingleAsync(n => n.DeliveryNumber == number && n.Person == PagesWorld.Rep && n.LinkHash != null);
    }

    private static async Task<RungEntry> Rung(Application application, Notice of)
    {
        await using var db = application.Open();
        return await db.Rungs.AsNoTracking().SingleAsync(r => r.WatchKey == of.WatchKey && r.Rung == of.Rung && r.Round == of.Round);
    }

    private static string LinkOf(Application application, Notice notice) => NoticeLinks.Path + application.Services.GetRequiredService<NoticeLinks>().CodeOf(notice.MessageId);

    [Theory, OnBothDatabases]
    public async Task The_mails_link_opens_a_page_that_changes_nothing_and_its_button_answers_once(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var notice = await RepsNotice(application);
        Assert.NotNull((await Rung(application, notice)).AnswerDueAtUtc);
        var (stranger, link) = (application.Anonymous(), LinkOf(application, notice));

        for (var i = 0; i < 3; i++) Assert.Contains("I have it", await ListTests.Page(stranger, link), StringComparison.Ordinal);
        Assert.Null((await Rung(application, notice)).AnsweredAtUtc);

        Assert.Equal(HttpStatusCode.SeeOther, (await stranger.PostAsync(link, Application.Form())).StatusCode);
        var rung = await Rung(application, notice);
        Assert.Equal((PagesWorld.Rep, (DateTimeOffset?)null), (rung.AnsweredBy, rung.AnswerDueAtUtc));
        Assert.Contains("You have this", await ListTests.Page(stranger, link), StringComparison.Ordinal);

        var again = await stranger.PostAsync(link, Application.Form());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Contains("You have answered this already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = application.Open();
        Assert.Equal(1, await db.Audit.CountAsync(a => a.Action == "notice.answered" && a.Actor == PagesWorld.Rep));
    }

    [Theory, OnBothDatabases]
    public async Task After_an_answer_the_next_level_is_not_told_and_without_one_it_is(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var notice = await RepsNotice(application);
        await application.Anonymous().PostAsync(LinkOf(application, notice), Application.Form());
        application.Clock.Advance(TimeSpan.FromHours(3));
        await PagesWorld.SweepAsync(application);
        await using var db = application.Open();
        // In the other territory nobody answered; nobody stands above them here, and that is on record too.
        Assert.Equal([PagesWorld.ForeignLate], (await db.Audit.Where(a => a.Action == "rung.unanswered").Select(a => a.Key).ToListAsync()).Where(k => k is PagesWorld.Late or PagesWorld.ForeignLate));
    }

    [Theory, OnBothDatabases]
    public async Task A_link_of_somebody_else_an_expired_one_and_a_guessed_one_answer_nothing(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var notice = await RepsNotice(application);
        var link = LinkOf(application, notice);
        var manager = await application.SignedIn(PagesWorld.Manager);
        foreach (var answer in new[] { await manager.GetAsync(link), await manager.PostAsync(link, Application.Form()) })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains("mailed to somebody else", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await application.Anonymous().GetAsync(NoticeLinks.Path + "not-a-code")).StatusCode);

        application.Clock.Advance(TimeSpan.FromDays(14));
        var stranger = application.Anonymous();
        Assert.Contains("This link has expired", await ListTests.Page(stranger, link), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stranger.PostAsync(link, Application.Form())).StatusCode);
        Assert.Null((await RepsNotice(application)).AnsweredAtUtc);
    }

    [Theory, OnBothDatabases]
    public async Task The_page_of_ones_notices_lists_what_waits_and_the_bell_counts_it(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var page = await ListTests.Page(rep, "/notices");
        var waiting = Acknowledge().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(waiting);
        Assert.Contains($"Notices, {(waiting.Count == 1 ? "1 waits" : $"{waiting.Count} wait")} for you", page, StringComparison.Ordinal);
        Assert.DoesNotContain(PagesWorld.ForeignLate, page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync(waiting[0], Application.Form())).StatusCode);
        Assert.Equal(waiting.Count - 1, Acknowledge().Count(await ListTests.Page(rep, "/notices")));
        // Not theirs: as if it were not there.
        var other = await application.SignedIn(PagesWorld.Rep2);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync(waiting[0], Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync("/notices/acknowledge", Application.Form())).StatusCode);
        Assert.Contains("none waits for you", await ListTests.Page(rep, "/notices"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Who_logs_a_chase_or_takes_the_delivery_has_answered(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var notice = await RepsNotice(application);
        Assert.Contains("Nobody has answered", await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync($"/deliveries/{PagesWorld.Late}/acknowledge", Application.Form())).StatusCode);
        Assert.Equal(PagesWorld.Rep, (await Rung(application, notice)).AnsweredBy);
        Assert.DoesNotContain("Nobody has answered", await ListTests.Page(rep, $"/shipments/{PagesWorld.Late}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await rep.PostAsync($"/deliveries/{PagesWorld.ForeignLate}/acknowledge", Application.Form())).StatusCode);

        var other = await application.SignedIn(PagesWorld.Rep2);
        Assert.Equal(HttpStatusCode.SeeOther, (await other.PostAsync($"/deliveries/{PagesWorld.ForeignLate}/chase",
            Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Note", "On the next truck"), ("Due", "none"), ("Safety.Heard", "no")))).StatusCode);
        await using var db = application.Open();
        Assert.Equal(0, await db.Rungs.CountAsync(r => r.AnswerDueAtUtc != null && r.DeliveryId == db.Deliveries.Single(d => d.Number == PagesWorld.ForeignLate).Id));
    }

    [Theory, OnBothDatabases]
    public async Task A_chase_answers_what_was_told_last_though_it_is_calm_and_nobody_waits_for_it(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var notice = await RepsNotice(application);
        await using (var db = application.Open())
        {
            // Told at MEDIUM, to others.
            (await db.Rungs.SingleAsync(r => r.WatchKey == notice.WatchKey && r.Rung == notice.Rung)).AnswerDueAtUtc = null;
            await db.Notices.Where(n => n.WatchKey == notice.WatchKey).ExecuteUpdateAsync(n => n.SetProperty(x => x.LinkHash, (string?)null));
            await db.SaveChangesAsync();
        }
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync($"/deliveries/{PagesWorld.Late}/chase",
            Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Note", "On the next truck"), ("Due", "none"), ("Safety.Heard", "no")))).StatusCode);
        Assert.Equal(PagesWorld.Rep, (await Rung(application, notice)).AnsweredBy);
    }

    [Theory, OnBothDatabases]
    public async Task Wishes_are_kept_and_senseless_ones_refused(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Contains("Ken Okafor", await ListTests.Page(rep, "/settings"), StringComparison.Ordinal);
        (string, string?)[] good = [("TimeZone", "America/Chicago"), ("QuietFrom", "20:00"), ("QuietUntil", "07:00"), ("DigestAt", "07:30"), ("DigestsLesser", "true"), ("Deputy", "manager@demo.test"), ("AwayFrom", "2027-02-10"), ("AwayUntil", "2027-02-12")];
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync("/settings", Application.Form(good))).StatusCode);
        await using (var db = application.Open())
        {
            var kept = await db.NoticePreferences.SingleAsync();
            Assert.Equal((new TimeOnly(20, 0), new TimeOnly(7, 0), true, new DateOnly(2027, 2, 10)), (kept.QuietFrom, kept.QuietUntil, kept.DigestsLesser, kept.AwayFrom));
        }
        foreach (var (name, value, words) in new[]
        {
            ("TimeZone", "Mars/Olympus", "Choose your time zone"), ("QuietUntil", "", "both ends"), ("QuietUntil", "20:00", "no length"), ("AwayUntil", "2027-02-01", "before the first"),
            ("Deputy", "", "Choose who stands in"), ("Deputy", "rep2@demo.test", "cannot stand in"), ("QuietFrom", "25:99", "not valid"),
        })
        {
            var answer = await rep.PostAsync("/settings", Application.Form([.. good.Select(f => f.Item1 == name ? (name, value) : f)]));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(words, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("action=\"(/notices/[^\"]+/acknowledge)\"", RegexOptions.None, 1000)]
    private static partial Regex Acknowledge();
}

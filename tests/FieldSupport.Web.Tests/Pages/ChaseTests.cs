using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Pages;

public sealed partial class ChaseTests
{
    private const string Address = $"/deliveries/{PagesWorld.AtRisk}/chase";

    [Theory, OnBothDatabases]
    public async Task A_logged_promise_moves_the_row_down_and_a_broken_one_puts_it_on_top(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var answer = await Log(rep, "On the next truck", due: "2027-02-04T15:00");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal($"/shipments/{PagesWorld.AtRisk}", answer.Headers.Location!.OriginalString);

        var page = await ListTests.Page(rep, "/today");
        Assert.Equal(PagesWorld.AtRisk, ListTests.RowsOf(page)[^1]);
        Assert.Contains("Being chased, promised by 3:00 pm CT", page, StringComparison.Ordinal);

        application.Clock.Advance(TimeSpan.FromHours(8));
        await PagesWorld.SweepAsync(application);
        page = await ListTests.Page(await application.SignedIn(PagesWorld.Rep), "/today");
        Assert.Equal(PagesWorld.AtRisk, ListTests.RowsOf(page)[0]);
        Assert.Contains("Promise broken", page, StringComparison.Ordinal);
    }

    /// <summary>Enter presses the first button of a form; Safari the first that is drawn.</summary>
    [Fact]
    public async Task The_first_button_of_the_form_answers_nothing_and_is_drawn()
    {
        await using var application = await PagesWorld.StartAsync(Database.Sqlite);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var first = FirstButton().Match(await ListTests.Page(rep, Address)).Groups[1].Value;
        Assert.Contains("class=\"visually-hidden\"", first, StringComparison.Ordinal);
        foreach (var word in new[] { " hidden", "name=", "value=", "disabled", "type=" }) Assert.DoesNotContain(word, first, StringComparison.Ordinal);
        var answer = await rep.PostAsync(Address, Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Note", "No answer"), ("Due", "none")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task Who_writes_without_having_seen_a_newer_chase_is_shown_both_and_may_go_on(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (rep, manager) = (await application.SignedIn(PagesWorld.Rep), await application.SignedIn(PagesWorld.Manager));
        var before = Seen(await ListTests.Page(rep, Address));
        application.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(manager, "The depot holds it", seen: before)).StatusCode);

        var stale = await Log(rep, "No answer", seen: before);
        var page = await stale.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Contains("Ken Okafor logged a chase while you were writing", page, StringComparison.Ordinal);
        Assert.Contains("The depot holds it", page, StringComparison.Ordinal);
        Assert.Contains("No answer</textarea>", page, StringComparison.Ordinal);

        application.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "No answer", seen: Seen(page))).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task A_form_sent_twice_is_one_chase_and_nobody_is_told_of_somebody_else(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var before = Seen(await ListTests.Page(rep, Address));
        var answers = await Task.WhenAll(Log(rep, "No answer", seen: before), Log(rep, " No answer ", seen: before));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.SeeOther, $"/shipments/{PagesWorld.AtRisk}"), (a.StatusCode, a.Headers.Location?.OriginalString)));
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "No answer", seen: before)).StatusCode);
        await using var db = application.Open();
        Assert.Single(await db.Chases.ToListAsync());
        // Other words, or the same ones later, are a chase of their own.
        Assert.Equal(HttpStatusCode.Conflict, (await Log(rep, "They will look", seen: before)).StatusCode);
        application.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Conflict, (await Log(rep, "No answer", seen: before)).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task A_practice_reads_that_somebody_asked_and_what_was_promised_but_not_what_staff_noted(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        const string number = "SHP-90001", page = "/shipments/" + number;
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync($"/deliveries/{number}/chase", Application.Form(
            ("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Contact", "Dave of the depot"), ("Note", "Dave grumbles about their dock"), ("Promise", "on the next truck"), ("Due", "2027-02-04T15:00")))).StatusCode);
        application.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync($"/deliveries/{number}/tell-practice", Application.Form())).StatusCode);
        await using (var db = application.Open())
        {
            var chase = await db.Chases.FirstAsync(c => c.DeliveryNumber == number);
            (await db.Deliveries.SingleAsync(d => d.Number == number)).IsOpen = true;
            db.Chases.Add(new()
            {
                AccountId = chase.AccountId, DeliveryId = chase.DeliveryId, DeliveryNumber = number, Whom = "carrier", Channel = "phone", Note = "Our own call", LoggedBy = SampleWorld.Nurse,
                LoggedAtUtc = application.Clock.GetUtcNow().AddHours(-1),
            });
            await db.SaveChangesAsync();
        }
        var (practice, program) = (await application.SignedIn("practice@demo.test"), await application.WithToken("practice@demo.test"));
        var read = await ListTests.Page(practice, page);
        foreach (var said in new[] { "Rosa Marchetti asked FedEx", "on the next truck", "Promised by", "Our own call", "approved text" }) Assert.Contains(said, read, StringComparison.Ordinal);
        foreach (var text in new[] { read, await practice.GetStringAsync("/deliveries/export.csv"), await program.GetStringAsync($"/api/v1/deliveries/{number}"), await practice.GetStringAsync("/portal") })
        {
            Assert.DoesNotContain("grumbles", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Dave", text, StringComparison.Ordinal);
        }
        var staff = await ListTests.Page(rep, page);
        Assert.Contains("(Dave of the depot)", staff, StringComparison.Ordinal);
        Assert.Contains("Dave grumbles about their dock", staff, StringComparison.Ordinal);

        // Taken back before it went, the message is none.
        var undo = Undo().Match(staff).Groups[1].Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync(WebUtility.HtmlDecode(undo), Application.Form())).StatusCode);
        Assert.DoesNotContain("approved text", await ListTests.Page(practice, page), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_sweep_in_between_makes_nobody_stale(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var before = Seen(await ListTests.Page(rep, Address));
        await PagesWorld.SweepAsync(application);
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "No answer", seen: before)).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task What_reads_like_a_patient_is_refused_and_not_kept(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        var answer = await Log(rep, "They need it for patient Smith, DOB 3/4/61");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("reads like a date of birth", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Log(rep, "")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Log(rep, "Late truck", due: "2027-02-03T09:00")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Log(rep, "Late truck", due: "other")).StatusCode);
        // A time that was typed is not dropped because another choice stands beside it.
        var typed = await rep.PostAsync(Address, Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "Late truck"), ("Due", "none"), ("DueAt", "2027-02-05T09:00")));
        Assert.Contains("You gave a time", await typed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var db = application.Open();
        Assert.Empty(await db.Chases.ToListAsync());
    }

    [Theory, OnBothDatabases]
    public async Task A_chase_can_be_taken_back_by_its_writer_until_another_one_rests_on_it(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (rep, manager) = (await application.SignedIn(PagesWorld.Rep), await application.SignedIn(PagesWorld.Manager));
        await Log(rep, "First promise", due: "2027-02-04T15:00");
        application.Clock.Advance(TimeSpan.FromSeconds(1));
        await Log(rep, "Second promise", due: "2027-02-05T09:00");
        var undo = Undo().Match(await ListTests.Page(rep, $"/shipments/{PagesWorld.AtRisk}")).Groups[1].Value;
        Assert.NotEmpty(undo);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.PostAsync(undo, Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await rep.PostAsync(undo, Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rep.PostAsync(undo, Application.Form())).StatusCode);

        await using var db = application.Open();
        var delivery = await db.Deliveries.SingleAsync(d => d.Number == PagesWorld.AtRisk);
        Assert.Equal(new DateTimeOffset(2027, 2, 4, 21, 0, 0, TimeSpan.Zero), delivery.PromisedByUtc); // the first stands again
        Assert.Contains("chase.undone", await db.Audit.Select(e => e.Action).ToListAsync());
    }

    private static Task<HttpResponseMessage> Log(HttpClient client, string note, string due = "none", string? seen = null) => client.PostAsync(Address, Application.Form(
        seen is null ? [("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", note), ("Due", due)] : [("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", note), ("Due", due), ("Seen", seen)]));

    [GeneratedRegex("<form method=\"post\" action=\"[^\"]*/chase\".*?<button([^>]*)>", RegexOptions.Singleline, 1000)]
    private static partial Regex FirstButton();

    private static string Seen(string page) => SeenField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"Seen\" value=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex SeenField();

    [GeneratedRegex("action=\"(/deliveries/[^\"]+/chase/undo[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Undo();
}

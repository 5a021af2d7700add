using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Web.Access;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>People and hours of a practice, changed by its own administrator.</summary>
public sealed partial class SettingsTests
{
    private const string Admin = "practice@demo.test", Address = "/portal/settings", People = Address + "/people";

    [Theory, OnBothDatabases]
    public async Task Hours_and_closed_days_say_old_and_new_and_date_anew_what_is_on_its_way(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var admin = await application.SignedIn(Admin);
        await Parcels.Sweep(application, onlyDue: false);
        Assert.Equal(5, (await NeedBy(application)).Day);

        Assert.Contains("Mon–Fri 8 am–4 pm → Mon–Thu 8 am–12 pm, 1–3 pm", await Saved(admin, "/hours", Hours("08:00", "12:00", "13:00", "15:00", openDays: 4)), StringComparison.Ordinal);
        await Parcels.Sweep(application);
        // Two clinic days before Tuesday the 9th, Friday being closed now: Thursday the 4th, 3 pm.
        Assert.Equal(new DateTimeOffset(2027, 2, 4, 21, 0, 0, TimeSpan.Zero), await NeedBy(application));

        Assert.Contains("Mon Feb 8: open → closed", await Saved(admin, "/closures", ("From", "2027-02-08"), ("Reason", "Staff training")), StringComparison.Ordinal);
        var page = await Saved(admin, "/closures", ("From", "2027-02-09"), ("Until", "2027-02-10"));
        Assert.Contains("1 refill lies there", page, StringComparison.Ordinal);
        Assert.Contains("A refill is booked on Tue Feb 9, when you are closed", page, StringComparison.Ordinal);
        Assert.Contains("You are closed on that day: Staff training", WebUtility.HtmlDecode(await admin.GetStringAsync("/portal/refills?month=2027-02")), StringComparison.Ordinal);
        Assert.Contains("Mon Feb 8: closed → open", await Saved(admin, "/closures/remove", ("on", "2027-02-08")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(Address + "/closures/remove", Application.Form(("on", "2027-02-08")))).StatusCode);
        await using (var db = application.Open())
        {
            Assert.Equal(2, await db.Closures.CountAsync());
            foreach (var action in new[] { "closure.entered", "closure.removed", "location.hours-changed" }) Assert.True(await db.Audit.AnyAsync(e => e.Action == action && e.Actor == Admin), action);
        }
        foreach (var (path, fields, said) in new (string, (string, string?)[], string)[]
        {
            ("/hours", Hours("12:00", "08:00", null, null, 5), "must close after it opens"), ("/hours", Hours("08:00", null, null, null, 5), "give both times"),
            ("/hours", Hours("08:00", "12:00", "11:00", "15:00", 5), "overlap"), ("/hours", Hours(null, null, null, null, 5), "At least one day"),
            ("/closures", [("From", "")], "Choose the day"), ("/closures", [("From", "2027-02-01")], "is over"), ("/closures", [("From", "2027-03-10"), ("Until", "2027-03-09")], "before the first"),
            ("/closures", [("From", "2027-03-10"), ("Until", "2027-09-09")], "At most 60"), ("/closures", [("From", "2027-03-10"), ("Reason", "Patient: Miller")], "Take out"),
        })
            Assert.Contains(said, await Refused(admin, path, fields), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(Address + "/hours", Application.Form([.. Hours("08:00", "12:00", null, null, 5).Where(f => f.Name != "Site"), ("Site", "Elsewhere")]))).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task Contacts_are_the_administrators_to_change_and_everybodys_to_read(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var admin = await application.SignedIn(Admin);
        var page = await Saved(admin, "/contacts", ("Phone", "901 555 0100"), ("CoordinatorName", "Imani Cole"), ("CoordinatorEmail", "imani@lakeside.test"), ("DockNote", "Back door, ring twice <b>"));
        Assert.Contains("Coordinator: none → Imani Cole", page, StringComparison.Ordinal);
        foreach (var (field, value, said) in new[] { ("Phone", "call us", "whole number"), ("CoordinatorEmail", "imani, desk@x.test", "not a mail address"), ("DockNote", "DOB 1/1/1980", "Take out"), ("ClinicalLeadName", new string('x', 121), "At most 120"), ("ClinicalLeadName", "a\nb", "one line") })
            Assert.Contains(said, await Refused(admin, "/contacts", (field, value)), StringComparison.Ordinal);
        var nurse = await application.SignedIn(SampleWorld.Nurse);
        var seen = await nurse.GetStringAsync(Address);
        Assert.Contains("Back door, ring twice &lt;b&gt;", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/portal/settings", seen, StringComparison.Ordinal);
        foreach (var path in new[] { "/contacts", "/hours", "/closures", "/people", "/people/remove", "/people/reset", "/people/withdraw" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await nurse.PostAsync(Address + path, null)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn("rep@demo.test")).PostAsync(Address + path, null)).StatusCode);
        }
        Assert.DoesNotContain("imani@lakeside.test", await (await application.SignedIn("practice2@demo.test")).GetStringAsync(Address), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_colleague_is_invited_comes_in_and_is_out_at_the_next_request_after_removal(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var admin = await application.SignedIn(Admin);
        const string mail = "new@lakeside.test", password = "A-long-password-1";
        var link = await Link(admin, mail);
        await using (var db = application.Open())
        {
            var notice = await db.Notices.SingleAsync(n => n.Rung == "INVITATION");
            Assert.Equal(("invited", mail, mail, Guid.Empty), (notice.Recipient, notice.Person, notice.Addresses, notice.AccountId));
            Assert.Contains(link, notice.Body, StringComparison.Ordinal);
            var user = await db.Users.SingleAsync(u => u.Email == mail);
            Assert.Equal((Roles.Practice, Admin), (user.Role, user.InvitedBy));
        }
        Assert.DoesNotContain(mail, Section(await admin.GetStringAsync(Address)), StringComparison.Ordinal);
        // A second link ends the first.
        application.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await Link(admin, mail);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Choose(application, link, password)).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await Choose(application, second, password)).StatusCode);
        var colleague = await application.SignedIn(mail, password);
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/portal/refills")).StatusCode);
        Assert.Contains(mail, Section(await admin.GetStringAsync(Address)), StringComparison.Ordinal);
        Assert.Contains("works with you here already", await Refused(admin, "/people", ("Name", "N"), ("Email", mail.ToUpperInvariant()), ("Role", "practice")), StringComparison.Ordinal);

        Assert.Contains("has no access any more", await Saved(admin, "/people/remove", ("email", mail)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await colleague.GetAsync("/portal/refills")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(People + "/remove", Application.Form(("email", mail)))).StatusCode);
        Assert.Contains("cannot remove yourself", await Refused(admin, "/people/remove", ("email", Admin)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(People + "/remove", Application.Form(("email", "practice2@demo.test")))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(People + "/reset", Application.Form(("email", "practice2@demo.test")))).StatusCode);

        // A reset ends the colleague's session at once.
        var nurse = await application.SignedIn(SampleWorld.Nurse);
        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync(People + "/reset", Application.Form(("email", SampleWorld.Nurse)))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await nurse.GetAsync("/portal")).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task Whether_an_address_has_an_account_elsewhere_is_not_told(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var admin = await application.SignedIn(Admin);
        var known = await Invite(admin, "practice2@demo.test");
        var unknown = await Invite(admin, "fresh@else.test");
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        var (one, other) = (await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.Equal(Plain(one, "practice2@demo.test"), Plain(other, "fresh@else.test"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Choose(application, LinkIn(one), "A-long-password-1")).StatusCode);
        await using (var db = application.Open())
        {
            var user = await db.Users.SingleAsync(u => u.Email == "practice2@demo.test");
            Assert.Equal((Roles.PracticeAdmin, (string?)null), (user.Role, user.InvitedBy));
            Assert.NotNull(user.PasswordHash);
            Assert.DoesNotContain("set-password", (await db.Notices.SingleAsync(n => n.Person == "practice2@demo.test")).Body, StringComparison.Ordinal);
        }
        await application.SignedIn("practice2@demo.test");
        foreach (var email in new[] { "practice2@demo.test", "fresh@else.test", "nobody@else.test" })
            Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync(People + "/withdraw", Application.Form(("email", email)))).StatusCode);
        await application.SignedIn("practice2@demo.test");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Choose(application, LinkIn(other), "A-long-password-1")).StatusCode);
        foreach (var (field, value, said) in new[] { ("Email", "no mail", "Enter a mail address"), ("Name", "", "name"), ("Role", "admin", "Choose what"), ("Role", "logistics", "Choose what") })
        {
            var fields = new Dictionary<string, string?> { ["Name"] = "N", ["Email"] = "x@y.test", ["Role"] = "practice", [field] = value };
            Assert.Contains(said, await Refused(admin, "/people", [.. fields.Select(f => (f.Key, f.Value))]), StringComparison.Ordinal);
        }

        static string Plain(string page, string email) => Regex.Replace(
            Regex.Replace(page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)].Replace(email, "EMAIL", StringComparison.Ordinal), "user=[^\"<]+", "KEY", RegexOptions.None, TimeSpan.FromSeconds(1)),
            "name=\"__RequestVerificationToken\"[^>]*>", "", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static (string Name, string? Value)[] Hours(string? from1, string? to1, string? from2, string? to2, int openDays) =>
    [
        ("Site", "Main"),
        .. Enumerable.Range(0, 7).SelectMany(i => new (string, string?)[]
        {
            ($"Days[{i}].From1", i < openDays ? from1 : ""), ($"Days[{i}].To1", i < openDays ? to1 : ""), ($"Days[{i}].From2", i < openDays ? from2 : ""), ($"Days[{i}].To2", i < openDays ? to2 : ""),
        }),
    ];

    private static Task<HttpResponseMessage> Invite(HttpClient admin, string email) => admin.PostAsync(People, Application.Form(("Name", "New Colleague"), ("Email", email), ("Role", "practice")));

    private static async Task<string> Link(HttpClient admin, string email)
    {
        var answer = await Invite(admin, email);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return LinkIn(await answer.Content.ReadAsStringAsync());
    }

    private static string LinkIn(string page) => WebUtility.HtmlDecode(OneTime().Match(page).Value);

    private static async Task<HttpResponseMessage> Choose(Application application, string link, string password)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(link).Query);
        return await application.Anonymous().PostAsync("/account/set-password", Application.Form(("User", query["user"]), ("Token", query["token"]), ("Password", password), ("Again", password)));
    }

    private static string Section(string page) => page[page.IndexOf("id=\"staff\"", StringComparison.Ordinal)..];

    private static async Task<string> Saved(HttpClient admin, string path, params (string, string?)[] fields)
    {
        var answer = await admin.PostAsync(Address + path, Application.Form(fields));
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{path}: {answer.StatusCode}");
        return WebUtility.HtmlDecode(await admin.GetStringAsync(answer.Headers.Location));
    }

    private static async Task<string> Refused(HttpClient admin, string path, params (string, string?)[] fields)
    {
        var answer = await admin.PostAsync(Address + path, Application.Form(fields));
        Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity, $"{path} {string.Join(' ', fields)}: {answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<DateTimeOffset> NeedBy(Application application)
    {
        await using var db = application.Open();
        return (await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).NeedByUtc!.Value;
    }

    [GeneratedRegex("http[^\"< ]*/account/set-password[^\"< ]*", RegexOptions.None, 1000)]
    private static partial Regex OneTime();
}

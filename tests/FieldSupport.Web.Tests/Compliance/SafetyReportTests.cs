using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Vault;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Tests.Pages;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Compliance;

public sealed partial class SafetyReportTests
{
    private const string Rep = "rep@demo.test", Practice = "practice@demo.test", Other = "practice2@demo.test", Safety = "safety@demo.test", Auditor = "auditor@demo.test", Logistics = "logistics@demo.test";
    private const string Told = "Wombatherz had a fever after the refill slipped.";
    private static readonly string Receive = $"/portal/shipments/{Parcels.Number}/receive";
    private static readonly string Chase = $"/deliveries/{Parcels.Number}/chase";

    [Theory, OnBothDatabases]
    public async Task Whoever_hears_of_something_reports_it_keeps_a_number_and_safety_alone_reads_what_was_told(Database database)
    {
        await using var application = await Application.StartAsync(database);
        application.Clock.SetUtcNow(new(2027, 4, 14, 20, 20, 0, TimeSpan.Zero)); // story 12: 15:20 in Memphis
        var rep = await application.SignedIn(Rep);
        Assert.Contains($"/report-a-problem?about={Parcels.Number}", await Page(rep, $"/shipments/{Parcels.Number}"), StringComparison.Ordinal);
        Assert.Contains("Lakeside", await Page(rep, $"/report-a-problem?about={Parcels.Number}"), StringComparison.Ordinal);
        var address = await Report(rep, Told, ("Kind", "ADVERSE_EVENT"), ("About", Parcels.Number));
        Assert.Equal("/report-a-problem/SAF-1001", address);

        var receipt = await Page(rep, address);
        Assert.Contains("SAF-1001", receipt, StringComparison.Ordinal);
        Assert.Contains("3:20 pm CT", receipt, StringComparison.Ordinal);
        Assert.DoesNotContain("Wombatherz", receipt, StringComparison.Ordinal);

        await using (var db = application.Open())
        {
            var report = await db.SafetyReports.SingleAsync();
            Assert.Equal((new DateTimeOffset(2027, 4, 14, 20, 20, 0, TimeSpan.Zero), new DateTimeOffset(2027, 4, 15, 20, 20, 0, TimeSpan.Zero)), (report.AwareAtUtc, report.DueAtUtc));
            Assert.Equal((SafetyKind.AdverseEvent, Rep, "rep", Parcels.Number, "button"), (report.Kind, report.ReportedBy, report.ReporterRole, report.DeliveryNumber, report.Source));
            var notice = await db.Notices.SingleAsync(n => n.Rung == SafetyIntake.Rung);
            Assert.Equal(("safety", Safety, MessageIds.Of("SAF-1001", "SAFETY_REPORT", "safety")), (notice.Recipient, notice.Person, notice.MessageId));
            Assert.Contains("/safety/SAF-1001", notice.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("Wombatherz", notice.Subject + notice.Body, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("Wombatherz", await Access.Rows.AllAsync(application), StringComparison.Ordinal);

        Assert.Contains("Wombatherz", await Page(await application.SignedIn(Safety), "/safety/SAF-1001"), StringComparison.Ordinal);
        var audited = await Page(await application.SignedIn(Auditor), "/safety/SAF-1001");
        Assert.Contains("Only safety reads what was told", audited, StringComparison.Ordinal);
        Assert.DoesNotContain("Wombatherz", audited, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await rep.GetAsync("/safety/SAF-1001")).StatusCode);
        await using (var db = application.Open())
            Assert.Equal([(Rep, "vault.stored", null), (Safety, "vault.read", "SAFETY_REVIEW")], (await db.Audit.Where(e => e.Kind == "vault").OrderBy(e => e.Sequence).ToListAsync()).Select(e => (e.Actor, e.Action, e.Reason)));
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_receipt_is_its_reporters_own_and_a_foreign_delivery_is_as_if_it_had_not_been_named(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(Practice);
        var address = await Report(practice, Told, ("About", SampleWorld.Northfork.Shipment));
        Assert.DoesNotContain(SampleWorld.Northfork.Shipment, await Page(practice, address), StringComparison.Ordinal);
        Assert.DoesNotContain("North", await Page(practice, $"/report-a-problem?about={SampleWorld.Northfork.Shipment}"), StringComparison.Ordinal);
        foreach (var who in new[] { Other, Rep, Logistics, Safety }) Assert.Equal(HttpStatusCode.NotFound, (await (await application.SignedIn(who)).GetAsync(address)).StatusCode);

        // Nothing but what happened is needed, and what makes no sense holds nothing up.
        await Report(practice, "Something", ("Kind", "NONSENSE"), ("About", new string('x', 500)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync("/report-a-problem", Application.Form(("What", "  ")))).StatusCode);
        await using var db = application.Open();
        Assert.Equal([(null, SafetyKind.Unsure), (null, SafetyKind.Unsure)], (await db.SafetyReports.ToListAsync()).Select(r => (r.AccountId, r.Kind)));
    }

    [Theory, OnBothDatabases]
    public async Task A_form_sent_twice_is_one_report_and_two_people_at_once_lose_none(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var (rep, practice) = (await application.SignedIn(Rep), await application.SignedIn(Practice));
        var twice = await Task.WhenAll(Report(rep, Told, ("Key", "k1")), Report(rep, Told, ("Key", "k1")), Report(practice, Told, ("Key", "k1")));
        Assert.Equal(twice[0], twice[1]);
        Assert.NotEqual(twice[0], twice[2]);
        Assert.Equal(twice[0], await Report(rep, Told, ("Key", "k1")));
        await using var db = application.Open();
        Assert.Equal(2, await db.SafetyReports.CountAsync());
        Assert.Equal(2, await db.Notices.CountAsync(n => n.Rung == SafetyIntake.Rung));
        Assert.Equal(2, await db.Audit.CountAsync(e => e.Action == "vault.stored"));
    }

    [Theory, OnBothDatabases]
    public async Task Safety_takes_a_report_over_once_and_what_is_overdue_stands_on_top_and_says_so(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var (rep, safety) = (await application.SignedIn(Rep), await application.SignedIn(Safety));
        var door = await safety.GetAsync("/");
        Assert.Equal("/safety", door.Headers.Location!.OriginalString);
        await Report(rep, "Wombatherz again", ("Kind", "PRODUCT_COMPLAINT"));
        application.Clock.Advance(TimeSpan.FromDays(6));
        safety = await application.SignedIn(Safety);
        rep = await application.SignedIn(Rep);
        await Report(rep, "second");

        var list = await Page(safety, "/safety");
        Assert.True(list.IndexOf("SAF-1001", StringComparison.Ordinal) < list.IndexOf("SAF-1002", StringComparison.Ordinal));
        Assert.Contains("2 wait, 1 overdue", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Wombatherz", list, StringComparison.Ordinal);
        Assert.DoesNotContain("SAF-1002", await Page(safety, "/safety?kind=PRODUCT_COMPLAINT"), StringComparison.Ordinal);
        Assert.DoesNotContain("/safety/SAF-1001", await Page(safety, "/safety?after=SAF-1001"), StringComparison.Ordinal);

        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.SeeOther, (await safety.PostAsync("/safety/SAF-1001/take", Application.Form())).StatusCode);
        await using (var db = application.Open())
        {
            var second = await db.Users.SingleAsync(u => u.Email == "materials@demo.test");
            second.Role = "safety";
            await db.SaveChangesAsync();
        }
        var late = await (await application.SignedIn("materials@demo.test")).PostAsync("/safety/SAF-1001/take", Application.Form());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        Assert.Contains($"{Safety} took SAF-1001 over", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Taken over by safety", await Page(rep, "/report-a-problem/SAF-1001"), StringComparison.Ordinal);
        Assert.Contains("1 waits", await Page(safety, "/safety"), StringComparison.Ordinal);
        Assert.Contains("SAF-1001", await Page(safety, "/safety?view=taken"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn(Auditor)).PostAsync("/safety/SAF-1002/take", Application.Form())).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task A_chase_is_not_logged_without_an_answer_and_a_yes_is_a_report_in_the_same_save(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        await Parcels.Sweep(application, onlyDue: false);
        var rep = await application.SignedIn(Rep);
        var unanswered = await Log(rep, "Nobody answered.");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unanswered.StatusCode);
        Assert.Contains("Answer yes or no", await unanswered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Log(rep, "Nobody answered.", ("Safety.Heard", "yes"))).StatusCode);
        var unsaid = await Log(rep, "Nobody answered.", ("Safety.Heard", "no"), ("Safety.What", Told));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsaid.StatusCode);
        Assert.Contains("Wombatherz", await unsaid.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "Nobody answered.", ("Safety.Heard", "yes"), ("Safety.What", Told), ("Safety.Key", "k2"))).StatusCode);
        await using (var db = application.Open())
        {
            var report = await db.SafetyReports.SingleAsync();
            Assert.Equal(("chase", Parcels.Number), (report.Source, report.DeliveryNumber));
            Assert.NotNull(report.AccountId);
            Assert.Equal(report.Number, (await db.Chases.SingleAsync()).SafetyAnswer);
        }
        Assert.Contains("SAF-1001", await Page(rep, $"/shipments/{Parcels.Number}"), StringComparison.Ordinal);

        // A word that may mean harm, in note or promise: named, and dismissed with a reason or not at all.
        application.Clock.Advance(TimeSpan.FromMinutes(2));
        foreach (var field in new[] { "Note", "Promise" })
        {
            var stumbled = await Log(rep, "Asked again.", (field, "They were at the hospital dock."), ("Safety.Heard", "no"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, stumbled.StatusCode);
            Assert.Contains("“hospital”", WebUtility.HtmlDecode(await stumbled.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "They were at the hospital dock.", ("Safety.Heard", "no"), ("Safety.WhyNot", "It is the address."))).StatusCode);
        await using (var db = application.Open())
        {
            Assert.Equal(1, await db.SafetyReports.CountAsync());
            Assert.Contains(await db.Audit.ToListAsync(), e => e.Action == "safety.dismissed" && e.Key == Parcels.Number && e.Reason == "“hospital”: It is the address." && e.Actor == Rep);
        }
        Assert.DoesNotContain("Wombatherz", await Access.Rows.AllAsync(application), StringComparison.Ordinal);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_yes_that_follows_a_no_is_not_taken_for_the_same_form(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        await Parcels.Sweep(application, onlyDue: false);
        var rep = await application.SignedIn(Rep);
        var seen = SeenField().Match(await Page(rep, Chase)).Groups[1].Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await Log(rep, "Asked.", ("Safety.Heard", "no"), ("Seen", seen))).StatusCode);
        var again = await Log(rep, "Asked.", ("Safety.Heard", "yes"), ("Safety.What", Told), ("Seen", seen));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("Wombatherz", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // A receipt's form is gone once the box is confirmed: what was told goes to safety all the same, once.
        var (one, two) = (await application.SignedIn(Practice), await application.SignedIn(SampleWorld.Nurse));
        Assert.Equal(HttpStatusCode.SeeOther, (await one.PostAsync(Receive, Box("no"))).StatusCode);
        for (var i = 0; i < 2; i++)
        {
            var late = await two.PostAsync(Receive, Box("yes"));
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
            var page = await late.Content.ReadAsStringAsync();
            Assert.Contains("I. Cole confirmed this box before you", page, StringComparison.Ordinal);
            Assert.Contains("Safety has your report, SAF-1001", page, StringComparison.Ordinal);
        }
        await using var db = application.Open();
        Assert.Equal("receipt", (await db.SafetyReports.SingleAsync()).Source);
        Assert.Equal("no", (await db.Receipts.SingleAsync()).SafetyAnswer);
    }

    [Theory, OnBothDatabases]
    public async Task A_receipt_is_not_confirmed_without_an_answer_and_is_signed(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync(Receive, Box(null))).StatusCode);
        var leak = await practice.PostAsync(Receive, Box("no", condition: "LEAK"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, leak.StatusCode);
        Assert.Contains("“LEAK”", WebUtility.HtmlDecode(await leak.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(Receive, Box("yes"))).StatusCode);
        await using (var db = application.Open())
        {
            var receipt = await db.Receipts.SingleAsync();
            Assert.Equal("SAF-1001", receipt.SafetyAnswer);
            Assert.EndsWith($"<{Practice}>", receipt.SignedBy, StringComparison.Ordinal);
        }
        var order = await Page(practice, "/portal/orders/ORD-90001");
        Assert.Contains("confirmed the receipt of these lines", order, StringComparison.Ordinal);
        Assert.DoesNotContain("Wombatherz", order, StringComparison.Ordinal);
        // A program is not asked, and signs nothing.
        Assert.Contains("Wombatherz", await Page(await application.SignedIn(Safety), "/safety/SAF-1001"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task The_vault_hands_a_narrative_to_safety_alone_and_keeps_it_sealed_anew(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Report(await application.SignedIn(Rep), Told);
        await using var door = application.Services.GetRequiredService<PatientVault>().Open();
        foreach (var role in Web.Access.Roles.All.Where(r => r != "safety").Append(null))
            Assert.Equal("vault.role", (await Assert.ThrowsAsync<VaultRefusal>(() => door.ReadSafetyNarrative("SAF-1001", VaultPurpose.SafetyReview, new("x", role)))).Code);
        var safety = new VaultPerson(Safety, "safety");
        Assert.Equal("vault.purpose", (await Assert.ThrowsAsync<VaultRefusal>(() => door.ReadSafetyNarrative("SAF-1001", VaultPurpose.CaseWork, safety))).Code);
        Assert.Equal("vault.role", (await Assert.ThrowsAsync<VaultRefusal>(() => door.StoreSafetyNarrative("SAF-9", "x", new("job", null)))).Code);
        Assert.Equal("vault.narrative", (await Assert.ThrowsAsync<VaultRefusal>(() => door.StoreSafetyNarrative("SAF-1001", "x", safety))).Code);
        Assert.Null(await door.ReadSafetyNarrative("SAF-404", VaultPurpose.SafetyReview, safety));
        Assert.Equal(Told, await door.ReadSafetyNarrative("SAF-1001", VaultPurpose.SafetyReview, safety));
        // A practice may not borrow safety's purpose for its own records.
        Assert.Equal("vault.purpose", (await Assert.ThrowsAsync<VaultRefusal>(() => door.ReadVisitReference("V-1", VaultPurpose.SafetyReview, null, new("p", "practice", Guid.NewGuid())))).Code);
    }

    private static Task<HttpResponseMessage> Log(HttpClient client, string note, params (string, string?)[] more) => client.PostAsync(Chase, Application.Form(
        [("Whom", "carrier"), ("Channel", "phone"), ("Due", "none"), .. more.Any(m => m.Item1 == "Note") ? [] : (ReadOnlySpan<(string, string?)>)[("Note", note)], .. more]));

    private static FormUrlEncodedContent Box(string? heard, string condition = "GOOD") => Application.Form(
        ("Seen", "0"), ("ReceivedBy", "I. Cole"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Lot", "A1207"), ("Lines[0].Expiry", "2028-08-31"), ("Lines[0].Condition", condition),
        ("Safety.Heard", heard), ("Safety.What", heard == "yes" ? Told : ""), ("Safety.About", "BOTH"), ("Safety.Key", "box" + heard));

    private static async Task<string> Report(HttpClient client, string what, params (string, string?)[] more)
    {
        var answer = await client.PostAsync("/report-a-problem", Application.Form([("What", what), .. more]));
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return answer.Headers.Location!.OriginalString;
    }

    private static Task<string> Page(HttpClient client, string address) => ListTests.Page(client, address);

    [GeneratedRegex("name=\"Seen\" value=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex SeenField();
}

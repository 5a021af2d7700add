using System.Net;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Features.Operations;

public sealed class StatusTests
{
    [Theory, OnBothDatabases]
    public async Task The_page_shows_alerts_queues_feeds_jobs_parked_notices_and_failures(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using (var db = application.Open())
        {
            var now = application.Clock.GetUtcNow();
            var delivery = await db.Deliveries.FirstAsync(d => d.Number == SampleWorld.Lakeside.Shipment);
            db.Notices.Add(new Notice
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = "T-5", Recipient = "partner-service",
                MessageId = MessageIds.Of(delivery.Number, "T-5", "partner-service"), Subject = "s", Body = "b", State = NoticeState.Parked, QueuedAtUtc = now,
                LastError = "Nobody stands behind the slot <partner-service>",
            });
            db.Messages.Add(new InboundMessage { Source = "easypost", ContentHash = "h", Body = [1], ReceivedAtUtc = now.AddHours(-30), State = MessageState.Parked, Note = "It is not JSON", Attempts = 3 });
            var run = new JobRun { Job = "evaluate-deliveries", StartedAtUtc = now.AddHours(-3), FinishedAtUtc = now.AddHours(-3), Outcome = "DONE_WITH_FAILURES", Trigger = "timetable", Node = "n", Seen = 7, Failed = 1 };
            run.Failures.Add(new JobFailure { JobRunId = run.Id, Item = "SHP-666", Error = "Its calendar is broken", AtUtc = now.AddHours(-3) });
            db.JobRuns.Add(run);
            await db.SaveChangesAsync();
        }

        var page = await (await application.SignedIn("admin@demo.test")).GetStringAsync("/status");

        Assert.Contains("evaluate-deliveries should have run by 2027-02-04 11:02 UTC and did not", page, StringComparison.Ordinal);
        Assert.Contains("Nobody stands behind the slot &lt;partner-service&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Messages: easypost", page, StringComparison.Ordinal);
        Assert.Contains("It is not JSON (3 attempts)", page, StringComparison.Ordinal);
        Assert.Contains("Its calendar is broken", page, StringComparison.Ordinal);
        foreach (var line in Timetable.Lines) Assert.Contains(line.Name, page, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task An_admin_runs_a_job_and_first_asks_what_it_would_do(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using (var db = application.Open())
        {
            await db.Deliveries.ExecuteUpdateAsync(s => s.SetProperty(d => d.NextCheckAtUtc, application.Clock.GetUtcNow()));
        }
        var admin = await application.SignedIn("admin@demo.test");

        var dry = await admin.PostAsync("/status/jobs/evaluate-deliveries/dry-run", Application.Form());
        Assert.Equal(HttpStatusCode.SeeOther, dry.StatusCode);
        await using (var db = application.Open()) Assert.Empty(await db.Rungs.ToListAsync());
        Assert.Contains("Dry run of evaluate-deliveries: 2 seen", await admin.GetStringAsync("/status"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync("/status/jobs/evaluate-deliveries/run", Application.Form())).StatusCode);
        await using (var db = application.Open())
        {
            Assert.NotNull((await db.Deliveries.FirstAsync()).AssessedAtUtc);
            var runs = await db.JobRuns.OrderBy(r => r.Id).ToListAsync();
            Assert.Equal([true, false], runs.Select(r => r.IsDryRun));
            Assert.All(runs, r => Assert.Equal(("person", "DONE"), (r.Trigger, r.Outcome)));
            Assert.EndsWith("Asked for by admin@demo.test.", runs[1].Why, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync("/status/jobs/no-such-job/run", Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.PostAsync("/status/jobs/prune-job-runs/dry-run", Application.Form())).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task A_notice_that_did_not_go_names_who_can_put_it_right_and_goes_again_once_as_the_same_mail(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var id = MessageIds.Of(SampleWorld.Lakeside.Shipment, "T-5", "rep");
        await Park(application, "rep", "The server said 550 no such user.", "gone@demo.test");
        await Park(application, "partner-service", "Nobody stands behind the slot 'partner-service'.", null);
        var admin = await application.SignedIn("admin@demo.test");
        var page = await admin.GetStringAsync("/status");
        Assert.Contains("The mail server refused it for good: put the user&#x27;s address right.", page, StringComparison.Ordinal);
        Assert.Contains("Set FieldSupport:Recipients:partner-service to an address that is read.", page, StringComparison.Ordinal);
        string Again(string messageId) => $"/status/notices/{messageId.Trim('<', '>')}/queue-again";
        Assert.Contains(Again(id), System.Net.WebUtility.HtmlDecode(page).Replace("%40", "@", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn("logistics@demo.test")).PostAsync(Again(id), Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.PostAsync(Again(MessageIds.Of(SampleWorld.Lakeside.Shipment, "T-5", "partner-service")), Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync(Again(id), Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync(Again(id), Application.Form())).StatusCode);
        await using (var db = application.Open())
        {
            var queued = await db.Notices.SingleAsync(n => n.MessageId == id);
            Assert.Equal((NoticeState.Queued, "rep@demo.test", 0, null), (queued.State, queued.Addresses, queued.Attempts, queued.LastError));
            Assert.Equal(("admin@demo.test", $"{SampleWorld.Lakeside.Shipment}/T-5/rep"), await db.Audit.Where(a => a.Action == "notice.queued-again").Select(a => new ValueTuple<string, string>(a.Actor, a.Key)).SingleAsync());
        }
        await using (var services = application.Services.CreateAsyncScope())
            for (var i = 0; i < 2; i++) await services.ServiceProvider.GetRequiredService<FieldSupport.Web.Commands.Send>().Run(default);
        var mail = Assert.Single(Directory.GetFiles(Path.Combine(application.DataFolder, "mail"), "*.eml"));
        Assert.Contains($"Message-Id: {id}", await File.ReadAllTextAsync(mail), StringComparison.OrdinalIgnoreCase);
        // Gone is gone.
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync(Again(id), Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync(Again("<fs.0@no.test>"), Application.Form())).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_webhook_that_is_set_up_and_brings_nothing_is_shown_as_stale()
    {
        await using var application = await Application.StartAsync(Database.Sqlite, settings: new Dictionary<string, string?> { ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = "s" });
        var page = await (await application.SignedIn("admin@demo.test")).GetStringAsync("/status");
        Assert.Matches("Webhook: easypost(.|\\n)*?never", page);
    }

    private static async Task Park(Application application, string slot, string why, string? addresses)
    {
        await using var db = application.Open();
        var delivery = await db.Deliveries.FirstAsync(d => d.Number == SampleWorld.Lakeside.Shipment);
        db.Notices.Add(new Notice
        {
            AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = "T-5", Recipient = slot, Addresses = addresses,
            MessageId = MessageIds.Of(delivery.Number, "T-5", slot), Subject = "s", Body = "b", State = NoticeState.Parked, QueuedAtUtc = application.Clock.GetUtcNow(), Attempts = 3, LastError = why,
        });
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task Logistics_and_auditors_read_it_and_cannot_run_anything_and_a_rep_sees_nothing_of_it()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        foreach (var email in new[] { "logistics@demo.test", "auditor@demo.test" })
        {
            var reader = await application.SignedIn(email);
            Assert.DoesNotContain("Run sweep", await reader.GetStringAsync("/status"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync("/status/jobs/evaluate-deliveries/run", Application.Form())).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn("rep@demo.test")).GetAsync("/status")).StatusCode);
        await using var db = application.Open();
        Assert.Empty(await db.JobRuns.ToListAsync());
    }

    [Fact]
    public async Task The_audit_chain_is_checked_when_asked_for()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var auditor = await application.SignedIn("auditor@demo.test");
        Assert.DoesNotContain("The chain is", await auditor.GetStringAsync("/status"), StringComparison.Ordinal);
        Assert.Contains("The chain is whole", await auditor.GetStringAsync("/status?audit=check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verb_send_answers_with_counts_and_leaves_a_run()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        await using var services = application.Services.CreateAsyncScope();
        var (result, trouble) = await services.ServiceProvider.GetRequiredService<FieldSupport.Web.Commands.Send>().Run(default);
        Assert.Equal((0, 0, 0), (result.Sent, result.Failed, result.Waiting));
        Assert.Null(trouble);
        await using var db = application.Open();
        Assert.Equal("command line", (await db.JobRuns.SingleAsync()).Trigger);
    }
}

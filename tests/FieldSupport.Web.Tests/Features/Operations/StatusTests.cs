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

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FieldSupport.Web.Tests.Jobs;

public sealed class JobShellTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    private sealed class Scripted(Func<JobCall, CancellationToken, Task<JobReport>> work) : IStoredMessages
    {
        public Task<JobReport> Process(JobCall call, CancellationToken stop) => work(call, stop);
    }

    private static Task<JobWorld> With(Engine engine, Func<JobCall, CancellationToken, Task<JobReport>> work) =>
        JobWorld.Create(engine, more: s => s.AddSingleton<IStoredMessages>(new Scripted(work)));

    [Theory, MemberData(nameof(Both))]
    public async Task A_run_leaves_a_row_with_what_it_saw_did_refused_and_failed_at(Engine engine)
    {
        await using var world = await With(engine, (_, _) => Task.FromResult(new JobReport(5, 2) { Refused = 1, Failures = [("MSG-1", "cannot be read"), ("MSG-2", "neither")], Why = "Because." }));

        await world.Run(Timetable.ProcessMessages);

        var run = Assert.Single(await world.Runs());
        Assert.Equal(("process-messages", "DONE_WITH_FAILURES", "timetable", 5, 2, 1, 2, "Because."), (run.Job, run.Outcome, run.Trigger, run.Seen, run.Acted, run.Refused, run.Failed, run.Why));
        Assert.Equal(["MSG-1: cannot be read", "MSG-2: neither"], run.Failures.Select(f => $"{f.Item}: {f.Error}").Order());
        Assert.NotNull(run.FinishedAtUtc);
    }

    [Fact]
    public async Task A_job_that_throws_leaves_a_failed_row_with_the_reason_and_the_exception_goes_on()
    {
        await using var world = await With(Engine.Sqlite, (_, _) => throw new InvalidOperationException("the shelf is empty"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Run(Timetable.ProcessMessages));

        var run = Assert.Single(await world.Runs());
        Assert.Equal(("FAILED", "the shelf is empty"), (run.Outcome, run.Why));
        Assert.Equal("the shelf is empty", run.Failures.Single().Error);
    }

    [Fact]
    public async Task While_a_job_runs_its_row_says_so_and_a_second_run_waits_for_it()
    {
        var (inside, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var atOnce = 0;
        await using var world = await With(Engine.Sqlite, async (_, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref atOnce));
            inside.TrySetResult();
            await goOn.Task;
            Interlocked.Decrement(ref atOnce);
            return new JobReport(0, 0);
        });

        var first = world.Run(Timetable.ProcessMessages);
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("RUNNING", Assert.Single(await world.Runs()).Outcome);
        var second = world.Run(Timetable.ProcessMessages, JobTrigger.Event);
        goOn.SetResult();
        await Task.WhenAll(first, second);

        Assert.All(await world.Runs(), r => Assert.Equal("DONE", r.Outcome));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_run_whose_process_died_is_marked_abandoned_by_the_next(Engine engine)
    {
        await using var world = await JobWorld.Create(engine);
        await using (var db = world.Open())
        {
            db.JobRuns.Add(new JobRun { Job = "process-messages", StartedAtUtc = world.Clock.GetUtcNow(), Outcome = "RUNNING", Trigger = "timetable", Node = $"{Environment.MachineName}/999999999" });
            db.JobRuns.Add(new JobRun { Job = "process-messages", StartedAtUtc = world.Clock.GetUtcNow(), Outcome = "RUNNING", Trigger = "timetable", Node = "another-machine/12" });
            db.JobRuns.Add(new JobRun { Job = "send-notices", StartedAtUtc = world.Clock.GetUtcNow().AddHours(-1), Outcome = "RUNNING", Trigger = "timetable", Node = "another-machine/12" });
            await db.SaveChangesAsync();
        }

        await world.Run(Timetable.ProcessMessages);
        Assert.Equal(["ABANDONED", "DONE", "RUNNING"], (await world.Runs("process-messages")).Select(r => r.Outcome).Order());

        await world.Run(Timetable.WatchTheTimetable);
        var old = Assert.Single(await world.Runs("send-notices"));
        Assert.Equal("ABANDONED", old.Outcome);
        Assert.NotNull(old.Why);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_run_that_should_have_happened_and_did_not_is_an_alert_told_once(Engine engine)
    {
        await using var world = await JobWorld.Create(engine);
        await using (var db = world.Open())
        {
            db.Users.Add(new User { UserName = "ops@demo.test", Email = "ops@demo.test", DisplayName = "Ops", Role = "admin" });
            await db.SaveChangesAsync();
        }
        foreach (var line in Timetable.Lines) await world.Run(line);
        await using (var db = world.Open()) Assert.Empty(await MissedRuns.Now(db, world.Clock.GetUtcNow(), null, default));
        // Each line ran for the first time just now, the watch before the last of them: what it said of that one is none of this story.
        await using (var db = world.Open()) await db.Notices.ExecuteDeleteAsync();
        if (Directory.Exists(world.MailFolder)) Directory.Delete(world.MailFolder, recursive: true);

        world.Clock.Advance(TimeSpan.FromMinutes(7));
        await world.Run(Timetable.SendNotices);
        await world.Run(Timetable.EvaluateDeliveries, JobTrigger.Person); // does not show that the timetable lives
        await using (var db = world.Open())
            Assert.Equal(["evaluate-deliveries", "process-messages"], (await MissedRuns.Now(db, world.Clock.GetUtcNow(), null, default)).Select(m => m.Line.Name).Order());

        var (watch, _) = await world.Run(Timetable.WatchTheTimetable);
        Assert.Equal(("DONE_WITH_FAILURES", 2), (watch.Outcome, watch.Failed));
        Assert.Contains(world.Log.Lines, l => l.StartsWith("Error evaluate-deliveries should have run by", StringComparison.Ordinal));
        // The admins got a mail for each, and get no second one.
        var mails = Directory.GetFiles(world.MailFolder, "*.eml");
        Assert.Equal(2, mails.Length);
        Assert.All(mails, m => Assert.Contains("To: ops@demo.test", File.ReadAllText(m), StringComparison.Ordinal));
        Assert.Equal(0, (await world.Run(Timetable.WatchTheTimetable)).Run.Failed);
        await using (var db = world.Open()) Assert.Equal([NoticeState.Sent, NoticeState.Sent], await db.Notices.Select(n => n.State).ToListAsync());
    }

    [Fact]
    public async Task The_first_run_after_a_downtime_says_how_long_nothing_ran()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite);
        await world.Run(Timetable.EvaluateDeliveries);
        world.Clock.Advance(TimeSpan.FromHours(9));
        await world.Run(Timetable.EvaluateDeliveries);

        var late = (await world.Runs())[1];
        Assert.Equal("DONE", late.Outcome);
        Assert.Contains("did not run for 9 h", late.Failures.Single().Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task After_nine_hours_down_the_next_run_catches_up_and_nothing_is_told_twice(Engine engine)
    {
        await using var world = await JobWorld.Create(engine);
        // Mon 2027-02-01 08:00 CT. The visit on Wed Feb 17 (Feb 15 is a holiday) has its T-10 on Tue Feb 2, 08:00 CT.
        await world.AddVisit("V-1", new DateOnly(2027, 2, 17));
        await world.Run(Timetable.EvaluateDeliveries);
        await world.Run(Timetable.SendNotices);
        Assert.False(Directory.Exists(world.MailFolder) && Directory.GetFiles(world.MailFolder).Length > 0);

        world.Clock.Advance(TimeSpan.FromHours(15));
        world.Clock.Advance(TimeSpan.FromHours(18)); // past T-10 08:00, and nothing ran
        await using var node = world.Another();
        await Task.WhenAll(world.Run(Timetable.EvaluateDeliveries), node.Run(Timetable.ClimbLadder));
        await world.Run(Timetable.SendNotices);
        await node.Run(Timetable.EvaluateDeliveries);
        await node.Run(Timetable.SendNotices);

        await using var db = world.Open();
        Assert.Equal(["practice-coordinator", "rep"], await db.Notices.OrderBy(n => n.Recipient).Select(n => n.Recipient).ToListAsync());
        Assert.Equal(2, Directory.GetFiles(world.MailFolder, "*.eml").Length);
        Assert.Single(await db.Rungs.ToListAsync());
        Assert.Single(await db.Stalls.ToListAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_coming_visit_that_nobody_watches_is_put_on_the_list_once(Engine engine)
    {
        await using var world = await JobWorld.Create(engine);
        await world.AddVisit("V-1", new DateOnly(2027, 2, 16), watched: false);
        await world.AddVisit("V-OLD", new DateOnly(2027, 1, 4), watched: false);
        await world.AddVisit("V-2", new DateOnly(2027, 2, 17));

        Assert.Equal(1, (await world.Run(Timetable.WarnOfUncoveredVisits, isDryRun: true)).Run.Acted);
        Assert.Equal(1, (await world.Run(Timetable.WarnOfUncoveredVisits)).Run.Acted);
        Assert.Equal(0, (await world.Run(Timetable.WarnOfUncoveredVisits)).Run.Acted);
        await using var db = world.Open();
        Assert.Equal(["V-1", "V-2"], await db.Deliveries.Select(d => d.Number).Order().ToListAsync());
    }

    [Fact]
    public async Task Quiet_runs_are_forgotten_after_two_days_and_failures_are_kept()
    {
        var fails = false;
        await using var world = await With(Engine.Sqlite, (_, _) => Task.FromResult(new JobReport(0, 0) { Failures = fails ? [("x", "y")] : [] }));
        await world.Run(Timetable.ProcessMessages);
        fails = true;
        await world.Run(Timetable.ProcessMessages);
        world.Clock.Advance(TimeSpan.FromDays(3));
        await world.Run(Timetable.PruneJobRuns);
        Assert.Equal("DONE_WITH_FAILURES", Assert.Single(await world.Runs("process-messages")).Outcome);

        world.Clock.Advance(TimeSpan.FromDays(90));
        await world.Run(Timetable.PruneJobRuns);
        Assert.Empty(await world.Runs("process-messages"));
    }

    [Fact]
    public void Every_line_of_the_timetable_has_a_name_a_sentence_and_a_cron_that_fits_its_interval()
    {
        Assert.Equal(Timetable.Lines.Count, Timetable.Lines.Select(l => l.Name).Distinct().Count());
        Assert.All(Timetable.Lines, line =>
        {
            Assert.EndsWith(".", line.Purpose, StringComparison.Ordinal);
            var cron = new Quartz.CronExpression(line.Cron, TimeZoneInfo.Utc);
            var first = cron.GetNextValidTimeAfter(OneDatabase.Start)!.Value;
            Assert.Equal(line.Every, cron.GetNextValidTimeAfter(first)!.Value - first);
        });
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Quartz_fires_from_its_store_and_new_events_run_at_once(Engine engine)
    {
        await using var world = await JobWorld.Create(engine, enabled: true);
        await world.Host.StartAsync();
        // At the start, without waiting for the timetable; then at once after a signal.
        await Eventually(async () => (await world.Runs("send-notices")).Any(r => r is { Trigger: "event", Outcome: "DONE" }));
        var before = (await world.Runs("evaluate-deliveries")).Count;
        world.Get<DueSignal>().Signal();
        await Eventually(async () => (await world.Runs("evaluate-deliveries")).Count > before);

        var scheduler = await world.Get<Quartz.ISchedulerFactory>().GetScheduler();
        Assert.Equal(engine == Engine.Postgres, (await scheduler.GetMetadata()).JobStoreClustered);
        await scheduler.TriggerJob(new Quartz.JobKey("watch-timetable"));
        await Eventually(async () => (await world.Runs("watch-timetable")).Any(r => r is { Trigger: "timetable", Outcome: "DONE" }));
        await world.Host.StopAsync();
        Assert.DoesNotContain(await world.Runs(), r => r.Outcome == "RUNNING");
        Assert.DoesNotContain(world.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_jobs_off_nothing_runs_by_itself()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite);
        await world.Host.StartAsync();
        world.Get<DueSignal>().Signal();
        await Task.Delay(600);
        await world.Host.StopAsync();
        Assert.Empty(await world.Runs());
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds()) await Task.Delay(100, limit.Token);
    }
}

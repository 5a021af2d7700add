using System.Collections.Concurrent;
using System.Diagnostics;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>What set a run going; stored with it.</summary>
public static class JobTrigger
{
    public const string Timetable = "timetable";
    public const string Event = "event";
    public const string Person = "person";
    public const string CommandLine = "command line";
}

/// <summary>Where a run stands.</summary>
public static class JobOutcome
{
    public const string Running = "RUNNING";
    public const string Done = "DONE";
    public const string DoneWithFailures = "DONE_WITH_FAILURES";
    public const string Failed = "FAILED";
    public const string Abandoned = "ABANDONED";
}

/// <summary>What a job is given. The time was read once, for the whole run.</summary>
public sealed record JobCall(string Job, DateTimeOffset Now, bool IsDryRun);

/// <summary>What a job did. <see cref="Failures"/> are the items it could not do; each becomes a row.</summary>
public sealed record JobReport(int Seen, int Acted)
{
    /// <summary>Left alone on purpose, with a reason that <see cref="Why"/> or the item itself tells.</summary>
    public int Refused { get; init; }
    public IReadOnlyList<(string Item, string Error)> Failures { get; init; } = [];
    /// <summary>One sentence for the status page.</summary>
    public string? Why { get; init; }
    /// <summary>What the caller may want beside the counts; not stored.</summary>
    public object? Detail { get; init; }
}

/// <summary>The work of one line of the timetable. Idempotent: it may be killed at any line and run again.</summary>
public interface IJobWork
{
    Task<JobReport> Run(JobCall call, CancellationToken stop);
}

/// <summary>
/// The one way in which a job runs, whoever starts it: a row at the start, the system's scope in the job's name, the outcome at the end
/// with a row for every failure, and the exception handed on. Two runs of a job never overlap in one process.
/// </summary>
public sealed class JobShell(IServiceScopeFactory scopes, Databases databases, TimeProvider clock, ILogger<JobShell> log)
{
    /// <summary>A run of another machine that is still RUNNING after this long has no process any more; no job takes near as long.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(30);
    private static readonly ConcurrentDictionary<Guid, bool> Alive = new();
    private static readonly string Machine = Environment.MachineName;
    private static readonly string ThisNode = $"{Machine}/{Environment.ProcessId}";
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _oneAtATime = new();

    /// <param name="trigger">One of <see cref="JobTrigger"/>.</param>
    /// <param name="dueAt">When the timetable wanted it; null for any other trigger.</param>
    /// <exception cref="Exception">What the job threw; its row says FAILED and why.</exception>
    public async Task<(JobRun Run, JobReport Report)> Run(
        TimetableLine line, string trigger, CancellationToken stop, bool isDryRun = false, DateTimeOffset? dueAt = null, string? askedBy = null)
    {
        var turn = _oneAtATime.GetOrAdd(line.Name, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(stop);
        var id = Guid.CreateVersion7();
        Alive[id] = true;
        try
        {
            return await RunAlone(id, line, trigger, isDryRun, dueAt, askedBy, stop);
        }
        finally
        {
            Alive.TryRemove(id, out _);
            turn.Release();
        }
    }

    private async Task<(JobRun, JobReport)> RunAlone(
        Guid id, TimetableLine line, string trigger, bool isDryRun, DateTimeOffset? dueAt, string? askedBy, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var lasted = Stopwatch.GetTimestamp();
        await Start(id, line, trigger, isDryRun, dueAt, now, stop);
        JobReport report;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentScope>().Act(Scope.System, Actor.Job(line.Name));
            var work = (IJobWork)scope.ServiceProvider.GetRequiredService(line.Work);
            report = await work.Run(new JobCall(line.Name, now, isDryRun), stop);
        }
        catch (Exception e)
        {
            var stopped = e is OperationCanceledException && stop.IsCancellationRequested;
            try
            {
                await Finish(id, stopped ? JobOutcome.Abandoned : JobOutcome.Failed, new JobReport(0, 0)
                {
                    Why = stopped ? "Stopped: the process shuts down, or whoever asked left." : Reason(e),
                    Failures = stopped ? [] : [(line.Name, Reason(e))],
                }, askedBy, lasted);
            }
            catch (Exception second)
            {
                log.LogError(second, "The end of a run of {Job} could not be written; it failed with: {Error}", line.Name, e.Message);
            }
            throw;
        }
        var run = await Finish(id, report.Failures.Count > 0 ? JobOutcome.DoneWithFailures : JobOutcome.Done, report, askedBy, lasted);
        return (run, report);
    }

    private async Task Start(Guid id, TimetableLine line, string trigger, bool isDryRun, DateTimeOffset? dueAt, DateTimeOffset now, CancellationToken stop)
    {
        await using var db = Open(line.Name);
        await MarkAbandoned(db, line.Name, now, stop);
        var run = new JobRun
        {
            Id = id, Job = line.Name, DueAtUtc = dueAt, StartedAtUtc = now, Outcome = JobOutcome.Running, Trigger = trigger, IsDryRun = isDryRun, Node = ThisNode,
        };
        if (trigger == JobTrigger.Timetable && await MissedRuns.GapBefore(db, line, now, stop) is { } gap)
        {
            // The row is the alert that stays when the gap is over; the run itself catches up.
            run.Failures.Add(new JobFailure { JobRunId = id, Item = line.Name, Error = gap, AtUtc = now });
            log.LogError("{Gap}", gap);
        }
        db.JobRuns.Add(run);
        await db.SaveChangesAsync(stop);
    }

    private async Task<JobRun> Finish(Guid id, string outcome, JobReport report, string? askedBy, long lasted)
    {
        // The end is written even while the process stops: a row left RUNNING would say that it died.
        await using var db = Open("shell");
        var run = await db.JobRuns.SingleAsync(r => r.Id == id, CancellationToken.None);
        run.FinishedAtUtc = run.StartedAtUtc + Stopwatch.GetElapsedTime(lasted);
        run.Outcome = outcome;
        (run.Seen, run.Acted, run.Refused, run.Failed) = (report.Seen, report.Acted, report.Refused, report.Failures.Count);
        run.Why = Short(askedBy is null ? report.Why : report.Why is null ? $"Asked for by {askedBy}." : $"{report.Why} Asked for by {askedBy}.");
        foreach (var (item, error) in report.Failures)
            db.JobFailures.Add(new JobFailure { JobRunId = id, Item = Short(item)!, Error = Short(error)!, AtUtc = run.FinishedAtUtc.Value });
        await db.SaveChangesAsync(CancellationToken.None);
        return run;
    }

    /// <summary>Runs that say RUNNING though their process is gone: killed, or the machine was.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> MarkAbandoned(FieldSupportDb db, string? job, DateTimeOffset now, CancellationToken stop)
    {
        var running = await db.JobRuns.Where(r => r.Outcome == JobOutcome.Running && (job == null || r.Job == job)).ToListAsync(stop);
        var dead = running.Where(r => IsDead(r, now)).ToList();
        foreach (var run in dead)
        {
            run.Outcome = JobOutcome.Abandoned;
            run.Why = "Its process ended before it did. What it had saved is kept, and the next run goes on from there.";
        }
        if (dead.Count > 0) await db.SaveChangesAsync(stop);
        return dead.Count;
    }

    private static bool IsDead(JobRun run, DateTimeOffset now)
    {
        if (Alive.ContainsKey(run.Id)) return false;
        if (run.Node == ThisNode) return true;
        if (!run.Node.StartsWith(Machine + "/", StringComparison.Ordinal) || !int.TryParse(run.Node.AsSpan(Machine.Length + 1), out var process))
            return now - run.StartedAtUtc > LongestRun;
        try
        {
            using var found = Process.GetProcessById(process);
            // Numbers are given again: only a process as old as the run can be the one that runs it.
            return found.HasExited || now - run.StartedAtUtc > LongestRun;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }

    private FieldSupportDb Open(string job) => databases.Open(Scope.System, Actor.Job(job));

    private static string Reason(Exception e) => e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message;
    private static string? Short(string? text) => Cut.To(text, 1000);
}

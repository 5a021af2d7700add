using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>An alert is an error in the log, a failure on the status page and a /readyz that says no; told once for each missed run.</summary>
public sealed class WatchTheTimetable(Databases databases, TimetableRunning running, ILogger<WatchTheTimetable> log) : IJobWork
{
    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        await using var db = databases.Open(Scope.System, Actor.Job(call.Job));
        var abandoned = await JobShell.MarkAbandoned(db, job: null, call.Now, stop);
        var missed = await MissedRuns.Now(db, call.Now, running.SinceUtc, stop);
        var alerts = new List<(string, string)>();
        foreach (var miss in missed)
        {
            if (await db.JobFailures.AnyAsync(f => f.Item == miss.Line.Name && f.Error == miss.Sentence, stop)) continue;
            log.LogError("{Alert}", miss.Sentence);
            alerts.Add((miss.Line.Name, miss.Sentence));
        }
        return new JobReport(Timetable.Lines.Count, alerts.Count + abandoned)
        {
            Failures = alerts,
            Why = missed.Count > 0 ? $"{missed.Count} jobs do not run as they should." : abandoned > 0 ? $"{abandoned} runs had been abandoned." : null,
        };
    }
}

using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>Runs that did nothing tell nothing after two days; those that did, or that failed, are kept for ninety.</summary>
public sealed class PruneJobRuns(Databases databases) : IJobWork
{
    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        var (quiet, all) = (call.Now.AddDays(-2), call.Now.AddDays(-90));
        await using var db = databases.Open(Scope.System, Actor.Job(call.Job));
        await db.JobFailures.Where(f => db.JobRuns.Any(r => r.Id == f.JobRunId && r.StartedAtUtc < all)).ExecuteDeleteAsync(stop);
        var forgotten = await db.JobRuns.Where(r => r.StartedAtUtc < all && !r.Failures.Any()).ExecuteDeleteAsync(stop);
        forgotten += await db.JobRuns
            .Where(r => r.StartedAtUtc < quiet && r.Outcome == JobOutcome.Done && r.Acted == 0 && r.Refused == 0 && !r.Failures.Any())
            .ExecuteDeleteAsync(stop);
        return new JobReport(forgotten, forgotten);
    }
}

using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Operations;

namespace FieldSupport.Web.Jobs;

/// <summary>Where jobs are meant to run, they do: no run is missing. Registered only there.</summary>
internal sealed class JobsReady(Databases databases, TimetableRunning running, TimeProvider clock) : IReadyCheck
{
    public string Name => "jobs";

    public async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        await using var db = databases.Open(Scope.System, Actor.Job("ready-check"));
        var missed = await MissedRuns.Now(db, clock.GetUtcNow(), running.SinceUtc, cancellationToken);
        return missed.Count == 0 ? null : string.Join(" ", missed.Select(m => m.Sentence));
    }
}

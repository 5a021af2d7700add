using FieldSupport.Web.Features.Chasing;

namespace FieldSupport.Web.Jobs;

/// <summary>The sweep over what is due.</summary>
public sealed class EvaluateDeliveries(Sweep sweep) : IJobWork
{
    public Task<JobReport> Run(JobCall call, CancellationToken stop) => Sweeping.Run(sweep, new SweepRequest(OnlyDue: true, call.IsDryRun), stop);
}

/// <summary>The sweep over everything open.</summary>
public sealed class ClimbLadder(Sweep sweep) : IJobWork
{
    public Task<JobReport> Run(JobCall call, CancellationToken stop) => Sweeping.Run(sweep, new SweepRequest(OnlyDue: false, call.IsDryRun), stop);
}

internal static class Sweeping
{
    public static async Task<JobReport> Run(Sweep sweep, SweepRequest request, CancellationToken stop)
    {
        var report = await sweep.Run(request, stop);
        return new JobReport(report.Evaluated + report.Failures.Count, report.Opened + report.Cleared + report.Escalated)
        {
            Failures = report.Failures,
            Why = report is { Opened: 0, Cleared: 0, Escalated: 0, Notices: 0 } ? null : $"{(request.IsDryRun ? "Would open" : "Opened")} {report.Opened}, {(request.IsDryRun ? "clear" : "cleared")} {report.Cleared}, "
                + $"{(request.IsDryRun ? "tell" : "told")} {report.Escalated} rungs in {report.Notices} notices.",
            Detail = report,
        };
    }
}

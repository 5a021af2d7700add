using FieldSupport.Web.Exchange.Mail;

namespace FieldSupport.Web.Jobs;

public sealed class SendNotices(NoticeSender sender) : IJobWork
{
    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        var report = await sender.SendWaiting(call.IsDryRun, stop);
        if (report.Trouble is { } trouble && !call.IsDryRun) return Of(report) with { Failures = [.. report.Failures, ("mail", trouble)], Why = $"{trouble} {report.Waiting} notices wait." };
        return Of(report) with { Why = call.IsDryRun ? $"Would send {report.Due} notices." : report is { Sent: 0, Failed: 0 } ? null : $"{report.Sent} sent, {report.Failed} failed, {report.Waiting} wait." };
    }

    private static JobReport Of(SendReport report) => new(report.Due, report.Sent) { Refused = report.Parked, Failures = report.Failures, Detail = report };
}

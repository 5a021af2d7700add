using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;

namespace FieldSupport.Web.Commands;

/// <summary>The verb <c>send</c> (contract.md §3): hands queued notices to mail, as a run like any other.</summary>
public sealed class Send(JobShell shell)
{
    /// <summary>As <c>--json</c> prints it.</summary>
    public sealed record Result(int Sent, int Failed, int Waiting);

    /// <returns>The counts, and why nothing more could be sent, if so.</returns>
    public async Task<(Result Result, string? Trouble)> Run(CancellationToken stop)
    {
        var (_, report) = await shell.Run(Timetable.SendNotices, JobTrigger.CommandLine, stop);
        var sent = (SendReport)report.Detail!;
        return (new Result(sent.Sent, sent.Failed, sent.Waiting), sent.Trouble);
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;

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

/// <summary><c>send</c> on the command line.</summary>
public sealed class SendVerb : IVerb
{
    public string Name => "send";
    public string Usage => "";
    public string Help => "Hands waiting notices to mail, oldest first. Exit 1: mail cannot be reached, and what is left waits.";
    public bool Writes => true;
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        await using var scope = call.Services.CreateAsyncScope();
        var (result, trouble) = await scope.ServiceProvider.GetRequiredService<Send>().Run(call.Cancel);
        await using var db = call.Open();
        var parked = await db.Notices.CountAsync(n => n.State == NoticeState.Parked, call.Cancel);
        await call.Answer(new { result.Sent, result.Failed, result.Waiting, parked }, to => to.WriteLineAsync(
            $"{result.Sent} sent, {result.Failed} failed, {result.Waiting} wait.{(parked == 0 ? "" : $" {parked} are parked, reaching nobody: doctor says why.")}"));
        if (trouble is null) return ExitCode.Done;
        await call.Error.WriteLineAsync(trouble);
        return ExitCode.Failed;
    }
}

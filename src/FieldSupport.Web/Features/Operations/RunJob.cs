using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Operations;

/// <summary>Run now, and dry run: the same shell, the same row, and the answer in a sentence.</summary>
public sealed class RunJobController : Controller
{
    [HttpPost("/status/jobs/{name}/run"), Sends(typeof(RunJob.Command))]
    public Task<IActionResult> Run(string name) => Submit(new RunJob.Command(name, IsDryRun: false));

    [HttpPost("/status/jobs/{name}/dry-run"), Sends(typeof(RunJob.Command))]
    public Task<IActionResult> DryRun(string name) => Submit(new RunJob.Command(name, IsDryRun: true));

    private async Task<IActionResult> Submit(RunJob.Command command)
    {
        // Not the browser's patience: a run that was asked for is run to its end.
        var sender = HttpContext.RequestServices.GetRequiredService<ISender>();
        var sentence = (await sender.Send(command, CancellationToken.None)).OrRefuse();
        TempData.Toast(sentence);
        return this.SeeOther("/status");
    }
}

public static class RunJob
{
    [Requires(Permission.RunJobs)]
    public sealed record Command(string Name, bool IsDryRun) : ICommand<string>;

    internal sealed class Handler(JobShell shell, CurrentScope current) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command request, CancellationToken cancellationToken)
        {
            var line = Timetable.Find(request.Name).OrAbsent();
            if (request.IsDryRun && !line.CanDryRun) return new Refusal("job.no-dry-run", $"{line.Name} cannot say beforehand what it would do.");
            try
            {
                var (run, _) = await shell.Run(line, JobTrigger.Person, cancellationToken, request.IsDryRun, askedBy: current.Actor.Name);
                return Sentence(line, run);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Its row says FAILED and why, which the page that follows shows; whoever asked is told at once.
                return new Refusal("job.failed", $"{line.Name} failed: {e.Message}");
            }
        }

        private static string Sentence(TimetableLine line, JobRun run) =>
            $"{(run.IsDryRun ? "Dry run of " : "")}{line.Name}: {run.Seen} seen, {run.Acted} {(run.IsDryRun ? "would be acted on" : "acted on")}, {run.Failed} failed.";
    }
}

using Quartz;

namespace FieldSupport.Web.Jobs;

/// <summary>What Quartz fires for every line of the timetable: hands it to the shell, and an exception back to Quartz.</summary>
[DisallowConcurrentExecution]
public sealed class QuartzRun(JobShell shell, TimeProvider clock, ILogger<QuartzRun> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        if (Timetable.Find(name) is not { } line)
        {
            // A stored job of an older version.
            log.LogWarning("{Job} is no longer on the timetable; it is taken out of the store.", name);
            await context.Scheduler.DeleteJob(context.JobDetail.Key, cancellationToken);
            return;
        }
        // Quartz lives by the system's clock, the run by ours, which may be a simulated one: only the lateness is carried over.
        var late = context.ScheduledFireTimeUtc is { } scheduled ? context.FireTimeUtc - scheduled : TimeSpan.Zero;
        await shell.Run(line, JobTrigger.Timetable, cancellationToken, dueAt: clock.GetUtcNow() - late);
    }
}

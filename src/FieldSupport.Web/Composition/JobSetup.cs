using FieldSupport.Web.Features.Operations;
using FieldSupport.Web.Jobs;
using Quartz;

namespace FieldSupport.Web.Composition;

public static class JobSetup
{
    /// <summary>
    /// The shell and the jobs, which people and commands may run too; with <c>FieldSupport:Jobs:Enabled</c> also what fires them. Quartz keeps
    /// its schedule in memory on SQLite (one process; the schedule is code) and in its own clustered store on PostgreSQL.
    /// </summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, Checked settings, bool isServer)
    {
        services.AddSingleton<JobShell>();
        services.AddSingleton<Figures>();
        services.AddSingleton<DueSignal>();
        services.AddSingleton<TimetableRunning>();
        services.AddScoped<Commands.Send>();
        foreach (var work in Timetable.Lines.Select(l => l.Work).Distinct()) services.AddScoped(work);
        // One call of the command line fires nothing.
        if (!isServer || !settings.Settings.Jobs.Enabled) return services;
        var clock = services.Last(s => s.ServiceType == typeof(TimeProvider));

        services.AddScoped<IReadyCheck, JobsReady>();
        services.AddHostedService<TimetableStart>();
        services.AddHostedService<RunAtOnce>();
        services.AddQuartz(q =>
        {
            q.ConfigureScheduler(o => o.InstanceName = "FieldSupport");
            // Never the application's clock: that may be simulated or stand still, and triggers measured by it would not fire.
            q.UseTimeProvider(TimeProvider.System);
            if (settings.IsSqlite)
            {
                q.UseInMemoryStore();
            }
            else
            {
                q.UsePersistentStore(store =>
                {
                    store.UsePostgres(settings.ConnectionString);
                    store.UseClustering(c =>
                    {
                        c.CheckinInterval = TimeSpan.FromSeconds(5);
                        c.CheckinMisfireThreshold = TimeSpan.FromSeconds(10);
                    });
                    store.UseSystemTextJsonSerializer();
                    store.ProvisionSchema();
                });
            }
            foreach (var line in Timetable.Lines)
            {
                q.AddJob<QuartzRun>(j => j.WithIdentity(line.Name).WithDescription(line.Purpose).StoreDurably());
                q.AddTrigger(t => t.ForJob(line.Name).WithIdentity(line.Name)
                    .WithCronSchedule(line.Cron, c => c.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
            }
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        // Quartz has made its own clock everybody's; the application keeps the one it was given.
        services.Add(clock);
        return services;
    }

    private sealed class TimetableStart(TimetableRunning running, TimeProvider clock) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            running.SinceUtc = clock.GetUtcNow();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using System.Threading.Channels;

namespace FieldSupport.Web.Jobs;

/// <summary>
/// "Something new lies there": called after a commit by whoever stored a message or changed what a delivery depends on. Only a hint to
/// hurry; without it the timetable does the same a little later, and where jobs are off nobody listens.
/// </summary>
public sealed class DueSignal
{
    private readonly Channel<bool> _waiting = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => _waiting.Writer.TryWrite(true);

    internal async Task Next(CancellationToken stop) => await _waiting.Reader.ReadAsync(stop);
}

/// <summary>Runs messages, evaluation and sending at once after new events, and once at the start, to catch up after a downtime.</summary>
internal sealed class RunAtOnce(DueSignal due, JobShell shell, IHostApplicationLifetime life, ILogger<RunAtOnce> log) : BackgroundService
{
    /// <summary>Many events in a row are one run.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var _ = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        due.Signal();
        while (!stoppingToken.IsCancellationRequested)
        {
            await due.Next(stoppingToken);
            await Task.Delay(Pause, stoppingToken);
            foreach (var line in (TimetableLine[])[Timetable.ProcessMessages, Timetable.EvaluateDeliveries, Timetable.SendNotices])
            {
                try
                {
                    await shell.Run(line, JobTrigger.Event, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // Its row says FAILED; this loop goes on, for a later event may fare better.
                    log.LogError(e, "A run of {Job} after new events failed.", line.Name);
                }
            }
        }
    }
}

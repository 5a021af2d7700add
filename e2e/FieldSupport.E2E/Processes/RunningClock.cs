using System.Diagnostics;

namespace FieldSupport.E2E.Processes;

/// <summary>The simulated time of an application that is started again and again: it runs on with the real one, and leaps between two starts.</summary>
public sealed class RunningClock(DateTimeOffset startsAt)
{
    private readonly Lock turn = new();
    private DateTimeOffset from = startsAt;
    private long since = Stopwatch.GetTimestamp();

    public DateTimeOffset Now
    {
        get
        {
            lock (turn)
            {
                return from + Stopwatch.GetElapsedTime(since);
            }
        }
    }

    public void Leap(TimeSpan by)
    {
        lock (turn)
        {
            (from, since) = (from + Stopwatch.GetElapsedTime(since) + by, Stopwatch.GetTimestamp());
        }
    }
}

using System.Globalization;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <param name="LastAtUtc">The last run by the timetable; null: none ever.</param>
/// <param name="Sentence">The alert.</param>
public sealed record MissedRun(TimetableLine Line, DateTimeOffset? LastAtUtc, string Sentence);

/// <summary>When this process began to run the timetable; null where it does not.</summary>
public sealed class TimetableRunning
{
    public DateTimeOffset? SinceUtc { get; internal set; }
}

/// <summary>Runs that should have happened and did not. Only runs by the timetable count: one that a person asked for does not show that it lives.</summary>
public static class MissedRuns
{
    /// <param name="runningSince">A process that has just started is given the time of one interval; null: no such mercy.</param>
    public static async Task<IReadOnlyList<MissedRun>> Now(FieldSupportDb db, DateTimeOffset now, DateTimeOffset? runningSince, CancellationToken stop)
    {
        var last = await db.JobRuns.AsNoTracking()
            .Where(r => r.Trigger == JobTrigger.Timetable && !r.IsDryRun && r.StartedAtUtc <= now)
            .GroupBy(r => r.Job).Select(g => new { Job = g.Key, At = g.Max(r => r.StartedAtUtc) })
            .ToDictionaryAsync(g => g.Job, g => g.At, stop);
        // Nothing has ever run here, and nothing is meant to in this process: that is a fresh installation, not an alarm.
        if (last.Count == 0 && runningSince is null) return [];
        var missed = new List<MissedRun>();
        foreach (var line in Timetable.Lines)
        {
            DateTimeOffset? at = last.TryGetValue(line.Name, out var found) ? found : null;
            var since = runningSince > at || at is null ? runningSince ?? at : at;
            if (since is { } from && now - from <= line.Every + line.Grace) continue;
            missed.Add(new MissedRun(line, at, at is { } ran
                ? $"{line.Name} should have run by {Stamp(ran + line.Every)} and did not; its last run was {Stamp(ran)}."
                : $"{line.Name} has never run, though it should every {Words(line.Every)}."));
        }
        return missed;
    }

    /// <summary>What to say about the time before this run, when runs are missing there; null when none are.</summary>
    public static async Task<string?> GapBefore(FieldSupportDb db, TimetableLine line, DateTimeOffset now, CancellationToken stop)
    {
        var last = await db.JobRuns.AsNoTracking()
            .Where(r => r.Job == line.Name && r.Trigger == JobTrigger.Timetable && !r.IsDryRun && r.StartedAtUtc <= now)
            .OrderByDescending(r => r.StartedAtUtc).Select(r => (DateTimeOffset?)r.StartedAtUtc).FirstOrDefaultAsync(stop);
        return last is { } ran && now - ran > line.Every + line.Grace
            ? $"{line.Name} did not run for {Words(now - ran)}, from {Stamp(ran)} on; this run catches up."
            : null;
    }

    private static string Stamp(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    internal static string Words(TimeSpan span) => span.TotalMinutes < 120 ? $"{(int)span.TotalMinutes} min" : span.TotalHours < 48 ? $"{(int)span.TotalHours} h" : $"{(int)span.TotalDays} days";
}

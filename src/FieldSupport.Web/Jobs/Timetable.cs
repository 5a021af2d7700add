namespace FieldSupport.Web.Jobs;

/// <summary>One job, and when it runs.</summary>
/// <param name="Name">Also the actor's name in the audit, and the key in Quartz.</param>
/// <param name="Purpose">One sentence for whoever reads the status page.</param>
/// <param name="Work">The class that does it, an <see cref="IJobWork"/>.</param>
/// <param name="Cron">Quartz's six fields, UTC.</param>
/// <param name="Every">Time between two runs by that cron.</param>
/// <param name="Grace">A run later than this counts as missed, and that is an alert.</param>
/// <param name="CanDryRun">It can say what it would do.</param>
public sealed record TimetableLine(string Name, string Purpose, Type Work, string Cron, TimeSpan Every, TimeSpan Grace, bool CanDryRun);

/// <summary>
/// The only list of jobs. Quartz is the trigger; what was done already is decided by unique keys in our own tables, so that a run too many
/// does nothing, and a run after hours of downtime catches up once. Clinic times (08:00) stand in the data, as the instant of a delivery's
/// next look; the lines are plain intervals and need no zone.
/// </summary>
public static class Timetable
{
    public static readonly TimetableLine EvaluateDeliveries = new(
        "evaluate-deliveries",
        "Looks again at every delivery whose next look has come, 08:00 clinic time of its ladder among them; runs at once after new events too.",
        typeof(EvaluateDeliveries), "0 0/2 * * * ?", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), CanDryRun: true);

    /// <summary>08:00 falls on a whole hour in every zone of the United States.</summary>
    public static readonly TimetableLine ClimbLadder = new(
        "climb-ladder",
        "Each full hour, so at 08:00 of every clinic: looks at all open deliveries, due or not, and climbs the ladder. Catches what a changed policy or calendar moved.",
        typeof(ClimbLadder), "0 0 * * * ?", TimeSpan.FromHours(1), TimeSpan.FromMinutes(15), CanDryRun: true);

    public static readonly TimetableLine WarnOfUncoveredVisits = new(
        "warn-of-uncovered-visits",
        "Makes sure that every coming visit is watched, so that one without an order is warned of from T-10 08:00 clinic time on.",
        typeof(WarnOfUncoveredVisits), "30 5/15 * * * ?", TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15), CanDryRun: true);

    public static readonly TimetableLine SendNotices = new(
        "send-notices", "Hands waiting notices to mail, oldest first; runs at once after each evaluation too.",
        typeof(SendNotices), "20 * * * * ?", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4), CanDryRun: true);

    public static readonly TimetableLine ProcessMessages = new(
        "process-messages", "Reads stored messages of carriers and partners that were answered but not yet understood.",
        typeof(ProcessStoredMessages), "40 * * * * ?", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4), CanDryRun: false);

    public static readonly TimetableLine WatchTheTimetable = new(
        "watch-timetable", "Raises an alert for every run that should have happened and did not, and marks runs whose process died.",
        typeof(WatchTheTimetable), "50 2/5 * * * ?", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), CanDryRun: false);

    public static readonly TimetableLine PruneJobRuns = new(
        "prune-job-runs", "Forgets quiet runs after two days and all others after ninety.",
        typeof(PruneJobRuns), "0 17 * * * ?", TimeSpan.FromHours(1), TimeSpan.FromHours(1), CanDryRun: false);

    public static readonly TimetableLine ClearAttachments = new(
        "clear-attachments", "Removes photos of forms that were never sent, a day after they were attached.",
        typeof(ClearAttachments), "0 43 * * * ?", TimeSpan.FromHours(1), TimeSpan.FromHours(1), CanDryRun: true);

    public static IReadOnlyList<TimetableLine> Lines { get; } =
        [EvaluateDeliveries, ClimbLadder, WarnOfUncoveredVisits, SendNotices, ProcessMessages, WatchTheTimetable, PruneJobRuns, ClearAttachments];

    /// <summary>Null for a name that is no job (any more).</summary>
    public static TimetableLine? Find(string name) => Lines.FirstOrDefault(l => string.Equals(l.Name, name, StringComparison.Ordinal));
}

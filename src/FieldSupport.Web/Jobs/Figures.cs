using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>
/// What an operator's monitor watches, as Prometheus text: queues, the age of what waits, the last runs, feeds. Counts and ages alone: no
/// account, person, number or patient stands in it. Each figure is one question that an index answers.
/// </summary>
public sealed class Figures(Databases databases, TimetableRunning running, TimeProvider clock)
{
    public async Task<string> Text(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var text = new StringBuilder();
        await using var db = databases.Open(Scope.System, Actor.Nobody, isAwaited: true);

        var notices = await db.Notices.AsNoTracking().Where(n => n.SentAtUtc == null).GroupBy(n => n.State).Select(g => new { State = g.Key, Count = g.Count() }).ToListAsync(stop);
        int Of(NoticeState state) => notices.Find(n => n.State == state)?.Count ?? 0;
        Gauge("fieldsupport_notices_waiting", "Notices queued or to be tried again.", Of(NoticeState.Queued) + Of(NoticeState.Failed));
        Gauge("fieldsupport_notices_parked", "Notices that reach nobody until a person looks.", Of(NoticeState.Parked));
        var oldest = await db.Notices.AsNoTracking().Where(n => n.SentAtUtc == null && (n.State == NoticeState.Queued || n.State == NoticeState.Failed)).MinAsync(n => (DateTimeOffset?)n.QueuedAtUtc, stop);
        Gauge("fieldsupport_oldest_unsent_notice_seconds", "Age of the oldest notice that waits; 0 when none does.", Age(oldest, now));
        Gauge("fieldsupport_unanswered_tellings", "Tellings of the ladder that wait for somebody's answer.", await db.Rungs.CountAsync(r => r.AnswerDueAtUtc != null, stop));

        Gauge("fieldsupport_messages_waiting", "Stored messages of carriers that are not read yet.", await db.Messages.CountAsync(m => m.State == MessageState.Stored, stop));
        var sources = await db.Messages.AsNoTracking().Select(m => m.Source).Distinct().ToListAsync(stop);
        Head("fieldsupport_feed_age_seconds", "Since a source last brought something.");
        foreach (var source in sources.Order(StringComparer.Ordinal))
            Line("fieldsupport_feed_age_seconds", Age(await db.Messages.AsNoTracking().Where(m => m.Source == source).MaxAsync(m => (DateTimeOffset?)m.ReceivedAtUtc, stop), now), ("source", source));

        Head("fieldsupport_job_last_run_seconds", "Since a job's last run that ended well; absent when there is none.");
        var runs = new List<(string Job, double Age, double Lasted)>();
        foreach (var line in Timetable.Lines)
        {
            var last = await db.JobRuns.AsNoTracking().Where(r => r.Job == line.Name && r.FinishedAtUtc != null && !r.IsDryRun && (r.Outcome == JobOutcome.Done || r.Outcome == JobOutcome.DoneWithFailures))
                .OrderByDescending(r => r.StartedAtUtc).Select(r => new { r.StartedAtUtc, r.FinishedAtUtc }).FirstOrDefaultAsync(stop);
            if (last is not null) runs.Add((line.Name, Age(last.FinishedAtUtc, now), (last.FinishedAtUtc!.Value - last.StartedAtUtc).TotalSeconds));
        }
        foreach (var (job, age, _) in runs) Line("fieldsupport_job_last_run_seconds", age, ("job", job));
        Head("fieldsupport_job_last_run_duration_seconds", "How long that run took.");
        foreach (var (job, _, lasted) in runs) Line("fieldsupport_job_last_run_duration_seconds", lasted, ("job", job));
        Gauge("fieldsupport_last_sweep_seconds", "Since deliveries were last looked at; -1 when they never were.", runs.Find(r => r.Job == Timetable.EvaluateDeliveries.Name) is { Job: not null } sweep ? sweep.Age : -1);

        Gauge("fieldsupport_missed_runs", "Jobs whose run by the timetable is overdue.", (await MissedRuns.Now(db, now, running.SinceUtc, stop)).Count);

        Head("fieldsupport_stalls_open", "Open records of deliveries that need somebody, by severity.");
        var stalls = await db.Stalls.AsNoTracking().Where(s => s.ClosedAtUtc == null).GroupBy(s => s.Severity).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(stop);
        foreach (var severity in Enum.GetValues<Severity>().Select(WireName.Of)) Line("fieldsupport_stalls_open", stalls.Find(s => s.Key == severity)?.Count ?? 0, ("severity", severity));
        Head("fieldsupport_deliveries_open", "Deliveries awaited, by what people see.");
        foreach (var group in await db.Deliveries.AsNoTracking().Where(d => d.IsOpen && d.IsListed && (d.ShipmentId != null || d.OrderId != null || d.Reasons != "")).GroupBy(d => d.Outlook)
                     .Select(g => new { g.Key, Count = g.Count() }).OrderBy(g => g.Key).ToListAsync(stop))
            Line("fieldsupport_deliveries_open", group.Count, ("outlook", group.Key ?? "none"));
        Gauge("fieldsupport_database_bytes", "What the database takes on its disk.", await Bytes(db, stop));
        Gauge("fieldsupport_audit_entries", "Entries of the audit.", await db.Audit.MaxAsync(a => (long?)a.Sequence, stop) ?? 0);
        Head("fieldsupport_build_info", "The running program.");
        Line("fieldsupport_build_info", 1, ("version", typeof(Figures).Assembly.GetName().Version?.ToString(3) ?? "unknown"), ("database", databases.IsSqlite ? "sqlite" : "postgres"));
        return text.ToString();

        void Gauge(string name, string help, double value)
        {
            Head(name, help);
            Line(name, value);
        }

        void Head(string name, string help) => text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n').Append("# TYPE ").Append(name).Append(" gauge\n");

        void Line(string name, double value, params (string Name, string Value)[] labels)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').AppendJoin(',', labels.Select(l => $"{l.Name}=\"{l.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"")).Append('}');
            text.Append(' ').Append(value.ToString("0.###", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    /// <summary>Pages that are in use or were; the log of what is not yet among them apart.</summary>
    private static Task<long> Bytes(FieldSupportDb db, CancellationToken stop) => db.Database.IsSqlite()
        ? db.Database.SqlQuery<long>($"SELECT page_count * page_size AS \"Value\" FROM pragma_page_count(), pragma_page_size()").SingleAsync(stop)
        : db.Database.SqlQuery<long>($"SELECT pg_database_size(current_database()) AS \"Value\"").SingleAsync(stop);

    private static double Age(DateTimeOffset? at, DateTimeOffset now) => at is { } then ? Math.Max(0, (now - then).TotalSeconds) : 0;
}

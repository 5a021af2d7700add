using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Ui;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>What the round over unanswered tellings did.</summary>
public sealed record UnansweredReport(int Escalated, int Notices, IReadOnlyList<(string Item, string Error)> Failures);

/// <summary>
/// Tells the next level where nobody has answered in time (domain.md §3.2), and the deputies of those who were told. One telling, one save;
/// the version of the ledger's row decides which of two nodes does it. It ends when somebody answers, when the trouble is over, when a
/// later rung is told (whose own clock then runs), and at the top of the ladder.
/// </summary>
public sealed class Unanswered(Databases databases, DeliveryFactsReader reader, RiskCalendars calendars, NoticeRows rows, ILogger<Unanswered> log)
{
    private const int Most = 1000;

    public async Task<UnansweredReport> Escalate(Recipients recipients, DateTimeOffset now, CancellationToken stop)
    {
        List<(Guid Id, string WatchKey)> due;
        await using (var db = Open())
        {
            due = [.. (await db.Rungs.AsNoTracking().Where(r => r.AnswerDueAtUtc != null && r.AnswerDueAtUtc <= now).OrderBy(r => r.AnswerDueAtUtc).ThenBy(r => r.Id).Take(Most)
                .Select(r => new { r.Id, r.WatchKey }).ToListAsync(stop)).Select(r => (r.Id, r.WatchKey))];
        }
        var (escalated, notices) = (0, 0);
        var failures = new List<(string, string)>();
        foreach (var (id, watchKey) in due)
        {
            try
            {
                var told = await One(id, recipients, now, stop);
                if (told > 0) escalated++;
                notices += told;
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another node told it, or somebody answered at that moment.
            }
            catch (Exception e) when (e is not OperationCanceledException && !DatabaseTrouble.IsBusy(e))
            {
                log.LogError(e, "The next level of {WatchKey} could not be told.", watchKey);
                failures.Add((watchKey, e.InnerException?.Message ?? e.Message));
            }
        }
        return new UnansweredReport(escalated, notices, failures);
    }

    private async Task<int> One(Guid id, Recipients recipients, DateTimeOffset now, CancellationToken stop)
    {
        await using var db = Open();
        var entry = await db.Rungs.SingleAsync(r => r.Id == id, stop);
        if (entry.AnswerDueAtUtc is not { } dueAt || dueAt > now) return 0;
        var ledger = await db.Rungs.AsNoTracking().Where(r => r.WatchKey == entry.WatchKey && r.AtUtc <= now).Select(r => new { r.Rung, r.Round, r.Outcome }).ToListAsync(stop);
        var overtaken = ledger.Exists(l => l.Outcome == "TOLD" && l.Round == entry.Round && ChaseLadder.PlaceOf(l.Rung) > ChaseLadder.PlaceOf(entry.Rung));
        if (overtaken || await Worst(db, entry, now, stop) is not { } asking || NoticeTiming.AnswerDue(asking.Assessment.GateSeverity, now, calendars.ShipFrom, calendars.Policy) is not { } next)
        {
            entry.AnswerDueAtUtc = null;
            await db.SaveChangesAsync(stop);
            return 0;
        }

        var (watched, assessment) = asking;
        var (row, severity) = (watched.Row, assessment.GateSeverity);
        var told = await db.Notices.AsNoTracking().Where(n => n.WatchKey == entry.WatchKey && n.Rung == entry.Rung && n.Round == entry.Round)
            .Select(n => new { n.Recipient, n.Person }).ToListAsync(stop);
        var people = told.Select(t => t.Person).ToHashSet();
        var slots = ChaseLadder.NextLevel([.. told.Select(t => t.Recipient).Distinct()], slot => recipients.Of(slot, watched.Account).Count > 0);
        var deputies = told.Where(t => t.Person.Length > 0).Select(t => (t.Recipient, Deputy: recipients.DeputyOf(t.Person, watched.Account)))
            .Where(d => d.Deputy is not null && !people.Contains(d.Deputy.Person)).Select(d => (d.Recipient, d.Deputy!)).DistinctBy(d => d.Item2.Person).ToList();
        entry.Level++;
        entry.AnswerDueAtUtc = slots.Count == 0 ? null : next;
        if (slots.Count == 0 && deputies.Count == 0)
        {
            db.Note("rung.unanswered", "delivery", row.Number, $"{entry.Rung}: nobody answered, and nobody is left to tell");
            await db.SaveChangesAsync(stop);
            return 0;
        }
        var zone = watched.Facts.Clinic.Zone;
        var first = $"Nobody has answered {(entry.Rung == RungName.AckOverdue ? "the notice" : $"check {entry.Rung}")} of {When.Absolute(entry.AtUtc, now, zone)} in time. You are told as the next level.";
        var isToldAnew = ledger.Exists(l => l.Rung == entry.Rung && l.Round != entry.Round);
        var added = rows.Of(watched, assessment, new RungCall(entry.Rung, slots, entry.TaskText, severity), slots, recipients, isToldAnew, now, first, entry.Level, deputies);
        db.Notices.AddRange(added);
        db.Note("rung.unanswered", "delivery", row.Number, $"{entry.Rung}: told {string.Join(", ", added.Select(n => n.Recipient).Distinct())}");
        await db.SaveChangesAsync(stop);
        return added.Count;
    }

    /// <summary>
    /// The worst of what is still awaited under the telling's key, and is bad enough to wait for an answer; null when the trouble is over. One telling stands for
    /// every parcel of an order: that the one it was told of has come says nothing of the others.
    /// </summary>
    private async Task<(WatchedDelivery Watched, Assessment Assessment)?> Worst(FieldSupportDb db, RungEntry entry, DateTimeOffset now, CancellationToken stop)
    {
        var open = await db.Deliveries.AsNoTracking().Where(d => d.WatchKey == entry.WatchKey && d.IsOpen && d.RecordedAtUtc <= now).OrderBy(d => d.Id).ToListAsync(stop);
        if (open.Count == 0) return null;
        var asking = (await reader.Read(db, open, now, stop)).Where(w => w.Exists && (w.Row.Id == entry.DeliveryId || !w.Facts.IsSuperseded))
            .Select(w => (Watched: w, Assessment: DeliveryRisk.Assess(w.Facts, calendars, now)))
            // GateSeverity speaks also where no reason is open: a gate that did not hold is told by it, and by it an answer is waited for.
            .Where(a => !a.Assessment.IsFinished && entry.Round == RungName.RoundOf(entry.Rung, a.Watched.Facts.VisitOn) && NoticeTiming.AnswerDue(a.Assessment.GateSeverity, now, calendars.ShipFrom, calendars.Policy) is not null
                && (entry.Rung == RungName.AckOverdue ? a.Assessment.Reasons.Contains(StallReason.OrderNotAcknowledged) : a.Assessment.Reasons.Count > 0 || !StillHolds(entry, a.Watched, a.Assessment, now)))
            .OrderByDescending(a => a.Assessment.GateSeverity == Severity.Critical).ThenByDescending(a => a.Watched.Row.Id == entry.DeliveryId).ToList();
        return asking.Count == 0 ? null : asking[0];
    }

    private static bool StillHolds(RungEntry entry, WatchedDelivery watched, Assessment assessment, DateTimeOffset now) =>
        Enum.GetValues<EscalationRung>().Where(r => RungName.Of(r) == entry.Rung).Any(r => ChaseLadder.GateHolds(r, watched.Facts, assessment, now));

    private FieldSupportDb Open() => databases.Open(Scope.System, Actor.Job("evaluate-deliveries"));
}

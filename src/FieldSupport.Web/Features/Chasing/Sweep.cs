using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <param name="OnlyDue">Only deliveries whose next look has come; else every open one.</param>
/// <param name="IsDryRun">Says what it would do and writes nothing.</param>
public sealed record SweepRequest(bool OnlyDue, bool IsDryRun = false, int BatchSize = 1000, bool CollectStalls = false);

/// <summary>What a sweep did. <see cref="Failures"/> are deliveries that could not be evaluated, each with why.</summary>
public sealed record SweepReport(
    DateTimeOffset AsOf, int Evaluated, int Opened, int Cleared, int Escalated, int Notices, IReadOnlyList<(string Number, string Error)> Failures,
    IReadOnlyList<(WatchedDelivery Delivery, Assessment Assessment)> Stalls);

/// <summary>
/// Evaluates deliveries, opens and closes stalls, climbs the ladder and queues notices. A batch is one transaction; a batch that fails
/// is done again one by one, so that one poisoned delivery holds up nobody. Unique keys decide what was told already: it may be
/// killed at any line and run again, on several nodes at once.
/// </summary>
public sealed class Sweep(
    Databases databases, DeliveryFactsReader reader, Settings settings, RiskCalendars calendars, NoticeRows notices, Unanswered unanswered, TimeProvider clock, ILogger<Sweep> log)
{
    public async Task<SweepReport> Run(SweepRequest request, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var total = new Tally();
        var stalls = new List<(WatchedDelivery, Assessment)>();
        var failures = new List<(string, string)>();
        Recipients recipients;
        await using (var db = Open()) recipients = await Recipients.Load(db, settings, now, cancellation);

        DueDelivery? after = null;
        while (true)
        {
            List<DueDelivery> batch;
            await using (var db = Open())
                batch = request.OnlyDue
                    ? await DueDeliveries.FindAsync(db, now, after, request.BatchSize, cancellation)
                    : await DueDeliveries.AllOpenAsync(db, after, request.BatchSize, cancellation);
            if (batch.Count == 0) break;
            after = batch[^1];
            try
            {
                await Evaluate(batch, request, recipients, now, total, stalls, cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("A batch of {Count} deliveries failed ({Error}); doing it one by one.", batch.Count, e.Message);
                foreach (var one in batch)
                {
                    try
                    {
                        await Evaluate([one], request, recipients, now, total, stalls, cancellation);
                    }
                    catch (Exception inner) when (inner is not OperationCanceledException && !DatabaseTrouble.IsBusy(inner))
                    {
                        log.LogError(inner, "Delivery {Number} could not be evaluated.", one.Number);
                        failures.Add((one.Number, inner.InnerException?.Message ?? inner.Message));
                    }
                }
            }
        }
        // After the looking: what a scan has calmed meanwhile needs nobody's answer any more.
        var answers = request.IsDryRun ? new UnansweredReport(0, 0, []) : await unanswered.Escalate(recipients, now, cancellation);
        total.Escalated += answers.Escalated;
        total.Notices += answers.Notices;
        failures.AddRange(answers.Failures);
        return new SweepReport(now, total.Evaluated, total.Opened, total.Cleared, total.Escalated, total.Notices, failures, stalls);
    }

    private FieldSupportDb Open() => databases.Open(Scope.System, Actor.Job("evaluate-deliveries"));

    private sealed class Tally
    {
        public int Evaluated, Opened, Cleared, Escalated, Notices;
    }

    private async Task Evaluate(
        List<DueDelivery> batch, SweepRequest request, Recipients recipients, DateTimeOffset now, Tally total, List<(WatchedDelivery, Assessment)> stalls, CancellationToken cancellation)
    {
        await using var db = Open();
        var ids = batch.ConvertAll(c => c.Id).ToArray();
        var rows = await ManyRows.ReadAsync(
            db, db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id) && d.IsOpen && d.RecordedAtUtc <= now), cancellation);
        // Near rows are written near each other, and two sweeps take them in the same order.
        rows.Sort((a, b) => a.Id.CompareTo(b.Id));
        var before = rows.ConvertAll(BulkRows.CopyOf);
        var watched = await reader.Read(db, rows, now, cancellation, forAssessment: !request.CollectStalls);
        var rowIds = rows.ConvertAll(r => r.Id).ToArray();
        var keys = rows.Select(r => r.WatchKey).Distinct().ToArray();
        var openStalls = await db.Stalls.Include(s => s.Entries).Where(s => EF.Parameter(rowIds).Contains(s.DeliveryId) && s.ClosedAtUtc == null).ToDictionaryAsync(s => s.DeliveryId, cancellation);
        var ledger = (await db.Rungs.AsNoTracking().Where(r => EF.Parameter(keys).Contains(r.WatchKey)).Select(r => new InLedger(r.Id, r.WatchKey, r.Rung, r.Round, r.Outcome == "TOLD", r.AnswerDueAtUtc, r.AnsweredAtUtc != null, r.Level)).ToListAsync(cancellation))
            .ToLookup(r => r.WatchKey);
        var told = new Dictionary<(string, DateOnly?), HashSet<string>>();
        var promises = (await db.Chases.Where(c => EF.Parameter(rowIds).Contains(c.DeliveryId) && c.EndedAtUtc == null && c.UndoneAtUtc == null && c.PromisedByUtc != null).ToListAsync(cancellation))
            .ToLookup(c => c.DeliveryId);

        var added = new SweepRows();
        var sooner = new Dictionary<Guid, (DateTimeOffset Due, Severity? Severity)>();
        var here = new Tally();
        var found = new List<(WatchedDelivery, Assessment)>();
        foreach (var delivery in watched)
        {
            var writer = new DeliveryWriter(db, added, delivery, now);
            here.Evaluated++;
            var stall = openStalls.GetValueOrDefault(delivery.Row.Id);
            if (!delivery.Exists)
            {
                if (writer.Leave(stall)) here.Cleared++;
                continue;
            }
            var assessment = DeliveryRisk.Assess(delivery.Facts, calendars, now);
            if (delivery.Row.ResolvedAtUtc is not null && writer.StaysResolved(assessment)) continue;
            var rescue = RescueOptions.NextDecision(RescueOptions.Of(delivery.Facts, assessment, calendars, now), now);
            switch (writer.Answer(assessment, rescue, stall, promises[delivery.Row.Id].ToList()))
            {
                case StallChange.Opened: here.Opened++; break;
                case StallChange.Closed: here.Cleared++; break;
            }
            if (assessment.Reasons.Count > 0) found.Add((delivery, assessment));

            // A visit that moved has a ladder of its own; what was told for the old day does not count for the new one.
            var (watch, visitOn) = (delivery.Row.WatchKey, delivery.Facts.VisitOn);
            if (!told.TryGetValue((watch, visitOn), out var already))
                told[(watch, visitOn)] = already = ledger[watch].Where(r => r.Round.Length == 0 || r.Round == RungName.RoundOf(r.Rung, visitOn)).Select(r => r.Rung).ToHashSet();
            var step = ChaseLadder.Climb(delivery.Facts, assessment, already, now);
            foreach (var rung in step.Superseded)
                if (already.Add(rung)) writer.Supersede(rung);
            foreach (var call in step.Tell)
            {
                if (!already.Add(call.Rung)) continue;
                if (call.Task is not null) here.Escalated++;
                here.Notices += Tell(added, writer, delivery, assessment, call, recipients, ledger[watch].Any(r => r.Rung == call.Rung), now);
            }
            foreach (var (id, due) in AnswersDue(delivery, assessment, ledger[watch], step, now))
                if (!sooner.TryGetValue(id, out var other) || due < other.Due) sooner[id] = (due, assessment.GateSeverity);
        }
        if (!request.IsDryRun)
        {
            db.Bulk.Update(rows.Zip(before).ToList());
            added.Queue(db.Bulk);
            if (sooner.Count > 0) await Hurry(db, sooner, now, cancellation);
            await db.SaveChangesAsync(cancellation);
        }
        total.Evaluated += here.Evaluated; total.Opened += here.Opened; total.Cleared += here.Cleared;
        total.Escalated += here.Escalated; total.Notices += here.Notices;
        if (request.CollectStalls) stalls.AddRange(found);
    }

    /// <summary>What the ledger holds of one rung, as far as the next step and its answer ask for it.</summary>
    private sealed record InLedger(Guid Id, string WatchKey, string Rung, string Round, bool IsTold, DateTimeOffset? AnswerDueAtUtc, bool IsAnswered, int Level);

    /// <summary>
    /// Tellings whose answer is due at another time than the ledger says, since this delivery got worse after they were told. They may have been told by another
    /// parcel of the order: each rung is told once for all of them.
    /// </summary>
    private IEnumerable<(Guid Id, DateTimeOffset Due)> AnswersDue(WatchedDelivery delivery, Assessment assessment, IEnumerable<InLedger> ledger, LadderStep step, DateTimeOffset now)
    {
        // What is told in this very step waits by its own clock, and overtakes what was told before.
        var told = ledger.Where(r => r.IsTold && r.Round == RungName.RoundOf(r.Rung, delivery.Facts.VisitOn)).ToList();
        foreach (var rung in ChaseLadder.Asking([.. told.Select(r => r.Rung), .. step.Tell.Select(c => c.Rung)], delivery.Facts, assessment, now))
        {
            if (told.Find(r => r.Rung == rung) is not { } entry) continue;
            var due = NoticeTiming.AnswerDueNow(entry.AnswerDueAtUtc, entry.IsAnswered, entry.Level, assessment.GateSeverity, now, calendars.ShipFrom, calendars.Policy);
            if (due is { } at && due != entry.AnswerDueAtUtc) yield return (entry.Id, at);
        }
    }

    /// <summary>Somebody is waited for from now on, or sooner. Whose mail waits for a digest or the end of quiet hours has not been told yet, and it is calm news no longer.</summary>
    private static async Task Hurry(FieldSupportDb db, Dictionary<Guid, (DateTimeOffset Due, Severity? Severity)> sooner, DateTimeOffset now, CancellationToken cancellation)
    {
        var asked = sooner.Keys.ToArray();
        var rungs = await db.Rungs.Where(r => EF.Parameter(asked).Contains(r.Id) && r.AnsweredAtUtc == null).ToListAsync(cancellation);
        foreach (var rung in rungs) rung.AnswerDueAtUtc = sooner[rung.Id].Due;
        var keys = rungs.Select(r => r.WatchKey).Distinct().ToArray();
        var held = await db.Notices.Held(now).Where(n => EF.Parameter(keys).Contains(n.WatchKey)).ToListAsync(cancellation);
        foreach (var notice in held)
        {
            if (rungs.Find(r => (r.WatchKey, r.Rung, r.Round) == (notice.WatchKey, notice.Rung, notice.Round)) is not { } rung || sooner[rung.Id].Severity is not { } severity) continue;
            (notice.Severity, notice.NextAttemptAtUtc) = (WireName.Of(severity), now);
        }
    }

    /// <summary>Ledger row and mails in one save: no rung without its mail, one mail a recipient.</summary>
    private int Tell(SweepRows added, DeliveryWriter writer, WatchedDelivery delivery, Assessment assessment, RungCall call, Recipients recipients, bool isToldAnew, DateTimeOffset now)
    {
        writer.Told(call, call.Task is null ? null : NoticeTiming.AnswerDue(call.Severity, now, calendars.ShipFrom, calendars.Policy));
        // Of a chase: that a parcel came is worth nobody else's time.
        var alsoTold = call.Task is null ? [] : ChaseLadder.InPlaceOf(call.Recipients, slot => recipients.AddressesOf(slot, delivery.Account) is not null);
        var rows = notices.Of(delivery, assessment, call, [.. call.Recipients, .. alsoTold], recipients, isToldAnew, now);
        added.Notices.AddRange(rows);
        return rows.Count;
    }
}

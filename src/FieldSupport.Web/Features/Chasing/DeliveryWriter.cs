using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>What an evaluation did to the open record.</summary>
public enum StallChange { None, Opened, Changed, Closed }

/// <summary>New rows of a sweep, written in bulk; what existed before is tracked.</summary>
internal sealed class SweepRows
{
    public List<StalledDelivery> Stalls { get; } = [];
    public List<StallReasonEntry> Reasons { get; } = [];
    public List<RungEntry> Rungs { get; } = [];
    public List<Notice> Notices { get; } = [];

    public void Queue(BulkRows bulk)
    {
        bulk.Insert(Stalls);
        bulk.Insert(Reasons);
        bulk.Insert(Rungs);
        bulk.Insert(Notices);
    }
}

/// <summary>Writes an assessment into the rows of one delivery: the stored answer, the open record, the ledger.</summary>
internal sealed class DeliveryWriter(FieldSupportDb db, SweepRows added, WatchedDelivery watched, DateTimeOffset now)
{
    private readonly Delivery _row = watched.Row;

    /// <summary>Stores the answer until its next look; opens, changes or closes the record; ends or breaks promises.</summary>
    /// <param name="rescue">What logistics has to decide on first.</param>
    public StallChange Answer(Assessment assessment, Rescue? rescue, StalledDelivery? stall, IReadOnlyList<Chase> promises)
    {
        var reasons = string.Join(',', assessment.Reasons.Select(r => WireName.Of(r)));
        _row.Outlook = assessment.Outlook?.ToString();
        _row.Severity = assessment.Severity?.ToString();
        _row.Reasons = reasons;
        var before = _row.SortRank;
        (_row.SortRank, _row.SortSlack) = SortKey(assessment);
        // Put aside while it stood as it did; worse, or over, it is shown again.
        if (_row.SnoozedUntilUtc is { } until && (until <= now || _row.SortRank < before)) _row.SnoozedUntilUtc = null;
        _row.NeedByUtc = assessment.NeedBy?.ToUniversalTime();
        _row.MustShipByUtc = assessment.MustShipBy?.ToUniversalTime();
        _row.ProjectedArrivalUtc = assessment.ProjectedArrival?.ToUniversalTime();
        _row.EstimateSource = assessment.EstimateSource;
        _row.SlackHours = assessment.SlackHours;
        _row.SlackDays = assessment.SlackDays;
        _row.AssessedAtUtc = now;
        _row.IsListed = true;
        Promises(assessment, promises);
        _row.RescueByUtc = rescue?.DecideBy?.ToUniversalTime();
        _row.RescueOption = rescue is null ? null : WireName.Of(rescue.Option);
        _row.NextCheckAtUtc = Earliest(Earliest(assessment.NextLook?.ToUniversalTime(), _row.PromisedByUtc is { } due && due > now ? due : null), Earliest(_row.RescueByUtc, watched.LooksAgainAtUtc));
        if (assessment.IsFinished)
        {
            _row.IsOpen = false;
            _row.ClosedAtUtc = now;
            _row.NextCheckAtUtc = null;
        }
        return Record(assessment, reasons, stall);
    }

    /// <summary>A person closed it, and the visit is still on the day it was closed for: only what people see follows the facts.</summary>
    public bool StaysResolved(Assessment assessment)
    {
        if (assessment.NeedBy?.ToUniversalTime() != _row.NeedByUtc)
        {
            // The visit moved: what was said of the old day says nothing of the new one.
            (_row.ResolvedAtUtc, _row.ResolvedBy, _row.Resolution, _row.ClosedAtUtc) = (null, null, null, null);
            return false;
        }
        _row.StayResolved(now);
        (_row.Outlook, _row.AssessedAtUtc) = (assessment.Outlook?.ToString(), now);
        return true;
    }

    /// <summary>Something else is watched instead (the order was shipped, the visit covered): off the lists. True when that closed a record.</summary>
    public bool Leave(StalledDelivery? stall)
    {
        var until = watched.LooksAgainAtUtc;
        _row.IsOpen = until is not null;
        _row.IsListed = false;
        _row.ClosedAtUtc = until is null ? now : null;
        _row.NextCheckAtUtc = until;
        _row.AssessedAtUtc = now;
        _row.Reasons = "";
        _row.Severity = null;
        _row.Outlook = null;
        _row.RescueByUtc = null;
        _row.RescueOption = null;
        _row.SortRank = DeliverySort.Rest;
        if (stall is null) return false;
        Close(stall);
        return true;
    }

    /// <param name="answerDue">When the next level is told if nobody answers; null: no answer is waited for.</param>
    public void Told(RungCall call, DateTimeOffset? answerDue)
    {
        added.Rungs.Add(new RungEntry
        {
            Id = Guid.CreateVersion7(now), AccountId = _row.AccountId, WatchKey = _row.WatchKey, Rung = call.Rung, Round = RungName.RoundOf(call.Rung, watched.Facts.VisitOn), DeliveryId = _row.Id, Outcome = "TOLD", TaskText = call.Task, AtUtc = now,
            Severity = call.Severity is { } severity ? WireName.Of(severity) : null, AnswerDueAtUtc = answerDue,
        });
        if (call.Rung.StartsWith("T-", StringComparison.Ordinal)) _row.LastRung = call.Rung;
    }

    public void Supersede(string rung) => added.Rungs.Add(new RungEntry
    {
        AccountId = _row.AccountId, WatchKey = _row.WatchKey, Rung = rung, Round = RungName.RoundOf(rung, watched.Facts.VisitOn), DeliveryId = _row.Id, Outcome = "SUPERSEDED", AtUtc = now,
    });

    private StallChange Record(Assessment assessment, string reasons, StalledDelivery? stall)
    {
        if (assessment.Reasons.Count == 0)
        {
            if (stall is null) return StallChange.None;
            Close(stall);
            return StallChange.Closed;
        }
        var severity = assessment.Severity!.Value;
        var names = assessment.Reasons.Select(r => WireName.Of(r)).ToHashSet();
        if (stall is null)
        {
            stall = new StalledDelivery
            {
                AccountId = _row.AccountId, DeliveryId = _row.Id, DeliveryNumber = _row.Number, OpenedAtUtc = now, Reasons = reasons,
                Severity = severity.ToString(), WorstSeverity = severity.ToString(),
            };
            foreach (var name in names) added.Reasons.Add(Entry(stall, name));
            stall.Record("stall.opened", reasons);
            added.Stalls.Add(stall);
            return StallChange.Opened;
        }
        if (stall.Reasons == reasons && stall.Severity == severity.ToString()) return StallChange.None;

        foreach (var entry in stall.Entries.Where(e => e.ClearedAtUtc is null && !names.Contains(e.Reason)))
        {
            entry.ClearedAtUtc = now;
            stall.Record("stall.reason-cleared", entry.Reason);
        }
        foreach (var name in names.Where(n => !stall.Entries.Exists(e => e.Reason == n && e.ClearedAtUtc is null)))
        {
            // A call with a set clock may open, clear and open at one instant: that is one opening.
            if (stall.Entries.Find(e => e.Reason == name && e.OpenedAtUtc == now) is { } same)
            {
                same.ClearedAtUtc = null;
            }
            else
            {
                var entry = Entry(stall, name);
                stall.Entries.Add(entry);
                db.StallReasons.Add(entry);
            }
            stall.Record("stall.reason-opened", name);
        }
        stall.Reasons = reasons;
        if (stall.Severity != severity.ToString()) stall.Record("stall.severity", $"{stall.Severity} → {severity}");
        stall.Severity = severity.ToString();
        if (severity < Enum.Parse<Severity>(stall.WorstSeverity)) stall.WorstSeverity = severity.ToString();
        return StallChange.Changed;
    }

    private StallReasonEntry Entry(StalledDelivery stall, string reason) =>
        new() { Id = Guid.CreateVersion7(now), AccountId = _row.AccountId, StallId = stall.Id, Reason = reason, OpenedAtUtc = now };

    private void Close(StalledDelivery stall)
    {
        foreach (var entry in stall.Entries.Where(e => e.ClearedAtUtc is null)) entry.ClearedAtUtc = now;
        stall.ClosedAtUtc = now;
        var all = stall.Entries.Select(e => WireName.Parse<StallReason>(e.Reason)).OfType<StallReason>().Distinct().ToList();
        stall.Cause = StallCause.Of(all);
        if (watched.Facts.Tracking.LongestSilence > TimeSpan.Zero) stall.SilentGapMinutes = (int)watched.Facts.Tracking.LongestSilence.TotalMinutes;
        stall.Record("stall.closed", stall.Cause);
    }

    /// <summary>A promise ends by a fact; one that passes without it is broken, and the delivery stands on top again.</summary>
    private void Promises(Assessment assessment, IReadOnlyList<Chase> promises)
    {
        var kept = promises.Where(p => IsKept(p, assessment)).ToList();
        foreach (var promise in kept)
        {
            promise.EndedAtUtc = now;
            promise.Record("chase.promise-ended", "arrived");
        }
        if (promises.Count == kept.Count)
        {
            _row.PromisedByUtc = null;
            _row.PromiseBrokenAtUtc = null;
            return;
        }
        foreach (var promise in promises.Where(p => p.EndedAtUtc is null && p.BrokenAtUtc is null && p.PromisedByUtc <= now))
        {
            promise.BrokenAtUtc = now;
            promise.Record("chase.promise-broken");
            _row.PromiseBrokenAtUtc ??= now;
        }
    }

    /// <summary>It is there, and nothing is open; or it came after the promise was made, where it should and whole. A promise about a box that had come before is kept by what it is about.</summary>
    private bool IsKept(Chase promise, Assessment assessment)
    {
        if (assessment.IsFinished) return true;
        if (watched.Facts.ArrivedAtUtc is not { } arrived) return false;
        if (assessment.Reasons.Contains(StallReason.DeliveredElsewhere) || assessment.Reasons.Contains(StallReason.DiscrepancyOpen)) return false;
        return arrived > promise.LoggedAtUtc || assessment.Reasons.Count == 0;
    }

    private static (int Rank, double Slack) SortKey(Assessment a)
    {
        // ui.md §3: late, no signal, at risk and any hold with an open reason, watch, delivered with its receipt overdue, on track, the rest.
        var rank = a.Outlook switch
        {
            Domain.Chasing.Outlook.Late => 10,
            Domain.Chasing.Outlook.NoSignal => 20,
            Domain.Chasing.Outlook.AtRisk => 30,
            Domain.Chasing.Outlook.OnHold when a.Reasons.Count > 0 => 30,
            Domain.Chasing.Outlook.Watch => 40,
            Domain.Chasing.Outlook.Delivered when a.Reasons.Count > 0 => 50,
            Domain.Chasing.Outlook.OnTrack => 60,
            Domain.Chasing.Outlook.Delivered => 70,
            Domain.Chasing.Outlook.OnHold => 75,
            Domain.Chasing.Outlook.Received => 80,
            _ => DeliverySort.Rest,
        };
        return (rank, a.SlackHours ?? a.SlackDays * 24d ?? DeliverySort.UnknownSlack);
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}

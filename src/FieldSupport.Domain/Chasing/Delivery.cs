using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>
/// What is watched (domain.md §8): a parcel, the unshipped rest of an order, or a visit without an order. Holds the last
/// answer of <see cref="DeliveryRisk"/> until its next look; lists sort and filter on it, the rule stays in one place.
/// </summary>
public sealed class Delivery : Entity, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    /// <summary>Copy of the account's, so that a territory's list is one index read.</summary>
    public required string TerritoryCode { get; set; }
    /// <summary>SHP-…, ORD-… or the visit's key. Unique.</summary>
    public required string Number { get; set; }
    public DeliveryKind Kind { get; set; }
    public Guid? ShipmentId { get; set; }
    public Shipment? Shipment { get; set; }
    public Guid? OrderId { get; set; }
    public Order? Order { get; set; }
    public Guid? VisitId { get; set; }
    public VisitSlot? Visit { get; set; }
    /// <summary>One notice a rung and recipient for all deliveries that share this: the order, else the visit, else the parcel.</summary>
    public required string WatchKey { get; set; }

    /// <summary>Still awaited; false once a fact closed it.</summary>
    public bool IsOpen { get; set; } = true;
    public DateTimeOffset? ClosedAtUtc { get; set; }
    /// <summary>False once something else is watched instead: the order was shipped, the visit covered. Not in lists then.</summary>
    public bool IsListed { get; set; } = true;
    public DateTimeOffset RecordedAtUtc { get; set; }

    public string? Outlook { get; set; }
    /// <summary>Place of the outlook in lists; least first.</summary>
    public int SortRank { get; set; } = DeliverySort.NotYetAssessed;
    /// <summary>Least slack first; unknown before all.</summary>
    public double SortSlack { get; set; } = DeliverySort.UnknownSlack;
    public string? Severity { get; set; }
    /// <summary>Open reasons, comma-separated, in the order of domain.md §3.1.</summary>
    public string Reasons { get; set; } = "";
    public DateTimeOffset? NeedByUtc { get; set; }
    public DateTimeOffset? MustShipByUtc { get; set; }
    public DateTimeOffset? ProjectedArrivalUtc { get; set; }
    public string? EstimateSource { get; set; }
    public double? SlackHours { get; set; }
    public int? SlackDays { get; set; }
    public DateTimeOffset? AssessedAtUtc { get; set; }
    /// <summary>When to look again; the answer holds until then.</summary>
    public DateTimeOffset? NextCheckAtUtc { get; set; }
    /// <summary>The last rung told, as the ladder names it.</summary>
    public string? LastRung { get; set; }
    /// <summary>When the promise of the newest live chase falls due; null without one.</summary>
    public DateTimeOffset? PromisedByUtc { get; set; }
    public DateTimeOffset? PromiseBrokenAtUtc { get; set; }
    /// <summary>Until when logistics can still decide on the rescue whose deadline comes first; null where there is none, or nothing is wrong.</summary>
    public DateTimeOffset? RescueByUtc { get; set; }
    /// <summary>That rescue, by its wire name.</summary>
    public string? RescueOption { get; set; }
    /// <summary>Until when whoever works it asked not to be shown it; at most 24 hours, and never past the next rung (domain.md §3.1).</summary>
    public DateTimeOffset? SnoozedUntilUtc { get; set; }
    /// <summary>Mail address of the person who works it, once somebody took it or was handed it.</summary>
    public string? HandledBy { get; set; }
    /// <summary>A person ended the watch for a recorded reason, not a fact; null for all others.</summary>
    public DateTimeOffset? ResolvedAtUtc { get; set; }
    public string? ResolvedBy { get; set; }
    /// <summary>Reason code and words, as the person recorded them.</summary>
    public string? Resolution { get; set; }

    /// <summary>
    /// Somebody asked about it. A new promise takes the place of older ones; without one only a broken promise ends. Looked at again when
    /// the promise falls due, at the latest.
    /// </summary>
    /// <param name="standing">Older chases of this delivery whose promise has neither ended nor been taken back.</param>
    public void LogChase(Chase chase, IReadOnlyCollection<Chase> standing)
    {
        foreach (var older in standing.Where(c => chase.PromisedByUtc is not null || c.BrokenAtUtc is not null)) older.EndedAtUtc = chase.LoggedAtUtc;
        StandBy([.. standing.Where(c => c.EndedAtUtc is null), chase]);
        if (PromisedByUtc is { } due && IsOpen && (NextCheckAtUtc is null || NextCheckAtUtc > due)) NextCheckAtUtc = due;
        chase.Record("chase.logged");
    }

    /// <summary>Takes the newest chase back; promises that it had ended stand again.</summary>
    /// <param name="older">The other chases of this delivery that were not taken back.</param>
    public void TakeBack(Chase chase, IReadOnlyCollection<Chase> older, DateTimeOffset now)
    {
        chase.UndoneAtUtc = now;
        chase.Record("chase.undone");
        foreach (var ended in older.Where(c => c.EndedAtUtc == chase.LoggedAtUtc)) ended.EndedAtUtc = null;
        StandBy([.. older.Where(c => c.EndedAtUtc is null)]);
    }

    /// <summary>Not shown among what needs somebody until then; what gets worse shows it again at once.</summary>
    /// <param name="atMost">By <see cref="NoticeTiming.SnoozeAtMost"/>.</param>
    public Refusal? Snooze(DateTimeOffset until, DateTimeOffset atMost, DateTimeOffset now)
    {
        if (!IsOpen) return new("delivery.closed", $"{Number} is not awaited any more; there is nothing to put aside.");
        if (until <= now) return new("snooze.past", "That time has passed. Choose a later one.");
        if (until > atMost) return new("snooze.too-long", "A delivery can be put aside for 24 hours at most, and never past the next check of its ladder. Choose an earlier time.");
        SnoozedUntilUtc = until;
        return null;
    }

    /// <summary>A person ends the watch for a reason that no fact tells. Nothing about it opens, and nobody is told, until somebody opens it again or the visit moves.</summary>
    /// <param name="reason">One of <see cref="ResolutionReason"/>.</param>
    public Refusal? Resolve(string reason, string words, string by, StalledDelivery? stall, DateTimeOffset now)
    {
        if (!IsOpen) return new("delivery.closed", $"{Number} is not awaited any more.");
        (ResolvedAtUtc, ResolvedBy, Resolution) = (now, by, $"{reason}: {words}");
        StayResolved(now);
        (Reasons, Severity) = ("", null);
        if (stall is null) return null;
        foreach (var entry in stall.Entries.Where(e => e.ClearedAtUtc is null)) entry.ClearedAtUtc = now;
        (stall.ClosedAtUtc, stall.Cause) = (now, ResolutionReason.Cause);
        stall.Record("stall.closed", $"{reason}, by a person");
        return null;
    }

    /// <summary>New facts about what a person has closed: it stays closed.</summary>
    public void StayResolved(DateTimeOffset now)
    {
        (IsOpen, NextCheckAtUtc, RescueByUtc, RescueOption, SnoozedUntilUtc) = (false, null, null, null, null);
        ClosedAtUtc ??= now;
        SortRank = DeliverySort.Rest;
    }

    /// <summary>Watched again, from now on.</summary>
    public Refusal? Reopen(DateTimeOffset now)
    {
        if (ResolvedAtUtc is null) return new("delivery.not-resolved", $"{Number} was not closed by a person; a fact ended its watch.");
        (ResolvedAtUtc, ResolvedBy, Resolution) = (null, null, null);
        (IsOpen, IsListed, ClosedAtUtc, NextCheckAtUtc, SortRank) = (true, true, null, now, DeliverySort.NotYetAssessed);
        return null;
    }

    private void StandBy(IReadOnlyCollection<Chase> standing)
    {
        var promise = standing.Where(c => c.PromisedByUtc is not null).MaxBy(c => c.LoggedAtUtc);
        PromisedByUtc = promise?.PromisedByUtc;
        PromiseBrokenAtUtc = promise?.BrokenAtUtc;
    }
}

/// <summary>Why a person may close a delivery (domain.md §3.1: a recorded human reason). Words go with each.</summary>
public static class ResolutionReason
{
    /// <summary>The cause that the stall's record gets.</summary>
    public const string Cause = "CLOSED_BY_PERSON";
    public const string Other = "OTHER";

    public static IReadOnlyList<(string Code, string Words)> All { get; } =
    [
        ("ON_SHELF", "The practice has the drug on its shelf"), ("OTHER_SOURCE", "The drug comes from another source"), ("VISIT_CANCELLED", "The practice has cancelled the visit"),
        ("CLINICAL_PLAN", "The practice follows its own clinical plan"), ("ENTERED_BY_MISTAKE", "It was entered by mistake, or twice"), (Other, "Another reason"),
    ];
}

/// <summary>Sort keys of deliveries (ui.md §3).</summary>
public static class DeliverySort
{
    /// <summary>Rows nobody has assessed yet stand with the loud ones: unknown is never fine.</summary>
    public const int NotYetAssessed = 15;
    /// <summary>What nobody waits for any more stands last.</summary>
    public const int Rest = 90;
    /// <summary>Unknown slack, in hours, for sorting only.</summary>
    public const double UnknownSlack = -1_000_000;
}

/// <summary>The open record of a delivery while at least one reason holds; one at a time (domain.md §3.1).</summary>
public sealed class StalledDelivery : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid DeliveryId { get; set; }
    public Delivery? Delivery { get; set; }
    public required string DeliveryNumber { get; set; }
    public DateTimeOffset OpenedAtUtc { get; set; }
    public DateTimeOffset? ClosedAtUtc { get; set; }
    /// <summary>Comma-separated, those open now (or at the end).</summary>
    public required string Reasons { get; set; }
    public required string Severity { get; set; }
    public required string WorstSeverity { get; set; }
    /// <summary>CARRIER_DELAY, NOT_SHIPPED, PRACTICE … once closed.</summary>
    public string? Cause { get; set; }
    /// <summary>Longest silence between two movements, in minutes, once closed.</summary>
    public int? SilentGapMinutes { get; set; }
    public List<StallReasonEntry> Entries { get; set; } = [];

    string IAudited.AuditKind => "stall";
    string IAudited.AuditKey => DeliveryNumber;
}

/// <summary>When a reason opened and cleared within a record.</summary>
public sealed class StallReasonEntry : Entity, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid StallId { get; set; }
    public required string Reason { get; set; }
    public DateTimeOffset OpenedAtUtc { get; set; }
    public DateTimeOffset? ClearedAtUtc { get; set; }
}

/// <summary>Ledger of the ladder: one row a rung, told or superseded; the unique key decides "already done".</summary>
public sealed class RungEntry : Entity, IOfAccount
{
    public Guid AccountId { get; set; }
    public required string WatchKey { get; set; }
    public required string Rung { get; set; }
    /// <summary>The visit's day as yyyy-MM-dd for the rungs that count towards it, else empty: a visit that moves is told of anew.</summary>
    public string Round { get; set; } = "";
    public Guid DeliveryId { get; set; }
    /// <summary>TOLD or SUPERSEDED.</summary>
    public required string Outcome { get; set; }
    /// <summary>What the rung asks somebody to do.</summary>
    public string? TaskText { get; set; }
    public DateTimeOffset AtUtc { get; set; }
    /// <summary>Of the telling; decides how long an answer may take.</summary>
    public string? Severity { get; set; }
    /// <summary>When the next level is told because nobody has answered; null: nothing is waited for any more.</summary>
    public DateTimeOffset? AnswerDueAtUtc { get; set; }
    public DateTimeOffset? AnsweredAtUtc { get; set; }
    /// <summary>Mail address of whoever answered.</summary>
    public string? AnsweredBy { get; set; }
    /// <summary>How often the next level was told for want of an answer.</summary>
    public int Level { get; set; }

    /// <summary>Somebody has it: nobody else is told for want of an answer. The first answer counts.</summary>
    public void Answer(string by, DateTimeOffset now)
    {
        AnswerDueAtUtc = null;
        if (AnsweredAtUtc is not null) return;
        (AnsweredAtUtc, AnsweredBy) = (now, by);
    }
}

/// <summary>Where a notice stands. SKIPPED: a later rung overtook it before it went. WITHDRAWN: a person took it back in time.</summary>
public enum NoticeState { Queued, Sent, Failed, Parked, Skipped, Withdrawn }

/// <summary>
/// One notice to one person in one slot of the ladder; stored in the transaction of its rung, sent afterwards, alone or in one mail with
/// others for that person.
/// </summary>
public sealed class Notice : Entity, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid DeliveryId { get; set; }
    public required string DeliveryNumber { get; set; }
    public required string WatchKey { get; set; }
    public required string Rung { get; set; }
    /// <summary>As in <see cref="RungEntry.Round"/>.</summary>
    public string Round { get; set; } = "";
    /// <summary>The slot: practice-coordinator, rep, logistics …</summary>
    public required string Recipient { get; set; }
    /// <summary>Whose notice it is within the slot: the first address in lower case, for good; empty where nobody stands there.</summary>
    public string Person { get; set; } = "";
    /// <summary>Mail address (of a slot set to several: comma-separated); null is a parked notice.</summary>
    public string? Addresses { get; set; }
    /// <summary>Fixed at insert from delivery, rung and recipient, and from the visit's day where the rung was told for another before. Unique.</summary>
    public required string MessageId { get; set; }
    public required string Subject { get; set; }
    public required string Body { get; set; }
    public string? Severity { get; set; }
    public NoticeState State { get; set; }
    public DateTimeOffset QueuedAtUtc { get; set; }
    public DateTimeOffset? SentAtUtc { get; set; }
    public DateTimeOffset? NextAttemptAtUtc { get; set; }
    public int Attempts { get; set; }
    public string? LastError { get; set; }
    /// <summary>Message-ID of the mail that carries it, alone (then its own) or with others; written down before the mail is handed over. Null: not decided.</summary>
    public string? BundleId { get; set; }
    /// <summary>SHA-256 of its one-time link's code, hex; null: it asks for no answer.</summary>
    public string? LinkHash { get; set; }
    /// <summary>When this person answered it.</summary>
    public DateTimeOffset? AnsweredAtUtc { get; set; }
    /// <summary>page, mail or chase.</summary>
    public string? AnsweredVia { get; set; }
    /// <summary>0: told by the rung itself; 1 and more: told because nobody of the level before answered.</summary>
    public int Level { get; set; }

    /// <summary>This person has read it and has it in hand. The first answer counts.</summary>
    public void Answer(string via, DateTimeOffset now)
    {
        if (AnsweredAtUtc is not null) return;
        (AnsweredAtUtc, AnsweredVia) = (now, via);
    }
}

/// <summary>How a person wants to be told, and who stands in for them. One row a user; none means the defaults.</summary>
public sealed class NoticePreference : Entity, IAudited
{
    public required string UserId { get; set; }
    /// <summary>For the audit.</summary>
    public required string Email { get; set; }
    /// <summary>IANA name; the times below are of this zone.</summary>
    public required string TimeZone { get; set; }
    /// <summary>From when to when nothing but Critical is mailed; both or neither, over midnight where until lies before from.</summary>
    public TimeOnly? QuietFrom { get; set; }
    public TimeOnly? QuietUntil { get; set; }
    /// <summary>When the daily digest goes.</summary>
    public TimeOnly DigestAt { get; set; } = new(7, 30);
    /// <summary>Medium and lower chase notices wait for the digest.</summary>
    public bool DigestsLesser { get; set; }
    /// <summary>"It was delivered" waits for the digest.</summary>
    public bool DigestsDelivered { get; set; }
    /// <summary>Who is told when this person does not answer, and instead of them while they are away.</summary>
    public string? DeputyUserId { get; set; }
    /// <summary>First and last day away, in <see cref="TimeZone"/>.</summary>
    public DateOnly? AwayFrom { get; set; }
    public DateOnly? AwayUntil { get; set; }

    string IAudited.AuditKind => "notice-preference";
    string IAudited.AuditKey => Email;
}

/// <summary>A logged contact about a delivery, and what was promised by when (domain.md §8).</summary>
public sealed class Chase : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid DeliveryId { get; set; }
    public Delivery? Delivery { get; set; }
    public required string DeliveryNumber { get; set; }
    /// <summary>carrier, practice, partner, other.</summary>
    public required string Whom { get; set; }
    /// <summary>phone, mail, portal, in person.</summary>
    public required string Channel { get; set; }
    /// <summary>Who was spoken to; null when nobody was reached.</summary>
    public string? Contact { get; set; }
    public required string Note { get; set; }
    public string? Promise { get; set; }
    public DateTimeOffset? PromisedByUtc { get; set; }
    /// <summary>Set by the sweep once the promise has passed and the delivery has not come.</summary>
    public DateTimeOffset? BrokenAtUtc { get; set; }
    /// <summary>Set when a fact or a newer chase ends it.</summary>
    public DateTimeOffset? EndedAtUtc { get; set; }
    public required string LoggedBy { get; set; }
    public DateTimeOffset LoggedAtUtc { get; set; }
    public DateTimeOffset? UndoneAtUtc { get; set; }
    /// <summary>Whether an adverse event or a problem of the product was heard of: <c>no</c>, or the number of the report; null where nobody was asked (domain.md §7.3).</summary>
    public string? SafetyAnswer { get; set; }

    string IAudited.AuditKind => "chase";
    string IAudited.AuditKey => DeliveryNumber;
}

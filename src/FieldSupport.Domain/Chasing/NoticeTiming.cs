using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Chasing;

/// <summary>When a person is told, and by when somebody has to have answered (domain.md §3.2). Pure.</summary>
public static class NoticeTiming
{
    /// <summary>When the next level is told if nobody has answered: 2 working hours at HIGH, 30 minutes at CRITICAL; null: no answer is waited for.</summary>
    /// <param name="working">Whose working hours count: the ship-from place's, as for every other clock of the desk.</param>
    public static DateTimeOffset? AnswerDue(Severity? severity, DateTimeOffset toldAt, ShipFromCalendar working, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(working);
        ArgumentNullException.ThrowIfNull(policy);
        return severity switch
        {
            Severity.Critical => toldAt.AddMinutes(policy.AnswerMinutesAtCritical).ToUniversalTime(),
            Severity.High => working.AddWorkingHours(toldAt, TimeSpan.FromHours(policy.AnswerWorkingHoursAtHigh)).ToUniversalTime(),
            _ => null,
        };
    }

    /// <summary>
    /// When an answer to a telling is due, looked at now: what was told calmly is waited for from the instant at which it is seen to be HIGH or
    /// CRITICAL, and what was waited for at HIGH is due sooner once it is CRITICAL. Never later than it was; null: none is waited for.
    /// </summary>
    /// <param name="dueAt">As it stands; null: nobody is waited for yet, or not any more.</param>
    /// <param name="level">How often the next level was told for want of an answer. Once it was and nobody is waited for, that is over.</param>
    /// <param name="severity">Of the delivery now.</param>
    public static DateTimeOffset? AnswerDueNow(DateTimeOffset? dueAt, bool isAnswered, int level, Severity? severity, DateTimeOffset now, ShipFromCalendar working, Policy policy)
    {
        if (isAnswered || (dueAt is null && level > 0)) return null;
        var fresh = AnswerDue(severity, now, working, policy);
        return fresh is null || dueAt <= fresh ? dueAt : fresh;
    }

    /// <summary>
    /// From when on a notice may be mailed to this person: now, the end of their quiet hours, or the next digest. Critical is never held;
    /// High waits for the end of quiet hours at most.
    /// </summary>
    /// <param name="severity">Null for news that nobody has to act on.</param>
    public static DateTimeOffset MailableFrom(NoticePreference? wishes, Severity? severity, bool isDelivered, DateTimeOffset queuedAt, DateTimeOffset now)
    {
        if (wishes is null || severity == Severity.Critical || ZonedTime.Find(wishes.TimeZone) is not { } zone) return now;
        var from = now;
        var digests = isDelivered ? wishes.DigestsDelivered : severity is not Severity.High && wishes.DigestsLesser;
        // The first digest after it was queued: once that has come, it goes, however late.
        if (digests && Next(zone, wishes.DigestAt, queuedAt) is var digest && digest > from) from = digest;
        return QuietUntil(wishes, zone, from) ?? from;
    }

    /// <summary>The end of the quiet hours that this instant lies in; null outside of them. Both ends are local; from is inside, until is not.</summary>
    public static DateTimeOffset? QuietUntil(NoticePreference wishes, TimeZoneInfo zone, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        if (wishes is not { QuietFrom: { } from, QuietUntil: { } until } || from == until) return null;
        var time = TimeOnly.FromDateTime(ZonedTime.In(zone, at).DateTime);
        var isQuiet = from < until ? time >= from && time < until : time >= from || time < until;
        return isQuiet ? Next(zone, until, at) : null;
    }

    /// <summary>Whether this person is away on the day that it is for them.</summary>
    public static bool IsAway(NoticePreference wishes, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        if (wishes.AwayFrom is not { } from || ZonedTime.Find(wishes.TimeZone) is not { } zone) return false;
        var today = ZonedTime.DayOf(zone, at);
        return today >= from && (wishes.AwayUntil is not { } until || today <= until);
    }

    /// <summary>Until when a delivery may be put aside at most: 24 hours, and never past the next rung (domain.md §3.1).</summary>
    /// <param name="nextRungAt">Null when no rung is ahead.</param>
    public static DateTimeOffset SnoozeAtMost(DateTimeOffset now, DateTimeOffset? nextRungAt, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var limit = now.AddHours(policy.SnoozeHours);
        return nextRungAt is { } rung && rung > now && rung < limit ? rung : limit;
    }

    /// <summary>The next instant after <paramref name="after"/> at which clocks there show this time.</summary>
    private static DateTimeOffset Next(TimeZoneInfo zone, TimeOnly time, DateTimeOffset after)
    {
        for (var day = ZonedTime.DayOf(zone, after); ; day = day.AddDays(1))
            if (ZonedTime.At(zone, day, time) is var at && at > after) return at.ToUniversalTime();
    }
}

using System.Runtime.CompilerServices;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// Wall-clock time of a named zone to instants and back (domain.md §2.7: convert before taking a date). Results carry the zone's offset.
/// </summary>
public static class ZonedTime
{
    /// <summary>
    /// The instant at which the zone's clocks show <paramref name="time"/> on <paramref name="day"/>. A time skipped in spring gives the first
    /// instant after the gap; a time shown twice in autumn gives the earlier of the two.
    /// </summary>
    public static DateTimeOffset At(TimeZoneInfo zone, DateOnly day, TimeOnly time)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var local = day.ToDateTime(time, DateTimeKind.Unspecified);
        if (PlainDays.Of(zone).OffsetOn(day) is { } allDay) return new DateTimeOffset(local, allDay);
        if (zone.IsInvalidTime(local))
        {
            // Gaps begin and end on whole minutes.
            local = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
            while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        }
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }

    /// <summary>The calendar day the zone's clocks show at this instant.</summary>
    public static DateOnly DayOf(TimeZoneInfo zone, DateTimeOffset instant) => DateOnly.FromDateTime(In(zone, instant).DateTime);

    /// <summary>The same instant, written with the zone's offset.</summary>
    public static DateTimeOffset In(TimeZoneInfo zone, DateTimeOffset instant)
    {
        ArgumentNullException.ThrowIfNull(zone);
        // Between two days of one offset, on neither of which the clocks are set, there is nothing to ask.
        var utcDay = DateOnly.FromDateTime(instant.UtcDateTime);
        var plain = PlainDays.Of(zone);
        if (plain.OffsetOn(utcDay) is not { } offset) return TimeZoneInfo.ConvertTime(instant, zone);
        var local = instant.ToOffset(offset);
        var day = DateOnly.FromDateTime(local.DateTime);
        return day == utcDay || plain.OffsetOn(day) == offset ? local : TimeZoneInfo.ConvertTime(instant, zone);
    }

    /// <summary>The zone of an IANA name such as America/Chicago; null for any other text (Windows names too: the stored name must mean the same everywhere).</summary>
    public static TimeZoneInfo? Find(string ianaName) =>
        !string.IsNullOrWhiteSpace(ianaName) && TimeZoneInfo.TryFindSystemTimeZoneById(ianaName.Trim(), out var zone) && zone.HasIanaId ? zone : null;

    /// <summary>
    /// A zone's offset on days on which its clocks are not set, looked up once a day: asking the zone costs more than the rest of a rule.
    /// Kept for a century of days; every other day asks.
    /// </summary>
    private sealed class PlainDays(TimeZoneInfo zone)
    {
        private const short Unasked = 0, NotPlain = short.MaxValue;
        private static readonly DateOnly First = new(1990, 1, 1), Last = new(2089, 12, 31);
        private static readonly ConditionalWeakTable<TimeZoneInfo, PlainDays> Known = [];

        // Minutes and one day more, so that zero is "not asked yet". Two that ask at once write the same.
        private readonly short[] _minutes = new short[Last.DayNumber - First.DayNumber + 1];

        public static PlainDays Of(TimeZoneInfo zone) => Known.GetValue(zone, static z => new PlainDays(z));

        public TimeSpan? OffsetOn(DateOnly day)
        {
            if (day < First || day > Last) return null;
            ref var minutes = ref _minutes[day.DayNumber - First.DayNumber];
            if (minutes == Unasked) minutes = Ask(day);
            return minutes == NotPlain ? null : TimeSpan.FromMinutes(minutes - OneDay);
        }

        private const short OneDay = 24 * 60;

        private short Ask(DateOnly day)
        {
            var (begins, ends) = (day.ToDateTime(TimeOnly.MinValue), day.AddDays(1).ToDateTime(TimeOnly.MinValue));
            if (IsOdd(begins) || IsOdd(ends)) return NotPlain;
            var offset = zone.GetUtcOffset(begins);
            return offset == zone.GetUtcOffset(ends) && offset.Ticks % TimeSpan.TicksPerMinute == 0 ? (short)((offset.Ticks / TimeSpan.TicksPerMinute) + OneDay) : NotPlain;
        }

        private bool IsOdd(DateTime local) => zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local);
    }
}

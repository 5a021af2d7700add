namespace FieldSupport.Domain.Shared;

/// <summary>Time that passes only while something is open.</summary>
internal static class OpenTime
{
    /// <summary>
    /// The earliest instant at which <paramref name="duration"/> of open time has passed since <paramref name="from"/>.
    /// <paramref name="spans"/> gives the open spans of a business day, in order.
    /// </summary>
    public static DateTimeOffset Add(
        TimeZoneInfo zone, DateTimeOffset from, TimeSpan duration, BusinessCalendar days,
        Func<DateOnly, IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)>> spans)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(days);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        if (duration == TimeSpan.Zero) return ZonedTime.In(zone, from);

        var left = duration;
        for (var day = days.OnOrAfter(ZonedTime.DayOf(zone, from)); ; day = days.Next(day))
        {
            foreach (var (start, end) in spans(day))
            {
                var begins = start > from ? start : from;
                if (begins >= end) continue;
                if (left <= end - begins) return ZonedTime.In(zone, begins + left);
                left -= end - begins;
            }
        }
    }
}

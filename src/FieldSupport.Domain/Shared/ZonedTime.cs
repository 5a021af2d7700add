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
    public static DateTimeOffset In(TimeZoneInfo zone, DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>The zone of an IANA name such as America/Chicago; null for any other text (Windows names too: the stored name must mean the same everywhere).</summary>
    public static TimeZoneInfo? Find(string ianaName) =>
        !string.IsNullOrWhiteSpace(ianaName) && TimeZoneInfo.TryFindSystemTimeZoneById(ianaName.Trim(), out var zone) && zone.HasIanaId ? zone : null;
}

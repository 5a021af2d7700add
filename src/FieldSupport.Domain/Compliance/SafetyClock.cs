using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Compliance;

/// <summary>By when safety must have a report in hand (domain.md §7.3).</summary>
public static class SafetyClock
{
    /// <summary>The same clock time on the next FEDERAL business day, by the clocks of <paramref name="zone"/>; day 0 is the day of awareness.</summary>
    public static DateTimeOffset DueAt(DateTimeOffset awareAt, TimeZoneInfo zone)
    {
        var local = ZonedTime.In(zone, awareAt);
        return ZonedTime.At(zone, FederalHolidays.Calendar.Next(DateOnly.FromDateTime(local.DateTime)), TimeOnly.FromDateTime(local.DateTime));
    }
}

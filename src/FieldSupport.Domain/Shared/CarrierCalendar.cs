namespace FieldSupport.Domain.Shared;

/// <summary>
/// CARRIER days (domain.md §2.7): Monday to Friday except the core closures New Year's Day, Memorial, Independence, Labor, Thanksgiving and
/// Christmas, which fall on the date itself: carriers do not move weekend holidays the federal way.
/// </summary>
public static class CarrierCalendar
{
    /// <summary>The days that count for transit and delivery.</summary>
    public static BusinessCalendar Days { get; } = new("CARRIER", static day => !WeekRule.IsWeekend(day) && !IsClosure(day));

    /// <summary>Whether this date is a core closure, on whatever weekday.</summary>
    public static bool IsClosure(DateOnly day) => (day.Month, day.Day, day.DayOfWeek) switch
    {
        (1, 1, _) or (7, 4, _) or (12, 25, _) => true,
        (5, >= 25, DayOfWeek.Monday) => true,
        (9, <= 7, DayOfWeek.Monday) => true,
        (11, >= 22 and <= 28, DayOfWeek.Thursday) => true,
        _ => false,
    };
}

/// <summary>The clock of the silent-gap limits: it runs on CARRIER days and stands on weekends and closures (domain.md §2.7).</summary>
public static class CarrierClock
{
    /// <summary>
    /// The earliest instant at which <paramref name="hours"/> of time on carrier days of <paramref name="zone"/> have passed since
    /// <paramref name="from"/>, in real elapsed time. Refuses a negative time.
    /// </summary>
    public static DateTimeOffset Add(TimeZoneInfo zone, DateTimeOffset from, TimeSpan hours, BusinessCalendar carrierDays) =>
        OpenTime.Add(zone, from, hours, carrierDays, day =>
            [(ZonedTime.At(zone, day, TimeOnly.MinValue), ZonedTime.At(zone, day.AddDays(1), TimeOnly.MinValue))]);
}

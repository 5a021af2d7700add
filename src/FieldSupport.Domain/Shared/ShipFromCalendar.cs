namespace FieldSupport.Domain.Shared;

/// <summary>
/// The SHIP_FROM calendar of the 3PL (domain.md §2.7): operating days, cut-off and working hours in its own zone. From the cut-off on
/// (17:00:00 by default) an instant counts for the next operating day. Immutable.
/// </summary>
public sealed class ShipFromCalendar
{
    private readonly TimeOnly _workStarts;
    private readonly TimeOnly _workEnds;

    /// <summary>Refuses working hours that do not end after they start.</summary>
    public ShipFromCalendar(TimeZoneInfo zone, TimeOnly cutOff, TimeOnly workStarts, TimeOnly workEnds, BusinessCalendar days)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(days);
        if (workEnds <= workStarts) throw new ArgumentException("Ship-from working hours must end after they start.", nameof(workEnds));
        Zone = zone;
        CutOff = cutOff;
        Days = days;
        _workStarts = workStarts;
        _workEnds = workEnds;
    }

    /// <summary>America/New_York, cut-off 17:00, work 08:00–17:00, Monday to Friday except CARRIER closures.</summary>
    public static ShipFromCalendar Default { get; } = new(
        TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), new TimeOnly(17, 0), new TimeOnly(8, 0), new TimeOnly(17, 0),
        new BusinessCalendar("SHIP_FROM", CarrierCalendar.Days.IsBusinessDay));

    /// <summary>The zone of the ship-from place.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>Local time from which the next operating day counts.</summary>
    public TimeOnly CutOff { get; }

    /// <summary>The operating days.</summary>
    public BusinessCalendar Days { get; }

    /// <summary>The ship-from date at this instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => ZonedTime.DayOf(Zone, instant);

    /// <summary>The cut-off of that day.</summary>
    public DateTimeOffset CutOffOf(DateOnly day) => At(day, CutOff);

    /// <summary>The instant at which ship-from clocks show this.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time) => ZonedTime.At(Zone, day, time);

    /// <summary>Whether ship-from clocks show the cut-off or later, on any day, operating or not.</summary>
    public bool AfterCutOff(DateTimeOffset instant) => TimeOnly.FromDateTime(ZonedTime.In(Zone, instant).DateTime) >= CutOff;

    /// <summary>The operating day an instant counts for: its own day if that operates and is before its cut-off, else the next one.</summary>
    public DateOnly OperatingDay(DateTimeOffset instant)
    {
        var day = DayOf(instant);
        return Days.IsBusinessDay(day) && !AfterCutOff(instant) ? day : Days.Next(day);
    }

    /// <summary>The earliest instant at which this much time inside working hours of operating days has passed. Refuses a negative time.</summary>
    public DateTimeOffset AddWorkingHours(DateTimeOffset from, TimeSpan duration) =>
        OpenTime.Add(Zone, from, duration, Days, day => [(At(day, _workStarts), At(day, _workEnds))]);
}

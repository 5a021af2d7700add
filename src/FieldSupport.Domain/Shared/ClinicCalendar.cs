using System.Collections.Frozen;
using System.Globalization;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// The CLINIC calendar of one location (domain.md §2.7): weekly receiving windows in local time, closed dates, and FEDERAL holidays closed
/// unless the location says otherwise. Immutable; one instance per location is shared between threads.
/// </summary>
public sealed class ClinicCalendar
{
    private const int CacheSize = 256;

    private readonly FrozenSet<DateOnly> _closures;
    private readonly bool _closedOnFederalHolidays;

    // Closes of the days asked for lately, by day number; a slot is replaced whole, so readers need no lock.
    private readonly DayClose?[] _closes = new DayClose?[CacheSize];

    /// <summary><paramref name="closures"/> are closed dates of the location beside the federal holidays; the set is copied.</summary>
    public ClinicCalendar(TimeZoneInfo zone, ReceivingHours hours, IReadOnlySet<DateOnly> closures, bool closedOnFederalHolidays = true)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentNullException.ThrowIfNull(closures);
        Zone = zone;
        Hours = hours;
        _closures = closures.ToFrozenSet();
        _closedOnFederalHolidays = closedOnFederalHolidays;
        Days = new BusinessCalendar("CLINIC", IsOpenDay);
    }

    /// <summary>The location's zone.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The weekly receiving windows.</summary>
    public ReceivingHours Hours { get; }

    /// <summary>The days on which the location receives.</summary>
    public BusinessCalendar Days { get; }

    /// <summary>The clinic's date at this instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => ZonedTime.DayOf(Zone, instant);

    /// <summary>The instant at which the clinic's clocks show this.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time) => ZonedTime.At(Zone, day, time);

    /// <summary>
    /// End of the last window of that weekday, also on a closed date whose weekday has windows. Refuses (ArgumentException) a weekday
    /// without windows: roll to a day of <see cref="Days"/> first.
    /// </summary>
    public DateTimeOffset ReceivingClose(DateOnly day)
    {
        var slot = day.DayNumber % CacheSize;
        if (_closes[slot] is { } known && known.Day == day) return known.Close;
        var windows = Hours.On(day.DayOfWeek);
        if (windows.Count == 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The location has no receiving window on a {day.DayOfWeek} ({day:yyyy-MM-dd}), so that day has no receiving close."), nameof(day));
        var close = At(day, windows[^1].Closes);
        _closes[slot] = new DayClose(day, close);
        return close;
    }

    /// <summary>Whether the location takes deliveries at this instant; the closing time itself still counts, as it does for need-by.</summary>
    public bool IsReceiving(DateTimeOffset instant)
    {
        var local = ZonedTime.In(Zone, instant).DateTime;
        var day = DateOnly.FromDateTime(local);
        if (!IsOpenDay(day)) return false;
        var time = TimeOnly.FromDateTime(local);
        foreach (var window in Hours.On(day.DayOfWeek))
            if (time >= window.Opens && time <= window.Closes) return true;
        return false;
    }

    /// <summary>The earliest instant at which <paramref name="duration"/> of time inside windows of open days has passed. Refuses a negative time.</summary>
    public DateTimeOffset AddReceivingTime(DateTimeOffset from, TimeSpan duration) =>
        OpenTime.Add(Zone, from, duration, Days, day =>
            [.. Hours.On(day.DayOfWeek).Select(window => (At(day, window.Opens), At(day, window.Closes)))]);

    private bool IsOpenDay(DateOnly day) =>
        Hours.IsOpenOn(day.DayOfWeek) && !(_closedOnFederalHolidays && FederalHolidays.Contains(day)) && !_closures.Contains(day);

    private sealed record DayClose(DateOnly Day, DateTimeOffset Close);
}

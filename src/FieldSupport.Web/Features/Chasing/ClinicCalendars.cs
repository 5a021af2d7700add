using System.Collections.Concurrent;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>Calendars of locations, built once for each zone, week and set of closures; they are immutable and shared.</summary>
public sealed class ClinicCalendars
{
    private const int Most = 20_000;
    private readonly ConcurrentDictionary<string, ClinicCalendar> _calendars = new();

    public ClinicCalendar Of(Location location, IEnumerable<DateOnly> closures)
    {
        var days = closures.Order().ToList();
        var key = $"{location.TimeZone}|{location.Receiving}|{string.Join(',', days.Select(d => d.DayNumber))}";
        if (_calendars.TryGetValue(key, out var known)) return known;
        // Closures come and go; a cache that outgrew its use starts anew.
        if (_calendars.Count > Most) _calendars.Clear();
        return _calendars.GetOrAdd(key, _ => Build(location, days));
    }

    private static ClinicCalendar Build(Location location, List<DateOnly> closures)
    {
        var zone = ZonedTime.Find(location.TimeZone)
            ?? throw new InvalidOperationException($"Location {location.Name}: '{location.TimeZone}' is no IANA time zone.");
        if (!ReceivingHours.TryParse(location.Receiving, out var hours, out var error))
            throw new InvalidOperationException($"Location {location.Name}: {error}");
        return new ClinicCalendar(zone, hours!, closures.ToHashSet());
    }
}

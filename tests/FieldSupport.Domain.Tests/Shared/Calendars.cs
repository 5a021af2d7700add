using System.Globalization;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using Xunit;

namespace FieldSupport.Domain.Tests.Shared;

/// <summary>The calendars of the acceptance stories (domain.md §9, common) and short ways to write days and instants.</summary>
internal static class Calendars
{
    public static readonly TimeZoneInfo Eastern = Zone("America/New_York");
    public static readonly TimeZoneInfo Central = Zone("America/Chicago");

    public static readonly ClinicCalendar Story = Clinic("Mon-Fri 08:00-16:00", "2026-11-27");

    public static DateOnly D(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateTimeOffset T(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    /// <summary>Eastern wall clock, such as 2027-01-07 17:00.</summary>
    public static DateTimeOffset Et(string wallClock) => Wall(Eastern, wallClock);

    public static DateTimeOffset Ct(string wallClock) => Wall(Central, wallClock);

    public static ClinicCalendar Clinic(string hours, params string[] closures) => ClinicIn("America/Chicago", hours, closures);

    public static ClinicCalendar ClinicIn(string zone, string hours, params string[] closures) =>
        new(Zone(zone), Hours(hours), closures.Select(D).ToHashSet());

    public static ReceivingHours Hours(string text)
    {
        Assert.True(ReceivingHours.TryParse(text, out var hours, out var error), error);
        return hours!;
    }

    public static TimeZoneInfo Zone(string name) => ZonedTime.Find(name) ?? throw new InvalidOperationException("No zone " + name);

    public static int TransitDays(ServiceLevel service) => service switch
    {
        ServiceLevel.CourierSameDay => 0,
        ServiceLevel.OvernightAm or ServiceLevel.Overnight => 1,
        ServiceLevel.TwoDay => 2,
        ServiceLevel.ThreeDay => 3,
        _ => 5,
    };

    private static DateTimeOffset Wall(TimeZoneInfo zone, string wallClock)
    {
        var local = DateTime.ParseExact(wallClock, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return ZonedTime.At(zone, DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
    }
}

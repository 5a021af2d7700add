using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class BusinessCalendarTests
{
    private static readonly BusinessCalendar[] All =
    [
        FederalHolidays.Calendar, CarrierCalendar.Days, ShipFromCalendar.Default.Days, Story.Days,
        Clinic("Mon-Thu 08:00-16:00").Days, Clinic("Sat 09:00-11:00").Days, BusinessCalendar.Both(CarrierCalendar.Days, Story.Days),
    ];

    [Theory]
    [InlineData("2026-12-01", -2, "2026-11-25")]
    [InlineData("2027-01-13", -10, "2026-12-29")]
    [InlineData("2027-01-13", -7, "2027-01-04")]
    [InlineData("2027-01-02", 0, "2027-01-02")]
    [InlineData("2027-01-02", 1, "2027-01-04")]
    [InlineData("2027-01-02", -1, "2026-12-31")]
    [InlineData("2026-12-31", 1, "2027-01-04")]
    public void Business_days_are_added_without_counting_the_start(string from, int n, string expected) =>
        Assert.Equal(D(expected), Story.Days.Add(D(from), n));

    [Fact]
    public void A_clinic_open_monday_to_thursday_skips_the_friday() =>
        Assert.Equal(D("2027-03-10"), Clinic("Mon-Thu 08:00-16:00").Days.Add(D("2027-03-15"), -2));

    [Theory]
    [InlineData("2027-01-08", "2027-01-11", 1)]
    [InlineData("2027-01-11", "2027-01-08", -1)]
    [InlineData("2027-01-09", "2027-01-10", 0)]
    [InlineData("2027-01-10", "2027-01-09", 0)]
    [InlineData("2027-01-10", "2027-01-08", -1)]
    [InlineData("2027-01-11", "2027-01-11", 0)]
    [InlineData("2027-01-11", "2027-01-13", 2)]
    [InlineData("2026-12-29", "2027-01-13", 10)]
    public void Counting_is_signed_and_undoes_adding(string from, string to, int expected) =>
        Assert.Equal(expected, Story.Days.Count(D(from), D(to)));

    [Property(MaxTest = 500)]
    public bool Counting_gives_back_what_was_added(ushort start, short steps, byte which)
    {
        var calendar = All[which % All.Length];
        var day = D("2020-01-01").AddDays(start % 7300);
        var n = steps % 60;
        return calendar.Count(day, calendar.Add(day, n)) == n;
    }

    [Property(MaxTest = 500)]
    public bool Rolling_and_stepping_end_on_the_nearest_business_day(ushort start, byte which)
    {
        var calendar = All[which % All.Length];
        var day = D("2020-01-01").AddDays(start % 7300);
        var before = calendar.OnOrBefore(day);
        var after = calendar.OnOrAfter(day);
        return calendar.IsBusinessDay(before) && calendar.IsBusinessDay(after) && before <= day && after >= day
            && calendar.IsBusinessDay(day) == (before == after)
            && calendar.Next(day) > day && calendar.Previous(day) < day
            && calendar.Previous(calendar.Next(day)) == before && calendar.Next(calendar.Previous(day)) == after;
    }

    [Property(MaxTest = 300)]
    public bool The_intersection_holds_the_days_of_both(ushort start)
    {
        var day = D("2020-01-01").AddDays(start % 7300);
        var both = BusinessCalendar.Both(CarrierCalendar.Days, Story.Days);
        return both.IsBusinessDay(day) == (CarrierCalendar.Days.IsBusinessDay(day) && Story.Days.IsBusinessDay(day));
    }

    [Fact]
    public void A_calendar_that_is_never_open_says_so_instead_of_searching_on()
    {
        var never = new BusinessCalendar("NEVER", _ => false);
        foreach (var search in new Func<DateOnly, DateOnly>[] { never.Next, never.Previous, never.OnOrAfter, never.OnOrBefore, d => never.Add(d, 3) })
        {
            var error = Assert.Throws<InvalidOperationException>(() => search(D("2027-01-11")));
            Assert.Contains("NEVER", error.Message, StringComparison.Ordinal);
            Assert.Contains("2027-01-11", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(D("2027-01-11"), never.Add(D("2027-01-11"), 0));
        Assert.Equal(0, never.Count(D("2027-01-11"), D("2028-01-11")));
    }

    [Fact]
    public void The_ends_of_time_are_an_error_too()
    {
        var always = new BusinessCalendar("ALWAYS", _ => true);
        Assert.Throws<InvalidOperationException>(() => always.Next(DateOnly.MaxValue));
        Assert.Throws<InvalidOperationException>(() => always.Previous(DateOnly.MinValue));
        Assert.Throws<InvalidOperationException>(() => new BusinessCalendar("NEVER", _ => false).OnOrAfter(DateOnly.MaxValue));
        Assert.Equal(1, always.Count(DateOnly.MaxValue.AddDays(-1), DateOnly.MaxValue));
        Assert.Equal(-1, always.Count(DateOnly.MaxValue, DateOnly.MaxValue.AddDays(-1)));
    }
}

using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class ClinicCalendarTests
{
    private static readonly ClinicCalendar Lunch = Clinic("Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00", "2026-11-27");

    [Theory]
    [InlineData("2027-02-04", "2027-02-04 16:00")]
    [InlineData("2027-02-05", "2027-02-05 12:00")]
    [InlineData("2026-11-27", "2026-11-27 12:00")] // closed, but the weekday has windows
    [InlineData("2027-03-12", "2027-03-12 12:00")]
    [InlineData("2027-03-15", "2027-03-15 16:00")]
    public void Receiving_close_is_the_end_of_the_last_window(string day, string close)
    {
        Assert.Equal(Ct(close), Lunch.ReceivingClose(D(day)));
        Assert.Equal(Ct(close), Lunch.ReceivingClose(D(day)));
    }

    [Fact]
    public void The_offset_of_receiving_close_follows_daylight_saving()
    {
        Assert.Equal(TimeSpan.FromHours(-6), Story.ReceivingClose(D("2027-03-12")).Offset);
        Assert.Equal(TimeSpan.FromHours(-5), Story.ReceivingClose(D("2027-03-15")).Offset);
    }

    [Fact]
    public void A_weekday_without_windows_has_no_receiving_close()
    {
        var error = Assert.Throws<ArgumentException>(() => Story.ReceivingClose(D("2027-02-06")));
        Assert.Contains("2027-02-06", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Federal_holidays_close_a_clinic_unless_the_location_says_otherwise()
    {
        var open = new ClinicCalendar(Central, Hours("Mon-Fri 08:00-16:00"), new HashSet<DateOnly>(), closedOnFederalHolidays: false);
        Assert.False(Story.Days.IsBusinessDay(D("2027-02-15")));
        Assert.True(open.Days.IsBusinessDay(D("2027-02-15")));
        Assert.True(CarrierCalendar.Days.IsBusinessDay(D("2027-02-15")));
    }

    [Fact]
    public void Closures_are_copied()
    {
        var closures = new HashSet<DateOnly>();
        var clinic = new ClinicCalendar(Central, Hours("Mon-Fri 08:00-16:00"), closures);
        closures.Add(D("2027-02-04"));
        Assert.True(clinic.Days.IsBusinessDay(D("2027-02-04")));
    }

    [Theory]
    [InlineData("2027-02-04 07:59", false)]
    [InlineData("2027-02-04 08:00", true)]
    [InlineData("2027-02-04 12:30", false)]
    [InlineData("2027-02-04 16:00", true)]
    [InlineData("2027-02-04 16:01", false)]
    [InlineData("2027-02-05 13:30", false)]
    [InlineData("2027-02-06 09:00", false)]
    [InlineData("2026-11-27 09:00", false)]
    [InlineData("2027-02-15 09:00", false)]
    public void Receiving_is_inside_a_window_of_an_open_day(string at, bool expected) => Assert.Equal(expected, Lunch.IsReceiving(Ct(at)));

    [Theory]
    [InlineData("2027-02-04 11:00", 2, "2027-02-04 14:00")]
    [InlineData("2027-02-04 11:00", 1, "2027-02-04 12:00")]
    [InlineData("2027-02-04 15:00", 4, "2027-02-05 11:00")]
    [InlineData("2027-02-05 11:00", 2, "2027-02-08 09:00")]
    [InlineData("2027-02-06 11:00", 0, "2027-02-06 11:00")]
    [InlineData("2026-11-25 15:30", 1, "2026-11-30 08:30")]
    [InlineData("2027-03-12 11:00", 2, "2027-03-15 09:00")]
    public void Receiving_time_passes_only_inside_windows(string from, int hours, string expected) =>
        Assert.Equal(Ct(expected), Lunch.AddReceivingTime(Ct(from), TimeSpan.FromHours(hours)));

    [Fact]
    public void Receiving_time_is_never_negative() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Lunch.AddReceivingTime(Ct("2027-02-04 11:00"), TimeSpan.FromMinutes(-1)));

    [Fact]
    public void A_clinic_that_closes_every_day_is_an_error_and_not_an_endless_loop()
    {
        var closures = Enumerable.Range(0, 3000).Select(D("2026-01-01").AddDays).ToHashSet();
        var closed = new ClinicCalendar(Central, Hours("Mon 08:00-09:00"), closures);
        Assert.Throws<InvalidOperationException>(() => closed.AddReceivingTime(Ct("2027-02-04 11:00"), TimeSpan.FromHours(1)));
    }

    [Property(MaxTest = 500)]
    public bool Receiving_time_never_runs_backwards(ushort start, ushort later, ushort minutes, ushort more)
    {
        var from = Ct("2026-10-01 00:00").AddMinutes(start * 7);
        var after = from.AddMinutes(later % 5000);
        var duration = TimeSpan.FromMinutes(minutes % 3000);
        var end = Lunch.AddReceivingTime(from, duration);
        return end >= from + duration
            && Lunch.AddReceivingTime(after, duration) >= end
            && Lunch.AddReceivingTime(from, duration + TimeSpan.FromMinutes(more % 3000)) >= end
            && Lunch.AddReceivingTime(end, TimeSpan.FromMinutes(more % 3000)) == Lunch.AddReceivingTime(from, duration + TimeSpan.FromMinutes(more % 3000));
    }

    [Fact]
    public void One_calendar_answers_alike_from_many_threads()
    {
        var days = Enumerable.Range(0, 2000).Select(D("2026-01-01").AddDays).Where(d => Lunch.Hours.IsOpenOn(d.DayOfWeek)).ToArray();
        var expected = days.Select(d => Lunch.At(d, Lunch.Hours.On(d.DayOfWeek)[^1].Closes)).ToArray();
        Parallel.For(0, 8, _ => Assert.Equal(expected, days.Select(Lunch.ReceivingClose)));
    }
}

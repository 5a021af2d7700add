using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class ShipFromCalendarTests
{
    private static readonly ShipFromCalendar ShipFrom = ShipFromCalendar.Default;

    [Theory]
    [InlineData("2027-03-12T21:30:00Z", false)]
    [InlineData("2027-03-15T21:30:00Z", true)]
    [InlineData("2027-01-07T21:59:59Z", false)]
    [InlineData("2027-01-07T22:00:00Z", true)]
    [InlineData("2027-01-09T15:00:00Z", false)] // a Saturday: the clock answers
    [InlineData("2027-01-09T23:00:00Z", true)]
    public void Cut_off_is_by_ship_from_clocks(string instant, bool expected) => Assert.Equal(expected, ShipFrom.AfterCutOff(T(instant)));

    [Theory]
    [InlineData("2027-05-07 16:45", "2027-05-07")]
    [InlineData("2027-05-07 17:00", "2027-05-10")]
    [InlineData("2027-05-08 09:00", "2027-05-10")]
    [InlineData("2026-11-25 17:00", "2026-11-27")]
    [InlineData("2026-11-26 09:00", "2026-11-27")]
    [InlineData("2026-12-31 17:00", "2027-01-04")]
    [InlineData("2027-02-15 10:00", "2027-02-15")]
    public void An_instant_counts_for_its_operating_day(string at, string day) => Assert.Equal(D(day), ShipFrom.OperatingDay(Et(at)));

    [Fact]
    public void Cut_off_keeps_its_wall_clock_over_daylight_saving()
    {
        Assert.Equal(T("2027-03-12T22:00:00Z"), ShipFrom.CutOffOf(D("2027-03-12")));
        Assert.Equal(T("2027-03-15T21:00:00Z"), ShipFrom.CutOffOf(D("2027-03-15")));
    }

    [Theory]
    [InlineData("2027-02-04 09:00", 4, "2027-02-04 13:00")]
    [InlineData("2027-02-04 16:00", 4, "2027-02-05 11:00")]
    [InlineData("2027-02-05 15:00", 4, "2027-02-08 10:00")]
    [InlineData("2027-02-06 15:00", 2, "2027-02-08 10:00")]
    [InlineData("2027-02-04 06:00", 2, "2027-02-04 10:00")]
    [InlineData("2026-11-25 16:00", 2, "2026-11-27 09:00")]
    [InlineData("2027-03-12 16:00", 2, "2027-03-15 09:00")]
    public void Working_hours_pass_on_operating_days_only(string from, int hours, string expected) =>
        Assert.Equal(Et(expected), ShipFrom.AddWorkingHours(Et(from), TimeSpan.FromHours(hours)));

    [Property(MaxTest = 500)]
    public bool Working_hours_never_run_backwards(ushort start, ushort later, ushort minutes, ushort more)
    {
        var from = Et("2026-10-01 00:00").AddMinutes(start * 7);
        var after = from.AddMinutes(later % 5000);
        var duration = TimeSpan.FromMinutes(minutes % 3000);
        var end = ShipFrom.AddWorkingHours(from, duration);
        return end >= from + duration
            && ShipFrom.AddWorkingHours(after, duration) >= end
            && ShipFrom.AddWorkingHours(from, duration + TimeSpan.FromMinutes(more % 3000)) >= end;
    }

    [Theory]
    [InlineData("2027-02-02 21:14", 24, "2027-02-03 21:14")] // story 2
    [InlineData("2027-02-05 21:14", 24, "2027-02-08 21:14")]
    [InlineData("2027-02-06 12:00", 12, "2027-02-08 12:00")]
    [InlineData("2026-11-25 20:00", 12, "2026-11-27 08:00")]
    [InlineData("2026-12-31 20:00", 12, "2027-01-04 08:00")]
    [InlineData("2027-02-05 12:00", 12, "2027-02-06 00:00")]
    [InlineData("2027-03-12 21:00", 24, "2027-03-15 21:00")]
    public void The_silent_gap_clock_stands_on_weekends_and_closures(string from, int hours, string expected) =>
        Assert.Equal(Ct(expected), CarrierClock.Add(Central, Ct(from), TimeSpan.FromHours(hours), CarrierCalendar.Days));

    [Theory]
    [InlineData("2027-03-13 20:00", "2027-03-14 21:00")]
    [InlineData("2027-11-06 20:00", "2027-11-07 19:00")]
    public void The_silent_gap_clock_counts_real_hours_over_daylight_saving(string from, string expected) =>
        Assert.Equal(Ct(expected), CarrierClock.Add(Central, Ct(from), TimeSpan.FromHours(24), new BusinessCalendar("ALWAYS", _ => true)));

    [Property(MaxTest = 300)]
    public bool The_silent_gap_clock_never_runs_backwards(ushort start, ushort later, ushort minutes)
    {
        var from = Ct("2026-10-01 00:00").AddMinutes(start * 7);
        var duration = TimeSpan.FromMinutes(minutes % 6000);
        var end = CarrierClock.Add(Central, from, duration, CarrierCalendar.Days);
        return end >= from + duration && CarrierClock.Add(Central, from.AddMinutes(later % 5000), duration, CarrierCalendar.Days) >= end;
    }

    [Fact]
    public void Work_must_end_after_it_starts() => Assert.Throws<ArgumentException>(() =>
        new ShipFromCalendar(Eastern, new TimeOnly(17, 0), new TimeOnly(17, 0), new TimeOnly(8, 0), CarrierCalendar.Days));
}

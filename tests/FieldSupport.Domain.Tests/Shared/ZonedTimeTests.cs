using FieldSupport.Domain.Shared;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class ZonedTimeTests
{
    [Theory]
    [InlineData("2027-03-14", "01:59:59", "2027-03-14T01:59:59-05:00")]
    [InlineData("2027-03-14", "02:00:00", "2027-03-14T03:00:00-04:00")]
    [InlineData("2027-03-14", "02:30:15", "2027-03-14T03:00:00-04:00")]
    [InlineData("2027-03-14", "03:00:00", "2027-03-14T03:00:00-04:00")]
    [InlineData("2027-11-07", "00:59:59", "2027-11-07T00:59:59-04:00")]
    [InlineData("2027-11-07", "01:30:00", "2027-11-07T01:30:00-04:00")]
    [InlineData("2027-11-07", "02:00:00", "2027-11-07T02:00:00-05:00")]
    [InlineData("2027-01-07", "17:00:00", "2027-01-07T17:00:00-05:00")]
    public void A_skipped_time_gives_the_end_of_the_gap_and_a_repeated_one_the_earlier(string day, string time, string expected)
    {
        var at = ZonedTime.At(Eastern, D(day), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(T(expected), at);
        Assert.Equal(T(expected).Offset, at.Offset);
    }

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("America/Havana")] // sets its clocks at midnight
    [InlineData("America/Anchorage")]
    [InlineData("Australia/Lord_Howe")] // by half an hour
    [InlineData("Asia/Kathmandu")]
    [InlineData("Pacific/Apia")]
    public void Every_quarter_of_an_hour_is_what_the_zone_itself_says(string name)
    {
        var zone = ZonedTime.Find(name)!;
        for (var local = new DateTime(2021, 1, 1); local.Year < 2024; local = local.AddMinutes(15))
        {
            var at = ZonedTime.At(zone, DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
            if (zone.IsInvalidTime(local))
            {
                Assert.True(at.DateTime > local && zone.GetUtcOffset(at) == at.Offset && zone.GetUtcOffset(at.AddTicks(-1)) != at.Offset, $"{name} {local:O}: {at:O}");
                continue;
            }
            var expected = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
            Assert.Equal(new DateTimeOffset(local, expected), at);
            Assert.Equal(expected, at.Offset);
        }
    }

    [Theory]
    [InlineData("1066-10-14")]
    [InlineData("1985-07-01")]
    [InlineData("2090-01-01")]
    [InlineData("9999-12-31")]
    public void Days_far_off_are_asked_of_the_zone(string day) =>
        Assert.Equal(D(day).ToDateTime(new TimeOnly(12, 0)) - Eastern.GetUtcOffset(D(day).ToDateTime(new TimeOnly(12, 0))), ZonedTime.At(Eastern, D(day), new TimeOnly(12, 0)).UtcDateTime);

    [Theory]
    [InlineData("2027-01-12T04:59:59Z", "2027-01-11")]
    [InlineData("2027-01-12T05:00:00Z", "2027-01-12")]
    [InlineData("2027-07-12T03:59:59Z", "2027-07-11")]
    [InlineData("2027-07-12T04:00:00Z", "2027-07-12")]
    [InlineData("2028-01-01T04:59:59Z", "2027-12-31")]
    public void The_day_is_that_of_the_zone(string instant, string day) => Assert.Equal(D(day), ZonedTime.DayOf(Eastern, T(instant)));

    [Theory]
    [InlineData("America/Chicago")]
    [InlineData("Pacific/Honolulu")]
    [InlineData("America/Phoenix")]
    public void Iana_names_are_found(string name) => Assert.Equal(name, ZonedTime.Find(name)?.Id);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Chicago")]
    [InlineData("Central Standard Time")]
    [InlineData("../../etc/passwd")]
    [InlineData("America/Chicago\0")]
    [InlineData("America")]
    public void Other_names_are_not(string name) => Assert.Null(ZonedTime.Find(name));
}

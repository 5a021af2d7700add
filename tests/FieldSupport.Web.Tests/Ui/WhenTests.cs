using FieldSupport.Web.Ui;
using Xunit;

namespace FieldSupport.Web.Tests.Ui;

public class WhenTests
{
    private static readonly TimeZoneInfo Chicago = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 15, 12, 0, TimeSpan.Zero); // Mon 9:12 am CT

    [Fact]
    public void A_time_of_today_is_a_clock_time_with_its_zone() => Assert.Equal("6:12 am CT", When.Absolute(Now.AddHours(-3), Now, Chicago));

    [Fact]
    public void Another_day_brings_its_weekday() => Assert.Equal("Tue Nov 24, 9:12 am CT", When.Absolute(Now.AddDays(1), Now, Chicago));

    [Fact]
    public void Another_year_is_named() => Assert.Equal("Sun Nov 23 2025, 9:12 am CT", When.Absolute(Now.AddYears(-1), Now, Chicago));

    [Theory]
    [InlineData(-0.5, "just now"), InlineData(-45, "45 min ago"), InlineData(-60 * 31, "31 h ago"), InlineData(60 * 72, "in 3 days"), InlineData(-119, "1 h ago")]
    public void Lengths_are_rounded_down(double minutes, string words) => Assert.Equal(words, When.Relative(Now.AddMinutes(minutes), Now));

    [Fact]
    public void A_zone_without_a_word_shows_its_offset() =>
        Assert.Equal("UTC+05:30", When.Zone(Now, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")));
}

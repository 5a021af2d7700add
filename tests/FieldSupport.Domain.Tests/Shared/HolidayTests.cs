using System.Globalization;
using System.Text.Json;
using FieldSupport.Domain.Shared;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class HolidayTests
{
    [Theory]
    [InlineData(2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25")]
    [InlineData(2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31")]
    public void Federal_holidays_are_those_of_the_domain_text(int year, string days)
    {
        var expected = days.Split(' ').Select(d => D(string.Create(CultureInfo.InvariantCulture, $"{year}-{d}")));
        Assert.Equal(expected, FederalHolidays.In(year));
    }

    [Fact]
    public void A_new_year_on_a_saturday_is_observed_in_the_year_before_only()
    {
        Assert.True(FederalHolidays.Contains(D("2027-12-31")));
        Assert.False(FederalHolidays.Contains(D("2028-01-01")));
        Assert.DoesNotContain(D("2028-01-01"), FederalHolidays.In(2028));
        Assert.Equal(10, FederalHolidays.In(2028).Count);
    }

    [Fact]
    public void The_first_and_last_year_of_dates_have_holidays_too()
    {
        Assert.NotEmpty(FederalHolidays.In(1));
        Assert.NotEmpty(FederalHolidays.In(9999));
        Assert.Throws<ArgumentOutOfRangeException>(() => FederalHolidays.In(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FederalHolidays.In(10000));
    }

    [RealDataFact]
    public void Federal_holidays_agree_with_the_published_list()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(RealDataFolder.File("reference", "us-federal-holidays-2024-2028.json")));
        var published = file.RootElement.EnumerateArray().Select(h => D(h.GetProperty("observed").GetString()!)).Order().ToList();
        Assert.NotEmpty(published);
        var computed = Enumerable.Range(2023, 6).SelectMany(FederalHolidays.In).Where(d => d >= published[0] && d <= published[^1]);
        Assert.Equal(published, computed);
    }

    [Theory]
    [InlineData("2027-01-01")]
    [InlineData("2027-05-31")]
    [InlineData("2026-07-04")]
    [InlineData("2027-07-04")]
    [InlineData("2027-09-06")]
    [InlineData("2026-11-26")]
    [InlineData("2026-12-25")]
    public void Carriers_close_on_the_core_dates_themselves(string day)
    {
        Assert.True(CarrierCalendar.IsClosure(D(day)));
        Assert.False(CarrierCalendar.Days.IsBusinessDay(D(day)));
    }

    [Theory]
    [InlineData("2026-07-03")] // federal: observed Independence Day
    [InlineData("2027-07-05")]
    [InlineData("2027-12-24")]
    [InlineData("2027-12-31")]
    [InlineData("2027-01-18")]
    [InlineData("2027-02-15")]
    [InlineData("2027-06-18")]
    [InlineData("2026-10-12")]
    [InlineData("2026-11-11")]
    [InlineData("2026-11-27")]
    public void Carriers_run_on_the_other_federal_holidays(string day)
    {
        Assert.False(CarrierCalendar.IsClosure(D(day)));
        Assert.True(CarrierCalendar.Days.IsBusinessDay(D(day)));
        Assert.True(ShipFromCalendar.Default.Days.IsBusinessDay(D(day)));
    }

    [Fact]
    public void Carriers_have_six_closures_every_year()
    {
        for (var year = 2024; year <= 2060; year++)
        {
            var first = new DateOnly(year, 1, 1);
            var days = Enumerable.Range(0, DateTime.IsLeapYear(year) ? 366 : 365).Select(first.AddDays);
            Assert.Equal(6, days.Count(CarrierCalendar.IsClosure));
        }
    }
}

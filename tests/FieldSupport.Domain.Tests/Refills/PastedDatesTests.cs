using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Refills;

public class PastedDatesTests
{
    // A Thursday.
    private static readonly DateOnly Today = D("2026-12-03");

    [Theory]
    [InlineData("2027-01-13"), InlineData("2027/1/13"), InlineData("2027.01.13"), InlineData("20270113")]
    [InlineData("1/13/2027"), InlineData("01/13/2027"), InlineData("01/13/27"), InlineData("1-13-2027"), InlineData("1-13-27")]
    [InlineData("13.01.2027"), InlineData("13.1.27")]
    [InlineData("13 Jan 2027"), InlineData("13 January 2027"), InlineData("13-Jan-27"), InlineData("13-Jan-2027"), InlineData("13 Jan '27"), InlineData("13th of January 2027")]
    [InlineData("Jan 13 2027"), InlineData("Jan 13, 2027"), InlineData("January 13, 2027"), InlineData("JANUARY 13 2027"), InlineData("Jan. 13, 2027"), InlineData("January 13th, 2027")]
    [InlineData("Wed Jan 13 2027"), InlineData("Wednesday, January 13, 2027"), InlineData("Wed. 1/13/2027"), InlineData("1/13/2027 (Wed)"), InlineData("2027-01-13 Wed")]
    [InlineData(" 2027-01-13\t"), InlineData("\"2027-01-13\""), InlineData("'2027-01-13"), InlineData("2027–01–13"), InlineData("\u200e2027-01-13\u200e"), InlineData("1/13/2027\u00a0")]
    public void One_day_in_the_styles_of_the_field(string written)
    {
        var read = WrittenDate.Read(written, Today);
        Assert.Equal((D("2027-01-13"), DateReading.Day, null), (read.On ?? default, read.Reading, read.Sentence));
    }

    [Theory]
    [InlineData("03/04/2027", "2027-03-04"), InlineData("3-4-27", "2027-03-04"), InlineData("Sept 4 2027", "2027-09-04"), InlineData("05.05.2027", "2027-05-05"), InlineData("May 4, 2027", "2027-05-04")]
    public void Slashes_and_hyphens_are_read_month_first(string written, string day) => Assert.Equal(D(day), WrittenDate.Read(written, Today).On);

    [Theory]
    [InlineData("1/13", "2027-01-13"), InlineData("Jan 13", "2027-01-13"), InlineData("13 Jan", "2027-01-13"), InlineData("12/3", "2026-12-03"), InlineData("12/2", "2027-12-02"), InlineData("Feb 29", "2028-02-29")]
    public void Without_a_year_it_is_the_next_such_day_and_that_is_said(string written, string day)
    {
        var read = WrittenDate.Read(written, Today);
        Assert.Equal((D(day), $"No year was given: taken as {day[..4]}."), (read.On ?? default, read.Sentence));
    }

    [Theory]
    [InlineData("2027-01-13 09:30"), InlineData("1/13/2027 12:00:00 AM"), InlineData("2027-01-13T00:00:00"), InlineData("Jan 13, 2027 at 9:30 am")]
    public void A_time_of_day_is_left_out_and_that_is_said(string written)
    {
        var read = WrittenDate.Read(written, Today);
        Assert.Equal((D("2027-01-13"), "The time of day is not kept."), (read.On ?? default, read.Sentence));
    }

    [Theory]
    [InlineData("04.03.2027", DateReading.Ambiguous, "2027-03-04 or 2027-04-03")]
    [InlineData("Jan-27", DateReading.Ambiguous, "a month with its year")]
    [InlineData("13/01/2027", DateReading.NoSuchDay, "Write 2027-01-13.")]
    [InlineData("01.13.2027", DateReading.NoSuchDay, "Write 2027-01-13.")]
    [InlineData("2/30/2027", DateReading.NoSuchDay, "no such day")]
    [InlineData("2027-13-01", DateReading.NoSuchDay, "no such day")]
    [InlineData("Feb 29 2027", DateReading.NoSuchDay, "no such day")]
    [InlineData("Mon Jan 13 2027", DateReading.WeekdayContradicts, "January 13, 2027 is a Wednesday, not a Monday")]
    [InlineData("46400", DateReading.SerialNumber, "Format that column as a date")]
    [InlineData("46400.5", DateReading.SerialNumber, "Format that column as a date")]
    [InlineData("Jan 2027", DateReading.NotADate, "is not a date")]
    [InlineData("next Tuesday", DateReading.NotADate, "is not a date")]
    [InlineData("12", DateReading.NotADate, "is not a date")]
    [InlineData("01132027", DateReading.NotADate, "is not a date")]
    [InlineData("1/13/2027Z", DateReading.NotADate, "is not a date")]
    [InlineData("٠١/١٣/٢٠٢٧", DateReading.NotADate, "is not a date")]
    [InlineData("13 Foo 2027", DateReading.NotADate, "is not a date")]
    [InlineData("99999999999999999999", DateReading.NotADate, "is not a date")]
    [InlineData("", DateReading.NotADate, "There is no date")]
    public void What_is_no_one_day_is_named_and_never_guessed(string written, DateReading reading, string sentence)
    {
        var read = WrittenDate.Read(written, Today);
        Assert.Equal((null, reading), (read.On, read.Reading));
        Assert.Contains(sentence, read.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-01-13\tA-1\t2027-01-20", "2027-01-13", "A-1", "2027-01-20")]
    [InlineData("1/13/2027,A-1", "1/13/2027", "A-1", null)]
    [InlineData("January 13, 2027, A-1, 1/20/2027", "January 13, 2027", "A-1", "1/20/2027")]
    [InlineData("Wed, Jan 13, 2027", "Wed, Jan 13, 2027", null, null)]
    [InlineData("1/13/2027;A,1", "1/13/2027", "A,1", null)]
    [InlineData("1/13/2027,,2027-01-20", "1/13/2027", null, "2027-01-20")]
    [InlineData("someday, A-1", "someday", "A-1", null)]
    public void A_line_is_cut_where_its_date_ends(string line, string date, string? reference, string? refillBy) =>
        Assert.Equal([new PastedLine(1, date, reference, refillBy)], PastedDates.Split(line, Today));

    [Fact]
    public void Empty_lines_count_and_one_line_too_many_is_enough()
    {
        Assert.Equal([2, 4], PastedDates.Split("\r\n1/13/2027\r\n\r\n1/14/2027\r\n", Today).Select(l => l.Line));
        Assert.Equal(PastedDates.MostRows + 1, PastedDates.Split(string.Concat(Enumerable.Repeat("1/13/2027\n", 9_000)), Today).Count);
    }

    [Theory]
    [InlineData("2027-01-13", PastedVerdict.Ready, null)]
    [InlineData("2026-12-03", PastedVerdict.Ready, null)]
    [InlineData("2026-12-02", PastedVerdict.Past, "over")]
    [InlineData("2027-12-04", PastedVerdict.TooFar, "year")]
    [InlineData("2027-01-16", PastedVerdict.Weekend, "Saturday")]
    [InlineData("2026-12-25", PastedVerdict.ClosedDay, "Christmas Day")]
    [InlineData("2027-01-18", PastedVerdict.ClosedDay, "Martin Luther King")]
    [InlineData("2027-01-20", PastedVerdict.ClosedDay, "staff training")]
    [InlineData("2027-01-15", PastedVerdict.ClosedDay, "no Friday")]
    [InlineData("2027-01-12\tA-1", PastedVerdict.AlreadyBooked, "Booked already")]
    [InlineData("2027-01-12\tA-2", PastedVerdict.Ready, null)]
    [InlineData("2027-01-12", PastedVerdict.Ready, null)]
    [InlineData("2027-01-14\tA-1\t2027-01-14", PastedVerdict.AfterRefillBy, "The clinician decides")]
    [InlineData("2027-01-14\tA-1\t2027-01-19", PastedVerdict.Ready, null)]
    [InlineData("2027-01-14\tA-1\tsoon", PastedVerdict.BadRefillBy, "Refill-by")]
    [InlineData("2027-01-14\tA-1\t2026-11-01", PastedVerdict.BadRefillBy, "over")]
    [InlineData("Visit date\tReference", PastedVerdict.Heading, "heading")]
    [InlineData("nonsense 1", PastedVerdict.NotADate, "not a date")]
    public void Each_line_has_its_own_answer(string line, PastedVerdict verdict, string? sentence)
    {
        Assert.True(ReceivingHours.TryParse("Mon-Thu 08:00-16:00", out var hours, out _));
        var closures = new Dictionary<DateOnly, string?> { [D("2027-01-20")] = "staff training" };
        var clinic = new ClinicCalendar(TimeZoneInfo.Utc, hours!, closures.Keys.ToHashSet());
        var row = Assert.Single(PastedDates.Judge(PastedDates.Split(line, Today), Today, clinic, closures, new HashSet<(DateOnly, string)> { (D("2027-01-12"), "A-1") }));
        Assert.Equal(verdict, row.Verdict);
        if (sentence is null) Assert.Null(row.Sentence);
        else Assert.Contains(sentence, row.Sentence, StringComparison.Ordinal);
        Assert.Equal(verdict is PastedVerdict.AlreadyBooked or PastedVerdict.Weekend or PastedVerdict.ClosedDay or PastedVerdict.AfterRefillBy, row.MayBookAnyway);
    }

    [Fact]
    public void The_same_day_and_reference_twice_names_the_first_line()
    {
        Assert.True(ReceivingHours.TryParse("Mon-Fri 08:00-16:00", out var hours, out _));
        var clinic = new ClinicCalendar(TimeZoneInfo.Utc, hours!, new HashSet<DateOnly>());
        var rows = PastedDates.Judge(PastedDates.Split("1/13/2027\nJan 13 2027\n1/13/2027\tB", Today), Today, clinic, new Dictionary<DateOnly, string?>(), new HashSet<(DateOnly, string)>());
        Assert.Equal([PastedVerdict.Ready, PastedVerdict.Duplicate, PastedVerdict.Ready], rows.Select(r => r.Verdict));
        Assert.Contains("line 1", rows[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_observed_holiday_has_a_name()
    {
        foreach (var year in Enumerable.Range(2026, 12))
            Assert.All(FederalHolidays.In(year), day => Assert.NotNull(FederalHolidays.NameOf(day)));
        Assert.Equal("New Year’s Day", FederalHolidays.NameOf(D("2027-12-31")));
        Assert.Null(FederalHolidays.NameOf(D("2027-01-13")));
    }
}

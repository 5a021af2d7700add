using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Shared;

public class ReceivingHoursTests
{
    [Fact]
    public void The_written_form_of_the_contract_is_read()
    {
        var hours = Hours("Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00");
        Assert.Equal([new(new(8, 0), new(12, 0)), new(new(13, 0), new(16, 0))], hours.On(DayOfWeek.Wednesday));
        Assert.Equal([new(new(8, 0), new(12, 0))], hours.On(DayOfWeek.Friday));
        Assert.False(hours.IsOpenOn(DayOfWeek.Saturday));
        Assert.Empty(hours.On(DayOfWeek.Sunday));
    }

    [Theory]
    [InlineData("Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00", "Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00")]
    [InlineData("fri 8:00 – 12:00;; Monday-Thursday 13:00-16:00 , 08:00-12:00;", "Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00")]
    [InlineData("Tue 09:00-12:00,12:00-15:00", "Tue 09:00-15:00")]
    [InlineData("Mon,Wed,Fri 08:00-16:00", "Mon 08:00-16:00; Wed 08:00-16:00; Fri 08:00-16:00")]
    [InlineData("Sun 00:00-23:59; Mon 00:00-23:59", "Mon 00:00-23:59; Sun 00:00-23:59")]
    public void The_canonical_form_joins_equal_neighbours(string text, string canonical)
    {
        Assert.Equal(canonical, Hours(text).ToText());
        Assert.Equal(canonical, Hours(canonical).ToText());
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("   ", "missing")]
    [InlineData(null, "missing")]
    [InlineData(";", "no window")]
    [InlineData("Mon", "'Mon' name no time")]
    [InlineData("08:00-12:00", "name no day")]
    [InlineData("Mon-Fri 08:00-12:00; Funday 08:00-12:00", "'Funday'")]
    [InlineData("Mon-Xyz 08:00-12:00", "'Xyz'")]
    [InlineData("Fri-Mon 08:00-12:00", "'Fri-Mon' run backwards")]
    [InlineData("Mon 25:00-26:00", "'25:00'")]
    [InlineData("Mon 08:00-24:00", "'24:00'")]
    [InlineData("Mon 08:00-16.30", "'16.30'")]
    [InlineData("Mon 08:00", "'08:00'")]
    [InlineData("Mon 08:00-12:00,", "''")]
    [InlineData("Mon 08:00-12:00-13:00", "'08:00-12:00-13:00'")]
    [InlineData("Mon 16:00-08:00", "'16:00-08:00' run backwards")]
    [InlineData("Mon 08:00-08:00", "'08:00-08:00' run backwards")]
    [InlineData("Mon 08:00-12:00,11:00-16:00", "overlap on Mon: '08:00-12:00' and '11:00-16:00'")]
    [InlineData("Mon-Fri 08:00-12:00; Wed 08:00-12:00", "overlap on Wed")]
    public void Bad_hours_are_refused_with_the_part_at_fault(string? text, string part)
    {
        Assert.False(ReceivingHours.TryParse(text, out var hours, out var error));
        Assert.Null(hours);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_text_is_refused_without_repeating_it()
    {
        Assert.False(ReceivingHours.TryParse(new string('x', 100_000), out _, out var error));
        Assert.True(error!.Length < 200);
        Assert.False(ReceivingHours.TryParse(new string('x', 400), out _, out error));
        Assert.True(error!.Length < 200);
    }

    [Property(MaxTest = 500)]
    public bool Any_text_is_read_or_refused_with_a_sentence(string text) =>
        ReceivingHours.TryParse(text, out var hours, out var error)
            ? hours is not null && error is null && Hours(hours.ToText()).ToText() == hours.ToText()
            : hours is null && !string.IsNullOrEmpty(error);
}

using System.Globalization;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// A calendar of days that are business days or not (FEDERAL, CARRIER, CLINIC, SHIP_FROM; domain.md §2.7), with the day arithmetic on it.
/// Unit: calendar dates of the calendar's own place. Refuses (InvalidOperationException) to search a stretch of <see cref="SearchLimitDays"/>
/// days without any business day, so a calendar that is never open is an error and not an endless loop.
/// </summary>
public sealed class BusinessCalendar
{
    /// <summary>Longest stretch of closed days that is searched for the next business day.</summary>
    public const int SearchLimitDays = 1100;

    private readonly Func<DateOnly, bool> _isBusinessDay;

    /// <summary><paramref name="isBusinessDay"/> must be pure and safe for use from several threads.</summary>
    public BusinessCalendar(string name, Func<DateOnly, bool> isBusinessDay)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(isBusinessDay);
        Name = name;
        _isBusinessDay = isBusinessDay;
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Whether this day counts.</summary>
    public bool IsBusinessDay(DateOnly day) => _isBusinessDay(day);

    /// <summary>add_business_days of §2.7: forward for n &gt; 0, backward for n &lt; 0, the start day not counted; n = 0 gives d unchanged, business day or not.</summary>
    public DateOnly Add(DateOnly d, int n)
    {
        for (; n > 0; n--) d = Next(d);
        for (; n < 0; n++) d = Previous(d);
        return d;
    }

    /// <summary>
    /// Business days from one day to another, the inverse of <see cref="Add"/>: those in (from, to], or minus those in [to, from) when
    /// <paramref name="to"/> is earlier. Neither day needs to be a business day.
    /// </summary>
    public int Count(DateOnly from, DateOnly to)
    {
        var count = 0;
        if (to >= from)
        {
            for (var day = to; day > from; day = day.AddDays(-1))
                if (_isBusinessDay(day)) count++;
            return count;
        }
        for (var day = to; day < from; day = day.AddDays(1))
            if (_isBusinessDay(day)) count--;
        return count;
    }

    /// <summary>The day itself if it is a business day, else the last one before it.</summary>
    public DateOnly OnOrBefore(DateOnly d) => Search(d, d, -1);

    /// <summary>The day itself if it is a business day, else the first one after it.</summary>
    public DateOnly OnOrAfter(DateOnly d) => Search(d, d, 1);

    /// <summary>The first business day strictly after this day.</summary>
    public DateOnly Next(DateOnly d) => d == DateOnly.MaxValue ? throw NothingOpen(d) : Search(d, d.AddDays(1), 1);

    /// <summary>The last business day strictly before this day.</summary>
    public DateOnly Previous(DateOnly d) => d == DateOnly.MinValue ? throw NothingOpen(d) : Search(d, d.AddDays(-1), -1);

    /// <summary>Days that are business days of both calendars (CARRIER ∩ CLINIC).</summary>
    public static BusinessCalendar Both(BusinessCalendar a, BusinessCalendar b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new BusinessCalendar(a.Name + " ∩ " + b.Name, day => a._isBusinessDay(day) && b._isBusinessDay(day));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private DateOnly Search(DateOnly asked, DateOnly day, int step)
    {
        var last = step > 0 ? DateOnly.MaxValue : DateOnly.MinValue;
        for (var tried = 0; tried < SearchLimitDays; tried++)
        {
            if (_isBusinessDay(day)) return day;
            if (day == last) break;
            day = day.AddDays(step);
        }
        throw NothingOpen(asked);
    }

    private InvalidOperationException NothingOpen(DateOnly asked) => new(string.Create(CultureInfo.InvariantCulture,
        $"The calendar \"{Name}\" has no business day within {SearchLimitDays} days of {asked:yyyy-MM-dd}."));
}

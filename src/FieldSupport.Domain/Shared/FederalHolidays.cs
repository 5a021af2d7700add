using System.Collections.Concurrent;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// US federal holidays as observed (5 USC 6103; domain.md §2.7): a Saturday moves to the Friday before, a Sunday to the Monday after.
/// Today's list of holidays is used for every year, also for years before a holiday was made law.
/// </summary>
public static class FederalHolidays
{
    private static readonly ConcurrentDictionary<int, Year> Years = new();

    /// <summary>Every day but Saturdays, Sundays and observed federal holidays.</summary>
    public static BusinessCalendar Calendar { get; } = new("FEDERAL", static day => !WeekRule.IsWeekend(day) && !Contains(day));

    /// <summary>
    /// Observed dates that fall in this calendar year, in order: 31 December is among them when the next New Year's Day is a Saturday, and
    /// 1 January is not when it is one itself.
    /// </summary>
    public static IReadOnlyList<DateOnly> In(int year)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(year, DateOnly.MinValue.Year);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(year, DateOnly.MaxValue.Year);
        return Of(year).Dates;
    }

    /// <summary>Whether a federal holiday is observed on this day.</summary>
    public static bool Contains(DateOnly day) => Of(day.Year).IsHoliday[day.DayOfYear];

    /// <summary>The holiday that is observed on this day; null when none is.</summary>
    public static string? NameOf(DateOnly day) => Of(day.Year).Names.GetValueOrDefault(day);

    private static Year Of(int year) => Years.GetOrAdd(year, static y => new Year(y));

    private sealed class Year
    {
        public Year(int year)
        {
            DateOnly[] statutory =
            [
                new(year, 1, 1),
                WeekRule.NthOf(year, 1, DayOfWeek.Monday, 3),
                WeekRule.NthOf(year, 2, DayOfWeek.Monday, 3),
                WeekRule.LastOf(year, 5, DayOfWeek.Monday),
                new(year, 6, 19),
                new(year, 7, 4),
                WeekRule.NthOf(year, 9, DayOfWeek.Monday, 1),
                WeekRule.NthOf(year, 10, DayOfWeek.Monday, 2),
                new(year, 11, 11),
                WeekRule.NthOf(year, 11, DayOfWeek.Thursday, 4),
                new(year, 12, 25),
            ];
            var dates = new List<DateOnly>(12);
            for (var i = 0; i < statutory.Length; i++)
            {
                var date = statutory[i];
                // A New Year's Day on a Saturday is observed in the year before.
                if (date is { Month: 1, Day: 1, DayOfWeek: DayOfWeek.Saturday }) continue;
                var observed = date.DayOfWeek switch
                {
                    DayOfWeek.Saturday => date.AddDays(-1),
                    DayOfWeek.Sunday => date.AddDays(1),
                    _ => date,
                };
                dates.Add(observed);
                Names.Add(observed, HolidayNames[i]);
            }
            var lastDay = new DateOnly(year, 12, 31);
            if (lastDay.DayOfWeek == DayOfWeek.Friday)
            {
                dates.Add(lastDay);
                Names.Add(lastDay, HolidayNames[0]);
            }
            Dates = dates.AsReadOnly();
            foreach (var date in dates) IsHoliday[date.DayOfYear] = true;
        }

        /// <summary>In the order of the statutory dates above.</summary>
        private static readonly string[] HolidayNames =
        [
            "New Year’s Day", "Martin Luther King Jr. Day", "Washington’s Birthday", "Memorial Day", "Juneteenth", "Independence Day",
            "Labor Day", "Columbus Day", "Veterans Day", "Thanksgiving Day", "Christmas Day",
        ];

        public Dictionary<DateOnly, string> Names { get; } = [];

        public IReadOnlyList<DateOnly> Dates { get; }

        /// <summary>By day of the year, 1 to 366.</summary>
        public bool[] IsHoliday { get; } = new bool[367];
    }
}

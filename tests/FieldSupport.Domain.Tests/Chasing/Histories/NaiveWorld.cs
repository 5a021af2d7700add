using FieldSupport.Domain.Orders;

namespace FieldSupport.Domain.Tests.Chasing.Histories;

/// <summary>
/// The calendars of domain.md §2.7 once more, as slowly and plainly as they can be written: dates listed by hand, clocks walked in steps
/// of five minutes. Shares nothing with the product but <see cref="TimeZoneInfo"/>.
/// </summary>
internal sealed class NaiveWorld(TimeZoneInfo zone, Dictionary<DayOfWeek, (int Opens, int Closes)[]> windows, HashSet<DateOnly> closed)
{
    public static readonly TimeZoneInfo Eastern = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    // domain.md §2.7 lists 2026 and 2027; the first half of 2028 by the same rules.
    private static readonly HashSet<DateOnly> Federal = Dates(
        "2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25 " +
        "2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-31 " +
        "2028-01-17 2028-02-21 2028-05-29 2028-06-19");

    private static readonly HashSet<DateOnly> CarrierClosures = Dates(
        "2026-01-01 2026-05-25 2026-07-04 2026-09-07 2026-11-26 2026-12-25 2027-01-01 2027-05-31 2027-07-04 2027-09-06 2027-11-25 2027-12-25 2028-01-01 2028-05-29");

    public TimeZoneInfo Zone => zone;

    public static bool IsCarrierDay(DateOnly d) => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !CarrierClosures.Contains(d);
    public static bool IsShipDay(DateOnly d) => IsCarrierDay(d);
    public bool IsClinicDay(DateOnly d) => windows.ContainsKey(d.DayOfWeek) && !Federal.Contains(d) && !closed.Contains(d);
    public bool IsJointDay(DateOnly d) => IsCarrierDay(d) && IsClinicDay(d);

    public (DateOnly Day, int Minute) Local(DateTimeOffset at) => In(zone, at);
    public static (DateOnly Day, int Minute) InEastern(DateTimeOffset at) => In(Eastern, at);

    public DateTimeOffset At(DateOnly d, int minute) => Instant(zone, d, minute);
    public static DateTimeOffset AtEastern(DateOnly d, int minute) => Instant(Eastern, d, minute);
    public DateTimeOffset Close(DateOnly d) => At(d, windows[d.DayOfWeek][^1].Closes);

    public bool IsReceivingMinute(DateTimeOffset at)
    {
        var (day, minute) = Local(at);
        return IsClinicDay(day) && windows[day.DayOfWeek].Any(w => minute >= w.Opens && minute < w.Closes);
    }

    public bool IsReceivingOrCloses(DateTimeOffset at)
    {
        var (day, minute) = Local(at);
        return IsClinicDay(day) && windows[day.DayOfWeek].Any(w => minute >= w.Opens && minute <= w.Closes);
    }

    /// <summary>Walks on from an instant until that much time for which <paramref name="counts"/> holds is over.</summary>
    public static DateTimeOffset Walk(DateTimeOffset from, TimeSpan time, Func<DateTimeOffset, bool> counts)
    {
        var at = from;
        for (var left = time; left > TimeSpan.Zero; at += Step)
            if (counts(at)) left -= Step;
        return at;
    }

    public static DateOnly Move(DateOnly d, int n, Func<DateOnly, bool> counts)
    {
        while (n != 0)
        {
            d = d.AddDays(Math.Sign(n));
            if (counts(d)) n -= Math.Sign(n);
        }
        return d;
    }

    public static DateOnly OnOrAfter(DateOnly d, Func<DateOnly, bool> counts) { while (!counts(d)) d = d.AddDays(1); return d; }
    public static DateOnly OnOrBefore(DateOnly d, Func<DateOnly, bool> counts) { while (!counts(d)) d = d.AddDays(-1); return d; }

    /// <summary>Days after the first, up to and with the second; negative the other way round.</summary>
    public static int Between(DateOnly from, DateOnly to, Func<DateOnly, bool> counts)
    {
        var n = 0;
        for (var d = from; d < to; d = d.AddDays(1)) if (counts(d.AddDays(1))) n++;
        for (var d = from; d > to; d = d.AddDays(-1)) if (counts(d.AddDays(-1))) n--;
        return n;
    }

    public static int Transit(ServiceLevel service) => service switch
    {
        ServiceLevel.CourierSameDay => 0, ServiceLevel.OvernightAm or ServiceLevel.Overnight => 1, ServiceLevel.TwoDay => 2, ServiceLevel.ThreeDay => 3, _ => 5,
    };

    public static int SilentHours(ServiceLevel service) => service switch
    {
        ServiceLevel.CourierSameDay => 3, ServiceLevel.OvernightAm or ServiceLevel.Overnight => 12, ServiceLevel.TwoDay => 24, ServiceLevel.ThreeDay => 36, _ => 48,
    };

    private static (DateOnly, int) In(TimeZoneInfo where, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, where);
        return (DateOnly.FromDateTime(local.DateTime), local.Hour * 60 + local.Minute);
    }

    private static DateTimeOffset Instant(TimeZoneInfo where, DateOnly d, int minute)
    {
        var local = d.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        return new DateTimeOffset(local, where.GetUtcOffset(local));
    }

    private static HashSet<DateOnly> Dates(string text) =>
        [.. text.Split(' ').Select(d => DateOnly.ParseExact(d, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))];
}

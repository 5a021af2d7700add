using System.Globalization;
using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Html;

namespace FieldSupport.Web.Ui;

/// <summary>Times as people read them (ui.md §3): relative first, absolute beside it, weekday with every date, zone named.</summary>
public static class When
{
    private static readonly CultureInfo Words = CultureInfo.GetCultureInfo("en-US");

    private static readonly Dictionary<string, string> ZoneWords = new(StringComparer.Ordinal)
    {
        ["America/New_York"] = "ET", ["America/Detroit"] = "ET", ["America/Kentucky/Louisville"] = "ET", ["America/Indiana/Indianapolis"] = "ET",
        ["America/Chicago"] = "CT", ["America/Denver"] = "MT", ["America/Boise"] = "MT", ["America/Phoenix"] = "MST",
        ["America/Los_Angeles"] = "PT", ["America/Anchorage"] = "AKT", ["Pacific/Honolulu"] = "HST", ["America/Puerto_Rico"] = "AST",
        ["UTC"] = "UTC", ["Etc/UTC"] = "UTC",
    };

    /// <summary>"Tue Nov 24".</summary>
    public static string Day(DateOnly day) => Say.It("{0} {1} {2}", ShortWeekday(day.DayOfWeek), ShortMonth(day), day.Day);

    /// <summary>"Tue Nov 24, 2026".</summary>
    public static string DayOfYear(DateOnly day) => Say.It("{0} {1} {2}, {3:0000}", ShortWeekday(day.DayOfWeek), ShortMonth(day), day.Day, day.Year);

    /// <summary>"Tue 24": where space is short and the month is clear.</summary>
    public static string ShortDay(DateOnly day) => Say.It("{0} {1}", ShortWeekday(day.DayOfWeek), day.Day);

    public static string Weekday(DayOfWeek day) => Say.It(day.ToString());

    /// <summary>"Tue".</summary>
    public static string ShortWeekday(DayOfWeek day) => Say.It(day.ToString()[..3]);

    /// <summary>"November".</summary>
    public static string Month(DateOnly day) => Say.It(day.ToString("MMMM", Words));

    /// <summary>"November 2026".</summary>
    public static string MonthOfYear(DateOnly day) => Say.It("{0} {1:0000}", Month(day), day.Year);

    private static string ShortMonth(DateOnly day) => Say.It(day.ToString("MMM", Words));

    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => ZonedTime.DayOf(zone, at);

    /// <summary>"6:12 am".</summary>
    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) => Clock(TimeOnly.FromDateTime(ZonedTime.In(zone, at).DateTime));

    private static string Clock(TimeOnly time) => Say.It(time.Hour < 12 ? "{0} am" : "{0} pm", time.ToString("h:mm", Words));

    /// <summary>"ET"; for a zone without a word of its own the offset at that instant, "UTC+05:30".</summary>
    public static string Zone(DateTimeOffset at, TimeZoneInfo zone)
    {
        if (ZoneWords.TryGetValue(zone.Id, out var word))
            return word;
        var offset = zone.GetUtcOffset(at);
        return string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset.Duration():hh\\:mm}");
    }

    /// <summary>"Tue Nov 24, 6:12 am CT"; the day is left out when it is today in that zone.</summary>
    public static string Absolute(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var day = DayOf(at, zone);
        var time = $"{Clock(at, zone)} {Zone(at, zone)}";
        if (day == DayOf(now, zone))
            return time;
        return ZonedTime.In(zone, now).Year == day.Year
            ? Say.It("{0} {1} {2}, {3}", ShortWeekday(day.DayOfWeek), ShortMonth(day), day.Day, time)
            : Say.It("{0} {1} {2} {3}, {4}", ShortWeekday(day.DayOfWeek), ShortMonth(day), day.Day, day.Year, time);
    }

    /// <summary>As <c>fs-time</c> draws it, for the middle of a sentence.</summary>
    public static IHtmlContent Tag(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone, string mode = "both")
    {
        var markup = new Markup().Open("time", ("datetime", at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        return mode == "absolute" ? markup.Text(Absolute(at, now, zone)).Done()
            : markup.Text(Relative(at, now)).Element("span", $", {Absolute(at, now, zone)}", ("class", "fs-time-abs")).Done();
    }

    /// <summary>"3 h ago", "in 2 days", "just now".</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        if (span.Duration() < TimeSpan.FromMinutes(1))
            return Say.It("just now");
        return span > TimeSpan.Zero ? Say.It("{0} ago", Span(span)) : Say.It("in {0}", Span(span));
    }

    /// <summary>"40 min", "31 h" (up to two days), "3 days". Rounded down: a length is never made longer than it is.</summary>
    public static string Span(TimeSpan span)
    {
        var length = span.Duration();
        if (length < TimeSpan.FromHours(1))
            return Say.It("{0} min", (int)length.TotalMinutes);
        if (length < TimeSpan.FromHours(48))
            return Say.It("{0} h", (int)length.TotalHours);
        return Say.It("{0} days", (int)length.TotalDays);
    }
}

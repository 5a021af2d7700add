using System.Globalization;
using FieldSupport.Domain.Shared;

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
    public static string Day(DateOnly day) => day.ToString("ddd MMM d", Words);

    /// <summary>"Tue 24": where space is short and the month is clear.</summary>
    public static string ShortDay(DateOnly day) => day.ToString("ddd d", Words);

    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => ZonedTime.DayOf(zone, at);

    /// <summary>"6:12 am".</summary>
    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) => ZonedTime.In(zone, at).ToString("h:mm tt", Words).ToLowerInvariant();

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
        return ZonedTime.In(zone, now).Year == day.Year ? $"{Day(day)}, {time}" : $"{day.ToString("ddd MMM d yyyy", Words)}, {time}";
    }

    /// <summary>"3 h ago", "in 2 days", "just now".</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        if (span.Duration() < TimeSpan.FromMinutes(1))
            return "just now";
        return span > TimeSpan.Zero ? $"{Span(span)} ago" : $"in {Span(span)}";
    }

    /// <summary>"40 min", "31 h" (up to two days), "3 days". Rounded down: a length is never made longer than it is.</summary>
    public static string Span(TimeSpan span)
    {
        var length = span.Duration();
        if (length < TimeSpan.FromHours(1))
            return string.Create(Words, $"{(int)length.TotalMinutes} min");
        if (length < TimeSpan.FromHours(48))
            return string.Create(Words, $"{(int)length.TotalHours} h");
        return string.Create(Words, $"{(int)length.TotalDays} days");
    }
}

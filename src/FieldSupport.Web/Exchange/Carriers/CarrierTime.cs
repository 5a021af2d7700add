using System.Globalization;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>A time as a carrier writes it: an instant, or a clock reading at some place.</summary>
internal readonly record struct CarrierTime(DateTimeOffset? Instant, DateTime? Local)
{
    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm"];
    private static readonly string[] OffsetForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz"];

    /// <summary>ISO 8601 date and time, with offset, Z or neither; default where it is none. A day alone is no time.</summary>
    public static CarrierTime Parse(string? text)
    {
        if (text is null) return default;
        var iso = text.Trim().ToUpperInvariant();
        if (iso.Length < 16 || (iso[10] != 'T' && iso[10] != ' ')) return default;
        iso = string.Concat(iso.AsSpan(0, 10), "T", iso.AsSpan(11));
        if (iso[^1] == 'Z') iso = iso[..^1] + "+00:00";
        var sign = iso.LastIndexOfAny(['+', '-']);
        var offset = sign > 10 ? iso[sign..] : "";
        var clock = sign > 10 ? iso[..sign] : iso;
        if (offset.Length == 5 && offset[3] != ':') offset = offset[..3] + ":" + offset[3..];
        if (offset.Length == 3) offset += ":00";
        if (clock.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 && clock.Length - dot > 8) clock = clock[..(dot + 8)];
        if (offset.Length == 0)
            return DateTime.TryParseExact(clock, LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new CarrierTime(null, local) : default;
        return DateTimeOffset.TryParseExact(clock + offset, OffsetForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? new CarrierTime(at.ToUniversalTime(), null) : default;
    }

    public static DateOnly? Day(string? text, string form = "yyyy-MM-dd") =>
        DateOnly.TryParseExact(text?.Trim(), form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The day of "2014-01-27T00:00:00" or "2014-01-27".</summary>
    public static DateOnly? DayOf(string? text) => text is { Length: >= 10 } ? Day(text[..10]) : null;

    /// <summary>An estimate: a day, an instant, or midnight, which is a day in disguise. A clock reading is read at its destination.</summary>
    public static (DateOnly? On, DateTimeOffset? AtUtc) Estimate(string? text, TimeZoneInfo? destination)
    {
        if (text is null) return default;
        if (Day(text) is { } day) return (day, null);
        // Midnight as written, whatever the offset.
        if (text.Length >= 16 && text.AsSpan(11, 5) is "00:00" && (text.Length < 19 || text[16] != ':' || text.AsSpan(17, 2) is "00")) return (DayOf(text), null);
        var time = Parse(text);
        if (time.Instant is { } at) return (null, at);
        return time.Local is { } local ? destination is { } zone ? (null, ToUtc(local, zone)) : (DateOnly.FromDateTime(local), null) : default;
    }

    /// <summary>UTC of a clock reading in a zone; a reading the clock skipped counts as standard time, one it showed twice too. Null outside the calendar.</summary>
    public static DateTimeOffset? ToUtc(DateTime local, TimeZoneInfo zone)
    {
        var ticks = local.Ticks - zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)).Ticks;
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}

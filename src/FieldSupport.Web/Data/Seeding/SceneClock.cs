using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>
/// Resolves the relative times of scene files (seed-data/scenes/README.md) against the clock: <c>{+310d}</c>, <c>{now-31h}</c>,
/// <c>{c-1@15:10}</c> by a clinic's calendar, <c>{s-1@16:20}</c> by the ship-from's.
/// </summary>
public sealed class SceneClock(DateTimeOffset now, RiskCalendars calendars)
{
    public DateTimeOffset Now { get; } = now;
    public RiskCalendars Calendars => calendars;
    private ShipFromCalendar ShipFrom => calendars.ShipFrom;

    /// <summary>Ship-from date of now.</summary>
    public DateOnly Today => ShipFrom.DayOf(Now);

    /// <summary>The cell as an importer reads it: a day, an instant, or the text itself where it is not relative.</summary>
    public string Text(SceneRow row, string cell, ClinicCalendar? clinic = null)
    {
        if (cell is not ['{', .. var inner, '}']) return cell;
        return Day(inner) is { } day ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Iso(Instant(row, inner, clinic));
    }

    /// <summary>The cell as an instant; null when it is blank.</summary>
    public DateTimeOffset? At(SceneRow row, string column, ClinicCalendar? clinic = null) =>
        row.Or(column) is not { } cell ? null : cell is ['{', .. var inner, '}'] ? Instant(row, inner, clinic) : throw Bad(row, cell);

    /// <summary>As files write instants.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Operating day of the ship-from place, so many before the last one that is not after today.</summary>
    public DateOnly ShipDay(int back)
    {
        var last = ShipFrom.Days.OnOrBefore(Today);
        return back == 0 ? last : ShipFrom.Days.Add(last, -back);
    }

    private DateOnly? Day(string inner) =>
        inner[^1] == 'd' && inner[0] is '+' or '-' && int.TryParse(inner.AsSpan(0, inner.Length - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days)
            ? Today.AddDays(days) : null;

    private DateTimeOffset Instant(SceneRow row, string inner, ClinicCalendar? clinic)
    {
        if (inner == "now") return Now;
        if (inner.StartsWith("now", StringComparison.Ordinal))
        {
            if (!int.TryParse(inner.AsSpan(3, inner.Length - 4), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)) throw Bad(row, inner);
            return Now + inner[^1] switch { 'm' => TimeSpan.FromMinutes(count), 'h' => TimeSpan.FromHours(count), 'd' => TimeSpan.FromDays(count), _ => throw Bad(row, inner) };
        }
        var parts = inner.Split('@');
        if (parts.Length != 2 || parts[0].Length < 2 || !int.TryParse(parts[0].AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days)
            || !TimeOnly.TryParseExact(parts[1], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) throw Bad(row, inner);
        return parts[0][0] switch
        {
            'c' when clinic is not null => clinic.At(clinic.Days.Add(clinic.DayOf(Now), days), time),
            's' => ShipFrom.At(ShipFrom.Days.Add(Today, days), time),
            _ => throw Bad(row, inner),
        };
    }

    private static SceneFault Bad(SceneRow row, string cell) => new($"{row.Place}: '{cell}' is no time of seed-data/scenes/README.md.");
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace FieldSupport.Web.Exchange.Csv;

/// <summary>Times as files and the command line write them: ISO 8601 with an offset or <c>Z</c>; days <c>yyyy-MM-dd</c>. Nothing is guessed.</summary>
public static partial class Instants
{
    /// <summary>An instant, to the microsecond that the database keeps; null where the text is none or has no offset.</summary>
    public static DateTimeOffset? Read(string text) =>
        ReadLocal(text) is ({ } local, { } offset) ? At(local, offset) : null;

    /// <summary>A time with its offset where it has one; a null time where the text is none.</summary>
    public static (DateTime? Local, TimeSpan? Offset) ReadLocal(string text)
    {
        var match = Iso().Match(text.Trim());
        if (!match.Success) return (null, null);
        var seconds = match.Groups["s"].Success ? match.Groups["s"].Value : "00";
        if (!DateTime.TryParseExact($"{match.Groups["d"].Value}T{match.Groups["hm"].Value}:{seconds}", "yyyy-MM-dd'T'HH:mm:ss",
                CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return (null, null);
        if (match.Groups["f"].Success)
        {
            var digits = match.Groups["f"].Value.PadRight(6, '0')[..6];
            local = local.AddTicks(int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) * 10L);
        }
        var zone = match.Groups["z"].Value;
        if (zone.Length == 0) return (local, null);
        if (zone is "Z" or "z") return (local, TimeSpan.Zero);
        var offsetDigits = zone[1..].Replace(":", "", StringComparison.Ordinal);
        var hours = int.Parse(offsetDigits.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture);
        var minutes = offsetDigits.Length == 4 ? int.Parse(offsetDigits.AsSpan(2, 2), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0)) return (null, null);
        var offset = new TimeSpan(hours, minutes, 0);
        return (local, zone[0] == '-' ? -offset : offset);
    }

    public static DateOnly? ReadDay(string text) =>
        DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static DateTimeOffset? At(DateTime local, TimeSpan offset)
    {
        var ticks = local.Ticks - offset.Ticks;
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    [GeneratedRegex(@"^(?<d>\d{4}-\d{2}-\d{2})[Tt](?<hm>\d{2}:\d{2})(:(?<s>\d{2})(\.(?<f>\d{1,9}))?)?(?<z>[Zz]|[+-]\d{2}(:?\d{2})?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Iso();
}

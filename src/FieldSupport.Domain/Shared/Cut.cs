using System.Diagnostics.CodeAnalysis;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// A text made shorter. Never within a character: half of one is no text to PostgreSQL, to JSON or to a mail, and what came in whole must go
/// out whole. Lengths are UTF-16 units, as columns and forms count them.
/// </summary>
public static class Cut
{
    /// <summary>The text, or its first <paramref name="most"/> units: one fewer where the last would be the first half of a character.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? To(string? text, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        if (text is null || text.Length <= most) return text;
        return text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) && char.IsLowSurrogate(text[most]) ? most - 1 : most)];
    }

    /// <summary>The same, with "…" behind what was cut (and not counted), so that a reader sees that there was more.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Shown(string? text, int most) => text is null || text.Length <= most ? text : To(text, most).TrimEnd() + "…";
}

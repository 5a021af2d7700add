using System.Collections.Concurrent;
using System.Text;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// The names that files, JSON and the domain text use for enum values: upper case with underscores (TwoDay ↔ TWO_DAY).
/// Reading ignores case; a word that is no value of the enum gives null, never a default.
/// </summary>
public static class WireName
{
    private static readonly ConcurrentDictionary<Enum, string> Names = new();

    /// <summary>TwoDay → TWO_DAY.</summary>
    public static string Of(Enum value) => Names.GetOrAdd(value, static v =>
    {
        var name = v.ToString();
        var text = new StringBuilder(name.Length + 6);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])) text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }
        return text.ToString();
    });

    /// <summary>TWO_DAY → TwoDay; null for any other word.</summary>
    public static T? Parse<T>(string? text) where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var wanted = text.Trim();
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(Of(value), wanted, StringComparison.OrdinalIgnoreCase)) return value;
        return null;
    }
}

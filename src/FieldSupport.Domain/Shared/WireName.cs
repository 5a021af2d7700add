using System.Collections.Concurrent;
using System.Collections.Frozen;
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
    public static string Of<T>(T value) where T : struct, Enum => Words<T>.Names.TryGetValue(value, out var name) ? name : Of((Enum)value);

    /// <summary>TwoDay → TWO_DAY, where the type is known only when running.</summary>
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
        if (text is null) return null;
        if (Words<T>.Values.TryGetValue(text, out var value)) return value;
        return Words<T>.Values.TryGetValue(text.Trim(), out value) ? value : null;
    }

    /// <summary>Both directions of one enum, made once: every row read or written asks.</summary>
    private static class Words<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>().Distinct().ToFrozenDictionary(v => v, v => Of((Enum)v));

        public static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(n => n.Value, n => n.Key, StringComparer.OrdinalIgnoreCase);
    }
}

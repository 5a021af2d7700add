using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// A sentence in the language of whoever reads it. The English sentence is the key (<c>Texts.es.po</c> beside this file); what has no
/// translation is said in English as a whole. The language is that of the page being answered (<see cref="CultureInfo.CurrentUICulture"/>): jobs,
/// mail, files and the API have none and speak English. A rule's answer depends on it in its words alone.
/// </summary>
public static class Say
{
    /// <summary>Every letter another one, and longer: shows what was never looked up. For tests and developers.</summary>
    public const string Pseudo = "qps-ploc";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly Lazy<FrozenDictionary<string, string>> Spanish = new(() => Read("Texts.es.po"));

    /// <summary>Natural keys with their Spanish.</summary>
    public static IReadOnlyDictionary<string, string> InSpanish => Spanish.Value;

    public static bool IsEnglish => !IsSpanish && !IsPseudo;

    // The system writes the name in capitals of its own.
    private static bool IsPseudo => CultureInfo.CurrentUICulture.Name.Equals(Pseudo, StringComparison.OrdinalIgnoreCase);

    private static bool IsSpanish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "es";

    /// <summary>A sentence without values.</summary>
    public static string It(string text) =>
        IsSpanish ? Spanish.Value.GetValueOrDefault(text, text) : IsPseudo ? Disguise(text) : text;

    /// <summary>A sentence whose values stand as {0}, {1:N0} in it.</summary>
    public static string It(string text, params ReadOnlySpan<object?> values) => string.Format(Invariant, It(text), values);

    /// <summary>"1 pack", "4 packs". {0} is the number, {1} and on are the values.</summary>
    public static string Many(int count, string one, string many, params ReadOnlySpan<object?> values) => string.Format(Invariant, It(count == 1 ? one : many), [count, .. values]);

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string And(IReadOnlyList<string> parts) =>
        parts.Count < 2 ? string.Concat(parts) : It("{0} and {1}", string.Join(", ", parts.Take(parts.Count - 1)), parts[^1]);

    /// <summary>"a", "a or b".</summary>
    public static string Or(IReadOnlyList<string> parts) =>
        parts.Count < 2 ? string.Concat(parts) : It("{0} or {1}", string.Join(", ", parts.Take(parts.Count - 1)), parts[^1]);

    /// <summary>What is written within somebody's page and is not for the page: a mail, a record.</summary>
    public static T InEnglish<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = Invariant;
            return make();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static FrozenDictionary<string, string> Read(string name)
    {
        using var stream = typeof(Say).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The embedded texts {name} are missing.");
        using var reader = new StreamReader(stream);
        var (texts, id) = (new Dictionary<string, string>(StringComparer.Ordinal), "");
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("msgid \"", StringComparison.Ordinal)) id = Written(line[7..^1]);
            else if (line.StartsWith("msgstr \"", StringComparison.Ordinal) && id.Length > 0) texts.Add(id, Written(line[8..^1]));
        }
        return texts.ToFrozenDictionary(StringComparer.Ordinal);

        static string Written(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
    }

    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", Odd = "àƀçđéƒĝĥïĵķľɱñôþǫŕšŧüṽŵẋýžÀɃÇĐÉƑĜĤÏĴĶĽṀÑÔÞǪŔŠŦÜṼŴẊÝŽ";

    private static string Disguise(string text)
    {
        if (text.Contains('⟦', StringComparison.Ordinal)) return text;
        var said = new StringBuilder("⟦");
        var depth = 0;
        foreach (var c in text)
        {
            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            said.Append(depth == 0 && Plain.IndexOf(c, StringComparison.Ordinal) is var at and >= 0 ? Odd[at] : c);
        }
        return said.Append('·', text.Length * 2 / 5).Append('⟧').ToString();
    }
}

using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FieldSupport.Testing;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>Texts that broke somebody's program once: the lists of real-data/bad-input, each text once.</summary>
internal static class HostileTexts
{
    public static IReadOnlyList<string> All { get; } = [.. Naughty().Concat(Lines("xss-short.txt")).Concat(Lines("sql-injection-generic.txt")).Concat(Lines("csv-formula-injection.txt")).Distinct(StringComparer.Ordinal)];

    /// <summary>Several as one text of at most so many characters, to say much in few requests; one that is longer stands alone.</summary>
    public static IEnumerable<string> Together(int most, string between = "\n")
    {
        var text = "";
        foreach (var next in All)
        {
            if (text.Length > 0 && text.Length + between.Length + next.Length > most)
            {
                yield return text;
                text = "";
            }
            text = text.Length == 0 ? next : text + between + next;
        }
        if (text.Length > 0) yield return text;
    }

    private static List<string> Naughty() =>
        RealData.Exists("bad-input/naughty-strings.json") ? JsonSerializer.Deserialize<List<string>>(File.ReadAllText(RealData.PathOf("bad-input/naughty-strings.json")))! : [];

    private static IEnumerable<string> Lines(string name) =>
        RealData.Exists("bad-input/" + name) ? File.ReadAllText(RealData.PathOf("bad-input/" + name)).Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0) : [];
}

/// <summary>What a page is made of, its texts left out: which elements with which attributes. A text that stayed a text adds nothing to it.</summary>
internal static partial class Skeleton
{
    public static HashSet<string> Of(string page)
    {
        var parts = new HashSet<string>();
        foreach (Match element in Element().Matches(page))
        {
            var name = element.Groups["name"].Value.ToLowerInvariant();
            parts.Add(name);
            foreach (Match attribute in Attribute().Matches(element.Groups["rest"].Value))
            {
                parts.Add($"{name} {attribute.Groups["name"].Value.ToLowerInvariant()}");
                if (attribute.Groups["name"].Value is "href" or "src" or "action" && Scheme(WebUtility.HtmlDecode(attribute.Groups["value"].Value)) is { } scheme) parts.Add($"{name} to {scheme}");
            }
        }
        // Whatever is left of a bracket is no element of ours, and nothing that a browser might mend into one.
        if (Element().Replace(page, "").Contains('<', StringComparison.Ordinal)) parts.Add("a stray bracket");
        return parts;
    }

    private static string? Scheme(string address)
    {
        var trimmed = new string([.. address.Where(c => c > ' ')]);
        var at = trimmed.IndexOf(':', StringComparison.Ordinal);
        return at > 0 && trimmed.AsSpan(0, at).IndexOfAny('/', '?', '#') < 0 ? trimmed[..at].ToLowerInvariant() : trimmed.StartsWith("//", StringComparison.Ordinal) ? "elsewhere" : null;
    }

    [GeneratedRegex("<!doctype html>|</?(?<name>[a-z][a-z0-9-]*)(?<rest>(?:\\s+[^\\s=\"'<>/]+(?:=(?:\"[^\"<>]*\"|[^\\s\"'<>]*))?)*)\\s*/?>", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex Element();

    [GeneratedRegex("(?<name>[^\\s=\"'<>/]+)(?:=(?:\"(?<value>[^\"]*)\"|(?<value>[^\\s\"'<>]*)))?", RegexOptions.None, 5000)]
    private static partial Regex Attribute();
}

using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>Finds planted texts and days however they are written: as they are, in either case, for HTML, JSON, addresses and mail, in hex and in base64.</summary>
internal sealed class LeakDetector
{
    private static readonly string[] DayFormats =
        ["yyyy-MM-dd", "yyyyMMdd", "yyyy/MM/dd", "MMM d", "MMMM d", "d MMM", "d MMMM", "M/d/yyyy", "MM/dd/yyyy", "M/d/yy", "MM/dd/yy", "dd.MM.yyyy", "dd-MMM-yyyy"];

    private readonly SearchValues<string> _anyCase, _exact;
    private readonly string[] _words;

    public LeakDetector(IEnumerable<string> texts, IEnumerable<DateOnly> days)
    {
        var all = texts.ToList();
        string[] anyCase = [.. all.SelectMany(Written).Concat(days.SelectMany(Written)).Distinct(StringComparer.OrdinalIgnoreCase)];
        string[] exact = [.. all.SelectMany(Base64).Distinct()];
        _words = [.. anyCase, .. exact];
        (_anyCase, _exact) = (SearchValues.Create(anyCase, StringComparison.OrdinalIgnoreCase), SearchValues.Create(exact, StringComparison.Ordinal));
    }

    /// <summary>What of the planted stands in the text, in the form in which it stands there; empty is good.</summary>
    public IReadOnlyList<string> Find(string text)
    {
        // Once decoded, too: nobody can list every way to escape a letter.
        string[] readings = [text, WebUtility.HtmlDecode(text), Uri.UnescapeDataString(text.Replace('+', ' ')), text.Replace("=\r\n", "", StringComparison.Ordinal)];
        var found = readings.Distinct(StringComparer.Ordinal).Where(r => r.AsSpan().ContainsAny(_anyCase) || r.AsSpan().ContainsAny(_exact)).ToList();
        return found.Count == 0 ? [] : [.. _words.Where(w => found.Exists(r => r.Contains(w, StringComparison.OrdinalIgnoreCase))).DefaultIfEmpty("in some form")];
    }

    /// <summary>The same in a file: as UTF-8 and as UTF-16.</summary>
    public IReadOnlyList<string> Find(byte[] bytes) =>
        [.. Find(Encoding.Latin1.GetString(bytes)), .. Find(Encoding.UTF8.GetString(bytes)), .. Find(Encoding.Unicode.GetString(bytes)), .. Find(Encoding.Unicode.GetString(bytes.AsSpan(Math.Min(1, bytes.Length))))];

    private static IEnumerable<string> Written(string text) =>
    [
        text, HtmlEncoder.Default.Encode(text), WebUtility.HtmlEncode(text), JavaScriptEncoder.Default.Encode(text), UrlEncoder.Default.Encode(text), Uri.EscapeDataString(text),
        WebUtility.UrlEncode(text), Convert.ToHexString(Encoding.UTF8.GetBytes(text)), Convert.ToHexString(Encoding.Unicode.GetBytes(text)), new string([.. text.Reverse()]),
        string.Concat(Encoding.UTF8.GetBytes(text).Select(b => b is > 32 and < 127 and not 61 ? ((char)b).ToString() : b == 32 ? " " : $"={b:X2}")),
    ];

    /// <summary>As our pages, mails, files, and people write days.</summary>
    private static IEnumerable<string> Written(DateOnly day) =>
        DayFormats.Select(f => day.ToString(f, CultureInfo.InvariantCulture)).SelectMany(d => new[] { d, Uri.EscapeDataString(d) });

    /// <summary>Whatever stands before and after, one of three middles is in the base64 of the whole.</summary>
    private static IEnumerable<string> Base64(string text)
    {
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text) })
        {
            for (var skip = 0; skip < 3; skip++)
            {
                var middle = Convert.ToBase64String(bytes, skip, (bytes.Length - skip) / 3 * 3);
                yield return middle;
                yield return middle.Replace('+', '-').Replace('/', '_');
            }
        }
    }
}

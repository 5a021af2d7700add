using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Notices;
using FieldSupport.Web.Ui;
using Xunit;

namespace FieldSupport.Web.Tests.Ui;

/// <summary>The Spanish texts against the sources: nothing that is said is missing, nothing is kept that nobody says.</summary>
public sealed partial class TextsTests
{
    private static readonly string[] Letters = ["a", "b", "c"], Rooms = ["FieldSupport.Domain", "FieldSupport.Web"], Months = ["MMM", "MMMM"];

    private static readonly string[] Translated =
        ["Features/Portal/", "Features/SigningIn/", "Features/Notices/ListNotices", "Features/Notices/NoticeSettings", "Features/Compliance/ReportProblem", "Features/Compliance/ProblemReceipt",
         "Features/Compliance/_SafetyQuestion", "Features/Compliance/SafetyInformation.", "Views/Shared/"];

    [Fact]
    public void Whatever_is_said_has_its_spanish()
    {
        var said = Sources().SelectMany(f => Literals(f.Text)).Concat(Views().SelectMany(v => Attributes(v.Text))).Concat(ByName()).Where(HasLetters).Distinct().Order(StringComparer.Ordinal);
        var missing = said.Where(key => !Say.InSpanish.ContainsKey(key)).ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void No_spanish_is_kept_for_what_nobody_says()
    {
        var sources = string.Join('\n', Sources().Select(f => WebUtility.HtmlDecode(f.Text).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)));
        var named = ByName().ToHashSet(StringComparer.Ordinal);
        var orphans = Say.InSpanish.Keys.Where(key => !named.Contains(key) && !sources.Contains($"\"{key}\"", StringComparison.Ordinal)).ToList();
        Assert.True(orphans.Count == 0, string.Join('\n', orphans));
    }

    [Fact]
    public void Each_spanish_sentence_holds_the_values_of_the_english_one()
    {
        foreach (var (english, spanish) in Say.InSpanish)
        {
            Assert.False(string.IsNullOrWhiteSpace(spanish), english);
            var values = Values(spanish);
            Assert.Equal((english, true), (english, values.IsSubsetOf(Values(english))));
            // A field's technical name is no word of the reader's.
            if (!english.StartsWith("The field {0}", StringComparison.Ordinal) && !english.StartsWith("The supplied value", StringComparison.Ordinal) && !english.EndsWith("is not valid for {1}.", StringComparison.Ordinal))
                Assert.Equal((english, true), (english, values.SetEquals(Values(english))));
            Assert.Equal((english, english.Length - english.TrimStart().Length), (english, spanish.Length - spanish.TrimStart().Length));
        }
    }

    [Fact]
    public void A_number_takes_its_form_and_a_sentence_without_a_translation_stays_whole()
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("es-US");
            Assert.Equal(("1 paquete", "2 paquetes", "0 paquetes"), (Say.Many(1, "1 pack", "{0} packs"), Say.Many(2, "1 pack", "{0} packs"), Say.Many(0, "1 pack", "{0} packs")));
            Assert.Equal("a, b y c", Say.And(Letters));
            Assert.Equal("Nobody wrote this in Spanish, 7.", Say.It("Nobody wrote this in Spanish, {0}.", 7));
            Assert.Equal("1 pack", Say.InEnglish(() => Say.Many(1, "1 pack", "{0} packs")));
            var (zone, now) = (TimeZoneInfo.FindSystemTimeZoneById("America/Chicago"), new DateTimeOffset(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
            Assert.Equal("mar 24 nov, 6:12 a. m. CT", When.Absolute(now.AddHours(21).AddMinutes(12), now, zone));
            Assert.Equal(("hace 3 h", "en 2 días", "ahora mismo"), (When.Relative(now.AddHours(-3), now), When.Relative(now.AddHours(50), now), When.Relative(now, now)));
            Assert.Equal(("mar 24 nov 2026", "noviembre de 2026"), (When.DayOfYear(new DateOnly(2026, 11, 24)), When.MonthOfYear(new DateOnly(2026, 11, 1))));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    /// <summary>What is said by a name or a list and stands in no call.</summary>
    private static IEnumerable<string> ByName() =>
    [
        .. Tones.Listed.Values.Select(l => l.Words).Where(w => w is not ("Clear" or "In progress" or "In hand" or "Done" or "Fresh" or "Stale" or "Failed" or "Being chased" or "Promise broken")), "Unknown",
        .. Navigation.For(Roles.PracticeAdmin).Select(i => i.Words), .. ScriptWords.All, .. NoticeSettings.Zones.Select(z => z.Words),
        .. Enum.GetValues<HoldReason>().Where(h => h != HoldReason.Coverage).Select(ReasonWords.HoldWords),
        .. Enum.GetValues<ExceptionClass>().Where(c => c != ExceptionClass.Unstated).Select(c => c.ToString().ToLowerInvariant()),
        .. Enum.GetNames<DayOfWeek>(), .. Enum.GetNames<DayOfWeek>().Select(d => d[..3]),
        .. Enumerable.Range(1, 12).SelectMany(m => Months.Select(f => new DateOnly(2026, m, 1).ToString(f, CultureInfo.InvariantCulture))),
        .. Enumerable.Range(0, 365).Select(d => FederalHolidays.NameOf(new DateOnly(2027, 1, 1).AddDays(d))).OfType<string>(), "no refill", "1 refill", "{0} refills",
    ];

    /// <summary>The sentences of the calls: texts among what is looked up, not among its values.</summary>
    private static IEnumerable<string> Literals(string source)
    {
        foreach (Match call in Call().Matches(source))
        {
            var arguments = Arguments(source, call.Index + call.Length);
            foreach (var argument in call.Value.Contains("Many", StringComparison.Ordinal) ? arguments.Skip(1).Take(2) : arguments.Take(1))
                foreach (Match text in Text().Matches(Compared().Replace(argument, "")))
                    if (!text.Value.StartsWith('$')) yield return text.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }
    }

    private static List<string> Arguments(string source, int at)
    {
        var (found, depth, start) = (new List<string>(), 0, at);
        for (; depth >= 0; at++)
        {
            var c = source[at];
            if (c == '"')
                for (at++; source[at] != '"'; at++) at += source[at] == '\\' ? 1 : 0;
            else if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}') depth--;
            if ((c == ',' && depth == 0) || depth < 0)
            {
                found.Add(source[start..at]);
                start = at + 1;
            }
        }
        return found;
    }

    /// <summary>Constant words that a component looks up by itself.</summary>
    private static IEnumerable<string> Attributes(string view) =>
        from Match element in Component().Matches(view)
        from Match attribute in Worded().Matches(element.Value)
        where attribute.Groups[1].Value != "name" || element.Value.StartsWith("<fs-fact ", StringComparison.Ordinal)
        select WebUtility.HtmlDecode(attribute.Groups[2].Value);

    private static HashSet<string> Values(string text) => [.. Value().Matches(text).Select(m => m.Groups[1].Value)];

    private static bool HasLetters(string text) => text is not ("MMM" or "MMMM") && (text.Any(char.IsLetter) || text.Contains("{0}", StringComparison.Ordinal));

    private static IEnumerable<(string Name, string Text)> Views() => Sources().Where(f => f.Name.EndsWith(".cshtml", StringComparison.Ordinal) && Translated.Any(t => f.Name.Contains(t, StringComparison.Ordinal)));

    private static IEnumerable<(string Name, string Text)> Sources()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "FieldSupport.sln"))) root = root.Parent;
        return Rooms.SelectMany(p => Directory.EnumerateFiles(Path.Combine(root.FullName, "src", p), "*.cs*", SearchOption.AllDirectories))
            .Select(f => f.Replace('\\', '/')).Where(f => (f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".cshtml", StringComparison.Ordinal))
                && !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(f => (f, File.ReadAllText(f)));
    }

    [GeneratedRegex(@"\b(?:Say\.(?:It|Many)|Markup\.Sentence)\(", RegexOptions.None, 5000)]
    private static partial Regex Call();

    [GeneratedRegex(@"\$?""((?:[^""\\]|\\.)*)""", RegexOptions.None, 5000)]
    private static partial Regex Text();

    [GeneratedRegex(@"(?:[=!]=\s*|is (?:not )?)""[^""]*""|""[^""]*""\s*(?==>)", RegexOptions.None, 5000)]
    private static partial Regex Compared();

    [GeneratedRegex(@"<fs-[a-z]+ (?:[^<>""]|""[^""]*"")*>", RegexOptions.None, 5000)]
    private static partial Regex Component();

    [GeneratedRegex(@"\s(label|hint|heading|none|name|unknown)=""([^""@]*[A-Za-z][^""@]*)""", RegexOptions.None, 5000)]
    private static partial Regex Worded();

    [GeneratedRegex(@"\{(\d+)", RegexOptions.None, 5000)]
    private static partial Regex Value();
}

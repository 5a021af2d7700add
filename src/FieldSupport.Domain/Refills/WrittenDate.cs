using System.Globalization;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Refills;

/// <summary>What became of a date that somebody typed.</summary>
public enum DateReading { Day, NotADate, NoSuchDay, Ambiguous, WeekdayContradicts, SerialNumber }

/// <summary>
/// One typed date, read the way the field writes it: month first with slashes and hyphens, since this is the US; dots only where there is one
/// reading. Nothing is guessed: what could be two days is refused with the way to write it.
/// </summary>
/// <param name="On">The day; null unless <see cref="DateReading.Day"/>.</param>
/// <param name="Sentence">Why it is none, or what had to be added to the day; null where nothing is to be said.</param>
public sealed partial record WrittenDate(DateOnly? On, DateReading Reading, string? Sentence)
{
    private const int Timeout = 250;
    /// <summary>No date is longer; what is, is not looked at.</summary>
    private const int Longest = 60;
    private static string Another => Say.It("Write it like 2027-01-13 or 1/13/2027.");

    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>Reads one date. <paramref name="today"/> decides the year where none is given: the next such day ahead.</summary>
    public static WrittenDate Read(string? written, DateOnly today)
    {
        var text = Plain(written);
        if (text.Length == 0) return No(DateReading.NotADate, Say.It("There is no date. {0}", Another));
        if (text.Length > Longest) return No(DateReading.NotADate, Say.It("“{0}…” is not a date. {1}", Cut.To(text, 30), Another));
        var shown = text;
        var hadTime = Time().Match(text) is { Success: true } time;
        if (hadTime) text = Time().Replace(text, "").Trim();
        DayOfWeek? weekday = null;
        if (Weekday().Match(text) is { Success: true } named)
        {
            weekday = Enum.GetValues<DayOfWeek>().First(d => d.ToString().StartsWith(named.Groups["day"].Value[..3], StringComparison.OrdinalIgnoreCase));
            text = (text[..named.Index] + text[(named.Index + named.Length)..]).Trim(' ', ',');
        }
        var read = Parts(text, shown, today);
        if (read.On is not { } day) return read;
        if (weekday is { } said && said != day.DayOfWeek)
            return No(DateReading.WeekdayContradicts, Say.It("{0} is a {1}, not a {2}. Put the date or the weekday right.", Long(day), Say.It(day.DayOfWeek.ToString()), Say.It(said.ToString())));
        return hadTime ? read with { Sentence = Join(read.Sentence, Say.It("The time of day is not kept.")) } : read;
    }

    private static WrittenDate Parts(string text, string shown, DateOnly today)
    {
        if (YearFirst().Match(text) is { Success: true } ymd) return Day(ymd, today, shown);
        if (Slashes().Match(text) is { Success: true } slashes)
        {
            if (Number(slashes, "m") > 12 && Number(slashes, "d") is >= 1 and <= 12)
                return No(DateReading.NoSuchDay, Say.It("“{0}” has no month {1}: the month is read first. {2}", shown, slashes.Groups["m"].Value, Suggest(slashes, "d", "m")));
            return Day(slashes, today, shown);
        }
        if (Dots().Match(text) is { Success: true } dots)
        {
            int first = Number(dots, "d"), second = Number(dots, "m");
            if (second > 12 && first is >= 1 and <= 12)
                return No(DateReading.NoSuchDay, Say.It("“{0}” has no month {1}: with dots the day is read first. {2}", shown, dots.Groups["m"].Value, Suggest(dots, "d", "m")));
            if (first <= 12 && second <= 12 && first != second)
                return No(DateReading.Ambiguous, Say.It("“{0}” can be two days: {1} or {2:0000}-{3:00}-{4:00}, whichever you mean.", shown, Suggest(dots, "m", "d")[..^1], YearOf(dots), first, second));
            return Day(dots, today, shown);
        }
        if (MonthHyphenNumber().IsMatch(text))
            return No(DateReading.Ambiguous, Say.It("“{0}” can be a day or a month with its year. {1}", shown, Another));
        if (DayMonth().Match(text) is { Success: true } dmy && MonthOf(dmy) is { } m1) return Day(dmy, today, shown, m1);
        if (MonthDay().Match(text) is { Success: true } mdy && MonthOf(mdy) is { } m2) return Day(mdy, today, shown, m2);
        if (Compact().Match(text) is { Success: true } compact) return Day(compact, today, shown);
        if (Serial().IsMatch(text))
            return No(DateReading.SerialNumber, Say.It("“{0}” is a spreadsheet's number for a day, not a date. Format that column as a date in the spreadsheet, then copy it again.", shown));
        return No(DateReading.NotADate, Say.It("“{0}” is not a date. {1}", shown, Another));
    }

    private static WrittenDate Day(Match match, DateOnly today, string shown, int? monthByName = null)
    {
        int month = monthByName ?? Number(match, "m"), day = Number(match, "d");
        if (match.Groups["y"].Success)
        {
            var year = YearOf(match);
            return Exists(year, month, day) ? new(new DateOnly(year, month, day), DateReading.Day, null) : None();
        }
        // A 29 February may be up to eight years ahead.
        for (var year = today.Year; year <= today.Year + 8; year++)
            if (Exists(year, month, day) && new DateOnly(year, month, day) is var next && next >= today)
                return new(next, DateReading.Day, Say.It("No year was given: taken as {0}.", year));
        return None();

        WrittenDate None() => No(DateReading.NoSuchDay, Say.It("“{0}”: there is no such day. {1}", shown, Another));
    }

    private static bool Exists(int year, int month, int day) => year is >= 1900 and <= 2199 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static int? MonthOf(Match match)
    {
        var name = match.Groups["name"].Value.ToLowerInvariant();
        if (name == "sept") return 9;
        var at = Array.FindIndex(Months, m => name == m || (name.Length == 3 && m.StartsWith(name, StringComparison.Ordinal)));
        return at < 0 ? null : at + 1;
    }

    private static int YearOf(Match match)
    {
        var year = Number(match, "y");
        return match.Groups["y"].Length <= 2 ? 2000 + year : year;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Suggest(Match match, string month, string day) =>
        match.Groups["y"].Success ? Say.It("Write {0:0000}-{1:00}-{2:00}.", YearOf(match), Number(match, month), Number(match, day)) : Another;

    private static WrittenDate No(DateReading reading, string sentence) => new(null, reading, sentence);
    private static string Long(DateOnly day) => Say.It("{0} {1}, {2}", Say.It(day.ToString("MMMM", CultureInfo.InvariantCulture)), day.Day, day.Year);
    private static string Join(string? one, string other) => one is null ? other : one + " " + other;

    /// <summary>One kind of blank and of dash, without marks that are not seen and the quotes of a spreadsheet.</summary>
    private static string Plain(string? written)
    {
        if (written is null) return "";
        var plain = string.Concat(written.Take(400).Select(c => c switch
        {
            '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' => '-',
            '\u2019' => '\'',
            _ when char.IsWhiteSpace(c) => ' ',
            _ => c,
        }).Where(c => char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control)));
        return Blanks().Replace(plain, " ").Trim(' ', '"', '\'', ',', ';');
    }

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(?<=[0-9])(?: at | ?, ?| |T)[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?( ?[ap]\.?m\.?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, Timeout)]
    private static partial Regex Time();

    [GeneratedRegex(@"(^|[ (,])(?<day>mon(day)?|tue(s(day)?)?|wed(nesday)?|thu(r(s(day)?)?)?|fri(day)?|sat(urday)?|sun(day)?)[.,)]*(?= |$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, Timeout)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?<s>[-/.])(?<m>[0-9]{1,2})\k<s>(?<d>[0-9]{1,2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})(/(?<y>[0-9]{4}|[0-9]{2}))?$|^(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})-(?<y>[0-9]{4}|[0-9]{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Slashes();

    [GeneratedRegex(@"^(?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4}|[0-9]{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Dots();

    /// <summary>"Jan-27": a spreadsheet means January 2027 by it, a person the 27th.</summary>
    [GeneratedRegex(@"^[a-z]{3,9}\.?-[0-9]{2}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, Timeout)]
    private static partial Regex MonthHyphenNumber();

    [GeneratedRegex(@"^(?<d>[0-9]{1,2})(st|nd|rd|th)?[ -]?(of )?(?<name>[a-z]{3,9})\.?,?([ -]?'?(?<y>[0-9]{4}|[0-9]{2}))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, Timeout)]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"^(?<name>[a-z]{3,9})\.?[ -]?(?<d>[0-9]{1,2})(st|nd|rd|th)?((, ?| |-)'?(?<y>[0-9]{4}|[0-9]{2}))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, Timeout)]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"^(?<y>(19|20|21)[0-9]{2})(?<m>[0-9]{2})(?<d>[0-9]{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Compact();

    [GeneratedRegex(@"^[3-7][0-9]{4}(\.[0-9]{1,10})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Serial();
}

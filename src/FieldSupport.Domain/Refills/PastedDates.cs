using System.Globalization;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Refills;

/// <summary>One line of a pasted column, in its parts and unjudged.</summary>
/// <param name="Line">Counted as typed, empty lines too.</param>
/// <param name="Reference">The practice's own code: patient detail, for the vault only.</param>
public sealed record PastedLine(int Line, string Date, string? Reference = null, string? RefillBy = null);

/// <summary>What becomes of a line. From <see cref="Duplicate"/> on the practice may book it all the same.</summary>
public enum PastedVerdict { Ready, Heading, NotADate, Past, TooFar, BadReference, BadRefillBy, Duplicate, AlreadyBooked, Weekend, ClosedDay, AfterRefillBy }

/// <summary>A judged line.</summary>
/// <param name="Typed">The date as it was typed, shortened.</param>
/// <param name="Sentence">Why it is not booked, or what was added to it; null where nothing is to be said.</param>
public sealed record PastedRow(int Line, string Typed, DateOnly? On, string? Reference, DateOnly? RefillByOn, PastedVerdict Verdict, string? Sentence)
{
    /// <summary>The practice may have a reason that we do not know: it opens specially, two patients come.</summary>
    public bool MayBookAnyway => Verdict >= PastedVerdict.Duplicate;

    /// <summary>A coming visit has this day and reference.</summary>
    public bool IsBooked { get; init; }
}

/// <summary>
/// Refill dates pasted as a column (contract.md §3 <c>visits</c>, without key and account): each line gets its own answer, nothing is guessed.
/// </summary>
public static class PastedDates
{
    /// <summary>More lines are refused: that is a file for the import.</summary>
    public const int MostRows = 5_000;

    /// <summary>Characters of a reference; the vault's own bound.</summary>
    public const int LongestReference = 200;

    /// <summary>The lines of a text that are not empty, cut at tab, semicolon or comma: a date, the reference, refill-by.</summary>
    public static IReadOnlyList<PastedLine> Split(string? text, DateOnly today)
    {
        var lines = new List<PastedLine>();
        var number = 0;
        foreach (var line in (text ?? "").ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            lines.Add(Cut(number, line, today));
            // One too many is enough to say so.
            if (lines.Count > MostRows) break;
        }
        return lines;
    }

    /// <summary>
    /// Judges every line. <paramref name="closures"/> are the clinic's own closed days with their reason, <paramref name="booked"/> the coming
    /// visits by day and reference (empty where they have none).
    /// </summary>
    public static IReadOnlyList<PastedRow> Judge(
        IReadOnlyList<PastedLine> lines, DateOnly today, ClinicCalendar clinic, IReadOnlyDictionary<DateOnly, string?> closures, IReadOnlySet<(DateOnly On, string Reference)> booked)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(clinic);
        ArgumentNullException.ThrowIfNull(closures);
        ArgumentNullException.ThrowIfNull(booked);
        var first = new Dictionary<(DateOnly, string), int>();
        return [.. lines.Select((line, at) => Judge(line, at == 0, today, clinic, closures, booked, first))];
    }

    private static PastedRow Judge(
        PastedLine line, bool isFirst, DateOnly today, ClinicCalendar clinic, IReadOnlyDictionary<DateOnly, string?> closures,
        IReadOnlySet<(DateOnly, string)> booked, Dictionary<(DateOnly, string), int> first)
    {
        var typed = Short(line.Date);
        var reference = string.IsNullOrWhiteSpace(line.Reference) ? null : line.Reference.Trim();
        var written = WrittenDate.Read(line.Date, today);
        PastedRow Row(PastedVerdict verdict, string? sentence, DateOnly? refillBy = null) => new(line.Line, typed, written.On, reference, refillBy, verdict, sentence);

        if (written.On is not { } on)
        {
            return isFirst && written.Reading == DateReading.NotADate && !(line.Date + line.Reference + line.RefillBy).Any(char.IsDigit)
                ? Row(PastedVerdict.Heading, Say.It("Read as the heading of the column and left out."))
                : Row(PastedVerdict.NotADate, written.Sentence);
        }
        if (on < today) return Row(PastedVerdict.Past, Say.It("This day is over."));
        if (on > today.AddYears(1)) return Row(PastedVerdict.TooFar, Say.It("More than a year ahead. Look at the year."));
        if (reference is { Length: > LongestReference }) return Row(PastedVerdict.BadReference, Say.It("The reference is longer than {0} characters.", LongestReference));
        if (reference is not null && reference.Any(char.IsControl)) return Row(PastedVerdict.BadReference, Say.It("The reference holds a control character."));
        DateOnly? refillBy = null;
        if (!string.IsNullOrWhiteSpace(line.RefillBy))
        {
            var by = WrittenDate.Read(line.RefillBy, today);
            if (by.On is not { } day) return Row(PastedVerdict.BadRefillBy, Say.It("Refill-by: {0}", by.Sentence));
            if (day < today) return Row(PastedVerdict.BadRefillBy, Say.It("The refill-by day is over. If that is right, call the clinician; do not wait for a visit."));
            refillBy = day;
        }

        var doubts = new List<(PastedVerdict Verdict, string Sentence)>();
        var key = (on, reference ?? "");
        if (!first.TryAdd(key, line.Line))
            doubts.Add((PastedVerdict.Duplicate, Say.It("The same as line {0}. Two refills on that day? Then book it anyway.", first[key])));
        if (booked.Contains(key))
            doubts.Add((PastedVerdict.AlreadyBooked, reference is null ? Say.It("A refill on that day is booked already. Another patient? Then book it anyway.") : Say.It("Booked already, with this reference.")));
        if (ClosedBecause(on, clinic, closures) is { } closed) doubts.Add(closed);
        if (AfterLatestSafe(on, refillBy, clinic) is { } late) doubts.Add((PastedVerdict.AfterRefillBy, late));
        return doubts.Count == 0
            ? Row(PastedVerdict.Ready, written.Sentence, refillBy)
            : Row(doubts[0].Verdict, string.Join(' ', doubts.Select(d => d.Sentence)) + (written.Sentence is null ? "" : " " + written.Sentence), refillBy) with { IsBooked = booked.Contains(key) };
    }

    /// <summary>Why the clinic is closed that day, named; null when it is open.</summary>
    public static (PastedVerdict Verdict, string Sentence)? ClosedBecause(DateOnly on, ClinicCalendar clinic, IReadOnlyDictionary<DateOnly, string?> closures)
    {
        ArgumentNullException.ThrowIfNull(clinic);
        ArgumentNullException.ThrowIfNull(closures);
        if (clinic.Days.IsBusinessDay(on)) return null;
        if (closures.TryGetValue(on, out var reason))
            return (PastedVerdict.ClosedDay, string.IsNullOrWhiteSpace(reason) ? Say.It("You are closed on that day.") : Say.It("You are closed on that day: {0}.", reason.Trim().TrimEnd('.')));
        if (FederalHolidays.NameOf(on) is { } holiday) return (PastedVerdict.ClosedDay, Say.It("Closed for a federal holiday: {0}.", Say.It(holiday)));
        if (WeekRule.IsWeekend(on)) return (PastedVerdict.Weekend, Say.It("A {0}.", Say.It(on.DayOfWeek.ToString())));
        return (PastedVerdict.ClosedDay, Say.It("Your receiving hours name no {0}.", Say.It(on.DayOfWeek.ToString())));
    }

    /// <summary>The sentence of domain.md §3.3 where a visit lies after the last CLINIC day before refill-by; null where it does not.</summary>
    public static string? AfterLatestSafe(DateOnly on, DateOnly? refillBy, ClinicCalendar clinic)
    {
        if (refillBy is not { } by) return null;
        var latest = ShippingDates.LatestSafeVisitOn(by, clinic);
        return on <= latest ? null
            : Say.It("After {0}, the last clinic day before refill-by ({1}). The clinician decides on that.", Day(latest), Day(by));
    }

    /// <summary>A written date may hold a comma itself, so the longest beginning that reads as a date is the date.</summary>
    private static PastedLine Cut(int number, string line, DateOnly today)
    {
        foreach (var separator in (char[])['\t', ';'])
        {
            if (!line.Contains(separator, StringComparison.Ordinal)) continue;
            return Cells(number, line.Split(separator));
        }
        if (!line.Contains(',', StringComparison.Ordinal)) return new(number, line.Trim());
        for (var at = line.Length; at > 0; at = line.LastIndexOf(',', at - 1))
        {
            if (line[..at].TrimEnd().EndsWith(',') || WrittenDate.Read(line[..at], today).Reading is DateReading.NotADate) continue;
            return at == line.Length ? new(number, line.Trim()) : Cells(number, [line[..at], .. line[(at + 1)..].Split(',')]);
        }
        return Cells(number, line.Split(','));
    }

    private static PastedLine Cells(int number, string[] cells) => new(number, cells[0].Trim(), Cell(cells, 1), Cell(cells, 2));

    private static string? Cell(string[] cells, int at) => at < cells.Length && cells[at].Trim() is { Length: > 0 } cell ? cell : null;

    private static string Short(string text) => Shared.Cut.Shown(text.Trim(), 40);
    private static string Day(DateOnly day) => Say.It("{0} {1} {2}", Say.It(day.DayOfWeek.ToString()[..3]), Say.It(day.ToString("MMM", CultureInfo.InvariantCulture)), day.Day);
}

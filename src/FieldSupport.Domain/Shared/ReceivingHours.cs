using System.Globalization;
using System.Text;

namespace FieldSupport.Domain.Shared;

/// <summary>A span of local time in which a location takes deliveries. Closes is always after Opens.</summary>
public readonly record struct ReceivingWindow(TimeOnly Opens, TimeOnly Closes);

/// <summary>
/// The weekly receiving windows of a location in its local 24-hour time, such as <c>Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00</c>
/// (contract.md §3). A day not named is closed. There is always at least one window; windows of a day are in order and do not overlap.
/// </summary>
public sealed class ReceivingHours
{
    private const int MaxLength = 500;

    private static readonly DayOfWeek[] Week =
    [
        DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday,
    ];

    private static readonly string[] TimeFormats = ["HH:mm", "H:mm"];

    private readonly ReceivingWindow[][] _byDay;

    private ReceivingHours(ReceivingWindow[][] byDay) => _byDay = byDay;

    /// <summary>The windows of a weekday in order; empty when it is closed.</summary>
    public IReadOnlyList<ReceivingWindow> On(DayOfWeek day) => _byDay[(int)day];

    /// <summary>Whether the weekday has a window.</summary>
    public bool IsOpenOn(DayOfWeek day) => _byDay[(int)day].Length > 0;

    /// <summary>Reads the written form. On failure the error is one sentence that quotes the part at fault.</summary>
    public static bool TryParse(string? text, out ReceivingHours? hours, out string? error)
    {
        hours = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "Receiving hours are missing: at least one window such as Mon-Fri 08:00-16:00 is required.";
            return false;
        }
        if (text.Length > MaxLength)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"Receiving hours are longer than {MaxLength} characters.");
            return false;
        }

        var byDay = new List<ReceivingWindow>[7];
        for (var i = 0; i < 7; i++) byDay[i] = [];
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            error = ReadPart(part, byDay);
            if (error is not null) return false;
        }
        if (byDay.All(static windows => windows.Count == 0))
        {
            error = $"Receiving hours {Quote(text)} hold no window: at least one such as Mon-Fri 08:00-16:00 is required.";
            return false;
        }

        var ordered = new ReceivingWindow[7][];
        foreach (var day in Week)
        {
            error = Order(day, byDay[(int)day], out ordered[(int)day]);
            if (error is not null) return false;
        }
        hours = new ReceivingHours(ordered);
        error = null;
        return true;
    }

    /// <summary>The canonical written form: Monday first, neighbouring days with the same windows joined.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        for (var first = 0; first < Week.Length; first++)
        {
            var windows = On(Week[first]);
            if (windows.Count == 0) continue;
            var last = first;
            while (last + 1 < Week.Length && windows.SequenceEqual(On(Week[last + 1]))) last++;
            if (text.Length > 0) text.Append("; ");
            text.Append(ShortName(Week[first]));
            if (last > first) text.Append('-').Append(ShortName(Week[last]));
            text.Append(' ').AppendJoin(',', windows.Select(static w =>
                string.Create(CultureInfo.InvariantCulture, $"{w.Opens:HH\\:mm}-{w.Closes:HH\\:mm}")));
            first = last;
        }
        return text.ToString();
    }

    /// <summary>The canonical written form.</summary>
    public override string ToString() => ToText();

    private static string? ReadPart(string part, List<ReceivingWindow>[] byDay)
    {
        var firstDigit = part.AsSpan().IndexOfAnyInRange('0', '9');
        var daysText = (firstDigit < 0 ? part : part[..firstDigit]).Trim();
        if (daysText.Length == 0) return $"Receiving hours {Quote(part)} name no day.";
        var error = ReadDays(daysText, out var days);
        if (error is not null) return error;
        if (firstDigit < 0) return $"Receiving hours {Quote(part)} name no time.";

        foreach (var windowText in part[firstDigit..].Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = Dashes(windowText).Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length != 2) return $"Receiving hours {Quote(windowText)} are not a window such as 08:00-16:00.";
            if (ReadTime(ends[0]) is not { } opens) return $"Receiving hours have a bad time {Quote(ends[0])} in {Quote(part)}: write 24-hour times such as 08:00.";
            if (ReadTime(ends[1]) is not { } closes) return $"Receiving hours have a bad time {Quote(ends[1])} in {Quote(part)}: write 24-hour times such as 16:00.";
            if (closes <= opens) return $"Receiving hours {Quote(windowText)} run backwards: a window must close after it opens.";
            foreach (var day in days) byDay[(int)day].Add(new ReceivingWindow(opens, closes));
        }
        return null;
    }

    private static string? ReadDays(string text, out List<DayOfWeek> days)
    {
        days = [];
        foreach (var item in Dashes(text).Split(',', StringSplitOptions.TrimEntries))
        {
            var names = item.Split('-', StringSplitOptions.TrimEntries);
            if (names.Length > 2) return $"Receiving hours name an unknown day {Quote(item)}.";
            var first = WeekPlace(names[0]);
            if (first < 0) return $"Receiving hours name an unknown day {Quote(names[0])}: write Mon, Tue, Wed, Thu, Fri, Sat or Sun.";
            var last = names.Length == 2 ? WeekPlace(names[1]) : first;
            if (last < 0) return $"Receiving hours name an unknown day {Quote(names[1])}: write Mon, Tue, Wed, Thu, Fri, Sat or Sun.";
            if (last < first) return $"Receiving hours {Quote(item)} run backwards: the week begins on Monday.";
            days.AddRange(Week[first..(last + 1)]);
        }
        return null;
    }

    private static string? Order(DayOfWeek day, List<ReceivingWindow> windows, out ReceivingWindow[] ordered)
    {
        ordered = [];
        windows.Sort(static (a, b) => a.Opens.CompareTo(b.Opens));
        var joined = new List<ReceivingWindow>(windows.Count);
        foreach (var window in windows)
        {
            if (joined.Count > 0 && window.Opens < joined[^1].Closes)
                return Say.It("Receiving hours overlap on {0}: '{1:HH\\:mm}-{2:HH\\:mm}' and '{3:HH\\:mm}-{4:HH\\:mm}'.", Say.It(ShortName(day)), joined[^1].Opens, joined[^1].Closes, window.Opens, window.Closes);
            // Windows that touch are one window.
            if (joined.Count > 0 && window.Opens == joined[^1].Closes) joined[^1] = joined[^1] with { Closes = window.Closes };
            else joined.Add(window);
        }
        ordered = [.. joined];
        return null;
    }

    private static int WeekPlace(string name) =>
        Array.FindIndex(Week, day => string.Equals(ShortName(day), name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(day.ToString(), name, StringComparison.OrdinalIgnoreCase));

    private static string ShortName(DayOfWeek day) => day.ToString()[..3];

    private static TimeOnly? ReadTime(string text) =>
        TimeOnly.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    // Typed text often holds a typographic dash.
    private static string Dashes(string text) => text.Replace('–', '-');

    private static string Quote(string text) => $"'{Cut.Shown(text, 40)}'";
}

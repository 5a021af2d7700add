using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>
/// The longest list that is taken, with everything in it that such a list may hold: each line gets its own answer on the page, nothing is guessed,
/// and nothing is written for a line that is refused. The sample's clock: Thursday February 4, 2027, in Memphis.
/// </summary>
public sealed partial class PastedListTests(ITestOutputHelper output)
{
    private const string Practice = "practice@demo.test";
    private static readonly DateOnly Closure = new(2027, 6, 2), Booked = new(2027, 2, 9);

    private sealed record Line(string Text, PastedVerdict Verdict, DateOnly? On, string? Reference);

    /// <summary>Eleven, and none of them can be two days.</summary>
    private static readonly Func<DateOnly, string>[] Styles =
    [
        .. new[] { "M/d/yyyy", "yyyy-MM-dd", "MM/dd/yy", "MMM d yyyy", "d MMMM yyyy", "MMMM d, yyyy", "ddd MMM d yyyy", "dd-MMM-yy", "yyyyMMdd", "M-d-yyyy" }
            .Select(f => (Func<DateOnly, string>)(d => d.ToString(f, CultureInfo.InvariantCulture))),
        // Day first is read where it cannot be a month.
        d => d.Day > 12 ? d.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture) : d.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture),
    ];

    /// <summary>No day, or more than one.</summary>
    private static readonly string[] Unread =
        ["hello", "04.03.2027", "46400", "Mon Feb 10 2027", "13/13/2027", "2027-02-30", "February", "=1+1", "next Tuesday", "32/1/2027", "<b>3/1/2027</b>", "2027-03-01 or 02"];

    [Fact]
    public async Task Each_of_five_thousand_lines_is_answered_for_itself_and_only_the_ready_ones_are_written()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var practice = await application.SignedIn(Practice);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync("/portal/settings/closures", Application.Form(("From", Closure.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("Reason", "Inventory")))).StatusCode);
        var lines = List();
        Assert.Equal(PastedDates.MostRows, lines.Count);
        var text = string.Join('\n', lines.Select(l => l.Text));

        // As it comes first: the worst at the top, the rest when asked for.
        var brief = await Preview(practice, text, all: false);
        Assert.Equal(100, Rows(brief).Count);
        Assert.True(Encoding.UTF8.GetByteCount(brief) < 4 * Encoding.UTF8.GetByteCount(text) + 200_000, $"{Encoding.UTF8.GetByteCount(brief)} bytes for a list of {Encoding.UTF8.GetByteCount(text)}");

        var whole = await Preview(practice, text, all: true);
        output.WriteLine($"{Encoding.UTF8.GetByteCount(text)} bytes pasted; {Encoding.UTF8.GetByteCount(brief)} bytes with the first hundred lines, {Encoding.UTF8.GetByteCount(whole)} with all");
        Assert.True(whole.Length < 1_200 * PastedDates.MostRows, $"The page with every line has {whole.Length} characters.");
        var rows = Rows(whole);
        Assert.Equal(Enumerable.Range(1, PastedDates.MostRows), rows.Select(r => r.Line).Order());
        var wrong = rows.Where(r => lines[r.Line - 1] is var line && (r.Verdict != line.Verdict.ToString() || r.Day != Shown(line) || (line.Verdict != PastedVerdict.Ready && r.Sentence.Length == 0)))
            .Select(r => $"line {r.Line}, {lines[r.Line - 1]}: {r.Verdict}, {r.Day}, {r.Sentence}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} lines:\n{string.Join('\n', wrong.Take(20))}");
        Assert.Contains($"{lines.Count(l => l.Verdict == PastedVerdict.Ready):N0} dates ready, {lines.Count(l => l.Verdict is not (PastedVerdict.Ready or PastedVerdict.Heading)):N0} lines to look at", brief, StringComparison.Ordinal);
        foreach (var verdict in lines.Select(l => l.Verdict).Distinct()) output.WriteLine($"{verdict}: {lines.Count(l => l.Verdict == verdict)}");

        // Ticks for the lines that no tick can help change nothing.
        var hopeless = lines.Index().Where(l => l.Item.Verdict is not PastedVerdict.Ready and < PastedVerdict.Duplicate).Select(l => ("Anyway", (string?)(l.Index + 1).ToString(CultureInfo.InvariantCulture)));
        var seen = Regex.Match(brief, "name=\"Seen\" value=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        var answer = await practice.PostAsync("/portal/refills/enter", Application.Form([("Text", text), ("Seen", seen), .. hopeless]));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var ready = lines.Where(l => l.Verdict == PastedVerdict.Ready).ToList();
        await using var db = application.Open();
        var visits = await db.Visits.AsNoTracking().Where(v => v.Key.StartsWith("VIS-")).ToListAsync();
        Assert.Equal(ready.Select(r => r.On!.Value).Order(), visits.Select(v => v.VisitOn).Order());
        Assert.Equal(visits.Count, await db.Deliveries.CountAsync(d => d.Number.StartsWith("VIS-")));
        Assert.Equal(visits.Count, await db.Audit.CountAsync(a => a.Action == "visit.entered"));
        var account = await db.Accounts.Where(a => a.Code == "LAKESIDE").Select(a => a.Id).SingleAsync();
        await using var door = application.Services.GetRequiredService<PatientVault>().Open();
        var kept = await door.ReadVisitReferences([.. visits.Select(v => v.Key)], VaultPurpose.PatientCare, null, new VaultPerson(Practice, Roles.PracticeAdmin, account));
        Assert.Equal(ready.Select(r => r.Reference!).Order(StringComparer.Ordinal), kept.Values.Order(StringComparer.Ordinal));
        Assert.Empty(application.Errors);
    }

    /// <summary>A heading, then by turns five good days in every style and one of each kind of doubt.</summary>
    private static List<Line> List()
    {
        DateOnly[] days = [.. Enumerable.Range(0, 330).Select(new DateOnly(2027, 2, 10).AddDays).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !FederalHolidays.Contains(d) && d != Closure)];
        DateOnly[] saturdays = [.. Enumerable.Range(0, 40).Select(w => new DateOnly(2027, 2, 13).AddDays(7 * w)).Where(d => !FederalHolidays.Contains(d))];
        DateOnly[] closed = [Closure, new(2027, 2, 15), new(2027, 5, 31), new(2027, 9, 6), new(2027, 11, 25)];
        var lines = new List<Line> { new("Visit date", PastedVerdict.Heading, null, null) };
        for (var i = 1; i < PastedDates.MostRows; i++)
        {
            var reference = $"R{i}";
            Line Dated(DateOnly on, PastedVerdict verdict) => new($"{Styles[i / 10 % Styles.Length](on)}\t{reference}", verdict, on, reference);
            lines.Add((i % 10) switch
            {
                < 5 => new($"{Styles[i % Styles.Length](days[i % days.Length])}\t{reference}", PastedVerdict.Ready, days[i % days.Length], reference),
                5 => Dated(new DateOnly(2027, 2, 3).AddDays(-(i / 10 % 60)), PastedVerdict.Past),
                6 => Dated(saturdays[i / 10 % saturdays.Length], PastedVerdict.Weekend),
                7 => Dated(closed[i / 10 % closed.Length], PastedVerdict.ClosedDay),
                // Another's day and reference again, in whatever style.
                8 => lines[i - 7] is var first ? new($"{Styles[i / 10 % Styles.Length](first.On!.Value)}\t{first.Reference}", PastedVerdict.Duplicate, first.On, first.Reference) : throw new InvalidOperationException(),
                _ => (i / 10 % 3) switch
                {
                    0 => new($"{Unread[i / 30 % Unread.Length]}\t{reference}", PastedVerdict.NotADate, null, reference),
                    1 => Dated(new DateOnly(2028, 2, 7).AddDays(i % 300), PastedVerdict.TooFar),
                    _ => new(Styles[i / 10 % Styles.Length](Booked), i == 29 ? PastedVerdict.AlreadyBooked : PastedVerdict.Duplicate, Booked, null),
                },
            });
        }
        return lines;
    }

    private static string Shown(Line line) => line.On?.ToString("ddd MMM d, yyyy", CultureInfo.InvariantCulture) ?? "no date";

    private static async Task<string> Preview(HttpClient practice, string text, bool all)
    {
        var answer = await practice.PostAsync("/portal/refills/preview", Application.Form(("Text", text), ("All", all ? "true" : "false")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static List<(int Line, string Verdict, string Day, string Sentence)> Rows(string page) =>
        [.. Row().Matches(page).Select(m => (int.Parse(m.Groups["line"].Value, CultureInfo.InvariantCulture), m.Groups["verdict"].Value, m.Groups["day"].Value, m.Groups["sentence"].Value))];

    [GeneratedRegex("<tr data-verdict=\"(?<verdict>\\w+)\">\\s*<td[^>]*>(?<line>[0-9]+)</td>\\s*<td[^>]*>.*?</td>\\s*<td[^>]*>\\s*<(?:strong|span class=\"fs-none\")>(?<day>[^<]*)<.*?</td>\\s*<td[^>]*>.*?<strong>[^<]*</strong>(?:\\s*<br /><span class=\"fs-muted\">(?<sentence>[^<]*)</span>)?.*?</tr>", RegexOptions.Singleline, 20_000)]
    private static partial Regex Row();
}

using System.Text.RegularExpressions;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.E2E;

/// <summary>A rung of the ladder is told and its mail is answered, or is not. The timetable does the rest; the test moves the clock by starting the application anew.</summary>
public sealed partial class AnswerJourneyTests(OpenBrowser browser, ITestOutputHelper output) : IClassFixture<OpenBrowser>
{
    private const string Rep = "rep2@demo.test";

    [Theory]
    [InlineData(BrowserSession.Phone)]
    [InlineData(BrowserSession.Desk)]
    public async Task Whoever_answers_from_the_mail_stops_it_and_where_nobody_answers_the_next_level_is_told(int width)
    {
        var start = ChaseJourneyTests.NextClinicMorning(TimeProvider.System.GetUtcNow());
        await using var app = await StartedApplication.StartAsync(new() { ClockStartsAt = start, Jobs = true });
        List<Asked> asked = [];
        await ChaseJourneyTests.Eventually(() => Task.FromResult((asked = [.. Mails(app).Where(m => m.To == Rep).SelectMany(Links).DistinctBy(a => a.Delivery).OrderBy(a => a.Delivery, StringComparer.Ordinal)]).Count >= 2), "two urgent deliveries are told to the rep by mail");
        // The other way round at a desk: each of the two is told further where nobody answers.
        var (answered, left) = width == BrowserSession.Phone ? (asked[0], asked[1]) : (asked[1], asked[0]);

        await using (var session = await browser.OpenAsync(app.Address, width))
        {
            var page = session.Page;
            // Scanners of mail open links: the page alone changes nothing, however often.
            for (var i = 0; i < 2; i++)
            {
                await page.GotoAsync(answered.Link);
                await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = Mine() })).ToBeVisibleAsync();
            }

            await page.GetByRole(AriaRole.Button, new() { NameRegex = Mine() }).ClickAsync();
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("You have th");
            await page.GotoAsync(answered.Link);
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("You have th");
            Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { NameRegex = Mine() }).CountAsync());
            Assert.Empty(session.ForeignRequests);
        }

        // Longer than anybody is waited for, within the hours of the desk.
        await app.RestartAsync(start.AddHours(5), jobs: true);
        await ChaseJourneyTests.Eventually(() => Task.FromResult(Escalations(app, left).Count > 0), $"the next level is told that nobody answered about {left.Delivery}");
        Assert.Empty(Escalations(app, answered));
        output.WriteLine($"{width} px: {answered.Delivery} answered, {left.Delivery} not: told {string.Join(", ", Escalations(app, left))}");
    }

    private sealed record Mail(string To, string Subject, string Text);

    /// <summary>A delivery that was told at HIGH, and the link that answers it.</summary>
    private sealed record Asked(string Delivery, string Link);

    /// <summary>Whom a mail told, about this delivery, that nobody had answered.</summary>
    private static List<string> Escalations(StartedApplication app, Asked about) =>
        [.. Mails(app).Where(m => m.To != Rep && Parts(m).Any(p => p.Contains(about.Delivery, StringComparison.Ordinal) && p.Contains("Nobody has answered", StringComparison.Ordinal))).Select(m => m.To).Distinct()];

    private static IEnumerable<Mail> Mails(StartedApplication app)
    {
        var folder = Path.Combine(app.DataFolder, "mail");
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
        {
            using var mail = MimeMessage.Load(file);
            yield return new Mail(mail.To.Mailboxes.First().Address, mail.Subject ?? "", (mail.TextBody ?? "").ReplaceLineEndings("\n"));
        }
    }

    /// <summary>A mail with several notices is ruled off between them.</summary>
    private static string[] Parts(Mail mail) => mail.Text.Split(new string('-', 60)) is { Length: > 1 } parts ? parts[1..] : [$"{mail.Subject}\n{mail.Text}"];

    private static IEnumerable<Asked> Links(Mail mail) =>
        from part in Parts(mail)
        let link = Link().Match(part)
        let number = High().Match(part)
        where link.Success && number.Success
        select new Asked(number.Groups[1].Value, link.Value);

    [GeneratedRegex(@"/notices/answer/[A-Za-z0-9_-]+")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[HIGH\] (\S+) for ")]
    private static partial Regex High();

    [GeneratedRegex("^I have (it|all)")]
    private static partial Regex Mine();
}

using System.Text.RegularExpressions;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.E2E;

/// <summary>A rung of the ladder is told and its mail is answered, or is not. The timetable does the rest; the test moves the clock by starting the application anew.</summary>
public sealed partial class AnswerJourneyTests(OpenBrowser browser, ITestOutputHelper output) : IClassFixture<OpenBrowser>
{
    /// <summary>Above the logistics desk.</summary>
    private static readonly Dictionary<string, string> Slots = new(StringComparer.Ordinal)
    {
        ["FieldSupport:Recipients:head-of-logistics"] = "head@company.test", ["FieldSupport:Recipients:partner-service"] = "service@3pl.test",
        ["FieldSupport:Recipients:field-head"] = "field@company.test", ["FieldSupport:Recipients:medical-affairs"] = "medical@company.test",
    };

    [Theory]
    [InlineData(BrowserSession.Phone)]
    [InlineData(BrowserSession.Desk)]
    public async Task Whoever_answers_from_the_mail_stops_it_and_where_nobody_answers_the_next_level_is_told(int width)
    {
        var start = ChaseJourneyTests.NextClinicMorning(TimeProvider.System.GetUtcNow());
        await using var app = await StartedApplication.StartAsync(new() { ClockStartsAt = start, Jobs = true, Settings = Slots });
        List<Asked> asked = [];
        await ChaseJourneyTests.Eventually(() => Task.FromResult((asked = [.. Mails(app).SelectMany(Links).DistinctBy(a => a.Delivery).OrderBy(a => a.Delivery, StringComparer.Ordinal)]).Count >= 2), "two urgent deliveries are told by mail");
        // The critical one was told in the early morning, and half an hour is all it is given; the order has time until the afternoon, and would be told further then.
        var (answered, left) = (asked.Single(a => a.Delivery.StartsWith("ORD-", StringComparison.Ordinal)), asked.First(a => a.Delivery.StartsWith("SHP-", StringComparison.Ordinal)));

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
        Assert.True(Escalations(app, answered).Count == 0, $"{answered.Delivery} was answered, and yet:\n{string.Join("\n---\n", Mails(app).Where(m => m.Text.Contains("Nobody has answered", StringComparison.Ordinal)).Select(m => $"{m.To}: {m.Subject}\n{m.Text}"))}");
        output.WriteLine($"{width} px: {answered.Delivery} answered, {left.Delivery} not: told {string.Join(", ", Escalations(app, left))}");
    }

    private sealed record Mail(string To, string Subject, string Text);

    /// <summary>A delivery that was told at HIGH or CRITICAL, and the link that answers it.</summary>
    private sealed record Asked(string Delivery, string Link);

    /// <summary>Whom a mail told, about this delivery, that nobody had answered.</summary>
    private static List<string> Escalations(StartedApplication app, Asked about) =>
        [.. Mails(app).Where(m => Parts(m).Any(p => p.Contains(about.Delivery, StringComparison.Ordinal) && p.Contains("Nobody has answered", StringComparison.Ordinal))).Select(m => m.To).Distinct()];

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
        let number = Urgent().Match(part)
        where link.Success && number.Success
        select new Asked(number.Groups[1].Value, link.Value);

    [GeneratedRegex(@"/notices/answer/[A-Za-z0-9_-]+")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?:HIGH|CRITICAL)\] (\S+) for ")]
    private static partial Regex Urgent();

    [GeneratedRegex("^I have (it|all)")]
    private static partial Regex Mine();
}

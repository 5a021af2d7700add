using System.Globalization;

namespace FieldSupport.E2E;

/// <summary>The main job as a rep lives it. It moves the clock, so it starts an application of its own.</summary>
public sealed class ChaseJourneyTests(OpenBrowser browser) : IClassFixture<OpenBrowser>
{
    private static readonly TimeZoneInfo ClinicZone = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private const string FirstRow = "[data-fs-row] >> nth=0";

    [Theory]
    [InlineData(BrowserSession.Phone, ColorScheme.Dark)]
    [InlineData(BrowserSession.Desk, ColorScheme.Light)]
    public async Task A_rep_chases_the_worst_delivery_and_when_the_promise_passes_it_is_back_on_top(int width, ColorScheme colours)
    {
        // Mid-morning on a clinic day: a promise for this afternoon is one that a carrier would make.
        var start = NextClinicMorning(TimeProvider.System.GetUtcNow());
        await using var app = await StartedApplication.StartAsync(new() { ClockStartsAt = start });
        string worst;
        DateTimeOffset promised;
        await using (var session = await browser.OpenAsync(app.Address, width, colours))
        {
            var page = session.Page;
            await session.SignInAs("rep@demo.test");
            Assert.EndsWith("/today", page.Url, StringComparison.Ordinal);
            worst = (await page.Locator(FirstRow).GetAttributeAsync("id"))!;

            // Two clicks from Today to a logged chase (ui.md §13).
            await page.Locator(FirstRow).GetByRole(AriaRole.Link, new() { Name = "Chase" }).ClickAsync();
            await page.GetByLabel("What was said?").FillAsync("On the next truck, says the desk in Memphis.");
            await page.Locator("[name=Whom][value=carrier]").CheckAsync();
            var due = page.Locator("[name=Due]:not([value=none])").First;
            await due.CheckAsync();
            promised = Local(DateTime.Parse((await due.GetAttributeAsync("value"))!, CultureInfo.InvariantCulture));
            await page.GetByRole(AriaRole.Button, new() { Name = "Log chase: no problem heard of" }).ClickAsync();
            await page.WaitForURLAsync(url => !url.EndsWith("/chase", StringComparison.Ordinal));
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("On the next truck");

            await page.GotoAsync("/today");
            Assert.NotEqual(worst, await page.Locator(FirstRow).GetAttributeAsync("id"));
            await Assertions.Expect(page.Locator($"[id='{worst}']")).ToContainTextAsync("Being chased, promised by");
            Assert.Empty(session.ForeignRequests);
            Assert.Empty(session.Errors);
        }

        // Nobody touches anything; the timetable alone finds the promise broken.
        await app.RestartAsync(promised.AddMinutes(1), jobs: true);
        await using (var session = await browser.OpenAsync(app.Address, width, colours))
        {
            await session.SignInAs("rep@demo.test");
            await Eventually(async () =>
            {
                await session.Page.GotoAsync("/today");
                return await session.Page.Locator(FirstRow).GetAttributeAsync("id") == worst;
            }, $"{worst} is back on top of Today");
            await Assertions.Expect(session.Page.Locator(FirstRow)).ToContainTextAsync("Promise broken");
        }
    }

    internal static async Task Eventually(Func<Task<bool>> holds, string what)
    {
        for (var tries = 0; tries < 120; tries++)
        {
            if (await holds()) return;
            await Task.Delay(500);
        }

        Assert.Fail($"Not in a minute: {what}.");
    }

    internal static DateTimeOffset NextClinicMorning(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, ClinicZone).DateTime).AddDays(1);
        while (day.DayOfWeek is not DayOfWeek.Tuesday) day = day.AddDays(1);
        return Local(day.ToDateTime(new TimeOnly(10, 0)));
    }

    private static DateTimeOffset Local(DateTime time) => new(time, ClinicZone.GetUtcOffset(time));
}

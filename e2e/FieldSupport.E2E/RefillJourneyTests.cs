using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace FieldSupport.E2E;

/// <summary>A nurse with a column of dates from the schedule: two minutes are allowed, the time is printed and never asserted.</summary>
[Collection(Journeys.Name)]
public sealed class RefillJourneyTests(StartedApplication app, OpenBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(BrowserSession.Phone, true)]
    [InlineData(BrowserSession.Desk, true)]
    [InlineData(BrowserSession.Desk, false)]
    public async Task A_practice_pastes_20_refill_dates(int width, bool javaScript)
    {
        await using var session = await browser.OpenAsync(app.Address, width, javaScript: javaScript);
        var page = session.Page;
        await session.SignInAs("practice@demo.test");

        var clock = Stopwatch.StartNew();
        await page.GotoAsync("/portal");
        await page.GetByRole(AriaRole.Link, new() { Name = "All refill dates" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Enter many" }).ClickAsync();
        await page.Locator("textarea[name=Text]").FillAsync(Column($"{width}{(javaScript ? "" : "-plain")}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Check the dates" }).ClickAsync();
        await Assertions.Expect(page.Locator("#checked")).ToContainTextAsync("ready");
        // A holiday of the year in which this runs asks for a tick.
        foreach (var tick in await page.Locator("[name=Anyway]").AllAsync()) await tick.CheckAsync();
        await page.Locator("#book button.btn-primary").ClickAsync();
        await page.WaitForURLAsync(url => url.EndsWith("/portal/refills", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("20 refill dates are entered.");
        output.WriteLine($"{width} px{(javaScript ? "" : ", script off")}: 20 refill dates in {clock.Elapsed.TotalSeconds:0.0} s");

        await page.GotoAsync("/portal/refills?q=" + Day(0).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync($"E2E-{width}{(javaScript ? "" : "-plain")}-0");
        Assert.Empty(session.ForeignRequests);
        Assert.Empty(session.Errors);
    }

    private static string Column(string reference)
    {
        string[] styles = ["yyyy-MM-dd", "M/d/yyyy", "MM/dd/yy", "MMM d yyyy", "MMMM d, yyyy", "d MMM yyyy", "ddd MMM d yyyy", "d-MMM-yy", "yyyyMMdd", "M-d-yyyy"];
        return string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{Day(i).ToString(styles[i % styles.Length], CultureInfo.InvariantCulture)}\tE2E-{reference}-{i}"));
    }

    /// <summary>Tuesdays from three weeks ahead on.</summary>
    private static DateOnly Day(int week)
    {
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(21);
        return day.AddDays(((int)DayOfWeek.Tuesday - (int)day.DayOfWeek + 7) % 7 + 7 * week);
    }
}

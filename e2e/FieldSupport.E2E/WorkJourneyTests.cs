using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace FieldSupport.E2E;

/// <summary>What people do around a delivery, each thing once with a finger on a phone and once without a script at a desk: told, put aside, handed over, closed; a short box; a problem reported.</summary>
[Collection(WorkingJourneys.Name)]
public sealed class WorkJourneyTests(StartedApplication app, OpenBrowser browser, ITestOutputHelper output)
{
    private const string FirstRow = "[data-fs-row] >> nth=0";

    [Theory]
    [InlineData(BrowserSession.Phone, true)]
    [InlineData(BrowserSession.Desk, false)]
    public async Task A_rep_works_one_delivery_from_the_first_call_to_its_end(int width, bool javaScript)
    {
        await using var session = await browser.OpenAsync(app.Address, width, javaScript: javaScript);
        var page = session.Page;
        var clock = Stopwatch.StartNew();
        await session.SignInAs("rep@demo.test");
        await page.Locator(FirstRow).GetByRole(AriaRole.Link, new() { Name = "Chase" }).ClickAsync();
        await page.GetByLabel("What was said?").FillAsync($"The truck is stuck in Memphis, {width}.");
        await page.Locator("[name=Whom][value=carrier]").CheckAsync();
        await page.Locator("[name=Due]:not([value=none])").First.CheckAsync();
        await Press(page, "Log chase: no problem heard of");
        await Says(page, "The truck is stuck in Memphis");
        // Whom to call is at hand.
        Assert.True(await page.Locator("main a[href^='tel:']").CountAsync() > 0, "no number to call");

        await Press(page, "Tell the practice");
        await Says(page, "The practice is told about");
        await Press(page, "Undo");
        await Says(page, "taken back");
        await Press(page, "Tell the practice");
        await Says(page, "The practice is told about");

        await Next(page);
        await Press(page, "Put aside");
        await Says(page, "is put aside until");
        await Next(page);
        await Press(page, "Take it up again");
        await Next(page);
        await page.Locator("[name=note]").FillAsync("I am on the road.");
        await Press(page, "Hand over");
        await Says(page, "who is told");

        await Next(page);
        // A reason without words is refused, and what was chosen stays.
        await page.Locator("[name=reason]").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        var chosen = await page.Locator("[name=reason]").InputValueAsync();
        await page.Locator("form[action$='/resolve'] button").ClickAsync();
        await Assertions.Expect(page.Locator("[name=reason]")).ToHaveValueAsync(chosen);
        await page.Locator("[name=words]").FillAsync("The clinic has a pack on its shelf, says its nurse.");
        await page.Locator("form[action$='/resolve'] button").ClickAsync();
        await Says(page, "Closed by");
        await Press(page, "Watch it again");

        // One line of all of it.
        foreach (var step in new[] { "You asked", "The truck is stuck in Memphis", "You told", "(taken back)", "You put it aside until", "You took it up again", "I am on the road", "You closed it", "The clinic has a pack on its shelf", "You opened it again", "Scan: " }) await Says(page, step);
        output.WriteLine($"{width} px{(javaScript ? "" : ", script off")}: worked in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Empty(session.ForeignRequests);
        Assert.DoesNotContain(session.Errors, e => !e.Contains("Failed to load resource", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BrowserSession.Phone, true)]
    [InlineData(BrowserSession.Desk, false)]
    public async Task A_practice_confirms_a_short_box(int width, bool javaScript)
    {
        await using var session = await browser.OpenAsync(app.Address, width, javaScript: javaScript);
        var page = session.Page;
        await session.SignInAs("practice@demo.test");
        await page.GotoAsync("/portal");
        var clock = Stopwatch.StartNew();
        await page.Locator("main a[href$='/receive']").First.ClickAsync();
        var box = await page.Locator("h1 + p, .fs-lede").First.InnerTextAsync();
        await page.Locator("[name='Lines[0].Packs']").FillAsync("1");
        await page.Locator("[name='Lines[0].Lot']").FillAsync("L7A");
        await page.Locator("[name='Lines[0].Expiry']").FillAsync("2030-05-31");
        await page.Locator("[name=ReceivedBy]").FillAsync("I. Cole");
        await Press(page, "Confirm receipt");
        // Nothing is guessed: what did not come is asked about, and so is safety.
        await Says(page, "did not come: report as short");
        await page.Locator("[name=MissingAreShort][type=checkbox]").CheckAsync();
        await page.Locator("[name='Safety.Heard'][value=no]").CheckAsync();
        await Press(page, "Confirm receipt");
        await Says(page, "short");
        output.WriteLine($"{width} px{(javaScript ? "" : ", script off")}: a short box ({box.ReplaceLineEndings(" ")}) in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.DoesNotContain(session.Errors, e => !e.Contains("Failed to load resource", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_script_a_visit_is_moved_a_notice_answered_and_a_problem_reported()
    {
        await using var session = await browser.OpenAsync(app.Address, javaScript: false);
        var page = session.Page;
        await session.SignInAs("practice@demo.test");
        await page.GotoAsync("/portal/refills");
        await page.Locator("main a[href$='/move']").Last.ClickAsync();
        await page.Locator("input[type=date][name=On]").FillAsync(Tuesday().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await page.Locator("main form button.btn-primary").ClickAsync();
        if (await page.Locator("[name=Anyway][type=checkbox]").CountAsync() > 0)
        {
            // Past refill-by, or a holiday of the year in which this runs: said, and asked.
            await page.Locator("[name=Anyway][type=checkbox]").CheckAsync();
            await page.Locator("main form button.btn-primary").ClickAsync();
        }

        await Says(page, "Undo: back to");
        await page.GotoAsync("/report-a-problem");
        await page.Locator("main textarea").First.FillAsync("A carton was wet.");
        await page.Locator("main form button.btn-primary").ClickAsync();
        await Says(page, "SAF-");
        Assert.DoesNotContain(session.Errors, e => !e.Contains("Failed to load resource", StringComparison.Ordinal));
    }

    private static DateOnly Tuesday()
    {
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(60);
        return day.AddDays(((int)DayOfWeek.Tuesday - (int)day.DayOfWeek + 7) % 7);
    }

    private static Task Next(IPage page) => page.GetByRole(AriaRole.Link, new() { Name = "Put aside, hand over or close" }).ClickAsync();
    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
    private static Task Says(IPage page, string text) => Assertions.Expect(page.Locator("body")).ToContainTextAsync(text, new() { IgnoreCase = true });
}

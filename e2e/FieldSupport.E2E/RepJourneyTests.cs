namespace FieldSupport.E2E;

/// <summary>Must show 6: the rep's journey, and every page without an accessibility violation.</summary>
[Collection(Journeys.Name)]
public sealed class RepJourneyTests(StartedApplication app, OpenBrowser browser)
{
    [Fact]
    public async Task A_rep_opens_the_worst_delivery_and_logs_a_chase_and_when_the_promise_passes_it_is_back_on_top()
    {
        await using var session = await browser.OpenAsync(app.Address, BrowserSession.Phone);
        await session.SignInAs("rep@demo.test");
        var page = session.Page;
        Assert.EndsWith("/today", new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);
        // The scene's one broken promise stands on top; the worst without it is the Late one, which we chase.
        await page.GotoAsync("/deliveries?outlook=Late");
        var number = (await page.Locator("[data-fs-row] a[href^='/shipments/']").First.GetAttributeAsync("href"))!.Split('/')[^1];
        await page.GotoAsync($"/shipments/{number}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log chase" }).First.ClickAsync();
        await page.Locator("[name=Note]").FillAsync("On the next truck, says the desk in Memphis.");
        await page.Locator("[name=Whom][value=carrier]").CheckAsync();
        await page.Locator("[name=Due][value=other]").CheckAsync();
        // Minutes only: the end of the next minute but one, in the practice's zone.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
        var due = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow().AddMinutes(2), zone);
        await page.Locator("[name=DueAt]").FillAsync(due.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await page.GetByRole(AriaRole.Button, new() { Name = "Log chase" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.EndsWith("/chase", StringComparison.Ordinal));
        Assert.Contains("On the next truck", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);

        var swept = await app.RunVerbAsync("sweep", "--json", "--as-of", due.AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(swept.ExitCode == 0, swept.Error);
        await page.GotoAsync("/today");
        var broken = page.Locator("[data-fs-row]").Filter(new() { HasText = "Promise broken" });
        Assert.Contains(number, await broken.AllInnerTextsAsync() is { } rows ? string.Join(' ', rows) : "", StringComparison.Ordinal);
        Assert.Contains("Promise broken", await page.Locator("[data-fs-row]").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(session.ForeignRequests);
    }

    public static TheoryData<string, string> Pages()
    {
        var pages = new TheoryData<string, string>();
        foreach (var path in new[] { "/today", "/deliveries", "/deliveries?outlook=OnTrack", "/orders", "/practices", "/practices/lakeside", "worst", "worst/chase", "/help" }) pages.Add("rep@demo.test", path);
        foreach (var path in new[] { "/today", "/unmatched", "/status" }) pages.Add("logistics@demo.test", path);
        pages.Add("practice@demo.test", "/portal");
        pages.Add("auditor@demo.test", "/audit");
        pages.Add("nobody", "/account/sign-in");
        return pages;
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task No_page_has_an_accessibility_violation(string who, string path)
    {
        foreach (var width in new[] { BrowserSession.Phone, BrowserSession.Desk })
        foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var session = await browser.OpenAsync(app.Address, width, colours);
            if (who != "nobody") await session.SignInAs(who);
            var address = path;
            if (path.StartsWith("worst", StringComparison.Ordinal))
            {
                await session.Page.GotoAsync("/deliveries?outlook=Late");
                var shipment = (await session.Page.Locator("[data-fs-row] a[href^='/shipments/']").First.GetAttributeAsync("href"))!;
                address = path == "worst" ? shipment : "/deliveries/" + shipment.Split('/')[^1] + "/chase";
            }
            var answer = await session.Page.GotoAsync(address);
            Assert.Equal(200, answer!.Status);
            await Accessibility.AssertNoViolations(session.Page);
        }
    }
}

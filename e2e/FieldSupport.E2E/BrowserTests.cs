namespace FieldSupport.E2E;

public sealed class BrowserTests(OpenBrowser browser) : IClassFixture<OpenBrowser>
{
    [Theory]
    [InlineData(BrowserSession.Phone, ColorScheme.Dark)]
    [InlineData(BrowserSession.Desk, ColorScheme.Light)]
    public async Task Chromium_opens_an_empty_page_at_the_width_and_in_the_colours_asked_for(int width, ColorScheme colours)
    {
        await using var session = await browser.OpenAsync(width: width, colours: colours);

        await session.Page.GotoAsync("about:blank");

        Assert.Equal(width, await session.Page.EvaluateAsync<int>("innerWidth"));
        Assert.Equal(colours == ColorScheme.Dark, await session.Page.EvaluateAsync<bool>("matchMedia('(prefers-color-scheme: dark)').matches"));
        Assert.Empty(session.ForeignRequests);
        Assert.NotEmpty(await session.Page.ScreenshotAsync());
    }

    [Fact]
    public async Task The_accessibility_run_names_the_rule_and_the_place()
    {
        await using var session = await browser.OpenAsync();
        await session.Page.SetContentAsync("<html lang=en><title>x</title><main><h1>x</h1><input id=nameless></main>");

        var failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Accessibility.AssertNoViolations(session.Page));
        Assert.Contains("label (Critical)", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("nameless", failure.Message, StringComparison.Ordinal);

        // What is asked of the page as a whole.
        await session.Page.SetContentAsync("<html><main><h1>x</h1></main>");
        failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Accessibility.AssertNoViolations(session.Page));
        Assert.Contains("document-title", failure.Message, StringComparison.Ordinal);
        Assert.Contains("html-has-lang", failure.Message, StringComparison.Ordinal);

        await session.Page.SetContentAsync("<html lang=en><title>x</title><main><h1>x</h1><label>Name <input></label></main>");
        await Accessibility.AssertNoViolations(session.Page);
    }
}

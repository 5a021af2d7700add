namespace FieldSupport.E2E;

/// <summary>One Chromium for all journeys of a collection; each journey opens its own, empty session in it.</summary>
public sealed class OpenBrowser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        var path = await ChromiumBrowser.PathAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Headless = true,
            Args = ChromiumBrowser.Arguments,
        });
    }

    /// <param name="address">What relative addresses are relative to; null for a session that visits no application.</param>
    /// <param name="width">In CSS pixels; <see cref="BrowserSession.Desk"/> or <see cref="BrowserSession.Phone"/>.</param>
    public async Task<BrowserSession> OpenAsync(
        Uri? address = null, int width = BrowserSession.Desk, ColorScheme colours = ColorScheme.Light, bool javaScript = true, bool reducedMotion = true)
    {
        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = address?.ToString(),
            ViewportSize = new() { Width = width, Height = width == BrowserSession.Phone ? 844 : 900 },
            HasTouch = width == BrowserSession.Phone,
            ColorScheme = colours,
            ReducedMotion = reducedMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
            JavaScriptEnabled = javaScript,
            Locale = "en-US",
            TimezoneId = "America/Chicago",
        });
        context.SetDefaultTimeout(15_000);
        return new BrowserSession(context, await context.NewPageAsync());
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
    }
}

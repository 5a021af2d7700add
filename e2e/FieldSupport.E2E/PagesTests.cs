namespace FieldSupport.E2E;

[Collection(Journeys.Name)]
public sealed class PagesTests(StartedApplication app, OpenBrowser browser) : PagesOfRoles(app, browser)
{
    public static TheoryData<string> Roles() => [.. DemoPages.Of.Keys.Except(PagesOfTheFieldTests.Field)];

    [Theory, MemberData(nameof(Roles))]
    public Task Pages_are_accessible_in_both_themes_on_a_phone_and_at_a_desk(string role) => Look(role);
}

/// <summary>Those with the most pages, beside the others and over an application of their own.</summary>
[Collection(FieldPages.Name)]
public sealed class PagesOfTheFieldTests(StartedApplication app, OpenBrowser browser) : PagesOfRoles(app, browser)
{
    public static readonly string[] Field = ["rep", "practice"];

    public static TheoryData<string> Roles() => [.. Field];

    [Theory, MemberData(nameof(Roles))]
    public Task Pages_are_accessible_in_both_themes_on_a_phone_and_at_a_desk(string role) => Look(role);

    // A word that is drawn in more than one line, though nobody wrote a hyphen or a space into it.
    private const string BrokenWords = """
        () => [...document.querySelectorAll('main table td, main table th')].flatMap(cell => {
          const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
          while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[\p{L}]+/gu)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index); range.setEnd(texts.currentNode, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].filter(r => r.width > 1).map(r => Math.round(r.top)));
            if (lines.size > 1) broken.push(word[0]);
          }
          return broken;
        })
        """;

    [Fact]
    public async Task No_word_breaks_in_a_month_or_a_week_on_the_narrowest_phone_in_either_language()
    {
        await using var session = await Browser.OpenAsync(App.Address);
        var page = session.Page;
        await session.SignInAs("practice@demo.test");
        foreach (var (language, closed) in new[] { ("es", "cerrado"), ("en", "closed") })
        {
            await page.GotoAsync("/portal/refills?month=2027-01");
            await page.Locator($"form[action='/account/language'] [name=language][value={language}]").First.EvaluateAsync("b => b.click()");
            await page.WaitForFunctionAsync($"document.documentElement.lang.startsWith('{language}')");
            foreach (var address in new[] { "/portal/refills?month=2027-01", "/portal/settings" })
            {
                await page.GotoAsync(address);
                foreach (var width in new[] { Narrowest, BrowserSession.Phone, BrowserSession.Desk })
                {
                    await page.SetViewportSizeAsync(width, 844);
                    Assert.Empty((await page.EvaluateAsync<string[]>(BrokenWords)).Distinct().Select(w => $"{address}, {language}, {width}: {w}"));
                    // Said on every screen, drawn where there is room.
                    if (!address.Contains("month", StringComparison.Ordinal)) continue;
                    Assert.Contains(closed, await page.Locator(".fs-month td[data-closed]").First.TextContentAsync() ?? "", StringComparison.Ordinal);
                    if (width != Narrowest) continue;
                    // Drawn there all the same it would break, and that would be seen.
                    await page.EvaluateAsync("() => document.querySelectorAll('.fs-month-word').forEach(w => w.className = '')");
                    Assert.Contains(closed, await page.EvaluateAsync<string[]>(BrokenWords));
                    await page.ReloadAsync();
                }
            }
        }
    }
}

/// <summary>Every page as each role meets it: no accessibility violation, nothing wider than the screen, no script error, no request elsewhere.</summary>
public abstract class PagesOfRoles(StartedApplication app, OpenBrowser browser)
{
    protected const int Narrowest = 320;

    protected StartedApplication App => app;
    protected OpenBrowser Browser => browser;

    // Through the style's own interface: a style element or attribute is refused by the content policy.
    private const string WidthAsItIsAndSpaced = """
        () => {
          const root = document.documentElement, asItIs = root.scrollWidth - innerWidth;
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important; }');
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
          const spaced = root.scrollWidth - innerWidth;
          document.adoptedStyleSheets = document.adoptedStyleSheets.filter(s => s !== sheet);
          return [asItIs, spaced];
        }
        """;

    private const string TooWide = """
        () => document.documentElement.scrollWidth <= innerWidth ? null
          : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 12).map(e => `${e.tagName}.${e.className}#${e.id} ${Math.round(e.getBoundingClientRect().right)}`).join('; ')
        """;

    protected async Task Look(string role)
    {
        await using var session = await browser.OpenAsync(app.Address);
        var page = session.Page;
        if (role != DemoPages.Nobody) await session.SignInAs($"{role}@demo.test");
        var broken = new List<string>();
        foreach (var (name, open) in DemoPages.Of[role])
        {
            var answer = await open(page);
            var status = name.StartsWith("not-", StringComparison.Ordinal) ? 404 : name.StartsWith("may-not-", StringComparison.Ordinal) ? 403 : 200;
            Assert.True(answer?.Status == status, $"{role}, {name}: {page.Url} answered {answer?.Status}");
            // The narrowest phone, and what a desk of 1280 px shows at 400 %.
            await page.SetViewportSizeAsync(Narrowest, 640);
            if (await page.EvaluateAsync<string?>(TooWide) is { } wide) broken.Add($"{page.Url} is wider than {Narrowest}: {wide}");
            foreach (var width in new[] { BrowserSession.Phone, BrowserSession.Desk })
            {
                await page.SetViewportSizeAsync(width, width == BrowserSession.Phone ? 844 : 900);
                foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    await page.EmulateMediaAsync(new() { ColorScheme = colours, ReducedMotion = ReducedMotion.Reduce });
                    await Screenshots.Take(page, $"{role}-{name}-{width}-{colours}");
                    if (await Accessibility.ViolationsOn(page) is { } violations) broken.Add($"{width} {colours}: {violations}");
                }

                // As it is, and with letters and words set as far apart as WCAG 1.4.12 asks, which stands for any wider font too.
                var overflows = await page.EvaluateAsync<int[]>(WidthAsItIsAndSpaced);
                if (overflows.Max() > 0) broken.Add($"{page.Url} is {overflows[0]} px wider than {width}, {overflows[1]} px with the text spaced out");
            }
        }

        Assert.True(broken.Count == 0, string.Join("\n\n", broken));
        Assert.Empty(session.ForeignRequests);
        // The browser itself calls a page that answers 403 or 404 an error.
        Assert.DoesNotContain(session.Errors, e => !e.Contains("Failed to load resource", StringComparison.Ordinal));
    }
}

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
}

/// <summary>Every page as each role meets it: no accessibility violation, nothing wider than the screen, no script error, no request elsewhere.</summary>
public abstract class PagesOfRoles(StartedApplication app, OpenBrowser browser)
{
    private const int Narrowest = 320;

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

namespace FieldSupport.E2E;

/// <summary>Every page as each role meets it: no accessibility violation, nothing wider than the screen, no script error, no request elsewhere.</summary>
[Collection(Journeys.Name)]
public sealed class PagesTests(StartedApplication app, OpenBrowser browser)
{
    public static TheoryData<string> Roles() => [.. DemoPages.Of.Keys];

    [Theory, MemberData(nameof(Roles))]
    public async Task Pages_are_accessible_in_both_themes_on_a_phone_and_at_a_desk(string role)
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
            foreach (var width in new[] { BrowserSession.Phone, BrowserSession.Desk })
            {
                await page.SetViewportSizeAsync(width, width == BrowserSession.Phone ? 844 : 900);
                foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    await page.EmulateMediaAsync(new() { ColorScheme = colours, ReducedMotion = ReducedMotion.Reduce });
                    await Screenshots.Take(page, $"{role}-{name}-{width}-{colours}");
                    if (await Accessibility.ViolationsOn(page) is { } violations) broken.Add($"{width} {colours}: {violations}");
                }

                var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
                if (overflow > 0) broken.Add($"{page.Url} is {overflow} px wider than {width}");
            }
        }

        Assert.True(broken.Count == 0, string.Join("\n\n", broken));
        Assert.Empty(session.ForeignRequests);
        // The browser itself calls a page that answers 403 or 404 an error.
        Assert.DoesNotContain(session.Errors, e => !e.Contains("Failed to load resource", StringComparison.Ordinal));
    }
}

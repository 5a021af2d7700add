namespace FieldSupport.E2E;

/// <summary>Nobody touches a mouse: Tab, arrows, Space, Enter and letters are enough, and what has the focus shows it.</summary>
[Collection(WorkingJourneys.Name)]
public sealed class KeyboardJourneyTests(StartedApplication app, OpenBrowser browser)
{
    private const string Focused = """
        () => {
          const e = document.activeElement, s = getComputedStyle(e);
          const rect = e.getBoundingClientRect();
          return e === document.body || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none' || rect.width < 2;
        }
        """;

    [Fact]
    public async Task A_rep_logs_a_chase()
    {
        await using var session = await browser.OpenAsync(app.Address);
        var page = session.Page;
        await session.SignInAs("rep@demo.test");
        // The first stop of every page leads past its header.
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(":focus")).ToContainTextAsync("Skip to the content");
        await page.Keyboard.PressAsync("Enter");
        await To(page, "a[href$='/chase']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.EndsWith("/chase", StringComparison.Ordinal));

        // Nothing said yet: refused, and the focus is where the reasons stand.
        await page.Keyboard.PressAsync("Tab");
        await To(page, "form .fs-sticky-act button.btn-primary, form[action$='/chase'] button.btn-primary");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForLoadStateAsync(LoadState.Load);
        await Assertions.Expect(page.Locator("[role=alert], .fs-errors, [data-fs-errors]").First).ToBeVisibleAsync();

        await To(page, "[name=Note]");
        await page.Keyboard.TypeAsync("The carrier looks for it.");
        await To(page, "[name=Whom]");
        await page.Keyboard.PressAsync("Space");
        await To(page, "[name=Due]");
        await page.Keyboard.PressAsync("ArrowDown");
        // Enter in a field does not answer the safety question: there is no default.
        await To(page, "[name=Promise]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForLoadStateAsync(LoadState.Load);
        await Assertions.Expect(page.Locator("[role=alert], .fs-errors, [data-fs-errors]").First).ToContainTextAsync("Answer yes or no");
        await To(page, "form[action$='/chase'] button.btn-primary");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => !url.EndsWith("/chase", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("The carrier looks for it");
    }

    [Fact]
    public async Task A_practice_pastes_dates_and_confirms_a_box()
    {
        await using var session = await browser.OpenAsync(app.Address);
        var page = session.Page;
        await session.SignInAs("practice@demo.test");
        await page.GotoAsync("/portal/refills/enter");
        await To(page, "textarea[name=Text]");
        await page.Keyboard.InsertTextAsync($"{TimeProvider.System.GetUtcNow().AddDays(63):yyyy-MM-dd}\tKEY-1");
        await To(page, "main form button.btn-primary");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#checked")).ToBeVisibleAsync();

        await page.GotoAsync("/portal");
        await To(page, "main a[href$='/receive']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.EndsWith("/receive", StringComparison.Ordinal));
        await To(page, "[name='Lines[0].Packs']");
        var all = await page.Locator("legend + p").First.InnerTextAsync();
        await page.Keyboard.TypeAsync(all.Split(", ")[1].Split(' ')[0]);
        await To(page, "[name='Lines[0].Lot']");
        await page.Keyboard.TypeAsync("L7A");
        await To(page, "[name='Lines[0].Expiry']");
        await page.Keyboard.TypeAsync("05312030");
        await To(page, "[name='Safety.Heard']");
        await page.Keyboard.PressAsync("Space");
        await To(page, "[name=ReceivedBy]");
        await page.Keyboard.TypeAsync("I. Cole");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForLoadStateAsync(LoadState.Load);
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("L7A");
    }

    /// <summary>Tab by Tab, and each stop shows that it has the focus.</summary>
    private static async Task To(IPage page, string selector)
    {
        for (var stops = 0; stops < 120; stops++)
        {
            if (await page.EvaluateAsync<bool>("s => document.activeElement?.matches(s) ?? false", selector)) return;
            await page.Keyboard.PressAsync("Tab");
            Assert.True(await page.EvaluateAsync<bool>(Focused), $"on {page.Url} the focus is not to be seen on {await page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 200)")}");
        }

        Assert.Fail($"120 stops on {page.Url}, and none is {selector}.");
    }
}

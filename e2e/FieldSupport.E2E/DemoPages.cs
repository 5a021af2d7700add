namespace FieldSupport.E2E;

/// <summary>The pages of the demo scene by role, named as their pictures are. "not-" answers 404, "may-not-" 403.</summary>
public static class DemoPages
{
    public const string Nobody = "nobody";

    public static IReadOnlyDictionary<string, (string Name, Func<IPage, Task<IResponse?>> Open)[]> Of { get; } =
        new Dictionary<string, (string, Func<IPage, Task<IResponse?>>)[]>(StringComparer.Ordinal)
        {
            [Nobody] = [("sign-in", At("/account/sign-in")), ("set-password", At("/account/set-password?user=nobody&token=none")), ("gallery", At("/dev/ui")), ("help", At("/help"))],
            ["rep"] =
            [
                ("today", At("/today")), ("today-on-track", At("/today?outlook=OnTrack")), ("deliveries", At("/deliveries")), ("deliveries-none", At("/deliveries?practice=nothing-is-called-so")),
                ("shipment", First("/deliveries?outlook=Late", "/shipments/")), ("silent", First("/deliveries?outlook=NoSignal", "/shipments/")), ("delivered", First("/deliveries?outlook=Delivered", "/shipments/")),
                ("chase", First("/deliveries?outlook=Late", "/deliveries/", "/chase")), ("orders", At("/orders")), ("order", First("/orders", "/orders/")),
                ("next-step", First("/deliveries?outlook=Late", "/deliveries/", "/chase", put: "/next")), ("notices", At("/notices")), ("notice-settings", At("/settings")), ("report", At("/report-a-problem")),
                ("practices", At("/practices")), ("practice", First("/practices", "/practices/")), ("search", At("/search?q=lakeside")), ("search-none", At("/search?q=nothing-is-called-so")),
                ("help", At("/help")), ("not-there", At("/shipments/SHP-0")), ("may-not-status", At("/status")),
            ],
            ["logistics"] =
            [
                ("today", At("/today")), ("deliveries", At("/deliveries")), ("shipment", First("/deliveries?outlook=Late", "/shipments/")),
                ("unmatched", At("/unmatched")), ("unmatched-one", First("/unmatched", "/unmatched/")), ("status", At("/status")),
            ],
            ["practice"] =
            [
                ("portal", At("/portal")), ("refills", At("/portal/refills")), ("refill-month", At("/portal/refills?month=2027-01")), ("enter-refills", At("/portal/refills/enter")),
                ("calculator", At("/portal/refills/calculator")), ("settings", At("/portal/settings")), ("order", First("/portal", "/portal/orders/")), ("receive", First("/portal", "/portal/shipments/", "/receive")), ("not-theirs", At("/portal/orders/ORD-0")),
            ],
            ["manager"] = [("front", At("/")), ("practice", First("/practices", "/practices/"))],
            ["specialist"] = [("front", At("/")), ("shipment", First("/deliveries", "/shipments/"))],
            ["materials"] = [("front", At("/"))],
            ["safety"] = [("front", At("/"))],
            ["auditor"] = [("audit", At("/audit")), ("status", At("/status"))],
            ["admin"] = [("status", At("/status")), ("front", At("/"))],
        };

    private static Func<IPage, Task<IResponse?>> At(string path) => page => page.GotoAsync(path);

    /// <summary>Opens what the first link of a list that begins and ends so leads to.</summary>
    private static Func<IPage, Task<IResponse?>> First(string list, string begins, string ends = "", string? put = null) => async page =>
    {
        await page.GotoAsync(list);
        var link = page.Locator($"main a[href^='{begins}']{(ends.Length > 0 ? $"[href$='{ends}']" : "")}").First;
        Assert.True(await link.CountAsync() > 0, $"{page.Url} has no link {begins}…{ends}");
        var address = (await link.GetAttributeAsync("href"))!;
        return await page.GotoAsync(put is null ? address : address[..^ends.Length] + put);
    };
}

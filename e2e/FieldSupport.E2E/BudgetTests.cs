using System.Collections.Concurrent;
using System.Text.Json;
using Xunit.Abstractions;

namespace FieldSupport.E2E;

/// <summary>ui.md §13: bytes, requests and layout shift of Today, as the browser counts them on the wire. Never a time.</summary>
[Collection(Journeys.Name)]
public sealed class BudgetTests(StartedApplication app, OpenBrowser browser, ITestOutputHelper output)
{
    [Fact]
    public async Task Today_keeps_to_its_budgets_on_the_first_visit_and_on_the_next()
    {
        await using var session = await browser.OpenAsync(app.Address, BrowserSession.Phone);
        await session.SignInAs("rep@demo.test");
        var wire = await Wire.On(session.Page);

        await wire.Client.SendAsync("Network.clearBrowserCache");
        var first = await wire.Visit("/today");
        var next = await wire.Visit("/today");
        output.WriteLine($"first visit: {first}\nnext visit:  {next}");

        Assert.InRange(first.Bytes, 1, 100_000);
        Assert.InRange(first.BytesOf("Stylesheet"), 1, 30_000);
        Assert.InRange(first.BytesOf("Script"), 1, 35_000);
        Assert.InRange(next.Bytes, 1, 25_000);
        Assert.InRange(next.Requests, 1, 3);
    }

    [Theory]
    [InlineData(BrowserSession.Phone)]
    [InlineData(BrowserSession.Desk)]
    public async Task Nothing_on_Today_moves_after_it_is_drawn(int width)
    {
        await using var session = await browser.OpenAsync(app.Address, width);
        await session.Page.AddInitScriptAsync("window.shift = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.shift += e.value; }).observe({ type: 'layout-shift', buffered: true });");
        await session.SignInAs("rep@demo.test");
        await session.Page.GotoAsync("/today", new() { WaitUntil = WaitUntilState.NetworkIdle });
        var shift = await session.Page.EvaluateAsync<double>("window.shift");
        output.WriteLine($"layout shift at {width}: {shift}");
        Assert.True(shift < 0.05, $"{shift} at {width}; the budget is under 0.05");
    }

    private sealed record Visit(IReadOnlyList<(string Type, string Url, long Bytes)> Loads)
    {
        public long Bytes => Loads.Sum(l => l.Bytes);
        public int Requests => Loads.Count(l => l.Bytes > 0);
        public long BytesOf(string type) => Loads.Where(l => l.Type == type).Sum(l => l.Bytes);
        public override string ToString() =>
            $"{Bytes} B in {Requests} requests ({string.Join(", ", Loads.Where(l => l.Bytes > 0).Select(l => $"{new Uri(l.Url).AbsolutePath} {l.Bytes}"))})";
    }

    private sealed class Wire(IPage page, ICDPSession client)
    {
        private readonly ConcurrentDictionary<string, (string Type, string Url)> _asked = new();
        private readonly ConcurrentBag<(string Id, long Bytes)> _done = [];

        public ICDPSession Client => client;

        public static async Task<Wire> On(IPage page)
        {
            var client = await page.Context.NewCDPSessionAsync(page);
            var wire = new Wire(page, client);
            client.Event("Network.responseReceived").OnEvent += (_, e) => wire._asked[Text(e, "requestId")] = (Text(e, "type"), e!.Value.GetProperty("response").GetProperty("url").GetString()!);
            client.Event("Network.loadingFinished").OnEvent += (_, e) => wire._done.Add((Text(e, "requestId"), (long)e!.Value.GetProperty("encodedDataLength").GetDouble()));
            await client.SendAsync("Network.enable");
            return wire;
        }

        public async Task<Visit> Visit(string path)
        {
            _done.Clear();
            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            return new Visit([.. _done.Where(d => _asked.ContainsKey(d.Id)).Select(d => (_asked[d.Id].Type, _asked[d.Id].Url, d.Bytes)).OrderByDescending(d => d.Bytes)]);
        }

        private static string Text(JsonElement? e, string name) => e!.Value.GetProperty(name).GetString()!;
    }
}

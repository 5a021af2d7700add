using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Bench;

/// <summary>
/// Whole pages of a signed-in person, from the request to the last byte. A rep sees a fifth of the deliveries, the logistics desk all of them.
/// One sweep has been over them, so that there is something on Today. Floor: <see cref="PagesFloor"/> on the same database.
/// </summary>
internal static partial class PagesRun
{
    public const string Rep = "rep.ky-east@company.test", Desk = "logistics@company.test";
    public static readonly string[] People = [Rep, Desk];
    private static readonly int[] Steps = [10_000, 100_000];
    private static readonly string[] Sorts = ["risk", "need-by", "practice"];
    private const int Connections = 16;
    private const double LeastShare = 0.25, MostAtTen = 1.2, MostAtHundred = 1.5, MostLast = 1.5, MostTotal = 1.2;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        int[] sizes = [.. Steps.Where(s => s < options.Size), options.Size];
        var sides = new List<PagesSide>();
        try
        {
            foreach (var size in sizes) sides.Add(await PagesSide.StartAsync(options.Provider, size));
            foreach (var side in sides) await side.WarmUpAsync(options.Rounds);
            foreach (var who in People)
            {
                await GrowthAsync($"Today, {Short(who)}", sides, s => s.Get("/today", who), options, measurement);
                await GrowthAsync($"list, {Short(who)}", sides, s => s.Get("/deliveries", who), options, measurement);
            }

            var last = sides[^1];
            await ShareAsync("Today", last, last.Get("/today", Rep), PagesSide.Bare("/list"), options, measurement);
            await ShareAsync("list", last, last.Get("/deliveries", Rep), PagesSide.Bare("/list"), options, measurement);
            await ShareAsync("list, everybody's", last, last.Get("/deliveries", Desk), PagesSide.Bare("/list"), options, measurement);
            await ShareAsync("shipment", last, last.Get($"/shipments/{last.Shipment}", Rep), PagesSide.Bare($"/detail/{last.Shipment}"), options, measurement);
            await LastPageAsync(last, options, measurement);
        }
        finally
        {
            foreach (var side in sides) await side.DisposeAsync();
        }
    }

    /// <summary>The median of a page at each size against that at the least, turn by turn.</summary>
    private static async Task GrowthAsync(string name, List<PagesSide> sides, Func<PagesSide, byte[]> request, BenchOptions options, Measurement measurement)
    {
        var (medians, excess) = (sides.Select(_ => new List<double>()).ToList(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < sides.Count; i++)
            {
                var load = await sides[i].OneByOneAsync(request(sides[i]));
                medians[i].Add(load.P50Ms);
                // Most pages show a count of a moment ago; what the others pay for a new one is what the mean has beyond the median.
                if (i == sides.Count - 1) excess.Add(load.MeanMs / load.P50Ms);
            }
        }

        var least = Measurement.Median(medians[0]);
        if (sides.Count == 1) measurement.Judge(Text($"{name}, p50 at {sides[0].Size}"), "", Text($"{least:0.00} ms"), 1, "", isMet: true);
        for (var i = 1; i < sides.Count; i++)
        {
            var most = i == 1 && sides[i].Size <= 100_000 ? MostAtTen : MostAtHundred;
            var ratio = Measurement.Median([.. medians[i].Zip(medians[0], (a, b) => a / b)]);
            measurement.Judge(Text($"{name}, p50, {sides[i].Size} to {sides[0].Size}"), Text($"{least:0.00} ms"), Text($"{Measurement.Median(medians[i]):0.00} ms"), ratio, Text($"≤ {most:0.0}"), ratio <= most);
        }

        var adds = Measurement.Median(excess);
        measurement.Judge(Text($"{name}, mean to median at {sides[^1].Size} (the total)"), "", "", adds, Text($"≤ {MostTotal:0.0}"), adds <= MostTotal);
    }

    private static async Task ShareAsync(string name, PagesSide side, byte[] own, byte[] bare, BenchOptions options, Measurement measurement)
    {
        var (shares, floors, ours) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var first = round % 2 == 0 ? await side.FloorTogetherAsync(bare) : await side.TogetherAsync(own);
            var second = round % 2 == 0 ? await side.TogetherAsync(own) : await side.FloorTogetherAsync(bare);
            var (floor, product) = round % 2 == 0 ? (first, second) : (second, first);
            floors.Add(floor.PerSecond);
            ours.Add(product.PerSecond);
            shares.Add(product.PerSecond / floor.PerSecond);
        }

        var share = Measurement.Median(shares);
        measurement.Judge(Text($"{name}, pages a second, {Connections} connections, {side.Size}"), Text($"{Measurement.Median(floors):0}/s"), Text($"{Measurement.Median(ours):0}/s"), share, Text($"≥ {LeastShare:0.00}"), share >= LeastShare);
    }

    private static async Task LastPageAsync(PagesSide side, BenchOptions options, Measurement measurement)
    {
        foreach (var sort in Sorts)
        {
            var (first, last) = (side.Get($"/deliveries?sort={sort}", Desk), side.Get(await side.LastPageAsync(sort), Desk));
            var ratios = new List<double>();
            var times = new List<(double, double)>();
            for (var round = 0; round < options.Rounds; round++)
            {
                var (a, b) = ((await side.OneByOneAsync(first)).P50Ms, (await side.OneByOneAsync(last)).P50Ms);
                times.Add((a, b));
                ratios.Add(b / a);
            }

            var ratio = Measurement.Median(ratios);
            measurement.Judge(Text($"list by {sort}, p50, last page to first, {side.Size}"), Text($"{Measurement.Median([.. times.Select(t => t.Item1)]):0.00} ms"), Text($"{Measurement.Median([.. times.Select(t => t.Item2)]):0.00} ms"), ratio, Text($"≤ {MostLast:0.0}"), ratio <= MostLast);
        }
    }

    private static string Short(string who) => who[..who.IndexOfAny(['.', '@'])];
    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>Product and floor over one copied database that a sweep has been over.</summary>
internal sealed partial class PagesSide : IAsyncDisposable
{
    private const string Password = "Bench-pass-1!";
    private readonly World _world;
    private readonly Dictionary<string, string> _cookies = [];
    private ServerProcess? _product, _floor;
    private LoadGenerator? _one, _together, _floorTogether;

    private PagesSide(World world, int size) => (_world, Size) = (world, size);

    public int Size { get; }
    public World World => _world;
    public int Port => _product!.Port;
    /// <summary>What was due before the first sweep, where it was to be kept.</summary>
    public DueSet? Kept { get; private set; }
    public string Shipment { get; private set; } = "";

    public static async Task<PagesSide> StartAsync(DatabaseProvider provider, int size, bool jobs = false, bool keepsDue = false)
    {
        await using var from = await World.MakeAsync(provider, size, DueRun.Due(size));
        var side = new PagesSide(await from.CopyAsync(), size);
        try
        {
            if (keepsDue) side.Kept = await DueSet.KeepAsync(side._world);
            await SweepRun.SweepAsync(side._world);
            await using (var db = side._world.Open())
            {
                var hash = new PasswordHasher<User>().HashPassword(null!, Password);
                await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.PasswordHash, hash).SetProperty(u => u.SecurityStamp, "BENCH").SetProperty(u => u.LockoutEnabled, false));
                // One with scans, in trouble, of the rep's territory, in which all that is due lies.
                side.Shipment = (await db.Deliveries.Where(d => d.IsOpen && d.TerritoryCode == "KY-East" && d.ShipmentId != null && d.Outlook != "OnTrack").OrderBy(d => d.Number).Select(d => d.Number).FirstAsync())!;
            }

            side._product = await ServerProcess.ProductAtAsync(side._world, jobs);
            side._floor = await ServerProcess.PagesFloorAsync(side._world);
            foreach (var who in PagesRun.People) side._cookies[who] = await side.SignInAsync(who);
            (side._one, side._together) = (await LoadGenerator.ConnectAsync(side._product.Port, 1), await LoadGenerator.ConnectAsync(side._product.Port, 16));
            side._floorTogether = await LoadGenerator.ConnectAsync(side._floor.Port, 16);
            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    public byte[] Get(string path, string who) => LoadGenerator.Get(path, _cookies[who]);
    public static byte[] Bare(string path) => LoadGenerator.Get(path);

    public Task<Load> OneByOneAsync(byte[] request) => _one!.RunAsync([.. Enumerable.Repeat(request, Few)]);
    public Task<Load> TogetherAsync(byte[] request) => _together!.RunAsync([.. Enumerable.Repeat(request, Many)]);
    public Task<Load> FloorTogetherAsync(byte[] request) => _floorTogether!.RunAsync([.. Enumerable.Repeat(request, Many)]);

    private int Few => Size < 10_000 ? 3 : 40;
    private int Many => Size < 10_000 ? 16 : 320;

    /// <summary>Until the compiler has come back to what is run often.</summary>
    public async Task WarmUpAsync(int rounds)
    {
        for (var i = 0; i < (rounds == 1 ? 1 : 8); i++)
        {
            foreach (var path in new[] { "/today", "/deliveries", $"/shipments/{Shipment}" }) await TogetherAsync(Get(path, PagesRun.Rep));
            foreach (var path in new[] { "/list", $"/detail/{Shipment}" }) await FloorTogetherAsync(Bare(path));
        }
    }

    /// <summary>The address of the last full page: behind the row before its first.</summary>
    public async Task<string> LastPageAsync(string sort)
    {
        await using var db = _world.Open();
        var filter = new DeliveryFilter { Sort = sort };
        var total = await filter.Apply(db).CountAsync();
        var before = await filter.Page(db, null).AsNoTracking().Select(DeliveryRows.Row).Skip(Math.Max(0, total - 51)).FirstAsync();
        return filter.Address("/deliveries", ("after", DeliveryFilter.CursorBehind(before)));
    }

    private async Task<string> SignInAsync(string who)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{Port}")) };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        var form = await client.GetStringAsync(new Uri("/account/sign-in", UriKind.Relative));
        var token = FormField().Match(form).Groups[1].Value;
        using var fields = new FormUrlEncodedContent(new Dictionary<string, string> { ["Email"] = who, ["Password"] = Password, ["__RequestVerificationToken"] = token });
        using var answer = await client.PostAsync(new Uri("/account/sign-in", UriKind.Relative), fields);
        if ((int)answer.StatusCode is not (302 or 303)) throw new InvalidOperationException($"{who} could not sign in: {answer.StatusCode}\n{_product!.Said}");
        return string.Join("; ", handler.CookieContainer.GetCookies(client.BaseAddress!).Select(c => $"{c.Name}={c.Value}"));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex FormField();

    public async ValueTask DisposeAsync()
    {
        foreach (var generator in new[] { _one, _together, _floorTogether }) generator?.Dispose();
        if (_product is not null) await _product.DisposeAsync();
        if (_floor is not null) await _floor.DisposeAsync();
        if (Kept is not null) await Kept.DisposeAsync();
        await _world.DisposeAsync();
    }
}

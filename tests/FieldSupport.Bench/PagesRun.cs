using System.Diagnostics;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Bench;

/// <summary>
/// Whole pages as people get them: signed in by the form, the product's server with its whole pipeline, layout and all, jobs off. Floor: <see cref="PageFloor"/>.
/// Logistics, who sees every delivery, is the hard case; a representative has one territory of a hundred.
/// </summary>
internal static class PagesRun
{
    private const int Least = 10_000, Connections = 16, MostRounds = 9, FewScans = 20;
    private const double LeastShare = 0.25, MostOfLast = 1.5, MostOfTotal = 1.2;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var rounds = Math.Min(options.Rounds, MostRounds);
        // The ruler must be able to be short: a tiny run only shows that it runs.
        var requests = options.Size < Least ? 2 : 20;
        var least = Math.Min(options.Size, Least);
        await using var world = await WorldOf(options, least);
        await using var side = await Side.StartAsync(world, requests);
        await side.WarmUpAsync(rounds);
        await SharesAsync(side);
        foreach (var page in side.Pages.Where(p => p.First is not null)) await LastAsync(side, page);
        await TotalAsync(side);
        if (options.Size <= least) return;

        await using var many = await WorldOf(options, options.Size);
        await using var large = await Side.StartAsync(many, requests);
        await large.WarmUpAsync(rounds);
        // A hundred times the deliveries may cost half again, ten times a fifth.
        var most = options.Size >= 1_000_000 ? 1.5 : 1.2;
        foreach (var (page, same) in large.Pages.Zip(side.Pages))
        {
            var ratios = new List<double>();
            var (smalls, larges) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                if (round % 2 == 0) smalls.Add((await same.AloneAsync()).P50Ms);
                larges.Add((await page.AloneAsync()).P50Ms);
                if (round % 2 == 1) smalls.Add((await same.AloneAsync()).P50Ms);
                ratios.Add(larges[^1] / smalls[^1]);
            }

            Judge(measurement, $"{page.Name}: middle, {options.Size} to {least}", $"{Measurement.Median(smalls):0.00} ms", $"{Measurement.Median(larges):0.00} ms", Measurement.Median(ratios), most, atMost: true);
        }

        await SharesAsync(large);
        foreach (var page in large.Pages.Where(p => p.First is not null)) await LastAsync(large, page);
        await TotalAsync(large);

        async Task SharesAsync(Side at)
        {
            foreach (var page in at.Pages.Where(p => p.Floor is not null))
            {
                await ShareAsync(page, page.KeptAsync!, Text($"{page.Name} of {at.World.Size}, {Connections} connections, nothing written in between"));
                await ShareAsync(page, page.TogetherAsync, Text($"{page.Name} of {at.World.Size}, {Connections} connections, read anew each time"));
            }
        }

        async Task ShareAsync(Page page, Func<Task<Load>> askAsync, string name)
        {
            var (floors, ours, shares) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                if (round % 2 == 0) floors.Add((await page.Floor!()).PerSecond);
                ours.Add((await askAsync()).PerSecond);
                if (round % 2 == 1) floors.Add((await page.Floor!()).PerSecond);
                shares.Add(ours[^1] / floors[^1]);
            }

            Judge(measurement, $"{name}", $"{Measurement.Median(floors):0}/s", $"{Measurement.Median(ours):0}/s", Measurement.Median(shares), LeastShare, atMost: false);
        }

        async Task LastAsync(Side at, Page page)
        {
            var first = at.Pages.Single(p => p.Name == page.First);
            var (firsts, lasts, ratios) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                if (round % 2 == 0) firsts.Add((await first.AloneAsync()).P50Ms);
                lasts.Add((await page.AloneAsync()).P50Ms);
                if (round % 2 == 1) firsts.Add((await first.AloneAsync()).P50Ms);
                ratios.Add(lasts[^1] / firsts[^1]);
            }

            Judge(measurement, $"{page.Name} to first, of {at.World.Size}", $"{Measurement.Median(firsts):0.00} ms", $"{Measurement.Median(lasts):0.00} ms", Measurement.Median(ratios), MostOfLast, atMost: true);
        }

        // The page has no address without its counts: what they take alone, in this process, of what the whole page takes. By the product's own way, which
        // keeps a count of many for some seconds; what the counting itself takes, once in these seconds, is told beside it.
        async Task TotalAsync(Side at)
        {
            var page = at.Pages.Single(p => p.Name == Side.List);
            var (wholes, ratios, counts, countings) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var whole = (await page.AloneAsync()).P50Ms;
                var (alone, counting) = await at.CountMsAsync();
                countings.Add(counting);
                if (round < 0) continue;
                wholes.Add(whole);
                counts.Add(alone);
                ratios.Add(whole / Math.Max(whole - alone, 0.001));
            }

            Judge(measurement, $"{Side.List}: with its counts to without, of {at.World.Size}", $"{Measurement.Median(wholes) - Measurement.Median(counts):0.00} ms", $"{Measurement.Median(wholes):0.00} ms", Measurement.Median(ratios), MostOfTotal, atMost: true);
            measurement.Note(Text($"{Side.List} of {at.World.Size}: counting takes {Measurement.Median(countings):0.0} ms where the last count is too old"));
        }
    }

    private static void Judge(Measurement measurement, FormattableString name, FormattableString floor, FormattableString ours, double figure, double goal, bool atMost) =>
        measurement.Judge(Text(name), Text(floor), Text(ours), figure, Text($"{(atMost ? "≤" : "≥")} {goal:0.0#}"), atMost ? figure <= goal : figure >= goal);

    private static Task<World> WorldOf(BenchOptions options, int size) => World.MakeAsync(options.Provider, size, DueRun.Due(size), isForPages: true);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <param name="AloneAsync">Read from the database at each asking, as the next.</param>
    /// <param name="KeptAsync">As the product answers while nothing is written; only where there is a floor.</param>
    /// <param name="Floor">The bare page of the same kind; null where only growth is asked.</param>
    /// <param name="First">The page that this one is the last of.</param>
    private sealed record Page(string Name, Func<Task<Load>> AloneAsync, Func<Task<Load>> TogetherAsync, Func<Task<Load>>? KeptAsync, Func<Task<Load>>? Floor, string? First = null);

    /// <summary>Product and floor over one database, one of them at work at a time.</summary>
    private sealed class Side(World world, int each) : IAsyncDisposable
    {
        public const string List = "list, logistics";
        private ServerProcess? _product, _keeping, _floor;
        private LoadGenerator? _alone, _together, _toKeeping, _toFloor;

        public World World => world;
        public List<Page> Pages { get; } = [];

        public static async Task<Side> StartAsync(World world, int each)
        {
            var side = new Side(world, each);
            try
            {
                side._product = await ServerProcess.ProductOnTheDayAsync(world, keepsAnswers: false);
                side._keeping = await ServerProcess.ProductOnTheDayAsync(world);
                side._floor = await ServerProcess.FloorAsync(world, PageFloor.Verb);
                side._alone = await LoadGenerator.ConnectAsync(side._product.Port, 1);
                side._together = await LoadGenerator.ConnectAsync(side._product.Port, Connections);
                side._toKeeping = await LoadGenerator.ConnectAsync(side._keeping.Port, Connections);
                side._toFloor = await LoadGenerator.ConnectAsync(side._floor.Port, Connections);
                await side.AddPagesAsync();
                return side;
            }
            catch
            {
                await side.DisposeAsync();
                throw;
            }
        }

        private async Task AddPagesAsync()
        {
            using var desk = await SignedIn.AsAsync(_product!, PageWorld.Logistics);
            using var field = await SignedIn.AsAsync(_product!, PageWorld.Representative);
            var (logistics, rep) = (desk.Cookies, field.Cookies);
            var list = Together("/list");
            Add("Today, logistics", ["/today"], logistics, list);
            Add("Today, representative", ["/today"], rep, list);
            Add(List, ["/deliveries"], logistics, list);
            Add("list, representative", ["/deliveries"], rep, list);
            await using var db = world.Open();
            foreach (var (sort, name) in ((string, string)[])[("risk", "list by risk, last page"), ("need-by", "list by need-by, last page"), ("practice", "list by practice, last page")])
            {
                var first = sort == "risk" ? List : $"list by {sort}, logistics";
                if (sort != "risk") Add(first, ["/deliveries?sort=" + sort], logistics, null);
                Add(name, [new DeliveryFilter { Sort = sort }.Address("/deliveries", ("after", await BeforeLastAsync(db, sort)))], logistics, null, first);
            }

            var numbers = await db.Shipments.AsNoTracking().Where(s => s.Events.Count >= 10).OrderBy(s => s.Number).Select(s => s.Number).Take(FewScans).ToListAsync();
            // A world too small for such a parcel has others.
            if (numbers.Count == 0) numbers = await db.Shipments.AsNoTracking().OrderBy(s => s.Number).Select(s => s.Number).Take(FewScans).ToListAsync();
            var parcel = Together([.. numbers.Select(n => "/parcel/" + n)]);
            Add("shipment, logistics", [.. numbers.Select(n => "/shipments/" + n)], logistics, parcel);
        }

        /// <summary>Where the page begins that has the last fifty.</summary>
        private static async Task<string> BeforeLastAsync(FieldSupportDb db, string sort)
        {
            var rows = db.Listed().Where(d => d.IsOpen);
            var backwards = sort switch
            {
                "need-by" => rows.OrderByDescending(d => d.NeedByUtc == null).ThenByDescending(d => d.NeedByUtc).ThenByDescending(d => d.Number),
                "practice" => rows.OrderByDescending(d => d.Account!.Name).ThenByDescending(d => d.Account!.Code).ThenByDescending(d => d.SortRank).ThenByDescending(d => d.SortSlack).ThenByDescending(d => d.NeedByUtc).ThenByDescending(d => d.Number),
                _ => rows.OrderByDescending(d => d.SortRank).ThenByDescending(d => d.SortSlack).ThenByDescending(d => d.NeedByUtc).ThenByDescending(d => d.Number),
            };
            return DeliveryFilter.CursorBehind(await backwards.Skip(50).Take(1).Select(DeliveryRows.Row).SingleAsync());
        }

        private Func<Task<Load>> Together(params string[] paths) =>
            () => _toFloor!.RunAsync(Requests(paths, "", each * Connections));

        private void Add(string name, string[] paths, string cookies, Func<Task<Load>>? floor, string? first = null) => Pages.Add(new Page(
            name, () => _alone!.RunAsync(Requests(paths, cookies, each)), () => _together!.RunAsync(Requests(paths, cookies, each * Connections)),
            floor is null ? null : () => _toKeeping!.RunAsync(Requests(paths, cookies, each * Connections)), floor, first));

        private static List<byte[]> Requests(string[] paths, string cookies, int count) =>
            [.. Enumerable.Range(0, count).Select(i => LoadGenerator.Get(paths[i % paths.Length], cookies))];

        /// <summary>The product is much code: until the compiler has come back to what is run often.</summary>
        public async Task WarmUpAsync(int rounds)
        {
            // It takes some thousand requests of each page (two are enough to see that a round runs).
            for (var i = 0; i < (each < 20 ? 1 : Math.Min(rounds, 4) * 2); i++)
                foreach (var page in Pages)
                {
                    await page.TogetherAsync();
                    if (page.KeptAsync is { } kept) await kept();
                    if (page.Floor is { } floor) await floor();
                }
        }

        /// <summary>As the page asks, and when it has to count.</summary>
        public async Task<(double Asked, double Counted)> CountMsAsync()
        {
            var (asked, counted) = (new List<double>(), new List<double>());
            var recent = new RecentAnswers(TimeProvider.System);
            for (var i = 0; i < each; i++)
            {
                await using var db = world.Services.GetRequiredService<Databases>().Open(Scope.EveryAccount, Actor.CommandLine);
                await db.Database.OpenConnectionAsync();
                var start = Stopwatch.GetTimestamp();
                await OutlookCounts.Of(db, new DeliveryFilter(), CancellationToken.None);
                counted.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                start = Stopwatch.GetTimestamp();
                await OutlookCounts.Recently(recent, db, new DeliveryFilter(), CancellationToken.None);
                asked.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return (Measurement.Median(asked), Measurement.Median(counted));
        }

        public async ValueTask DisposeAsync()
        {
            _alone?.Dispose();
            _together?.Dispose();
            _toKeeping?.Dispose();
            _toFloor?.Dispose();
            if (_keeping is not null) await _keeping.DisposeAsync();
            if (_product is not null) await _product.DisposeAsync();
            if (_floor is not null) await _floor.DisposeAsync();
        }
    }
}

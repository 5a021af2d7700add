using System.Globalization;
using FieldSupport.Web.Exchange.Carriers;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Bench;

/// <summary>
/// A carrier's event from the request to the answer that says "stored", over 64 kept connections. Floor: <see cref="WebhookFloor"/>. Ours: the
/// product's own server with its whole pipeline: headers, routing, access, signature, well-formedness, the same message known again (one in
/// twenty is a repetition), the row and its indexes.
/// </summary>
internal static class WebhookRun
{
    private const int Connections = 64, MostOnEach = 100, EveryRepeated = 20;
    private const double LeastShare = 0.30, MostSlower = 3;
    private static int _rounds, _requests;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var least = Math.Min(options.Size, 10_000);
        _requests = Connections * Math.Clamp(options.Size / 100, 5, MostOnEach);
        await using var world = await WorldOf(options.Provider, least);
        await using var side = await Side.StartAsync(world);
        await side.WarmUpAsync(options.Rounds);
        var (throughput, slowest, floors, ours) = (new List<double>(), new List<double>(), new List<Load>(), new List<Load>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var (floor, own) = await side.BothAsync(round % 2 == 0);
            floors.Add(floor);
            ours.Add(own);
            throughput.Add(own.PerSecond / floor.PerSecond);
            slowest.Add(own.P99Ms / floor.P99Ms);
        }

        var share = Measurement.Median(throughput);
        measurement.Judge(Text($"webhook, requests a second, {Connections} connections, {options.Provider}"), Text($"{Measurement.Median([.. floors.Select(f => f.PerSecond)]):0}/s"),
            Text($"{Measurement.Median([.. ours.Select(f => f.PerSecond)]):0}/s"), share, Text($"≥ {LeastShare:0.00}"), share >= LeastShare);
        var slower = Measurement.Median(slowest);
        measurement.Judge(Text($"webhook, slowest of a hundred, {Connections} connections, {options.Provider}"), Text($"{Measurement.Median([.. floors.Select(f => f.P99Ms)]):0.0} ms"),
            Text($"{Measurement.Median([.. ours.Select(f => f.P99Ms)]):0.0} ms"), slower, Text($"≤ {MostSlower:0.##}"), slower <= MostSlower);
        if (options.Size <= least) return;

        await using var many = await WorldOf(options.Provider, options.Size);
        await using var manySide = await Side.StartAsync(many);
        await manySide.WarmUpAsync(options.Rounds);
        await measurement.SpreadAsync(Text($"webhook, {_requests} requests, by messages stored: ours"), null,
            [(least, () => side.OursAsync(), side.ForgetAsync), (options.Size, () => manySide.OursAsync(), manySide.ForgetAsync)], atMost: 7);
        await measurement.SpreadAsync(Text($"webhook, {_requests} requests, by messages stored: floor"), null,
            [(least, () => side.FloorAsync(), side.ForgetAsync), (options.Size, () => manySide.FloorAsync(), manySide.ForgetAsync)], atMost: 7);
    }

    private static Task<World> WorldOf(DatabaseProvider provider, int messages) => World.MakeAsync(provider, 100, 10, messages);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Product and floor over one database, one of them at work at a time.</summary>
    private sealed class Side : IAsyncDisposable
    {
        private readonly World _world;
        private readonly int _before;
        private ServerProcess? _product, _floor;
        private LoadGenerator? _toProduct, _toFloor;

        private Side(World world, int before) => (_world, _before) = (world, before);

        public static async Task<Side> StartAsync(World from)
        {
            var world = await from.CopyAsync();
            await using var db = world.Open();
            var side = new Side(world, await db.Messages.CountAsync());
            try
            {
                side._product = await ServerProcess.ProductAsync(world);
                side._floor = await ServerProcess.FloorAsync(world);
                side._toProduct = await LoadGenerator.ConnectAsync(side._product.Port, Connections);
                side._toFloor = await LoadGenerator.ConnectAsync(side._floor.Port, Connections);
                return side;
            }
            catch
            {
                await side.DisposeAsync();
                throw;
            }
        }

        /// <summary>The product is much code: until the compiler has come back to what is run often.</summary>
        public async Task WarmUpAsync(int rounds)
        {
            for (var i = 0; i < Math.Min(rounds - 1, 12); i++) await BothAsync(floorFirst: true);
        }

        public async Task<(Load Floor, Load Ours)> BothAsync(bool floorFirst)
        {
            await ForgetAsync();
            var floor = floorFirst ? await FloorAsync() : default;
            var ours = await OursAsync();
            if (!floorFirst) floor = await FloorAsync();
            return (floor, ours);
        }

        public async Task<Load> OursAsync()
        {
            var load = await _toProduct!.RunAsync(Requests(signed: true));
            await using var db = _world.Open();
            var stored = await db.Messages.CountAsync() - _before;
            if (stored != load.Requests - (load.Requests / EveryRepeated)) throw new InvalidOperationException($"{stored} messages are stored of {load.Requests} sent.\n{_product!.Said}");
            return load;
        }

        public async Task<Load> FloorAsync() => await _toFloor!.RunAsync(Requests(signed: false));

        /// <summary>Back to the messages of the beginning.</summary>
        public async Task ForgetAsync()
        {
            var (db, connection) = await _world.ConnectAsync();
            await using (db)
            {
                var since = _world.IsSqlite ? DueFloor.At(_world, World.Now) : $"'{World.Now:yyyy-MM-dd HH:mm:ss}+00'";
                await BulkLoad.RunAsync(connection, Text($"""DELETE FROM "Messages" WHERE "State" = 'STORED' OR "ReceivedAtUtc" > {since}"""));
                await BulkLoad.RunAsync(connection, $"DELETE FROM \"{WebhookFloor.Table}\"");
                await BulkLoad.RunAsync(connection, _world.IsSqlite ? "PRAGMA wal_checkpoint(TRUNCATE)" : "VACUUM \"Messages\"");
            }
        }

        /// <summary>Made before the clock runs. The repetition of a message comes on another connection, later.</summary>
        private static List<byte[]> Requests(bool signed)
        {
            var round = Interlocked.Increment(ref _rounds);
            var requests = new List<byte[]>(_requests);
            for (var i = 0; i < _requests; i++)
            {
                var isRepeated = i % EveryRepeated == EveryRepeated - 1;
                var body = CarrierMessages.Event(string.Create(CultureInfo.InvariantCulture, $"77{(isRepeated ? i - EveryRepeated + 1 : i):0000000000}"), round);
                requests.Add(signed
                    ? LoadGenerator.Post("/webhooks/easypost", body, (EasyPostSignature.HeaderName, EasyPostSignature.Sign(body, CarrierMessages.Secret)))
                    : LoadGenerator.Post("/", body));
            }

            return requests;
        }

        public async ValueTask DisposeAsync()
        {
            _toProduct?.Dispose();
            _toFloor?.Dispose();
            if (_product is not null) await _product.DisposeAsync();
            if (_floor is not null) await _floor.DisposeAsync();
            await _world.DisposeAsync();
        }
    }
}

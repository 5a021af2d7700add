using System.Diagnostics;
using System.Globalization;
using FieldSupport.Web.Exchange.Carriers;

namespace FieldSupport.Bench;

/// <summary>
/// The list of deliveries while the rest of the product is at work: sweeps of a thousand due one behind the other, 500 events a second from the carrier, and
/// their reading. Quiet and loaded by turns, in one server; the jobs are started as an administrator starts them, so that none runs in a quiet round. Every list is
/// read from the database, in a quiet round too: what is measured is how much the work beside it hinders.
/// </summary>
internal static class MixedRun
{
    private const int Most = 100_000, Readers = 2, EventsEach = 50, EventConnections = 8;
    private const double MostSlower = 2;
    private static readonly TimeSpan EventEvery = TimeSpan.FromMilliseconds(100);
    private static int _sent;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var size = Math.Min(options.Size, Most);
        await using var from = await World.MakeAsync(options.Provider, size, DueRun.Due(size), isForPages: true);
        await using var world = await from.CopyAsync();
        await using var product = await ServerProcess.ProductOnTheDayAsync(world, keepsAnswers: false);
        using var logistics = await SignedIn.AsAsync(product, PageWorld.Logistics);
        using var sweeper = await SignedIn.AsAsync(product, PageWorld.Administrator);
        using var processor = await SignedIn.AsAsync(product, PageWorld.Administrator);
        using var readers = await LoadGenerator.ConnectAsync(product.Port, Readers);
        using var carrier = await LoadGenerator.ConnectAsync(product.Port, EventConnections);
        List<byte[]> requests = [.. Enumerable.Repeat(LoadGenerator.Get("/deliveries", logistics.Cookies), size < 10_000 ? 10 : 200)];

        for (var i = 0; i < Math.Min(options.Rounds, 3); i++) await readers.RunAsync(requests);
        var (quiets, loadeds, ratios, rates) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var sweeps = 0;
        for (var round = -1; round < Math.Min(options.Rounds, 7); round++)
        {
            var quiet = await readers.RunAsync(requests);
            using var over = new CancellationTokenSource();
            var before = _sent;
            var start = Stopwatch.GetTimestamp();
            var work = Task.WhenAll(SweepAsync(world, sweeper, () => sweeps++, over.Token), ProcessAsync(processor, over.Token), SendAsync(carrier, size, over.Token));
            var loaded = await readers.RunAsync(requests);
            await over.CancelAsync();
            await work;
            // The first round is warm-up.
            if (round < 0 && options.Rounds > 1) continue;
            rates.Add((_sent - before) / Stopwatch.GetElapsedTime(start).TotalSeconds);
            quiets.Add(quiet.P95Ms);
            loadeds.Add(loaded.P95Ms);
            ratios.Add(loaded.P95Ms / quiet.P95Ms);
        }

        var ratio = Measurement.Median(ratios);
        measurement.Judge(Text($"list of {size}, slowest of twenty, loaded to quiet, {options.Provider}"), Text($"{Measurement.Median(quiets):0.0} ms"), Text($"{Measurement.Median(loadeds):0.0} ms"), ratio,
            Text($"≤ {MostSlower:0.##}"), ratio <= MostSlower);
        measurement.Note(Text($"list under load: {Measurement.Median(rates):0} events a second, {sweeps} sweeps of {world.Due} due"));
    }

    /// <summary>At least one to its end.</summary>
    private static async Task SweepAsync(World world, SignedIn administrator, Action swept, CancellationToken stop)
    {
        do
        {
            await DueAgainAsync(world);
            await administrator.SubmitAsync("/status", "/status/jobs/evaluate-deliveries/run");
            swept();
        }
        while (!stop.IsCancellationRequested);
    }

    private static async Task DueAgainAsync(World world)
    {
        var (db, connection) = await world.ConnectAsync();
        await using (db)
        {
            var due = world.IsSqlite ? ((World.Now.AddHours(-1).UtcTicks - DateTime.UnixEpoch.Ticks) / 10).ToString(CultureInfo.InvariantCulture) : $"'{World.Now.AddHours(-1):yyyy-MM-dd HH:mm:ss}+00'";
            await BulkLoad.RunAsync(connection, $"""UPDATE "Deliveries" SET "NextCheckAtUtc" = {due} WHERE "Id" IN (SELECT "Id" FROM "Deliveries" WHERE "IsOpen" ORDER BY "NextCheckAtUtc" LIMIT {world.Due})""");
        }
    }

    private static async Task ProcessAsync(SignedIn administrator, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) await administrator.SubmitAsync("/status", "/status/jobs/process-messages/run");
    }

    /// <summary>A few every tenth of a second; a server that falls behind is not sent more than it takes.</summary>
    private static async Task SendAsync(LoadGenerator carrier, int size, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            await carrier.RunAsync([.. Enumerable.Range(0, EventsEach).Select(_ => Event(size))]);
            Interlocked.Add(ref _sent, EventsEach);
            var left = EventEvery - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(left, CancellationToken.None);
        }
    }

    private static int _turn;

    /// <summary>About a parcel that is under way.</summary>
    private static byte[] Event(int size)
    {
        var turn = Interlocked.Increment(ref _turn);
        var body = CarrierMessages.Event(string.Create(CultureInfo.InvariantCulture, $"77{(long)turn * 7919 % size:0000000000}"), turn);
        return LoadGenerator.Post("/webhooks/easypost", body, (EasyPostSignature.HeaderName, EasyPostSignature.Sign(body, CarrierMessages.Secret)));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

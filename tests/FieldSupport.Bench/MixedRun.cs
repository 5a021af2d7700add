using System.Diagnostics;
using System.Globalization;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Features.Chasing;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Bench;

/// <summary>The list of deliveries while others write: a sweep over all that is due, again and again, and 500 events of a carrier a second, taken in and read.</summary>
internal static class MixedRun
{
    private const int EventsASecond = 500;
    private const double Most = 2;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(6);

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var isSmall = options.Size < 10_000;
        var round = isSmall ? TimeSpan.FromSeconds(1) : Round;
        await using var side = await PagesSide.StartAsync(options.Provider, options.Size, jobs: true, keepsDue: true);
        await side.WarmUpAsync(options.Rounds);
        using var list = await LoadGenerator.ConnectAsync(side.Port, 1);
        using var events = await LoadGenerator.ConnectAsync(side.Port, 8);
        var (quiet, loaded, ratios, sent, sweeps) = (new List<double>(), new List<double>(), new List<double>(), 0L, 0);
        for (var i = 0; i < Math.Min(options.Rounds, 7); i++)
        {
            quiet.Add((await PagesAsync(list, side, round)).P95Ms);
            using var enough = new CancellationTokenSource();
            var begun = Stopwatch.GetTimestamp();
            var before = sent;
            var load = Task.Run(async () => sent += await EventsAsync(events, i, isSmall, enough.Token));
            var sweep = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await side.Kept!.RestoreAsync();
                    // The server's own sweep takes some of them.
                    await side.World.Services.GetRequiredService<Sweep>().Run(new SweepRequest(OnlyDue: true), CancellationToken.None);
                    sweeps++;
                }
            });
            loaded.Add((await PagesAsync(list, side, round)).P95Ms);
            await enough.CancelAsync();
            await Task.WhenAll(load, sweep);
            ratios.Add(loaded[^1] / quiet[^1]);
            measurement.Note(FormattableString.Invariant($"mixed, round {i + 1}: {(sent - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds:0} events a second"));
        }

        var ratio = Measurement.Median(ratios);
        measurement.Judge(string.Create(CultureInfo.InvariantCulture, $"list, p95, sweeps and events to quiet, {options.Size}"), string.Create(CultureInfo.InvariantCulture, $"{Measurement.Median(quiet):0.00} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{Measurement.Median(loaded):0.00} ms"), ratio, string.Create(CultureInfo.InvariantCulture, $"≤ {Most:0.0}"), ratio <= Most);
        measurement.Note(string.Create(CultureInfo.InvariantCulture, $"mixed: {sent} events taken in, {sweeps} sweeps"));
    }

    /// <summary>Somebody who turns to the next page every twentieth of a second.</summary>
    private static async Task<Load> PagesAsync(LoadGenerator list, PagesSide side, TimeSpan round)
    {
        var request = side.Get("/deliveries", PagesRun.Desk);
        var times = new List<double>();
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < round)
        {
            times.Add((await list.RunAsync([request])).Times[0]);
            await Task.Delay(50);
        }

        times.Sort();
        return new Load(times.Count, Stopwatch.GetElapsedTime(begun).TotalSeconds, [.. times]);
    }

    /// <summary>Fifty every tenth of a second.</summary>
    private static async Task<long> EventsAsync(LoadGenerator events, int round, bool isSmall, CancellationToken enough)
    {
        var sent = 0L;
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!enough.IsCancellationRequested)
        {
            var some = new List<byte[]>();
            for (var i = 0; i < (isSmall ? 5 : EventsASecond / 10); i++)
            {
                var body = CarrierMessages.Event(string.Create(CultureInfo.InvariantCulture, $"77{sent + i:0000000000}"), 1000 + round);
                some.Add(LoadGenerator.Post("/webhooks/easypost", body, (EasyPostSignature.HeaderName, EasyPostSignature.Sign(body, CarrierMessages.Secret))));
            }

            await events.RunAsync(some);
            sent += some.Count;
            try
            {
                await beat.WaitForNextTickAsync(enough);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return sent;
    }
}

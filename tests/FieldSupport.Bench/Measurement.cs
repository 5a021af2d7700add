using System.Diagnostics;
using System.Globalization;

namespace FieldSupport.Bench;

/// <summary>
/// A ruler that travels: our code against its floor (the least work that could give the same answer), turn by turn in one
/// process, so that what slows the machine slows both. The figure is the median of the rounds' ratios.
/// </summary>
internal sealed class Measurement(int rounds, TextWriter output)
{
    /// <summary>As in a server that has run for a while: long enough for the compiler to have come back to what is run often.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private bool IsWarm(int round, long since) => rounds == 1 ? round > 0 : round > 2 && Stopwatch.GetElapsedTime(since) > WarmUp;

    private readonly List<ComparedLine> compared = [];
    private readonly List<GrowthLine> grown = [];
    private readonly List<SpreadLine> spread = [];
    private readonly List<JudgedLine> judged = [];
    private readonly List<string> notes = [];

    /// <summary>Everything measured so far is within its goal.</summary>
    public bool AllMet => compared.TrueForAll(line => line.Met) && grown.TrueForAll(line => line.Met) && spread.TrueForAll(line => line.Met) && judged.TrueForAll(line => line.Met);

    public bool Empty => compared.Count == 0 && grown.Count == 0 && spread.Count == 0 && judged.Count == 0 && notes.Count == 0;

    /// <param name="name">What is measured, with its unit of work: "due query, 10000 deliveries".</param>
    /// <param name="goal">The largest ratio ours ÷ floor that is good enough.</param>
    /// <param name="floor">The least work that could give the same answer.</param>
    /// <param name="ours">The product's way to it.</param>
    /// <param name="betweenRounds">Puts the state back, unmeasured; run before each of the two.</param>
    /// <param name="atMost">Fewer rounds, and one to warm up, for work of many seconds.</param>
    public async Task CompareAsync(string name, double goal, Func<Task> floor, Func<Task> ours, Func<Task>? betweenRounds = null, int atMost = int.MaxValue)
    {
        var wanted = Math.Min(rounds, atMost);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; atMost < int.MaxValue ? i < 1 : !IsWarm(i, begun); i++)
        {
            await TimeAsync(floor, betweenRounds);
            await TimeAsync(ours, betweenRounds);
        }

        var (floorBytes, ourBytes) = (0L, 0L);
        var floors = new List<double>();
        var own = new List<double>();
        var ratios = new List<double>();
        var cpuRatios = new List<double>();
        for (var i = 0; i < wanted; i++)
        {
            // Who goes first changes, so that neither always inherits the other's warm caches or garbage.
            double floorMs, oursMs;
            if (i % 2 == 0)
            {
                (floorMs, floorBytes, var floorCpuMs) = await TimeAsync(floor, betweenRounds);
                (oursMs, ourBytes, var oursCpuMs) = await TimeAsync(ours, betweenRounds);
                cpuRatios.Add(oursCpuMs / Math.Max(floorCpuMs, 0.001));
            }
            else
            {
                (oursMs, ourBytes, var oursCpuMs) = await TimeAsync(ours, betweenRounds);
                (floorMs, floorBytes, var floorCpuMs) = await TimeAsync(floor, betweenRounds);
                cpuRatios.Add(oursCpuMs / Math.Max(floorCpuMs, 0.001));
            }

            floors.Add(floorMs);
            own.Add(oursMs);
            ratios.Add(oursMs / floorMs);
        }

        var line = new ComparedLine(name, Median(floors), Median(own), Median(ratios), Median(cpuRatios), goal, floorBytes, ourBytes);
        compared.Add(line);
        output.WriteLine($"  measured {name}: {Number(line.Ratio, "0.00")}");
    }

    /// <summary>How the time grows with the size, as the exponent between the smallest and the largest: 0 is none, 1 linear, 2 quadratic.</summary>
    /// <param name="name">What grows.</param>
    /// <param name="goal">The largest exponent that is good enough (1.1 for "linear").</param>
    /// <param name="sizes">At least two, rising.</param>
    /// <param name="prepare">Lays out a size, unmeasured, and returns the work to be measured on it.</param>
    public async Task GrowAsync(string name, double goal, IReadOnlyList<int> sizes, Func<int, Task<Func<Task>>> prepare)
    {
        if (sizes.Count < 2)
        {
            throw new ArgumentException("Growth needs at least two sizes.", nameof(sizes));
        }

        var works = new List<Func<Task>>();
        foreach (var size in sizes)
        {
            works.Add(await prepare(size));
        }

        var times = sizes.Select(_ => new List<double>()).ToList();
        for (var round = -3; round < rounds; round++)
        {
            for (var i = 0; i < works.Count; i++)
            {
                var (ms, _, _) = await TimeAsync(works[i], null);
                if (round >= 0)
                {
                    times[i].Add(ms);
                }
            }
        }

        var medians = times.ConvertAll(Median);
        var exponent = Math.Log(medians[^1] / medians[0]) / Math.Log((double)sizes[^1] / sizes[0]);
        grown.Add(new GrowthLine(name, [.. sizes.Zip(medians)], exponent, goal));
        output.WriteLine($"  measured {name}");
    }

    /// <summary>The same work over the least and over the most data, turn by turn; the figure is the median of largest ÷ smallest.</summary>
    /// <param name="name">What is done at each size.</param>
    /// <param name="goal">The largest ratio that is good enough; null where the line only informs (a floor's own growth).</param>
    /// <param name="atMost">Fewer rounds, and one to warm up, for work of many seconds.</param>
    public async Task SpreadAsync(string name, double? goal, IReadOnlyList<(int Size, Func<Task> Work, Func<Task>? Before)> works, int atMost = int.MaxValue)
    {
        var wanted = Math.Min(rounds, atMost);
        var times = works.Select(_ => new List<double>()).ToList();
        var ratios = new List<double>();
        async Task<double[]> TurnAsync(int turn)
        {
            var took = new double[works.Count];
            for (var k = 0; k < works.Count; k++)
            {
                var i = turn % 2 == 0 ? k : works.Count - 1 - k;
                (took[i], _, _) = await TimeAsync(works[i].Work, works[i].Before);
            }

            return took;
        }

        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; atMost < int.MaxValue ? i < 1 : !IsWarm(i, begun); i++) await TurnAsync(i);
        for (var round = 0; round < wanted; round++)
        {
            var took = await TurnAsync(round);
            for (var i = 0; i < works.Count; i++) times[i].Add(took[i]);
            ratios.Add(took[^1] / took[0]);
        }

        spread.Add(new SpreadLine(name, [.. works.Select((w, i) => (w.Size, Median(times[i])))], Median(ratios), goal));
        output.WriteLine($"  measured {name}: {Number(spread[^1].Ratio, "0.00")}");
    }

    /// <summary>A figure that was measured elsewhere, floor and ours with their unit.</summary>
    public void Judge(string name, string floor, string ours, double figure, string goal, bool isMet)
    {
        judged.Add(new JudgedLine(name, floor, ours, figure, goal, isMet));
        output.WriteLine($"  measured {name}: {Number(figure, "0.00")}");
    }

    /// <summary>What informs and has no goal.</summary>
    public void Note(string line) => notes.Add(line);

    public void Print()
    {
        if (compared.Count > 0)
        {
            output.WriteLine();
            output.WriteLine(Row("what", "floor ms", "ours ms", "ratio", "cpu", "goal", "floor KB", "ours KB", "is"));
            foreach (var line in compared)
            {
                output.WriteLine(Row(line.Name, Number(line.FloorMs, "0.000"), Number(line.OursMs, "0.000"), Number(line.Ratio, "0.00"), Number(line.CpuRatio, "0.00"), "≤ " + Number(line.Goal, "0.##"), Number(line.FloorBytes / 1024d, "0"), Number(line.OurBytes / 1024d, "0"), Verdict(line.Met)));
            }
        }

        if (judged.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{"what",-60} {"floor",14} {"ours",14} {"figure",8} {"goal",8}  is");
            foreach (var line in judged)
                output.WriteLine($"{line.Name,-60} {line.Floor,14} {line.Ours,14} {Number(line.Figure, "0.00"),8} {line.Goal,8}  {Verdict(line.Met)}");
        }

        if (spread.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("from the least to the most data");
            foreach (var line in spread)
            {
                var points = string.Join(", ", line.Points.Select(point => $"{point.Size.ToString(CultureInfo.InvariantCulture)}: {Number(point.Ms, "0.000")} ms"));
                output.WriteLine($"  {line.Name}: {points}; {Number(line.Ratio, "0.00")}×{(line.Goal is { } goal ? $", goal ≤ {Number(goal, "0.##")}: {Verdict(line.Met)}" : "")}");
            }
        }

        foreach (var note in notes) output.WriteLine("  " + note);
        if (grown.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("growth (exponent of the size: 1 = linear)");
            foreach (var line in grown)
            {
                var points = string.Join(", ", line.Points.Select(point => $"{point.Size.ToString(CultureInfo.InvariantCulture)}: {Number(point.Ms, "0.000")} ms"));
                output.WriteLine($"  {line.Name}: {points}; exponent {Number(line.Exponent, "0.00")}, goal ≤ {Number(line.Goal, "0.##")}: {Verdict(line.Met)}");
            }
        }
    }

    private static string Row(string name, string floor, string ours, string ratio, string cpu, string goal, string floorKb, string oursKb, string verdict) =>
        $"{name,-60} {floor,10} {ours,10} {ratio,7} {cpu,7} {goal,7} {floorKb,9} {oursKb,9}  {verdict}";

    private static string Verdict(bool met) => met ? "met" : "SHORT";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static async Task<(double Ms, long Bytes, double CpuMs)> TimeAsync(Func<Task> work, Func<Task>? before)
    {
        if (before is not null)
        {
            await before();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await work();
        var ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return (ms, GC.GetTotalAllocatedBytes(precise: true) - bytes, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private sealed record JudgedLine(string Name, string Floor, string Ours, double Figure, string Goal, bool Met);

    private sealed record ComparedLine(string Name, double FloorMs, double OursMs, double Ratio, double CpuRatio, double Goal, long FloorBytes, long OurBytes)
    {
        public bool Met => Ratio <= Goal;
    }

    private sealed record SpreadLine(string Name, IReadOnlyList<(int Size, double Ms)> Points, double Ratio, double? Goal)
    {
        public bool Met => Goal is null || Ratio <= Goal;
    }

    private sealed record GrowthLine(string Name, IReadOnlyList<(int Size, double Ms)> Points, double Exponent, double Goal)
    {
        public bool Met => Exponent <= Goal;
    }
}

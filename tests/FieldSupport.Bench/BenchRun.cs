namespace FieldSupport.Bench;

/// <summary>From the words of the command line to the printed table.</summary>
internal static class BenchRun
{
    private static readonly Dictionary<string, Func<BenchOptions, Measurement, Task>> Runs = new(StringComparer.Ordinal)
    {
        ["self"] = SelfRun.MeasureAsync,
        ["due"] = DueRun.MeasureAsync,
        ["sweep"] = SweepRun.MeasureAsync,
        ["webhook"] = WebhookRun.MeasureAsync,
        ["import"] = ImportRun.MeasureAsync,
        ["pages"] = PagesRun.MeasureAsync,
        ["mixed"] = MixedRun.MeasureAsync,
        ["statements"] = SweepRun.StatementsAsync,
    };

    private static readonly string[] OfAll = ["due", "sweep", "webhook", "import", "pages", "mixed"];

    public static async Task<int> MainAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is ["--help" or "-h"])
        {
            await output.WriteLineAsync(BenchOptions.Usage);
            return 0;
        }

        BenchOptions options;
        try
        {
            options = BenchOptions.Parse(args);
        }
        catch (FormatException e)
        {
            await error.WriteLineAsync($"{e.Message}\n\n{BenchOptions.Usage}");
            return 2;
        }

        string[] verbs = string.Equals(options.Verb, "all", StringComparison.Ordinal) ? OfAll : [options.Verb];
        if (Array.Find(verbs, v => !Runs.ContainsKey(v)) is { } unknown)
        {
            await error.WriteLineAsync($"Unknown verb '{unknown}'.\n\n{BenchOptions.Usage}");
            return 2;
        }

        var measurement = new Measurement(options.Rounds, output);
        foreach (var verb in verbs) await Runs[verb](options with { Verb = verb }, measurement);
        measurement.Print();

        // Short of a goal is a finding to read, not a failure: times are no test. Nothing measured at all is one.
        return measurement.Empty ? 1 : 0;
    }
}

using FieldSupport.Bench;

// Only verbs that measure something stand here; the others are named in the usage and say that they are not written yet.
var runs = new Dictionary<string, Func<BenchOptions, Measurement, Task>>(StringComparer.Ordinal)
{
    ["self"] = SelfRun.MeasureAsync,
    ["due"] = DueRun.MeasureAsync,
    ["sweep"] = SweepRun.MeasureAsync,
    ["statements"] = SweepRun.StatementsAsync,
};
string[] ofAll = ["due", "sweep", "webhook", "import"];

if (args is ["--help" or "-h"])
{
    Console.WriteLine(BenchOptions.Usage);
    return 0;
}

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{BenchOptions.Usage}");
    return 2;
}

string[] verbs = string.Equals(options.Verb, "all", StringComparison.Ordinal) ? ofAll : [options.Verb];
var measurement = new Measurement(options.Rounds, Console.Out);
foreach (var verb in verbs)
{
    if (runs.TryGetValue(verb, out var run))
    {
        await run(options with { Verb = verb }, measurement);
    }
    else if (ofAll.Contains(verb))
    {
        Console.Error.WriteLine($"{verb}: no measurement is written yet.");
    }
    else
    {
        Console.Error.WriteLine($"Unknown verb '{verb}'.\n\n{BenchOptions.Usage}");
        return 2;
    }
}

measurement.Print();

// Short of a goal is a finding to read, not a failure: times are no test. Nothing measured at all is one.
return measurement.Empty ? 1 : 0;

namespace FieldSupport.Bench;

/// <summary>The ruler laid against itself: equal work must read as a ratio of about 1, and a loop as linear.</summary>
internal static class SelfRun
{
    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        await measurement.CompareAsync("the same sum on both sides", 1.2, () => Sum(options.Size), () => Sum(options.Size));
        await measurement.GrowAsync("a sum", 1.1, [options.Size, options.Size * 2, options.Size * 4], size => Task.FromResult(() => Sum(size)));
    }

    private static Task Sum(int size)
    {
        var total = 0.0;
        for (var i = 0; i < size * 100; i++)
        {
            total += Math.Sqrt(i);
        }

        return total < 0 ? throw new InvalidOperationException("a sum of roots below zero") : Task.CompletedTask;
    }
}

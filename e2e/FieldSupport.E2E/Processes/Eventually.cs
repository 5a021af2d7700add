namespace FieldSupport.E2E.Processes;

/// <summary>Waits for another process to come to something, with an end to its patience.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="otherwise">What the failure tells.</param>
    public static async Task Holds(Func<Task<bool>> question, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await question())
        {
            Assert.False(limit.IsCancellationRequested, $"It did not come to that within {Patience.TotalMinutes} minutes. {otherwise()}");
            await Task.Delay(250);
        }
    }
}

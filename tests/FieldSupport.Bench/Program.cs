namespace FieldSupport.Bench;

/// <summary>The way in; a floor's server is this program too.</summary>
internal static class BenchProgram
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [WebhookFloor.Verb, var provider, var connection])
        {
            await WebhookFloor.ServeAsync(provider, connection);
            return 0;
        }

        if (args is [PageFloor.Verb, var pagesProvider, var pagesConnection])
        {
            await PageFloor.ServeAsync(pagesProvider, pagesConnection);
            return 0;
        }

        return await BenchRun.MainAsync(args, Console.Out, Console.Error);
    }
}

namespace FieldSupport.E2E.Processes;

/// <summary>Two processes on one PostgreSQL database: the first start together, and the timetable when one of them dies.</summary>
[Collection(ProcessTests.Name)]
public sealed class TwoNodesTests
{
    [Fact]
    public async Task Two_first_starts_at_once_make_one_scene_and_a_third_changes_nothing()
    {
        await using var store = await Store.Of(Store.Postgres);
        using var keys = new TempFolder("keys");
        var options = Options(store, keys, jobs: false);
        var both = await Task.WhenAll(StartedApplication.StartAsync(options), StartedApplication.StartAsync(options));
        await using var one = both[0];
        await using var two = both[1];
        var before = await State(store);
        Assert.NotEqual(0, before.Accounts);
        Assert.Equal(11, before.Users);
        Assert.Equal(1, await Number(store, """SELECT COUNT(*) FROM "JobRuns" WHERE "Job" LIKE 'load-scene:%' """));
        foreach (var node in both)
        {
            using var client = new HttpClient { BaseAddress = node.Address };
            Assert.Contains("Sign in", await client.GetStringAsync("/account/sign-in"), StringComparison.Ordinal);
        }

        await using (await StartedApplication.StartAsync(options))
        {
            Assert.Equal(before, await State(store));
        }
    }

    [Fact]
    public async Task When_one_of_two_nodes_is_killed_the_other_goes_on_with_the_timetable()
    {
        await using var store = await Store.Of(Store.Postgres);
        using var keys = new TempFolder("keys");
        var options = Options(store, keys, jobs: true);
        await using var one = await StartedApplication.StartAsync(options);
        await using var two = await StartedApplication.StartAsync(options);
        var (first, second) = ($"{Environment.MachineName}/{one.ProcessId}", $"{Environment.MachineName}/{two.ProcessId}");
        // Whoever was the first to be fired is the one to die.
        await Eventually.Holds(async () => await ByTimetable(first) + await ByTimetable(second) > 0, () => one.Output + two.Output);
        var (dies, lives, name) = await ByTimetable(first) > 0 ? (one, two, second) : (two, one, first);
        await dies.KillAsync();
        // One that is under way in this moment does not show that the timetable goes on.
        var before = await store.Number("", """SELECT COUNT(*) FROM "JobRuns" WHERE "Trigger" = 'timetable' AND "Node" = @node""", ("@node", name));
        await Eventually.Holds(async () => await ByTimetable(name) > before, () => lives.Output);
        await Eventually.Holds(async () => await Number(store, """SELECT COUNT(*) FROM "Notices" WHERE "State" IN ('QUEUED', 'FAILED')""") == 0, () => lives.Output);
        Assert.Equal(0, await Number(store, """SELECT COUNT(*) - COUNT(DISTINCT "MessageId") FROM "Notices" """));
        Assert.Equal(0, await Number(store, """SELECT COUNT(*) FROM (SELECT 1 FROM "Notices" GROUP BY "WatchKey", "Rung", "Recipient", "Round", "Person" HAVING COUNT(*) > 1) doubled"""));

        async Task<int> ByTimetable(string node) =>
            await store.Number("", """SELECT COUNT(*) FROM "JobRuns" WHERE "Trigger" = 'timetable' AND "Outcome" LIKE 'DONE%' AND "Node" = @node""", ("@node", node));
    }

    private static StartedApplicationOptions Options(Store store, TempFolder keys, bool jobs) => new()
    {
        Jobs = jobs, Patience = TimeSpan.FromMinutes(3), ClockStartsAt = KillWorld.StartsAt,
        // The keys are the same on every node (contract.md §1).
        Settings = new Dictionary<string, string>([.. store.Settings, .. KillWorld.Settings, new("FieldSupport:KeyFolder", keys.FullName)]),
    };

    private static Task<int> Number(Store store, string sql) => store.Number("", sql);

    private sealed record Held(int Accounts, int Users, int Deliveries, int Events, int Notices, int Audit);

    private static async Task<Held> State(Store store) => new(
        await Number(store, """SELECT COUNT(*) FROM "Accounts" """), await Number(store, """SELECT COUNT(*) FROM "AspNetUsers" """), await Number(store, """SELECT COUNT(*) FROM "Deliveries" """),
        await Number(store, """SELECT COUNT(*) FROM "TrackingEvents" """), await Number(store, """SELECT COUNT(*) FROM "Notices" """), await Number(store, """SELECT COUNT(*) FROM "Audit" """));
}

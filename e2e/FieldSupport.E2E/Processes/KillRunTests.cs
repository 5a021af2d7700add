using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Exchange.Mail;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.E2E.Processes;

/// <summary>
/// A real server is killed again and again while carriers, people and files talk to it and its timetable runs; afterwards the database and the
/// mail folder are looked at from the outside. FIELDSUPPORT_KILLS says how often (default 3; the long run is 20), FIELDSUPPORT_SEED repeats the
/// choices of a run, though not its instants.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class KillRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory, OnEachStore]
    public async Task Killed_at_any_moment_it_loses_nothing_and_doubles_nothing(string database)
    {
        var kills = ProcessTests.Asked("FIELDSUPPORT_KILLS", 3);
        var seed = ProcessTests.Asked("FIELDSUPPORT_SEED", Random.Shared.Next(1_000_000));
        output.WriteLine($"{database}, {kills} kills, FIELDSUPPORT_SEED={seed}");
        var random = new Random(seed);
        var clock = new RunningClock(KillWorld.StartsAt);
        await using var store = await Store.Of(database);
        using var files = new TempFolder("kill");
        await using var application = await StartedApplication.StartAsync(new StartedApplicationOptions
        {
            Jobs = true, Clock = () => clock.Now, Settings = new Dictionary<string, string>([.. store.Settings, .. KillWorld.Settings]), Patience = Patience,
        });
        foreach (var (kind, text) in new[] { ("accounts", KillWorld.Accounts), ("visits", KillWorld.Visits), ("orders", KillWorld.Orders), ("shipments", KillWorld.Shipments) })
        {
            var (code, said, error) = await application.RunVerbAsync("import", kind, files.Write($"{kind}.csv", text), "--commit");
            Assert.True(code == 0, $"import {kind}: {said}{error}");
        }

        var (_, token, _) = await application.RunVerbAsync("tokens", "add", "logistics@demo.test", "--name", "kill run", "--json");
        var load = new KillLoad(application, clock, JsonDocument.Parse(token).RootElement.GetProperty("result").GetString()!, await Deliveries(application), files, seed);
        var senders = load.Begin();

        for (var kill = 1; kill <= kills; kill++)
        {
            // Mostly at work, sometimes on the way up.
            if (random.Next(5) > 0)
            {
                await application.AnswersAsync();
            }

            await Task.Delay(200 + random.Next(3000));
            await application.KillAsync();
            clock.Leap(KillWorld.Span / kills);
            application.Launch();
        }

        await application.AnswersAsync();
        await Task.Delay(1000);
        load.Enough();
        await Task.WhenAll(senders).WaitAsync(Patience);
        await Drained(application, store, clock);
        await application.StopAsync();

        Assert.Empty(load.Wrong);
        await EveryEventIsKeptOnce(application, store, load);
        await EveryChaseIsKeptOnce(application, store, load);
        await EveryFileIsInOnce(application, store, load);
        var mails = await EveryRungHasItsMail(application, store);
        var (audit, entries, broken) = await application.RunVerbAsync("audit", "verify", "--json");
        Assert.True(audit == 0, $"audit verify ended with {audit}: {entries}{broken}");
        var runs = (await store.Rows(application.DataFolder, """SELECT "Outcome", COUNT(*) FROM "JobRuns" GROUP BY "Outcome" """)).ToDictionary(r => (string)r[0], r => Convert.ToInt32(r[1]));
        Assert.DoesNotContain("RUNNING", runs.Keys);
        output.WriteLine($"{load.Webhooks.Count} events acknowledged, {load.Webhooks.Values.Count(w => w.Times > 1)} of them more than once; {load.Chases.Count} chases, {load.RefusedChases.Count} refused; "
            + $"{load.Scans.Count} scans and {load.LateOrders.Count} orders by file, {load.ImportsKilled} imports killed, {load.ImportsTriedAgain} tried again; {load.Cut} connections cut; "
            + $"{mails.Rungs} rungs, {mails.Mails} mails; runs {string.Join(", ", runs.Select(r => $"{r.Value} {r.Key}"))}; {entries.Trim()}");
    }

    private static async Task<string[]> Deliveries(StartedApplication application)
    {
        var (_, json, _) = await application.RunVerbAsync("deliveries", "--json");
        return [.. JsonDocument.Parse(json).RootElement.GetProperty("deliveries").EnumerateArray().Where(d => d.GetProperty("account").GetString()!.StartsWith("KILL-", StringComparison.Ordinal)
            && d.GetProperty("tracking").ValueKind == JsonValueKind.String).Select(d => d.GetProperty("number").GetString()!)];
    }

    /// <summary>Until nothing waits any more: no message to read, no delivery to look at, no mail to send.</summary>
    private static async Task Drained(StartedApplication application, Store store, RunningClock clock)
    {
        using var limit = new CancellationTokenSource(Patience);
        var due = store.Instant(clock.Now);
        while (true)
        {
            var waiting = await store.Number(application.DataFolder, """
                SELECT (SELECT COUNT(*) FROM "Messages" WHERE "State" = 'STORED') + (SELECT COUNT(*) FROM "Notices" WHERE "State" IN ('QUEUED', 'FAILED'))
                    + (SELECT COUNT(*) FROM "Deliveries" WHERE "IsOpen" AND "NextCheckAtUtc" <= @due)
                """, ("@due", due));
            if (waiting == 0)
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"{waiting} things still wait after {Patience.TotalMinutes} minutes. The application said:\n{application.Output}");
            await Task.Delay(500);
        }
    }

    private static async Task EveryEventIsKeptOnce(StartedApplication application, Store store, KillLoad load)
    {
        var bodies = await store.Rows(application.DataFolder, """SELECT "Body", "State" FROM "Messages" WHERE "Source" = 'webhook:easypost' """);
        var stored = bodies.GroupBy(r => Convert.ToHexStringLower(SHA256.HashData((byte[])r[0]))).ToDictionary(g => g.Key, g => g.Count());
        var logged = await store.Count(application.DataFolder, """SELECT "Text" FROM "TrackingEvents" WHERE "Text" LIKE 'scan %' """);
        Assert.NotEmpty(load.Webhooks);
        Once(load.Webhooks.Keys, name => stored.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(load.Webhooks[name].Body))), "stored");
        Once(load.Webhooks.Keys, name => logged.GetValueOrDefault(name), "in the log");
        Assert.All(bodies, r => Assert.Equal("PROCESSED", r[1]));
        // Nor is there anything that nobody said.
        Assert.Equal(load.Webhooks.Count, stored.Count);
        Assert.Equal(load.Webhooks.Count, logged.Count);
    }

    private static async Task EveryChaseIsKeptOnce(StartedApplication application, Store store, KillLoad load)
    {
        var notes = await store.Count(application.DataFolder, """SELECT "Note" FROM "Chases" WHERE "Note" LIKE 'Asked where it is, call %' """);
        Assert.NotEmpty(load.Chases);
        Once(load.Chases.Keys, note => notes.GetValueOrDefault(note), "noted");
        Assert.Equal(load.Chases.Count, notes.Count);
    }

    private static async Task EveryFileIsInOnce(StartedApplication application, Store store, KillLoad load)
    {
        var scans = await store.Count(application.DataFolder, """SELECT "City" FROM "TrackingEvents" WHERE "City" LIKE 'Dock %' """);
        Assert.NotEmpty(load.Scans);
        Once(load.Scans.Keys, name => scans.GetValueOrDefault(name), "in the log");
        Assert.Equal(load.Scans.Count, scans.Count);
        var parcels = await store.Count(application.DataFolder, """
            SELECT o."Po" FROM "Orders" o JOIN "OrderLines" l ON l."OrderId" = o."Id" JOIN "Shipments" s ON s."OrderId" = o."Id" JOIN "Deliveries" d ON d."ShipmentId" = s."Id" WHERE o."Po" LIKE 'PO-LATE-%'
            """);
        Once(load.LateOrders.Keys, po => parcels.GetValueOrDefault(po), "watched");
    }

    private static void Once(IEnumerable<string> acknowledged, Func<string, int> times, string what)
    {
        var wrong = acknowledged.Select(one => (One: one, Times: times(one))).Where(one => one.Times != 1).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} acknowledged ones are not {what} once, such as {string.Join(", ", wrong.Take(5).Select(w => $"'{w.One}' {w.Times} times"))}.");
    }

    /// <summary>Rungs of the ledger against notices, notices against the mail folder, both ways.</summary>
    private static async Task<(int Rungs, int Mails)> EveryRungHasItsMail(StartedApplication application, Store store)
    {
        var rungs = await store.Rows(application.DataFolder, """SELECT "WatchKey", "Rung" FROM "Rungs" WHERE "Outcome" = 'TOLD' """);
        var notices = await store.Rows(application.DataFolder, """SELECT "WatchKey", "Rung", "Recipient", "MessageId", "State", "DeliveryNumber", "Person", "BundleId", "Level" FROM "Notices" """);
        // Of the rung itself; who is told for want of an answer comes on top.
        var told = notices.Where(n => Convert.ToInt32(n[8], CultureInfo.InvariantCulture) == 0).Select(n => (Key: ((string)n[0], (string)n[1]), Recipient: (string)n[2])).Distinct().ToLookup(n => n.Key, n => n.Recipient);
        Assert.Equal(rungs.Count, rungs.Select(r => ((string)r[0], (string)r[1])).Distinct().Count());
        foreach (var rung in rungs)
        {
            Assert.Equal(RecipientsOf((string)rung[1]).Order(StringComparer.Ordinal), told[((string)rung[0], (string)rung[1])].Order(StringComparer.Ordinal));
        }

        Assert.Equal(rungs.Count, told.Count);
        // Sent, or overtaken by a later rung before it could go.
        Assert.All(notices, n => Assert.Contains((string)n[4], (string[])["SENT", "SKIPPED"]));
        Assert.All(notices, n => Assert.Contains((string)n[3], (string[])[MessageIds.Of((string)n[5], (string)n[1], (string)n[2]), MessageIds.Of((string)n[5], (string)n[1], $"{n[2]} {n[6]}")]));
        Assert.Equal(notices.Count, notices.Select(n => ((string)n[0], (string)n[1], (string)n[2], (string)n[6])).Distinct().Count());

        // A mail that was written again after a kill is the same file: one for each notice that went by itself and one for each bundle, each with the name and the Message-ID of its own.
        var mails = new Dictionary<string, string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(application.DataFolder, "mail")))
        {
            mails.Add($"<{(await MimeMessage.LoadAsync(path)).MessageId}>", Path.GetFileName(path));
        }

        Assert.Equal(notices.Where(n => (string)n[4] == "SENT").Select(n => n[7] as string ?? (string)n[3]).Distinct().Order(StringComparer.Ordinal), mails.Keys.Order(StringComparer.Ordinal));
        Assert.All(mails, m => Assert.Equal(FolderPost.FileNameOf(m.Key), m.Value));
        return (rungs.Count, mails.Count);
    }

    private static IEnumerable<string> RecipientsOf(string rung) => rung switch
    {
        RungName.Delivered => [LadderSlot.PracticeCoordinator, LadderSlot.Rep],
        RungName.AckOverdue => [LadderSlot.Manager],
        _ => ChaseLadder.RecipientsOf(Enum.GetValues<EscalationRung>().Single(r => RungName.Of(r) == rung)),
    };
}

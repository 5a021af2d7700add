using FieldSupport.Bench;
using FieldSupport.Testing;

namespace FieldSupport.Web.Tests;

/// <summary>The measurements run and count right, on a small database. How long anything takes is none of a test's business.</summary>
public sealed class BenchTests
{
    [Theory, OnBothDatabases]
    public async Task Every_measurement_runs_and_every_round_does_what_it_is_to_do(Database database)
    {
        using var folder = new TempFolder("bench");
        Environment.SetEnvironmentVariable(World.FolderVariable, folder.FullName);
        using var said = new StringWriter();
        // A round that finds, sweeps, stores or imports another number of rows than it should throws.
        // Pages are measured through processes of their own: once is enough here, and the statements behind them are tested on both.
        foreach (var verb in database == Database.Sqlite ? (string[])["all"] : ["due", "sweep", "webhook", "import"])
        {
            var code = await BenchRun.MainAsync([verb, "--size", "500", "--rounds", "1", "--provider", database == Database.Sqlite ? "sqlite" : "postgres"], said, said);
            Assert.True(code == 0, said.ToString());
        }
        foreach (var line in (string[])["find 50 due of 500 open", "sweep 50 due of 500 open", "each sweep: 50 evaluated", "webhook, requests a second", "webhook, slowest of a hundred", "import of 100 scans"])
            Assert.Contains(line, said.ToString(), StringComparison.Ordinal);
        if (database != Database.Sqlite) return;
        foreach (var line in (string[])["Today, logistics of 500, 16 connections", "list, representative of 500", "list by practice, last page to first", "list, logistics: with its counts to without", "shipment, logistics of 500", "list of 500, slowest of twenty, loaded to quiet"])
            Assert.Contains(line, said.ToString(), StringComparison.Ordinal);
        Assert.Contains("import, peak resident memory of the command: 100 rows to 10", said.ToString(), StringComparison.Ordinal);
    }
}

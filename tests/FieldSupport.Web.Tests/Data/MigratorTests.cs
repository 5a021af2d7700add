using FieldSupport.Vault;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Data;

public sealed class MigratorTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    [Theory, MemberData(nameof(Both))]
    public async Task No_change_of_the_model_waits_for_its_migration(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine, migrated: false);
        await using var db = one.Open();
        Assert.False(db.Database.HasPendingModelChanges(), "scripts/add-migration NameOfTheChange");
        Assert.False(one.Get<PatientVault>().HasPendingModelChanges(), "scripts/add-migration NameOfTheChange vault");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_second_start_changes_nothing(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine, migrated: false);
        var migrator = one.Get<Migrator>();
        Assert.True(await migrator.IsBehind());
        var applied = await migrator.MigrateAsync();
        Assert.Contains(applied, m => m.EndsWith("_Start", StringComparison.Ordinal) && !m.StartsWith("vault/", StringComparison.Ordinal));
        Assert.Contains(applied, m => m.StartsWith("vault/", StringComparison.Ordinal));

        Assert.Empty(await migrator.MigrateAsync());
        Assert.False(await migrator.IsBehind());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Nodes_that_start_together_on_an_empty_database_all_come_up(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine, migrated: false);
        var nodes = Enumerable.Range(0, 3).Select(_ => one.Node()).ToList();
        var applied = await Task.WhenAll(nodes.Select(n => Task.Run(() => n.GetRequiredService<Migrator>().MigrateAsync())));
        foreach (var node in nodes) await node.DisposeAsync();

        Assert.Single(applied, a => a.Count > 0);
        await using var db = one.Open();
        Assert.Equal(0, await db.Accounts.CountAsync());
    }

    [Fact]
    public async Task A_start_that_was_killed_in_the_middle_does_not_hold_up_the_next()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await one.Execute($"""DELETE FROM "vault_EFMigrationsHistory" """);
        await one.Execute($"""DROP TABLE "vault_VisitReferences" """);
        await one.Execute($"""DROP TABLE "vault_SafetyNarratives" """);
        await one.Execute($"""INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, '2027-01-31')""");

        Assert.NotEmpty(await one.Get<Migrator>().MigrateAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_postgres_database_that_is_not_there_yet_is_made()
    {
        await using var one = await OneDatabase.Create(Engine.Postgres, migrated: false);
        await (await FieldSupport.Testing.PostgresServer.SharedAsync()).DropDatabaseAsync(one.Settings.ConnectionString);

        Assert.NotEmpty(await one.Get<Migrator>().MigrateAsync());
    }
}

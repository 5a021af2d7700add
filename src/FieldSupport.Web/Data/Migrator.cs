using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data.Backups;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>Brings both schemas up, the main one and the vault's. Any number of processes may do it at once: one does, the others find it done.</summary>
public sealed class Migrator(Checked settings, Databases databases, PatientVault vault, Turns turns)
{
    private const string Turn = "migrate";

    /// <returns>Names of the migrations that were missing; none at a second start.</returns>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken stop = default)
    {
        await using var db = databases.Open(Scope.System, Actor.CommandLine);
        // A node waits for another's migration, however long that takes, within reason.
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(15));
        return settings.IsSqlite ? await OnSqlite(db, stop) : await OnPostgres(db, stop);
    }

    /// <summary>Whether the database lacks migrations of either schema; readiness asks.</summary>
    public async Task<bool> IsBehind(CancellationToken stop = default)
    {
        await using var db = databases.Open(Scope.None, Actor.Nobody);
        return (await db.Database.GetPendingMigrationsAsync(stop)).Any() || await vault.IsBehind(stop);
    }

    /// <summary>Whether there is a database with anything in it. Makes none.</summary>
    public async Task<bool> IsThere(CancellationToken stop = default)
    {
        await using var db = databases.Open(Scope.System, Actor.CommandLine);
        var creator = db.GetService<IRelationalDatabaseCreator>();
        return await creator.ExistsAsync(stop) && await creator.HasTablesAsync(stop);
    }

    /// <summary>Fails with the driver's exception where the database does not answer.</summary>
    public async Task Reach(CancellationToken stop = default)
    {
        await using var db = databases.Open(Scope.None, Actor.Nobody);
        try
        {
            await db.Database.OpenConnectionAsync(stop);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await RefuseHalfRestored(stop);
            throw;
        }
    }

    private async Task RefuseHalfRestored(CancellationToken stop)
    {
        if (await CutShortRestore.Words(settings, stop) is { } words) throw new Mediation.StartRefusedException(words);
    }

    private async Task<IReadOnlyList<string>> OnSqlite(FieldSupportDb db, CancellationToken stop)
    {
        // The system lets go of this file when the process ends, in whatever way it ends. The row that EF locks with stays behind after
        // a kill and would hold up every later start for ever: under our lock, one that is there is such a leftover.
        await using var turn = await turns.Take(Turn, stop);
        var isThere = await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(stop);
        if (!isThere) await RefuseHalfRestored(stop);
        if (isThere
            && await db.Database.SqlQuery<string>($"""SELECT "name" AS "Value" FROM "sqlite_master" WHERE "name" = '__EFMigrationsLock' """).AnyAsync(stop))
            await db.Database.ExecuteSqlAsync($"""DELETE FROM "__EFMigrationsLock" """, stop);
        return await Both(db, stop);
    }

    private async Task<IReadOnlyList<string>> OnPostgres(FieldSupportDb db, CancellationToken stop)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(stop))
        {
            await RefuseHalfRestored(stop);
            try
            {
                await creator.CreateAsync(stop);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another process made it in this moment.
            }
        }
        await using var turn = await turns.Take(Turn, stop);
        return await Both(db, stop);
    }

    private async Task<IReadOnlyList<string>> Both(FieldSupportDb db, CancellationToken stop)
    {
        var missing = (await db.Database.GetPendingMigrationsAsync(stop)).ToList();
        if (missing.Count > 0) await db.Database.MigrateAsync(stop);
        return [.. missing, .. (await vault.Migrate(stop)).Select(m => "vault/" + m)];
    }
}

using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>Brings both schemas up, the main one and the vault's. Any number of processes may do it at once: one does, the others find it done.</summary>
public sealed class Migrator(Checked settings, Databases databases, PatientVault vault)
{
    /// <summary>Any number, the same on every node, and not the audit's.</summary>
    private const long MigrationLock = 0x4653_4D49_4752_41;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

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

    private async Task<IReadOnlyList<string>> OnSqlite(FieldSupportDb db, CancellationToken stop)
    {
        // The system lets go of this file when the process ends, in whatever way it ends. The row that EF locks with stays behind after
        // a kill and would hold up every later start for ever: under our lock, one that is there is such a leftover.
        await using var file = await Alone(Path.Combine(settings.DataFolder, "migrate.lock"), stop);
        if (await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(stop)
            && await db.Database.SqlQuery<string>($"""SELECT "name" AS "Value" FROM "sqlite_master" WHERE "name" = '__EFMigrationsLock' """).AnyAsync(stop))
            await db.Database.ExecuteSqlAsync($"""DELETE FROM "__EFMigrationsLock" """, stop);
        return await Both(db, stop);
    }

    private async Task<IReadOnlyList<string>> OnPostgres(FieldSupportDb db, CancellationToken stop)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(stop))
        {
            try
            {
                await creator.CreateAsync(stop);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another process made it in this moment.
            }
        }
        // The lock lives as long as the connection, so that both schemas are done under it.
        await db.Database.OpenConnectionAsync(stop);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", stop);
        try
        {
            return await Both(db, stop);
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task<IReadOnlyList<string>> Both(FieldSupportDb db, CancellationToken stop)
    {
        var missing = (await db.Database.GetPendingMigrationsAsync(stop)).ToList();
        if (missing.Count > 0) await db.Database.MigrateAsync(stop);
        return [.. missing, .. (await vault.Migrate(stop)).Select(m => "vault/" + m)];
    }

    private static async Task<FileStream> Alone(string path, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, stop);
            }
        }
    }
}

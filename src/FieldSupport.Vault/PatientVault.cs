using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace FieldSupport.Vault;

/// <summary>The database that the vault's tables lie in: the same as everything else's.</summary>
/// <param name="Interceptors">Of connections: the settings that every connection needs.</param>
public sealed record VaultPlace(bool IsSqlite, string ConnectionString, IReadOnlyCollection<IInterceptor> Interceptors);

/// <summary>Everything that names or describes a patient (domain.md §7.2): where it lies, and the way to its one door.</summary>
public sealed class PatientVault(VaultPlace place, VaultKeys keys, IVaultAudit audit, TimeProvider clock)
{
    /// <summary>The door, on a connection of its own. The caller disposes it.</summary>
    public VaultDoor Open() => Door(Context(connection: null), beside: null);

    /// <summary>
    /// The door on somebody's connection: what is stored joins the transaction that is open there at that moment, so that a visit
    /// and its reference are stored together or not at all. The caller disposes it.
    /// </summary>
    public VaultDoor Beside(DbConnection connection, Func<DbTransaction?> transaction) => Door(Context(connection), transaction);

    /// <summary>Brings the vault's tables up.</summary>
    /// <returns>Names of the migrations that were missing.</returns>
    public Task<IReadOnlyList<string>> Migrate(CancellationToken stop = default) => Migrate(to: null, stop);

    /// <summary>Brings the vault's tables up to a migration and no further: a backup is laid out in the schema that it was made in.</summary>
    /// <param name="to">Null for the last.</param>
    public async Task<IReadOnlyList<string>> Migrate(string? to, CancellationToken stop = default)
    {
        await using var db = Context(connection: null);
        if (to is not null)
        {
            await db.GetService<IMigrator>().MigrateAsync(to, stop);
            return [];
        }
        var missing = (await db.Database.GetPendingMigrationsAsync(stop)).ToList();
        if (missing.Count > 0) await db.Database.MigrateAsync(stop);
        return missing;
    }

    /// <summary>Whether migrations are missing in the database.</summary>
    public async Task<bool> IsBehind(CancellationToken stop = default)
    {
        await using var db = Context(connection: null);
        return (await db.Database.GetPendingMigrationsAsync(stop)).Any();
    }

    /// <summary>Whether this program knows a migration; one that it does not know is a newer program's.</summary>
    public bool Knows(string migration)
    {
        using var db = Context(connection: null);
        return db.Database.GetMigrations().Contains(migration);
    }

    /// <summary>Whether the code has moved on from the migrations; asked by the tests.</summary>
    public bool HasPendingModelChanges()
    {
        using var db = Context(connection: null);
        return db.Database.HasPendingModelChanges();
    }

    private VaultDoor Door(VaultDb db, Func<DbTransaction?>? beside) => new(db, keys, audit, clock, beside);

    private VaultDb Context(DbConnection? connection) => place.IsSqlite
        ? new SqliteVaultDb(VaultDb.Sqlite((b, o) => With(connection is null ? b.UseSqlite(place.ConnectionString, o) : b.UseSqlite(connection, o))).Options)
        : new PostgresVaultDb(VaultDb.Postgres((b, o) => With(connection is null ? b.UseNpgsql(place.ConnectionString, o) : b.UseNpgsql(connection, o))).Options);

    private void With(DbContextOptionsBuilder b) => b.AddInterceptors(place.Interceptors);
}

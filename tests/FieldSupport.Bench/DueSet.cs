using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Bench;

/// <summary>Puts a world back to before a sweep: the due deliveries as they were, without what was written about them.</summary>
internal sealed class DueSet : IAsyncDisposable
{
    private readonly Web.Data.FieldSupportDb _db;
    private readonly DbConnection _connection;
    private readonly bool _isSqlite;
    private readonly string _restore;

    private DueSet(World world, Web.Data.FieldSupportDb db, DbConnection connection, string restore)
    {
        (_db, _connection, _restore) = (db, connection, restore);
        _isSqlite = world.IsSqlite;
    }

    public static async Task<DueSet> KeepAsync(World world)
    {
        var (db, connection) = await world.ConnectAsync();
        var now = world.IsSqlite ? ((World.Now.UtcTicks - DateTime.UnixEpoch.Ticks) / 10).ToString(System.Globalization.CultureInfo.InvariantCulture) : $"'{World.Now:yyyy-MM-dd HH:mm:ss}+00'";
        // A run that was broken off leaves its copy behind: it is the truth then.
        await BulkLoad.RunAsync(connection, $"""CREATE TABLE IF NOT EXISTS "BenchDue" AS SELECT * FROM "Deliveries" WHERE "IsOpen" AND "NextCheckAtUtc" <= {now}""");
        await BulkLoad.RunAsync(connection, """CREATE UNIQUE INDEX IF NOT EXISTS "BenchDue_Id" ON "BenchDue" ("Id")""");
        await BulkLoad.RunAsync(connection, """CREATE TABLE IF NOT EXISTS "BenchLog" ("DeliveryId" TEXT NOT NULL, "AtUtc" BIGINT NOT NULL, "What" TEXT NOT NULL)""");
        var columns = db.Model.FindEntityType(typeof(Domain.Chasing.Delivery))!.GetProperties().Where(p => !p.IsPrimaryKey()).Select(p => p.GetColumnName());
        var restore = $"""UPDATE "Deliveries" AS d SET {string.Join(", ", columns.Select(c => $"\"{c}\" = b.\"{c}\""))} FROM "BenchDue" AS b WHERE b."Id" = d."Id" """;
        var set = new DueSet(world, db, connection, restore);
        await set.RestoreAsync();
        return set;
    }

    public async Task RestoreAsync()
    {
        await using (var transaction = await _connection.BeginTransactionAsync())
        {
            await BulkLoad.RunAsync(_connection, """DELETE FROM "StallReasons" """);
            await BulkLoad.RunAsync(_connection, """DELETE FROM "Stalls" """);
            await BulkLoad.RunAsync(_connection, """DELETE FROM "Notices" WHERE "DeliveryId" IN (SELECT "Id" FROM "BenchDue")""");
            await BulkLoad.RunAsync(_connection, """DELETE FROM "Rungs" WHERE "DeliveryId" IN (SELECT "Id" FROM "BenchDue")""");
            await BulkLoad.RunAsync(_connection, """DELETE FROM "BenchLog" """);
            await BulkLoad.RunAsync(_connection, _restore);
            await transaction.CommitAsync();
        }

        await BulkLoad.RunAsync(_connection, _isSqlite ? "PRAGMA wal_checkpoint(TRUNCATE)" : """VACUUM "Deliveries" """);
    }

    public async ValueTask DisposeAsync()
    {
        await RestoreAsync();
        await _db.DisposeAsync();
    }
}

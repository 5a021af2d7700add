using System.Data.Common;
using FieldSupport.Web.Features.Chasing;

namespace FieldSupport.Bench;

/// <summary>
/// Finding what is due. Floor: one prepared statement over the same partial index on a connection that is open already. Ours: what a
/// sweep does to find a batch, from opening its context on.
/// </summary>
internal static class DueRun
{
    private const int Least = 10_000;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var due = Due(options.Size);
        await using var world = await World.MakeAsync(options.Provider, options.Size, due);
        await using var floor = await DueFloor.OpenAsync(world);
        await measurement.CompareAsync($"find {due} due of {options.Size} open, {options.Provider}", 3, floor.FindAsync, () => FindAsync(world));
        if (options.Size <= Least) return;

        await using var small = await World.MakeAsync(options.Provider, Least, due);
        await using var smallFloor = await DueFloor.OpenAsync(small);
        await measurement.SpreadAsync($"find {due} due: ours", 1.5, [(Least, () => FindAsync(small), null), (options.Size, () => FindAsync(world), null)]);
        await measurement.SpreadAsync($"find {due} due: floor", null, [(Least, smallFloor.FindAsync, null), (options.Size, floor.FindAsync, null)]);
    }

    /// <summary>A thousand, or a tenth of what is open where that is less.</summary>
    public static int Due(int size) => Math.Max(1, Math.Min(1_000, size / 10));

    public static async Task FindAsync(World world)
    {
        await using var db = world.Open();
        var found = await DueDeliveries.FindAsync(db, World.Now, null, world.Due, CancellationToken.None);
        if (found.Count != world.Due) throw new InvalidOperationException($"{found.Count} found, {world.Due} are due.");
    }
}

internal sealed class DueFloor(World world, Web.Data.FieldSupportDb db, DbCommand find) : IAsyncDisposable
{
    public static async Task<DueFloor> OpenAsync(World world)
    {
        var (db, connection) = await world.ConnectAsync();
        var find = connection.CreateCommand();
        find.CommandText = """SELECT "Id", "Number", "NextCheckAtUtc" FROM "Deliveries" WHERE "IsOpen" AND "NextCheckAtUtc" <= @now ORDER BY "NextCheckAtUtc" LIMIT @take""";
        Add(find, "@now", At(world, World.Now));
        Add(find, "@take", world.Due);
        await find.PrepareAsync();
        return new DueFloor(world, db, find);
    }

    public static object At(World world, DateTimeOffset at) => world.IsSqlite ? (at.UtcTicks - DateTime.UnixEpoch.Ticks) / 10 : at;

    public static DbParameter Add(DbCommand command, string name, object? value = null)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }

    public async Task FindAsync()
    {
        var found = new List<(object Id, string Number)>(world.Due);
        await using var reader = await find.ExecuteReaderAsync();
        while (await reader.ReadAsync()) found.Add((reader.GetValue(0), reader.GetString(1)));
        if (found.Count != world.Due) throw new InvalidOperationException($"{found.Count} found, {world.Due} are due.");
    }

    public async ValueTask DisposeAsync()
    {
        await find.DisposeAsync();
        await db.DisposeAsync();
    }
}

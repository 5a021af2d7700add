using System.Data.Common;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FieldSupport.Bench;

/// <summary>
/// A whole durable sweep of what is due. Floor: find them, log one row and put off the next look of each, in one commit on a connection
/// that is open already; prepared statements (SQLite), or all of them in one round trip (PostgreSQL). Ours: the sweep as the job runs
/// it: read every fact, assess, open or climb, ledger, mails, audit, next look.
/// </summary>
internal static class SweepRun
{
    private const int Least = 10_000;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var due = DueRun.Due(options.Size);
        await using var world = await World.MakeAsync(options.Provider, options.Size, due);
        await using var kept = await DueSet.KeepAsync(world);
        await using var floor = await SweepFloor.OpenAsync(world);
        await measurement.CompareAsync($"sweep {due} due of {options.Size} open, {options.Provider}", 8, floor.SweepAsync, () => SweepAsync(world), kept.RestoreAsync);
        await kept.RestoreAsync();
        measurement.Note(Summary(await SweepAsync(world)));
        await kept.RestoreAsync();
        if (options.Size <= Least) return;

        await using var small = await World.MakeAsync(options.Provider, Least, due);
        await using var smallKept = await DueSet.KeepAsync(small);
        await using var smallFloor = await SweepFloor.OpenAsync(small);
        await measurement.SpreadAsync($"sweep {due} due: ours", 1.5, [(Least, () => SweepAsync(small), smallKept.RestoreAsync), (options.Size, () => SweepAsync(world), kept.RestoreAsync)]);
        await measurement.SpreadAsync($"sweep {due} due: floor", null, [(Least, smallFloor.SweepAsync, smallKept.RestoreAsync), (options.Size, floor.SweepAsync, kept.RestoreAsync)]);
    }

    public static async Task StatementsAsync(BenchOptions options, Measurement measurement)
    {
        await using var world = await World.MakeAsync(options.Provider, options.Size, DueRun.Due(options.Size));
        await using var kept = await DueSet.KeepAsync(world);
        for (var i = 0; i < options.Rounds; i++)
        {
            await kept.RestoreAsync();
            StatementTimes.Shared.Begin();
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            await SweepAsync(world);
            if (i == options.Rounds - 1) measurement.Note(FormattableString.Invariant($"cpu of the whole {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:0.0} ms, collections {GC.CollectionCount(0)}"));
            var whole = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            var isLast = i == options.Rounds - 1;
            if (isLast) StatementTimes.Shared.End(whole).ForEach(measurement.Note);
            await kept.RestoreAsync();
            await PartsAsync(world, isLast ? measurement : null);
        }
    }

    /// <summary>The parts that can be had one by one, nothing written.</summary>
    private static async Task PartsAsync(World world, Measurement? measurement)
    {
        await using var db = world.Open();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        void Lap(string what)
        {
            measurement?.Note(FormattableString.Invariant($"{watch.Elapsed.TotalMilliseconds,9:0.00} ms, cpu {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:0.0} ms {what}"));
            watch.Restart();
            cpu = Environment.CpuUsage.TotalTime;
        }

        var found = await DueDeliveries.FindAsync(db, World.Now, null, world.Due, CancellationToken.None);
        Lap("find");
        var ids = found.ConvertAll(d => d.Id);
        var rows = await db.Deliveries.Where(d => ids.Contains(d.Id)).ToListAsync();
        Lap("rows");
        var watched = await world.Services.GetRequiredService<DeliveryFactsReader>().Read(db, rows, World.Now, CancellationToken.None);
        Lap("facts");
        var calendars = world.Services.GetRequiredService<RiskCalendars>();
        var assessed = watched.Select(w => (w.Facts, Answer: DeliveryRisk.Assess(w.Facts, calendars, World.Now))).ToList();
        Lap("assess");
        var none = new HashSet<string>();
        foreach (var (facts, answer) in assessed) ChaseLadder.Climb(facts, answer, none, World.Now);
        Lap("climb");
    }

    public static async Task<SweepReport> SweepAsync(World world)
    {
        var report = await world.Services.GetRequiredService<Sweep>().Run(new SweepRequest(OnlyDue: true), CancellationToken.None);
        if (report.Evaluated != world.Due || report.Failures.Count > 0)
            throw new InvalidOperationException($"{report.Evaluated} of {world.Due} evaluated, {report.Failures.Count} failed: {(report.Failures is [var first, ..] ? first.Error : "none")}");
        return report;
    }

    private static string Summary(SweepReport report) =>
        $"each sweep: {report.Evaluated} evaluated, {report.Opened} records opened, {report.Escalated} rungs with a task told, {report.Notices} mails queued";
}

internal sealed class SweepFloor : IAsyncDisposable
{
    private readonly World _world;
    private readonly Web.Data.FieldSupportDb _db;
    private readonly DbConnection _connection;
    private readonly DbCommand _find, _log, _putOff;
    private readonly object _now, _next, _stamp = 0L;

    private SweepFloor(World world, Web.Data.FieldSupportDb db, DbConnection connection)
    {
        (_world, _db, _connection) = (world, db, connection);
        (_now, _next) = (DueFloor.At(world, World.Now), DueFloor.At(world, World.Now.AddHours(4)));
        _find = Command("""SELECT "Id" FROM "Deliveries" WHERE "IsOpen" AND "NextCheckAtUtc" <= @now ORDER BY "NextCheckAtUtc" LIMIT @take""", ("@now", _now), ("@take", world.Due));
        _log = Command(Log, ("@id", null), ("@at", null));
        _putOff = Command(PutOff, ("@next", null), ("@id", null));
    }

    private const string Log = """INSERT INTO "BenchLog" ("DeliveryId", "AtUtc", "What") VALUES (@id, @at, 'looked')""";
    private const string PutOff = """UPDATE "Deliveries" SET "NextCheckAtUtc" = @next WHERE "Id" = @id""";

    public static async Task<SweepFloor> OpenAsync(World world)
    {
        var (db, connection) = await world.ConnectAsync();
        return new SweepFloor(world, db, connection);
    }

    public async Task SweepAsync()
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        _find.Transaction = _log.Transaction = _putOff.Transaction = transaction;
        var ids = new List<object>(_world.Due);
        await using (var reader = await _find.ExecuteReaderAsync())
            while (await reader.ReadAsync()) ids.Add(reader.GetValue(0));
        if (ids.Count != _world.Due) throw new InvalidOperationException($"{ids.Count} found, {_world.Due} are due.");

        if (_connection is NpgsqlConnection postgres) await InOneRoundTripAsync(postgres, (NpgsqlTransaction)transaction, ids);
        else
        {
            foreach (var id in ids)
            {
                (_log.Parameters[0].Value, _log.Parameters[1].Value) = (id, 0L);
                _log.ExecuteNonQuery();
                (_putOff.Parameters[0].Value, _putOff.Parameters[1].Value) = (_next, id);
                _putOff.ExecuteNonQuery();
            }
        }

        await transaction.CommitAsync();
    }

    private async Task InOneRoundTripAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<object> ids)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var id in ids)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Log) { Parameters = { new("@id", id.ToString()), new("@at", _stamp) } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(PutOff) { Parameters = { new("@next", _next), new("@id", id) } });
        }

        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    private DbCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) DueFloor.Add(command, name, value);
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await _find.DisposeAsync();
        await _log.DisposeAsync();
        await _putOff.DisposeAsync();
        await _db.DisposeAsync();
    }
}

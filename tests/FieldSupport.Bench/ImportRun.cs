using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Bench;

/// <summary>
/// A CSV of scans, ten of each parcel and the parcels in turn, from its bytes to the committed rows. Floor: the same rows, ready in memory, into
/// the same table by one prepared statement, in one commit. Ours: the import as the command runs it: read, match, log, digest of each
/// parcel, orders moved, audit, deliveries woken, the file kept verbatim. Each round begins on a fresh copy of the database.
/// </summary>
internal static class ImportRun
{
    private const int OfEach = 10, Least = 10_000, Growing = 20_000;

    public static async Task MeasureAsync(BenchOptions options, Measurement measurement)
    {
        var rows = Math.Clamp(options.Size / 5, OfEach * 10, 200_000);
        rows -= rows % (OfEach * 10);
        await using var world = await World.MakeAsync(options.Provider, rows / OfEach * 2, rows / OfEach / 10);
        var file = await FileAsync(world, rows, 0);
        World? copy = null;
        async Task FreshAsync()
        {
            if (copy is not null) await copy.DisposeAsync();
            copy = await world.CopyAsync();
        }

        // What the product makes of the file is what the floor inserts.
        await FreshAsync();
        await ImportAsync(copy!, file, rows);
        await using (var floor = await ImportFloor.TakeAsync(copy!, rows))
            await measurement.CompareAsync(Text($"import of {rows} scans, {options.Provider}"), 5, () => floor.InsertAsync(copy!), () => ImportAsync(copy!, file, rows), FreshAsync, atMost: 5);
        if (options.Provider == DatabaseProvider.Sqlite) await MemoryAsync(world, rows, Math.Min(3, options.Rounds), measurement);
        if (copy is not null) await copy.DisposeAsync();
        if (options.Size <= Least) return;

        await using var smallWorld = await World.MakeAsync(options.Provider, Least, DueRun.Due(Least));
        await using var largeWorld = await World.MakeAsync(options.Provider, options.Size, DueRun.Due(options.Size));
        await using var large = await largeWorld.CopyAsync();
        World? small = null;
        var turn = 0;
        byte[] next = [];
        // Over the large one each round brings scans of other parcels: it grows by less than a hundredth meanwhile.
        await measurement.SpreadAsync(Text($"import of {Least} scans, by scans stored: ours"), null,
        [
            (Least, () => ImportAsync(small!, next, Least), async () =>
            {
                if (small is not null) await small.DisposeAsync();
                small = await smallWorld.CopyAsync();
                next = await FileAsync(small, Least, 0);
            }),
            (options.Size, () => ImportAsync(large, next, Least), async () => next = await FileAsync(large, Least, ++turn)),
        ], atMost: 5);
        if (small is not null) await small.DisposeAsync();
    }

    /// <summary>The most memory that the command ever had, as the system counts it, for a tenth of the rows and for all.</summary>
    private static async Task MemoryAsync(World world, int rows, int rounds, Measurement measurement)
    {
        var (few, all) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            few.Add(await PeakAsync(world, rows / 10));
            all.Add(await PeakAsync(world, rows));
        }

        var ratio = Measurement.Median(all) / Measurement.Median(few);
        measurement.Judge(Text($"import, peak resident memory of the command: {rows} rows to {rows / 10}"), Text($"{Measurement.Median(few):0} MB"), Text($"{Measurement.Median(all):0} MB"), ratio, "≤ 1.2", ratio <= 1.2);
    }

    private static async Task<double> PeakAsync(World from, int rows)
    {
        await using var world = await from.CopyAsync();
        var file = Path.Combine(world.Folder, "scans.csv");
        await File.WriteAllBytesAsync(file, await FileAsync(world, rows, 0));
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Built("src", "FieldSupport.Web"), "import", "tracking", file, "--commit", "--as-of", World.Now.ToString("O", CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = world.Folder,
        };
        foreach (var (key, value) in ServerProcess.Environment(world, jobs: false)) start.Environment[key] = value;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["FieldSupport__Demo"] = "false";
        using var process = Process.Start(start)!;
        var said = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            try
            {
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // Just ended.
            }

            await Task.Delay(10);
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"The import ended with {process.ExitCode}: {await said.Item1}{await said.Item2}");
        return peak / 1024d / 1024d;
    }

    private static async Task ImportAsync(World world, byte[] file, int rows)
    {
        await using var db = world.Open();
        var import = new ImportTracking(world.Services.GetRequiredService<TimeProvider>(), world.Services.GetRequiredService<RiskCalendars>());
        var report = await import.Run(db, new MemoryStream(file), new ImportOptions(Commit: true, SkipBad: false, "scans.csv"), CancellationToken.None);
        if (!report.Committed || report.Accepted != rows) throw new InvalidOperationException($"{report.Accepted} of {rows} rows were new, {report.Rejected} refused: {(report.Errors is [var first, ..] ? first.Message : "")}");
    }

    /// <summary>Scans of parcels that are under way; one parcel in ten is delivered in the end.</summary>
    private static async Task<byte[]> FileAsync(World world, int rows, int turn)
    {
        await using var db = world.Open();
        var count = rows / OfEach;
        var parcels = await db.Shipments.AsNoTracking().Where(s => s.LabelAtUtc > World.Now.AddDays(-2)).OrderBy(s => s.Number).Skip(turn * count).Take(count)
            .Select(s => new { s.Carrier, s.Tracking, s.LabelAtUtc }).ToListAsync();
        if (parcels.Count < count) throw new InvalidOperationException($"{parcels.Count} parcels are under way, {count} are wanted.");
        var text = new StringBuilder("carrier,tracking,eventAt,code,city,state,zip,signedBy\n");
        for (var scan = 0; scan < OfEach; scan++)
            for (var i = 0; i < count; i++)
            {
                var isLast = scan == OfEach - 1 && i % 10 == 0;
                var at = parcels[i].LabelAtUtc.AddMinutes(245 + (90 * scan) + (i % 30));
                text.Append(CultureInfo.InvariantCulture, $"{parcels[i].Carrier},{parcels[i].Tracking},{at:yyyy-MM-dd'T'HH:mm:ss'Z'},{(isLast ? "DELIVERED" : "IN_TRANSIT")},{(scan % 2 == 0 ? "Memphis" : "Nashville")},TN,38116,{(isLast ? "RECEIVING" : "")}\n");
            }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>The rows of an import, ready to be bound.</summary>
internal sealed class ImportFloor(string insert, object[][] rows) : IAsyncDisposable
{
    public static async Task<ImportFloor> TakeAsync(World imported, int count)
    {
        var (db, connection) = await imported.ConnectAsync();
        await using (db)
        {
            var columns = db.Model.FindEntityType(typeof(TrackingEvent))!.GetProperties().Select(p => p.GetColumnName()).ToList();
            await using var command = connection.CreateCommand();
            command.CommandText = $"""SELECT {string.Join(", ", columns.Select(c => $"\"{c}\""))} FROM "TrackingEvents" WHERE "MessageId" IS NOT NULL ORDER BY "Arrival" """;
            var rows = new List<object[]>(count);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var row = new object[columns.Count];
                reader.GetValues(row);
                // The message is none of this table's business here.
                row[columns.IndexOf("MessageId")] = DBNull.Value;
                rows.Add(row);
            }

            if (rows.Count != count) throw new InvalidOperationException($"{rows.Count} rows of {count} were imported.");
            return new ImportFloor($"""INSERT INTO "TrackingEvents" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) VALUES """, [.. rows]);
        }
    }

    public async Task InsertAsync(World world)
    {
        var (db, connection) = await world.ConnectAsync();
        await using (db)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            // SQLite knows no network: a row a step. PostgreSQL: a hundred rows a statement, a thousand a round trip, as the product's batch.
            if (world.IsSqlite) InsertOneByOne(connection, transaction);
            else await InsertManyAsync(connection, transaction);
            await transaction.CommitAsync();
        }
    }

    private void InsertOneByOne(DbConnection connection, DbTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = insert + $"({string.Join(", ", rows[0].Select((_, i) => "@p" + i))})";
        for (var i = 0; i < rows[0].Length; i++) DueFloor.Add(command, "@p" + i, DBNull.Value);
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++) command.Parameters[i].Value = row[i];
            command.ExecuteNonQuery();
        }
    }

    private async Task InsertManyAsync(DbConnection connection, DbTransaction transaction)
    {
        foreach (var some in rows.Chunk(100))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = insert + string.Join(", ", some.Select((row, r) => $"({string.Join(", ", row.Select((_, i) => $"@p{r}_{i}"))})"));
            for (var r = 0; r < some.Length; r++)
                for (var i = 0; i < some[r].Length; i++) DueFloor.Add(command, $"@p{r}_{i}", some[r][i]);
            await command.ExecuteNonQueryAsync();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

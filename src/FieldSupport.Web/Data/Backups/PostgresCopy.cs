using System.IO.Compression;
using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace FieldSupport.Web.Data.Backups;

/// <summary>
/// Every table of ours by COPY, within one snapshot; made again in a database of its own, which takes the other's name at the end. The tables
/// of Quartz stay out: the timetable is code, and what was running then is not running now.
/// </summary>
internal sealed class PostgresCopy(Checked settings) : IDatabaseCopy
{
    private const string Replaced = "_replaced_";
    private const string Tables = """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname IN (current_schema(), 'vault') AND c.relname NOT LIKE 'qrtz\_%' AND c.relname <> '__EFMigrationsHistory'
        ORDER BY n.nspname, c.relname
        """;

    public async Task<Copied> Take(ZipArchive into, string scratch, Action<string> progress, CancellationToken stop)
    {
        await using var db = await Connect(settings.ConnectionString, stop);
        await using var transaction = await db.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        await Run(db, "SET TRANSACTION READ ONLY", stop);
        var tables = new List<BackupTable>();
        foreach (var (schema, name) in await Pairs(db, Tables, stop))
        {
            progress($"copying {name}");
            var columns = await Texts(db, "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER' ORDER BY ordinal_position", stop, schema, name);
            var rows = (long)(await Scalar(db, $"SELECT COUNT(*) FROM {Of(schema, name)}", stop))!;
            tables.Add(new(schema == "vault" ? schema : "", name, columns, rows));
            await using var entry = await into.CreateEntry(EntryOf(tables[^1]), CompressionLevel.Fastest).OpenAsync(stop);
            await using var copy = await db.BeginRawBinaryCopyAsync($"COPY {Of(schema, name)} ({List(columns)}) TO STDOUT (FORMAT BINARY)", stop);
            await copy.CopyToAsync(entry, 1 << 20, stop);
        }
        var last = await Texts(db, "SELECT \"Sequence\" || ' ' || \"Hash\" FROM \"Audit\" ORDER BY \"Sequence\" DESC LIMIT 1", stop) is [var text] ? text.Split(' ') : ["0", ""];
        return new(tables, await Last(db, "\"__EFMigrationsHistory\"", stop), await Last(db, "vault.\"__EFMigrationsHistory\"", stop), long.Parse(last[0], System.Globalization.CultureInfo.InvariantCulture), last[1]);
    }

    public Checked Beside(string word) => settings with
    {
        DataFolder = Path.Combine(settings.DataFolder, $".{word}"),
        ConnectionString = Named(settings.ConnectionString, $"{Database}_{word}", pooling: false),
    };

    public async Task Lay(BackupReader from, Checked at, Action<string> progress, CancellationToken stop)
    {
        Directory.CreateDirectory(at.DataFolder);
        await Administer($"CREATE DATABASE {Quoted(new NpgsqlConnectionStringBuilder(at.ConnectionString).Database!)} TEMPLATE template0 ENCODING 'UTF8'", stop);
        await using (var place = RestoredPlace.At(at))
        {
            await using var context = place.Get<Databases>().Open(Scope.System, Actor.CommandLine);
            context.Database.SetCommandTimeout(TimeSpan.FromMinutes(15));
            await context.GetService<IMigrator>().MigrateAsync(from.Manifest.MainMigration, stop);
            await place.BringVaultTo(from.Manifest.VaultMigration, stop);
        }

        await using var db = await Connect(at.ConnectionString, stop);
        await using var transaction = await db.BeginTransactionAsync(stop);
        var schema = (string)(await Scalar(db, "SELECT current_schema()", stop))!;
        foreach (var table in await InOrder(db, from.Manifest.Tables, stop))
        {
            progress($"filling {table.Name}");
            await using var entry = await from.Read(EntryOf(table), stop);
            await using (var copy = await db.BeginRawBinaryCopyAsync($"COPY {Of(table.Schema.Length > 0 ? table.Schema : schema, table.Name)} ({List(table.Columns)}) FROM STDIN (FORMAT BINARY)", stop))
                await entry.CopyToAsync(copy, 1 << 20, stop);
        }
        // Rows came in with their numbers; the sequences go on behind them.
        foreach (var (table, column) in await Pairs(db, """
            SELECT format('%I.%I', n.nspname, c.relname), a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname IN (current_schema(), 'vault') AND pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) IS NOT NULL
            """, stop))
            await Run(db, $"SELECT setval(pg_get_serial_sequence('{table.Replace("'", "''", StringComparison.Ordinal)}', '{column}'), (SELECT COALESCE(MAX({Quoted(column)}), 0) + 1 FROM {table}), false)", stop);
        await transaction.CommitAsync(stop);
        progress("counting");
        await Run(db, "ANALYZE", stop);
    }

    public async Task<IReadOnlyList<string>> Problems(Checked at, BackupManifest manifest, CancellationToken stop)
    {
        // References were checked by the server as the rows came in.
        await using var db = await Connect(at.ConnectionString, stop);
        var found = new List<string>();
        foreach (var table in manifest.Tables)
            if ((long)(await Scalar(db, $"SELECT COUNT(*) FROM {(table.Schema.Length > 0 ? table.Schema + "." : "")}{Quoted(table.Name)}", stop))! is var rows && rows != table.Rows)
                found.Add($"{table.Name} has {rows} rows, not {table.Rows}.");
        return found;
    }

    public async Task<bool> HoldsAnything(CancellationToken stop)
    {
        if (!await IsThere(stop)) return false;
        await using var db = await Connect(settings.ConnectionString, stop);
        foreach (var name in new[] { "Audit", "AspNetUsers", "Accounts" })
            if (await Scalar(db, $"SELECT to_regclass('\"{name}\"')::text", stop) is string && (bool)(await Scalar(db, $"SELECT EXISTS (SELECT 1 FROM \"{name}\")", stop))!) return true;
        return false;
    }

    public async Task<string?> SetAside(DateTimeOffset now, CancellationToken stop)
    {
        NpgsqlConnection.ClearAllPools();
        if (!await IsThere(stop)) return null;
        var aside = $"{Database}{Replaced}{now:yyyyMMdd_HHmmss}";
        await Rename(Database, aside, stop);
        return $"the database {aside}";
    }

    public Task MoveIn(Checked laid, CancellationToken stop) => Rename(new NpgsqlConnectionStringBuilder(laid.ConnectionString).Database!, Database, stop);

    public async Task Drop(Checked laid)
    {
        if (Directory.Exists(laid.DataFolder)) Directory.Delete(laid.DataFolder, recursive: true);
        await Administer($"DROP DATABASE IF EXISTS {Quoted(new NpgsqlConnectionStringBuilder(laid.ConnectionString).Database!)}", CancellationToken.None);
    }

    public async Task<IReadOnlyList<Checked>> Leftovers(CancellationToken stop) =>
        [.. (await DatabasesOf($"{Database}_{RestoreBackup.Word}", stop)).Select(d => d[(Database.Length + 1)..]).Where(RestoreBackup.IsOurs).Select(Beside)];

    public async Task<IReadOnlyList<string>> Asides(CancellationToken stop) => [.. (await DatabasesOf(Database + Replaced, stop)).Select(d => $"the database {d}")];

    /// <summary>Databases whose names begin so.</summary>
    private async Task<List<string>> DatabasesOf(string beginning, CancellationToken stop)
    {
        await using var db = await Connect(Named(settings.ConnectionString, "postgres", pooling: false), stop);
        return await Texts(db, "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname", stop, beginning);
    }

    private string Database => new NpgsqlConnectionStringBuilder(settings.ConnectionString) is var b && b.Database is { Length: > 0 } name ? name : b.Username!;

    private async Task<bool> IsThere(CancellationToken stop)
    {
        await using var db = await Connect(Named(settings.ConnectionString, "postgres", pooling: false), stop);
        return await Texts(db, "SELECT datname FROM pg_database WHERE datname = $1", stop, Database) is [_];
    }

    private async Task Rename(string from, string to, CancellationToken stop)
    {
        try
        {
            await Administer($"ALTER DATABASE {Quoted(from)} RENAME TO {Quoted(to)}", stop);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw new VerbFailedException($"The database {DatabasePlace.Of(settings)} is in use; nothing was changed. Stop every server, then restore.");
        }
    }

    private async Task Administer(string sql, CancellationToken stop)
    {
        try
        {
            await using var db = await Connect(Named(settings.ConnectionString, "postgres", pooling: false), stop);
            await Run(db, sql, stop);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new VerbFailedException($"A restore makes a database beside the old one, and PostgreSQL does not let this user: {e.MessageText}. Let its role make databases (ALTER ROLE … CREATEDB) and own {Database}; then try again.");
        }
    }

    /// <summary>What is referred to before what refers to it.</summary>
    private static async Task<IReadOnlyList<BackupTable>> InOrder(NpgsqlConnection db, IReadOnlyList<BackupTable> tables, CancellationToken stop)
    {
        var refers = (await Pairs(db, "SELECT r.relname, t.relname FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid WHERE k.contype = 'f' AND r.oid <> t.oid", stop)).ToLookup(p => p.Item1, p => p.Item2);
        var sorted = new List<BackupTable>();
        var seen = new HashSet<string>();
        void Take(BackupTable table)
        {
            if (!seen.Add(table.Schema + "." + table.Name)) return;
            foreach (var before in tables.Where(t => t.Schema == table.Schema && refers[table.Name].Contains(t.Name))) Take(before);
            sorted.Add(table);
        }
        foreach (var table in tables) Take(table);
        return sorted;
    }

    private static string EntryOf(BackupTable table) => $"tables/{(table.Schema.Length > 0 ? table.Schema + "/" : "")}{table.Name}";
    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    private static string Of(string schema, string name) => $"{Quoted(schema)}.{Quoted(name)}";
    private static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(Quoted));

    private static string Named(string connection, string database, bool pooling) => new NpgsqlConnectionStringBuilder(connection) { Database = database, Pooling = pooling }.ConnectionString;

    private static async Task<NpgsqlConnection> Connect(string connection, CancellationToken stop)
    {
        var db = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await db.OpenAsync(stop);
        return db;
    }

    private static async Task<string> Last(NpgsqlConnection db, string history, CancellationToken stop) =>
        await Texts(db, $"SELECT \"MigrationId\" FROM {history} ORDER BY \"MigrationId\" DESC LIMIT 1", stop) is [var last] ? last : "";

    private static async Task Run(NpgsqlConnection db, string sql, CancellationToken stop) => await Scalar(db, sql, stop);

    private static async Task<object?> Scalar(NpgsqlConnection db, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, db);
        return await command.ExecuteScalarAsync(stop);
    }

    private static async Task<List<string>> Texts(NpgsqlConnection db, string sql, CancellationToken stop, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, db);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var texts = new List<string>();
        while (await reader.ReadAsync(stop)) texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task<List<(string, string)>> Pairs(NpgsqlConnection db, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, db);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var pairs = new List<(string, string)>();
        while (await reader.ReadAsync(stop)) pairs.Add((reader.GetString(0), reader.GetString(1)));
        return pairs;
    }
}

using System.IO.Compression;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using Microsoft.Data.Sqlite;

namespace FieldSupport.Web.Data.Backups;

/// <summary>The file, by SQLite's own online backup: one step under one read transaction, which no writer waits for.</summary>
internal sealed class SqliteCopy(Checked settings) : IDatabaseCopy
{
    private const string Entry = "database.sqlite", Replaced = ".replaced-";
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    private string Path => System.IO.Path.GetFullPath(new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource);

    public async Task<Copied> Take(ZipArchive into, string scratch, Action<string> progress, CancellationToken stop)
    {
        Delete(scratch);
        try
        {
            progress("copying the database");
            // SQLite would make it for everybody to read.
            await using (new FileStream(scratch, OwnersAlone)) { }
            await using (var source = new SqliteConnection(settings.ConnectionString))
            await using (var copy = Connection(scratch))
            {
                await source.OpenAsync(stop);
                await copy.OpenAsync(stop);
                await Task.Run(() => source.BackupDatabase(copy), stop);
            }
            Copied copied;
            await using (var copy = Connection(scratch))
            {
                await copy.OpenAsync(stop);
                // A file that stands by itself.
                await Run(copy, "PRAGMA journal_mode=DELETE");
                var tables = new List<BackupTable>();
                foreach (var name in await Texts(copy, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
                    tables.Add(new("", name, [], (long)(await Scalar(copy, $"SELECT COUNT(*) FROM \"{name}\""))!));
                var last = await Texts(copy, "SELECT \"Sequence\" || ' ' || \"Hash\" FROM \"Audit\" ORDER BY \"Sequence\" DESC LIMIT 1") is [var text] ? text.Split(' ') : ["0", ""];
                copied = new(tables, await Last(copy, "__EFMigrationsHistory"), await Last(copy, "vault_EFMigrationsHistory"), long.Parse(last[0], System.Globalization.CultureInfo.InvariantCulture), last[1]);
            }
            progress("packing the database");
            await using var entry = await into.CreateEntry(Entry, CompressionLevel.Fastest).OpenAsync(stop);
            await using var file = new FileStream(scratch, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            await file.CopyToAsync(entry, 1 << 20, stop);
            return copied;
        }
        finally
        {
            Delete(scratch);
        }
    }

    public Checked Beside(string word)
    {
        // In the same folder: only there a move is one step.
        var folder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".{word}");
        return settings with { DataFolder = folder, ConnectionString = new SqliteConnectionStringBuilder(settings.ConnectionString) { DataSource = System.IO.Path.Combine(folder, "database.sqlite"), Pooling = false }.ConnectionString };
    }

    public async Task Lay(BackupReader from, Checked at, Action<string> progress, CancellationToken stop)
    {
        progress("unpacking the database");
        Directory.CreateDirectory(at.DataFolder);
        await using var entry = await from.Read(Entry, stop);
        await using var file = new FileStream(FileOf(at), OwnersAlone);
        await entry.CopyToAsync(file, 1 << 20, stop);
        file.Flush(flushToDisk: true);
    }

    public async Task<IReadOnlyList<string>> Problems(Checked at, BackupManifest manifest, CancellationToken stop)
    {
        await using var db = new SqliteConnection(at.ConnectionString);
        await db.OpenAsync(stop);
        var found = (await Texts(db, "PRAGMA integrity_check(20)")).Where(t => t != "ok").Select(t => $"The database file: {t}").ToList();
        var orphans = (await Texts(db, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1000")).CountBy(t => t);
        found.AddRange(orphans.Select(o => $"{o.Value} rows of {o.Key} refer to rows that are not there."));
        foreach (var table in manifest.Tables)
            if ((long)(await Scalar(db, $"SELECT COUNT(*) FROM \"{table.Name}\""))! is var rows && rows != table.Rows)
                found.Add($"{table.Name} has {rows} rows, not {table.Rows}.");
        return found;
    }

    public async Task<bool> HoldsAnything(CancellationToken stop)
    {
        if (!File.Exists(Path) || new FileInfo(Path).Length == 0) return false;
        try
        {
            await using var db = new SqliteConnection(settings.ConnectionString);
            await db.OpenAsync(stop);
            foreach (var name in new[] { "Audit", "AspNetUsers", "Accounts" })
                if ((long)(await Scalar(db, $"SELECT COUNT(*) FROM sqlite_master WHERE name = '{name}'"))! > 0 && (long)(await Scalar(db, $"SELECT EXISTS (SELECT 1 FROM \"{name}\")"))! > 0) return true;
            return false;
        }
        catch (SqliteException e) when (IsDamaged(e))
        {
            // Whatever it held, somebody may want to look at it.
            return true;
        }
    }

    public async Task<string?> SetAside(DateTimeOffset now, CancellationToken stop)
    {
        SqliteConnection.ClearAllPools();
        if (!File.Exists(Path)) return null;
        var aside = $"{Path}{Replaced}{now:yyyyMMdd-HHmmss}";
        await using (var db = new SqliteConnection(new SqliteConnectionStringBuilder(settings.ConnectionString) { Pooling = false, DefaultTimeout = 1 }.ConnectionString))
        {
            try
            {
                await db.OpenAsync(stop);
                // Only the last connection may leave the write-ahead log; and afterwards the file stands by itself.
                await Run(db, "PRAGMA busy_timeout=1000");
                await Run(db, "PRAGMA journal_mode=DELETE");
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 5 or 6)
            {
                throw new VerbFailedException($"The database {Path} is in use; nothing was changed. Stop the server, then restore.");
            }
            catch (SqliteException e) when (IsDamaged(e))
            {
                // The very reason to restore: as it is, with what belongs to it.
                foreach (var companion in Companions.Where(c => File.Exists(Path + c))) File.Move(Path + companion, aside + companion);
            }
        }
        File.Move(Path, aside, overwrite: false);
        return aside;
    }

    public async Task MoveIn(Checked laid, CancellationToken stop)
    {
        await using (var db = new SqliteConnection(laid.ConnectionString))
        {
            await db.OpenAsync(stop);
            await Run(db, "PRAGMA journal_mode=DELETE");
        }
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        // What a lost database left behind belongs to nothing any more, and would be played into the new one.
        foreach (var companion in Companions) File.Delete(Path + companion);
        File.Move(FileOf(laid), Path, overwrite: false);
    }

    public Task Drop(Checked laid)
    {
        if (Directory.Exists(laid.DataFolder)) Directory.Delete(laid.DataFolder, recursive: true);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Checked>> Leftovers(CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<Checked>>([.. Beside(Directory.EnumerateDirectories, "." + RestoreBackup.Word + "*").Select(d => System.IO.Path.GetFileName(d)[1..]).Where(RestoreBackup.IsOurs).Select(Beside)]);

    public Task<IReadOnlyList<string>> Asides(CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<string>>([.. Beside(Directory.EnumerateFiles, System.IO.Path.GetFileName(Path) + Replaced + "*").Where(f => !Companions.Any(f.EndsWith))]);

    private IEnumerable<string> Beside(Func<string, string, IEnumerable<string>> list, string pattern) =>
        System.IO.Path.GetDirectoryName(Path) is { } folder && Directory.Exists(folder) ? list(folder, pattern).Order(StringComparer.Ordinal) : [];

    private static bool IsDamaged(SqliteException e) => e.SqliteErrorCode is 11 or 26; // CORRUPT, NOTADB

    private static FileStreamOptions OwnersAlone
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 20 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return options;
        }
    }

    private static string FileOf(Checked at) => new SqliteConnectionStringBuilder(at.ConnectionString).DataSource;

    private static SqliteConnection Connection(string file) => new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);

    private static void Delete(string file)
    {
        File.Delete(file);
        foreach (var companion in Companions) File.Delete(file + companion);
    }

    private static async Task<string> Last(SqliteConnection db, string history) =>
        await Texts(db, $"SELECT \"MigrationId\" FROM \"{history}\" ORDER BY \"MigrationId\" DESC LIMIT 1") is [var last] ? last : "";

    private static async Task Run(SqliteConnection db, string sql) => await Scalar(db, sql);

    private static async Task<object?> Scalar(SqliteConnection db, string sql)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    private static async Task<List<string>> Texts(SqliteConnection db, string sql)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync()) texts.Add(reader.GetString(0));
        return texts;
    }
}

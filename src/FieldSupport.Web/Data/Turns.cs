using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data;

/// <summary>
/// What only one process may do at a time, of all that use this database. Held by the file system (SQLite) or the database (PostgreSQL), so
/// that one which dies lets go.
/// </summary>
public sealed class Turns(Checked settings, Databases databases)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the turn; the caller gives it back by disposing.</summary>
    /// <param name="name">A word: the name of a file, and of the lock.</param>
    public async Task<IAsyncDisposable> Take(string name, CancellationToken stop) =>
        settings.IsSqlite ? await File(Path.Combine(settings.DataFolder, name + ".lock"), stop) : await Lock(name, stop);

    private static async Task<IAsyncDisposable> File(string path, CancellationToken stop)
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

    /// <summary>Lives as long as its connection, which does nothing else.</summary>
    private async Task<IAsyncDisposable> Lock(string name, CancellationToken stop)
    {
        var db = databases.Open(Scope.System, Actor.CommandLine);
        try
        {
            // Another's turn takes as long as it takes, within reason.
            db.Database.SetCommandTimeout(TimeSpan.FromMinutes(15));
            await db.Database.OpenConnectionAsync(stop);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock(hashtext({"fieldsupport " + name}))", stop);
            return new Held(db);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    private sealed class Held(FieldSupportDb db) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // Unlocked by word, for the connection itself goes back into its pool.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock_all()");
            await db.DisposeAsync();
        }
    }
}

using System.Globalization;
using FieldSupport.Web.Composition;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>
/// Whether anything was written to the database: between two readings that are equal, nothing was, by nobody, in no process. On SQLite <c>PRAGMA data_version</c>
/// of a connection that never writes; on PostgreSQL the snapshot, the list of the transactions that a statement sees.
/// </summary>
public sealed class ChangeMark(Checked settings) : IDisposable
{
    private readonly Lock _reading = new();
    private SqliteConnection? _watching;
    private SqliteCommand? _version;
    private int _opened;

    /// <summary>Null where it cannot be told: then nothing that was read before may be taken for true.</summary>
    public ValueTask<string?> Read(CancellationToken cancellation) =>
        !settings.Settings.KeepAnswers ? new((string?)null) : settings.IsSqlite ? new(OfSqlite()) : new(OfPostgres(cancellation));

    private async Task<string?> OfPostgres(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand("SELECT pg_current_snapshot()::text", connection);
            return (string?)await command.ExecuteScalarAsync(cancellation);
        }
        catch (NpgsqlException)
        {
            // The question itself goes to the database next, and says what is wrong.
            return null;
        }
    }

    private string? OfSqlite()
    {
        lock (_reading)
        {
            try
            {
                if (_version is null)
                {
                    var to = new SqliteConnectionStringBuilder(settings.ConnectionString) { Pooling = false, Cache = SqliteCacheMode.Private, DefaultTimeout = 1 };
                    // Without a file of its own every connection may be another database.
                    if (to.Mode == SqliteOpenMode.Memory || to.DataSource is "" or ":memory:") return null;
                    to.Mode = SqliteOpenMode.ReadWrite;
                    _watching = new SqliteConnection(to.ConnectionString);
                    _watching.Open();
                    _version = _watching.CreateCommand();
                    _version.CommandText = "PRAGMA data_version";
                    _opened++;
                }
                // The number means something on this one connection only.
                return string.Create(CultureInfo.InvariantCulture, $"{_opened}:{_version.ExecuteScalar()}");
            }
            catch (SqliteException)
            {
                Close();
                return null;
            }
        }
    }

    private void Close()
    {
        _version?.Dispose();
        _watching?.Dispose();
        (_version, _watching) = (null, null);
    }

    public void Dispose()
    {
        lock (_reading) Close();
    }
}

using System.Data.Common;
using System.Net.Sockets;
using FieldSupport.Web.Composition;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>Where the database is and what keeps it from being used, in words for people: host and name, or the file; never a user's password.</summary>
public static class DatabasePlace
{
    /// <summary><c>/srv/data/fieldsupport.db</c>, or <c>fieldsupport on 127.0.0.1:5432</c>.</summary>
    public static string Of(Checked settings)
    {
        if (settings.IsSqlite) return Path.GetFullPath(new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource);
        var to = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        return $"{to.Database ?? to.Username} on {to.Host}{(to.Host?.Contains(',', StringComparison.Ordinal) == true ? "" : $":{to.Port}")}";
    }

    /// <summary>What is wrong and what to do, where it is the surroundings' fault: out of reach, refused, locked, no room. Null for any other failure.</summary>
    public static string? Trouble(Exception exception, Checked settings)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is not DbException error) continue;
            var busy = DatabaseTrouble.IsBusy(error);
            return error switch
            {
                PostgresException p when busy || p.SqlState.StartsWith("28", StringComparison.Ordinal) || p.SqlState == PostgresErrorCodes.InsufficientPrivilege =>
                    Outside(settings, p.MessageText, "Check that it runs, and that ConnectionStrings:FieldSupport names the right host, database, user and password; then try again."),
                NpgsqlException n when n is not PostgresException && busy =>
                    Outside(settings, n.InnerException is SocketException inner && !n.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{n.Message}: {inner.Message}" : n.Message,
                        "Check that it runs, and that ConnectionStrings:FieldSupport names its host and port; then try again."),
                SqliteException s when busy => Outside(settings, s.Message, "Another process is writing to it; try again in a moment."),
                SqliteException { SqliteErrorCode: 8 or 10 or 11 or 13 or 14 or 26 } s => // READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB
                    Outside(settings, s.Message, "Check that the file is what FieldSupport:DataFolder means, that this account may write to it and its folder, and that there is room."),
                _ => null,
            };
        }
        return null;
    }

    private static string Outside(Checked settings, string message, string todo) => $"The database {Of(settings)} cannot be used: {message.TrimEnd('.')}.{Environment.NewLine}{todo}";
}

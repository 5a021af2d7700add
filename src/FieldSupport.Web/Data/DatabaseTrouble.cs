using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>What an exception of a database means, on either of them.</summary>
public static class DatabaseTrouble
{
    /// <summary>Locked, overloaded, out of reach: worth another try in a moment.</summary>
    public static bool IsBusy(Exception exception) => Chain(exception).Any(e => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6, // SQLITE_BUSY, SQLITE_LOCKED
        PostgresException postgres => postgres.SqlState is
            "55P03" or "57014" or "57P01" or "57P02" or "57P03" or "40001" or "40P01" or "3D000"
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException npgsql => npgsql.InnerException is SocketException or IOException or TimeoutException,
        _ => false,
    });

    /// <summary>A row with that unique key exists already.</summary>
    public static bool IsUniqueViolation(Exception exception) => Chain(exception).Any(e => e switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 2067 or 1555, // UNIQUE, PRIMARY KEY
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    });

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException) yield return e;
    }
}

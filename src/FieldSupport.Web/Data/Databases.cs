using System.Data.Common;
using System.Runtime.CompilerServices;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using SQLitePCL;

namespace FieldSupport.Web.Data;

/// <summary>Opens the database under a scope and in somebody's name. The only place that builds a context.</summary>
public sealed class Databases(Checked settings, IServiceProvider services, IEnumerable<IInterceptor> interceptors)
{
    /// <summary>A sender or a reader is told "busy" before it gives up by itself; PostgreSQL counts the work in, SQLite only the wait for a lock.</summary>
    private const int AwaitedSeconds = 10;

    private readonly DbContextOptions _options = Options(settings, services, interceptors);

    public bool IsSqlite => settings.IsSqlite;

    /// <summary>A new context; the caller disposes it.</summary>
    /// <param name="isAwaited">Somebody waits for the answer; null: everybody but jobs and the command line.</param>
    public FieldSupportDb Open(Scope scope, Actor actor, bool? isAwaited = null)
    {
        FieldSupportDb db = settings.IsSqlite
            ? new SqliteDb((DbContextOptions<SqliteDb>)_options, scope)
            : new PostgresDb((DbContextOptions<PostgresDb>)_options, scope);
        db.Actor = actor;
        db.IsAwaited = isAwaited ?? !ReferenceEquals(scope, Scope.System);
        if (db.IsAwaited && !settings.IsSqlite) db.Database.SetCommandTimeout(AwaitedSeconds);
        return db;
    }

    /// <summary>A new context within a transaction that somebody else opened and will end; the caller disposes the context.</summary>
    public FieldSupportDb OpenWithin(DbTransaction transaction, Scope scope, Actor actor)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended already.");
        FieldSupportDb db = settings.IsSqlite
            ? new SqliteDb(
                new DbContextOptionsBuilder<SqliteDb>().UseSqlite(connection).UseApplicationServiceProvider(services).AddInterceptors(interceptors).ReplaceService<IModelCacheKeyFactory, ModelOfScope>().Options, scope)
            : new PostgresDb(
                new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connection).UseApplicationServiceProvider(services).AddInterceptors(interceptors).ReplaceService<IModelCacheKeyFactory, ModelOfScope>().Options, scope);
        db.Actor = actor;
        db.Database.UseTransaction(transaction);
        return db;
    }

    private static DbContextOptions Options(Checked settings, IServiceProvider services, IEnumerable<IInterceptor> interceptors)
    {
        if (settings.IsSqlite)
            return new DbContextOptionsBuilder<SqliteDb>()
                .UseSqlite(settings.ConnectionString, o => o.MigrationsHistoryTable("__EFMigrationsHistory"))
                .UseApplicationServiceProvider(services).AddInterceptors(interceptors).ReplaceService<IModelCacheKeyFactory, ModelOfScope>().Options;
        return new DbContextOptionsBuilder<PostgresDb>()
            .UseNpgsql(settings.ConnectionString).UseApplicationServiceProvider(services).AddInterceptors(interceptors).ReplaceService<IModelCacheKeyFactory, ModelOfScope>().Options;
    }
}

/// <summary>
/// On PostgreSQL a writer whom somebody waits for gives up a lock after some seconds, each of them: else one that queues for the audit's turn behind
/// another, and then for a row, would wait its whole patience twice.
/// </summary>
public sealed class PostgresPatience : DbTransactionInterceptor
{
    private const string Patience = "SET LOCAL lock_timeout = '5s'";

    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        if (!IsAwaited(connection, eventData)) return result;
        using var command = Command(connection, result);
        command.ExecuteNonQuery();
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        if (!IsAwaited(connection, eventData)) return result;
        await using var command = Command(connection, result);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return result;
    }

    private static bool IsAwaited(DbConnection connection, TransactionEndEventData data) => data.Context is FieldSupportDb { IsAwaited: true } && connection is Npgsql.NpgsqlConnection;

    private static DbCommand Command(DbConnection connection, DbTransaction transaction)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (Patience, transaction);
        return command;
    }
}

/// <summary>Connection settings of SQLite that are per connection: an acknowledged write must survive power loss, writers wait their turn, and a batch's pages fit into memory until its commit.</summary>
public sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas =
        "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;";

    /// <summary>One wait of the busy timeout, and none again; others stand in line for half a minute.</summary>
    private const int AwaitedSeconds = 5, OthersSeconds = 30;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection, eventData.Context);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection, eventData.Context);
        return Task.CompletedTask;
    }

    /// <summary>What the pool hands out again has its settings already: they belong to the database's own handle, which lives as long as the pool keeps it.</summary>
    private readonly ConditionalWeakTable<sqlite3, object> _settled = [];

    private void Apply(DbConnection connection, DbContext? context)
    {
        if (connection is not SqliteConnection sqlite) return;
        // Of every command on this connection, BEGIN IMMEDIATE among them: the provider tries again until it has passed.
        sqlite.DefaultTimeout = context is FieldSupportDb { IsAwaited: true } ? AwaitedSeconds : OthersSeconds;
        if (sqlite.Handle is { } known && _settled.TryGetValue(known, out _)) return;
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        if (sqlite.Handle is { } handle) _settled.AddOrUpdate(handle, handle);
    }
}

using System.Data.Common;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FieldSupport.Web.Data;

/// <summary>Opens the database under a scope and in somebody's name. The only place that builds a context.</summary>
public sealed class Databases(Checked settings, IServiceProvider services, IEnumerable<IInterceptor> interceptors)
{
    private readonly DbContextOptions _options = Options(settings, services, interceptors);

    public bool IsSqlite => settings.IsSqlite;

    /// <summary>A new context; the caller disposes it.</summary>
    public FieldSupportDb Open(Scope scope, Actor actor)
    {
        FieldSupportDb db = settings.IsSqlite
            ? new SqliteDb((DbContextOptions<SqliteDb>)_options, scope)
            : new PostgresDb((DbContextOptions<PostgresDb>)_options, scope);
        db.Actor = actor;
        return db;
    }

    /// <summary>A new context within a transaction that somebody else opened and will end; the caller disposes the context.</summary>
    public FieldSupportDb OpenWithin(DbTransaction transaction, Scope scope, Actor actor)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended already.");
        FieldSupportDb db = settings.IsSqlite
            ? new SqliteDb(
                new DbContextOptionsBuilder<SqliteDb>().UseSqlite(connection).UseApplicationServiceProvider(services).AddInterceptors(interceptors).Options, scope)
            : new PostgresDb(
                new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connection).UseApplicationServiceProvider(services).AddInterceptors(interceptors).Options, scope);
        db.Actor = actor;
        db.Database.UseTransaction(transaction);
        return db;
    }

    private static DbContextOptions Options(Checked settings, IServiceProvider services, IEnumerable<IInterceptor> interceptors)
    {
        if (settings.IsSqlite)
            return new DbContextOptionsBuilder<SqliteDb>()
                .UseSqlite(settings.ConnectionString, o => o.MigrationsHistoryTable("__EFMigrationsHistory"))
                .UseApplicationServiceProvider(services).AddInterceptors(interceptors).Options;
        return new DbContextOptionsBuilder<PostgresDb>()
            .UseNpgsql(settings.ConnectionString).UseApplicationServiceProvider(services).AddInterceptors(interceptors).Options;
    }
}

/// <summary>Connection settings of SQLite that are per connection: an acknowledged write must survive power loss, writers wait their turn, and a batch's pages fit into memory until its commit.</summary>
public sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas =
        "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        if (connection is not SqliteConnection) return;
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}

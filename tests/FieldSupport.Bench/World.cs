using System.Data.Common;
using FieldSupport.Testing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FieldSupport.Bench;

/// <summary>
/// The product's own services over a database of a given number of open deliveries. On SQLite the file is kept between runs (in the
/// temporary folder; FIELDSUPPORT_BENCH_FOLDER names another); on PostgreSQL it is made anew in the server of the tests.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const string FolderVariable = "FIELDSUPPORT_BENCH_FOLDER";

    /// <summary>A Wednesday, 08:05 in Chicago: the morning round has begun.</summary>
    public static readonly DateTimeOffset Now = new(2027, 2, 3, 14, 5, 0, TimeSpan.Zero);

    private static readonly SemaphoreSlim OneAtATime = new(1);
    private readonly ServiceProvider _services;

    private readonly bool _isCopy;

    private World(DatabaseProvider provider, string connection, string folder, int size, int due, bool isCopy)
    {
        (Provider, ConnectionString, Folder, Size, Due, _isCopy) = (provider, connection, folder, size, due, isCopy);
        _services = Compose(IsSqlite, connection, folder);
    }

    public DatabaseProvider Provider { get; }
    public string ConnectionString { get; }
    /// <summary>Of the database where that is a file, and of its keys.</summary>
    public string Folder { get; }
    public string KeyFolder => Path.Combine(Folder, "keys");

    public int Size { get; }
    public int Due { get; }
    public bool IsSqlite => Provider == DatabaseProvider.Sqlite;
    public IServiceProvider Services => _services;

    public FieldSupportDb Open() => _services.GetRequiredService<Databases>().Open(Scope.System, Actor.CommandLine);

    /// <summary>A connection with the product's own settings (on SQLite: WAL, synchronous=FULL), for a floor.</summary>
    public async Task<(FieldSupportDb Db, DbConnection Connection)> ConnectAsync()
    {
        var db = Open();
        await db.Database.OpenConnectionAsync();
        return (db, db.Database.GetDbConnection());
    }

    /// <param name="size">Open deliveries.</param>
    /// <param name="due">How many of them are due now.</param>
    /// <param name="messages">Messages of the carrier that were stored and read before.</param>
    /// <param name="isForPages">With what people look at: <see cref="PageWorld"/>.</param>
    public static async Task<World> MakeAsync(DatabaseProvider provider, int size, int due, int messages = 0, bool isForPages = false)
    {
        await OneAtATime.WaitAsync();
        try
        {
            return await MakeAloneAsync(provider, size, due, messages, isForPages);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static string Root =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given ? given : Path.Combine(Path.GetTempPath(), "fieldsupport-bench");

    private static async Task<World> MakeAloneAsync(DatabaseProvider provider, int size, int due, int messages, bool isForPages)
    {
        var folder = Path.Combine(Root, $"{provider}-{size}-{due}-{messages}-{OpenDeliveries.Shape}{(isForPages ? "-" + PageWorld.Shape : "")}");
        Directory.CreateDirectory(folder);
        var isSqlite = provider == DatabaseProvider.Sqlite;
        var made = Path.Combine(folder, "made");
        if (!isSqlite || !File.Exists(made))
        {
            foreach (var left in Directory.EnumerateFiles(folder)) File.Delete(left);
            foreach (var keys in Directory.EnumerateDirectories(folder)) Directory.Delete(keys, recursive: true);
        }

        var connection = isSqlite ? FileIn(folder) : await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var world = new World(provider, connection, folder, size, due, isCopy: false);
        if (isSqlite && File.Exists(made))
        {
            if (!await world.IsOutdatedAsync()) return world;
            // Made before a migration: anew.
            await world.DisposeAsync();
            world.ClearPool();
            Directory.Delete(folder, recursive: true);
            return await MakeAloneAsync(provider, size, due, messages, isForPages);
        }

        Console.WriteLine($"  making {size} open deliveries, {due} of them due{(messages == 0 ? "" : $", and {messages} messages")}, on {provider} …");
        await using (var db = world.Open())
        {
            db.Database.SetCommandTimeout(TimeSpan.FromMinutes(15));
            await db.Database.MigrateAsync();
            await BulkLoad.FillAsync(db, OpenDeliveries.Territories, OpenDeliveries.Make(size, due, isForPages).Concat(CarrierMessages.Stored(messages)));
        }

        await File.WriteAllTextAsync(made, "");
        return world;
    }

    private async Task<bool> IsOutdatedAsync()
    {
        await using var db = Open();
        return (await db.Database.GetPendingMigrationsAsync()).Any();
    }

    private static string FileIn(string folder) => $"Data Source={Path.Combine(folder, "fieldsupport.db")}";

    /// <summary>A copy to spoil, deleted when it is disposed. Nobody may write to this one meanwhile.</summary>
    public async Task<World> CopyAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, $"copy-{Environment.ProcessId}-{Interlocked.Increment(ref _copies)}")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        foreach (var key in Directory.EnumerateFiles(KeyFolder)) File.Copy(key, Path.Combine(folder, "keys", Path.GetFileName(key)));
        string connection;
        if (IsSqlite)
        {
            await using (var db = Open())
            {
                await db.Database.OpenConnectionAsync();
                await BulkLoad.RunAsync(db.Database.GetDbConnection(), "PRAGMA wal_checkpoint(TRUNCATE)");
            }

            File.Copy(Path.Combine(Folder, "fieldsupport.db"), Path.Combine(folder, "fieldsupport.db"));
            connection = FileIn(folder);
        }
        else
        {
            ClearPool();
            connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(new NpgsqlConnectionStringBuilder(ConnectionString).Database);
        }

        return new World(Provider, connection, folder, Size, Due, isCopy: true);
    }

    private static int _copies;

    private void ClearPool()
    {
        if (IsSqlite)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
        else
        {
            using var connection = new NpgsqlConnection(ConnectionString);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static ServiceProvider Compose(bool isSqlite, string connection, string folder)
    {
        var settings = new Settings { PublicBaseUrl = "https://fieldsupport.example" };
        foreach (var slot in (string[])["partner-service", "head-of-logistics", "field-head", "medical-affairs", "safety"])
            settings.Recipients[slot] = slot + "@company.test";
        var keys = Path.Combine(folder, "keys");
        Directory.CreateDirectory(keys);
        var configuration = new ConfigurationBuilder().Build();
        return new ServiceCollection()
            .AddLogging(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning))
            .AddSingleton<IConfiguration>(configuration)
            // The model takes its shape from it.
            .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
            .AddSingleton<IInterceptor>(StatementTimes.Shared)
            .AddSingleton<TimeProvider>(new StandingClock(Now))
            .AddData(new Checked(settings, isSqlite, connection, folder, keys, Demo: false, IsProduction: false))
            .AddChasing(configuration)
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (!_isCopy) return;
        ClearPool();
        if (!IsSqlite) await (await PostgresServer.SharedAsync()).DropDatabaseAsync(ConnectionString);
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}

using System.Data.Common;
using FieldSupport.Testing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FieldSupport.Bench;

/// <summary>
/// The product's own services over a database of a given number of open deliveries. On SQLite the file is kept between runs (in the
/// temporary folder; FIELDSUPPORT_BENCH_FOLDER names another); on PostgreSQL it is made anew in the server of the tests.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private const string FolderVariable = "FIELDSUPPORT_BENCH_FOLDER";

    /// <summary>A Wednesday, 08:05 in Chicago: the morning round has begun.</summary>
    public static readonly DateTimeOffset Now = new(2027, 2, 3, 14, 5, 0, TimeSpan.Zero);

    private static readonly SemaphoreSlim OneAtATime = new(1);
    private readonly ServiceProvider _services;

    private World(ServiceProvider services, int size, int due, bool isSqlite) => (_services, Size, Due, IsSqlite) = (services, size, due, isSqlite);

    public int Size { get; }
    public int Due { get; }
    public bool IsSqlite { get; }
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
    public static async Task<World> MakeAsync(DatabaseProvider provider, int size, int due)
    {
        await OneAtATime.WaitAsync();
        try
        {
            return await MakeAloneAsync(provider, size, due);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task<World> MakeAloneAsync(DatabaseProvider provider, int size, int due)
    {
        var root = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given ? given : Path.Combine(Path.GetTempPath(), "fieldsupport-bench");
        var folder = Path.Combine(root, $"{provider}-{size}-{due}-{OpenDeliveries.Shape}");
        Directory.CreateDirectory(folder);
        var isSqlite = provider == DatabaseProvider.Sqlite;
        var made = Path.Combine(folder, "made");
        if (!isSqlite || !File.Exists(made))
        {
            foreach (var left in Directory.EnumerateFiles(folder)) File.Delete(left);
            foreach (var keys in Directory.EnumerateDirectories(folder)) Directory.Delete(keys, recursive: true);
        }

        var connection = isSqlite ? $"Data Source={Path.Combine(folder, "fieldsupport.db")}" : await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var world = new World(Compose(isSqlite, connection, folder), size, due, isSqlite);
        if (isSqlite && File.Exists(made)) return world;

        Console.WriteLine($"  making {size} open deliveries, {due} of them due, on {provider} …");
        await using (var db = world.Open())
        {
            db.Database.SetCommandTimeout(TimeSpan.FromMinutes(15));
            await db.Database.MigrateAsync();
            await BulkLoad.FillAsync(db, OpenDeliveries.Territories, OpenDeliveries.Make(size, due));
        }

        await File.WriteAllTextAsync(made, "");
        return world;
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
            .AddSingleton<IInterceptor>(new ExtraPragmas())
            .AddSingleton<TimeProvider>(new StandingClock(Now))
            .AddData(new Checked(settings, isSqlite, connection, folder, keys, Demo: false, IsProduction: false))
            .AddChasing(configuration)
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
    }

    private sealed class ExtraPragmas : DbConnectionInterceptor
    {
        private static readonly string? Pragmas = Environment.GetEnvironmentVariable("BENCH_PRAGMA");
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (Pragmas is not null) BulkLoad.RunAsync(connection, Pragmas).GetAwaiter().GetResult();
        }
        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            Pragmas is null ? Task.CompletedTask : BulkLoad.RunAsync(connection, Pragmas);
    }

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}

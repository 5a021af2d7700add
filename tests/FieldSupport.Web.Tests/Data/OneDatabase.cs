using FieldSupport.Testing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests.Data;

public enum Engine { Sqlite, Postgres }

/// <summary>An empty migrated database with the product's own composition of the data, and nothing else of the product.</summary>
public sealed class OneDatabase : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2027, 2, 1, 14, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new("data");
    private readonly string? _postgres;

    private OneDatabase(Engine engine, string? postgres)
    {
        Engine = engine;
        _postgres = postgres;
        SqliteFile = _folder.PathOf("data", "fieldsupport.db");
        Directory.CreateDirectory(_folder.PathOf("data"));
        Directory.CreateDirectory(_folder.PathOf("keys"));
        Settings = new Checked(
            new Settings(), engine == Engine.Sqlite, postgres ?? $"Data Source={SqliteFile};Default Timeout=60", _folder.PathOf("data"), _folder.PathOf("keys"),
            Demo: false, IsProduction: false);
        Services = Node();
    }

    /// <summary>Another process on the same database, as far as that can be had in one; the caller disposes it.</summary>
    public ServiceProvider Node() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(Clock)
        .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
        .AddData(Settings)
        .AddVault(Settings)
        .BuildServiceProvider();

    public Engine Engine { get; }
    public FakeTimeProvider Clock { get; } = new(Start);
    public Checked Settings { get; }
    public ServiceProvider Services { get; }
    public string SqliteFile { get; }

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public FieldSupportDb Open(string actor = "tester@demo.test", string? role = "logistics") =>
        Get<Databases>().Open(Scope.System, new Actor(actor, role));

    public static async Task<OneDatabase> Create(Engine engine, bool migrated = true)
    {
        var postgres = engine == Engine.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : null;
        var one = new OneDatabase(engine, postgres);
        if (migrated) await one.Get<Migrator>().MigrateAsync();
        return one;
    }

    /// <summary>What somebody with a database client of their own would do.</summary>
    public async Task Execute(FormattableString sql)
    {
        await using var db = Open();
        await db.Database.ExecuteSqlAsync(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        if (_postgres is null)
        {
            using (var pool = new SqliteConnection(Settings.ConnectionString)) SqliteConnection.ClearPool(pool);
        }
        else
        {
            await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_postgres);
        }
        _folder.Dispose();
    }
}

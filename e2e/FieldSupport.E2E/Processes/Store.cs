using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit.Sdk;

namespace FieldSupport.E2E.Processes;

/// <summary>The database of a started application, and a look into it from the outside, past everything that the application says about itself.</summary>
public sealed class Store : IAsyncDisposable
{
    public const string Sqlite = "sqlite", Postgres = "postgres";

    private readonly string? postgres;
    private readonly PostgresServer? server;

    private Store(PostgresServer? server, string? postgres) => (this.server, this.postgres) = (server, postgres);

    public bool IsSqlite => postgres is null;

    /// <summary>PostgreSQL is the tests' own server, which is forgetful only when the server itself dies; here the application does, and what it had committed stays.</summary>
    public static async Task<Store> Of(string database)
    {
        if (database == Sqlite)
        {
            return new Store(null, null);
        }

        var server = await PostgresServer.SharedAsync();
        return new Store(server, await server.CreateDatabaseAsync());
    }

    /// <summary>What the application has to be told to use it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings => postgres is null
        ? []
        : [new("FieldSupport:Database:Provider", "Postgres"), new("ConnectionStrings:FieldSupport", postgres)];

    /// <summary>An instant as this database keeps it.</summary>
    public object Instant(DateTimeOffset at) => IsSqlite ? (at.UtcTicks - DateTime.UnixEpoch.Ticks) / 10 : at.UtcDateTime;

    public async Task<DbConnection> OpenAsync(string dataFolder)
    {
        DbConnection connection = IsSqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataFolder, "fieldsupport.db"), Pooling = false }.ConnectionString)
            : new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>All rows of a question, one value a column.</summary>
    public async Task<List<object[]>> Rows(string dataFolder, string sql, params (string Name, object Value)[] values)
    {
        await using var connection = await OpenAsync(dataFolder);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>How often each value of a column stands in a table.</summary>
    public async Task<Dictionary<string, int>> Count(string dataFolder, string sql, params (string Name, object Value)[] values) =>
        (await Rows(dataFolder, sql, values)).GroupBy(r => Convert.ToString(r[0], CultureInfo.InvariantCulture)!).ToDictionary(g => g.Key, g => g.Count());

    public async Task<int> Number(string dataFolder, string sql, params (string Name, object Value)[] values) =>
        Convert.ToInt32((await Rows(dataFolder, sql, values))[0][0], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DropDatabaseAsync(postgres!);
        }
    }
}

/// <summary><c>[Theory, OnEachStore]</c>: the first argument says which database. FIELDSUPPORT_TEST_DATABASES restricts a local run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEachStoreAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        var words = (Environment.GetEnvironmentVariable("FIELDSUPPORT_TEST_DATABASES") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new[] { Store.Sqlite, Store.Postgres }.Where(d => words.Length == 0 || words.Contains(d, StringComparer.OrdinalIgnoreCase)).Select(d => new object[] { d });
    }
}

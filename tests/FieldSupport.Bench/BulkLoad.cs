using System.Data.Common;
using FieldSupport.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;

namespace FieldSupport.Bench;

/// <summary>Fills a fresh database by prepared inserts (SQLite) or COPY (PostgreSQL); indexes are dropped before and built after.</summary>
internal static class BulkLoad
{
    public static async Task FillAsync(FieldSupportDb db, IEnumerable<object> first, IEnumerable<object> rows)
    {
        await db.Database.OpenConnectionAsync();
        var connection = db.Database.GetDbConnection();
        var isSqlite = connection is SqliteConnection;
        await RunAsync(connection, isSqlite ? "PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF;" : "SET session_replication_role = replica");
        var indexes = await IndexesAsync(connection, isSqlite);
        foreach (var (name, _) in indexes) await RunAsync(connection, $"DROP INDEX \"{name}\"");

        var tables = new Dictionary<Type, Table>();
        foreach (var chunk in first.Concat(rows).Chunk(60_000))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            foreach (var group in chunk.GroupBy(row => row.GetType()))
            {
                if (!tables.TryGetValue(group.Key, out var table)) tables[group.Key] = table = new Table(db.Model.FindEntityType(group.Key)!);
                if (isSqlite) table.Insert(connection, transaction, group);
                else await table.CopyAsync((NpgsqlConnection)connection, group);
            }

            await transaction.CommitAsync();
        }

        foreach (var (_, sql) in indexes) await RunAsync(connection, sql);
        await RunAsync(connection, isSqlite ? "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);" : "ANALYZE");
        await RunAsync(connection, isSqlite ? "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;" : "SET session_replication_role = DEFAULT");
    }

    public static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 900;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<(string Name, string Sql)>> IndexesAsync(DbConnection connection, bool isSqlite)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = isSqlite
            ? "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            : "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'IX\\_%'";
        var found = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }

    private sealed class Table(IEntityType type)
    {
        private readonly IProperty[] _properties = [.. type.GetProperties()];
        private readonly ValueConverter?[] _converters = [.. type.GetProperties().Select(p => p.GetTypeMapping().Converter)];

        private string Columns => string.Join(", ", _properties.Select(p => $"\"{p.GetColumnName()}\""));

        private object? Value(object row, int i)
        {
            var value = _properties[i].GetGetter().GetClrValue(row);
            return value is not null && _converters[i] is { } converter ? converter.ConvertToProvider(value) : value;
        }

        public void Insert(DbConnection connection, DbTransaction transaction, IEnumerable<object> rows)
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"INSERT INTO \"{type.GetTableName()}\" ({Columns}) VALUES ({string.Join(", ", _properties.Select((_, i) => "$" + i))})";
            for (var i = 0; i < _properties.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = "$" + i;
                command.Parameters.Add(parameter);
            }

            foreach (var row in rows)
            {
                for (var i = 0; i < _properties.Length; i++) command.Parameters[i].Value = Value(row, i) ?? DBNull.Value;
                command.ExecuteNonQuery();
            }
        }

        public async Task CopyAsync(NpgsqlConnection connection, IEnumerable<object> rows)
        {
            await using var writer = await connection.BeginBinaryImportAsync($"COPY \"{type.GetTableName()}\" ({Columns}) FROM STDIN (FORMAT BINARY)");
            foreach (var row in rows)
            {
                await writer.StartRowAsync();
                for (var i = 0; i < _properties.Length; i++)
                {
                    if (Value(row, i) is { } value) await writer.WriteAsync(value);
                    else await writer.WriteNullAsync();
                }
            }

            await writer.CompleteAsync();
        }
    }
}

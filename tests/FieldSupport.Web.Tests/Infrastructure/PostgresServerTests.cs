using FieldSupport.Testing;
using Npgsql;

namespace FieldSupport.Web.Tests.Infrastructure;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_fresh_database_answers_a_query()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();

        Assert.Equal(1, await ScalarAsync(database, "SELECT 1"));
        Assert.Equal("UTC", await ScalarAsync(database, "SHOW timezone"));

        await server.DropDatabaseAsync(database);
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(database, "SELECT 1"));
    }

    [Fact]
    public async Task A_template_is_prepared_once_and_its_copies_are_independent()
    {
        var server = await PostgresServer.SharedAsync();
        var prepared = 0;
        Task<string> Template() => server.TemplateAsync("two copies", async connection =>
        {
            prepared++;
            await ScalarAsync(connection, "CREATE TABLE parcel (number text); INSERT INTO parcel VALUES ('SHP-1'); SELECT 1");
        });

        var first = await server.CreateDatabaseAsync(await Template());
        var second = await server.CreateDatabaseAsync(await Template());
        await ScalarAsync(first, "DELETE FROM parcel; SELECT 1");

        Assert.Equal(1, prepared);
        Assert.Equal(0L, await ScalarAsync(first, "SELECT count(*) FROM parcel"));
        Assert.Equal(1L, await ScalarAsync(second, "SELECT count(*) FROM parcel"));
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

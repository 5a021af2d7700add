using System.Data.Common;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FieldSupport.Bench;

/// <summary>
/// The least that could answer "it is on disk": a bare endpoint reads the body, one writer puts all that wait into a table without an index, by
/// a prepared statement on a connection that stays open, and answers after the commit. No signature, no look at the body, no memory of what
/// came before. Same file, same durability, same greatest batch as the product.
/// </summary>
internal static class WebhookFloor
{
    public const string Verb = "webhook-floor", Table = "BenchInbox";
    private const int AtOnce = 256;

    public static async Task ServeAsync(string provider, string connectionString)
    {
        var waiting = Channel.CreateUnbounded<(byte[] Body, TaskCompletionSource Done)>(new UnboundedChannelOptions { SingleReader = true });
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/", async (HttpRequest request) =>
        {
            var body = new byte[(int)request.ContentLength!.Value];
            await request.Body.ReadExactlyAsync(body);
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Writer.TryWrite((body, done));
            await done.Task;
            return Results.Ok();
        });
        await using DbConnection connection = string.Equals(provider, nameof(DatabaseProvider.Sqlite), StringComparison.Ordinal)
            ? new SqliteConnection(connectionString)
            : new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        if (connection is SqliteConnection) await BulkLoad.RunAsync(connection, "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;");
        await BulkLoad.RunAsync(connection, $"""CREATE TABLE IF NOT EXISTS "{Table}" ("Body" {(connection is SqliteConnection ? "BLOB" : "bytea")} NOT NULL)""");
        _ = WriteAsync(connection, waiting.Reader);
        await app.RunAsync();
    }

    private static async Task WriteAsync(DbConnection connection, ChannelReader<(byte[] Body, TaskCompletionSource Done)> waiting)
    {
        var batch = new List<(byte[] Body, TaskCompletionSource Done)>(AtOnce);
        await using var insert = connection.CreateCommand();
        insert.CommandText = connection is SqliteConnection ? $"""INSERT INTO "{Table}" VALUES (@body)""" : $"""INSERT INTO "{Table}" SELECT unnest(@body)""";
        insert.Parameters.Add(connection is SqliteConnection ? new SqliteParameter("@body", SqliteType.Blob) : new NpgsqlParameter<byte[][]>("@body", []));
        await insert.PrepareAsync();
        while (await waiting.WaitToReadAsync())
        {
            while (batch.Count < AtOnce && waiting.TryRead(out var one)) batch.Add(one);
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                insert.Transaction = transaction;
                if (connection is NpgsqlConnection)
                {
                    ((NpgsqlParameter<byte[][]>)insert.Parameters[0]).TypedValue = [.. batch.Select(b => b.Body)];
                    await insert.ExecuteNonQueryAsync();
                }
                else
                {
                    foreach (var (body, _) in batch)
                    {
                        insert.Parameters[0].Value = body;
                        insert.ExecuteNonQuery();
                    }
                }

                await transaction.CommitAsync();
            }

            foreach (var (_, done) in batch) done.SetResult();
            batch.Clear();
        }
    }
}

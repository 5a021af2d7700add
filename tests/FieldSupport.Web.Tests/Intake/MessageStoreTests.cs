using System.Data.Common;
using System.Net;
using System.Text;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Features.Intake;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FieldSupport.Web.Tests.Intake;

/// <summary>Stored before it is answered, once, and refused rather than kept waiting.</summary>
public sealed class MessageStoreTests
{
    private const string Secret = "secret";

    private static byte[] Body(int n) => Encoding.UTF8.GetBytes($$"""{"object":"Event","n":{{n}}}""");

    [Theory, OnBothDatabases]
    public async Task Of_many_at_once_each_is_stored_once_and_its_doubles_hear_the_same_key(Database database)
    {
        await using var app = await Application.StartAsync(database, sample: false);
        var store = app.Services.GetRequiredService<MessageStore>();
        // A thousand calls, 250 messages, of two senders: a batch holds news, doubles of the batch and doubles of batches before.
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            var n = i % 250;
            var (id, wasKnown) = await store.Store(n % 2 == 0 ? "even" : "odd", Body(n), CancellationToken.None);
            return (n, id, wasKnown);
        })));
        Assert.All(answers.GroupBy(a => a.n), g => Assert.Single(g.Select(a => a.id).Distinct()));
        Assert.All(answers.GroupBy(a => a.n), g => Assert.Single(g, a => !a.wasKnown));
        await using var db = app.Open();
        var rows = await db.Messages.ToListAsync();
        Assert.Equal(answers.Select(a => a.id).Distinct().Order(), rows.Select(r => r.Id).Order());
        Assert.All(rows, r => Assert.Equal((MessageState.Stored, r.Source), (r.State, int.Parse(Encoding.UTF8.GetString(r.Body).Split(':', '}')[2]) % 2 == 0 ? "even" : "odd")));
    }

    [Theory, OnBothDatabases]
    public async Task A_message_that_the_database_refuses_holds_up_no_other(Database database)
    {
        await using var app = await Application.StartAsync(database, sample: false);
        await Refuse(app, "the-bad-one");
        var store = app.Services.GetRequiredService<MessageStore>();
        var calls = Enumerable.Range(0, 40).Select(n => Task.Run(() => store.Store(n == 20 ? "the-bad-one" : "good", Body(n), CancellationToken.None))).ToList();
        await Assert.ThrowsAsync<MessageNotStoredException>(() => calls[20]);
        calls.RemoveAt(20);
        Assert.All(await Task.WhenAll(calls), a => Assert.False(a.WasKnown));
        await using var db = app.Open();
        Assert.Equal(39, await db.Messages.CountAsync());
    }

    [Theory, OnBothDatabases]
    public async Task While_the_database_is_locked_senders_are_told_to_come_again_and_then_it_goes_on(Database database)
    {
        await using var app = await Application.StartAsync(database, sample: false, settings: new Dictionary<string, string?> { ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = Secret });
        using var client = app.Bare();
        await using (await Locked(app, database))
        {
            // Together, so that they wait for one lock and not for one after the other.
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Send(client, Body(n))));
            Assert.All(answers, a => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), a));
        }
        Assert.Equal(HttpStatusCode.OK, (await Send(client, Body(0))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Send(client, Body(0))).Status);
        await using var db = app.Open();
        Assert.Equal(1, await db.Messages.CountAsync());
    }

    [Fact]
    public async Task More_than_can_wait_is_refused_at_once_and_what_waited_is_stored()
    {
        await using var app = await Application.StartAsync(Database.Sqlite, sample: false);
        var store = app.Services.GetRequiredService<MessageStore>();
        var calls = new List<Task<(Guid, bool)>>();
        await using (await Locked(app, Database.Sqlite))
        {
            // Of a mebibyte each, and 64 MiB may wait.
            for (var n = 0; n < 70; n++) calls.Add(store.Store("many", [.. BitConverter.GetBytes(n), .. new byte[(1 << 20) - 4]], CancellationToken.None));
            Assert.Equal(6, calls.Count(c => c.IsFaulted));
        }
        await Task.WhenAll(calls.Select(c => c.ContinueWith(static _ => { }, TaskScheduler.Default)));
        await using var db = app.Open();
        Assert.Equal(calls.Count(c => c.IsCompletedSuccessfully), await db.Messages.CountAsync());
        Assert.False((await store.Store("many", Body(1), CancellationToken.None)).WasKnown);
    }

    private static async Task<(HttpStatusCode Status, bool SaysWhen)> Send(HttpClient client, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(EasyPostSignature.HeaderName, EasyPostSignature.Sign(body, Secret));
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, answer.Headers.RetryAfter is not null);
    }

    /// <summary>Somebody else writes and does not end; let go on dispose.</summary>
    private static async Task<DbConnection> Locked(Application app, Database database)
    {
        DbConnection other = database == Database.Sqlite ? new SqliteConnection(app.ConnectionString + ";Pooling=False") : new NpgsqlConnection(app.ConnectionString);
        await other.OpenAsync();
        await Run(other, database == Database.Sqlite ? "BEGIN IMMEDIATE" : """BEGIN; LOCK TABLE "Messages" IN ACCESS EXCLUSIVE MODE""");
        return other;
    }

    private static async Task Refuse(Application app, string source)
    {
        await using var db = app.Open();
        await db.Database.OpenConnectionAsync();
        await Run(db.Database.GetDbConnection(), db.Database.IsSqlite()
            ? $"""CREATE TRIGGER "refuse" BEFORE INSERT ON "Messages" WHEN NEW."Source" = '{source}' BEGIN SELECT RAISE(ABORT, 'refused'); END"""
            : $"""ALTER TABLE "Messages" ADD CONSTRAINT "refuse" CHECK ("Source" <> '{source}')""");
    }

    private static async Task Run(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

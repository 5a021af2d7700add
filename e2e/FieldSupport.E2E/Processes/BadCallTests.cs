using System.Net;
using System.Text;

namespace FieldSupport.E2E.Processes;

/// <summary>
/// The webhook under calls that are wrong in every way a socket allows: each has the answer of contract.md §4, nothing of a refused one is
/// written, and the server goes on. The carrier's own dialects and the malformed JSON of the real data go through WebhookTests.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class BadCallTests : IAsyncLifetime
{
    private const int Flips = 96;
    private const int Large = 12 * 1024 * 1024;

    private static readonly byte[] Event = KillWorld.Event("scan of a stranger", KillWorld.StartsAt, new Random(1));

    private Store store = null!;
    private StartedApplication application = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        store = await Store.Of(Store.Sqlite);
        application = await StartedApplication.StartAsync(new StartedApplicationOptions
        {
            Jobs = true, ClockStartsAt = KillWorld.StartsAt, Settings = new Dictionary<string, string>([.. store.Settings, .. KillWorld.Settings, new("FieldSupport:Demo", "false")]),
        });
        client = new HttpClient { BaseAddress = application.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await application.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task What_is_not_signed_as_it_stands_is_refused_and_nothing_is_written()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(Event, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(Event, ""));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(Event, "hmac-sha256-hex=" + new string('0', 64)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(Event, KillWorld.Sign(Event)[..^1]));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(Event, new string('f', 20_000)));
        var step = Math.Max(1, Event.Length / Flips);
        for (var at = 0; at < Event.Length; at += step)
        {
            var flipped = (byte[])Event.Clone();
            flipped[at] ^= (byte)(1 << at % 8);
            Assert.Equal(HttpStatusCode.Unauthorized, await Send(flipped, KillWorld.Sign(Event)));
        }

        await NothingWritten();
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_not_taken_for_a_whole_one()
    {
        // It says so itself, or hangs up, or falls silent; the last is given up by the server.
        foreach (var sent in new[] { 0, 1, Event.Length / 2, Event.Length - 1 })
        {
            using var call = await RawCall.OpenAsync(application.Address);
            await call.Head(Event.Length, KillWorld.Sign(Event.AsSpan(0, sent).ToArray()));
            await call.Send(Event.AsMemory(0, sent));
            call.EndOfSending();
            Refused(await call.Status());
        }

        using (var gone = await RawCall.OpenAsync(application.Address))
        {
            await gone.Head(Event.Length, KillWorld.Sign(Event));
            await gone.Send(Event.AsMemory(0, 10));
        }

        using (var half = await RawCall.OpenAsync(application.Address))
        {
            await half.Head(length: null, KillWorld.Sign(Event));
            await half.Chunk(Event.AsMemory(0, 20));
            half.EndOfSending();
            Refused(await half.Status());
        }

        using (var silent = await RawCall.OpenAsync(application.Address))
        {
            await silent.Head(Event.Length, KillWorld.Sign(Event));
            await silent.Send(Event.AsMemory(0, 10));
            Refused(await silent.Status());
        }

        await NothingWritten();
    }

    [Fact]
    public async Task Twelve_megabytes_are_refused_before_they_are_read_or_kept()
    {
        var before = application.PeakMemory;
        // Announced: refused by its head, signed or not, with the body still to come.
        using (var announced = await RawCall.OpenAsync(application.Address))
        {
            await announced.Head(Large, KillWorld.Sign(Event));
            Assert.Equal(413, await announced.Status());
        }

        // Forty at once, half of them without saying how long they will be.
        var block = new byte[64 * 1024];
        Array.Fill(block, (byte)' ');
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            using var call = await RawCall.OpenAsync(application.Address);
            await call.Head(i % 2 == 0 ? Large : null, KillWorld.Sign(Event));
            try
            {
                for (var sent = 0; sent < Large; sent += block.Length)
                {
                    await (i % 2 == 0 ? call.Send(block) : call.Chunk(block));
                }
            }
            catch (IOException)
            {
                // The server has hung up on the rest, its answer sent.
            }

            return await call.Status();
        })));
        // Who goes on sending may find the connection reset before the answer is read: a refusal too.
        Assert.All(statuses, s => Assert.True(s is 413 or 0, $"Answered {s}."));
        Assert.Contains(413, statuses);
        // A tenth of what was sent would be less than that; the runtime's own comings and goings are in it.
        Assert.True(application.PeakMemory - before < 200 * 1024 * 1024, $"Memory rose from {before:n0} to {application.PeakMemory:n0} bytes.");

        await NothingWritten();
    }

    [Fact]
    public async Task What_is_rightly_signed_and_no_JSON_is_refused()
    {
        foreach (var text in new[] { "", "{", "nonsense", "{\"object\":\"Event\"", new string('[', 20_000), new string('[', 20_000) + new string(']', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 20_000)) + "1" + new string('}', 20_000), "\0", "{}{}" })
        {
            var body = Encoding.UTF8.GetBytes(text);
            Assert.Equal(HttpStatusCode.BadRequest, await Send(body, KillWorld.Sign(body)));
        }

        byte[] latin = [.. "{\"a\":\""u8, 0xE9, .. "\"}"u8];
        Assert.Equal(HttpStatusCode.BadRequest, await Send(latin, KillWorld.Sign(latin)));
        await NothingWritten();
    }

    [Fact]
    public async Task What_says_nothing_to_us_is_kept_answered_with_200_and_moves_nothing()
    {
        string[] odd = ["{\"hello\":1}", "[]", "1", "{\"object\":\"Event\",\"description\":\"tracker.updated\"}", "{\"object\":\"Event\",\"description\":\"batch.created\",\"result\":{\"object\":\"Batch\"}}", "{\"object\":\"Tracker\"}"];
        foreach (var text in odd)
        {
            var body = Encoding.UTF8.GetBytes(text);
            Assert.Equal(HttpStatusCode.OK, await Send(body, KillWorld.Sign(body)));
            Assert.Equal(HttpStatusCode.OK, await Send(body, KillWorld.Sign(body)));
        }

        // A tracker that nobody here knows, three times: one message, one question to a person, one event.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await Send(Event, KillWorld.Sign(Event)));
        }

        Assert.Equal(odd.Length + 1, await Number("""SELECT COUNT(*) FROM "Messages" """));
        await Eventually.Holds(async () => await Number("""SELECT COUNT(*) FROM "Messages" WHERE "State" = 'STORED' """) == 0, () => application.Output);
        Assert.Equal(1, await Number("""SELECT COUNT(*) FROM "TrackingEvents" """));
        Assert.Equal(1, await Number("""SELECT COUNT(*) FROM "TrackingEvents" WHERE "WorkItemId" IS NOT NULL AND "ShipmentId" IS NULL"""));
        Assert.Equal(1, await Number("""SELECT COUNT(*) FROM "WorkItems" WHERE "Reason" = 'NO_SHIPMENT' """));
    }

    private async Task<HttpStatusCode> Send(byte[] body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Hmac-Signature", signature);
        }

        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Called unreadable or given up (400, 408), or the server hung up without a word.</summary>
    private static void Refused(int status) => Assert.True(status is 0 or 400 or 408, $"Answered {status}.");

    /// <summary>And the next right call is answered as ever.</summary>
    private async Task NothingWritten()
    {
        Assert.Equal(0, await Number("""SELECT (SELECT COUNT(*) FROM "Messages") + (SELECT COUNT(*) FROM "TrackingEvents") + (SELECT COUNT(*) FROM "WorkItems") """));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await Send(Event, KillWorld.Sign(Event)));
        Assert.Equal(1, await Number("""SELECT COUNT(*) FROM "Messages" """));
    }

    private Task<int> Number(string sql) => store.Number(application.DataFolder, sql);
}

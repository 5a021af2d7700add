using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace FieldSupport.E2E.Processes;

/// <summary>
/// Another process holds the database's write lock. Who writes is told "busy, try again" in time, who reads goes on reading, and afterwards
/// all is as before. FIELDSUPPORT_LOCK_SECONDS says for how long (default 3, and at least until every write of one round has been answered; the long run is 60).
/// </summary>
[Collection(ProcessTests.Name)]
public sealed partial class LockedDatabaseTests(ITestOutputHelper output)
{
    private const string Written = "\"Messages\", \"TrackingEvents\", \"Chases\", \"Deliveries\", \"JobRuns\", \"Notices\", \"Rungs\", \"Audit\", \"IdempotentRequests\", \"Stalls\"";

    [Theory, OnEachStore]
    public async Task While_the_database_is_locked_writers_are_told_to_come_again_and_readers_read(string database)
    {
        var held = TimeSpan.FromSeconds(ProcessTests.Asked("FIELDSUPPORT_LOCK_SECONDS", 3));
        await using var store = await Store.Of(database);
        await using var application = await StartedApplication.StartAsync(new StartedApplicationOptions
        {
            Jobs = true, ClockStartsAt = KillWorld.StartsAt, Settings = new Dictionary<string, string>([.. store.Settings, .. KillWorld.Settings]),
        });
        var (_, added, _) = await application.RunVerbAsync("tokens", "add", "logistics@demo.test", "--name", "lock", "--json");
        using var client = new HttpClient { BaseAddress = application.Address, Timeout = TimeSpan.FromSeconds(45) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonDocument.Parse(added).RootElement.GetProperty("result").GetString());
        using var person = await SignedIn(application.Address);
        var delivery = JsonDocument.Parse(await client.GetStringAsync("/api/v1/deliveries?limit=1")).RootElement.GetProperty("deliveries")[0].GetProperty("number").GetString()!;
        var form = await person.GetStringAsync($"/deliveries/{delivery}/chase");
        var chases = await Chases();

        await using (var other = await store.OpenAsync(application.DataFolder))
        {
            await Run(other, store.IsSqlite ? "BEGIN IMMEDIATE" : "BEGIN");
            if (!store.IsSqlite)
            {
                await Run(other, $"LOCK TABLE {Written} IN EXCLUSIVE MODE");
            }

            var since = Stopwatch.StartNew();
            var (asked, longest) = (0, TimeSpan.Zero);
            do
            {
                var answers = await Task.WhenAll(Timed(() => Webhook(client, asked)), Timed(() => ByProgram(client, delivery)), Timed(() => ByForm(person, delivery, form)));
                foreach (var (answer, took) in answers)
                {
                    longest = took > longest ? took : longest;
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, "A 503 says when to come again.");
                    answer.Dispose();
                }

                foreach (var page in new[] { "/today", "/deliveries", $"/deliveries/{delivery}/chase", "/healthz" })
                {
                    using var answer = await person.GetAsync(page);
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                }

                using var read = await client.GetAsync($"/api/v1/deliveries/{delivery}");
                Assert.Equal(HttpStatusCode.OK, read.StatusCode);
                asked++;
            }
            while (since.Elapsed < held);
            output.WriteLine($"{database}: locked for {since.Elapsed.TotalSeconds:0} s, {asked} rounds of three writes, the slowest answered after {longest.TotalSeconds:0.0} s");
            // A reply that comes after the sender has given up is no reply; a minute is what the most patient wait.
            Assert.True(longest < TimeSpan.FromSeconds(45));
            await Run(other, "ROLLBACK");
        }

        // What was refused was not half done: the very same calls are taken now, once.
        foreach (var send in new Func<Task<HttpResponseMessage>>[] { () => Webhook(client, 0), () => ByProgram(client, delivery), () => ByForm(person, delivery, form) })
        {
            using var answer = await send();
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.SeeOther, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.Equal(1, await store.Number(application.DataFolder, """SELECT COUNT(*) FROM "Messages" WHERE "Source" = 'webhook:easypost' """));
        Assert.Equal(chases + 2, await Chases());
        // The timetable has got over it: the message is read, and runs are done again.
        await Eventually.Holds(async () => await store.Number(application.DataFolder, """SELECT COUNT(*) FROM "Messages" WHERE "Source" = 'webhook:easypost' AND "State" = 'PROCESSED' """) == 1, () => application.Output);
        await application.StopAsync();
        var runs = await store.Rows(application.DataFolder, """SELECT "Outcome", COUNT(*) FROM "JobRuns" GROUP BY "Outcome" """);
        output.WriteLine("runs: " + string.Join(", ", runs.Select(r => $"{r[1]} {r[0]}")));
        Assert.DoesNotContain("RUNNING", runs.Select(r => r[0]));

        Task<int> Chases() => store.Number(application.DataFolder, """SELECT COUNT(*) FROM "Chases" """);
    }

    private static async Task<(HttpResponseMessage Answer, TimeSpan Took)> Timed(Func<Task<HttpResponseMessage>> call)
    {
        var since = Stopwatch.StartNew();
        return (await call(), since.Elapsed);
    }

    private static async Task<HttpResponseMessage> Webhook(HttpClient client, int number)
    {
        var body = KillWorld.Event($"scan {number}", KillWorld.StartsAt, new Random(number));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("X-Hmac-Signature", KillWorld.Sign(body));
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> ByProgram(HttpClient client, string delivery)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/deliveries/{delivery}/chases")
        {
            Content = JsonContent.Create(new { whom = "carrier", channel = "phone", note = "Nobody answered." }),
        };
        request.Headers.Add("Idempotency-Key", "lock-1");
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> ByForm(HttpClient client, string delivery, string page) =>
        await client.PostAsync($"/deliveries/{delivery}/chase", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = Field(page, "__RequestVerificationToken"), ["Whom"] = "carrier", ["Channel"] = "phone", ["Safety.Heard"] = "no", ["Note"] = "Nobody answered.",
        }));

    private static async Task<HttpClient> SignedIn(Uri address)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(45) };
        var page = await client.GetStringAsync("/account/sign-in");
        using var answer = await client.PostAsync("/account/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = Field(page, "__RequestVerificationToken"), ["Email"] = "logistics@demo.test", ["Password"] = "Demo-pass-1!",
        }));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return client;
    }

    private static string Field(string page, string name) =>
        Fields().Matches(page).First(m => m.Value.Contains($"name=\"{name}\"", StringComparison.Ordinal)).Value is var input ? Value().Match(input).Groups[1].Value : "";

    private static async Task Run(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex("<input[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Fields();

    [GeneratedRegex("value=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Value();
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace FieldSupport.E2E.Processes;

/// <summary>
/// Senders as the world has them: each says its thing until it is acknowledged, whoever is killed meanwhile, and notes what was. They end when
/// told to, each with its last word acknowledged or never said.
/// </summary>
public sealed class KillLoad(StartedApplication application, RunningClock clock, string token, string[] deliveries, TempFolder files, int seed)
{
    private readonly CancellationTokenSource enough = new();
    private int number;
    private int cut;

    /// <summary>Acknowledged events of the carrier by name, each with how often it was said and acknowledged.</summary>
    public ConcurrentDictionary<string, (byte[] Body, int Times)> Webhooks { get; } = new();
    /// <summary>Acknowledged chases by their note.</summary>
    public ConcurrentDictionary<string, string> Chases { get; } = new();
    /// <summary>Chases that were refused, since their promise had passed by the time they came through.</summary>
    public ConcurrentDictionary<string, bool> RefusedChases { get; } = new();
    /// <summary>Scans of acknowledged files, by name.</summary>
    public ConcurrentDictionary<string, bool> Scans { get; } = new();
    /// <summary>Orders of acknowledged files, whose parcel was acknowledged too.</summary>
    public ConcurrentDictionary<string, bool> LateOrders { get; } = new();
    /// <summary>Answers that no sender should ever get.</summary>
    public ConcurrentBag<string> Wrong { get; } = [];
    public int Cut => cut;
    public int ImportsKilled { get; private set; }
    public int ImportsTriedAgain { get; private set; }

    public Task[] Begin() =>
    [
        .. Enumerable.Range(0, 4).Select(i => Task.Run(() => SendWebhooks(new Random(seed + i)))),
        .. Enumerable.Range(0, 2).Select(i => Task.Run(() => SendChases(new Random(seed + 10 + i)))),
        Task.Run(() => Import(new Random(seed + 20))),
    ];

    public void Enough() => enough.Cancel();

    private async Task SendWebhooks(Random random)
    {
        using var client = Client();
        var said = new List<string>();
        while (!enough.IsCancellationRequested)
        {
            var again = said.Count > 0 && random.Next(10) == 0;
            var name = again ? said[random.Next(said.Count)] : $"scan {Interlocked.Increment(ref number):000000}";
            var body = again ? Webhooks[name].Body : KillWorld.Event(name, clock.Now, random);
            await UntilTaken(client, () => Webhook(body), HttpStatusCode.OK);
            Webhooks.AddOrUpdate(name, (body, 1), (_, before) => (body, before.Times + 1));
            if (!again)
            {
                said.Add(name);
            }

            await Task.Delay(random.Next(30));
        }
    }

    private async Task SendChases(Random random)
    {
        using var client = Client();
        while (!enough.IsCancellationRequested)
        {
            var note = $"Asked where it is, call {Interlocked.Increment(ref number)}";
            var (delivery, key) = (deliveries[random.Next(deliveries.Length)], Guid.NewGuid().ToString());
            var promise = random.Next(3) == 0 ? clock.Now.AddHours(1 + random.Next(40)) : (DateTimeOffset?)null;
            HttpRequestMessage Chase() => new(HttpMethod.Post, $"/api/v1/deliveries/{delivery}/chases")
            {
                Content = JsonContent.Create(new { whom = "carrier", channel = "phone", note, promisedBy = promise }),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token), },
            };
            HttpRequestMessage WithKey()
            {
                var request = Chase();
                request.Headers.Add("Idempotency-Key", key);
                return request;
            }

            if (await UntilTaken(client, WithKey, HttpStatusCode.Created, promise is null ? null : HttpStatusCode.UnprocessableEntity) is { } answer)
            {
                Chases[note] = answer;
                // The answer was lost on the way, as far as this client knows: the same call gets the same answer.
                if (random.Next(8) == 0 && await UntilTaken(client, WithKey, HttpStatusCode.Created) is var second && second != answer)
                {
                    Wrong.Add($"The same key was answered differently: {answer} and {second}");
                }
            }
            else
            {
                RefusedChases[note] = true;
            }

            await Task.Delay(50 + random.Next(100));
        }
    }

    private async Task Import(Random random)
    {
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            var names = Enumerable.Range(0, 20).Select(_ => $"Dock {Interlocked.Increment(ref number):000000}").ToList();
            await UntilImported("tracking", KillWorld.Scans(names, clock.Now, random), random);
            foreach (var name in names)
            {
                Scans[name] = true;
            }

            if (enough.IsCancellationRequested)
            {
                return;
            }

            foreach (var (kind, text) in KillWorld.Late(round, clock.Now))
            {
                await UntilImported(kind, text, random);
            }

            LateOrders[KillWorld.LatePo(round)] = true;
        }
    }

    /// <summary>The same file until the command line says that all of it is in; some calls are killed as well.</summary>
    private async Task UntilImported(string kind, string text, Random random)
    {
        var path = files.Write($"{kind}.csv", text);
        for (var attempt = 1; ; attempt++)
        {
            var kill = attempt < 4 && random.Next(4) == 0 ? TimeSpan.FromMilliseconds(500 + random.Next(2500)) : (TimeSpan?)null;
            var (code, said, error) = await application.RunVerbAsync(kill, "import", kind, path, "--commit");
            switch (code)
            {
                case 0: return;
                case 137: ImportsKilled++; break;
                default:
                    ImportsTriedAgain++;
                    if (attempt > 20)
                    {
                        Wrong.Add($"import {kind} ended with {code} twenty times: {said}{error}");
                        return;
                    }

                    break;
            }
        }
    }

    private static HttpRequestMessage Webhook(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("X-Hmac-Signature", KillWorld.Sign(body));
        return request;
    }

    /// <returns>The body; null for the answer that is allowed to be a refusal.</returns>
    private async Task<string?> UntilTaken(HttpClient client, Func<HttpRequestMessage> request, HttpStatusCode taken, HttpStatusCode? refused = null)
    {
        while (true)
        {
            try
            {
                using var one = request();
                using var answer = await client.SendAsync(one);
                var body = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode == taken)
                {
                    return body;
                }

                if (answer.StatusCode == refused)
                {
                    return null;
                }

                // Busy, or written by somebody else in the same moment: the same again.
                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict))
                {
                    Wrong.Add($"{one.Method} {one.RequestUri} was answered {(int)answer.StatusCode}: {body}");
                    return null;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                Interlocked.Increment(ref cut);
            }

            await Task.Delay(100);
        }
    }

    private HttpClient Client() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = application.Address, Timeout = TimeSpan.FromSeconds(30) };
}

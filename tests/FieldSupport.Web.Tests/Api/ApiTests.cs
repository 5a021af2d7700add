using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Api;

public sealed class ApiTests
{
    private const string Practice = "practice@demo.test";
    private static readonly string Receipts = $"/api/v1/shipments/{Parcels.Number}/receipts";
    private static readonly string One = $"/api/v1/deliveries/{Parcels.Number}";

    [Theory, OnBothDatabases]
    public async Task Deliveries_come_by_number_page_by_page_under_the_scope_of_the_token(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var logistics = await application.WithToken("logistics@demo.test");
        var first = await Json(logistics, "/api/v1/deliveries?limit=1");
        Assert.Equal(["SHP-90001"], Numbers(first));
        var second = await Json(logistics, $"/api/v1/deliveries?limit=1&after={first.GetProperty("next").GetString()}");
        Assert.Equal(["SHP-90002"], Numbers(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(["SHP-90001", "SHP-90002"], Numbers(await Json(logistics, "/api/v1/deliveries?limit=1000&open=true")));
        Assert.Equal(["SHP-90002"], Numbers(await Json(logistics, "/api/v1/deliveries?account=northfork")));

        var practice = await application.WithToken(Practice);
        Assert.Equal(["SHP-90001"], Numbers(await Json(practice, "/api/v1/deliveries")));
        Assert.Empty(Numbers(await Json(practice, "/api/v1/deliveries?account=NORTHFORK")));
        Assert.Equal(HttpStatusCode.NotFound, (await practice.GetAsync("/api/v1/deliveries/SHP-90002")).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task The_filter_by_outlook_gives_those_that_are_judged_so_now(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var logistics = await application.WithToken("logistics@demo.test");
        var all = (await Json(logistics, "/api/v1/deliveries")).GetProperty("deliveries").EnumerateArray().Select(d => d.GetProperty("outlook").GetString()).ToList();
        Assert.NotNull(all[0]);
        Assert.Equal(all.Count(o => o == all[0]), Numbers(await Json(logistics, $"/api/v1/deliveries?outlook={all[0]}")).Count);
        Assert.Empty(Numbers(await Json(logistics, "/api/v1/deliveries?outlook=Received")));
        await Refused(await logistics.GetAsync("/api/v1/deliveries?outlook=Fine"), 422, "outlook.unknown");
        await Refused(await logistics.GetAsync("/api/v1/deliveries?limit=0"), 422, "limit.invalid");
        await Refused(await logistics.GetAsync("/api/v1/deliveries?limit=many"), 400, "malformed");
        await Refused(await application.Bare().GetAsync("/api/v1/deliveries"), 401, "not-signed-in");
    }

    [Theory, OnBothDatabases]
    public async Task One_delivery_has_the_shape_of_the_contract_and_an_etag(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var answer = await (await application.WithToken("rep@demo.test")).GetAsync(One);
        Assert.NotNull(answer.Headers.ETag);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        string[] promised =
        [
            "number", "kind", "order", "po", "account", "visitOn", "carrier", "tracking", "service", "milestone", "lastMovementAtUtc", "needBy", "mustShipBy", "committedAt",
            "projectedArrival", "estimateSource", "slackHours", "outlook", "severity", "reasons", "rung", "nextCheckAtUtc", "deliveredAtUtc", "signedBy", "receivedAtUtc", "events",
            "duplicateEvents", "notices", "rescue",
        ];
        Assert.All(promised, name => Assert.True(json.TryGetProperty(name, out _), name));
        Assert.Equal("drug", json.GetProperty("kind").GetString());
        Assert.DoesNotContain("2027-02-16", json.GetRawText(), StringComparison.Ordinal); // refill-by
    }

    [Theory, OnBothDatabases]
    public async Task A_receipt_under_a_key_is_made_once_and_answered_alike(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var program = await application.WithToken(Practice);
        var first = await Post(program, Receipts, Good("A1207"), key: "k-1");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var again = await Post(program, Receipts, Good("A1207"), key: "k-1");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Single(await Parcels.Receipts(application));
        await Refused(await Post(program, Receipts, Good("B"), key: "k-1"), 422, "idempotency.key-reused");

        var late = await Post(program, Receipts, Good("B"));
        var problem = await Refused(late, 409, "stale");
        Assert.Equal("A1207", problem.GetProperty("recorded")[0].GetProperty("lot").GetString());
        var received = await Json(program, One);
        Assert.Equal("Received", received.GetProperty("outlook").GetString());
    }

    [Theory, OnBothDatabases]
    public async Task The_same_key_twice_at_once_makes_one_receipt(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var program = await application.WithToken(Practice);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Post(program, Receipts, Good("A1207"), key: "k-2")));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Single(await Parcels.Receipts(application));
    }

    [Theory, OnBothDatabases]
    public async Task What_is_wrong_with_a_receipt_is_named(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var program = await application.WithToken(Practice);
        await Refused(await Post(program, Receipts, "{"), 400, "malformed");
        await Refused(await Post(program, Receipts, """{"lines":[],"receivedBy":"I. Cole","receivedAt":"2027-02-04T10:00:00"}"""), 400, "malformed");
        await Refused(await Post(program, Receipts, """{"lines":[]}"""), 422, "invalid");
        await Refused(await Post(program, Receipts, Good("A", packs: 1)), 422, "receipt.packs-missing");
        await Refused(await Post(program, Receipts, Good("A", packs: 3)), 422, "receipt.too-many-packs");
        await Refused(await Post(program, Receipts, Good("A", expiry: "2027-01-31")), 422, "receipt.expired");
        await Refused(await Post(program, Receipts, Good("A", condition: "FINE")), 422, "invalid");
        await Refused(await Post(program, Receipts, Good("A", ndc: "70121-2501-01")), 422, "receipt.not-in-parcel");
        await Refused(await Post(program, Receipts, new string(' ', 1024 * 1024) + "{}"), 413, "too-large");
        var odd = await program.PostAsync(Receipts, new StringContent("x", Encoding.UTF8, "text/plain"));
        await Refused(odd, 415, "media-type");
        await Refused(await Post(program, "/api/v1/shipments/SHP-90002/receipts", Good("A")), 404, "not-found");
        await Refused(await Post(await application.WithToken("rep@demo.test"), Receipts, Good("A")), 403, "forbidden");
        Assert.Empty(await Parcels.Receipts(application));
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_change_that_rests_on_another_state_is_stale(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var program = await application.WithToken(Practice);
        var seen = (await program.GetAsync(One)).Headers.ETag!.ToString();
        await Parcels.Sweep(application, onlyDue: false);
        await Refused(await Post(program, Receipts, Good("A"), match: seen), 409, "stale");
        var now = (await program.GetAsync(One)).Headers.ETag!.ToString();
        Assert.NotEqual(seen, now);
        Assert.Equal(HttpStatusCode.Created, (await Post(program, Receipts, Good("A"), match: now)).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task A_chase_of_a_program_is_the_chase_of_the_page(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var rep = await application.WithToken("rep@demo.test");
        const string chase = """{"whom":"carrier","channel":"phone","contact":"Dana","note":"On the next truck.","promise":"Out today","promisedBy":"2027-02-04T16:30:30-06:00"}""";
        var answer = await Post(rep, One + "/chases", chase, key: "c-1");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(new DateTimeOffset(2027, 2, 4, 22, 30, 30, TimeSpan.Zero), json.GetProperty("promisedBy").GetDateTimeOffset());
        Assert.Equal("rep@demo.test", json.GetProperty("loggedBy").GetString());
        Assert.Equal(HttpStatusCode.Created, (await Post(rep, One + "/chases", chase, key: "c-1")).StatusCode);
        await using (var db = application.Open())
        {
            Assert.Equal("On the next truck.", (await db.Chases.SingleAsync()).Note);
            Assert.Equal(new DateTimeOffset(2027, 2, 4, 22, 30, 30, TimeSpan.Zero), (await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).PromisedByUtc);
        }
        // The same key of somebody else is another key.
        Assert.Equal(HttpStatusCode.Created, (await Post(await application.WithToken("logistics@demo.test"), One + "/chases", chase, key: "c-1")).StatusCode);
        await Refused(await Post(rep, One + "/chases", """{"whom":"carrier","channel":"phone","note":"x","promisedBy":"2027-02-03T16:30:00-06:00"}"""), 422, "chase.promise-past");
        await Refused(await Post(rep, One + "/chases", "{}"), 422, "invalid");
        await Refused(await Post(rep, "/api/v1/deliveries/SHP-90002/chases", chase), 404, "not-found");
        await Refused(await Post(await application.WithToken(Practice), One + "/chases", chase), 403, "forbidden");
    }

    [Fact]
    public async Task The_description_covers_every_address_of_the_api()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var document = await application.Bare().GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        Assert.Contains("/api/v1/deliveries", paths);
        Assert.Contains("/api/v1/deliveries/{number}", paths);
        Assert.Contains("/api/v1/deliveries/{number}/chases", paths);
        Assert.Contains("/api/v1/shipments/{number}/receipts", paths);
        Assert.All(document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()), o => Assert.True(o.Value.TryGetProperty("summary", out _), o.Name));
    }

    private static string Good(string lot, int packs = 2, string expiry = "2028-08-31", string condition = "GOOD", string ndc = Parcels.Ndc) =>
        $$"""{"lines":[{"ndc":"{{ndc}}","packs":{{packs}},"lot":"{{lot}}","expiry":"{{expiry}}","condition":"{{condition}}"}],"receivedBy":"I. Cole","receivedAt":"2027-02-04T07:30:00-06:00","surprise":1}""";

    internal static Task<HttpResponseMessage> Post(HttpClient client, string address, string body, string? key = null, string? match = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        return client.SendAsync(request);
    }

    internal static async Task<JsonElement> Refused(HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var json = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, json.GetProperty("code").GetString());
        return json;
    }

    private static async Task<JsonElement> Json(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static List<string?> Numbers(JsonElement page) => page.GetProperty("deliveries").EnumerateArray().Select(d => d.GetProperty("number").GetString()).ToList();
}

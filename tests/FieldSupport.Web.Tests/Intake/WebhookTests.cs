using System.Net;
using System.Text;
using System.Text.Json;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Intake;

public sealed class WebhookTests
{
    private const string Secret = "sécret";

    private static Task<Application> Start(Database database, string? secret = Secret) => Application.StartAsync(database, sample: false, settings: new Dictionary<string, string?>
    {
        ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = secret,
    });

    private static async Task<HttpStatusCode> Send(HttpClient client, byte[] body, string? signature = null, string secret = Secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(EasyPostSignature.HeaderName, signature ?? EasyPostSignature.Sign(body, secret));
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static byte[] Tracker(string number, string at, string status, string detail) => Encoding.UTF8.GetBytes($$"""
        {"object":"Event","description":"tracker.updated","result":{"id":"trk_{{number}}","object":"Tracker","tracking_code":"{{number}}","carrier":"FedEx","status":"{{status}}","status_detail":"{{detail}}",
        "tracking_details":[{"object":"TrackingDetail","message":"x","status":"{{status}}","status_detail":"{{detail}}","datetime":"{{at}}"} ] } }
        """);

    private static async Task<JobReport> Process(Application app) =>
        (await app.Services.GetRequiredService<JobShell>().Run(Timetable.ProcessMessages, JobTrigger.Person, default)).Report;

    [Fact]
    public async Task Answers_say_what_is_wrong()
    {
        await using var app = await Start(Database.Sqlite);
        using var client = app.Bare();
        var body = "{\"object\":\"Event\"}"u8.ToArray();
        Assert.Equal(HttpStatusCode.OK, await Send(client, body));
        Assert.Equal(HttpStatusCode.OK, await Send(client, body));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(client, body, secret: "secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(client, body, signature: ""));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(client, body, signature: EasyPostSignature.Sign(body, Secret).ToUpperInvariant()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(client, [.. body, (byte)'\n'], signature: EasyPostSignature.Sign(body, Secret)));
        Assert.Equal(HttpStatusCode.BadRequest, await Send(client, "{"u8.ToArray()));
        Assert.Equal(HttpStatusCode.BadRequest, await Send(client, []));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Send(client, new byte[1024 * 1024 + 1]));
        await using var db = app.Open();
        Assert.Equal(1, await db.Messages.CountAsync());
        Assert.Equal(body, (await db.Messages.SingleAsync()).Body);
    }

    [Fact]
    public async Task Without_a_secret_it_is_not_open()
    {
        await using var app = await Start(Database.Sqlite, secret: null);
        using var client = app.Bare();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Send(client, "{}"u8.ToArray()));
        Assert.Contains(app.Errors, e => e.Contains("FieldSupport:Carriers:EasyPost:WebhookSecret", StringComparison.Ordinal));
    }

    [RealDataFact]
    public async Task Every_parser_case_is_answered_and_none_with_a_failure()
    {
        await using var app = await Start(Database.Sqlite);
        using var client = app.Bare();
        foreach (var line in File.ReadLines(RealData.PathOf("bad-input/json-parsing-cases.jsonl")).Where(l => l.Length > 0))
        {
            using var one = JsonDocument.Parse(line);
            var bytes = one.RootElement.EnumerateObject().Last(p => p.Name.Contains("64", StringComparison.Ordinal)).Value.GetBytesFromBase64();
            var (name, expect) = (one.RootElement.GetProperty("name").GetString(), one.RootElement.GetProperty("expect").GetString());
            var status = await Send(client, bytes);
            if (expect == "reject") Assert.True(status == HttpStatusCode.BadRequest, $"{name}: {status}");
            else if (expect == "accept") Assert.True(status == HttpStatusCode.OK, $"{name}: {status}");
            else Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{name}: {status}");
        }
        var report = await Process(app);
        Assert.Empty(report.Failures);
        await using var db = app.Open();
        Assert.Equal(0, await db.Messages.CountAsync(m => m.State != MessageState.Ignored));
        Assert.Empty(app.Errors);
    }

    [Theory, InlineData(Database.Sqlite), InlineData(Database.Postgres)]
    public async Task Stored_by_many_at_once_read_once_and_kept_for_a_person(Database database)
    {
        await using var app = await Start(database);
        using var client = app.Bare();
        var bodies = Enumerable.Range(0, 64).Select(i => Tracker($"9{i % 60:000}", "2027-02-01T12:00:00Z", "in_transit", "arrived_at_facility")).ToList();
        Assert.All(await Task.WhenAll(bodies.Select(b => Task.Run(() => Send(client, b)))), s => Assert.Equal(HttpStatusCode.OK, s));
        await using (var db = app.Open()) Assert.Equal(60, await db.Messages.CountAsync(m => m.State == MessageState.Stored));

        var report = await Process(app);
        Assert.Equal((60, 60), (report.Seen, report.Acted));
        Assert.Equal(0, (await Process(app)).Seen);
        await using var after = app.Open();
        Assert.Equal((60, 60, 60), (await after.Messages.CountAsync(m => m.State == MessageState.Processed), await after.WorkItems.CountAsync(), await after.TrackingEvents.CountAsync()));
    }

    [Theory, InlineData(Database.Sqlite), InlineData(Database.Postgres)]
    public async Task The_same_message_again_is_counted_and_does_nothing(Database database)
    {
        await using var app = await Application.StartAsync(database, settings: new Dictionary<string, string?> { ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = Secret });
        using var client = app.Bare();
        string number;
        DateTimeOffset label;
        await using (var db = app.Open())
        {
            var parcel = await db.Shipments.OrderBy(s => s.Number).FirstAsync();
            (number, label) = (parcel.Tracking, parcel.LabelAtUtc);
            parcel.Carrier = "FedEx";
            parcel.TrackingKey = TrackingNumbers.Key(number);
            await db.SaveChangesAsync();
        }
        var body = Tracker(number, label.AddHours(6).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), "in_transit", "arrived_at_facility");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await Send(client, body));
            await Process(app);
        }
        await using var after = app.Open();
        var found = await after.Shipments.Include(s => s.Events).SingleAsync(s => s.Tracking == number);
        Assert.Equal((1, 2), (found.Events.Count(e => e.Source == "EasyPost"), found.DuplicateEvents));
        Assert.Equal(1, await after.Messages.CountAsync());
    }

    [Theory, InlineData(Database.Sqlite), InlineData(Database.Postgres)]
    public async Task The_same_message_again_before_anybody_read_it_is_counted_too(Database database)
    {
        await using var app = await Application.StartAsync(database, settings: new Dictionary<string, string?> { ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = Secret });
        using var client = app.Bare();
        var body = Tracker("770000000001", SampleWorld.Now.AddHours(-3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), "in_transit", "arrived_at_facility");
        for (var i = 0; i < 4; i++) Assert.Equal(HttpStatusCode.OK, await Send(client, body));
        await Process(app);
        await Process(app);
        async Task<(int, int)> Counted()
        {
            await using var db = app.Open();
            var found = await db.Shipments.Include(s => s.Events).SingleAsync(s => s.Number == SampleWorld.Lakeside.Shipment);
            return (found.Events.Count, found.DuplicateEvents);
        }
        Assert.Equal((1, 3), await Counted());
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, await Send(client, body));
        await Process(app);
        Assert.Equal((1, 5), await Counted());
    }

    [Theory, OnBothDatabases]
    public async Task A_message_whose_trouble_is_over_is_read_again_from_the_status_page_once(Database database)
    {
        await using var app = await Application.StartAsync(database, settings: new Dictionary<string, string?> { ["FieldSupport:Carriers:EasyPost:WebhookSecret"] = Secret });
        using var client = app.Bare();
        Assert.Equal(HttpStatusCode.OK, await Send(client, Tracker("770000000001", SampleWorld.Now.AddHours(-3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), "in_transit", "arrived_at_facility")));
        Guid id;
        await using (var db = app.Open())
        {
            var message = await db.Messages.SingleAsync();
            (id, message.State, message.Attempts, message.Note) = (message.Id, MessageState.Parked, 3, "The disk was full.");
            db.WorkItems.Add(new FieldSupport.Domain.Shipments.WorkItem { Number = "WRK-70001", Reason = WorkItems.Unreadable, Source = "easypost", MessageId = id, OpenKey = $"UNREADABLE|{id}", OpenedAtUtc = SampleWorld.Now, Summary = "It could not be read." });
            await db.SaveChangesAsync();
        }
        var admin = await app.SignedIn("admin@demo.test");
        Assert.Contains($"/status/messages/{id}/read-again", await admin.GetStringAsync("/status"), StringComparison.Ordinal);
        Assert.DoesNotContain("read-again", await (await app.SignedIn("logistics@demo.test")).GetStringAsync("/status"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync($"/status/messages/{id}/read-again", Application.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync($"/status/messages/{id}/read-again", Application.Form())).StatusCode);
        await Process(app);
        await using var after = app.Open();
        Assert.Equal(MessageState.Processed, (await after.Messages.SingleAsync()).State);
        Assert.Single((await after.Shipments.Include(s => s.Events).SingleAsync(s => s.Number == SampleWorld.Lakeside.Shipment)).Events);
        Assert.NotNull((await after.WorkItems.SingleAsync(w => w.Number == "WRK-70001")).ResolvedAtUtc);
        Assert.Equal("admin@demo.test", await after.Audit.Where(a => a.Action == "message.read-again").Select(a => a.Actor).SingleAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_parked_and_shown()
    {
        await using var app = await Start(Database.Sqlite);
        using var client = app.Bare();
        Assert.Equal(HttpStatusCode.OK, await Send(client, "{\"object\":\"Event\",\"description\":\"tracker.updated\",\"result\":{\"object\":\"Tracker\",\"status\":\"delivered\"}}"u8.ToArray()));
        await Process(app);
        await using var db = app.Open();
        Assert.Equal(MessageState.Parked, (await db.Messages.SingleAsync()).State);
        Assert.Equal(WorkItems.Unreadable, (await db.WorkItems.SingleAsync()).Reason);
    }
}

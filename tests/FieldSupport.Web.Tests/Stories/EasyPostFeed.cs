using System.Text.Json;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Jobs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests.Stories;

/// <summary>How scans reach the story.</summary>
public enum Feed
{
    Import,
    Webhook,
}

/// <summary>A running server over the story's database that EasyPost calls; its clock stands at the instant of the call.</summary>
public sealed class EasyPostFeed(IReadOnlyList<string> settings) : IAsyncDisposable
{
    private const string Secret = "the story's secret";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
    private WebApplicationFactory<Program>? _server;
    private int _events;

    /// <summary>Sends a signed event with one scan, and has the server read what it stored.</summary>
    public async Task Tell(string tracking, DateTimeOffset at, DateTimeOffset received, string code, string city, string state, string zip, string? signedBy)
    {
        // Only now: the story migrates its database first.
        _server ??= Start();
        _clock.SetUtcNow(received);
        var (status, detail) = Words(code);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = $"evt_{++_events}", @object = "Event", description = "tracker.updated",
            result = new
            {
                id = $"trk_{tracking}", @object = "Tracker", tracking_code = tracking, carrier = "FedEx", status, status_detail = detail, signed_by = signedBy,
                tracking_details = new[] { new { @object = "TrackingDetail", message = code, status, status_detail = detail, datetime = at.ToUniversalTime(), tracking_location = new { city, state, zip, country = "US" } } },
            },
        });
        using var client = _server.CreateDefaultClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/easypost") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(EasyPostSignature.HeaderName, EasyPostSignature.Sign(body, Secret));
        using var answer = await client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        var report = (await _server.Services.GetRequiredService<JobShell>().Run(Timetable.ProcessMessages, JobTrigger.Person, default)).Report;
        Assert.Equal((1, 1, 0), (report.Seen, report.Acted, report.Failures.Count));
    }

    private WebApplicationFactory<Program> Start() => new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
    {
        foreach (var setting in settings)
        {
            var (key, value) = (setting[2..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            web.UseSetting(key, value);
        }
        web.UseSetting("FieldSupport:Jobs:Enabled", "false");
        web.UseSetting("FieldSupport:Carriers:EasyPost:WebhookSecret", Secret);
        web.ConfigureServices(s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(_clock)));
    });

    private static (string Status, string Detail) Words(string milestone) => milestone switch
    {
        "LABEL_CREATED" => ("pre_transit", "label_created"),
        "PICKED_UP" => ("in_transit", "received_at_origin_facility"),
        "IN_TRANSIT" => ("in_transit", "departed_facility"),
        "OUT_FOR_DELIVERY" => ("out_for_delivery", "out_for_delivery"),
        "DELIVERED" => ("delivered", "arrived_at_destination"),
        "LOST" => ("failure", "lost"),
        _ => throw new ArgumentOutOfRangeException(nameof(milestone), milestone, "No word of EasyPost's."),
    };

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}

using System.Net;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.WorkList;

/// <summary>What a person once said about a number holds for what the carrier says later.</summary>
public sealed class HandMatchTests
{
    private const string Logistics = "logistics@demo.test";
    private static readonly DateTimeOffset Now = SampleWorld.Now;

    [Theory, OnBothDatabases]
    public async Task A_later_message_of_a_number_matched_by_hand_goes_to_that_parcel_and_asks_nobody(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        await Import(application, Csv("998877", Now.AddHours(-6), "IN_TRANSIT"));
        var item = Assert.Single(await Open(application));
        Assert.Equal(("NO_SHIPMENT", "998877"), (item.Reason, item.TrackingKey));
        await Match(application, item.Number);

        application.Clock.Advance(TimeSpan.FromHours(3));
        var report = await Import(application, Csv("998877", Now.AddHours(2), "DELIVERED"));

        Assert.Equal(Parcels.Number, Assert.Single(Seen(report)).Matched);
        Assert.Empty(await Open(application));
        await using var db = application.Open();
        var shipment = await db.Shipments.Include(s => s.Order).SingleAsync(s => s.Number == Parcels.Number);
        Assert.Equal((Milestone.Delivered, OrderState.Delivered), (shipment.Milestone!.Value, shipment.Order!.State));
        Assert.Equal(2, await db.TrackingEvents.CountAsync(e => e.ShipmentId == shipment.Id && e.TrackingKey == "998877"));
        Assert.Equal(WorkAnswer.Matched, (await db.WorkItems.SingleAsync()).Answer);
    }

    [Theory, OnBothDatabases]
    public async Task A_number_that_is_used_again_later_asks_anew(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Import(application, Csv("998877", Now.AddHours(-6), "IN_TRANSIT"));
        await Match(application, Assert.Single(await Open(application)).Number);
        application.Clock.Advance(ParcelMatch.AfterLabel + TimeSpan.FromDays(1));
        await Import(application, Csv("998877", application.Clock.GetUtcNow().AddHours(-1), "PICKED_UP"));
        Assert.Equal("NO_SHIPMENT", Assert.Single(await Open(application)).Reason);
    }

    [Theory, OnBothDatabases]
    public async Task A_parcel_labelled_with_the_very_number_after_the_match_takes_its_own_scans(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Import(application, Csv("998877", Now.AddHours(-6), "IN_TRANSIT"));
        await Match(application, Assert.Single(await Open(application)).Number);
        application.Clock.Advance(TimeSpan.FromDays(3));
        await using (var db = application.Open())
        {
            var other = await db.Shipments.SingleAsync(s => s.Number == SampleWorld.Northfork.Shipment);
            (other.Tracking, other.TrackingKey, other.LabelAtUtc) = ("998877", "998877", Now.AddDays(2));
            await db.SaveChangesAsync();
        }
        Assert.Equal(SampleWorld.Northfork.Shipment, Assert.Single(Seen(await Import(application, Csv("998877", Now.AddDays(2.5), "PICKED_UP")))).Matched);
    }

    [Theory, OnBothDatabases]
    public async Task Of_a_doubled_number_the_record_that_a_person_chose_moves_the_parcel_and_the_refused_one_stays_out(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var first = Doubled(("a~1", null, Now.AddHours(-9), "IT"), ("b~1", null, Now.AddHours(-8), "IT"));
        Assert.All(Seen(await Import(application, first)), t => Assert.Null(t.Matched));
        var items = await Open(application);
        Assert.All(items, i => Assert.Equal("DUPLICATE_NUMBER", i.Reason));
        await Match(application, items.Single(i => i.UniqueId == "a~1").Number);
        var logistics = await application.SignedIn(Logistics);
        Assert.Equal(HttpStatusCode.SeeOther, (await logistics.PostAsync(
            $"/unmatched/{items.Single(i => i.UniqueId == "b~1").Number}/close", Application.Form(("Reason", "Somebody else's parcel.")))).StatusCode);

        application.Clock.Advance(TimeSpan.FromHours(2));
        var seen = Seen(await Import(application, Doubled(("a~1", null, Now.AddHours(1), "OD"), ("b~1", null, Now.AddHours(1.5), "DL"))));

        Assert.Equal([Parcels.Number, null], seen.Select(t => t.Matched));
        Assert.Empty(await Open(application));
        await using var db = application.Open();
        Assert.Equal(Milestone.OutForDelivery, (await db.Shipments.SingleAsync(s => s.Number == Parcels.Number)).Milestone);
        // What is said of the other one is kept where the person closed it.
        Assert.Equal(2, await db.TrackingEvents.CountAsync(e => e.ShipmentId == null));
    }

    [Theory, OnBothDatabases]
    public async Task Of_a_doubled_number_the_record_shipped_on_the_labels_day_is_ours_and_the_others_are_asked_about(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var label = Now.AddDays(-2).ToString("yyyy-MM-dd");
        var seen = Seen(await Import(application, Doubled(("a~1", label, Now.AddHours(-3), "OD"), ("b~1", "2026-11-03", Now.AddHours(-2), "DL"))));
        Assert.Equal([Parcels.Number, null], seen.Select(t => t.Matched));
        Assert.Equal("b~1", Assert.Single(await Open(application)).UniqueId);
        // The same day on both records tells nothing.
        seen = Seen(await Import(application, Doubled(("c~1", label, Now.AddHours(-1), "OD"), ("d~1", label, Now.AddHours(-1), "DL"))));
        Assert.All(seen, t => Assert.Null(t.Matched));
    }

    private static async Task Match(Application application, string item)
    {
        var logistics = await application.SignedIn(Logistics);
        Assert.Equal(HttpStatusCode.SeeOther, (await logistics.PostAsync($"/unmatched/{item}/match", Application.Form(("Shipment", Parcels.Number)))).StatusCode);
    }

    private static async Task<List<WorkItem>> Open(Application application)
    {
        await using var db = application.Open();
        return await db.WorkItems.AsNoTracking().Where(w => w.ResolvedAtUtc == null).OrderBy(w => w.Number).ToListAsync();
    }

    private static async Task<ImportReport> Import(Application application, string text)
    {
        var kind = application.Services.GetServices<IImportKind>().Single(k => k.Kind == ImportTracking.KindName);
        await using var db = application.Open();
        var report = await kind.Run(db, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), new ImportOptions(Commit: true, SkipBad: false, "test"), default);
        Assert.True(report.Committed, string.Join("; ", report.Errors.Select(e => e.Message)));
        return report;
    }

    private static IReadOnlyList<TrackerSeen> Seen(ImportReport report) => (IReadOnlyList<TrackerSeen>)report.Result["trackers"]!;

    private static string Csv(string tracking, DateTimeOffset at, string code) => $"carrier,tracking,eventAt,code,city,state,zip,signedBy\nFedEx,{tracking},{at:yyyy-MM-dd'T'HH:mm:ss'Z'},{code},,,,\n";

    private static string Doubled(params (string Id, string? ShipOn, DateTimeOffset At, string Code)[] records) =>
        "{\"output\":{\"completeTrackResults\":[{\"trackingNumber\":\"770000000001\",\"trackResults\":[" + string.Join(',', records.Select(r =>
            "{\"trackingNumberInfo\":{\"trackingNumber\":\"770000000001\",\"trackingNumberUniqueId\":\"" + r.Id + "\"},"
            + (r.ShipOn is null ? "" : "\"dateAndTimes\":[{\"type\":\"SHIP\",\"dateTime\":\"" + r.ShipOn + "T00:00:00-05:00\"}],")
            + "\"scanEvents\":[{\"date\":\"" + r.At.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'") + "\",\"eventType\":\"" + r.Code + "\"}]}")) + "]}]}}";
}

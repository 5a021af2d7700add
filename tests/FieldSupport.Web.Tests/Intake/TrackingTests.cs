using System.Text;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;
using static FieldSupport.Web.Tests.Intake.ImportWorld;

namespace FieldSupport.Web.Tests.Intake;

public sealed class TrackingTests
{
    private const string Columns = "carrier,tracking,eventAt,code,city,state,zip,signedBy,eta\n";
    private const string Number = "77120001";

    private static string Row(string at, string code, string rest = ",,,,") => $"FedEx,{Number},{at},{code},{rest}\n";

    private static TrackerSeen One(ImportReport report) => Assert.Single(Seen(report));
    private static IReadOnlyList<TrackerSeen> Seen(ImportReport report) => (IReadOnlyList<TrackerSeen>)report.Result["trackers"]!;

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task Scans_in_any_order_give_one_state_and_a_double_is_counted(Engine engine)
    {
        await using var world = await Shipped(engine);
        string[] arrivals =
        [
            Row("2027-02-01T18:05:00Z", "LABEL_CREATED"), Row("2027-02-02T00:30:00Z", "PICKED_UP"), Row("2027-02-03T17:12:00Z", "DELIVERED", ",,38103,M. K.,"),
            Row("2027-02-03T17:12:00Z", "DELIVERED", ",,38103,M. K.,"), Row("2027-02-02T09:40:00Z", "IN_TRANSIT"), Row("2027-02-03T14:55:00Z", "OUT_FOR_DELIVERY"),
        ];
        for (var i = 0; i < arrivals.Length; i++)
        {
            world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, i, 0, TimeSpan.Zero));
            var report = await world.Import<ImportTracking>(Columns + arrivals[i]);
            Assert.Equal(i == 3 ? (1, 0, 1, 0) : (1, 1, 0, 0), Counts(report));
            Assert.True(report.Committed);
            if (i < 2) continue;
            await using var now = world.Open();
            Assert.Equal((Milestone.Delivered, OrderState.Delivered), await now.Shipments.Select(s => new ValueTuple<Milestone?, OrderState>(s.Milestone, s.Order!.State)).SingleAsync());
        }
        await using var db = world.Open();
        var parcel = await db.Shipments.Include(s => s.Events).SingleAsync();
        Assert.Equal((5, 1, "M. K.", new DateTimeOffset(2027, 2, 3, 17, 12, 0, TimeSpan.Zero)), (parcel.Events.Count, parcel.DuplicateEvents, parcel.SignedBy, parcel.DeliveredAtUtc!.Value));
        Assert.Equal(1, await db.Audit.CountAsync(e => e.Action == "order.delivered"));
        Assert.Equal([1L, 2, 3, 4, 5], parcel.Events.Select(e => e.Arrival).Order().Select((_, i) => i + 1L));
        Assert.All(parcel.Events, e => Assert.NotNull(e.MessageId));
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task A_preview_says_what_an_import_would_do_and_writes_nothing(Engine engine)
    {
        await using var world = await Shipped(engine);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, 0, 0, TimeSpan.Zero));
        var text = Columns + Row("2027-02-01T18:05:00Z", "LABEL_CREATED") + Row("2027-02-02T00:30:00Z", "PICKED_UP") + Row("2027-02-02T00:30:00Z", "PICKED_UP")
            + "UPS,1Z999,2027-02-02T00:30:00Z,IN_TRANSIT,,,,,\n";
        var preview = await world.Import<ImportTracking>(text, commit: false);
        Assert.Equal((4, 3, 1, 0), Counts(preview));
        await using (var db = world.Open()) Assert.Equal(0, await db.TrackingEvents.CountAsync() + await db.WorkItems.CountAsync() + await db.Messages.CountAsync());
        Assert.Equal((4, 3, 1, 0), Counts(await world.Good<ImportTracking>(text)));
        Assert.Equal((4, 0, 4, 0), Counts(await world.Import<ImportTracking>(text, commit: false)));
        Assert.Equal((4, 0, 4, 0), Counts(await world.Good<ImportTracking>(text)));
        Assert.Equal([("SHP-88001", "PICKED_UP"), (null, "IN_TRANSIT")], Seen(preview).Select(t => (t.Matched, t.Milestone)));
        await using var after = world.Open();
        Assert.Equal(Encoding.UTF8.GetBytes(text), (await after.Messages.SingleAsync()).Body);
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task Scans_of_an_unknown_number_wait_and_find_their_parcel_later(Engine engine)
    {
        await using var world = await Create(engine);
        await world.Good<ImportAccounts>(Accounts);
        await world.Good<ImportVisits>(Visits);
        await world.Good<ImportOrders>(Orders);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, 0, 0, TimeSpan.Zero));
        var waits = await world.Good<ImportTracking>(Columns + Row("2027-02-02T00:30:00Z", "PICKED_UP") + Row("2027-02-03T17:12:00Z", "DELIVERED"));
        Assert.Equal("Not matched to a shipment: the number (FedEx 77120001). 2 scans are kept on the work-list and move nothing until a shipments file or a person says whose they are.", Assert.Single((List<string>)waits.Result["notes"]!));
        await using (var db = world.Open())
        {
            var item = await db.WorkItems.SingleAsync();
            Assert.Equal(("NO_SHIPMENT", "WRK-1001", null), (item.Reason, item.Number, item.ResolvedAtUtc));
            Assert.Equal(2, await db.TrackingEvents.CountAsync(e => e.ShipmentId == null && e.WorkItemId == item.Id));
        }

        await world.Good<ImportShipments>(Shipments);

        await using var after = world.Open();
        var parcel = await after.Shipments.Include(s => s.Events).Include(s => s.Order).SingleAsync();
        Assert.Equal((2, Milestone.Delivered, OrderState.Delivered), (parcel.Events.Count, parcel.Milestone!.Value, parcel.Order!.State));
        var closed = await after.WorkItems.SingleAsync();
        Assert.Equal((parcel.Id, "Matched to SHP-88001, imported later"), (closed.ShipmentId, closed.Resolution));
    }

    [Fact]
    public async Task A_number_used_again_is_told_apart_by_its_day()
    {
        await using var world = await Shipped(Engine.Sqlite);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 6, 3, 18, 0, 0, TimeSpan.Zero));
        var report = await world.Good<ImportTracking>(Columns + Row("2026-06-01T12:00:00Z", "DELIVERED") + Row("2027-02-02T12:00:00Z", "IN_TRANSIT") + Row("2027-05-02T12:00:00Z", "DELIVERED"));
        Assert.Equal([(null, "DELIVERED", 2), ("SHP-88001", "IN_TRANSIT", 1)], Seen(report).Select(t => (t.Matched, t.Milestone, t.Events)));
        await using var db = world.Open();
        Assert.Equal(Milestone.InTransit, (await db.Shipments.SingleAsync()).Milestone);
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task Unknown_codes_and_impossible_times_are_kept_shown_and_count_for_nothing(Engine engine)
    {
        await using var world = await Shipped(engine);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, 0, 0, TimeSpan.Zero));
        var report = await world.Good<ImportTracking>(Columns
            + Row("2027-02-02T00:30:00Z", "PICKED_UP") + Row("2027-02-03T00:30:00Z", "TELEPORTED") + Row("2027-03-05T00:00:00Z", "DELIVERED"));
        var tracker = One(report);
        Assert.Equal(("PICKED_UP", 3, "SHP-88001"), (tracker.Milestone, tracker.Events, tracker.Matched));
        Assert.Equal(["BAD_TIMESTAMP", "UNKNOWN_CODE"], tracker.Flags.Order());
        Assert.Equal("1 scan came with a code that nobody has explained (TELEPORTED): kept and shown, counting as no movement.", Assert.Single((List<string>)report.Result["notes"]!));
        await using var db = world.Open();
        Assert.Equal(["BAD_TIMESTAMP", "UNKNOWN_CODE"], await db.WorkItems.Select(w => w.Reason).Order().ToListAsync());
        Assert.Equal([Milestone.Delivered], await db.TrackingEvents.Where(e => e.IsExcluded).Select(e => e.Milestone).ToListAsync());
        Assert.Equal(OrderState.Shipped, (await db.Orders.SingleAsync(o => o.Number == "ORD-20001")).State);
    }

    [Fact]
    public async Task A_scan_from_before_the_order_is_a_bad_timestamp()
    {
        await using var world = await Shipped(Engine.Sqlite);
        await world.Good<ImportOrders>(OrderColumns + "LAKESIDE,P-2,REFILL,V-1,70121-2503-01,1,GROUND,2027-02-02T15:00:00Z,,\n");
        await world.Good<ImportShipments>(ShipmentColumns + "P-2,UPS,1Z2,,2027-02-02T16:00:00Z,,\n");
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, 0, 0, TimeSpan.Zero));
        var tracker = One(await world.Good<ImportTracking>(Columns + "UPS,1Z2,2027-02-01T12:00:00Z,IN_TRANSIT,,,,,\n"));
        Assert.Equal((null, "SHP-88002", "BAD_TIMESTAMP"), (tracker.Milestone, tracker.Matched, Assert.Single(tracker.Flags)));
    }

    [Fact]
    public async Task A_bad_row_is_named_and_nothing_is_written_unless_it_is_skipped()
    {
        await using var world = await Shipped(Engine.Sqlite);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 3, 18, 0, 0, TimeSpan.Zero));
        var text = Columns + Row("2027-02-02T00:30:00Z", "PICKED_UP") + Row("yesterday", "IN_TRANSIT");
        var report = await world.Import<ImportTracking>(text);
        Assert.Equal((false, 3, "eventAt"), (report.Committed, report.Errors.Single().Line, report.Errors.Single().Column));
        await using (var db = world.Open()) Assert.Equal(0, await db.TrackingEvents.CountAsync() + await db.Messages.CountAsync());
        Assert.Equal((2, 1, 0, 1), Counts(await world.Import<ImportTracking>(text, skipBad: true)));
        await using (var db = world.Open()) Assert.Equal(Milestone.PickedUp, (await db.Shipments.SingleAsync()).Milestone);
    }

    [Fact]
    public async Task What_is_no_tracking_at_all_is_refused()
    {
        await using var world = await Create(Engine.Sqlite);
        foreach (var text in new[] { "", "hello", "{\"a\":1}", "{", "<a/>", "account,name\nx,y\n" })
        {
            var report = await world.Import<ImportTracking>(text);
            Assert.Null(report.Detected);
            Assert.NotEmpty(report.Errors);
            Assert.False(report.Committed);
        }
    }

    [Fact]
    public async Task A_delivery_taken_back_and_a_loss_move_the_order_as_its_states_allow()
    {
        await using var world = await Shipped(Engine.Sqlite);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 5, 18, 0, 0, TimeSpan.Zero));
        async Task<OrderState> After(string rows)
        {
            await world.Good<ImportTracking>(Columns + rows);
            await using var db = world.Open();
            return (await db.Orders.SingleAsync(o => o.Number == "ORD-20001")).State;
        }
        Assert.Equal(OrderState.Delivered, await After(Row("2027-02-03T17:00:00Z", "DELIVERED")));
        Assert.Equal(OrderState.Shipped, await After(Row("2027-02-03T19:00:00Z", "IN_TRANSIT")));
        Assert.Equal(OrderState.Lost, await After(Row("2027-02-04T19:00:00Z", "LOST")));
        await world.Good<ImportShipments>(ShipmentColumns + "LR-881,UPS,1Z77,OVERNIGHT,2027-02-05T12:00:00Z,,LAKESIDE\n");
        Assert.Equal(OrderState.Delivered, await After("UPS,1Z77,2027-02-05T16:00:00Z,DELIVERED,,,,,\n"));
        // The first parcel turns up: found again, for good, and no delivery of the order.
        await After(Row("2027-02-05T17:00:00Z", "DELIVERED"));
        await using var after = world.Open();
        Assert.Equal(Milestone.Recovered, (await after.Shipments.SingleAsync(s => s.Number == "SHP-88001")).Milestone);
    }

    [RealDataFact]
    public async Task Every_real_payload_is_taken_once_and_known_the_second_time()
    {
        await using var world = await Create(Engine.Sqlite);
        foreach (var file in Directory.GetFiles(RealData.PathOf("tracking")).Where(f => Path.GetExtension(f) is ".json" or ".xml" && !f.Contains("known-answer", StringComparison.Ordinal)).Order())
        {
            var text = await File.ReadAllTextAsync(file);
            var first = await world.Import<ImportTracking>(text);
            var second = await world.Import<ImportTracking>(text);
            Assert.True(first.Committed && second.Committed, $"{Path.GetFileName(file)}: {string.Join("; ", first.Errors.Select(e => e.Message))}");
            Assert.True(second.Accepted == 0 && second.Read == first.Read && second.Duplicates == second.Read, Path.GetFileName(file));
        }
        await using var db = world.Open();
        var reasons = await db.WorkItems.GroupBy(w => w.Reason).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
        Assert.Equal(4, reasons["DUPLICATE_NUMBER"]); // three of one FedEx number, one that USPS calls so
        Assert.True(reasons.ContainsKey("NOT_FOUND") && reasons.ContainsKey("CARRIER_ERROR") && reasons.ContainsKey("BAD_NUMBER"));
    }

    [RealDataTheory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task The_signed_fedex_delivery_finds_its_parcel(Engine engine)
    {
        await using var world = await Create(engine);
        await world.Good<ImportAccounts>(Accounts);
        await world.Good<ImportVisits>("account,visit,visitOn\nLAKESIDE,V-1,2014-01-09\n");
        await world.Good<ImportOrders>(OrderColumns + "LAKESIDE,P-1,REFILL,V-1,70121-2503-01,1,GROUND,2013-12-27T15:00:00Z,,\n");
        await world.Good<ImportShipments>(ShipmentColumns + "P-1,FedEx,449044304137821,,2013-12-30T12:00:00-05:00,,\n");

        var tracker = One(await world.Good<ImportTracking>(await File.ReadAllTextAsync(RealData.PathOf("tracking/fedex-xml-delivered_with_signature.xml"))));

        Assert.Equal(("SHP-88001", "DELIVERED", "AVILLALON", 11), (tracker.Matched, tracker.Milestone, tracker.SignedBy, tracker.Events));
        await using var db = world.Open();
        var parcel = await db.Shipments.Include(s => s.Order).SingleAsync();
        Assert.Equal((OrderState.Delivered, "AVILLALON", DateTimeOffset.Parse("2014-01-02T13:23:29-05:00")), (parcel.Order!.State, parcel.SignedBy, parcel.DeliveredAtUtc!.Value));
    }
}

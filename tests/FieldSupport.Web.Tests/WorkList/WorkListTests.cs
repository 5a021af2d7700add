using System.Net;
using System.Text;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.WorkList;

public sealed class WorkListTests
{
    private const string Logistics = "logistics@demo.test";
    private const string Auditor = "auditor@demo.test";

    [Theory, OnBothDatabases]
    public async Task The_list_filters_and_finds_by_number_with_or_without_punctuation(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Add(application, "WRK-1001", "NO_SHIPMENT", "7712 0481 5520");
        await Add(application, "WRK-1002", "UNKNOWN_CODE", "1Z999");
        var logistics = await application.SignedIn(Logistics);
        var all = await Text(logistics, "/unmatched");
        Assert.True(all.IndexOf("WRK-1001", StringComparison.Ordinal) < all.IndexOf("WRK-1002", StringComparison.Ordinal));
        Assert.DoesNotContain("WRK-1002", await Text(logistics, "/unmatched?reason=NO_SHIPMENT"), StringComparison.Ordinal);
        Assert.Contains("WRK-1001", await Text(logistics, "/unmatched?q=7712-0481-5520"), StringComparison.Ordinal);
        Assert.Contains("Nothing matches", await Text(logistics, "/unmatched?q=nope"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_long_list_goes_on_after_the_last_one_shown(Database database)
    {
        await using var application = await Application.StartAsync(database);
        for (var i = 0; i < 60; i++) await Add(application, $"WRK-{2000 + i}", "NO_SHIPMENT", $"99{i:00}", seconds: i / 3);
        var logistics = await application.SignedIn(Logistics);
        var first = await Text(logistics, "/unmatched");
        Assert.Contains("WRK-2049", first, StringComparison.Ordinal);
        Assert.DoesNotContain("WRK-2050", first, StringComparison.Ordinal);
        var rest = await Text(logistics, "/unmatched?after=WRK-2049");
        Assert.Contains("WRK-2050", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("/unmatched/WRK-2049", rest, StringComparison.Ordinal);
        Assert.Contains("WRK-2059", rest, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task The_message_is_shown_as_text_and_the_shipment_with_its_number_is_offered(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Add(application, "WRK-1001", "DUPLICATE_NUMBER", "770000000001", raw: "{\"x\":\"<script>alert(1)</script>\"}");
        var page = await Text(await application.SignedIn(Logistics), "/unmatched/WRK-1001");
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("SHP-90001", page, StringComparison.Ordinal);
        var auditor = await Text(await application.SignedIn(Auditor), "/unmatched/WRK-1001");
        Assert.DoesNotContain("/unmatched/WRK-1001/match", auditor, StringComparison.Ordinal);
        Assert.Contains("SHP-90001", auditor, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Matching_gives_the_shipment_its_scans_once_and_wakes_its_delivery(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        await Parcels.Sweep(application, onlyDue: false);
        var item = await Add(application, "WRK-1001", "NO_SHIPMENT", "770000000009");
        await using (var db = application.Open())
        {
            var known = Parcels.Scan(null, Milestone.InTransit, SampleWorld.Now.AddHours(-20), 3);
            var delivered = Parcels.Scan(null, Milestone.Delivered, SampleWorld.Now.AddHours(-1), 4, "R. DESK");
            var before = Parcels.Scan(null, Milestone.OutForDelivery, SampleWorld.Now.AddDays(-30), 5);
            known.WorkItemId = delivered.WorkItemId = before.WorkItemId = item;
            db.TrackingEvents.AddRange(known, delivered, before);
            await db.SaveChangesAsync();
        }
        var logistics = await application.SignedIn(Logistics);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await logistics.PostAsync("/unmatched/WRK-1001/match", Application.Form(("Shipment", "SHP-1")))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await logistics.PostAsync("/unmatched/WRK-1001/match", Application.Form(("Shipment", " shp-90001 ")))).StatusCode);
        await using (var db = application.Open())
        {
            var shipment = await db.Shipments.Include(s => s.Order).SingleAsync(s => s.Number == Parcels.Number);
            Assert.Equal((Milestone.Delivered, "R. DESK", 1, OrderState.Delivered), (shipment.Milestone, shipment.SignedBy, shipment.DuplicateEvents, shipment.Order!.State));
            var scans = await db.TrackingEvents.Where(e => e.ShipmentId == shipment.Id).OrderBy(e => e.Arrival).ToListAsync();
            Assert.Equal([false, false, true], scans.Select(e => e.IsExcluded));
            var closed = await db.WorkItems.SingleAsync(w => w.Number == "WRK-1001");
            Assert.Equal((Logistics, "Matched to SHP-90001"), (closed.ResolvedBy, closed.Resolution));
            Assert.Contains("work-item.matched", await db.Audit.Where(e => e.Kind == "work-item").Select(e => e.Action).ToListAsync());
        }
        await Parcels.Sweep(application);
        await using (var db = application.Open())
            Assert.Equal("Delivered", (await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).Outlook);
        Assert.Equal(HttpStatusCode.Conflict, (await logistics.PostAsync("/unmatched/WRK-1001/match", Application.Form(("Shipment", "SHP-90001")))).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task Closing_needs_a_reason_and_a_stale_page_changes_nothing(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Add(application, "WRK-1001", "NO_SHIPMENT", "1");
        var logistics = await application.SignedIn(Logistics);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await logistics.PostAsync("/unmatched/WRK-1001/close", Application.Form(("Reason", " ")))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await logistics.PostAsync("/unmatched/WRK-1001/close", Application.Form(("Reason", "x"), ("Version", Guid.NewGuid().ToString())))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await logistics.PostAsync("/unmatched/WRK-1001/close", Application.Form(("Reason", "A parcel of somebody else.")))).StatusCode);
        Assert.DoesNotContain("WRK-1001:", await Text(logistics, "/unmatched"), StringComparison.Ordinal);
        Assert.Contains("A parcel of somebody else.", await Text(logistics, "/unmatched?view=closed"), StringComparison.Ordinal);
        // The same question may come again.
        await Add(application, "WRK-1002", "NO_SHIPMENT", "1");
    }

    [Theory, OnBothDatabases]
    public async Task The_audit_is_filtered_verified_and_exported_without_formulas(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using (var db = application.Open())
        {
            (await db.Orders.SingleAsync(o => o.Number == "ORD-90001")).MoveTo(OrderState.Delivered, "=1+1", null);
            await db.SaveChangesAsync();
        }
        var auditor = await application.SignedIn(Auditor);
        var page = await Text(auditor, "/audit?kind=order&key=ORD-90001&do=order");
        Assert.Contains("order.delivered", page, StringComparison.Ordinal);
        Assert.Contains("<del>SHIPPED</del>", page, StringComparison.Ordinal);
        Assert.Contains("<ins>DELIVERED</ins>", page, StringComparison.Ordinal);
        Assert.Contains("Nothing matches", await Text(auditor, "/audit?day=2001-01-01"), StringComparison.Ordinal);
        Assert.Contains("Write a day like", await Text(auditor, "/audit?day=yesterday"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await auditor.PostAsync("/audit/verify", Application.Form())).StatusCode);
        Assert.Contains("The chain is sound", await Text(auditor, "/audit"), StringComparison.Ordinal);

        var csv = await Text(auditor, "/audit/export?kind=order");
        Assert.Contains(",'=1+1,", csv, StringComparison.Ordinal);
        Assert.Empty(application.Errors);
    }

    private static async Task<Guid> Add(Application application, string number, string reason, string tracking, string raw = "{}", int seconds = 0)
    {
        await using var db = application.Open();
        var message = new InboundMessage { Source = "easypost", ContentHash = number, Body = Encoding.UTF8.GetBytes(raw), ReceivedAtUtc = SampleWorld.Now };
        var item = new WorkItem
        {
            Number = number, Reason = reason, Source = "easypost", Carrier = "FedEx", Tracking = tracking, TrackingKey = string.Concat(tracking.Where(char.IsLetterOrDigit)),
            Summary = "No shipment has this number.", MessageId = message.Id, OpenKey = $"{reason}/{tracking}", OpenedAtUtc = SampleWorld.Now.AddHours(-1).AddSeconds(seconds),
        };
        db.AddRange(message, item);
        await db.SaveChangesAsync();
        return item.Id;
    }

    private static async Task<string> Text(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {text}");
        return text;
    }
}

using FieldSupport.Domain.Shipments;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Portal;

public sealed class FridayTests
{
    /// <summary>Receiving closes at 16:00, the visit is on Monday: nobody can confirm the box on another day, so nobody waits for one (domain.md §2.5).</summary>
    [Theory, OnBothDatabases]
    public async Task A_box_delivered_on_friday_at_16_40_for_a_monday_refill_alarms_on_friday(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        await using (var db = application.Open())
        {
            (await db.Visits.SingleAsync(v => v.Key == SampleWorld.Lakeside.Visit)).VisitOn = new DateOnly(2027, 2, 8);
            await db.SaveChangesAsync();
        }
        // Friday 16:40 in Memphis; the day's own sweeps have run.
        var friday = new DateTimeOffset(2027, 2, 5, 22, 40, 0, TimeSpan.Zero);
        application.Clock.SetUtcNow(friday.AddHours(-8).AddMinutes(-30));
        await Parcels.Sweep(application, onlyDue: false);
        application.Clock.SetUtcNow(friday.AddMinutes(6));
        await using (var db = application.Open())
        {
            var shipment = await db.Shipments.Include(s => s.Order).SingleAsync(s => s.Number == Parcels.Number);
            db.TrackingEvents.Add(Parcels.Scan(shipment.Id, Milestone.Delivered, friday, 9, "DOCK"));
            (shipment.Milestone, shipment.DeliveredAtUtc, shipment.SignedBy) = (Milestone.Delivered, friday, "DOCK");
            (await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).NextCheckAtUtc = friday.AddMinutes(5);
            await db.SaveChangesAsync();
        }
        await Parcels.Sweep(application);

        await using var after = application.Open();
        var delivery = await after.Deliveries.SingleAsync(d => d.Number == Parcels.Number);
        Assert.Contains("DELIVERED_NOT_CONFIRMED", delivery.Reasons, StringComparison.Ordinal);
        var opened = await after.StallReasons.SingleAsync(r => r.Reason == "DELIVERED_NOT_CONFIRMED");
        Assert.Equal(new DateOnly(2027, 2, 5), DateOnly.FromDateTime(opened.OpenedAtUtc.ToOffset(TimeSpan.FromHours(-6)).DateTime));
        Assert.Equal("Critical", delivery.Severity);

        // The same evening: "delivered, please confirm" to practice and rep; and that morning the rung whose gate is the receipt, to everybody on it.
        var notices = (await after.Notices.Where(n => n.DeliveryNumber == Parcels.Number).ToListAsync()).ToLookup(n => n.Rung);
        Assert.Equal(["practice-coordinator", "rep"], notices["DELIVERED"].Where(n => n.QueuedAtUtc == friday.AddMinutes(6)).Select(n => n.Recipient).Distinct().Order(StringComparer.Ordinal));
        Assert.All(notices["T-1"], n => Assert.Equal(("CRITICAL", new DateOnly(2027, 2, 5)), (n.Severity, DateOnly.FromDateTime(n.QueuedAtUtc.ToOffset(TimeSpan.FromHours(-6)).DateTime))));
        Assert.Superset(new HashSet<string> { "practice-coordinator", "rep", "logistics", "manager", "field-head" }, notices["T-1"].Select(n => n.Recipient).ToHashSet());
        // And it stands on top of the rep's Today until somebody has counted the packs.
        Assert.Contains(Parcels.Number, await Pages.ListTests.Page(await application.SignedIn("rep@demo.test"), "/today"), StringComparison.Ordinal);
    }
}

using System.Net;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.WorkList;

/// <summary>What the work-list asks of people about single parcels: quarantine and return, product complaints.</summary>
public sealed class TaskTests
{
    private const string Logistics = "logistics@demo.test", Practice = "practice@demo.test", Rep = "rep@demo.test", Safety = "safety@demo.test";

    [Theory, OnBothDatabases]
    public async Task A_lost_parcel_that_turns_up_is_quarantined_once_and_closed_by_a_person_with_a_reason(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        await using (var db = application.Open())
        {
            var shipment = await db.Shipments.Include(s => s.Lines).SingleAsync(s => s.Number == Parcels.Number);
            shipment.Milestone = Milestone.Recovered;
            db.TrackingEvents.Add(Parcels.Scan(shipment.Id, Milestone.Lost, SampleWorld.Now.AddHours(-6), 3));
            db.TrackingEvents.Add(Parcels.Scan(shipment.Id, Milestone.Delivered, SampleWorld.Now.AddHours(-3), 4));
            await Quarantine.Ask(db, new WorkItems(db, SampleWorld.Now), [shipment], "test", default);
            await db.SaveChangesAsync();
        }
        var logistics = await application.SignedIn(Logistics);
        Assert.Contains("Quarantine and return", await logistics.GetStringAsync("/unmatched"), StringComparison.Ordinal);
        var page = await logistics.GetStringAsync("/shipments/" + Parcels.Number);
        Assert.Contains("Lost, and found again: quarantine and return", page, StringComparison.Ordinal);
        Assert.Contains("/unmatched/WRK-1001", page, StringComparison.Ordinal);
        var rep = await (await application.SignedIn(Rep)).GetStringAsync("/shipments/" + Parcels.Number);
        Assert.Contains("Lost, and found again: quarantine and return", rep, StringComparison.Ordinal);
        Assert.DoesNotContain("WRK-1001", rep, StringComparison.Ordinal);

        var practice = await application.SignedIn(Practice);
        Assert.Contains("Do not use this box", await practice.GetStringAsync($"/portal/shipments/{Parcels.Number}/receive"), StringComparison.Ordinal);
        var refused = await practice.PostAsync($"/portal/shipments/{Parcels.Number}/receive", Application.Form(
            ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Lot", "L7A"), ("Lines[0].Expiry", "2028-05-31"), ("Lines[0].Condition", "GOOD"), ("Safety.Heard", "no"), ("ReceivedBy", "I. Cole"), ("Seen", "0")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("was lost and has turned up again", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await Parcels.Receipts(application));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await logistics.PostAsync("/unmatched/WRK-1001/close", Application.Form(("Reason", "")))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await logistics.PostAsync("/unmatched/WRK-1001/close", Application.Form(("Reason", "Returned under RMA 77.")))).StatusCode);
        await using (var db = application.Open())
        {
            // Asked once: more scans of it ask nobody again.
            var shipment = await db.Shipments.Include(s => s.Lines).SingleAsync(s => s.Number == Parcels.Number);
            await Quarantine.Ask(db, new WorkItems(db, SampleWorld.Now), [shipment], "test", default);
            await db.SaveChangesAsync();
            Assert.Equal((WorkAnswer.Closed, "Returned under RMA 77."), await db.WorkItems.Select(w => new ValueTuple<WorkAnswer?, string?>(w.Answer, w.Resolution)).SingleAsync());
            Assert.Equal(OrderState.Shipped, (await db.Orders.SingleAsync(o => o.Number == SampleWorld.Lakeside.Order)).State);
        }
        Assert.Contains("Returned under RMA 77.", await logistics.GetStringAsync("/shipments/" + Parcels.Number), StringComparison.Ordinal);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task Packs_that_came_damaged_open_one_complaint_that_logistics_and_safety_see(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var practice = await application.SignedIn(Practice);
        var answer = await practice.PostAsync($"/portal/shipments/{Parcels.Number}/receive", Application.Form(
            ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Lot", "L7A"), ("Lines[0].Expiry", "2028-05-31"), ("Lines[0].Condition", "GOOD"),
            ("Lines[1].Ndc", Parcels.Ndc), ("Lines[1].Packs", "1"), ("Lines[1].Lot", "L7A"), ("Lines[1].Condition", "LEAK"), ("Safety.Heard", "yes"), ("Safety.What", "One ampule leaked."), ("ReceivedBy", "I. Cole"), ("Seen", "0")));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);

        foreach (var who in new[] { Logistics, Safety })
        {
            var page = await (await application.SignedIn(who)).GetStringAsync("/unmatched/WRK-1001");
            Assert.Contains("Product complaint", page, StringComparison.Ordinal);
            Assert.Contains("Lakeside Neurology received 1 pack of 70121-2503-01, lot L7A, in SHP-90001", page, StringComparison.Ordinal);
            Assert.Contains("as: leak.", page, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn(Rep)).GetAsync("/unmatched/WRK-1001")).StatusCode);
        await using var db = application.Open();
        Assert.Equal(1, await db.WorkItems.CountAsync());
        Assert.Equal(OrderState.Discrepancy, (await db.Orders.SingleAsync(o => o.Number == SampleWorld.Lakeside.Order)).State);
        Assert.Empty(application.Errors);
    }
}

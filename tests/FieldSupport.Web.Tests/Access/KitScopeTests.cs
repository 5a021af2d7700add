using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Access;

/// <summary>Materials works kits of every account (contract.md §2): no drug order, no drug parcel, no visit.</summary>
public sealed class KitScopeTests
{
    [Theory, OnBothDatabases]
    public async Task Materials_sees_a_kits_parcel_and_nothing_of_drug(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using (var db = application.Open(Scope.Kits))
        {
            Assert.Equal((0, 0, 0, 0), (await db.Deliveries.CountAsync(), await db.Shipments.CountAsync(), await db.Orders.CountAsync(), await db.Visits.CountAsync()));
            Assert.True(await db.Accounts.CountAsync() > 1);
        }
        await using (var all = application.Open())
        {
            await all.Shipments.Where(s => s.Number == SampleWorld.Lakeside.Shipment).ExecuteUpdateAsync(s => s.SetProperty(x => x.Kind, DeliveryKind.Kit));
            await all.Deliveries.Where(d => d.Number == SampleWorld.Lakeside.Shipment).ExecuteUpdateAsync(s => s.SetProperty(x => x.Kind, DeliveryKind.Kit));
        }
        var materials = await application.SignedIn("materials@demo.test");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await materials.GetAsync($"/shipments/{SampleWorld.Lakeside.Shipment}")).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await materials.GetAsync($"/shipments/{SampleWorld.Northfork.Shipment}")).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await materials.GetAsync($"/orders/{SampleWorld.Lakeside.Order}")).StatusCode);
    }
}

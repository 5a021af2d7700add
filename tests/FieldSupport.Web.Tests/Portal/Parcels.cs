using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>LAKESIDE's parcel of <see cref="SampleWorld"/>, with what is in it.</summary>
internal static class Parcels
{
    public const string Ndc = "70121-2503-01";
    public static readonly string Number = SampleWorld.Lakeside.Shipment;

    /// <summary>Two packs in it, and the carrier says delivered two hours ago, unless it is still on its way.</summary>
    public static async Task Pack(Application application, bool isDelivered = true)
    {
        await using var db = application.Open();
        var shipment = await db.Shipments.Include(s => s.Order!.Lines).SingleAsync(s => s.Number == Number);
        var line = shipment.Order!.Lines[0];
        db.ShipmentLines.Add(new ShipmentLine { ShipmentId = shipment.Id, AccountId = shipment.AccountId, OrderLineId = line.Id, Ndc = line.Ndc, Packs = line.QuantityPacks });
        db.TrackingEvents.Add(Scan(shipment.Id, Milestone.InTransit, SampleWorld.Now.AddHours(-20), 1));
        if (isDelivered)
        {
            var at = SampleWorld.Now.AddHours(-2);
            db.TrackingEvents.Add(Scan(shipment.Id, Milestone.Delivered, at, 2, "R. DESK"));
            (shipment.Milestone, shipment.DeliveredAtUtc, shipment.SignedBy) = (Milestone.Delivered, at, "R. DESK");
            shipment.Order.State = OrderState.Delivered;
        }
        await db.SaveChangesAsync();
    }

    public static TrackingEvent Scan(Guid? shipment, Milestone milestone, DateTimeOffset at, long arrival, string? signedBy = null) => new()
    {
        ShipmentId = shipment, Source = "test", Carrier = "FedEx", TrackingKey = "770000000001", Fingerprint = $"f{milestone}{at.UtcTicks}", AtUtc = at, ReceivedAtUtc = at.AddMinutes(5),
        Arrival = arrival, Milestone = milestone, City = "Memphis", State = "TN", Zip = "38103", SignedBy = signedBy,
    };

    public static async Task<SweepReport> Sweep(Application application, bool onlyDue = true)
    {
        await using var services = application.Services.CreateAsyncScope();
        return await services.ServiceProvider.GetRequiredService<Sweep>().Run(new SweepRequest(onlyDue), default);
    }

    public static async Task<List<ReceiptConfirmation>> Receipts(Application application)
    {
        await using var db = application.Open();
        return await db.Receipts.AsNoTracking().Where(r => r.Shipment!.Number == Number).OrderBy(r => r.Condition).ThenBy(r => r.Lot).ToListAsync();
    }
}

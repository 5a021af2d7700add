using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Orders;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// Packs that came damaged, leaking, tampered with or too hot or cold are a product complaint besides a discrepancy (domain.md §2.5). It is kept where
/// logistics and safety see it: product, lot and packs, when and at which practice; nothing about a patient, and no free text that could hold any.
/// </summary>
public static class ProductComplaints
{
    public static bool IsOne(ReceiptCondition condition) =>
        condition is ReceiptCondition.Damaged or ReceiptCondition.Leak or ReceiptCondition.Tamper or ReceiptCondition.TemperatureConcern;

    /// <summary>One complaint a parcel, product, lot and condition; the caller saves.</summary>
    public static async Task Open(FieldSupportDb db, WorkItems work, Order order, Shipment shipment, IEnumerable<StatedPacks> lines, DateTimeOffset at, string? source, CancellationToken cancel)
    {
        foreach (var line in lines.Where(l => IsOne(l.Condition)))
        {
            var condition = WireName.Of(line.Condition);
            var key = $"{WorkItems.ProductComplaint}|{shipment.Number}|{line.Ndc}|{line.Lot}|{condition}";
            await work.Know([key], cancel);
            await work.Ask(key, number => new WorkItem
            {
                Number = number, Reason = WorkItems.ProductComplaint, Source = source ?? "receipt", Carrier = shipment.Carrier, Tracking = shipment.Tracking, TrackingKey = shipment.TrackingKey,
                RawStatus = condition, ShipmentId = shipment.Id, OpenKey = "",
                Summary = $"{order.Account!.Name} received {(line.Packs == 1 ? "1 pack" : $"{line.Packs} packs")} of {line.Ndc}{(line.Lot.Length == 0 ? "" : $", lot {line.Lot}")}, in {shipment.Number} "
                    + $"on {at.ToUniversalTime():yyyy-MM-dd HH:mm} UTC as: {condition.ToLowerInvariant().Replace('_', ' ')}. Keep the packs apart; pass the complaint to safety, then close this with the complaint's number.",
            }, cancel);
        }
    }
}

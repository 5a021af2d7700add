using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What a parcel's whole log means for its row and its order (domain.md §2.2, §2.6). Read anew from the whole log each time, never patched.</summary>
public static class ParcelDigest
{
    /// <summary>Only for a parcel of which this is true must <see cref="Apply"/> be given the order and the lines.</summary>
    public static bool MayMoveOrder(Shipment shipment, TrackingState state) => shipment.Milestone != state.Milestone
        && state.Milestone is Milestone.Delivered or Milestone.DeliveryRetracted or Milestone.Returning or Milestone.Returned or Milestone.Lost or Milestone.Cancelled;

    /// <summary>
    /// Writes the digest and moves the order where the parcel's state moved. Give the shipment with its lines and its order, that with its lines and
    /// shipments. A parcel that was replaced moves no order any more.
    /// </summary>
    public static void Apply(Shipment shipment, TrackingState state, string? source)
    {
        var before = shipment.Milestone;
        (shipment.Milestone, shipment.LastMovementAtUtc, shipment.DeliveredAtUtc, shipment.SignedBy) = (state.Milestone, state.LastMovementAtUtc, state.DeliveredAtUtc, state.SignedBy);
        if (before == state.Milestone || shipment.Order is not { } order || shipment.SupersededAtUtc is not null) return;
        switch (state.Milestone)
        {
            case Milestone.Delivered:
                // Receipt may have been stated before the carrier said so: then the order stands further on already.
                if (order.State is OrderState.Delivered or OrderState.ReceiptConfirmed or OrderState.Discrepancy or OrderState.Closed or OrderState.PartiallyShipped) break;
                if (order.Shipments.TrueForAll(s => s.SupersededAtUtc is not null || s.Milestone is Milestone.Delivered or Milestone.Cancelled))
                    order.TryMoveTo(OrderState.Delivered, null, source);
                break;
            case Milestone.DeliveryRetracted or Milestone.Returning when before == Milestone.Delivered:
                order.TryMoveTo(OrderState.Shipped, "the carrier took the delivery back", source);
                break;
            case Milestone.Returned:
                order.TryMoveTo(OrderState.Returned, null, source);
                break;
            case Milestone.Lost:
                order.TryMoveTo(OrderState.Lost, null, source);
                break;
            case Milestone.Cancelled:
                // The label was voided: its packs are to be shipped again.
                foreach (var line in order.Lines.Where(l => l.State == OrderLineState.Shipped && shipment.Lines.Exists(s => s.OrderLineId == l.Id)))
                    line.State = order.AcknowledgedAtUtc is null ? OrderLineState.Open : OrderLineState.Accepted;
                order.Record("order.label-voided", shipment.Number, source);
                // A replacement that never was: the parcel before it is watched again, and the next label replaces that.
                if (order.Shipments.Find(s => s.Id == shipment.ReplacesShipmentId) is { } replaced && !order.Shipments.Exists(s => s != shipment && s.ReplacesShipmentId == replaced.Id && s.Milestone != Milestone.Cancelled))
                {
                    replaced.SupersededAtUtc = null;
                    replaced.Record("shipment.superseded-no-more", shipment.Number, source);
                }
                break;
        }
    }

    /// <summary>Of each event only what <see cref="Fact"/> needs: never tracked, never saved.</summary>
    public static IQueryable<TrackingEvent> Scans(IQueryable<TrackingEvent> scans) => scans.Select(e => new TrackingEvent
    {
        Source = "", Carrier = "", TrackingKey = "", Fingerprint = "", ShipmentId = e.ShipmentId, AtUtc = e.AtUtc, ReceivedAtUtc = e.ReceivedAtUtc, Arrival = e.Arrival,
        Milestone = e.Milestone, Exception = e.Exception, Code = e.Code, City = e.City, State = e.State, Zip = e.Zip, SignedBy = e.SignedBy,
        EstimateOn = e.EstimateOn, EstimateAtUtc = e.EstimateAtUtc,
    });

    public static TrackingFact Fact(TrackingEvent e) => new()
    {
        AtUtc = e.AtUtc, Milestone = e.Milestone, Exception = e.Exception, ReceivedAtUtc = e.ReceivedAtUtc, Arrival = e.Arrival,
        City = e.City, State = e.State, Zip = e.Zip, SignedBy = e.SignedBy, EstimateOn = e.EstimateOn, EstimateAtUtc = e.EstimateAtUtc, Code = e.Code,
    };
}

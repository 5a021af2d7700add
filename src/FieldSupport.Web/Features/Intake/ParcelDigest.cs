using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What a parcel's whole log means for its row and its order (domain.md §2.2, §2.6). Read anew from the whole log each time, never patched.</summary>
public static class ParcelDigest
{
    /// <summary>Only for a parcel of which this is true must <see cref="Apply"/> be given the order and the lines.</summary>
    public static bool MayMoveOrder(Shipment shipment, TrackingState state) => shipment.Milestone != state.Milestone
        && (shipment.Milestone == Milestone.Cancelled
            || state.Milestone is Milestone.Delivered or Milestone.DeliveryRetracted or Milestone.Returning or Milestone.Returned or Milestone.Lost or Milestone.Cancelled);

    /// <summary>
    /// Writes the digest and moves the order where the parcel's state moved. Give the shipment with its order, that with its lines and its shipments
    /// with theirs. A parcel that was replaced moves no order any more.
    /// </summary>
    public static void Apply(Shipment shipment, TrackingState state, DateTimeOffset now, string? source)
    {
        var before = shipment.Milestone;
        (shipment.Milestone, shipment.LastMovementAtUtc, shipment.DeliveredAtUtc, shipment.SignedBy) = (state.Milestone, state.LastMovementAtUtc, state.DeliveredAtUtc, state.SignedBy);
        if (before == state.Milestone || shipment.Order is not { } order) return;
        if (before == Milestone.Cancelled || state.Milestone == Milestone.Cancelled) LabelVoided(order, shipment, now, source);
        if (shipment.SupersededAtUtc is not null) return;
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
        }
    }

    /// <summary>A label was voided, or was not after all: who stands in for whom is told anew, and packs that nothing carries any more are to be shipped again.</summary>
    private static void LabelVoided(Order order, Shipment shipment, DateTimeOffset now, string? source)
    {
        if (shipment.Milestone == Milestone.Cancelled) order.Record("order.label-voided", shipment.Number, source);
        var replacements = new Replacements(order.Shipments);
        foreach (var parcel in order.Shipments)
        {
            var isReplaced = replacements.InPlaceOf(parcel).Count > 0;
            if (isReplaced == parcel.SupersededAtUtc is not null) continue;
            parcel.SupersededAtUtc = isReplaced ? now : null;
            parcel.Record(isReplaced ? "shipment.superseded" : "shipment.superseded-no-more", $"the label of {shipment.Number} was {(shipment.Milestone == Milestone.Cancelled ? "voided" : "used")}", source);
        }
        foreach (var line in order.Lines)
        {
            var isUnderWay = replacements.PacksUnderWay(line.Id) >= line.QuantityPacks;
            if (line.State == OrderLineState.Shipped && !isUnderWay) line.State = order.AcknowledgedAtUtc is null ? OrderLineState.Open : OrderLineState.Accepted;
            else if (line.State is OrderLineState.Open or OrderLineState.Accepted && isUnderWay) line.State = OrderLineState.Shipped;
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

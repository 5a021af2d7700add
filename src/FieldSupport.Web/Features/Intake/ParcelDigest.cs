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
        if (state.Milestone == Milestone.Cancelled) order.Record("order.label-voided", shipment.Number, source);
        if (before == Milestone.Cancelled || state.Milestone == Milestone.Cancelled) Stand(order, now, source);
        Move(order, shipment, before, source);
    }

    /// <summary>
    /// Who stands in for whom, told anew after a label was voided or its box came after all: packs that nothing carries any more are to be shipped again,
    /// and a parcel that stands for itself again moves its order as far as it has come. Give the order with its lines and its parcels with lines and receipts.
    /// </summary>
    public static void Stand(Order order, DateTimeOffset now, string? source)
    {
        var replacements = new Replacements(order.Shipments);
        var (again, isReplaced) = (new List<Shipment>(), false);
        foreach (var parcel in order.Shipments)
        {
            var by = replacements.InPlaceOf(parcel);
            if (by.Count > 0 == parcel.SupersededAtUtc is not null) continue;
            parcel.SupersededAtUtc = by.Count > 0 ? now : null;
            parcel.Record(by.Count > 0 ? "shipment.superseded" : "shipment.superseded-no-more", by.Count > 0 ? $"by {by[0].Number}" : null, source);
            if (by.Count == 0) again.Add(parcel);
            else isReplaced = true;
        }
        foreach (var line in order.Lines)
        {
            var isUnderWay = replacements.PacksUnderWay(line.Id) >= line.QuantityPacks;
            if (line.State == OrderLineState.Shipped && !isUnderWay) line.State = order.AcknowledgedAtUtc is null ? OrderLineState.Open : OrderLineState.Accepted;
            else if (line.State is OrderLineState.Open or OrderLineState.Accepted && isUnderWay) line.State = OrderLineState.Shipped;
        }
        // Its replacement carries it again, as at its label.
        if (isReplaced && order.State is (OrderState.Lost or OrderState.Returned) && order.TryMoveTo(OrderState.Released, null, source)) order.TryMoveTo(OrderState.Shipped, null, source);
        foreach (var parcel in again) Move(order, parcel, before: null, source);
    }

    private static void Move(Order order, Shipment shipment, Milestone? before, string? source)
    {
        if (shipment.SupersededAtUtc is not null) return;
        switch (shipment.Milestone)
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

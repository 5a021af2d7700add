using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>A delivery with every fact that was known at one instant, and the rows they came from.</summary>
public sealed record WatchedDelivery(
    Delivery Row, DeliveryFacts Facts, Account Account, Location Location, Order? Order, Shipment? Shipment, VisitSlot? Visit,
    IReadOnlyList<TrackingEvent> Events, IReadOnlyList<ReceiptConfirmation> Receipts)
{
    /// <summary>At that instant there was something to watch: a parcel, an unshipped rest, an uncovered visit.</summary>
    public required bool Exists { get; init; }

    /// <summary>What is on file already changes the answer then: an order submitted, by its partner's clock, after that instant.</summary>
    public DateTimeOffset? LooksAgainAtUtc { get; init; }

    public int DuplicateEvents => Shipment?.DuplicateEvents ?? 0;
}

namespace FieldSupport.Domain.Orders;

/// <summary>
/// The order state machine of domain.md §2.2. What it does not allow is refused and noted on the order, never silently applied.
/// SUBMITTED → SHIPPED is ours: a label made for an order that nobody acknowledged is a fact, and its missing acknowledgement stays visible.
/// </summary>
public static class OrderTransitions
{
    /// <summary>Whether the header may go from one state to the other; staying is no transition.</summary>
    public static bool Allows(OrderState from, OrderState to) => (from, to) switch
    {
        (OrderState.Draft, OrderState.Submitted) => true,
        (OrderState.Submitted, OrderState.Acknowledged or OrderState.Rejected or OrderState.Cancelled or OrderState.OnHold) => true,
        (OrderState.Submitted, OrderState.PartiallyShipped or OrderState.Shipped) => true,
        (OrderState.Acknowledged, OrderState.OnHold or OrderState.Backordered or OrderState.Allocated or OrderState.Released or OrderState.Cancelled) => true,
        (OrderState.OnHold, OrderState.Acknowledged or OrderState.Cancelled) => true,
        (OrderState.Backordered, OrderState.Allocated or OrderState.Released or OrderState.Cancelled) => true,
        (OrderState.Allocated, OrderState.Released or OrderState.Backordered or OrderState.Cancelled) => true,
        (OrderState.Released, OrderState.PartiallyShipped or OrderState.Shipped or OrderState.OnHold or OrderState.Cancelled) => true,
        (OrderState.PartiallyShipped, OrderState.Shipped) => true,
        (OrderState.Shipped, OrderState.Delivered or OrderState.Returned or OrderState.Lost) => true,
        (OrderState.Delivered, OrderState.ReceiptConfirmed or OrderState.Discrepancy) => true,
        // A delivery that the carrier takes back (§2.6 rule 4).
        (OrderState.Delivered, OrderState.Shipped or OrderState.Returned) => true,
        (OrderState.Discrepancy, OrderState.ReceiptConfirmed or OrderState.Returned or OrderState.Closed) => true,
        (OrderState.Lost or OrderState.Returned, OrderState.Released or OrderState.Closed) => true,
        (OrderState.ReceiptConfirmed, OrderState.Closed) => true,
        _ => false,
    };

    /// <summary>Moves the order where that is allowed; else notes the refusal on it. True where it stands there now.</summary>
    public static bool TryMoveTo(this Order order, OrderState to, string? reason, string? source)
    {
        if (order.State == to) return true;
        if (Allows(order.State, to))
        {
            order.MoveTo(to, reason, source);
            return true;
        }
        order.Record("order.transition-refused", $"{Shared.WireName.Of(order.State)} → {Shared.WireName.Of(to)}" + (reason is null ? "" : $": {reason}"), source);
        return false;
    }

    /// <summary>No further fact changes such an order.</summary>
    public static bool IsOver(OrderState state) => state is OrderState.Rejected or OrderState.Cancelled or OrderState.Closed;
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Orders;

/// <summary>Each state of an order as people read it (ui.md §3, lifecycles).</summary>
public static class OrderWords
{
    public static IReadOnlyList<string> Stages { get; } = ["Placed", "Released", "Shipped", "Delivered", "Received"];

    /// <summary>The name that <see cref="Tones"/> knows.</summary>
    public static string LookOf(OrderState state) => state switch
    {
        OrderState.Draft => "Draft",
        OrderState.Submitted or OrderState.Acknowledged or OrderState.Backordered or OrderState.Allocated => "Placed",
        OrderState.PartiallyShipped => "PartlyShipped",
        OrderState.ReceiptConfirmed or OrderState.Closed => "Received",
        _ => state.ToString(),
    };

    public static string Of(OrderState state) => state switch
    {
        OrderState.Submitted => "Placed",
        OrderState.Acknowledged => "Placed, acknowledged",
        OrderState.Backordered => "Placed, back-ordered",
        OrderState.Allocated => "Placed, stock set aside",
        OrderState.Delivered => "Delivered, unconfirmed",
        _ => Tones.Of(LookOf(state)).Words,
    };

    /// <summary>Place on the stage bar; a side state stands where it left the way, unknown to us, so at the first.</summary>
    public static int StageOf(OrderState state) => state switch
    {
        OrderState.Draft => -1,
        OrderState.Released => 1,
        OrderState.PartiallyShipped or OrderState.Shipped or OrderState.Lost or OrderState.Returned => 2,
        OrderState.Delivered or OrderState.Discrepancy => 3,
        OrderState.ReceiptConfirmed or OrderState.Closed => 5,
        _ => 0,
    };

    public static bool IsBesideTheWay(OrderState state) =>
        state is OrderState.OnHold or OrderState.Discrepancy or OrderState.Rejected or OrderState.Cancelled or OrderState.Returned or OrderState.Lost;

    public static string Type(OrderType type) => type switch
    {
        OrderType.Refill => "Refill", OrderType.InitialFill => "Initial fill", OrderType.Screening => "Screening", _ => "Stock",
    };

    /// <summary>What the record calls it, in words; null for what is nobody's concern here.</summary>
    public static string? Action(string action) => action switch
    {
        "order.draft" => "Draft made",
        "order.discrepancy" => "Discrepancy stated",
        "order.receipt-confirmed" => "Receipt confirmed",
        "order.partially-shipped" => "Partly shipped",
        "order.backordered" => "Back-ordered",
        "order.on-hold" => "Put on hold",
        _ when action.StartsWith("order.", StringComparison.Ordinal)
            && WireName.Parse<OrderState>(action["order.".Length..].Replace('-', '_')) is { } state => state.ToString(),
        _ => null,
    };
}

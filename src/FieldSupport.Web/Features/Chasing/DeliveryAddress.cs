using FieldSupport.Domain.Chasing;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>Where a delivery has its page: a parcel's, an order's, else its own.</summary>
internal static class DeliveryAddress
{
    public static string Of(Delivery delivery) =>
        (delivery.ShipmentId is not null ? "/shipments/" : delivery.OrderId is not null ? "/orders/" : "/deliveries/") + Uri.EscapeDataString(delivery.Number);
}

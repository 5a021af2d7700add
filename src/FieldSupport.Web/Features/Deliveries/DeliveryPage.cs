using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

public sealed class DeliveryPageController(ISender sender) : Controller
{
    [HttpGet("/deliveries/{number}"), Sends(typeof(DeliveryPage.Query))]
    public async Task<IActionResult> Show(string number, CancellationToken cancellationToken)
    {
        var answer = (await sender.Send(new DeliveryPage.Query(number), cancellationToken)).OrAbsent();
        return answer.Elsewhere is { } address ? LocalRedirect(address) : View(nameof(DeliveryPage), answer.Visit);
    }
}

/// <summary>A visit that no order covers. A parcel's or an order's number leads to its own page.</summary>
public static class DeliveryPage
{
    [Requires(Permission.ReadDeliveries), Kept(ByPerson = true)]
    public sealed record Query(string Number) : IQuery<Answer?>;

    public sealed record Answer(string? Elsewhere, DeliveryDetail? Visit);

    internal sealed class Handler(FieldSupportDb db, DeliveryDetailReader details) : IQueryHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken cancellationToken)
        {
            var found = await db.Deliveries.AsNoTracking().Where(d => d.Number == query.Number)
                .Select(d => new { d.Number, IsParcel = d.ShipmentId != null, IsOrder = d.OrderId != null }).SingleOrDefaultAsync(cancellationToken);
            if (found is null) return null;
            if (found.IsParcel) return new Answer("/shipments/" + Uri.EscapeDataString(found.Number), null);
            if (found.IsOrder) return new Answer("/orders/" + Uri.EscapeDataString(found.Number), null);
            return new Answer(null, await details.Read(query.Number, cancellationToken));
        }
    }
}

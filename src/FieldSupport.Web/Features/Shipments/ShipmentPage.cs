using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Shipments;

public sealed class ShipmentPageController(ISender sender) : Controller
{
    [HttpGet("/shipments/{number}"), Sends(typeof(ShipmentPage.Query))]
    public async Task<IActionResult> Show(string number, CancellationToken cancellationToken) =>
        View(nameof(ShipmentPage), (await sender.Send(new ShipmentPage.Query(number), cancellationToken)).OrAbsent());
}

/// <summary>Where has it been, where is it stuck, and what can be done (ui.md §4.3). Assessed at the moment of asking.</summary>
public static class ShipmentPage
{
    [Requires(Permission.ReadDeliveries), Kept(ByPerson = true)]
    public sealed record Query(string Number) : IQuery<DeliveryDetail?>;

    internal sealed class Handler(FieldSupportDb db, DeliveryDetailReader details, CurrentScope current) : IQueryHandler<Query, DeliveryDetail?>
    {
        public async Task<DeliveryDetail?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (!await db.Shipments.AnyAsync(s => s.Number == query.Number, cancellationToken) || await details.Read(query.Number, cancellationToken) is not { } page) return null;
            return !current.May(Permission.SeeReceiptPhotos) ? page : page with
            {
                Photos = await db.ReceiptPhotos.AsNoTracking().Where(p => p.ShipmentId == page.Watched.Row.ShipmentId).OrderBy(p => p.Ordinal).Select(p => p.Ordinal).Take(20).ToListAsync(cancellationToken),
            };
        }
    }
}

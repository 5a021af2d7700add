using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Api;

[ApiController]
public sealed class ShowDeliveryController(ISender sender) : ControllerBase
{
    [HttpGet("/api/v1/deliveries/{number}"), Sends(typeof(ShowDelivery.Query))]
    [EndpointSummary("One delivery")]
    [EndpointDescription("By its number: the parcel's, the order's while packs of it are not shipped, or the visit's key while no order covers it. The answer's ETag goes into If-Match of a change.")]
    [ProducesResponseType<DeliveryJson>(200, "application/json"), ProducesResponseType<ProblemDetails>(401, "application/problem+json"), ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    public async Task<DeliveryJson> Show(string number)
    {
        var (delivery, tag) = (await sender.Send(new ShowDelivery.Query(number))).OrAbsent();
        Response.Headers.ETag = tag;
        Response.Headers.CacheControl = "no-store";
        return delivery;
    }
}

public static class ShowDelivery
{
    [Requires(Permission.ReadDeliveries)]
    public sealed record Query(string Number) : IQuery<Answer?>;

    public sealed record Answer(DeliveryJson Delivery, string ETag);

    internal sealed class Handler(FieldSupportDb db, DeliveryJsonWriter writer, CurrentScope current, TimeProvider clock) : IQueryHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken cancellationToken)
        {
            var row = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Number == query.Number, cancellationToken);
            if (row is null) return null;
            var json = await writer.Write(db, [row], clock.GetUtcNow(), !current.May(Permission.ReadRefillBy), cancellationToken);
            return json.Count == 0 ? null : new Answer(json[0], ETags.Of(row));
        }
    }
}

using System.ComponentModel;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Api;

[ApiController]
public sealed class ListDeliveriesController(ISender sender) : ControllerBase
{
    [HttpGet("/api/v1/deliveries"), Sends(typeof(ListDeliveries.Query))]
    [EndpointSummary("Deliveries, by number")]
    [EndpointDescription("Everything that must arrive and lies in the token's scope: parcels, orders not shipped yet, visits that no order covers. Judged at the time of the call. Follow `next` until it is null.")]
    [ProducesResponseType<ListDeliveries.Answer>(200, "application/json"), ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(401, "application/problem+json"), ProducesResponseType<ProblemDetails>(422, "application/problem+json")]
    public async Task<ListDeliveries.Answer> Show(
        [FromQuery, Description("Continue after this number: the `next` of the page before.")] string? after,
        [FromQuery, Description("At most so many, 1 to 200; 50 by default.")] int? limit,
        [FromQuery, Description("Only this outlook: Late, NoSignal, AtRisk, Watch, OnTrack, Delivered, Received, OnHold.")] string? outlook,
        [FromQuery, Description("Only this account, by its code.")] string? account,
        [FromQuery, Description("true: only what is still awaited; false: only what is finished.")] bool? open)
    {
        Response.Headers.CacheControl = "no-store";
        return await sender.Send(new ListDeliveries.Query(after, limit, outlook, account, open));
    }
}

public static class ListDeliveries
{
    public const int MostRows = 200;
    private const int UsualRows = 50;

    [Requires(Permission.ReadDeliveries)]
    public sealed record Query(string? After, int? Limit, string? Outlook, string? Account, bool? Open) : IQuery<Answer>;

    /// <param name="AsOf">The instant at which everything here was judged.</param>
    /// <param name="Next">What to send as `after` for the next page; null on the last one.</param>
    public sealed record Answer(DateTimeOffset AsOf, IReadOnlyList<DeliveryJson> Deliveries, string? Next);

    internal sealed class Handler(FieldSupportDb db, DeliveryJsonWriter writer, CurrentScope current, TimeProvider clock) : IQueryHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            if (query.Limit is < 1) throw new RefusedException(new Refusal("limit.invalid", $"limit is a whole number from 1 to {MostRows}."));
            var limit = Math.Min(query.Limit ?? UsualRows, MostRows);
            Outlook? outlook = null;
            if (!string.IsNullOrWhiteSpace(query.Outlook))
            {
                outlook = Enum.GetValues<Outlook>().Where(o => string.Equals(o.ToString(), query.Outlook.Trim(), StringComparison.OrdinalIgnoreCase)).Select(o => (Outlook?)o).FirstOrDefault()
                    ?? throw new RefusedException(new Refusal("outlook.unknown", $"outlook is one of {string.Join(", ", Enum.GetNames<Outlook>())}."));
            }

            var rows = db.Deliveries.AsNoTracking().Where(d => d.IsListed);
            if (!string.IsNullOrWhiteSpace(query.Account))
            {
                var code = query.Account.Trim().ToUpperInvariant();
                rows = rows.Where(d => d.Account!.Code == code);
            }
            if (query.Open is { } open) rows = rows.Where(d => d.IsOpen == open);
            // The stored answer holds until its next look; whatever is due then, or was never judged, is judged here.
            if (outlook?.ToString() is { } word) rows = rows.Where(d => d.Outlook == word || d.AssessedAtUtc == null || d.NextCheckAtUtc <= now);

            var after = query.After?.Trim();
            var found = new List<DeliveryJson>();
            while (true)
            {
                var page = rows;
                // SQL needs the comparison written so; both databases order and compare by the same collation.
                if (!string.IsNullOrEmpty(after))
                {
                    var last = after;
                    page = page.Where(d => string.Compare(d.Number, last) > 0);
                }
                var some = await page.OrderBy(d => d.Number).Take(limit + 1).ToListAsync(cancellationToken);
                var wanted = some.Take(limit).ToList();
                var judged = (await writer.Write(db, wanted, now, !current.May(Permission.ReadRefillBy), cancellationToken)).ToDictionary(d => d.Number);
                foreach (var row in wanted)
                {
                    after = row.Number;
                    if (!judged.TryGetValue(row.Number, out var json) || (outlook is not null && json.Outlook != outlook.ToString())) continue;
                    found.Add(json);
                    if (found.Count < limit) continue;
                    var isLast = row == wanted[^1] && some.Count <= limit;
                    return new Answer(now, found, isLast ? null : row.Number);
                }
                if (some.Count <= limit) return new Answer(now, found, null);
            }
        }
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Orders;

public sealed class OrderPageController(ISender sender) : Controller
{
    [HttpGet("/orders/{number}"), Sends(typeof(OrderPage.Query))]
    public async Task<IActionResult> Show(string number, CancellationToken cancellationToken) =>
        View(nameof(OrderPage), (await sender.Send(new OrderPage.Query(number), cancellationToken)).OrAbsent());
}

/// <summary>One order: its stage, its dates, what was sent for it, and what happened.</summary>
public static class OrderPage
{
    [Requires(Permission.ReadOrders)]
    public sealed record Query(string Number) : IQuery<Page?>;

    /// <summary>A hold in words. Coverage is a matter of reimbursement: on this side of the wall it is a hold, no more.</summary>
    public sealed record HoldLine(string Words, DateTimeOffset Since, DateTimeOffset? Cleared);
    public sealed record Happened(DateTimeOffset At, string Words, string Who);

    public sealed record Page
    {
        public required Order Order { get; init; }
        public required Account Account { get; init; }
        public required TimeZoneInfo Zone { get; init; }
        public required DateOnly? VisitOn { get; init; }
        public required DateTimeOffset? NeedBy { get; init; }
        public required DateTimeOffset? MustShipBy { get; init; }
        public required TimeZoneInfo ShipFromZone { get; init; }
        public required IReadOnlyList<DeliveryRow> Deliveries { get; init; }
        public required IReadOnlyList<HoldLine> Holds { get; init; }
        public required IReadOnlyList<Happened> Activity { get; init; }
        /// <summary>The unshipped rest with its open reasons and what can be done; null once all is on its way.</summary>
        public required DeliveryDetail? Rest { get; init; }
        public required bool MayChase { get; init; }
        public required DateTimeOffset Now { get; init; }

        /// <summary>The delivery that the one button speaks of: the most urgent that is still awaited.</summary>
        public DeliveryRow? ToChase => Deliveries.FirstOrDefault(d => d.IsOpen);
    }

    internal sealed class Handler(FieldSupportDb db, DeliveryDetailReader details, CurrentScope current, RiskCalendars calendars, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var order = await db.Orders.AsNoTracking().AsSplitQuery().Include(o => o.Account).Include(o => o.Visit).Include(o => o.Lines.OrderBy(l => l.LineNo)).Include(o => o.Holds)
                .SingleOrDefaultAsync(o => o.Number == query.Number, cancellationToken);
            if (order is null) return null;
            var deliveries = await db.Deliveries.AsNoTracking().Where(d => d.OrderId == order.Id && d.IsListed).ByRisk().Take(100).Select(DeliveryRows.Row).ToListAsync(cancellationToken);
            var rest = deliveries.Exists(d => d.IsOrder && d.Number == order.Number) ? await details.Read(order.Number, cancellationToken) : null;
            // Nothing of a draft is watched; what waits for it is the visit that no order covers.
            var awaiting = deliveries.Count > 0 || order.VisitId is null ? null : await db.Deliveries.AsNoTracking().Where(d => d.VisitId == order.VisitId && d.OrderId == null).OrderBy(d => d.Number).Select(DeliveryRows.Row).FirstOrDefaultAsync(cancellationToken);
            var record = await db.Audit.AsNoTracking().Where(e => e.Kind == "order" && e.Key == order.Number).OrderByDescending(e => e.Sequence).Take(100)
                .Select(e => new { e.AtUtc, e.Action, e.Actor, e.Role }).ToListAsync(cancellationToken);
            var actors = record.Select(e => e.Actor).Distinct().ToArray();
            var names = await db.Users.AsNoTracking().Where(u => actors.Contains(u.Email!)).ToDictionaryAsync(u => u.Email!, u => u.DisplayName, cancellationToken);
            var zone = await db.Locations.AsNoTracking().Where(l => l.AccountId == order.AccountId).OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefaultAsync(cancellationToken);
            return new Page
            {
                Order = order, Account = order.Account!, Zone = ZonedTime.Find(zone ?? "") ?? TimeZoneInfo.Utc,
                VisitOn = order.Visit is { CancelledAtUtc: null } visit ? visit.VisitOn : null,
                NeedBy = rest?.Assessment.NeedBy ?? deliveries.Find(d => d.NeedByUtc is not null)?.NeedByUtc ?? awaiting?.NeedByUtc,
                MustShipBy = rest?.Assessment.MustShipBy ?? deliveries.Find(d => d.MustShipByUtc is not null)?.MustShipByUtc ?? awaiting?.MustShipByUtc,
                ShipFromZone = calendars.ShipFrom.Zone, Deliveries = deliveries,
                Holds = [.. order.Holds.OrderByDescending(h => h.SinceUtc).Select(h => new HoldLine(
                    h.Reason == HoldReason.Coverage ? "On hold" : $"On hold: {ReasonWords.HoldWords(h.Reason)}", h.SinceUtc, h.ClearedAtUtc))],
                Activity = [.. record.Select(e => OrderWords.Action(e.Action) is { } words ? new Happened(e.AtUtc, words, names.GetValueOrDefault(e.Actor) ?? (e.Role is null ? "the system" : "somebody")) : null).OfType<Happened>()],
                Rest = rest is { Watched.Exists: true } ? rest : null,
                MayChase = current.May(Permission.LogChase), Now = clock.GetUtcNow(),
            };
        }
    }
}

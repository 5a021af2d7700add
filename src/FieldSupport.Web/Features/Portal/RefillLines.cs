using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>A coming refill as its practice reads it.</summary>
/// <param name="Order">The order that covers it; null: none yet.</param>
/// <param name="Why">Why the clinic is closed on that day; null when it is open.</param>
public sealed record RefillLine(string Visit, DateOnly On, DateOnly? RefillBy, string? Order, PlainState? State, string? Why);

/// <summary>Puts the covering order and its state beside visits.</summary>
public sealed class RefillLines(FieldSupportDb db, Arrivals arrivals)
{
    public async Task<IReadOnlyList<RefillLine>> Of(IReadOnlyList<VisitSlot> visits, PracticeDays practice, CancellationToken stop)
    {
        var ids = visits.Select(v => v.Id).ToArray();
        var orders = (await Covering(db, ids).Select(o => new { VisitId = o.VisitId!.Value, o.Id, o.Number, o.State }).ToListAsync(stop)).ToLookup(o => o.VisitId);
        var orderIds = orders.SelectMany(g => g).Select(o => o.Id).ToArray();
        var rows = orderIds.Length == 0 ? [] : await db.Deliveries.AsNoTracking().Where(d => d.OrderId != null && orderIds.Contains(d.OrderId.Value) && d.IsListed && d.IsOpen)
            .OrderBy(d => d.SortRank).ThenBy(d => d.Number).Take(500).ToListAsync(stop);
        var states = (await arrivals.Of(rows, stop)).Where(a => a.Order is not null).ToLookup(a => a.Order!, a => a.State);
        return [.. visits.Select(v =>
        {
            var order = orders[v.Id].FirstOrDefault();
            var state = order is null ? null : states[order.Number].FirstOrDefault() ?? (order.State is OrderState.ReceiptConfirmed or OrderState.Closed ? new PlainState(Say.It("Received"), "Received") : null);
            return new RefillLine(v.Key, v.VisitOn, v.RefillByOn, order?.Number, state, PastedDates.ClosedBecause(v.VisitOn, practice.Clinic, practice.Closures)?.Sentence);
        })];
    }

    /// <summary>Orders that cover these visits.</summary>
    public static IQueryable<Order> Covering(FieldSupportDb db, Guid[] visits) => db.Orders.AsNoTracking()
        .Where(o => o.VisitId != null && EF.Parameter(visits).Contains(o.VisitId.Value) && o.SubmittedAtUtc != null && o.State != OrderState.Cancelled && o.State != OrderState.Rejected)
        .OrderBy(o => o.Number);
}

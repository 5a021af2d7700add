using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Refills;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>What another day of the visit makes of one delivery.</summary>
/// <param name="IsTooLate">What we expect comes after the new need-by, or that lies behind us.</param>
public sealed record DateChange(
    Guid Delivery, string Number, string? Order, DeliveryShape Shape, DateTimeOffset? NeedByBefore, DateTimeOffset? NeedBy, DateTimeOffset? MustShipByBefore, DateTimeOffset? MustShipBy,
    DateTimeOffset? Expected, bool IsTooLate, TimeZoneInfo Zone);

/// <summary>Need-by and must-ship-by of what hangs on a visit, for one day and for another, by the rule that assesses them.</summary>
public sealed class VisitDates(FieldSupportDb db, DeliveryFactsReader reader, RiskCalendars calendars, RefillBook book)
{
    public async Task<IReadOnlyList<DateChange>> Between(VisitSlot visit, DateOnly before, DateOnly after, CancellationToken stop)
    {
        var rows = await db.Deliveries.AsNoTracking().Where(d => d.VisitId == visit.Id && d.IsOpen).OrderBy(d => d.Number).Take(100).ToListAsync(stop);
        var watched = await reader.Read(db, rows, book.Now, stop);
        return [.. watched.Where(w => w.Exists).Select(w =>
        {
            var old = DeliveryRisk.Assess(w.Facts with { VisitOn = before }, calendars, book.Now);
            var now = DeliveryRisk.Assess(w.Facts with { VisitOn = after }, calendars, book.Now);
            var arrived = w.Facts.ArrivedAtUtc is not null;
            return new DateChange(w.Row.Id, w.Row.Number, w.Order?.Number, w.Facts.Shape, old.NeedBy, now.NeedBy, old.MustShipBy, now.MustShipBy, now.ProjectedArrival,
                !arrived && (now.NeedBy < book.Now || now.NeedBy < now.ProjectedArrival), w.Facts.Clinic.Zone);
        })];
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>A delivery to be looked at; <see cref="Due"/> is null in a walk over everything open.</summary>
public sealed record DueDelivery(Guid Id, string Number, DateTimeOffset? Due);

/// <summary>
/// Walks the partial index of open deliveries, oldest look first, a page at a time; each page begins behind the last one seen, so that a
/// failing row is met once a run.
/// </summary>
public static class DueDeliveries
{
    /// <summary>Those whose next look has come.</summary>
    /// <param name="after">The last one seen; null at the beginning.</param>
    public static Task<List<DueDelivery>> FindAsync(FieldSupportDb db, DateTimeOffset now, DueDelivery? after, int take, CancellationToken cancellation)
    {
        var open = db.Deliveries.AsNoTracking().Where(d => d.IsOpen && d.NextCheckAtUtc <= now);
        if (after is { } last) open = open.Where(d => d.NextCheckAtUtc > last.Due || (d.NextCheckAtUtc == last.Due && d.Id.CompareTo(last.Id) > 0));
        return open.OrderBy(d => d.NextCheckAtUtc).ThenBy(d => d.Id).Take(take).Select(d => new DueDelivery(d.Id, d.Number, d.NextCheckAtUtc)).ToListAsync(cancellation);
    }

    /// <summary>Every open one.</summary>
    public static Task<List<DueDelivery>> AllOpenAsync(FieldSupportDb db, DueDelivery? after, int take, CancellationToken cancellation)
    {
        var open = db.Deliveries.AsNoTracking().Where(d => d.IsOpen);
        if (after is { Id: var id }) open = open.Where(d => d.Id.CompareTo(id) > 0);
        return open.OrderBy(d => d.Id).Take(take).Select(d => new DueDelivery(d.Id, d.Number, null)).ToListAsync(cancellation);
    }
}

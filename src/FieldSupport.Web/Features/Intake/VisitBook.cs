using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What entering and moving a visit does to who is watched, whether a file or a nurse says it. Saves nothing.</summary>
public sealed class VisitBook(FieldSupportDb db, WatchRoster roster, DateTimeOffset now)
{
    public void Enter(VisitSlot visit, Account account)
    {
        db.Visits.Add(visit);
        // A day that was over before we heard of it is history: kept for its orders, and no order is missing from it.
        if (!IsOver(visit.VisitOn, account, now)) roster.Add(visit, account);
    }

    /// <summary>The need-by of its orders follows from the visit; their deliveries are dated anew by the next look.</summary>
    /// <param name="watched">Of <see cref="Watched"/>; what is watched now is added.</param>
    public void Move(VisitSlot visit, Account account, DateOnly day, string? source, ISet<Guid> watched)
    {
        // One that was over when it came in has nobody watching; now there is something to watch.
        if (IsOver(visit.VisitOn, account, visit.RecordedAtUtc) && !IsOver(day, account, now) && watched.Add(visit.Id)) roster.Add(visit, account);
        visit.MoveTo(day, source);
        roster.Changed(visit);
    }

    /// <summary>Those of them that somebody watches as visits without an order.</summary>
    public async Task<HashSet<Guid>> Watched(IEnumerable<VisitSlot> visits, CancellationToken cancel)
    {
        var watched = new HashSet<Guid>();
        foreach (var some in visits.Select(v => v.Id).Chunk(500))
            watched.UnionWith(await db.Deliveries.Where(d => some.Contains(d.VisitId!.Value) && d.OrderId == null && d.ShipmentId == null).Select(d => d.VisitId!.Value).ToListAsync(cancel));
        return watched;
    }

    /// <summary>Whether the clinic's day was over at that instant.</summary>
    public static bool IsOver(DateOnly visitOn, Account account, DateTimeOffset at)
    {
        var location = account.Locations.Find(l => l.IsPrimary) ?? account.Locations.FirstOrDefault();
        return visitOn < ZonedTime.DayOf(ZonedTime.Find(location?.TimeZone ?? "") ?? TimeZoneInfo.Utc, at);
    }
}

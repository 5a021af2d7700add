using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>
/// The warning itself is the sweep's; a visit that nobody put on the list would never be met by it. An import does that in its own
/// transaction: what is found here came in some other way, and is said aloud.
/// </summary>
public sealed class WarnOfUncoveredVisits(Databases databases) : IJobWork
{
    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        // A day of slack for zones: the visit's day is the clinic's.
        var from = DateOnly.FromDateTime(call.Now.UtcDateTime).AddDays(-1);
        await using var db = databases.Open(Scope.System, Actor.Job(call.Job));
        var coming = db.Visits.AsNoTracking().Where(v => v.VisitOn >= from && v.CancelledAtUtc == null && v.RecordedAtUtc <= call.Now);
        var seen = await coming.CountAsync(stop);
        var unwatched = await coming
            .Where(v => !db.Deliveries.Any(d => d.VisitId == v.Id && d.OrderId == null && d.ShipmentId == null))
            .OrderBy(v => v.VisitOn).ThenBy(v => v.Id)
            .Select(v => new { v.Id, v.Key, v.AccountId, Territory = v.Account!.TerritoryCode })
            .ToListAsync(stop);
        var added = 0;
        var failures = new List<(string, string)>();
        foreach (var visit in unwatched)
        {
            if (call.IsDryRun)
            {
                added++;
                continue;
            }
            await using var one = databases.Open(Scope.System, Actor.Job(call.Job));
            one.Deliveries.Add(new Delivery
            {
                AccountId = visit.AccountId, TerritoryCode = visit.Territory, Number = visit.Key, WatchKey = "visit:" + visit.Key, VisitId = visit.Id,
                Kind = DeliveryKind.Drug, RecordedAtUtc = call.Now, NextCheckAtUtc = call.Now,
            });
            try
            {
                await one.SaveChangesAsync(stop);
                added++;
            }
            catch (DbUpdateException e) when (e is not DbUpdateConcurrencyException)
            {
                if (await db.Deliveries.AnyAsync(d => d.VisitId == visit.Id && d.OrderId == null && d.ShipmentId == null, stop)) continue;
                failures.Add((visit.Key, $"This visit could not be put on the watch list: {e.InnerException?.Message ?? e.Message}"));
            }
        }
        return new JobReport(seen, added)
        {
            Failures = failures,
            Why = added == 0 ? null : $"{added} coming visits {(call.IsDryRun ? "would be" : "were")} put on the watch list, which lacked them.",
        };
    }
}

using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// A lost parcel that turns up is RECOVERED for good (domain.md §2.6 rule 4): its packs are kept apart and sent back, never put on the shelf. One task
/// a parcel, however often it moves; a person closes it and says how it ended. Its order stays as it is.
/// </summary>
public static class Quarantine
{
    /// <summary>Asks for what of these is recovered and was not asked for yet; the caller saves.</summary>
    public static async Task Ask(FieldSupportDb db, WorkItems work, IEnumerable<Shipment> shipments, string? source, CancellationToken cancel)
    {
        var found = shipments.Where(s => s.Milestone == Milestone.Recovered).ToList();
        if (found.Count == 0) return;
        var ids = found.ConvertAll(s => s.Id);
        // Closed ones too: the answer of a person is not asked for twice.
        var asked = await db.WorkItems.Where(w => w.Reason == WorkItems.Quarantine && ids.Contains(w.ShipmentId!.Value)).Select(w => w.ShipmentId!.Value).ToListAsync(cancel);
        // Asked of the database: whoever reads a message loads a parcel's lines only where its order moves.
        var packsOf = await db.ShipmentLines.Where(l => ids.Contains(l.ShipmentId)).GroupBy(l => l.ShipmentId).Select(g => new { g.Key, Packs = g.Sum(l => l.Packs) }).ToDictionaryAsync(g => g.Key, g => g.Packs, cancel);
        foreach (var shipment in found.Where(s => !asked.Contains(s.Id)))
        {
            var key = $"{WorkItems.Quarantine}|{shipment.Number}";
            await work.Know([key], cancel);
            var practice = await db.Accounts.Where(a => a.Id == shipment.AccountId).Select(a => a.Name).SingleAsync(cancel);
            var packs = packsOf.GetValueOrDefault(shipment.Id);
            var (_, isNew) = await work.Ask(key, number => new WorkItem
            {
                Number = number, Reason = WorkItems.Quarantine, Source = source ?? "", Carrier = shipment.Carrier, Tracking = shipment.Tracking, TrackingKey = shipment.TrackingKey,
                Milestone = Milestone.Recovered, ShipmentId = shipment.Id, OpenKey = "",
                Summary = $"{shipment.Number} to {practice} was lost and has turned up again{(packs == 0 ? "" : packs == 1 ? ", with 1 pack" : $", with {packs} packs")}. "
                    + "Quarantine it: it must not be used or put on the shelf. Arrange its return, then close this with how it ended.",
            }, cancel);
            if (isNew) shipment.Record("shipment.quarantine-asked", null, source);
        }
    }
}

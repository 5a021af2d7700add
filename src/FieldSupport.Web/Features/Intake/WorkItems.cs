using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>The list of what a person has to look at: each question once while it is open.</summary>
public sealed class WorkItems(FieldSupportDb db, DateTimeOffset now)
{
    public const string NoShipment = "NO_SHIPMENT", Unreadable = "UNREADABLE", Quarantine = "QUARANTINE", ProductComplaint = "PRODUCT_COMPLAINT";

    private readonly Dictionary<string, Guid> _open = new(StringComparer.Ordinal);

    /// <summary>Looks up which of these questions are open already.</summary>
    public async Task Know(IEnumerable<string> keys, CancellationToken cancel)
    {
        foreach (var some in keys.Where(k => !_open.ContainsKey(k)).Distinct().Chunk(500))
            foreach (var item in await db.WorkItems.AsNoTracking().Where(w => EF.Parameter(some).Contains(w.OpenKey)).Select(w => new { w.OpenKey, w.Id }).ToListAsync(cancel))
                _open[item.OpenKey] = item.Id;
    }

    /// <summary>The open item of a question, asked now if nobody has yet. <see cref="Know"/> must have looked its key up.</summary>
    public async Task<(Guid Id, bool IsNew)> Ask(string key, Func<string, WorkItem> make, CancellationToken cancel)
    {
        if (_open.TryGetValue(key, out var known)) return (known, false);
        var item = make(await Numbers.Next(db, Numbers.WorkItems, cancel));
        item.OpenKey = key;
        item.OpenedAtUtc = now;
        item.Record("work-item.opened", item.Reason, item.Source);
        db.WorkItems.Add(item);
        _open.Add(key, item.Id);
        return (item.Id, true);
    }

    /// <summary>Nothing is left to ask. The same question may be asked anew later.</summary>
    public static void Resolve(WorkItem item, string resolution, string by, DateTimeOffset now, WorkAnswer answer)
    {
        (item.ResolvedAtUtc, item.ResolvedBy, item.Resolution, item.Answer, item.OpenKey) = (now, by, resolution, answer, "closed:" + item.Number);
        item.Record(answer == WorkAnswer.Closed ? "work-item.closed" : "work-item.matched", resolution);
    }
}

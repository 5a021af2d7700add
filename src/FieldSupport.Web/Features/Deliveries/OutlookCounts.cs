using System.Collections.Concurrent;
using System.Diagnostics;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>How many deliveries of one outlook; null: nobody has looked yet.</summary>
public sealed record OutlookCount(string? Outlook, int Count)
{
    public StateLook Look => Tones.Of(Outlook);
}

/// <summary>The line of chips above a list: counts under the filters that are set, outlook itself apart.</summary>
public static class OutlookCounts
{
    [Requires(Permission.ReadDeliveries)]
    public sealed record Query(DeliveryFilter Filter) : IQuery<IReadOnlyList<OutlookCount>>;

    /// <summary>Those that every list names, even at nought.</summary>
    private static readonly string[] Always = ["Late", "NoSignal", "AtRisk", "Watch", "OnTrack"];

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, OutlookTally tally) : IQueryHandler<Query, IReadOnlyList<OutlookCount>>
    {
        public Task<IReadOnlyList<OutlookCount>> Handle(Query query, CancellationToken cancellationToken) => query.Filter.IsNarrowedBeyondOutlook
            ? Count(query, cancellationToken)
            : tally.Of(current.Scope, () => Count(query, cancellationToken));

        private async Task<IReadOnlyList<OutlookCount>> Count(Query query, CancellationToken cancellationToken)
        {
            // By territory too, as the index has it: nothing is sorted to be counted.
            var counted = await query.Filter.Apply(db, withOutlook: false).GroupBy(d => new { d.TerritoryCode, d.Outlook })
                .Select(g => new { g.Key.Outlook, Count = g.Count() }).ToListAsync(cancellationToken);
            var found = counted.GroupBy(c => c.Outlook).Select(g => new { Outlook = g.Key, Count = g.Sum(c => c.Count) }).ToList();
            string?[] order = ["Late", "NoSignal", null, "AtRisk", "Watch", "OnTrack", "Delivered", "OnHold", "Received"];
            return [.. order.Select(o => new OutlookCount(o, found.Find(f => f.Outlook == o)?.Count ?? 0))
                .Where(c => c.Count > 0 || (c.Outlook is { } name && Always.Contains(name, StringComparer.Ordinal)))];
        }
    }
}

/// <summary>
/// Counts that took long are shown again for fifty times as long as they took, half a minute at most: so counting never takes more than a
/// fiftieth of the time, however many deliveries are watched and however many people look. What is counted in a few milliseconds is counted each time.
/// </summary>
public sealed class OutlookTally
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromSeconds(30);
    private const int Times = 50;

    private readonly ConcurrentDictionary<string, Kept> _kept = new();

    /// <summary>What this scope sees, counted now or a moment ago.</summary>
    public async Task<IReadOnlyList<OutlookCount>> Of(Scope scope, Func<Task<IReadOnlyList<OutlookCount>>> count)
    {
        var key = $"{scope.SeesAll} {scope.SeesKits} {scope.AccountId} {string.Join(',', scope.Territories.Order(StringComparer.Ordinal))}";
        var found = _kept.GetValueOrDefault(key);
        // One counts anew, the others are shown the last count meanwhile.
        if (found is not null && (Stopwatch.GetTimestamp() < found.Until || Interlocked.Exchange(ref found.IsBeingCounted, 1) == 1)) return found.Counts;
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var counts = await count();
            var took = Stopwatch.GetElapsedTime(begun);
            if (took < Short) _kept.TryRemove(key, out _);
            else _kept[key] = new Kept(counts, Stopwatch.GetTimestamp() + (long)((took * Times < Longest ? took * Times : Longest).TotalSeconds * Stopwatch.Frequency));
            return counts;
        }
        catch
        {
            // The next one counts.
            _kept.TryRemove(key, out _);
            throw;
        }
    }

    private sealed class Kept(IReadOnlyList<OutlookCount> counts, long until)
    {
        public IReadOnlyList<OutlookCount> Counts => counts;
        public long Until => until;
        public int IsBeingCounted;
    }
}

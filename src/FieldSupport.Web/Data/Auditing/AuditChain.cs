using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>What <c>audit verify</c> found.</summary>
/// <param name="Entries">How many rows the table holds.</param>
/// <param name="FirstBad">Sequence of the first entry that is missing, changed or out of place; null when all is well.</param>
/// <param name="Problem">What is wrong with it, in words.</param>
public sealed record AuditVerdict(long Entries, bool Ok, long? FirstBad, string? Problem)
{
    /// <summary>Times at which a backup took the table's place, oldest first. No fault, but what was written between backup and restore is gone.</summary>
    public IReadOnlyList<AuditRestore> Restores { get; init; } = [];
}

/// <summary>A backup was restored.</summary>
/// <param name="After">The last entry of the backup: those after it were written since.</param>
/// <param name="Backup">Its file and when it was made, as its entry says; null where a later restore has replaced that entry too, and only the anchors know.</param>
public sealed record AuditRestore(DateTimeOffset AtUtc, long After, string? Backup);

/// <summary>Walks the audit from its first entry to its last and compares it with the anchors.</summary>
public sealed class AuditChain(AuditSeal seal, AuditAnchors anchors)
{
    private const int Page = 2000;
    /// <summary>The action of the entry that a restore leaves.</summary>
    public const string Restored = "backup.restored";
    /// <summary>Between the entry of a restore and its anchor lies little but the writing of both.</summary>
    private static readonly TimeSpan OneRestore = TimeSpan.FromHours(1);

    /// <summary>Checks numbers, hashes and anchors. A sound chain gets an anchor at its end.</summary>
    public async Task<AuditVerdict> Verify(FieldSupportDb db, CancellationToken stop = default)
    {
        // Anchors first: the table only grows meanwhile, so none of them can be ahead of an honest one.
        var lines = anchors.Read();
        var binding = new List<AuditAnchor>();
        foreach (var anchor in lines.Select(l => l.Anchor).OfType<AuditAnchor>())
        {
            // Its hash stands for every entry before it, and what was seen otherwise was of a table that a restore has replaced.
            if (anchor.IsRestore) binding.Clear();
            if (anchor.Sequence > 0) binding.Add(anchor);
        }
        var expected = binding.ToLookup(a => a.Sequence, a => a.Hash);

        (long Sequence, string Problem)? bad = null;
        var restored = new List<(DateTimeOffset AtUtc, long Sequence, string? What)>();
        var entries = 0L;
        var sequence = 0L;
        var hash = AuditSeal.Beginning;
        while (true)
        {
            var after = sequence;
            var page = await db.Audit.AsNoTracking().Where(e => e.Sequence > after).OrderBy(e => e.Sequence).Take(Page).ToListAsync(stop);
            foreach (var entry in page)
            {
                entries++;
                if (entry.Action == Restored) restored.Add((entry.AtUtc, entry.Sequence, entry.Reason));
                if (bad is null)
                {
                    if (entry.Sequence != sequence + 1) bad = (sequence + 1, $"Entry {sequence + 1} is missing.");
                    else if (entry.Hash != seal.Hash(entry, hash)) bad = (entry.Sequence, $"Entry {entry.Sequence} is not as it was written.");
                    else if (expected[entry.Sequence].Any(h => h != entry.Hash))
                        bad = (entry.Sequence, $"Entry {entry.Sequence} contradicts an anchor: the table was written anew.");
                }
                sequence = entry.Sequence;
                hash = entry.Hash;
            }
            if (page.Count < Page) break;
        }

        if (bad is null && expected.Select(a => a.Key).DefaultIfEmpty(0).Max() > sequence)
            bad = (sequence + 1, $"Entries from {sequence + 1} on are gone; an anchor has seen them.");
        if (bad is null && lines.FirstOrDefault(l => l.Anchor is null) is { Line: > 0 } strange)
            return Verdict(null, $"Line {strange.Line} of the anchor file was not written by this system.");
        if (bad is { } found) return Verdict(found.Sequence, found.Problem);

        if (sequence > 0) anchors.Append(sequence, hash);
        return Verdict(null, null);

        AuditVerdict Verdict(long? firstBad, string? problem) =>
            new(entries, Ok: problem is null, firstBad, problem) { Restores = Restores(restored, lines.Select(l => l.Anchor).OfType<AuditAnchor>().Where(a => a.IsRestore)) };
    }

    /// <summary>Each restore left an entry and an anchor; an older backup that was restored afterwards took the entry away again, a lost data folder the anchor.</summary>
    private static IReadOnlyList<AuditRestore> Restores(List<(DateTimeOffset AtUtc, long Sequence, string? What)> entries, IEnumerable<AuditAnchor> anchors)
    {
        var found = new List<AuditRestore>();
        foreach (var anchor in anchors)
        {
            var mine = entries.FindLastIndex(e => e.Sequence > anchor.Sequence && e.AtUtc <= anchor.AtUtc && anchor.AtUtc - e.AtUtc < OneRestore);
            found.Add(new(anchor.AtUtc, anchor.Sequence, mine < 0 ? null : entries[mine].What));
            if (mine >= 0) entries.RemoveAt(mine);
        }
        found.AddRange(entries.Select(e => new AuditRestore(e.AtUtc, e.Sequence - 1, e.What)));
        return found.Count == 0 ? [] : [.. found.OrderBy(r => r.AtUtc).ThenBy(r => r.After)];
    }

    /// <summary>Notes the last entry outside the database.</summary>
    public async Task Anchor(FieldSupportDb db, CancellationToken stop = default)
    {
        var last = await db.Audit.AsNoTracking().OrderByDescending(e => e.Sequence).Select(e => new { e.Sequence, e.Hash }).FirstOrDefaultAsync(stop);
        if (last is not null) anchors.Append(last.Sequence, last.Hash);
    }
}

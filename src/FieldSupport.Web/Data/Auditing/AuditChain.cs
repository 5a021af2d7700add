using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>What <c>audit verify</c> found.</summary>
/// <param name="Entries">How many rows the table holds.</param>
/// <param name="FirstBad">Sequence of the first entry that is missing, changed or out of place; null when all is well.</param>
/// <param name="Problem">What is wrong with it, in words.</param>
public sealed record AuditVerdict(long Entries, bool Ok, long? FirstBad, string? Problem);

/// <summary>Walks the audit from its first entry to its last and compares it with the anchors.</summary>
public sealed class AuditChain(AuditSeal seal, AuditAnchors anchors)
{
    private const int Page = 2000;

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
            return new(entries, Ok: false, FirstBad: null, $"Line {strange.Line} of the anchor file was not written by this system.");
        if (bad is { } found) return new(entries, Ok: false, found.Sequence, found.Problem);

        if (sequence > 0) anchors.Append(sequence, hash);
        return new(entries, Ok: true, FirstBad: null, Problem: null);
    }

    /// <summary>Notes the last entry outside the database.</summary>
    public async Task Anchor(FieldSupportDb db, CancellationToken stop = default)
    {
        var last = await db.Audit.AsNoTracking().OrderByDescending(e => e.Sequence).Select(e => new { e.Sequence, e.Hash }).FirstOrDefaultAsync(stop);
        if (last is not null) anchors.Append(last.Sequence, last.Hash);
    }
}

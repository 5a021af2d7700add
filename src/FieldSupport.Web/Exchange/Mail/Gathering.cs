using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>
/// Which notices go in the mail of one that is due: itself alone when it is Critical or belongs to no one person, else with what waits for
/// the same person about other deliveries; of one delivery each notice is a mail of its own, under its own Message-ID. Holds back what the person's wishes or the last mail's window hold back, and skips what a later rung has overtaken.
/// Changes rows; the caller saves.
/// </summary>
internal sealed class Gathering(FieldSupportDb db, Recipients recipients, Policy policy, DateTimeOffset now)
{
    /// <summary>Held back or skipped.</summary>
    public List<Notice> Aside { get; } = [];

    /// <returns>Nothing when the notice itself is held back or skipped.</returns>
    public async Task<List<Notice>> Of(Notice notice, int most, CancellationToken stop)
    {
        // Decided and written down before; it may have been handed over once.
        if (notice.BundleId is { } bundle)
            return await db.Notices.Where(n => n.BundleId == bundle && (n.State == NoticeState.Queued || n.State == NoticeState.Failed)).OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).ToListAsync(stop);
        if (notice.Person.Length == 0 || notice.Attempts > 0 || !IsOfTheLadder(notice)) return [notice];
        if (await IsOvertaken(notice, stop) || IsHeld(notice)) return [];
        if (IsCritical(notice)) return await WithItsPast(notice, stop);
        var recent = await RecentMails(notice.Person, stop);
        if (recent.Where(m => m.WatchKey != notice.WatchKey).Max(m => m.At) is { } last)
        {
            Hold(notice, last.AddMinutes(policy.BundleMinutes));
            return [];
        }
        var together = await WithItsPast(notice, stop);
        // News of a delivery that was mailed a moment ago: by itself, or what has to wait its window would go along with it.
        if (recent.Count > 0) return together;
        var others = await db.Notices.Where(n => n.Person == notice.Person && n.WatchKey != notice.WatchKey && n.BundleId == null && n.Attempts == 0 && n.State == NoticeState.Queued && n.Addresses == notice.Addresses
                && n.SentAtUtc == null && n.QueuedAtUtc <= now && (n.NextAttemptAtUtc == null || n.NextAttemptAtUtc <= now) && n.Severity != "CRITICAL")
            .OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).Take(most - 1).ToListAsync(stop);
        var about = new HashSet<string>();
        foreach (var other in others)
        {
            if (!IsOfTheLadder(other) || !about.Add(other.WatchKey)) continue;
            if (other.State != NoticeState.Queued || await IsOvertaken(other, stop) || IsHeld(other)) continue;
            together.AddRange(await WithItsPast(other, stop));
        }
        together.RemoveAll(n => n.State == NoticeState.Skipped);
        if (together.Count > 1)
            foreach (var one in together) one.BundleId = MessageIds.Of("bundle", notice.MessageId, notice.Person);
        return together;
    }

    /// <summary>By notice, the earlier ones to the same person about the same visit that never went because it overtook them.</summary>
    public async Task<ILookup<Guid, Notice>> Overtaken(IReadOnlyList<Notice> together, CancellationToken stop)
    {
        var found = new List<(Guid, Notice)>();
        foreach (var notice in together.Where(n => n.Person.Length > 0 && ChaseLadder.PlaceOf(n.Rung) is not null))
        {
            var skipped = await db.Notices.AsNoTracking().Where(n => n.WatchKey == notice.WatchKey && n.Person == notice.Person && n.Round == notice.Round && n.State == NoticeState.Skipped).ToListAsync(stop);
            found.AddRange(skipped.Where(s => ChaseLadder.PlaceOf(s.Rung) < ChaseLadder.PlaceOf(notice.Rung)).DistinctBy(s => s.Rung).Select(s => (notice.Id, s)));
        }
        return found.ToLookup(f => f.Item1, f => f.Item2);
    }

    /// <summary>It, and what it overtakes skipped.</summary>
    private async Task<List<Notice>> WithItsPast(Notice notice, CancellationToken stop)
    {
        if (ChaseLadder.PlaceOf(notice.Rung) is not { } place) return [notice];
        foreach (var earlier in await db.Notices.Where(n => n.WatchKey == notice.WatchKey && n.Person == notice.Person && n.Round == notice.Round && n.Id != notice.Id && n.SentAtUtc == null && n.Attempts == 0 && n.BundleId == null
                     && (n.State == NoticeState.Queued || n.State == NoticeState.Failed)).ToListAsync(stop))
            if (ChaseLadder.PlaceOf(earlier.Rung) < place) Skip(earlier, notice.Rung);
        return [notice];
    }

    private async Task<bool> IsOvertaken(Notice notice, CancellationToken stop)
    {
        if (ChaseLadder.PlaceOf(notice.Rung) is not { } place) return false;
        var others = await db.Notices.AsNoTracking().Where(n => n.WatchKey == notice.WatchKey && n.Person == notice.Person && n.Round == notice.Round && n.QueuedAtUtc <= now
            && (n.State == NoticeState.Queued || n.State == NoticeState.Failed || n.State == NoticeState.Sent)).Select(n => n.Rung).ToListAsync(stop);
        var by = others.Where(r => ChaseLadder.PlaceOf(r) > place).MaxBy(r => ChaseLadder.PlaceOf(r));
        if (by is null) return false;
        Skip(notice, by);
        return true;
    }

    private void Skip(Notice notice, string by)
    {
        (notice.State, notice.NextAttemptAtUtc, notice.LastError) = (NoticeState.Skipped, null, $"Overtaken by {by} before it could go; {by} says so.");
        Aside.Add(notice);
    }

    private bool IsHeld(Notice notice)
    {
        var severity = WireName.Parse<Severity>(notice.Severity);
        var from = NoticeTiming.MailableFrom(recipients.WishesOf(notice.Person), severity, notice.Rung == RungName.Delivered, notice.QueuedAtUtc, now);
        if (from <= now) return false;
        Hold(notice, from);
        return true;
    }

    private void Hold(Notice notice, DateTimeOffset until)
    {
        notice.NextAttemptAtUtc = until;
        Aside.Add(notice);
    }

    /// <summary>What was mailed to this person within the window, by delivery.</summary>
    private async Task<List<(string WatchKey, DateTimeOffset? At)>> RecentMails(string person, CancellationToken stop)
    {
        if (policy.BundleMinutes == 0) return [];
        var since = now.AddMinutes(-policy.BundleMinutes);
        var recent = await db.Notices.AsNoTracking().Where(n => n.Person == person && n.SentAtUtc > since && n.SentAtUtc <= now && n.Severity != "CRITICAL")
            .GroupBy(n => n.WatchKey).Select(g => new { g.Key, At = g.Max(n => n.SentAtUtc) }).ToListAsync(stop);
        return recent.ConvertAll(m => (m.Key, m.At));
    }

    /// <summary>What a person wrote or asked for goes by itself: nobody waits for it to be bundled.</summary>
    private static bool IsOfTheLadder(Notice notice) => ChaseLadder.PlaceOf(notice.Rung) is not null || notice.Rung is RungName.Delivered or RungName.AckOverdue;

    private static bool IsCritical(Notice notice) => notice.Severity == WireName.Of(Severity.Critical);
}

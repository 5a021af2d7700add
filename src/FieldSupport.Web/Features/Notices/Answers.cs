using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Notices;

/// <summary>What an answer does, wherever it is given: the person's notices and the ledger's rows remember it, and the next level is not told.</summary>
internal static class Answers
{
    public const string Page = "page", Mail = "mail", Chase = "chase";

    /// <summary>One person answers some notices of their own.</summary>
    /// <param name="notices">Tracked; those answered before stay as they are.</param>
    public static async Task<int> Give(FieldSupportDb db, IReadOnlyCollection<Notice> notices, string by, string via, DateTimeOffset now, CancellationToken stop)
    {
        var fresh = notices.Where(n => n.AnsweredAtUtc is null && n.LinkHash is not null).ToList();
        foreach (var notice in fresh)
        {
            notice.Answer(via, now);
            db.Note("notice.answered", "notice", $"{notice.DeliveryNumber}/{notice.Rung}/{notice.Recipient}", via);
        }
        var keys = fresh.Select(n => n.WatchKey).Distinct().ToArray();
        var rungs = await db.Rungs.Where(r => keys.Contains(r.WatchKey)).ToListAsync(stop);
        foreach (var rung in rungs.Where(r => fresh.Exists(n => n.WatchKey == r.WatchKey && n.Rung == r.Rung && n.Round == r.Round))) rung.Answer(by, now);
        return fresh.Count;
    }

    /// <summary>A person works the delivery: whatever waits for an answer about it has one.</summary>
    public static async Task<int> Work(FieldSupportDb db, string watchKey, string by, string via, DateTimeOffset now, CancellationToken stop)
    {
        var person = by.ToLowerInvariant();
        var own = await db.Notices.Where(n => n.WatchKey == watchKey && n.Person == person && n.AnsweredAtUtc == null && n.LinkHash != null).ToListAsync(stop);
        await Give(db, own, by, via, now, stop);
        var waiting = await db.Rungs.Where(r => r.WatchKey == watchKey && r.AnswerDueAtUtc != null).ToListAsync(stop);
        // What was told last is not waited for while it is calm. Should it get worse, it has its answer.
        var newest = await db.Rungs.Where(r => r.WatchKey == watchKey && r.Outcome == "TOLD" && r.TaskText != null).OrderByDescending(r => r.AtUtc).ThenByDescending(r => r.Id).FirstOrDefaultAsync(stop);
        var waited = waiting.Count;
        foreach (var rung in waiting) rung.Answer(by, now);
        newest?.Answer(by, now);
        return waited;
    }
}

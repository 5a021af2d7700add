using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>What one round of sending did.</summary>
/// <param name="Due">Notices that were due.</param>
/// <param name="Failed">Not taken this time; of these, <paramref name="Parked"/> for good.</param>
/// <param name="Waiting">Queued or to be tried again, after the round.</param>
/// <param name="Trouble">Why the round ended early: the post itself cannot be reached.</param>
public sealed record SendReport(int Due, int Sent, int Failed, int Parked, int Waiting, IReadOnlyList<(string Item, string Error)> Failures, string? Trouble)
{
    /// <summary>Overtaken by a later rung before they could go.</summary>
    public int Skipped { get; init; }
}

/// <summary>
/// Hands waiting notices to mail, oldest first: what waits for the same person goes as one mail, Critical always by itself and at once. Each
/// mail is claimed, handed over, marked; one that fails never holds up the others. A temporary failure is tried again ever more rarely, a
/// final one is parked with its reason. What a later rung has overtaken before it could go is skipped, and the later mail says so. Killed at
/// any line it loses nothing: which notices go together is written down first, and a mail made again is the same mail under the same
/// Message-ID.
/// </summary>
public sealed class NoticeSender(Databases databases, IPost post, NoticeMessage message, SentJournal journal, Settings settings, Policy policy, TimeProvider clock, ILogger<NoticeSender> log)
{
    private const int Page = 100;
    /// <summary>About two days of trying, once an hour at the end.</summary>
    private const int MostAttempts = 50;
    /// <summary>More in one mail nobody reads; the rest goes in the next.</summary>
    private const int MostTogether = 50;
    /// <summary>Longer than a mail can take to hand over: nobody else takes it up meanwhile.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    /// <summary>Said of a notice that the restored database did not know to be sent.</summary>
    public const string WentBeforeRestore = "It was mailed before the database was restored from a backup; it did not go again.";

    private enum Ending { Sent, Failed, Parked, Skipped, Held, TakenByAnother }

    public async Task<SendReport> SendWaiting(bool isDryRun, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        int due = 0, sent = 0, failed = 0, parked = 0, skipped = 0;
        var failures = new List<(string, string)>();
        string? trouble = null;
        IPostRound? round = null;
        Recipients? recipients = null;
        // Gone along with an earlier one of this round.
        var done = new HashSet<Guid>();
        try
        {
            DateTimeOffset? afterAt = null;
            Guid afterId = default;
            while (trouble is null)
            {
                var page = await Due(now, afterAt, afterId, stop);
                if (page.Count == 0) break;
                due += page.Count;
                (afterAt, afterId) = (page[^1].QueuedAtUtc, page[^1].Id);
                if (isDryRun) continue;
                recipients ??= await Who(now, stop);
                foreach (var waiting in page)
                {
                    if (done.Contains(waiting.Id)) continue;
                    try
                    {
                        round ??= await post.Open(stop);
                        var (endings, reason) = await SendOne(waiting.Id, recipients, round, stop);
                        foreach (var (id, ending) in endings)
                        {
                            done.Add(id);
                            if (ending == Ending.Sent) sent++;
                            if (ending is Ending.Failed or Ending.Parked) failed++;
                            if (ending == Ending.Parked) parked++;
                            if (ending == Ending.Skipped) skipped++;
                        }
                        if (reason is not null) failures.Add((waiting.Name, reason));
                    }
                    catch (PostUnreachableException e)
                    {
                        log.LogError(e, "Notices wait: {Reason}", e.Message);
                        trouble = e.Message;
                        break;
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        // A row that the database will not have is still one row.
                        log.LogError(e, "Notice {Notice} could not be sent.", waiting.Name);
                        failed++;
                        failures.Add((waiting.Name, e.InnerException?.Message ?? e.Message));
                    }
                }
            }
        }
        finally
        {
            if (round is not null) await round.DisposeAsync();
        }
        await using var db = Open();
        var left = await db.Notices.CountAsync(n => n.QueuedAtUtc <= now && (n.State == NoticeState.Queued || n.State == NoticeState.Failed), stop);
        return new SendReport(due, sent, failed, parked, left, failures, trouble) { Skipped = skipped };
    }

    private sealed record Waiting(Guid Id, DateTimeOffset QueuedAtUtc, string Name);

    private static IQueryable<Notice> WaitingOf(FieldSupportDb db, DateTimeOffset now) => db.Notices.Where(n => n.SentAtUtc == null
        && (n.State == NoticeState.Queued || n.State == NoticeState.Failed) && n.QueuedAtUtc <= now && (n.NextAttemptAtUtc == null || n.NextAttemptAtUtc <= now));

    private async Task<List<Waiting>> Due(DateTimeOffset now, DateTimeOffset? afterAt, Guid afterId, CancellationToken stop)
    {
        await using var db = Open();
        var due = WaitingOf(db, now).AsNoTracking();
        if (afterAt is { } at) due = due.Where(n => n.QueuedAtUtc > at || (n.QueuedAtUtc == at && n.Id.CompareTo(afterId) > 0));
        return await due.OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).Take(Page)
            .Select(n => new Waiting(n.Id, n.QueuedAtUtc, n.DeliveryNumber + " " + n.Rung + " " + n.Recipient)).ToListAsync(stop);
    }

    private async Task<(IReadOnlyList<(Guid Id, Ending Ending)>, string?)> SendOne(Guid id, Recipients recipients, IPostRound round, CancellationToken stop)
    {
        // Of this mail, not of the round: a claim made late in a long round must hold as long as any other.
        var now = clock.GetUtcNow();
        await using var db = Open();
        var notice = await db.Notices.SingleAsync(n => n.Id == id, stop);
        if (notice.State is not (NoticeState.Queued or NoticeState.Failed) || notice.NextAttemptAtUtc > now) return ([(id, Ending.TakenByAnother)], null);

        if (journal.WentBefore(notice) is { } went)
        {
            (notice.State, notice.SentAtUtc, notice.NextAttemptAtUtc, notice.LastError) = (NoticeState.Sent, went, null, WentBeforeRestore);
            await db.SaveChangesAsync(stop);
            return ([(id, Ending.TakenByAnother)], null);
        }

        var gathering = new Gathering(db, recipients, policy, now);
        // What went before a restore waits for its own turn, which marks it.
        var together = (await gathering.Of(notice, MostTogether, stop)).FindAll(n => journal.WentBefore(n) is null);
        var aside = gathering.Aside.Select(n => (n.Id, n.State == NoticeState.Skipped ? Ending.Skipped : Ending.Held)).ToList();
        var before = together.ConvertAll(n => (n.State, n.NextAttemptAtUtc));
        // That it goes alone is written down too: killed before its mark, it must neither go again among others nor be taken for one that never went.
        if (together is [{ BundleId: null } alone]) alone.BundleId = alone.MessageId;
        if (!post.IsIdempotent)
            foreach (var one in together) one.NextAttemptAtUtc = now + Claim;
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            return ([(id, Ending.TakenByAnother)], null);
        }
        if (together.Count == 0) return (aside, null);

        string? remark = null;
        MailRefusedException? refused = null;
        try
        {
            remark = await round.HandOver(message.Of(together, await gathering.Overtaken(together, stop)), stop);
        }
        catch (MailRefusedException e)
        {
            refused = e;
        }
        catch (Exception e) when (e is not (OperationCanceledException or PostUnreachableException))
        {
            refused = new MailRefusedException(e.Message, forGood: false, e);
        }
        catch
        {
            // Nobody had it: it waits as before, and may go with others next time.
            for (var i = 0; i < together.Count; i++)
            {
                (together[i].State, together[i].NextAttemptAtUtc) = before[i];
                if (together[i].Attempts == 0) together[i].BundleId = null;
            }
            await db.SaveChangesAsync(CancellationToken.None);
            throw;
        }

        if (refused is null) journal.Add(together);
        var endings = together.ConvertAll(n => (n.Id, Mark(n, refused, remark)));
        try
        {
            // Handed over is handed over: written down even while the process stops.
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException) when (post.IsIdempotent)
        {
            return ([.. together.Select(n => (n.Id, Ending.TakenByAnother)), .. aside], null);
        }
        return ([.. endings, .. aside], refused?.Message);
    }

    private Ending Mark(Notice notice, MailRefusedException? refused, string? remark)
    {
        var now = clock.GetUtcNow();
        notice.Attempts++;
        notice.NextAttemptAtUtc = null;
        if (refused is null)
        {
            (notice.State, notice.SentAtUtc, notice.LastError) = (NoticeState.Sent, now, remark);
            return Ending.Sent;
        }
        notice.LastError = Cut.To(refused.Message, 500);
        if (refused.ForGood || notice.Attempts >= MostAttempts)
        {
            notice.State = NoticeState.Parked;
            return Ending.Parked;
        }
        notice.State = NoticeState.Failed;
        notice.NextAttemptAtUtc = now + Backoff(notice.Attempts);
        return Ending.Failed;
    }

    /// <summary>1, 2, 4 … minutes, at most an hour.</summary>
    public static TimeSpan Backoff(int attempts) => TimeSpan.FromMinutes(Math.Min(60, Math.Pow(2, Math.Min(attempts, 10) - 1)));

    private async Task<Recipients> Who(DateTimeOffset now, CancellationToken stop)
    {
        await using var db = Open();
        return await Recipients.Load(db, settings, now, stop);
    }

    private FieldSupportDb Open() => databases.Open(Scope.System, Actor.Job("send-notices"));
}

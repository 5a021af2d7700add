using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>What one round of sending did.</summary>
/// <param name="Due">Notices that were due.</param>
/// <param name="Failed">Not taken this time; of these, <paramref name="Parked"/> for good.</param>
/// <param name="Waiting">Queued or to be tried again, after the round.</param>
/// <param name="Trouble">Why the round ended early: the post itself cannot be reached.</param>
public sealed record SendReport(int Due, int Sent, int Failed, int Parked, int Waiting, IReadOnlyList<(string Item, string Error)> Failures, string? Trouble);

/// <summary>
/// Hands waiting notices to mail, oldest first, each on its own: claimed, handed over, marked. One that fails never holds up the others;
/// a temporary failure is tried again ever more rarely, a final one is parked with its reason. Killed at any line it loses nothing: in a
/// folder the file is written over, a mail server gets the same Message-ID again.
/// </summary>
public sealed class NoticeSender(Databases databases, IPost post, NoticeMessage message, TimeProvider clock, ILogger<NoticeSender> log)
{
    private const int Page = 100;
    /// <summary>About two days of trying, once an hour at the end.</summary>
    private const int MostAttempts = 50;
    /// <summary>Longer than a mail can take to hand over: nobody else takes it up meanwhile.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    private enum Ending { Sent, Failed, Parked, TakenByAnother }

    public async Task<SendReport> SendWaiting(bool isDryRun, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        int due = 0, sent = 0, failed = 0, parked = 0;
        var failures = new List<(string, string)>();
        string? trouble = null;
        IPostRound? round = null;
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
                foreach (var waiting in page)
                {
                    try
                    {
                        round ??= await post.Open(stop);
                        var (ending, reason) = await SendOne(waiting.Id, round, stop);
                        if (ending == Ending.Sent) sent++;
                        if (ending is Ending.Failed or Ending.Parked) failed++;
                        if (ending == Ending.Parked) parked++;
                        if (reason is not null && ending != Ending.Sent) failures.Add((waiting.Name, reason));
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
        return new SendReport(due, sent, failed, parked, left, failures, trouble);
    }

    private sealed record Waiting(Guid Id, DateTimeOffset QueuedAtUtc, string Name);

    private async Task<List<Waiting>> Due(DateTimeOffset now, DateTimeOffset? afterAt, Guid afterId, CancellationToken stop)
    {
        await using var db = Open();
        var due = db.Notices.AsNoTracking().Where(n => n.SentAtUtc == null && (n.State == NoticeState.Queued || n.State == NoticeState.Failed)
            && n.QueuedAtUtc <= now && (n.NextAttemptAtUtc == null || n.NextAttemptAtUtc <= now));
        if (afterAt is { } at) due = due.Where(n => n.QueuedAtUtc > at || (n.QueuedAtUtc == at && n.Id.CompareTo(afterId) > 0));
        return await due.OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).Take(Page)
            .Select(n => new Waiting(n.Id, n.QueuedAtUtc, n.DeliveryNumber + " " + n.Rung + " " + n.Recipient)).ToListAsync(stop);
    }

    private async Task<(Ending, string?)> SendOne(Guid id, IPostRound round, CancellationToken stop)
    {
        // Of this mail, not of the round: a claim made late in a long round must hold as long as any other.
        var now = clock.GetUtcNow();
        await using var db = Open();
        var notice = await db.Notices.SingleAsync(n => n.Id == id, stop);
        if (notice.State is not (NoticeState.Queued or NoticeState.Failed) || notice.NextAttemptAtUtc > now) return (Ending.TakenByAnother, null);
        var (before, next) = (notice.State, notice.NextAttemptAtUtc);
        if (!post.IsIdempotent)
        {
            notice.NextAttemptAtUtc = now + Claim;
            try
            {
                await db.SaveChangesAsync(stop);
            }
            catch (DbUpdateConcurrencyException)
            {
                return (Ending.TakenByAnother, null);
            }
        }

        string? remark = null;
        MailRefusedException? refused = null;
        try
        {
            remark = await round.HandOver(message.Of(notice), stop);
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
            // Nobody had it: it waits as before.
            (notice.State, notice.NextAttemptAtUtc) = (before, next);
            if (!post.IsIdempotent) await db.SaveChangesAsync(CancellationToken.None);
            throw;
        }

        var ending = Mark(notice, refused, remark);
        try
        {
            // Handed over is handed over: written down even while the process stops.
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException) when (post.IsIdempotent)
        {
            return (Ending.TakenByAnother, null);
        }
        return (ending, refused?.Message);
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
        notice.LastError = refused.Message.Length > 500 ? refused.Message[..500] : refused.Message;
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

    private FieldSupportDb Open() => databases.Open(Scope.System, Actor.Job("send-notices"));
}

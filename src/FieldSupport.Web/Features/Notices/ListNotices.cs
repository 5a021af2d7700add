using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Notices;

[Translated]
public sealed class ListNoticesController(ISender sender) : Controller
{
    [HttpGet("/notices"), Sends(typeof(ListNotices.Query))]
    public async Task<IActionResult> Show(ListNotices.Query query) => View(nameof(ListNotices), await sender.Send(query));
}

/// <summary>What the signed-in person was told, newest first; above it what waits for their answer.</summary>
public static class ListNotices
{
    private const int PageSize = 50;
    private const int MostWaiting = 100;
    /// <summary>The ladder has gone on long before; older ones are read in the list.</summary>
    private static readonly TimeSpan WaitsAtMost = TimeSpan.FromDays(14);

    [Requires(Permission.BeSignedIn)]
    public sealed record Query : IQuery<Page>
    {
        /// <summary>A delivery's number.</summary>
        public string? Q { get; init; }
        /// <summary>Continue after this one: its Message-ID without the angle brackets.</summary>
        public string? After { get; init; }
    }

    public sealed record Page(Query Query, IReadOnlyList<Row> Waiting, IReadOnlyList<Row> Rows, string? Next, DateTimeOffset Now, TimeZoneInfo Zone);

    /// <param name="AnsweredBy">Who answered the telling first; null while nobody has.</param>
    public sealed record Row(
        string MessageId, string DeliveryNumber, string Rung, string Subject, string? Severity, DateTimeOffset QueuedAtUtc, DateTimeOffset? SentAtUtc, NoticeState State, bool AsksAnswer,
        DateTimeOffset? AnsweredAtUtc, string? AnsweredBy, DateTimeOffset? AnswerDueAtUtc, bool IsAboutDelivery)
    {
        public string Name => MessageId.Trim('<', '>');
        public string Acknowledge => $"/notices/{Uri.EscapeDataString(Name)}/acknowledge";
    }

    /// <summary>Notices of this person whose telling nobody has answered yet.</summary>
    public static IQueryable<Notice> Waiting(FieldSupportDb db, string email, DateTimeOffset now)
    {
        var (person, since) = (email.ToLowerInvariant(), now - WaitsAtMost);
        return db.Notices.Where(n => n.Person == person && n.QueuedAtUtc > since && n.QueuedAtUtc <= now && n.AnsweredAtUtc == null && n.LinkHash != null
            && db.Rungs.Any(r => r.WatchKey == n.WatchKey && r.Rung == n.Rung && r.Round == n.Round && r.AnswerDueAtUtc != null));
    }

    /// <summary>How many of them, counted up to <paramref name="most"/>: every page asks.</summary>
    public static Task<int> CountWaiting(FieldSupportDb db, string email, DateTimeOffset now, int most, CancellationToken cancellation) =>
        Waiting(db, email, now).OrderBy(n => n.QueuedAtUtc).Take(most).CountAsync(cancellation);

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, CurrentUser user, TimeProvider clock) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var person = current.Actor.Name.ToLowerInvariant();
            var zoneName = await db.NoticePreferences.AsNoTracking().Where(p => p.UserId == user.Id).Select(p => p.TimeZone).FirstOrDefaultAsync(cancellationToken);
            var waiting = await Rows(Waiting(db, person, now).OrderByDescending(n => n.QueuedAtUtc).ThenByDescending(n => n.MessageId).Take(MostWaiting)).ToListAsync(cancellationToken);

            var own = db.Notices.AsNoTracking().Where(n => n.Person == person && n.QueuedAtUtc <= now);
            if (query.Q?.Trim().ToUpperInvariant() is { Length: > 0 } number) own = own.Where(n => n.DeliveryNumber == number);
            if (query.After is { Length: > 0 } after)
            {
                var id = $"<{after}>";
                if (await own.Where(n => n.MessageId == id).Select(n => (DateTimeOffset?)n.QueuedAtUtc).SingleOrDefaultAsync(cancellationToken) is { } at)
                    own = own.Where(n => n.QueuedAtUtc < at || (n.QueuedAtUtc == at && string.Compare(n.MessageId, id) < 0));
            }
            var page = await Rows(own.OrderByDescending(n => n.QueuedAtUtc).ThenByDescending(n => n.MessageId).Take(PageSize + 1)).ToListAsync(cancellationToken);
            return new Page(query, [.. waiting.OrderByDescending(w => w.Severity == WireName.Of(Severity.Critical)).ThenBy(w => w.AnswerDueAtUtc)], [.. page.Take(PageSize)],
                page.Count > PageSize ? page[PageSize - 1].Name : null, now, ZonedTime.Find(zoneName ?? "") ?? ShipFromCalendar.Default.Zone);
        }

        private IQueryable<Row> Rows(IQueryable<Notice> notices) =>
            from n in notices.AsNoTracking()
            from r in db.Rungs.Where(r => r.WatchKey == n.WatchKey && r.Rung == n.Rung && r.Round == n.Round).DefaultIfEmpty()
            select new Row(n.MessageId, n.DeliveryNumber, n.Rung, n.Subject, n.Severity, n.QueuedAtUtc, n.SentAtUtc, n.State, n.LinkHash != null, n.AnsweredAtUtc,
                r == null ? null : r.AnsweredBy, r == null ? null : r.AnswerDueAtUtc, n.DeliveryId != Guid.Empty);
    }
}

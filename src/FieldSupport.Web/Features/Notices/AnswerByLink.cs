using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Notices;

/// <summary>
/// The link in a notice's mail. Opening it changes nothing, for mail scanners follow links; the button on the page answers, once. It needs no
/// sign-in, but somebody else's sign-in does not open it.
/// </summary>
public sealed class AnswerByLinkController(ISender sender, LinkedNotices linked, CurrentScope current, CurrentUser user) : Controller
{
    [HttpGet(NoticeLinks.Path + "{code}"), Sends(typeof(AnswerByLink.Query))]
    public async Task<IActionResult> Show(string code, CancellationToken cancellationToken)
    {
        await ActFor(code, cancellationToken);
        return View(nameof(AnswerByLink), (await sender.Send(new AnswerByLink.Query(code), cancellationToken)).OrAbsent());
    }

    [HttpPost(NoticeLinks.Path + "{code}"), Sends(typeof(AnswerByLink.Command))]
    public async Task<IActionResult> Submit(string code, CancellationToken cancellationToken)
    {
        await ActFor(code, cancellationToken);
        return await this.Submit(
            new AnswerByLink.Command(code),
            done: () => this.SeeOther(NoticeLinks.Path + code),
            again: async () => View(nameof(AnswerByLink), (await sender.Send(new AnswerByLink.Query(code), cancellationToken)).OrAbsent()));
    }

    /// <summary>Whoever holds the link sees what it is about: that one account, in the name of the person it was written to.</summary>
    private async Task ActFor(string code, CancellationToken cancellationToken)
    {
        // The key stands in the address: no page that is opened from here may learn it.
        Response.Headers["Referrer-Policy"] = "no-referrer";
        Response.Headers.CacheControl = "no-store";
        var found = (await linked.Find(code, cancellationToken)).OrAbsent();
        if (user.IsSignedIn && !user.Email.Equals(found.Person, StringComparison.OrdinalIgnoreCase))
            throw new RefusedException(new Refusal("link.not-yours", "This link was mailed to somebody else. Answer your own notices on the page Notices, or sign out and open the link again."));
        current.Act(Scope.OfAccount(found.AccountId), new Actor(found.Person, user.IsSignedIn ? user.Role : null));
    }
}

public static class AnswerByLink
{
    [AllowsAnyone("the one-time link in the mail is the key; opening it changes nothing")]
    public sealed record Query(string Code) : IQuery<Page?>;

    /// <param name="Together">All notices of that mail, this one first.</param>
    public sealed record Page(string Code, IReadOnlyList<Item> Together, DateTimeOffset ExpiresAtUtc, DateTimeOffset Now, TimeZoneInfo Zone)
    {
        public bool IsExpired => Now >= ExpiresAtUtc;
        public bool IsAnswered => Together.All(n => n.AnsweredAtUtc is not null);
    }

    /// <param name="AnsweredBy">Whoever answered the telling first, this person or another.</param>
    public sealed record Item(
        string DeliveryNumber, string Rung, string? Severity, string Subject, string Body, DateTimeOffset QueuedAtUtc, DateTimeOffset? AnsweredAtUtc, string? AnsweredBy, DateTimeOffset? FirstAnswerAtUtc);

    [AllowsAnyone("the one-time link in the mail is the key")]
    public sealed record Command(string Code) : ICommand;

    internal sealed class QueryHandler(FieldSupportDb db, Policy policy, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var together = await Together(db, query.Code, cancellationToken);
            if (together.Count == 0) return null;
            var keys = together.Select(n => n.WatchKey).Distinct().ToArray();
            var rungs = await db.Rungs.AsNoTracking().Where(r => keys.Contains(r.WatchKey)).ToListAsync(cancellationToken);
            var location = await db.Locations.AsNoTracking().OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefaultAsync(cancellationToken);
            return new Page(query.Code, [.. together.Select(n =>
            {
                var rung = rungs.Find(r => r.WatchKey == n.WatchKey && r.Rung == n.Rung && r.Round == n.Round);
                return new Item(n.DeliveryNumber, n.Rung, n.Severity, n.Subject, n.Body, n.QueuedAtUtc, n.AnsweredAtUtc, rung?.AnsweredBy, rung?.AnsweredAtUtc);
            })], ExpiresAt(together[0], policy), clock.GetUtcNow(), ZonedTime.Find(location ?? "") ?? ShipFromCalendar.Default.Zone);
        }
    }

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, Policy policy, TimeProvider clock) : ICommandHandler<Command>
    {
        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var together = await Together(db, command.Code, cancellationToken);
            if (together.Count == 0) throw new AbsentException();
            if (together.TrueForAll(n => n.AnsweredAtUtc is not null)) return new Refusal("link.used", "You have answered this already; it stands there once.");
            if (now >= ExpiresAt(together[0], policy)) return new Refusal("link.expired", "This link has expired. Sign in and answer it on the page Notices.");
            await Answers.Give(db, together, current.Actor.Name, Answers.Mail, now, cancellationToken);
            return Outcome.Done;
        }
    }

    /// <summary>The link's notice, and those that went in the same mail to the same person about the same practice.</summary>
    private static async Task<List<Notice>> Together(FieldSupportDb db, string code, CancellationToken stop)
    {
        var hash = NoticeLinks.HashOf(code);
        var first = await db.Notices.SingleOrDefaultAsync(n => n.LinkHash == hash, stop);
        if (first is null) return [];
        if (first.BundleId is not { } bundle) return [first];
        var others = await db.Notices.Where(n => n.BundleId == bundle && n.Person == first.Person && n.Id != first.Id && n.LinkHash != null).OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).ToListAsync(stop);
        return [first, .. others];
    }

    private static DateTimeOffset ExpiresAt(Notice notice, Policy policy) => notice.QueuedAtUtc.AddDays(policy.AnswerLinkDays);
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

public sealed class TellPracticeController(ISender sender) : Controller
{
    [HttpPost("/deliveries/{number}/tell-practice"), Sends(typeof(TellPractice.Command))]
    public async Task<IActionResult> Submit(string number, CancellationToken cancellationToken)
    {
        var told = (await sender.Send(new TellPractice.Command(number), cancellationToken)).OrRefuse();
        TempData.Toast(told.Words, told.UndoAddress, "mail");
        return this.SeeOther(told.Address);
    }
}

/// <summary>Tells the practice where its delivery stands, in an approved text, with one tap. It waits a minute in the outbox, in which it can be taken back.</summary>
public static class TellPractice
{
    /// <summary>As the outbox names it; no rung of the ladder.</summary>
    public const string Rung = "TOLD_PRACTICE";

    [Requires(Permission.LogChase)]
    public sealed record Command(string Number) : ICommand<Told>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    public sealed record Told(string Words, string Address, string? UndoAddress);

    internal sealed class Handler(
        FieldSupportDb db, CurrentUser user, CurrentScope current, DeliveryFactsReader reader, RiskCalendars calendars, Composition.Settings settings, TimeProvider clock) : ICommandHandler<Command, Told>
    {
        public async Task<Outcome<Told>> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            now = new DateTimeOffset(now.UtcTicks - now.UtcTicks % 10, TimeSpan.Zero);
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            var address = DeliveryAddress.Of(delivery);
            var watched = (await reader.Read(db, [delivery], now, cancellationToken))[0];
            if (!watched.Exists) return new Refusal("tell.nothing", "Nobody waits for this delivery any more; there is nothing to tell.");
            var recipients = await Recipients.Load(db, settings, now, cancellationToken);
            var people = recipients.Of(LadderSlot.PracticeCoordinator, watched.Account);
            if (people.Count == 0) return new Refusal("tell.nobody", "The practice has no coordinator's address and no user. Call it, and log the chase.");

            // Pressed twice: what waits already is what would be sent.
            var since = now.AddSeconds(-calendars.Policy.MessageUndoSeconds);
            if (await db.Notices.AsNoTracking().Where(n => n.DeliveryId == delivery.Id && n.Rung == Rung && n.QueuedAtUtc > since && n.State == NoticeState.Queued).AnyAsync(cancellationToken))
                return new Told($"A message about {delivery.Number} waits to go to the practice already.", address, null);

            var assessment = DeliveryRisk.Assess(watched.Facts, calendars, now);
            var phone = await db.Users.AsNoTracking().Where(u => u.Id == user.Id).Select(u => u.Phone).SingleOrDefaultAsync(cancellationToken);
            var portal = $"{settings.BaseUrl}{(watched.Order is { } order ? $"/portal/orders/{order.Number}" : "/portal")}";
            var text = PracticeTexts.Of(watched, assessment, user.DisplayName, phone, portal, now);
            var chase = new Chase
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, Whom = "practice", Channel = "mail",
                Note = $"{text.Body.Split('\n')[0]} (approved text “{text.Name}”, {PracticeTexts.Version})", LoggedBy = current.Actor.Name, LoggedAtUtc = now,
            };
            var standing = await db.Chases.Where(c => c.DeliveryId == delivery.Id && c.UndoneAtUtc == null && c.EndedAtUtc == null && c.PromisedByUtc != null).ToListAsync(cancellationToken);
            delivery.LogChase(chase, standing);
            db.Chases.Add(chase);
            db.Entry(delivery).Property(d => d.Version).IsModified = true;
            var (round, goesAt) = (ChaseUndo.Mark(chase), now.AddSeconds(calendars.Policy.MessageUndoSeconds));
            foreach (var to in people)
            {
                db.Notices.Add(new Notice
                {
                    Id = Guid.CreateVersion7(now), AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = Rung, Round = round,
                    Recipient = LadderSlot.PracticeCoordinator, Person = to.Person, Addresses = to.Addresses, MessageId = MessageIds.Of(delivery.Number, $"{Rung} {round}", to.Person),
                    Subject = text.Subject, Body = text.Body, State = NoticeState.Queued, QueuedAtUtc = now, NextAttemptAtUtc = goesAt,
                });
            }
            return new Told($"The practice is told about {delivery.Number} in {calendars.Policy.MessageUndoSeconds} seconds.", address, ChaseUndo.Address(chase));
        }
    }

    /// <summary>Takes back what has not gone yet.</summary>
    /// <returns>Why it cannot be; null when it was, or when this chase sent nothing.</returns>
    internal static async Task<Refusal?> Withdraw(FieldSupportDb db, Chase chase, DateTimeOffset now, CancellationToken stop)
    {
        var round = ChaseUndo.Mark(chase);
        var waiting = await db.Notices.Where(n => n.DeliveryId == chase.DeliveryId && n.Rung == Rung && n.Round == round).ToListAsync(stop);
        // From the moment on which it is due the sender may have it in hand.
        if (waiting.Exists(n => n.State != NoticeState.Queued || n.Attempts > 0 || n.NextAttemptAtUtc is null || n.NextAttemptAtUtc <= now))
            return new("tell.gone", "The message has gone to the practice and cannot be taken back. Call the practice if it was wrong.");
        foreach (var one in waiting) (one.State, one.NextAttemptAtUtc) = (NoticeState.Withdrawn, null);
        return null;
    }
}

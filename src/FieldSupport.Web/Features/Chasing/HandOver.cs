using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>Gives a delivery to a colleague, who is told at once; to oneself: takes it.</summary>
public static class HandOver
{
    /// <summary>As the outbox names it; no rung of the ladder.</summary>
    public const string Rung = "HANDED_OVER";

    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, string? To, string? Note) : ICommand<NextStep.Taken>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, CurrentUser user, CurrentScope current, NoticeLinks links, Composition.Settings settings, TimeProvider clock) : ICommandHandler<Command, NextStep.Taken>
    {
        public async Task<Outcome<NextStep.Taken>> Handle(Command command, CancellationToken cancellationToken)
        {
            var note = command.Note?.Trim() ?? "";
            if (note.Length > 500) return new Refusal("hand-over.note", "Keep the note under 500 characters.");
            if (PatientPatterns.Find(note) is { } trace) return new Refusal("hand-over.patient", trace.Sentence);
            var delivery = await db.Deliveries.Include(d => d.Account).SingleAsync(d => d.Number == command.Number, cancellationToken);
            if (!delivery.IsOpen) return new Refusal("delivery.closed", $"{delivery.Number} is not awaited any more; there is nothing to hand over.");
            var to = (await NextStep.WhoMayWork(db, delivery.Account!, cancellationToken)).Find(u => string.Equals(u.Email, command.To?.Trim(), StringComparison.OrdinalIgnoreCase));
            if (to is null) return new Refusal("hand-over.nobody", "Choose a colleague who sees this practice.");
            var now = clock.GetUtcNow();
            delivery.HandledBy = to.Email;
            db.Note("delivery.handed-over", "delivery", delivery.Number, note.Length == 0 ? to.Email : $"{to.Email}: {note}");
            if (to.Id == user.Id)
            {
                await Notices.Answers.Work(db, delivery.WatchKey, current.Actor.Name, Notices.Answers.Page, now, cancellationToken);
                return new NextStep.Taken($"You have {delivery.Number}.", DeliveryAddress.Of(delivery));
            }
            var round = NextStep.Written(now);
            var id = MessageIds.Of(delivery.Number, $"{Rung} {round}", to.Email!.ToLowerInvariant());
            var link = $"{settings.BaseUrl}/deliveries/{Uri.EscapeDataString(delivery.Number)}";
            db.Notices.Add(new Notice
            {
                Id = Guid.CreateVersion7(now), AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = Rung, Round = round, Recipient = to.Role,
                Person = to.Email!.ToLowerInvariant(), Addresses = to.Email, MessageId = id, LinkHash = links.HashFor(id), Severity = delivery.Severity is { } severity ? WireName.Of(Enum.Parse<Severity>(severity)) : null,
                Subject = NoticeText.OneLine($"{user.DisplayName} hands you {delivery.Number} for {delivery.Account!.Name}"),
                Body = $"{NoticeText.Plain(user.DisplayName)} hands this delivery to you.{(note.Length == 0 ? "" : $"\n\n“{NoticeText.Plain(note)}”")}\n\nAccount: {NoticeText.Plain(delivery.Account.Name)}\nDelivery: {link}\nDo not reply with patient information.\n",
                State = NoticeState.Queued, QueuedAtUtc = now, NextAttemptAtUtc = now,
            });
            return new NextStep.Taken($"{delivery.Number} is handed to {to.DisplayName}, who is told.", DeliveryAddress.Of(delivery));
        }
    }
}

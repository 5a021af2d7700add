using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>Makes the outbox rows of one telling: one for each person behind a slot, a parked one where nobody stands.</summary>
public sealed class NoticeRows(RiskCalendars calendars, Settings settings, NoticeLinks links)
{
    /// <param name="isToldAnew">The rung was told for another day of the visit before.</param>
    /// <param name="unanswered">What the next level is told first; null: the rung itself tells.</param>
    public List<Notice> Of(
        WatchedDelivery delivery, Assessment assessment, RungCall call, IReadOnlyList<string> slots, Recipients recipients, bool isToldAnew, DateTimeOffset now,
        string? unanswered = null, int level = 0, IReadOnlyList<(string Slot, Addressee Deputy)>? deputies = null)
    {
        var text = NoticeText.Of(NoticeFactsOf.Of(delivery, assessment, call, calendars, settings, now));
        var round = RungName.RoundOf(call.Rung, delivery.Facts.VisitOn);
        var told = isToldAnew ? $"{call.Rung} {round}" : call.Rung;
        var rows = new List<Notice>();
        foreach (var slot in slots)
        {
            var people = recipients.Of(slot, delivery.Account);
            // The slot's own Message-ID is the first person's: with one person behind it, delivery, rung and recipient say all.
            for (var i = 0; i < people.Count; i++) rows.Add(Row(slot, people[i], i == 0 ? slot : $"{slot} {people[i].Person}"));
            if (people.Count == 0) rows.Add(Row(slot, null, slot));
        }
        foreach (var (slot, deputy) in deputies ?? []) rows.Add(Row(slot, deputy, $"{slot} {deputy.Person}"));
        return rows;

        Notice Row(string slot, Addressee? to, string recipient)
        {
            var id = MessageIds.Of(delivery.Row.Number, told, recipient);
            return new Notice
            {
                Id = Guid.CreateVersion7(now), AccountId = delivery.Row.AccountId, DeliveryId = delivery.Row.Id, DeliveryNumber = delivery.Row.Number, WatchKey = delivery.Row.WatchKey,
                Rung = call.Rung, Recipient = slot, Person = to?.Person ?? "", Addresses = to?.Addresses, Round = round, MessageId = id, LinkHash = call.Task is null || to is null ? null : links.HashFor(id),
                Subject = unanswered is null ? text.Subject : NoticeText.OneLine($"Unanswered: {text.Subject}"),
                Body = $"{(unanswered is null ? "" : unanswered + "\n\n")}{(to?.InsteadOf is { } away ? $"You stand in for {NoticeText.Plain(away)}, who is away.\n\n" : "")}{text.Body}",
                Severity = call.Severity is { } severity ? WireName.Of(severity) : null, Level = level,
                State = to is null ? NoticeState.Parked : NoticeState.Queued, QueuedAtUtc = now, NextAttemptAtUtc = now,
                LastError = to is null ? Recipients.HowToFill(slot) : null,
            };
        }
    }
}

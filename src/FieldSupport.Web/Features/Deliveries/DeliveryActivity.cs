using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>Everything that happened around a delivery, in one line of time: scans, reasons, who was told and who answered, what people did and said, receipts (ui.md §4.3).</summary>
/// <param name="own">Of a reader from a practice: the people there. Null: the reader is of the company.</param>
internal sealed class DeliveryActivity(WatchedDelivery watched, string reader, IReadOnlyDictionary<string, string> names, IReadOnlySet<string>? own, DateTimeOffset now)
{
    /// <summary>What people do with a delivery beside chasing it; each is a note of the audit, which says who and why.</summary>
    public static readonly string[] Steps = ["delivery.put-aside", "delivery.taken-up", "delivery.handed-over", "delivery.resolved", "delivery.reopened"];

    private TimeZoneInfo Zone => watched.Facts.Clinic.Zone;

    /// <param name="told">Rounds of a message to the practice, by the chase's mark.</param>
    /// <param name="gone">Of these, those that can no longer be taken back.</param>
    public IEnumerable<ActivityLine> Chases(IReadOnlyList<Chase> chases, IReadOnlySet<string> told, IReadOnlySet<string> gone)
    {
        var newest = chases.FirstOrDefault(c => c.UndoneAtUtc is null);
        foreach (var c in chases)
        {
            var mark = ChaseUndo.Mark(c);
            var whom = c.Whom == "carrier" ? watched.Shipment?.Carrier ?? "the carrier" : c.Whom == "practice" ? watched.Account.Name : c.Whom == "partner" ? "the partner" : "somebody else";
            var promise = c.PromisedByUtc is { } by ? $"Promised by {When.Absolute(by, now, Zone)}{(c.Promise is null ? "" : $": {c.Promise}")}.{(c.BrokenAtUtc is null ? "" : " Broken.")}" : c.Promise;
            // What staff note of a call is for staff; the practice reads what was promised, and what was sent to it.
            var isTold = c is { Whom: "practice", Channel: "mail" } && told.Contains(mark);
            var isNoteRead = own is null || own.Contains(c.LoggedBy) || (isTold && c.UndoneAtUtc is null);
            var said = isNoteRead ? $"{(c.Contact is null ? "" : $" ({c.Contact})")}: “{c.Note}”" : "";
            yield return new ActivityLine(c.LoggedAtUtc, c.Channel == "mail" ? "mail" : "phone", c.BrokenAtUtc is null ? null : "late",
                $"{Who(c.LoggedBy)} {(isTold ? "told" : "asked")} {whom}{said}{(c.UndoneAtUtc is null ? "" : " (taken back)")}", promise,
                c == newest && !gone.Contains(mark) && ChaseUndo.IsPossible(c, newest, reader, watched.Row) ? ChaseUndo.Address(c) : null);
        }
    }

    public static IEnumerable<ActivityLine> Reasons(IEnumerable<StalledDelivery> stalls)
    {
        foreach (var stall in stalls)
        {
            yield return new ActivityLine(stall.OpenedAtUtc, "risk", "risk", "Opened: " + string.Join("; ", stall.Entries.Where(e => e.OpenedAtUtc == stall.OpenedAtUtc).OrderBy(e => e.Reason, StringComparer.Ordinal).Select(e => ReasonWords.Of(e.Reason))));
            foreach (var entry in stall.Entries.Where(e => e.OpenedAtUtc != stall.OpenedAtUtc)) yield return new ActivityLine(entry.OpenedAtUtc, "risk", "risk", "Also: " + ReasonWords.Of(entry.Reason));
            foreach (var entry in stall.Entries.Where(e => e.ClearedAtUtc is not null && e.ClearedAtUtc != stall.ClosedAtUtc)) yield return new ActivityLine(entry.ClearedAtUtc!.Value, "ok", "ok", "Cleared: " + ReasonWords.Of(entry.Reason));
            if (stall.ClosedAtUtc is not { } closed) continue;
            // A person's word is no all-clear.
            var byPerson = stall.Cause == ResolutionReason.Cause;
            yield return new ActivityLine(closed, byPerson ? "check" : "ok", byPerson ? null : "ok", byPerson ? "Closed by a person; its reasons were open" : "Every reason cleared",
                FormattableString.Invariant($"Worst: {stall.WorstSeverity.ToLowerInvariant()}.{(stall.Cause is null || byPerson ? "" : $" Cause: {stall.Cause.ToLowerInvariant().Replace('_', ' ')}.")}"));
        }
    }

    public IEnumerable<ActivityLine> Done(IEnumerable<AuditEntry> steps)
    {
        foreach (var step in steps)
        {
            var who = Who(step.Actor);
            yield return step.Action switch
            {
                "delivery.put-aside" => new(step.AtUtc, "hold", null, $"{who} put it aside{(DateTimeOffset.TryParse(step.Reason, System.Globalization.CultureInfo.InvariantCulture, out var until) ? $" until {When.Absolute(until, now, Zone)}" : "")}"),
                "delivery.taken-up" => new(step.AtUtc, "hold", null, $"{who} took it up again"),
                "delivery.handed-over" => HandedOver(step, who),
                "delivery.resolved" => Closed(step, who),
                _ => new(step.AtUtc, "undo", null, $"{who} opened it again"),
            };
        }
    }

    /// <summary>One line a telling, however many people it reached; messages of people stand among their chases.</summary>
    public static IEnumerable<ActivityLine> Tellings(IEnumerable<ToldLine> told)
    {
        foreach (var telling in told.Where(t => t.Rung is not (TellPractice.Rung or HandOver.Rung)).GroupBy(t => (t.Rung, t.QueuedAt)))
        {
            var first = telling.First();
            // Who waits for the mail, or has no address, was not told.
            var parts = telling.GroupBy(t => t.State switch { NoticeState.Sent => "told", NoticeState.Parked => "nobody to send it to for", NoticeState.Skipped => "overtaken for", NoticeState.Withdrawn => "taken back from", _ => "waits to go to" })
                .OrderByDescending(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {string.Join(", ", g.Select(t => t.Slot.Replace('-', ' ')).Distinct())}");
            yield return new ActivityLine(telling.Key.QueuedAt, "bell", null, $"{telling.Key.Rung.Replace('_', ' ')}: {string.Join("; ", parts)}");
            if (first.AnsweredAt is { } answered && telling.Min(t => t.QueuedAt) == told.Where(t => t.Rung == first.Rung && t.AnsweredAt == first.AnsweredAt).Min(t => t.QueuedAt))
                yield return new ActivityLine(answered, "check", "ok", $"{first.AnsweredBy} has it ({telling.Key.Rung.Replace('_', ' ')})");
        }
    }

    public IEnumerable<ActivityLine> Scans() => watched.Events.Where(e => !e.IsExcluded)
        .Select(e => new ActivityLine(e.AtUtc, "scan", null, $"Scan: {(e.Milestone == Domain.Shipments.Milestone.Unknown ? $"“{e.Code ?? e.Text}”" : DeliveryDetailReader.MilestoneWords(e.Milestone))}{(NoticeFactsOf.Place(e) is { } place ? ", " + place : "")}"));

    public IEnumerable<ActivityLine> Receipts() => watched.Receipts.Select(r => new ActivityLine(r.ReceivedAtUtc, "received", "done",
        FormattableString.Invariant($"Received by {r.ReceivedBy}: {r.Packs} × lot {r.Lot}, {WireName.Of(r.Condition).ToLowerInvariant().Replace('_', ' ')}")));

    private ActivityLine HandedOver(AuditEntry step, string who)
    {
        // "colleague@company.test: what they wrote"
        var parts = (step.Reason ?? "").Split(": ", 2);
        var to = Who(parts[0]);
        return new(step.AtUtc, "user", null, to == who ? $"{who} took it" : $"{who} handed it to {(to == "You" ? "you" : to)}{(parts.Length > 1 ? $": “{parts[1]}”" : "")}");
    }

    private static ActivityLine Closed(AuditEntry step, string who)
    {
        // "ON_SHELF: how they know it"
        var parts = (step.Reason ?? "").Split(": ", 2);
        return new(step.AtUtc, "check", null, $"{who} closed it: {ResolutionReason.All.FirstOrDefault(r => r.Code == parts[0]).Words ?? parts[0]}{(parts.Length > 1 ? $". “{parts[1]}”" : "")}");
    }

    private string Who(string? mail) => mail is null ? "Somebody" : mail == reader ? "You" : names.GetValueOrDefault(mail, "Somebody");
}

using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>One scan as the page lists it. <paramref name="Raw"/>: the message it came with, verbatim, for those who see every account.</summary>
public sealed record ScanLine(DateTimeOffset At, string Kind, string Words, string? Place, string? Code, string Source, string? Note, string? Raw);

/// <summary>One thing that was done or happened, for the merged record.</summary>
public sealed record ActivityLine(DateTimeOffset At, string Icon, string? Tone, string Words, string? Detail = null, string? UndoAddress = null);

/// <summary>A reason that is open, and since when the record has held it; null: seen only just now.</summary>
public sealed record ReasonLine(string Words, DateTimeOffset? Since);

/// <summary>A notice of the ladder. Addresses are nobody's business here.</summary>
/// <param name="AnsweredBy">Who answered the telling, on the line of its rung's first notice; null where nobody has.</param>
public sealed record ToldLine(string Rung, string Slot, DateTimeOffset QueuedAt, DateTimeOffset? SentAt, NoticeState State, string? AnsweredBy, DateTimeOffset? AnsweredAt, DateTimeOffset? AnswerDueAt);

/// <summary>What becomes of a parcel that was lost and turned up again. <paramref name="Task"/>: the number on the work-list; null for who does not see it.</summary>
public sealed record QuarantineLine(string? Task, DateTimeOffset? EndedAt, string? HowItEnded);

/// <summary>A receipt line.</summary>
public sealed record UnitLine(string Name, int Packs, IReadOnlyList<string> Lots);

/// <summary>Everything that a delivery's own page shows, assessed by the rule at this moment.</summary>
public sealed record DeliveryDetail
{
    public required WatchedDelivery Watched { get; init; }
    public required Assessment Assessment { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required string StateWords { get; init; }
    public required IReadOnlyList<ReasonLine> Reasons { get; init; }
    public required IReadOnlyList<Rescue> Rescue { get; init; }
    /// <summary>The arrival and the deadline of a reschedule follow from refill-by, which sales never see.</summary>
    public required bool HidesRefillBy { get; init; }
    public required TimelineModel Timeline { get; init; }
    public required IReadOnlyList<ScanLine> Scans { get; init; }
    public required IReadOnlyList<ToldLine> Told { get; init; }
    public required IReadOnlyList<ActivityLine> Activity { get; init; }
    public required IReadOnlyList<UnitLine> Units { get; init; }
    /// <summary>Ordinals of the receipt's photos, for those who may see them.</summary>
    public IReadOnlyList<int> Photos { get; init; } = [];
    public string? Replaces { get; init; }
    public string? ReplacedBy { get; init; }
    public string? SilenceWords { get; init; }
    /// <summary>Lost, and found again; the task and how it ended for those who see the work-list.</summary>
    public QuarantineLine? Quarantine { get; init; }
    public required bool MayChase { get; init; }
    /// <summary>Whoever works it, by name.</summary>
    public string? HandledBy { get; init; }
    /// <summary>Numbers of the contact sheet: whom, and how to call them; null where no number is set.</summary>
    public required IReadOnlyList<(string Whom, string? Phone)> Contacts { get; init; }
    public required TimeZoneInfo ShipFromZone { get; init; }

    public DeliveryFacts Facts => Watched.Facts;
    public TimeZoneInfo Zone => Facts.Clinic.Zone;
    public string Number => Watched.Row.Number;
    public string ChaseAddress => $"/deliveries/{Uri.EscapeDataString(Number)}/chase";
    /// <summary>Somebody can still do something about it.</summary>
    public bool IsAwaited => !Assessment.IsFinished && Watched.Exists && Watched.Row.ResolvedAtUtc is null;
}

/// <summary>Reads one delivery whole: the facts, the answer of the rule now, and the record of what was done.</summary>
public sealed class DeliveryDetailReader(
    FieldSupportDb db, DeliveryFactsReader reader, RiskCalendars calendars, CurrentScope current, Composition.Settings settings, TimeProvider clock)
{
    private const int MostScans = 200, MostActivity = 200, MostRaw = 64 * 1024;

    public async Task<DeliveryDetail?> Read(string number, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var row = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Number == number, cancellation);
        if (row is null) return null;
        var watched = (await reader.Read(db, [row], now, cancellation))[0];
        var assessment = DeliveryRisk.Assess(watched.Facts, calendars, now);

        var stalls = await db.Stalls.AsNoTracking().Include(s => s.Entries).Where(s => s.DeliveryId == row.Id).OrderByDescending(s => s.OpenedAtUtc).Take(20).ToListAsync(cancellation);
        var chases = await db.Chases.AsNoTracking().Where(c => c.DeliveryId == row.Id).OrderByDescending(c => c.LoggedAtUtc).Take(100).ToListAsync(cancellation);
        var notices = await db.Notices.AsNoTracking().Where(n => n.WatchKey == row.WatchKey).OrderByDescending(n => n.QueuedAtUtc).ThenBy(n => n.Recipient).ThenBy(n => n.Person).Take(100)
            .Select(n => new { n.Rung, n.Round, n.Recipient, n.QueuedAtUtc, n.SentAtUtc, n.State, n.NextAttemptAtUtc }).ToListAsync(cancellation);
        var rungs = await db.Rungs.AsNoTracking().Where(r => r.WatchKey == row.WatchKey && (r.AnsweredAtUtc != null || r.AnswerDueAtUtc != null)).ToListAsync(cancellation);
        // What colleagues write to each other when they hand over or close is not the practice's to read. The delivery is in the reader's scope, or it would not have been found.
        List<AuditEntry> steps = current.Scope.AccountId is not null ? [] : await db.Audit.AsNoTracking().Where(a => a.Key == number && a.Kind == "delivery" && DeliveryActivity.Steps.Contains(a.Action)).OrderByDescending(a => a.Sequence).Take(100).ToListAsync(cancellation);
        var loggedBy = chases.Select(c => c.LoggedBy).Concat(steps.Select(s => s.Actor)).Concat(steps.Where(s => s.Action == "delivery.handed-over").Select(s => (s.Reason ?? "").Split(": ", 2)[0])).Concat(rungs.Select(r => r.AnsweredBy ?? "")).Append(row.HandledBy ?? "").Distinct().ToArray();
        var people = await db.Users.AsNoTracking().Where(u => loggedBy.Contains(u.Email!)).Select(u => new { Email = u.Email!, u.DisplayName, u.AccountId }).ToListAsync(cancellation);
        var names = people.ToDictionary(p => p.Email, p => p.DisplayName);
        var own = current.Scope.AccountId is { } practice ? people.Where(p => p.AccountId == practice).Select(p => p.Email).ToHashSet() : null;
        var told = notices.ConvertAll(n =>
        {
            var rung = rungs.Find(r => r.Rung == n.Rung && r.Round == n.Round);
            return new ToldLine(n.Rung, n.Recipient, n.QueuedAtUtc, n.SentAtUtc, n.State, rung?.AnsweredBy is { } by ? names.GetValueOrDefault(by, by) : null, rung?.AnsweredAtUtc, rung?.AnswerDueAtUtc);
        });
        var shipment = watched.Shipment;
        var linked = shipment is null ? [] : await db.Shipments.AsNoTracking()
            .Where(s => s.Id == shipment.ReplacesShipmentId || s.ReplacesShipmentId == shipment.Id).OrderBy(s => s.Number).Select(s => new { s.Number, s.ReplacesShipmentId }).ToListAsync(cancellation);
        var lines = shipment is null ? [] : await db.ShipmentLines.AsNoTracking().Where(l => l.ShipmentId == shipment.Id).OrderBy(l => l.Ndc).ToListAsync(cancellation);
        var messageIds = watched.Events.Where(e => e.MessageId is not null).Select(e => e.MessageId!.Value).Distinct().ToArray();
        // A message may speak of parcels of several practices: the scope hands it only to those who see them all.
        var messages = messageIds.Length == 0 ? [] : await db.Messages.AsNoTracking().Where(m => messageIds.Contains(m.Id)).OrderBy(m => m.ReceivedAtUtc).Take(50).ToListAsync(cancellation);
        // One text for all scans of a message: a page that is kept holds each once.
        var raw = messages.ToDictionary(m => m.Id, Raw);

        QuarantineLine? quarantine = null;
        if (watched.Facts.Tracking.Milestone == Milestone.Recovered)
        {
            // Empty for a scope of territories or of one account: the work-list is not theirs.
            quarantine = await db.WorkItems.AsNoTracking().Where(w => w.ShipmentId == shipment!.Id && w.Reason == Intake.WorkItems.Quarantine).OrderByDescending(w => w.OpenedAtUtc).ThenBy(w => w.Number)
                .Select(w => new QuarantineLine(w.Number, w.ResolvedAtUtc, w.Resolution)).FirstOrDefaultAsync(cancellation) ?? new QuarantineLine(null, null, null);
            if (!current.May(Permission.SeeWorkList)) quarantine = new QuarantineLine(null, null, null);
        }

        var open = stalls.Find(s => s.ClosedAtUtc is null);
        // What still waits in the outbox can be taken back; what has gone cannot, though its chase is the newest.
        var gone = notices.Where(n => n.Rung == TellPractice.Rung && (n.State != NoticeState.Queued || n.NextAttemptAtUtc <= now)).Select(n => n.Round).ToHashSet();
        var toldRounds = notices.Where(n => n.Rung == TellPractice.Rung).Select(n => n.Round).ToHashSet();
        var activity = new DeliveryActivity(watched, current.Actor.Name, names, own, now);
        return new DeliveryDetail
        {
            Watched = watched, Assessment = assessment, Now = now,
            StateWords = watched.Facts.Tracking.Milestone == Milestone.Recovered ? "Found again: quarantine" : DeliveryWords.State(StateFacts.Of(watched, assessment), now),
            Reasons = [.. assessment.Reasons.Select(r => new ReasonLine(
                ReasonWords.Of(r, watched.Facts, assessment, calendars.Policy, now), open?.Entries.Find(e => e.Reason == WireName.Of(r) && e.ClearedAtUtc is null)?.OpenedAtUtc))],
            Rescue = RescueOptions.Of(watched.Facts, assessment, calendars, now),
            HidesRefillBy = !current.May(Permission.ReadRefillBy),
            Timeline = TimelineOf(watched, assessment, now),
            Scans = [.. watched.Events.OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).Take(MostScans)
                .Select(e => Scan(e, e.MessageId is { } id ? raw.GetValueOrDefault(id) : null))],
            Told = told,
            Activity = [.. activity.Chases(chases, toldRounds, gone).Concat(activity.Done(steps)).Concat(DeliveryActivity.Tellings(told)).Concat(DeliveryActivity.Reasons(stalls)).Concat(activity.Receipts()).Concat(activity.Scans())
                .OrderByDescending(a => a.At).Take(MostActivity)],
            Units = [.. lines.Select(l => new UnitLine(
                Catalogue.Presentations.Find(l.Ndc)?.Name ?? l.Ndc, l.Packs,
                [.. watched.Receipts.Where(r => r.Ndc == l.Ndc).OrderBy(r => r.Lot).Select(r =>
                    $"{r.Packs} {(r.Condition == ReceiptCondition.Good ? "good" : WireName.Of(r.Condition).ToLowerInvariant().Replace('_', ' '))}, lot {r.Lot}{(r.ExpiryOn is { } x ? $", expires {When.Day(x)} {x.Year}" : "")}")]))],
            Replaces = linked.Find(l => l.ReplacesShipmentId != shipment?.Id)?.Number,
            ReplacedBy = linked.Find(l => l.ReplacesShipmentId == shipment?.Id)?.Number,
            SilenceWords = Silence(watched.Facts, now), Quarantine = quarantine,
            MayChase = current.May(Permission.LogChase), HandledBy = row.HandledBy is { } handler ? names.GetValueOrDefault(handler, handler) : null,
            Contacts = ContactSheet.Of(settings, shipment?.Carrier),
            ShipFromZone = calendars.ShipFrom.Zone,
        };
    }

    /// <summary>Only from facts: the newest movement, and what this service may take.</summary>
    private string? Silence(DeliveryFacts facts, DateTimeOffset now) =>
        facts is { Service: { } service, Tracking.LastMovementAtUtc: { } last, ArrivedAtUtc: null }
            ? FormattableString.Invariant($"Silent now: {DeliveryWords.Hours(now - last)}. {Sentence(DeliveryWords.Service(service))} service may be silent for {calendars.Policy.Of(service).MaxSilenceHours:0.#} h.") : null;

    private static ScanLine Scan(TrackingEvent e, string? raw)
    {
        var kind = KindOf(e.Milestone);
        var code = e.Code;
        var words = e.Milestone == Milestone.Unknown ? $"Carrier says: '{e.Code ?? e.Text}'" : string.IsNullOrWhiteSpace(e.Text) ? MilestoneWords(e.Milestone) : e.Text;
        var notes = new List<string>();
        if (e.IsExcluded) notes.Add("its time cannot be right, so it counts for nothing");
        if (e.Flags?.Contains("ZONE_ASSUMED", StringComparison.Ordinal) == true) notes.Add("time zone taken from the place");
        if (e.Milestone == Milestone.Unknown) notes.Add("nobody has said yet what this code means");
        return new ScanLine(e.AtUtc, kind, words, NoticeFactsOf.Place(e), code, e.Source.Equals("csv", StringComparison.OrdinalIgnoreCase) ? "imported file" : e.Source, notes.Count == 0 ? null : Sentence(string.Join("; ", notes)) + ".", raw);
    }

    /// <summary>As text, whatever it is; a long one is cut, and says so.</summary>
    private static string Raw(InboundMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Body.AsSpan(0, Math.Min(message.Body.Length, MostRaw)));
        return message.Body.Length > MostRaw ? text + "\n… cut here" : text;
    }

    private static TimelineModel TimelineOf(WatchedDelivery w, Assessment a, DateTimeOffset now)
    {
        var points = w.Events.Where(e => !e.IsExcluded && e.Milestone != Milestone.EtaUpdate)
            .Select(e => new TimelinePoint(e.AtUtc, KindOf(e.Milestone), e.Milestone == Milestone.Unknown ? $"Carrier says: '{e.Code ?? e.Text}'" : MilestoneWords(e.Milestone) + (NoticeFactsOf.Place(e) is { } place ? ", " + place : ""))).ToList();
        if (w.Facts.LabelAtUtc is { } label && !points.Exists(p => p.Kind == "label")) points.Add(new TimelinePoint(label, "label", "Label made"));
        return new TimelineModel(points, now, a.ProjectedArrival, a.NeedBy, w.Facts.Clinic.Zone, a.Outlook?.ToString());
    }

    private static string KindOf(Milestone milestone) => milestone switch
    {
        Milestone.LabelCreated => "label",
        Milestone.Delivered => "delivered",
        Milestone.Unknown => "unknown",
        Milestone.Exception or Milestone.DeliveryAttempted or Milestone.Returning or Milestone.Returned or Milestone.Lost or Milestone.Cancelled => "exception",
        _ => "scan",
    };

    /// <summary>A milestone in words, for an event whose carrier gave none.</summary>
    public static string MilestoneWords(Milestone milestone) => milestone switch
    {
        Milestone.LabelCreated => "Label made", Milestone.PickedUp => "Picked up", Milestone.InTransit => "On its way", Milestone.OutForDelivery => "Out for delivery",
        Milestone.AvailableForPickup => "Ready for pickup", Milestone.DeliveryAttempted => "Delivery attempted", Milestone.Exception => "Exception",
        Milestone.EtaUpdate => "New estimate", Milestone.Delivered => "Delivered", Milestone.Returning => "On its way back", Milestone.Returned => "Back at the sender",
        Milestone.Lost => "Declared lost", Milestone.Cancelled => "Cancelled", Milestone.Recovered => "Found again", Milestone.DeliveryRetracted => "Delivery taken back",
        _ => "Not understood",
    };

    private static string Sentence(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
}

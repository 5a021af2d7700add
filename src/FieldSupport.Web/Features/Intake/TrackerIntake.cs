using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>One record of a tracking number as <c>result.trackers</c> shows it (contract.md §3).</summary>
/// <param name="Estimate">A day (yyyy-MM-dd) where the carrier gave only that, else an instant.</param>
/// <param name="Matched">The shipment's number; null while nobody knows whose it is.</param>
public sealed record TrackerSeen(
    string Source, string? Carrier, string? Tracking, string? UniqueId, string? Milestone, string? RawStatus, DateTimeOffset? LastMovementAtUtc,
    DateTimeOffset? DeliveredAtUtc, string? SignedBy, object? Estimate, int Events, int Undated, IReadOnlyList<string> Flags, string? Matched);

/// <summary>What became of a payload's trackers.</summary>
public sealed record TrackersTaken(IReadOnlyList<TrackerSeen> Trackers, int Read, int Accepted, int Duplicates);

/// <summary>
/// Takes the records that a carrier's reader made out of one payload. A record belongs to one parcel as a whole; one that contradicts itself, has a
/// double or is a refusal goes to a person with its events, and moves nothing (contract.md §3).
/// </summary>
public static class TrackerIntake
{
    /// <param name="wasKnown">The very same message came before: what has no fingerprint of its own is then known too.</param>
    public static async Task<TrackersTaken> Take(
        FieldSupportDb db, TrackingLog log, CarrierReading reading, ParcelMatch parcels, Guid? messageId, bool wasKnown, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        var seen = new List<TrackerSeen>();
        int read = 0, accepted = 0, duplicates = 0;
        void Count(int units, bool isNew)
        {
            read += units;
            if (isNew) accepted += units;
            else duplicates += units;
        }
        foreach (var tracker in reading.Trackers)
        {
            var key = TrackingNumbers.Key(tracker.Tracking ?? "");
            var (parcel, notOurs) = WhoseIs(tracker, key, reading, parcels, receivedAt, log.ShipFrom.Zone);
            var item = notOurs is { } closed ? (closed, IsNew: false) : await Item(log, tracker, key, parcel, messageId, cancel);
            await log.Save(cancel);

            var scans = tracker.Events.Where(e => e.AtUtc is not null).Select(e => Scan(tracker, key, e, parcel, item?.Id, messageId)).ToList();
            // Of a record that is nobody's yet the estimate waits with its scans; one that contradicts itself tells none.
            var waits = item?.Id is { } waiting && parcel is null ? waiting : (Guid?)null;
            var tells = (item is null ? parcel is not null : waits is not null) && !wasKnown && (tracker.EstimateOn is not null || tracker.EstimateAtUtc is not null) && tracker.State.DeliveredAtUtc is null;
            var before = tells ? await LastEstimate(Of(db, parcel, waits), cancel) : null;
            await log.Take(scans, parcels, cancel);
            if (tells)
            {
                // A clock of theirs that runs ahead must not silence what comes after.
                var told = tracker.UpdatedAtUtc is { } said ? said < receivedAt ? said : receivedAt : (DateTimeOffset?)null;
                var isCarried = scans.Exists(s => s.IsNew && (s.Event.EstimateOn is not null || s.Event.EstimateAtUtc is not null));
                if (await NewEstimate(Of(db, parcel, waits), tracker, before, told, parcel?.EstimateToldAtUtc, isCarried, receivedAt, cancel) is { } estimate)
                    await log.Take([Scan(tracker, key, estimate, parcel, waits, messageId)], parcels, cancel);
                if (parcel is not null && told is { } at) await log.EstimateTold(parcel, at, cancel);
            }

            var news = scans.Count(s => s.IsNew);
            Count(news, isNew: true);
            Count(scans.Count - news, isNew: false);
            if (tracker.Undated > 0) Count(tracker.Undated, !wasKnown);
            if (tracker.Events.Count == 0) Count(1, item?.IsNew ?? !wasKnown);
            seen.Add(Seen(tracker, parcel, scans, receivedAt));
        }
        return new TrackersTaken(seen, read, accepted, duplicates);
    }

    public static string? Word(Milestone? milestone) => milestone is { } m ? WireName.Of(m) : null;

    public static object? Estimate(DateOnly? on, DateTimeOffset? at) => on is { } day ? day : at;

    private static TrackerSeen Seen(TrackerReading t, Parcel? parcel, List<Scan> scans, DateTimeOffset receivedAt)
    {
        var flags = t.Flags.ToList();
        if (scans.Exists(s => s.IsBadTimestamp) && !flags.Contains(TrackingFlags.BadTimestamp)) flags.Add(TrackingFlags.BadTimestamp);
        var answer = new TrackerSeen(t.Source, t.Carrier, t.Tracking, t.UniqueId, Word(t.Milestone), t.RawStatus, t.LastMovementAtUtc, t.DeliveredAtUtc, t.SignedBy,
            Estimate(t.EstimateOn, t.EstimateAtUtc), t.Events.Count, t.Undated, flags, parcel?.Number);
        // The order's day shut out events that the payload alone could not judge.
        if (!t.CountsForState || !scans.Exists(s => s.IsBadTimestamp && !s.Event.Flags.Contains(TrackingFlags.BadTimestamp))) return answer;
        var state = TrackingTimeline.Read(scans.Where(s => !s.IsBadTimestamp).Select((s, i) => s.Event.ToFact(receivedAt, i)).OfType<TrackingFact>());
        return answer with { Milestone = Word(state.Milestone), LastMovementAtUtc = state.LastMovementAtUtc, DeliveredAtUtc = state.DeliveredAtUtc, SignedBy = state.SignedBy };
    }

    /// <summary>What tells one record of a number from the next.</summary>
    private static string? Mark(TrackerReading tracker) => tracker.UniqueId ?? tracker.ShipOn?.ToString("yyyy-MM-dd");

    /// <returns>The parcel; or, of a doubled number, the closed item in which a person said that this record is none of ours: its events are kept there.</returns>
    private static (Parcel? Parcel, Guid? NotOurs) WhoseIs(TrackerReading tracker, string key, CarrierReading reading, ParcelMatch parcels, DateTimeOffset receivedAt, TimeZoneInfo shipFrom)
    {
        if (!tracker.Flags.Contains(TrackingFlags.DuplicateNumber)) return (ParcelOf(tracker, key, parcels, receivedAt, shipFrom), null);
        if (key.Length == 0) return (null, null);
        if (parcels.Chosen(tracker.Carrier, key, Mark(tracker)) is { } choice) return (choice.Parcel, choice.Parcel is null ? choice.WorkItemId : null);
        var doubles = reading.Trackers.Where(t => !ReferenceEquals(t, tracker) && TrackingNumbers.Key(t.Tracking ?? "") == key && t.Carrier == tracker.Carrier).Select(t => t.ShipOn);
        return (tracker.ShipOn is { } day ? parcels.ByShipDate(tracker.Carrier, key, day, doubles, shipFrom) : null, null);
    }

    private static Parcel? ParcelOf(TrackerReading tracker, string key, ParcelMatch parcels, DateTimeOffset receivedAt, TimeZoneInfo shipFrom)
    {
        if (key.Length == 0) return null;
        if (tracker.ShipOn is { } day) return parcels.ShippedOn(tracker.Carrier, key, day, shipFrom);
        var times = tracker.Events.Where(e => e.AtUtc is not null && !e.Flags.Contains(TrackingFlags.BadTimestamp)).Select(e => e.AtUtc!.Value).Order().ToList();
        if (times.Count == 0) return parcels.At(tracker.Carrier, key, receivedAt);
        // Its newest event tells which use of the number it is; an old label scan may lie before our window.
        return parcels.At(tracker.Carrier, key, times[^1]) ?? parcels.At(tracker.Carrier, key, times[0]);
    }

    private static Scan Scan(TrackerReading tracker, string key, EventReading read, Parcel? parcel, Guid? item, Guid? messageId) => new()
    {
        Source = tracker.Source, Carrier = tracker.Carrier ?? parcel?.Carrier ?? "", Tracking = tracker.Tracking ?? "", Key = key, Event = read, MessageId = messageId, Parcel = parcel, WorkItemId = item,
    };

    /// <summary>The question to a person, where the record as a whole raises one.</summary>
    private static async Task<(Guid Id, bool IsNew)?> Item(TrackingLog log, TrackerReading t, string key, Parcel? parcel, Guid? messageId, CancellationToken cancel)
    {
        var carrier = t.Carrier ?? "";
        var (reason, ask, summary) =
            parcel is null && t.Flags.Contains(TrackingFlags.DuplicateNumber) ? (TrackingFlags.DuplicateNumber, $"{TrackingFlags.DuplicateNumber}|{carrier}|{key}|{Mark(t)}",
                $"{carrier} knows several shipments with the number {t.Tracking}. Say which one is ours, by its ship date or unique identifier.")
            : t.Flags.FirstOrDefault(TrackingFlags.IsRefusal) is { } refusal ? (refusal, $"{refusal}|{carrier}|{key}|{parcel?.Number}", Refused(refusal, t, parcel))
            : t.Flags.Contains(TrackingFlags.StatusContradictsEvents) ? (TrackingFlags.StatusContradictsEvents, $"{TrackingFlags.StatusContradictsEvents}|{carrier}|{key}|{parcel?.Number}",
                $"{carrier} {t.Tracking}{Of(parcel)}: the status '{TrackingLog.Short(t.RawStatus)}' does not fit the scans that came with it. Ask the carrier; until then neither counts.")
            : parcel is null ? (WorkItems.NoShipment, key.Length == 0 ? $"{WorkItems.NoShipment}|{messageId}|{t.UniqueId}" : TrackingLog.NoShipmentKey(carrier, key),
                $"No shipment is known with {carrier} {t.Tracking} at the time of these scans. Match it to its parcel, or import the shipment.")
            : default;
        if (reason is null) return null;
        await log.Work.Know([ask], cancel);
        return await log.Work.Ask(ask, number => new WorkItem
        {
            Number = number, Reason = reason, Source = t.Source, Carrier = t.Carrier, Tracking = t.Tracking, TrackingKey = key.Length == 0 ? null : key, UniqueId = t.UniqueId, ShipOn = t.ShipOn,
            Milestone = t.Milestone, RawStatus = t.RawStatus, MessageId = messageId, ShipmentId = parcel?.Id, OpenKey = "", Summary = summary,
        }, cancel);
    }

    private static string Of(Parcel? parcel) => parcel is null ? "" : $" ({parcel.Number})";

    private static string Refused(string flag, TrackerReading t, Parcel? parcel)
    {
        var what = flag switch
        {
            TrackingFlags.NotFound => "the carrier does not know this number yet; it is watched on",
            TrackingFlags.BadNumber => "the carrier says that this is no number of theirs; put it right on the shipment, asking again will not help",
            TrackingFlags.Auth => "the carrier refused our credentials",
            _ => "the carrier could not answer; the last known status stays",
        };
        return $"{t.Carrier} {t.Tracking}{Of(parcel)}: {what}.{(t.Message is null ? "" : $" \"{TrackingLog.Short(t.Message)}\"")}";
    }

    /// <summary>The estimate that counts, and when it was given.</summary>
    private sealed record Told(DateOnly? On, DateTimeOffset? At, DateTimeOffset GivenAtUtc);

    /// <summary>What is known of a parcel; or of a record that waits to be somebody's.</summary>
    private static IQueryable<TrackingEvent> Of(FieldSupportDb db, Parcel? parcel, Guid? waits)
    {
        var events = db.TrackingEvents.AsNoTracking().Where(e => !e.IsExcluded);
        return parcel is not null ? events.Where(e => e.ShipmentId == parcel.Id) : events.Where(e => e.ShipmentId == null && e.WorkItemId == waits);
    }

    private static Task<Told?> LastEstimate(IQueryable<TrackingEvent> known, CancellationToken cancel) =>
        known.Where(e => e.EstimateOn != null || e.EstimateAtUtc != null)
            .OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).Select(e => new Told(e.EstimateOn, e.EstimateAtUtc, e.AtUtc)).FirstOrDefaultAsync(cancel);

    /// <summary>
    /// An estimate that changed without a newer scan to carry it is news of its own. Of two tellings the one counts that the source made later, whichever
    /// comes first; where it does not say when, the one that came later, unless a newer scan is known than it has.
    /// </summary>
    /// <param name="told">When the source made this telling; null where it does not say.</param>
    /// <param name="toldBefore">When the newest telling was made that was taken before.</param>
    /// <param name="isCarried">A scan that is new carries it.</param>
    private static async Task<EventReading?> NewEstimate(
        IQueryable<TrackingEvent> log, TrackerReading t, Told? before, DateTimeOffset? told, DateTimeOffset? toldBefore, bool isCarried, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        if (isCarried || (before is not null && before.On == t.EstimateOn && before.At == t.EstimateAtUtc)) return null;
        var newest = t.Events.Where(e => e.AtUtc is not null && !e.Flags.Contains(TrackingFlags.BadTimestamp)).Max(e => e.AtUtc);
        if (told is not null ? told <= toldBefore : newest is not null && await log.AnyAsync(e => e.Milestone != Milestone.EtaUpdate && e.AtUtc > newest, cancel)) return null;
        // Never behind what it overtakes, though that be dated ahead of our clock: the log is read by time, then by arrival.
        var at = new[] { told ?? receivedAt, newest, before?.GivenAtUtc }.Max()!.Value;
        return new EventReading
        {
            AtUtc = at, Milestone = Milestone.EtaUpdate, Code = "estimate " + (t.EstimateOn?.ToString("yyyy-MM-dd") ?? t.EstimateAtUtc?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")),
            Text = "The carrier's estimate changed without a scan.", EstimateOn = t.EstimateOn, EstimateAtUtc = t.EstimateAtUtc,
        };
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FieldSupport.Domain.Shipments;

/// <summary>
/// The event-log rules of domain.md §2.6: one answer from the whole log, whatever the order and however often its events arrived.
/// Nothing is patched; the log is read again each time.
/// </summary>
public static class TrackingTimeline
{
    /// <summary>An event may be dated this far after we got it before it counts as BAD_TIMESTAMP (§2.6 rule 7).</summary>
    public static readonly TimeSpan AheadOfReceipt = TimeSpan.FromHours(24);

    /// <summary>Physical movement: what counts as a scan for the stall clocks (§2.6 rule 5).</summary>
    public static bool IsMovement(Milestone milestone) => milestone is Milestone.PickedUp or Milestone.InTransit or Milestone.OutForDelivery
        or Milestone.AvailableForPickup or Milestone.DeliveryAttempted or Milestone.Delivered or Milestone.Returning or Milestone.Returned;

    /// <summary>
    /// BAD_TIMESTAMP (§2.6 rule 7): dated more than 24 h after receipt, or before the ship-from day on which its order was submitted.
    /// Without a known order only the first half can be judged.
    /// </summary>
    public static bool IsBadTimestamp(DateTimeOffset atUtc, DateTimeOffset receivedAtUtc, DateOnly? orderSubmittedOnShipFrom, TimeZoneInfo shipFromZone)
    {
        // A subtraction, because receivedAt + 24 h can leave the range of dates.
        if (atUtc - receivedAtUtc > AheadOfReceipt) return true;
        return orderSubmittedOnShipFrom is { } submitted && DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(atUtc, shipFromZone).DateTime) < submitted;
    }

    /// <summary>
    /// Fingerprint of an event (§2.6 rule 1), SHA-256 in lower-case hex. Case and outer spaces of carrier, number and place say nothing;
    /// the raw code counts as written. A null time is an undated event, a value of its own.
    /// </summary>
    public static string Fingerprint(string carrier, string tracking, DateTimeOffset? atUtc, string? rawCode, string? city, string? state)
    {
        static string Folded(string? text) => (text ?? "").Trim().ToUpperInvariant();
        var time = atUtc?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture) ?? "";
        // Unit separators: no field can run into the next one.
        var text = string.Join('\u001f', Folded(carrier), Folded(tracking), time, (rawCode ?? "").Trim(), Folded(city), Folded(state));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Reads the whole log. BAD_TIMESTAMP and undated events must have been left out; order and repetition do not matter.</summary>
    public static TrackingState Read(IEnumerable<TrackingFact> facts)
    {
        var log = facts.Distinct().ToList();
        log.Sort(Compare);
        var reading = new Walk();
        foreach (var fact in log) reading.Take(fact);
        return reading.Answer(log);
    }

    private static int Compare(TrackingFact a, TrackingFact b)
    {
        var order = a.AtUtc.CompareTo(b.AtUtc);
        if (order == 0) order = a.Milestone.CompareTo(b.Milestone);
        if (order == 0) order = a.Arrival.CompareTo(b.Arrival);
        // Below here the domain has no opinion; a total order keeps the answer the same for every permutation.
        if (order == 0) order = a.ReceivedAtUtc.CompareTo(b.ReceivedAtUtc);
        if (order == 0) order = Nullable.Compare(a.Exception, b.Exception);
        if (order == 0) order = string.CompareOrdinal(a.Code, b.Code);
        if (order == 0) order = string.CompareOrdinal(a.City, b.City);
        if (order == 0) order = string.CompareOrdinal(a.State, b.State);
        if (order == 0) order = string.CompareOrdinal(a.Zip, b.Zip);
        if (order == 0) order = string.CompareOrdinal(a.SignedBy, b.SignedBy);
        if (order == 0) order = Nullable.Compare(a.EstimateOn, b.EstimateOn);
        if (order == 0) order = Nullable.Compare(a.EstimateAtUtc, b.EstimateAtUtc);
        return order;
    }

    private sealed class Walk
    {
        private Milestone? state;
        private DateTimeOffset? label, firstMovement, lastMovement, returning, returned, lost, cancelled, recovered, retracted, attempted, outForDelivery, pickup;
        private Milestone? lastMovementKind;
        private TrackingFact? openException, estimate;
        private readonly List<TrackingFact> deliveries = [];
        private TimeSpan silence;
        private DateTimeOffset? silenceFrom, silenceTo;

        public void Take(TrackingFact fact)
        {
            var movement = IsMovement(fact.Milestone);
            if (movement) Moved(fact);
            switch (fact.Milestone)
            {
                case Milestone.LabelCreated: label ??= fact.AtUtc; break;
                case Milestone.OutForDelivery: outForDelivery = fact.AtUtc; break;
                case Milestone.AvailableForPickup: pickup = fact.AtUtc; break;
                case Milestone.DeliveryAttempted: attempted = fact.AtUtc; break;
                case Milestone.Exception: openException = fact; break;
                // A DELIVERED on the way back is the sender's door: the attempt at ours stays failed.
                case Milestone.Delivered when state is not (Milestone.Returning or Milestone.Returned): attempted = null; break;
            }
            if (HasEstimate(fact)) estimate = fact;
            // The last event that is none of these decides (rule 2).
            if (fact.Milestone is Milestone.Exception or Milestone.EtaUpdate or Milestone.Unknown) return;
            Decide(fact, movement);
        }

        private void Moved(TrackingFact fact)
        {
            openException = null;
            firstMovement ??= fact.AtUtc;
            if (lastMovement is { } before && fact.AtUtc - before > silence)
                (silence, silenceFrom, silenceTo) = (fact.AtUtc - before, before, fact.AtUtc);
            (lastMovement, lastMovementKind) = (fact.AtUtc, fact.Milestone);
        }

        private void Decide(TrackingFact fact, bool movement)
        {
            switch (state)
            {
                case Milestone.Recovered or Milestone.Returned or Milestone.Cancelled:
                    return; // for good (rule 4)
                case Milestone.Lost:
                    if (movement) (state, recovered) = (Milestone.Recovered, fact.AtUtc);
                    return;
                case Milestone.Returning:
                    if (fact.Milestone == Milestone.Returned) (state, returned) = (Milestone.Returned, fact.AtUtc);
                    return;
                case Milestone.Delivered when !movement:
                    return; // only a movement or a return reopens a delivery (rule 4)
                case Milestone.Delivered or Milestone.DeliveryRetracted when movement && fact.Milestone is not (Milestone.Delivered or Milestone.Returning or Milestone.Returned):
                    if (state == Milestone.Delivered) retracted = fact.AtUtc;
                    state = Milestone.DeliveryRetracted;
                    deliveries.Clear();
                    return;
            }
            switch (fact.Milestone)
            {
                case Milestone.LabelCreated when state is not null: return; // never undoes a movement (rule 2)
                case Milestone.Delivered: deliveries.Add(fact); retracted = null; break;
                case Milestone.Returning: returning = fact.AtUtc; break;
                case Milestone.Returned: returned = fact.AtUtc; break;
                case Milestone.Lost: lost = fact.AtUtc; break;
                case Milestone.Cancelled: cancelled = fact.AtUtc; break;
            }
            state = fact.Milestone;
        }

        public TrackingState Answer(List<TrackingFact> log)
        {
            var delivered = state == Milestone.Delivered;
            var place = delivered ? deliveries.Find(d => !string.IsNullOrWhiteSpace(d.Zip)) ?? deliveries.Find(d => !string.IsNullOrWhiteSpace(d.City)) : null;
            return new TrackingState
            {
                Milestone = state ?? (log.Count == 0 ? null : Milestone.Unknown),
                LabelAtUtc = label, FirstMovementAtUtc = firstMovement, LastMovementAtUtc = lastMovement, LastMovement = lastMovementKind,
                DeliveredAtUtc = delivered ? deliveries[0].AtUtc : null,
                SignedBy = delivered ? deliveries.Find(d => !string.IsNullOrWhiteSpace(d.SignedBy))?.SignedBy : null,
                DeliveredCity = place?.City, DeliveredState = place?.State, DeliveredZip = place?.Zip,
                ReturningAtUtc = returning, ReturnedAtUtc = returned, LostAtUtc = lost, CancelledAtUtc = cancelled,
                RecoveredAtUtc = recovered, RetractedAtUtc = retracted, AttemptedAtUtc = attempted,
                OpenException = delivered ? null : openException,
                NewestIsUnknown = log.Count > 0 && log[^1].Milestone == Milestone.Unknown,
                LastOutForDeliveryAtUtc = outForDelivery, LastAvailableForPickupAtUtc = pickup,
                EstimateOn = estimate?.EstimateOn, EstimateAtUtc = estimate?.EstimateAtUtc, EstimateGivenAtUtc = estimate?.AtUtc,
                LongestSilence = silence, SilenceFromUtc = silenceFrom, SilenceToUtc = silenceTo,
                InOrder = log,
            };
        }
    }

    /// <summary>An estimate more than a year off its event is a slip of somebody's, and no calendar reaches that far.</summary>
    private static bool HasEstimate(TrackingFact fact)
    {
        var day = fact.EstimateOn ?? (fact.EstimateAtUtc is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null);
        return day is { } on && Math.Abs(on.DayNumber - DateOnly.FromDateTime(fact.AtUtc.UtcDateTime).DayNumber) <= 366;
    }
}

using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>
/// Stall reasons, projected arrival, slack, severity and outlook of one delivery, as domain.md §3.1 says them. Pure: the facts, the
/// calendars and the time are passed in. Each question below is one line of that text; every limit is reached at its exact instant.
/// </summary>
public static class DeliveryRisk
{
    public static Assessment Assess(DeliveryFacts facts, RiskCalendars calendars, DateTimeOffset now) => new Asking(facts, calendars, now).Answer();

    /// <summary>The carrier's proof of delivery names another place than the ship-to address: by ZIP (5 digits), else by city and state. Unknown is not another.</summary>
    public static bool IsElsewhere(TrackingState tracking, string? zip, string? city, string? state)
    {
        static string Five(string code) => code.Trim() is var z && z.Length >= 5 ? z[..5] : z;
        if (!string.IsNullOrWhiteSpace(tracking.DeliveredZip) && !string.IsNullOrWhiteSpace(zip)) return Five(tracking.DeliveredZip) != Five(zip);
        if (string.IsNullOrWhiteSpace(tracking.DeliveredCity) || string.IsNullOrWhiteSpace(city)) return false;
        static bool Same(string? a, string? b) => string.Equals(a?.Trim(), b?.Trim(), StringComparison.OrdinalIgnoreCase);
        return !Same(tracking.DeliveredCity, city) || (!string.IsNullOrWhiteSpace(tracking.DeliveredState) && !Same(tracking.DeliveredState, state));
    }

    private static readonly EscalationRung[] Rungs = Enum.GetValues<EscalationRung>();

    private sealed class Asking(DeliveryFacts f, RiskCalendars calendars, DateTimeOffset now)
    {
        private readonly DeliveryClocks _clocks = new(f, calendars);
        private readonly Policy _policy = calendars.Policy;
        private readonly DateOnly _today = f.Clinic.DayOf(now);
        private DateTimeOffset? _arrival;
        private string _source = "none";
        private bool _missedMustShipBy;

        private TrackingState T => f.Tracking;
        private bool IsParcel => f.Shape == DeliveryShape.Parcel;
        private bool IsUnshipped => f.Shape == DeliveryShape.UnshippedOrder;
        private bool HasMoved => T.FirstMovementAtUtc is not null;
        private bool IsDelivered => f.ArrivedAtUtc is not null;
        private bool IsReturning => T.Milestone is Milestone.Returning or Milestone.Returned;
        private bool IsBack => T.Milestone is Milestone.Returned or Milestone.Recovered;
        private int? DaysToVisit => f.VisitOn is { } visit && f.Kind == DeliveryKind.Drug ? f.Clinic.Days.Count(_today, visit) : null;
        private int? DaysLeft => _clocks.NeedByDay is { } day ? f.Clinic.Days.Count(_today, day) : null;

        public Assessment Answer()
        {
            var lostBySilence = Silent() && !IsDelivered && Reached(_clocks.LostFrom);
            var isLost = T.Milestone == Milestone.Lost || T.Milestone == Milestone.Recovered || lostBySilence;
            (_arrival, _source) = Project(isLost);
            _missedMustShipBy = MissedMustShipBy();
            var isLater = IsLater(isLost);
            var reasons = IsOver ? [] : Reasons(isLost);
            var slackDays = SlackDays();
            var severity = Severe(reasons, isLater, slackDays);
            var finished = IsOver || IsReceived;
            return new Assessment
            {
                AsOf = now, Clocks = _clocks, Reasons = reasons, Severity = reasons.Count > 0 ? severity : null, GateSeverity = severity,
                Outlook = See(reasons, isLater, slackDays), NeedBy = _clocks.NeedBy, MustShipBy = _clocks.MustShipBy, Committed = _clocks.Committed,
                ProjectedArrival = _arrival, EstimateSource = _source, SlackDays = slackDays, IsLater = isLater,
                SlackHours = _clocks.NeedBy is { } need && _arrival is { } eta ? (need - eta).TotalHours : null,
                DaysToVisit = DaysToVisit, DaysLeft = DaysLeft, IsFinished = finished, NextLook = finished ? null : NextLook(isLost),
            };
        }

        /// <summary>
        /// A voided label; or a parcel replaced by one that came. For what the carrier lost or sends back delivered is enough; anything else may still
        /// be the box that is needed, and ends when its replacement is confirmed, as a discrepancy does (§3.1).
        /// </summary>
        private bool IsOver => (T.Milestone is Milestone.Cancelled && !IsDelivered)
            || (f.IsSuperseded && !f.HasOpenDiscrepancy && (f.ReplacementConfirmed || (f.ReplacementDelivered && (T.Milestone is Milestone.Lost || IsReturning || IsBack))));

        private bool IsReceived => f.ReceiptAtUtc is not null && !f.HasOpenDiscrepancy && !f.PracticeSaysNotReceived;
        private bool Reached(DateTimeOffset? limit) => limit is { } at && now >= at;

        // ── projected arrival ──────────────────────────────────────────────────────────────────────────────────────

        private (DateTimeOffset?, string) Project(bool isLost)
        {
            if (!IsParcel || IsDelivered || IsOver || isLost || IsReturning || f.Service is null) return (null, "none");
            if (!HasMoved && (_clocks.LabelDay is null || Reached(_clocks.GraceEnds))) return (null, "none");
            if (CarrierEstimate() is { } estimate) return (estimate, "carrier");
            var day = HasMoved ? DayByMovement() : calendars.CarrierDays.Add(_clocks.LabelDay!.Value, _policy.TransitDays(f.Service.Value));
            return (CloseStillAhead(day), "service");
        }

        /// <summary>The carrier's newest estimate while it lies ahead; one later than its day's receiving close counts as the close.</summary>
        private DateTimeOffset? CarrierEstimate()
        {
            DateOnly day;
            if (T.EstimateAtUtc is { } at)
            {
                if (at <= now) return null;
                day = f.Clinic.DayOf(at);
            }
            else if (T.EstimateOn is { } on && on >= _today) day = on;
            else return null;
            var close = CloseStillAhead(day);
            // Earlier than the close of its own day: taken at its word.
            return T.EstimateAtUtc is { } instant && f.Clinic.DayOf(close) == day && instant < close ? ZonedTime.In(f.Clinic.Zone, instant) : close;
        }

        private DateOnly DayByMovement()
        {
            var day = calendars.CarrierDays.Add(_clocks.FirstMovementDay!.Value, _policy.TransitDays(f.Service!.Value));
            if (T.Milestone == Milestone.OutForDelivery && T.LastOutForDeliveryAtUtc is { } outAt) day = f.Clinic.DayOf(outAt);
            if (T.AttemptedAtUtc is { } attempt) day = Later(day, calendars.CarrierDays.Next(f.Clinic.DayOf(attempt)));
            return Later(day, f.Clinic.DayOf(T.LastMovementAtUtc!.Value));
        }

        private DateTimeOffset CloseStillAhead(DateOnly day)
        {
            day = _clocks.Joint.OnOrAfter(Later(day, _today));
            var close = f.Clinic.ReceivingClose(day);
            return close > now ? close : f.Clinic.ReceivingClose(_clocks.Joint.Next(day));
        }

        private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

        // ── later than need-by, slack ──────────────────────────────────────────────────────────────────────────────

        private bool IsLater(bool isLost)
        {
            if (_clocks.NeedBy is not { } needBy) return false;
            if (f.ArrivedAtUtc is { } arrived) return arrived > needBy;
            if (IsOver) return false;
            if (_arrival is { } eta) return f.Clinic.DayOf(eta) > _clocks.NeedByDay;
            if (isLost || IsReturning || _missedMustShipBy) return true;
            // A promised day that cannot make it is an arrival known to be later (§3.1 BACKORDER_PAST_NEED_BY, §9 story 6).
            if (PromiseIsPastNeedBy()) return true;
            return DaysLeft <= 1 && !CanStillShip;
        }

        /// <summary>An order without movement before its must-ship-by, with a label or without.</summary>
        private bool CanStillShip => f.Shape != DeliveryShape.UncoveredVisit && !HasMoved && _clocks.MustShipBy is { } ship && now < ship;

        private int? SlackDays()
        {
            if (IsUnshipped)
                return _clocks.MustShipBy is { } ship ? calendars.ShipFrom.Days.Count(calendars.ShipFrom.DayOf(now), calendars.ShipFrom.DayOf(ship)) : null;
            if (_clocks.NeedByDay is not { } needBy) return null;
            return Arrival() is { } day ? f.Clinic.Days.Count(day, needBy) : null;
        }

        /// <summary>Day of the delivery, else of the projected arrival.</summary>
        private DateOnly? Arrival() => f.ArrivedAtUtc is { } arrived ? f.Clinic.DayOf(arrived) : _arrival is { } eta ? f.Clinic.DayOf(eta) : null;

        // ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────

        private List<StallReason> Reasons(bool isLost)
        {
            var open = new List<StallReason>();
            void Ask(StallReason reason, bool holds) { if (holds) open.Add(reason); }

            if (IsDelivered || IsReceived)
            {
                if (f.Kind == DeliveryKind.Kit) return open;
                Ask(StallReason.DeliveredNotConfirmed, f.ReceiptAtUtc is null && Reached(_clocks.ReceiptDue));
                Ask(StallReason.DeliveredElsewhere, f.PracticeSaysNotReceived || (f.ReceiptAtUtc is null && IsElsewhere()));
                Ask(StallReason.DiscrepancyOpen, f.HasOpenDiscrepancy);
                return open;
            }
            if (f.Kind == DeliveryKind.Kit)
            {
                Ask(StallReason.LabelNotPickedUp, NotPickedUp());
                Ask(StallReason.NoScan, Silent());
                Ask(StallReason.ReturnToSender, IsReturning && !f.ReplacementDelivered);
                Ask(StallReason.Lost, isLost && !f.ReplacementDelivered);
                return open;
            }

            Ask(StallReason.OrderNotPlaced, f.Shape == DeliveryShape.UncoveredVisit && Reached(_clocks.MorningOf(_policy.OrderNotPlacedClinicDays)));
            Ask(StallReason.OrderNotAcknowledged, IsUnshipped && f.AcknowledgedAtUtc is null && !f.OrderHasLabel && Reached(_clocks.AcknowledgeBy));
            Ask(StallReason.OrderOnHold, IsUnshipped && f.OpenHolds.Any(h => Reached(_clocks.HoldIsOldFrom(h)) || Reached(_clocks.LabelDueFrom)));
            Ask(StallReason.BackorderPastNeedBy, PromiseIsPastNeedBy() || (IsUnshipped && f.IsBackordered && f.PromisedShipOn is null && DaysToVisit <= _policy.OrderNotPlacedClinicDays));
            Ask(StallReason.LabelDue, IsUnshipped && Reached(_clocks.LabelDueFrom) && !Reached(_clocks.MustShipBy));
            Ask(StallReason.MissedMustShipBy, _missedMustShipBy);
            Ask(StallReason.LabelNotPickedUp, NotPickedUp());
            Ask(StallReason.NoScan, Silent());
            Ask(StallReason.CommitMissed, IsParcel && !IsBack && Reached(_clocks.CommitMissedFrom));
            Ask(StallReason.EtaPastNeedBy, IsParcel && IsEtaPastNeedBy());
            Ask(StallReason.NotOutOnNeedByDay, IsParcel && Reached(_clocks.OutBy) && !WasOutOnNeedByDay());
            Ask(StallReason.CarrierException, IsParcel && Reached(_clocks.ExceptionFrom));
            Ask(StallReason.DeliveryAttemptFailed, T.AttemptedAtUtc is not null);
            Ask(StallReason.ReturnToSender, IsReturning && !f.ReplacementDelivered);
            Ask(StallReason.Lost, isLost && !f.ReplacementDelivered);
            Ask(StallReason.DeliveredElsewhere, f.PracticeSaysNotReceived);
            Ask(StallReason.DiscrepancyOpen, f.HasOpenDiscrepancy);
            return open;
        }

        private bool NotPickedUp() =>
            IsParcel && !HasMoved && T.Milestone is null or Milestone.LabelCreated or Milestone.Unknown && Reached(_clocks.GraceEnds);

        private bool Silent() => IsParcel && HasMoved && !IsBack && Reached(_clocks.SilentFrom);

        private bool MissedMustShipBy()
        {
            if (IsDelivered || IsOver || _clocks.MustShipBy is not { } shipBy) return false;
            if (IsUnshipped) return now >= shipBy;
            if (!IsParcel) return false;
            var movedInTime = T.FirstMovementAtUtc is { } moved && moved <= _clocks.PickedUpBy;
            var missed = f.LabelAtUtc >= shipBy ? now >= shipBy : !movedInTime && Reached(_clocks.PickedUpBy);
            var makesItAfterAll = HasMoved && _arrival is { } eta && f.Clinic.DayOf(eta) <= _clocks.NeedByDay;
            return missed && !makesItAfterAll;
        }

        private bool PromiseIsPastNeedBy() =>
            IsUnshipped && f is { PromisedShipOn: { } promised, Service: { } service } && _clocks.NeedByDay is { } needBy
            && _clocks.ArrivalDay(calendars.ShipFrom.Days.OnOrAfter(promised), service) > needBy;

        /// <summary>The projected arrival, or what the carrier announces of a parcel that nobody has picked up: bad news counts, good news would not.</summary>
        private bool IsEtaPastNeedBy()
        {
            if (_clocks.NeedByDay is not { } needBy) return false;
            if (_arrival is { } eta) return f.Clinic.DayOf(eta) > needBy;
            var announced = T.EstimateAtUtc is { } at ? f.Clinic.DayOf(at) : T.EstimateOn;
            return NotPickedUp() && announced > needBy;
        }

        private bool WasOutOnNeedByDay() => T.InOrder.Any(e =>
            e.Milestone is Milestone.OutForDelivery or Milestone.AvailableForPickup && f.Clinic.DayOf(e.AtUtc) == _clocks.NeedByDay);

        private bool IsElsewhere() => DeliveryRisk.IsElsewhere(T, f.ShipToZip, f.ShipToCity, f.ShipToState);

        // ── severity and outlook: first match wins ─────────────────────────────────────────────────────────────────

        private Severity Severe(List<StallReason> reasons, bool isLater, int? slackDays)
        {
            if (f.Kind == DeliveryKind.Kit) return Severity.Low;
            bool Open(StallReason reason) => reasons.Contains(reason);
            var needByPassed = _clocks.NeedBy is { } needBy && now >= needBy && (f.ArrivedAtUtc is not { } arrived || arrived > needBy);
            if (needByPassed || (DaysLeft <= 1 && isLater)) return Severity.Critical;
            // Handed over at another door is no delivery: once need-by has passed it counts as undelivered.
            if (Open(StallReason.DeliveredElsewhere) && Reached(_clocks.NeedBy)) return Severity.Critical;
            if (DaysToVisit <= 3 && (Open(StallReason.Lost) || Open(StallReason.ReturnToSender) || Open(StallReason.DiscrepancyOpen))) return Severity.Critical;

            var arrivesInTime = _arrival is { } eta && _clocks.NeedByDay is { } day && f.Clinic.DayOf(eta) <= day;
            if (arrivesInTime && MovedLately() && !Open(StallReason.NotOutOnNeedByDay)) return Severity.Watch;
            if (isLater || (DaysLeft <= 3 && !HasRoom())) return Severity.High;
            return DaysLeft <= 7 ? Severity.Medium : Severity.Low;

            bool HasRoom()
            {
                // What came to the wrong door, or came short, leaves the shelf as empty as before.
                if (Open(StallReason.DeliveredElsewhere) || Open(StallReason.DiscrepancyOpen)) return false;
                if (Arrival() is not null) return slackDays >= (Open(StallReason.NoScan) || Open(StallReason.CommitMissed) ? 2 : 1);
                return CanStillShip;
            }
        }

        private bool MovedLately() => T.LastMovementAtUtc is { } last && now - last < TimeSpan.FromHours(_policy.RecentMovementHours);

        private Outlook? See(List<StallReason> reasons, bool isLater, int? slackDays)
        {
            bool Open(StallReason reason) => reasons.Contains(reason);
            if (IsReceived) return Outlook.Received;
            if (IsOver) return null;
            if (Open(StallReason.DeliveredElsewhere) || Open(StallReason.DiscrepancyOpen)) return Outlook.AtRisk;
            if (IsDelivered) return Outlook.Delivered;
            if (isLater || Reached(_clocks.NeedBy)) return Outlook.Late;
            if (IsUnshipped && f.OpenHolds.Count > 0 && reasons.All(r => r == StallReason.OrderOnHold) && (slackDays is null or >= 2)) return Outlook.OnHold;
            if (Open(StallReason.NoScan) || Open(StallReason.LabelNotPickedUp) || T.NewestIsUnknown) return Outlook.NoSignal;
            if (Open(StallReason.CarrierException) || Open(StallReason.DeliveryAttemptFailed) || Open(StallReason.OrderNotPlaced)
                || T.OpenException is not null || slackDays <= 0) return Outlook.AtRisk;
            if (slackDays == 1 || reasons.Count > 0 || (IsParcel && !HasMoved)) return Outlook.Watch;
            return Outlook.OnTrack;
        }

        // ── when to look again ─────────────────────────────────────────────────────────────────────────────────────

        private DateTimeOffset? NextLook(bool isLost)
        {
            DateTimeOffset? next = null;
            void At(DateTimeOffset? at) { if (at is { } instant && instant > now && (next is null || instant < next)) next = instant; }

            if (f.Kind == DeliveryKind.Drug && f.VisitOn is not null)
            {
                foreach (var rung in Rungs) At(_clocks.ReachedAt(rung));
                At(_clocks.MorningOf(_policy.OrderNotPlacedClinicDays));
                At(_clocks.OutBy);
                // T, days left and slack are counts of days.
                At(f.Clinic.At(_today.AddDays(1), TimeOnly.MinValue));
            }
            if (IsUnshipped)
            {
                At(_clocks.AcknowledgeBy);
                At(_clocks.AcknowledgementOverdueAt);
                At(_clocks.LabelDueFrom);
                At(_clocks.MustShipBy);
                foreach (var hold in f.OpenHolds) At(_clocks.HoldIsOldFrom(hold));
                if (_clocks.MustShipBy is not null) At(calendars.ShipFrom.At(calendars.ShipFrom.DayOf(now).AddDays(1), TimeOnly.MinValue));
            }
            if (IsDelivered)
            {
                At(_clocks.ReceiptDue);
            }
            else if (IsParcel)
            {
                At(_clocks.MustShipBy);
                At(_clocks.PickedUpBy);
                At(_clocks.GraceEnds);
                At(_clocks.SilentFrom);
                if (!isLost) At(_clocks.LostFrom);
                At(_clocks.CommitMissedFrom);
                if (T.LastMovementAtUtc is { } last) At(last + TimeSpan.FromHours(_policy.RecentMovementHours));
                At(_clocks.ExceptionFrom);
                At(T.EstimateAtUtc);
                // An estimate of a day alone lies ahead until that day is over.
                if (T.EstimateOn is { } day) At(f.Clinic.At(day.AddDays(1), TimeOnly.MinValue));
                At(_arrival);
            }
            return next;
        }
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Tests.Chasing.Histories;

/// <summary>
/// The reasons of domain.md §3.1 and the gates of §3.2, written from the text a second time: limits found by walking the clock, events read
/// from the log itself. For one state of the facts; asked at many instants.
/// </summary>
internal sealed class Oracle
{
    private readonly NaiveWorld _w;
    private readonly DeliveryFacts _f;
    private readonly List<TrackingFact> _moves;
    private readonly DateTimeOffset? _silent, _lostBySilence, _graceEnds, _commitMissed, _ackDue, _receiptDue, _shipBy, _needBy, _exceptionFrom;
    private readonly DateOnly _needByDay, _labelDay;

    public Oracle(NaiveWorld world, DeliveryFacts facts)
    {
        (_w, _f) = (world, facts);
        _moves = [.. facts.Tracking.InOrder.Where(IsMove)];
        if (facts.VisitOn is { } visit)
        {
            _needByDay = NaiveWorld.Move(visit, -2, world.IsClinicDay);
            _needBy = world.Close(_needByDay);
            if (facts.Service is { } service) _shipBy = MustShipBy(service);
        }
        if (facts.LabelAtUtc is { } label)
        {
            _labelDay = OperatingDay(label);
            _graceEnds = Grace(label);
            _commitMissed = CommitMissed();
        }
        if (_moves.Count > 0)
        {
            _silent = Silent();
            var (day, minute) = world.Local(_silent.Value);
            _lostBySilence = world.At(NaiveWorld.Move(day, 3, NaiveWorld.IsCarrierDay), minute);
        }
        foreach (var e in facts.Tracking.InOrder.Reverse().TakeWhile(e => !IsMove(e)))
            if (e.Milestone == Milestone.Exception && e.Exception != ExceptionClass.Delay)
            {
                var from = e.Exception == ExceptionClass.Weather ? e.AtUtc.AddHours(4) : DateTimeOffset.MinValue; // at once: known is enough
                _exceptionFrom = _exceptionFrom is { } known && known < from ? known : from;
            }
        if (facts.SubmittedAtUtc is { } submitted) _ackDue = AckDue(submitted);
        if (Handed is { } pod) _receiptDue = ReceiptDue(pod);
    }

    private DateTimeOffset? Handed => _f.ArrivedAtUtc;
    private Milestone? State => _f.Tracking.Milestone;
    private bool Moved => _moves.Count > 0;
    private bool IsParcel => _f.Shape == DeliveryShape.Parcel;
    private bool IsOrder => _f.Shape == DeliveryShape.UnshippedOrder;
    private bool Gone => (State == Milestone.Cancelled && Handed is null) || (_f.IsSuperseded && !_f.HasOpenDiscrepancy
        && (_f.ReplacementConfirmed || (_f.ReplacementDelivered && State is Milestone.Lost or Milestone.Recovered or Milestone.Returning or Milestone.Returned)));
    public bool IsReceived => _f.ReceiptAtUtc is not null && !_f.HasOpenDiscrepancy && !_f.PracticeSaysNotReceived;
    public bool IsFinished => Gone || IsReceived;

    private static bool IsMove(TrackingFact e) => e.Milestone is Milestone.PickedUp or Milestone.InTransit or Milestone.OutForDelivery or Milestone.AvailableForPickup
        or Milestone.DeliveryAttempted or Milestone.Delivered or Milestone.Returning or Milestone.Returned;

    /// <summary>Education kits know four of the reasons and, once delivered, none.</summary>
    public List<StallReason> ReasonsAt(DateTimeOffset now) => _f.Kind == DeliveryKind.Drug ? AllReasonsAt(now)
        : Handed is not null ? [] : [.. AllReasonsAt(now).Where(r => r is StallReason.LabelNotPickedUp or StallReason.NoScan or StallReason.ReturnToSender or StallReason.Lost)];

    private List<StallReason> AllReasonsAt(DateTimeOffset now)
    {
        var open = new List<StallReason>();
        if (Gone) return open;
        void If(bool holds, StallReason reason) { if (holds) open.Add(reason); }
        if (Handed is not null)
        {
            If(_f.ReceiptAtUtc is null && now >= _receiptDue, StallReason.DeliveredNotConfirmed);
            var zip = _f.Tracking.DeliveredZip;
            If(_f.PracticeSaysNotReceived || (_f.ReceiptAtUtc is null && zip is not null && zip != _f.ShipToZip), StallReason.DeliveredElsewhere);
            If(_f.HasOpenDiscrepancy, StallReason.DiscrepancyOpen);
            return open;
        }
        var eta = Eta(now);
        var lost = IsLost(now);
        var way = State is Milestone.Returning or Milestone.Returned;
        var back = State is Milestone.Returned or Milestone.Recovered;

        If(_f.Shape == DeliveryShape.UncoveredVisit && now >= _w.At(NaiveWorld.Move(_f.VisitOn!.Value, -10, _w.IsClinicDay), 8 * 60), StallReason.OrderNotPlaced);
        If(IsOrder && _f.AcknowledgedAtUtc is null && now >= _ackDue, StallReason.OrderNotAcknowledged);
        If(IsOrder && _f.OpenHolds.Any(h => now >= HoldOld(h) || (_shipBy is { } s && now >= DayBefore(s))), StallReason.OrderOnHold);
        If(IsOrder && _needBy is not null && (_f.PromisedShipOn is { } promised
            ? ArrivesOn(NaiveWorld.OnOrAfter(promised, NaiveWorld.IsShipDay)) > _needByDay
            : _f.IsBackordered && NaiveWorld.Between(_w.Local(now).Day, _f.VisitOn!.Value, _w.IsClinicDay) <= 10), StallReason.BackorderPastNeedBy);
        If(IsOrder && _shipBy is { } due && now >= DayBefore(due) && now < due, StallReason.LabelDue);
        If(MissedMustShipBy(now, eta), StallReason.MissedMustShipBy);
        If(IsParcel && !Moved && State is null or Milestone.LabelCreated or Milestone.Unknown && now >= _graceEnds, StallReason.LabelNotPickedUp);
        If(Moved && !back && now >= _silent, StallReason.NoScan);
        If(IsParcel && !back && now >= _commitMissed, StallReason.CommitMissed);
        var announced = _f.Tracking.EstimateAtUtc is { } at ? _w.Local(at).Day : _f.Tracking.EstimateOn;
        If(IsParcel && _needBy is not null && (eta is { } arrives ? _w.Local(arrives).Day > _needByDay
            : !Moved && State is null or Milestone.LabelCreated or Milestone.Unknown && announced > _needByDay), StallReason.EtaPastNeedBy);
        If(IsParcel && _needBy is not null && now >= _w.At(_needByDay, 10 * 60) && !_f.Tracking.InOrder.Any(e =>
            e.Milestone is Milestone.OutForDelivery or Milestone.AvailableForPickup && _w.Local(e.AtUtc).Day == _needByDay), StallReason.NotOutOnNeedByDay);
        If(now >= _exceptionFrom, StallReason.CarrierException);
        If(_f.Tracking.AttemptedAtUtc is not null, StallReason.DeliveryAttemptFailed);
        If(way, StallReason.ReturnToSender);
        If(lost && !_f.ReplacementDelivered, StallReason.Lost);
        If(_f.PracticeSaysNotReceived, StallReason.DeliveredElsewhere);
        If(_f.HasOpenDiscrepancy, StallReason.DiscrepancyOpen);
        return open;
    }

    /// <summary>The gates of domain.md §3.2. Delivered means here, and all of it; what was to be replaced may come after all.</summary>
    public bool GateAt(string rung, DateTimeOffset now)
    {
        var received = IsReceived || _f.OriginalConfirmed;
        var delivered = received || _f.OriginalDelivered || (Handed is not null && !AllReasonsAt(now).Exists(r => r is StallReason.DeliveredElsewhere or StallReason.DiscrepancyOpen));
        var inTime = Eta(now) is { } eta && _w.Local(eta).Day <= _needByDay;
        return rung switch
        {
            "T-10" => _f.SubmittedAtUtc is not null && _f.LicenseExpiresOn >= _needByDay,
            "T-7" => delivered || IsParcel || (_f.AcknowledgedAtUtc is not null && _f.OpenHolds.Count == 0 && !(_f.PromisedShipOn > (_shipBy is { } s ? NaiveWorld.InEastern(s).Day : DateOnly.MaxValue))),
            "T-5" => delivered || (Moved && inTime),
            "T-3" => delivered || State == Milestone.OutForDelivery || (inTime && Moved && now - _moves[^1].AtUtc < TimeSpan.FromHours(12)),
            "T-2" => delivered,
            _ => received,
        };
    }

    /// <summary>When each rung's time comes: 08:00 at the clinic, T-2 at need-by itself.</summary>
    public static List<(string Rung, DateTimeOffset At, int People)> Rungs(NaiveWorld w, DateOnly visit)
    {
        DateTimeOffset Morning(int n) => w.At(NaiveWorld.Move(visit, -n, w.IsClinicDay), 480);
        return [("T-10", Morning(10), 2), ("T-7", Morning(7), 3), ("T-5", Morning(5), 5), ("T-3", Morning(3), 7),
            ("T-2", w.Close(NaiveWorld.Move(visit, -2, w.IsClinicDay)), 7), ("T-1", Morning(1), 9), ("T-0", w.At(visit, 480), 10)];
    }

    private bool IsLost(DateTimeOffset now) => State is Milestone.Lost or Milestone.Recovered || (Moved && State != Milestone.Returned && now >= _lostBySilence);

    private DateTimeOffset? Eta(DateTimeOffset now)
    {
        if (!IsParcel || Handed is not null || Gone || IsLost(now) || State is Milestone.Returning or Milestone.Returned) return null;
        if (!Moved && now >= _graceEnds) return null;
        var today = _w.Local(now).Day;
        DateOnly day;
        DateTimeOffset? stated = null;
        if (_f.Tracking.EstimateAtUtc is { } at && at > now) (day, stated) = (_w.Local(at).Day, at);
        else if (_f.Tracking.EstimateAtUtc is null && _f.Tracking.EstimateOn is { } on && on >= today) day = on;
        else if (!Moved) day = NaiveWorld.Move(_labelDay, NaiveWorld.Transit(_f.Service!.Value), NaiveWorld.IsCarrierDay);
        else
        {
            day = State == Milestone.OutForDelivery
                ? _w.Local(_moves.FindLast(m => m.Milestone == Milestone.OutForDelivery)!.AtUtc).Day
                : NaiveWorld.Move(_w.Local(_moves[0].AtUtc).Day, NaiveWorld.Transit(_f.Service!.Value), NaiveWorld.IsCarrierDay);
            if (_f.Tracking.AttemptedAtUtc is { } attempt) day = Max(day, NaiveWorld.Move(_w.Local(attempt).Day, 1, NaiveWorld.IsCarrierDay));
            day = Max(day, _w.Local(_moves[^1].AtUtc).Day);
        }
        if (stated is { } word && _w.IsJointDay(day) && word <= _w.Close(day)) return word;
        var arrives = NaiveWorld.OnOrAfter(Max(day, today), _w.IsJointDay);
        if (_w.Close(arrives) <= now) arrives = NaiveWorld.Move(arrives, 1, _w.IsJointDay);
        return _w.Close(arrives);
    }

    private bool MissedMustShipBy(DateTimeOffset now, DateTimeOffset? eta)
    {
        if (_shipBy is not { } shipBy) return false;
        if (IsOrder) return now >= shipBy;
        var night = NaiveWorld.AtEastern(NaiveWorld.InEastern(shipBy).Day, 23 * 60 + 59);
        var missed = _f.LabelAtUtc >= shipBy ? now >= shipBy : now >= night && !(Moved && _moves[0].AtUtc <= night);
        return missed && !(Moved && eta is { } arrives && _w.Local(arrives).Day <= _needByDay);
    }

    private DateTimeOffset MustShipBy(ServiceLevel service)
    {
        var day = NaiveWorld.OnOrBefore(_needByDay, _w.IsJointDay);
        day = NaiveWorld.OnOrBefore(NaiveWorld.Move(day, -NaiveWorld.Transit(service), NaiveWorld.IsCarrierDay), NaiveWorld.IsShipDay);
        var cutOff = NaiveWorld.AtEastern(day, 17 * 60);
        return cutOff < _needBy!.Value ? cutOff : _needBy.Value;
    }

    private DateOnly ArrivesOn(DateOnly shipped) =>
        NaiveWorld.OnOrAfter(NaiveWorld.Move(shipped, NaiveWorld.Transit(_f.Service!.Value), NaiveWorld.IsCarrierDay), _w.IsJointDay);

    private static DateTimeOffset DayBefore(DateTimeOffset shipBy) => NaiveWorld.AtEastern(NaiveWorld.Move(NaiveWorld.InEastern(shipBy).Day, -1, NaiveWorld.IsShipDay), 17 * 60);

    private static DateOnly OperatingDay(DateTimeOffset at)
    {
        var (day, minute) = NaiveWorld.InEastern(at);
        return NaiveWorld.IsShipDay(day) && minute < 17 * 60 ? day : NaiveWorld.Move(day, 1, NaiveWorld.IsShipDay);
    }

    private static bool IsWorking(DateTimeOffset at)
    {
        var (day, minute) = NaiveWorld.InEastern(at);
        return NaiveWorld.IsShipDay(day) && minute is >= 8 * 60 and < 17 * 60;
    }

    private DateTimeOffset Grace(DateTimeOffset label)
    {
        switch (_f.Service)
        {
            case ServiceLevel.CourierSameDay: return label.AddHours(2);
            case ServiceLevel.Overnight or ServiceLevel.OvernightAm: return NaiveWorld.AtEastern(_labelDay, 23 * 60);
        }
        var from = NaiveWorld.InEastern(label).Day == _labelDay ? label : NaiveWorld.AtEastern(_labelDay, 0);
        return NaiveWorld.Walk(from, TimeSpan.FromHours(24), at => NaiveWorld.IsShipDay(NaiveWorld.InEastern(at).Day));
    }

    private DateTimeOffset Silent()
    {
        var last = _moves[^1].AtUtc;
        var limit = NaiveWorld.Walk(last, TimeSpan.FromHours(NaiveWorld.SilentHours(_f.Service!.Value)), at => NaiveWorld.IsCarrierDay(_w.Local(at).Day));
        if (_w.Local(limit) is var (limitDay, minute) && minute < 600) limit = _w.At(limitDay, 600);
        var planned = ArrivesOn(_w.Local(_moves[0].AtUtc).Day);
        if (_needBy is not null && _needByDay < planned) planned = _needByDay;
        if (_w.Local(last).Day >= NaiveWorld.Move(planned, -1, _w.IsJointDay) && _w.At(planned, 600) > limit) limit = _w.At(planned, 600);
        return limit;
    }

    private DateTimeOffset? CommitMissed()
    {
        if (_f.CommittedAtUtc is null && _f.Service == ServiceLevel.CourierSameDay) return null;
        var minute = _f.Service switch { ServiceLevel.OvernightAm => 10 * 60 + 30, ServiceLevel.Ground => 20 * 60, _ => 17 * 60 };
        var committed = _f.CommittedAtUtc ?? _w.At(NaiveWorld.Move(_labelDay, NaiveWorld.Transit(_f.Service!.Value), NaiveWorld.IsCarrierDay), minute);
        var day = _w.Local(committed).Day;
        return (_w.IsJointDay(day) ? committed : _w.Close(NaiveWorld.OnOrAfter(day, _w.IsJointDay))).AddHours(2);
    }

    private DateTimeOffset AckDue(DateTimeOffset submitted) =>
        _f.VisitOn is { } visit && NaiveWorld.Between(_w.Local(submitted).Day, visit, _w.IsClinicDay) <= 5
            ? NaiveWorld.Walk(submitted, TimeSpan.FromHours(4), IsWorking)
            : NaiveWorld.AtEastern(NaiveWorld.Move(OperatingDay(submitted), 1, NaiveWorld.IsShipDay), 17 * 60);

    private static DateTimeOffset HoldOld(HoldFact hold) => hold.Reason switch
    {
        HoldReason.CreditHold or HoldReason.Allocation or HoldReason.DscsaData => NaiveWorld.Walk(hold.SinceUtc, TimeSpan.FromHours(9), IsWorking),
        HoldReason.PricingContract => NaiveWorld.Walk(hold.SinceUtc, TimeSpan.FromHours(18), IsWorking),
        HoldReason.QuantityReview or HoldReason.DuplicatePo => NaiveWorld.Walk(hold.SinceUtc, TimeSpan.FromHours(4), IsWorking),
        HoldReason.LicenseExpired or HoldReason.LicenseUnverified or HoldReason.AddressMismatch => NaiveWorld.AtEastern(OperatingDay(hold.SinceUtc), 17 * 60),
        _ => DateTimeOffset.MaxValue,
    };

    private DateTimeOffset ReceiptDue(DateTimeOffset pod)
    {
        var day = _w.Local(pod).Day;
        if (_f.VisitOn is not { } visit || NaiveWorld.Between(day, visit, _w.IsClinicDay) > 3) return _w.Close(NaiveWorld.Move(day, 1, _w.IsClinicDay));
        return _w.IsReceivingOrCloses(pod) ? NaiveWorld.Walk(pod, TimeSpan.FromHours(4), _w.IsReceivingMinute) : pod;
    }

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}

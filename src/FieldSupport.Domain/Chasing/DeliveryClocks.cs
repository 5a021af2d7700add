using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>
/// The limits of one delivery (domain.md §2.5, §2.7, §3.1): each the exact instant at which a clock runs out, or null where there is
/// nothing to run. They depend on the facts alone, not on the time of asking.
/// </summary>
public sealed class DeliveryClocks
{
    private static readonly TimeOnly EndOfDay = new(23, 59);
    private readonly DeliveryFacts _facts;
    private readonly RiskCalendars _calendars;
    private readonly BusinessCalendar _joint;

    public DeliveryClocks(DeliveryFacts facts, RiskCalendars calendars)
    {
        (_facts, _calendars) = (facts, calendars);
        _joint = BusinessCalendar.Both(calendars.CarrierDays, facts.Clinic.Days);
        if (facts is { VisitOn: { } visit, Kind: DeliveryKind.Drug })
        {
            NeedBy = ShippingDates.NeedBy(visit, facts.Clinic, calendars.Policy.NeedByClinicDays);
            NeedByDay = facts.Clinic.DayOf(NeedBy.Value);
            if (facts.Service is { } service)
                MustShipBy = ShippingDates.MustShipBy(NeedBy.Value, service, calendars.CarrierDays, facts.Clinic, calendars.ShipFrom, calendars.Policy.TransitDays);
        }
        FirstMovementDay = facts.Tracking.FirstMovementAtUtc is { } first ? facts.Clinic.DayOf(first) : null;
        LabelDay = facts.LabelAtUtc is { } label ? calendars.ShipFrom.OperatingDay(label) : null;
        GraceEnds = PickupGrace();
        PlannedDay = Planned();
        SilentFrom = SilenceLimit();
        LostFrom = SilentFrom is { } silent
            ? facts.Clinic.At(calendars.CarrierDays.Add(facts.Clinic.DayOf(silent), calendars.Policy.LostAfterCarrierDays), TimeOfDay(silent))
            : null;
        Committed = facts.CommittedAtUtc ?? DefaultCommitment();
        CommitMissedFrom = Committed is { } commit ? CommitLimit(commit) : null;
        AcknowledgeBy = AcknowledgementDue();
        LabelDueFrom = MustShipBy is { } ship ? calendars.ShipFrom.CutOffOf(calendars.ShipFrom.Days.Previous(calendars.ShipFrom.DayOf(ship))) : null;
        PickedUpBy = MustShipBy is { } shipBy ? calendars.ShipFrom.At(calendars.ShipFrom.DayOf(shipBy), EndOfDay) : null;
        ExceptionFrom = ExceptionLimit();
        ReceiptDue = facts.ArrivedAtUtc is { } arrived && facts.Kind == DeliveryKind.Drug ? ReceiptLimit(arrived) : null;
    }

    /// <summary>The numbers behind the limits.</summary>
    public Policy Policy => _calendars.Policy;
    /// <summary>CARRIER ∩ CLINIC days.</summary>
    public BusinessCalendar Joint => _joint;
    public DateTimeOffset? NeedBy { get; }
    public DateOnly? NeedByDay { get; }
    public DateTimeOffset? MustShipBy { get; }
    public DateOnly? FirstMovementDay { get; }
    /// <summary>Operating day for which the label counts.</summary>
    public DateOnly? LabelDay { get; }
    /// <summary>LABEL_NOT_PICKED_UP from here.</summary>
    public DateTimeOffset? GraceEnds { get; }
    /// <summary>Day on which the parcel is to arrive by its service.</summary>
    public DateOnly? PlannedDay { get; }
    /// <summary>NO_SCAN from here.</summary>
    public DateTimeOffset? SilentFrom { get; }
    /// <summary>LOST by silence from here.</summary>
    public DateTimeOffset? LostFrom { get; }
    /// <summary>The carrier's promise, or the service's.</summary>
    public DateTimeOffset? Committed { get; }
    public DateTimeOffset? CommitMissedFrom { get; }
    public DateTimeOffset? AcknowledgeBy { get; }
    /// <summary>LABEL_DUE from here, until must-ship-by.</summary>
    public DateTimeOffset? LabelDueFrom { get; }
    /// <summary>A label that nobody has picked up by here missed its must-ship-by.</summary>
    public DateTimeOffset? PickedUpBy { get; }
    /// <summary>CARRIER_EXCEPTION from here: the first exception of a class that counts since the last movement, weather after its hours.</summary>
    public DateTimeOffset? ExceptionFrom { get; }
    public DateTimeOffset? ReceiptDue { get; }

    /// <summary>The manager hears of an acknowledgement that is still missing here (one ship-from day later).</summary>
    public DateTimeOffset? AcknowledgementOverdueAt => AcknowledgeBy is { } due
        ? _calendars.ShipFrom.At(_calendars.ShipFrom.Days.Next(_calendars.ShipFrom.DayOf(due)), TimeOnly.FromDateTime(ZonedTime.In(_calendars.ShipFrom.Zone, due).DateTime))
        : null;

    /// <summary>Day plus transit in CARRIER days, then the next day on which carrier and clinic both work.</summary>
    public DateOnly ArrivalDay(DateOnly shippedOn, ServiceLevel service) =>
        _joint.OnOrAfter(_calendars.CarrierDays.Add(shippedOn, _calendars.Policy.TransitDays(service)));

    /// <summary>When an open hold becomes a reason by its age (§2.2); null: never by age.</summary>
    public DateTimeOffset? HoldIsOldFrom(HoldFact hold)
    {
        var shipFrom = _calendars.ShipFrom;
        var workingDay = TimeSpan.FromHours(9);
        return hold.Reason switch
        {
            HoldReason.CreditHold or HoldReason.Allocation or HoldReason.DscsaData => shipFrom.AddWorkingHours(hold.SinceUtc, workingDay),
            HoldReason.PricingContract => shipFrom.AddWorkingHours(hold.SinceUtc, 2 * workingDay),
            HoldReason.LicenseExpired or HoldReason.LicenseUnverified or HoldReason.AddressMismatch => shipFrom.CutOffOf(shipFrom.OperatingDay(hold.SinceUtc)),
            HoldReason.QuantityReview or HoldReason.DuplicatePo => shipFrom.AddWorkingHours(hold.SinceUtc, TimeSpan.FromHours(4)),
            _ => null, // Backorder has a reason of its own; quality, recall and coverage have no clear time.
        };
    }

    /// <summary>08:00 clinic time of the day n CLINIC days before the visit.</summary>
    public DateTimeOffset? MorningOf(int clinicDaysBefore) => _facts.VisitOn is { } visit
        ? _facts.Clinic.At(_facts.Clinic.Days.Add(visit, -clinicDaysBefore), _calendars.Policy.MorningRound)
        : null;

    /// <summary>When the ladder reaches a rung: its morning; T-2 at need-by itself.</summary>
    public DateTimeOffset? ReachedAt(EscalationRung rung) => rung == EscalationRung.T2 ? NeedBy : MorningOf(RungName.DaysBefore(rung));

    /// <summary>10:00 clinic time of the need-by day.</summary>
    public DateTimeOffset? OutBy => NeedByDay is { } day ? _facts.Clinic.At(day, _calendars.Policy.OutForDeliveryBy) : null;

    private DateTimeOffset? PickupGrace()
    {
        if (_facts is not { LabelAtUtc: { } label, Service: { } service }) return null;
        var shipFrom = _calendars.ShipFrom;
        var hours = TimeSpan.FromHours(_calendars.Policy.Of(service).PickupGraceHours);
        switch (service)
        {
            case ServiceLevel.CourierSameDay:
                return label + hours;
            case ServiceLevel.Overnight or ServiceLevel.OvernightAm:
                return shipFrom.CutOffOf(LabelDay!.Value) + hours;
            default:
                // From the label, or from midnight of the later day for which it counts; ship-from days only.
                var from = shipFrom.DayOf(label) == LabelDay!.Value ? label : shipFrom.At(LabelDay.Value, TimeOnly.MinValue);
                return CarrierClock.Add(shipFrom.Zone, from, hours, shipFrom.Days);
        }
    }

    private DateOnly? Planned()
    {
        if (FirstMovementDay is not { } moved || _facts.Service is not { } service) return null;
        var day = ArrivalDay(moved, service);
        return NeedByDay is { } needBy && needBy < day ? needBy : day;
    }

    private DateTimeOffset? SilenceLimit()
    {
        if (_facts.Tracking.LastMovementAtUtc is not { } last || _facts.Service is not { } service) return null;
        var clinic = _facts.Clinic;
        var morning = _calendars.Policy.OutForDeliveryBy;
        var limit = CarrierClock.Add(clinic.Zone, last, TimeSpan.FromHours(_calendars.Policy.Of(service).MaxSilenceHours), _calendars.CarrierDays);
        var earliest = clinic.At(clinic.DayOf(limit), morning);
        if (limit < earliest) limit = earliest;
        // Moved on or after the last joint day before its planned day: it only waits for the planned day.
        if (PlannedDay is { } planned && clinic.DayOf(last) >= _joint.Previous(planned))
        {
            var waits = clinic.At(planned, morning);
            if (limit < waits) limit = waits;
        }
        return limit;
    }

    private DateTimeOffset? DefaultCommitment()
    {
        if (LabelDay is not { } day || _facts.Service is not { } service || _calendars.Policy.Of(service).CommitAt is not { } time) return null;
        return _facts.Clinic.At(_calendars.CarrierDays.Add(day, _calendars.Policy.TransitDays(service)), time);
    }

    private DateTimeOffset CommitLimit(DateTimeOffset committed)
    {
        var day = _facts.Clinic.DayOf(committed);
        var due = _joint.IsBusinessDay(day) ? committed : _facts.Clinic.ReceivingClose(_joint.Next(day));
        return due + TimeSpan.FromHours(_calendars.Policy.CommitMissedAfterHours);
    }

    private DateTimeOffset? AcknowledgementDue()
    {
        if (_facts.SubmittedAtUtc is not { } submitted) return null;
        var shipFrom = _calendars.ShipFrom;
        var isLate = _facts.VisitOn is { } visit && _facts.Clinic.Days.Count(_facts.Clinic.DayOf(submitted), visit) <= _calendars.Policy.LateOrderClinicDays;
        return isLate
            ? shipFrom.AddWorkingHours(submitted, TimeSpan.FromHours(_calendars.Policy.LateOrderAckWorkingHours))
            : shipFrom.CutOffOf(shipFrom.Days.Next(shipFrom.OperatingDay(submitted)));
    }

    /// <summary>
    /// Every exception that no movement followed is read, not the newest alone: an announced delay does not undo a wrong address, and a storm
    /// reported again does not start its hours again.
    /// </summary>
    private DateTimeOffset? ExceptionLimit()
    {
        DateTimeOffset? from = null;
        foreach (var fact in _facts.Tracking.InOrder)
        {
            if (TrackingTimeline.IsMovement(fact.Milestone)) from = null;
            else if (fact.Milestone == Milestone.Exception && fact.Exception != ExceptionClass.Delay)
            {
                // At once means once known, even where the carrier's clock runs ahead of ours.
                var counts = fact.Exception == ExceptionClass.Weather ? fact.AtUtc + TimeSpan.FromHours(_calendars.Policy.WeatherGraceHours)
                    : fact.AtUtc < fact.ReceivedAtUtc ? fact.AtUtc : fact.ReceivedAtUtc;
                if (from is null || counts < from) from = counts;
            }
        }
        return from;
    }

    private DateTimeOffset ReceiptLimit(DateTimeOffset arrived)
    {
        var clinic = _facts.Clinic;
        var day = clinic.DayOf(arrived);
        if (_facts.VisitOn is { } visit && clinic.Days.Count(day, visit) <= _calendars.Policy.UrgentReceiptClinicDays)
            return clinic.IsReceiving(arrived) ? clinic.AddReceivingTime(arrived, TimeSpan.FromHours(_calendars.Policy.UrgentReceiptHours)) : arrived;
        return clinic.ReceivingClose(clinic.Days.Next(day));
    }

    private TimeOnly TimeOfDay(DateTimeOffset instant) => TimeOnly.FromDateTime(ZonedTime.In(_facts.Clinic.Zone, instant).DateTime);
}

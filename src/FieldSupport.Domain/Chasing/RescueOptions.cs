using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>One thing that can still be done.</summary>
/// <param name="Arrival">When drug would be there; null where no calendar can say.</param>
/// <param name="DecideBy">The latest moment to decide; null where no calendar can say.</param>
/// <param name="IsFeasible">By the calendars alone; stock, distance and consent are for people.</param>
/// <param name="NeedByMissed">It arrives after need-by, though before the visit.</param>
/// <param name="DecidedBy">logistics, practice, practice and compliance, clinician.</param>
public sealed record Rescue(RescueOption Option, DateTimeOffset? Arrival, DateTimeOffset? DecideBy, bool IsFeasible, bool NeedByMissed, string DecidedBy)
{
    /// <summary>The latest moment to decide for an arrival by need-by, where that is earlier than <see cref="DecideBy"/> and still ahead.</summary>
    public DateTimeOffset? DecideInTimeBy { get; init; }
}

/// <summary>Rescue options of domain.md §3.3, in its order. Shown while a reason is open, nothing has arrived, and the severity is not WATCH.</summary>
public static class RescueOptions
{
    /// <summary>Of these, the one that logistics has to decide on first; null where none has a deadline ahead.</summary>
    public static Rescue? NextDecision(IEnumerable<Rescue> options, DateTimeOffset now) =>
        options.Where(o => o is { IsFeasible: true, DecidedBy: "logistics" } && o.DecideBy > now).MinBy(o => o.DecideBy);

    public static IReadOnlyList<Rescue> Of(DeliveryFacts facts, Assessment assessment, RiskCalendars calendars, DateTimeOffset now)
    {
        if (facts.Kind != DeliveryKind.Drug || facts.VisitOn is not { } visitOn) return [];
        if (assessment.Severity is null or Severity.Watch || assessment.IsFinished || facts.IsSuperseded) return [];
        // What came short, or to another door, still needs rescue.
        var reasons = assessment.Reasons;
        if (facts.ArrivedAtUtc is not null && !reasons.Contains(StallReason.DiscrepancyOpen) && !reasons.Contains(StallReason.DeliveredElsewhere)) return [];

        var options = new List<Rescue>();
        var tracking = facts.Tracking;
        var needBy = assessment.NeedBy!.Value;
        var moving = facts.Shape == DeliveryShape.Parcel && !reasons.Contains(StallReason.Lost) && tracking.Milestone is Milestone.PickedUp or Milestone.InTransit
            or Milestone.OutForDelivery or Milestone.AvailableForPickup or Milestone.DeliveryAttempted or Milestone.DeliveryRetracted;
        var hasOrder = facts.Shape != DeliveryShape.UncoveredVisit;
        // What the supplier has promised for a later day cannot leave before it; the parcel on its way says nothing about stock.
        var promised = facts.Shape == DeliveryShape.UnshippedOrder ? facts.PromisedShipOn : null;
        var isShort = facts.IsBackordered || facts.OpenHolds.Any(h => h.Reason is HoldReason.Allocation or HoldReason.Backorder);
        var hasStock = hasOrder && !isShort && !(promised > calendars.ShipFrom.DayOf(now));

        if (moving) options.Add(new Rescue(RescueOption.UpgradeOrIntercept, null, null, true, false, "logistics"));
        if (hasStock || (hasOrder && promised is not null)) options.Add(Reship(facts, assessment, calendars, now, visitOn, needBy, promised));
        if (hasStock) options.Add(Courier(facts, assessment, now, visitOn, needBy));
        options.Add(new Rescue(RescueOption.LocalStock, null, null, true, false, "practice"));
        if (calendars.Policy.TransfersEnabled) options.Add(new Rescue(RescueOption.TransferBetweenSites, null, null, true, false, "practice and compliance"));
        if (facts.Shape == DeliveryShape.UnshippedOrder && !hasStock && facts.HasAlternatePack)
            options.Add(new Rescue(RescueOption.AlternatePack, null, null, true, false, "practice"));
        var reschedule = Reschedule(facts, assessment, now, visitOn);
        if (reschedule is not null) options.Add(reschedule);
        // The ladder never ends at "wait for the parcel", nor at stock that somebody may or may not hold.
        if (!options.Any(o => o.IsFeasible && o.Option is not (RescueOption.LocalStock or RescueOption.UpgradeOrIntercept)))
            options.Add(new Rescue(RescueOption.ClinicalPlan, null, null, true, false, "clinician"));
        return options;
    }

    /// <summary>Feasible until the last ship-from cut-off whose arrival (next CARRIER ∩ CLINIC day) is before the visit day.</summary>
    private static Rescue Reship(
        DeliveryFacts facts, Assessment assessment, RiskCalendars calendars, DateTimeOffset now, DateOnly visitOn, DateTimeOffset needBy, DateOnly? promised)
    {
        var shipFrom = calendars.ShipFrom;
        var first = shipFrom.OperatingDay(now);
        if (promised is { } stockOn && stockOn > first) first = shipFrom.Days.OnOrAfter(stockOn);
        DateTimeOffset? decideBy = null, inTime = null;
        for (var day = first; day < visitOn && assessment.Clocks.ArrivalDay(day, ServiceLevel.Overnight) is var comes && comes < visitOn; day = shipFrom.Days.Next(day))
        {
            decideBy = shipFrom.CutOffOf(day);
            if (facts.Clinic.ReceivingClose(comes) <= needBy) inTime = decideBy;
        }
        var arrival = facts.Clinic.ReceivingClose(assessment.Clocks.ArrivalDay(first, ServiceLevel.Overnight));
        return new Rescue(RescueOption.ReshipOvernight, arrival, decideBy, decideBy is not null, arrival > needBy, "logistics") { DecideInTimeBy = inTime == decideBy ? null : inTime };
    }

    /// <summary>Hand to hand: today while the clinic still receives, else its next day; distance and stock are for people.</summary>
    private static Rescue Courier(DeliveryFacts facts, Assessment assessment, DateTimeOffset now, DateOnly visitOn, DateTimeOffset needBy)
    {
        var clinic = facts.Clinic;
        var day = assessment.Clocks.Joint.OnOrAfter(clinic.DayOf(now));
        if (clinic.ReceivingClose(day) <= now) day = assessment.Clocks.Joint.Next(day);
        var arrival = clinic.ReceivingClose(day);
        var last = assessment.Clocks.Joint.Previous(visitOn);
        var decideBy = clinic.ReceivingClose(last);
        return new Rescue(RescueOption.CourierSameDay, arrival, decideBy > now ? decideBy : null, day < visitOn, arrival > needBy, "logistics")
        {
            // Need-by is a receiving close, and a courier is there the same day.
            DecideInTimeBy = arrival <= needBy && needBy < decideBy ? needBy : null,
        };
    }

    /// <summary>At most the last CLINIC day before refill-by; null where refill-by is not known.</summary>
    private static Rescue? Reschedule(DeliveryFacts facts, Assessment assessment, DateTimeOffset now, DateOnly visitOn)
    {
        if (facts.RefillByOn is not { } refillBy) return null;
        var latest = ShippingDates.LatestSafeVisitOn(refillBy, facts.Clinic);
        if (latest <= visitOn) return null;
        DateTimeOffset? decideBy = facts.Clinic.At(visitOn, assessment.Clocks.Policy.MorningRound);
        if (decideBy <= now) decideBy = null;
        var arrival = facts.Clinic.ReceivingClose(latest);
        return new Rescue(RescueOption.RescheduleVisit, arrival, decideBy, now < arrival, false, "clinician");
    }
}

/// <summary>Why a closed stall had been open, in one word for the record.</summary>
public static class StallCause
{
    public static string Of(IReadOnlyCollection<StallReason> reasons)
    {
        bool Any(params StallReason[] of) => of.Any(reasons.Contains);
        if (Any(StallReason.DiscrepancyOpen)) return "DISCREPANCY";
        if (Any(StallReason.Lost)) return "CARRIER_LOSS";
        if (Any(StallReason.ReturnToSender)) return "RETURNED";
        if (Any(StallReason.NoScan, StallReason.CommitMissed, StallReason.NotOutOnNeedByDay, StallReason.CarrierException, StallReason.DeliveryAttemptFailed))
            return "CARRIER_DELAY";
        if (Any(StallReason.BackorderPastNeedBy)) return "BACKORDER";
        if (Any(StallReason.LabelDue, StallReason.MissedMustShipBy, StallReason.LabelNotPickedUp, StallReason.EtaPastNeedBy)) return "SHIPPED_LATE";
        if (Any(StallReason.OrderOnHold)) return "HOLD";
        if (Any(StallReason.OrderNotAcknowledged)) return "NOT_ACKNOWLEDGED";
        if (Any(StallReason.OrderNotPlaced)) return "NOT_ORDERED";
        return "NOT_CONFIRMED";
    }
}

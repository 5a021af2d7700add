using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>Each reason of domain.md §3.1 as a sentence: what happened, by when it should have; nobody is blamed. Used by mail and pages alike.</summary>
public static class ReasonWords
{
    private static readonly CultureInfo Words = CultureInfo.GetCultureInfo("en-US");

    /// <summary>Where only the stored name is at hand. A word nobody knows is shown as itself.</summary>
    public static string Of(string reason) => WireName.Parse<StallReason>(reason) is { } known ? Of(known) : reason;

    /// <summary>Sentences of a stored, comma-separated set.</summary>
    public static IReadOnlyList<string> OfSet(string reasons) =>
        reasons.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Of).ToList();

    /// <summary>Without the facts at hand.</summary>
    public static string Of(StallReason reason) => reason switch
    {
        StallReason.OrderNotPlaced => "No order covers the visit yet",
        StallReason.OrderNotAcknowledged => "The order has not been acknowledged in time",
        StallReason.OrderOnHold => "The order is on hold",
        StallReason.BackorderPastNeedBy => "Back-ordered past need-by",
        StallReason.LabelDue => "No label yet, and the order must ship by the next ship-from day",
        StallReason.MissedMustShipBy => "It did not ship by must-ship-by",
        StallReason.LabelNotPickedUp => "A label was made, but the carrier has not picked the parcel up",
        StallReason.NoScan => "No scan for longer than this service may be silent",
        StallReason.CommitMissed => "The carrier's committed delivery time has passed",
        StallReason.EtaPastNeedBy => "The estimate is after need-by",
        StallReason.NotOutOnNeedByDay => "Need-by is today, and the parcel is not out for delivery",
        StallReason.CarrierException => "The carrier reports an exception",
        StallReason.DeliveryAttemptFailed => "A delivery attempt failed",
        StallReason.ReturnToSender => "The parcel is on its way back to the sender",
        StallReason.Lost => "The parcel counts as lost",
        StallReason.DeliveredNotConfirmed => "Delivered, but nobody has confirmed the receipt",
        StallReason.DeliveredElsewhere => "Delivered, but not at the practice's address",
        StallReason.DiscrepancyOpen => "What was received is less than the visit needs",
        _ => WireName.Of(reason),
    };

    /// <summary>With hours, limits and words of the carrier, where they are known.</summary>
    public static string Of(StallReason reason, DeliveryFacts facts, Assessment assessment, Policy policy, DateTimeOffset now)
    {
        var clocks = assessment.Clocks;
        switch (reason)
        {
            case StallReason.OrderNotPlaced when assessment.DaysToVisit is { } days:
                return days > 0 ? $"No order covers the visit yet, {Days(days)} before it" : "No order covers the visit";
            case StallReason.OrderNotAcknowledged when clocks.AcknowledgeBy is { } due:
                return $"The order has not been acknowledged; that was due {Length(now - due)} ago";
            case StallReason.OrderOnHold when facts.OpenHolds.Count > 0:
                var hold = facts.OpenHolds.MinBy(h => h.SinceUtc)!;
                // Mail and pages share this sentence; coverage is a matter of reimbursement and is not named beyond it.
                return $"On hold for {Length(now - hold.SinceUtc)}{(hold.Reason == HoldReason.Coverage ? "" : $": {HoldWords(hold.Reason)}")}";
            case StallReason.BackorderPastNeedBy:
                return facts.PromisedShipOn is { } promised
                    ? $"Back-ordered: the promised ship date {Day(promised)} is too late for need-by"
                    : "Back-ordered without a promised ship date";
            case StallReason.LabelDue when assessment.MustShipBy is { } ship:
                return $"No label yet; must ship within {Length(ship - now)}";
            case StallReason.MissedMustShipBy when assessment.MustShipBy is { } ship && now >= ship:
                return facts.LabelAtUtc is null
                    ? $"It had to ship {Length(now - ship)} ago, and there is no label"
                    : $"It had to ship {Length(now - ship)} ago; a label exists, but the parcel has not moved in time";
            case StallReason.LabelNotPickedUp when facts.LabelAtUtc is { } label:
                return facts.Service is { } picked
                    ? $"Label made {Length(now - label)} ago, no pickup scan; this service is picked up within {Hours(policy.Of(picked).PickupGraceHours)}"
                    : $"Label made {Length(now - label)} ago, no pickup scan";
            case StallReason.NoScan when facts.Tracking.LastMovementAtUtc is { } last:
                return facts.Service is { } service
                    ? $"No scan for {Length(now - last, hours: true)}; this service may be silent for {Hours(policy.Of(service).MaxSilenceHours)}"
                    : $"No scan for {Length(now - last, hours: true)}";
            case StallReason.CommitMissed when assessment.Committed is { } commit && now >= commit:
                return $"The committed delivery time passed {Length(now - commit)} ago";
            case StallReason.EtaPastNeedBy when assessment.SlackHours is < 0:
                return $"The estimate is {Length(TimeSpan.FromHours(-assessment.SlackHours.Value))} after need-by";
            case StallReason.EtaPastNeedBy when assessment.ProjectedArrival is null:
                return "The estimate is unknown and counts as after need-by";
            case StallReason.CarrierException when facts.Tracking.OpenException is { } open:
                return $"The carrier reports an exception ({ExceptionWords(open.Exception)}) {Length(now - open.AtUtc)} ago, and no scan followed";
            case StallReason.DeliveryAttemptFailed when facts.Tracking.AttemptedAtUtc is { } attempt:
                return $"A delivery attempt failed {Length(now - attempt)} ago";
            case StallReason.Lost:
                return facts.Tracking.LostAtUtc is not null ? "The carrier declared the parcel lost"
                    : $"No scan for so long that the parcel counts as lost{(facts.Tracking.LastMovementAtUtc is { } seen ? $" ({Length(now - seen)})" : "")}";
            case StallReason.DeliveredNotConfirmed when facts.ArrivedAtUtc is { } arrived:
                return $"Delivered {Length(now - arrived)} ago, but nobody has confirmed the receipt";
            case StallReason.DeliveredElsewhere:
                return facts.PracticeSaysNotReceived
                    ? "The carrier says delivered, the practice says it has not received it"
                    : Of(reason) + (facts.Tracking.DeliveredZip is { } zip ? $": ZIP {zip}" : "");
            default:
                return Of(reason);
        }
    }

    /// <summary>A hold's reason in words.</summary>
    public static string HoldWords(HoldReason reason) => reason switch
    {
        HoldReason.CreditHold => "credit",
        HoldReason.LicenseExpired => "license expired",
        HoldReason.LicenseUnverified => "license not verified",
        HoldReason.AddressMismatch => "address does not match",
        HoldReason.PricingContract => "pricing or contract",
        HoldReason.QuantityReview => "quantity review",
        HoldReason.DscsaData => "DSCSA data",
        HoldReason.QualityHold => "quality",
        HoldReason.DuplicatePo => "duplicate PO",
        _ => WireName.Of(reason).ToLowerInvariant().Replace('_', ' '),
    };

    private static string ExceptionWords(ExceptionClass? kind) => kind is null or ExceptionClass.Unstated ? "no reason given" : kind.Value.ToString().ToLowerInvariant();
    private static string Days(int days) => days == 1 ? "1 clinic day" : $"{days} clinic days";
    private static string Day(DateOnly day) => day.ToString("ddd MMM d", Words);
    private static string Hours(double hours) => string.Create(Words, $"{hours:0.#} h");

    // Rounded down: a length is never made longer than it is. Silence is told in hours, as the services' limits are.
    private static string Length(TimeSpan span, bool hours = false)
    {
        var length = span.Duration();
        if (length < TimeSpan.FromHours(1)) return $"{(int)length.TotalMinutes} min";
        return hours || length < TimeSpan.FromHours(48) ? $"{(int)length.TotalHours} h" : $"{(int)length.TotalDays} days";
    }
}

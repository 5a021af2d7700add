using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>What is awaited (domain.md §8, Delivery).</summary>
public enum DeliveryShape { Parcel, UnshippedOrder, UncoveredVisit }

/// <summary>An open hold.</summary>
public sealed record HoldFact(HoldReason Reason, DateTimeOffset SinceUtc);

/// <summary>Everything known about one delivery at one instant; what <see cref="DeliveryRisk"/> and <see cref="ChaseLadder"/> read. Null is "not known".</summary>
public sealed record DeliveryFacts
{
    public required DeliveryShape Shape { get; init; }
    public required DeliveryKind Kind { get; init; }
    /// <summary>Calendar of the receiving location.</summary>
    public required ClinicCalendar Clinic { get; init; }
    /// <summary>Booked visit; null for stock, screening and kits.</summary>
    public DateOnly? VisitOn { get; init; }
    /// <summary>Bounds a reschedule.</summary>
    public DateOnly? RefillByOn { get; init; }
    /// <summary>Null for a visit without an order.</summary>
    public ServiceLevel? Service { get; init; }

    public DateTimeOffset? SubmittedAtUtc { get; init; }
    public DateTimeOffset? AcknowledgedAtUtc { get; init; }
    /// <summary>A parcel of the same order exists.</summary>
    public bool OrderHasLabel { get; init; }
    public bool IsBackordered { get; init; }
    public DateOnly? PromisedShipOn { get; init; }
    public IReadOnlyList<HoldFact> OpenHolds { get; init; } = [];
    /// <summary>Last valid day of the account's licence.</summary>
    public DateOnly? LicenseExpiresOn { get; init; }
    /// <summary>The catalogue holds the same concentration in another fill size.</summary>
    public bool HasAlternatePack { get; init; }

    public DateTimeOffset? LabelAtUtc { get; init; }
    public DateTimeOffset? CommittedAtUtc { get; init; }
    public TrackingState Tracking { get; init; } = new();
    public string? ShipToZip { get; init; }
    public string? ShipToCity { get; init; }
    public string? ShipToState { get; init; }
    /// <summary>Another parcel replaces this one.</summary>
    public bool IsSuperseded { get; init; }
    /// <summary>That other parcel, or one that replaces it in turn, was delivered.</summary>
    public bool ReplacementDelivered { get; init; }
    /// <summary>All of that other parcel was confirmed as good.</summary>
    public bool ReplacementConfirmed { get; init; }
    /// <summary>The parcel that this one replaces was delivered after all, at the right door.</summary>
    public bool OriginalDelivered { get; init; }
    /// <summary>All of the parcel that this one replaces was confirmed as good after all.</summary>
    public bool OriginalConfirmed { get; init; }

    /// <summary>First receipt that a person stated for this parcel.</summary>
    public DateTimeOffset? ReceiptAtUtc { get; init; }
    /// <summary>What came in good, with what replaced the rest, is less than the visit needs.</summary>
    public bool HasOpenDiscrepancy { get; init; }
    /// <summary>The practice says that it did not get what the carrier calls delivered.</summary>
    public bool PracticeSaysNotReceived { get; init; }

    /// <summary>The instant at which it was handed over: the carrier's, else the practice's own statement.</summary>
    public DateTimeOffset? ArrivedAtUtc => Tracking.DeliveredAtUtc ?? (PracticeSaysNotReceived ? null : ReceiptAtUtc);
}

/// <summary>Calendars and policy that a rule reads; the clinic's comes with the facts.</summary>
public sealed record RiskCalendars(BusinessCalendar CarrierDays, ShipFromCalendar ShipFrom, Policy Policy)
{
    public static RiskCalendars Default { get; } = new(CarrierCalendar.Days, ShipFromCalendar.Default, new Policy());
}

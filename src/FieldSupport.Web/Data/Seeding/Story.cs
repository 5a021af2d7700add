using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>A practice of a scene with the calendar that its rows give it.</summary>
public sealed record ScenePractice(string Code, string Territory, string City, string State, string Zip, ClinicCalendar Clinic, DateOnly? LicenseExpiresOn);

/// <summary>One scan as our own tracking format writes it.</summary>
public sealed record Scan(DateTimeOffset At, Milestone Milestone, string City, string State, string Zip)
{
    public ExceptionClass? Exception { get; init; }
    public string? SignedBy { get; init; }
    /// <summary>The carrier's estimate from this scan on.</summary>
    public DateOnly? EstimateOn { get; init; }

    public string Code => Exception is { } kind ? $"{WireName.Of(Milestone)}:{WireName.Of(kind).ToLowerInvariant()}" : WireName.Of(Milestone);
}

/// <summary>One parcel of a story.</summary>
public sealed record Parcel(ServiceLevel Service, DateTimeOffset LabelAt, IReadOnlyList<Scan> Scans)
{
    public DateTimeOffset? CommittedAt { get; init; }
    public ReceiptStatement? Receipt { get; init; }
}

/// <summary>What a practice states: at once for all packs, or one short.</summary>
public sealed record ReceiptStatement(DateTimeOffset At, bool IsShort);

/// <summary>Everything that happened to one delivery up to now, in instants. Null: has not happened.</summary>
public sealed record Story
{
    public DateOnly? VisitOn { get; init; }
    public DateOnly? RefillByOn { get; init; }
    /// <summary>When the practice booked it.</summary>
    public DateTimeOffset BookedAt { get; init; }
    public ServiceLevel? Service { get; init; }
    /// <summary>An order was prepared and not submitted; it covers nothing yet.</summary>
    public DateTimeOffset? DraftedAt { get; init; }
    public DateTimeOffset? SubmittedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public DateOnly? PromisedShipOn { get; init; }
    public bool IsBackordered { get; init; }
    public HoldReason? Hold { get; init; }
    public DateTimeOffset? HoldSince { get; init; }
    public Parcel? Parcel { get; init; }
    /// <summary>Sent in place of the first.</summary>
    public Parcel? Replacement { get; init; }

    /// <summary>The facts of its (first) parcel, unshipped order or uncovered visit as the rule reads them, without a database.</summary>
    public DeliveryFacts Facts(ScenePractice practice, DeliveryKind kind = DeliveryKind.Drug) => Of(practice, kind, Parcel) with
    {
        IsSuperseded = Replacement is not null,
        ReplacementDelivered = Replacement?.Scans.Any(s => s.Milestone == Milestone.Delivered) ?? false,
    };

    /// <summary>The facts of the replacement.</summary>
    public DeliveryFacts FactsOfReplacement(ScenePractice practice) => Of(practice, DeliveryKind.Drug, Replacement!);

    private DeliveryFacts Of(ScenePractice practice, DeliveryKind kind, Parcel? parcel) => new()
    {
        Shape = parcel is not null ? DeliveryShape.Parcel : SubmittedAt is not null ? DeliveryShape.UnshippedOrder : DeliveryShape.UncoveredVisit,
        Kind = kind, Clinic = practice.Clinic, VisitOn = VisitOn, RefillByOn = RefillByOn,
        Service = parcel?.Service ?? (SubmittedAt is null ? null : Service),
        SubmittedAtUtc = SubmittedAt, AcknowledgedAtUtc = AcknowledgedAt, OrderHasLabel = parcel is not null, IsBackordered = IsBackordered,
        PromisedShipOn = PromisedShipOn, OpenHolds = Hold is { } hold ? [new HoldFact(hold, HoldSince!.Value)] : [], LicenseExpiresOn = practice.LicenseExpiresOn,
        LabelAtUtc = parcel?.LabelAt, CommittedAtUtc = parcel?.CommittedAt, Tracking = parcel is null ? new TrackingState() : Read(parcel),
        ShipToZip = practice.Zip, ShipToCity = practice.City, ShipToState = practice.State,
        ReceiptAtUtc = parcel?.Receipt is { } receipt ? receipt.At : null, HasOpenDiscrepancy = parcel?.Receipt is { IsShort: true },
    };

    private static TrackingState Read(Parcel parcel) => TrackingTimeline.Read(parcel.Scans.Select((s, i) => new TrackingFact
    {
        AtUtc = s.At.ToUniversalTime(), Milestone = s.Milestone, Exception = s.Exception, ReceivedAtUtc = s.At, Arrival = i, City = s.City, State = s.State, Zip = s.Zip,
        SignedBy = s.SignedBy, EstimateOn = s.EstimateOn, Code = s.Code,
    }));
}

namespace FieldSupport.Domain.Shipments;

/// <summary>
/// One dated tracking event as the timeline reads it (domain.md §2.6). All instants are UTC; <see cref="Arrival"/> is the order in
/// which events came in and stays with the event. Events that are BAD_TIMESTAMP or undated are left out by the caller.
/// </summary>
public sealed record TrackingFact
{
    /// <summary>When the carrier says it happened, UTC.</summary>
    public required DateTimeOffset AtUtc { get; init; }
    /// <summary>What happened; never RECOVERED or DELIVERY_RETRACTED, which only a whole log can be.</summary>
    public required Milestone Milestone { get; init; }
    /// <summary>Class of an EXCEPTION; null for any other milestone.</summary>
    public ExceptionClass? Exception { get; init; }
    /// <summary>When we got it, UTC.</summary>
    public required DateTimeOffset ReceivedAtUtc { get; init; }
    /// <summary>Order of arrival, rising.</summary>
    public required long Arrival { get; init; }
    /// <summary>City as the carrier wrote it.</summary>
    public string? City { get; init; }
    /// <summary>State code as the carrier wrote it.</summary>
    public string? State { get; init; }
    /// <summary>ZIP of 5 or 9 digits, as text.</summary>
    public string? Zip { get; init; }
    /// <summary>Who signed; only on a delivery.</summary>
    public string? SignedBy { get; init; }
    /// <summary>The carrier's estimate from this event on, where it gave only a day.</summary>
    public DateOnly? EstimateOn { get; init; }
    /// <summary>The carrier's estimate from this event on, where it gave an instant; UTC.</summary>
    public DateTimeOffset? EstimateAtUtc { get; init; }
    /// <summary>The carrier's raw code.</summary>
    public string? Code { get; init; }
}

/// <summary>What a parcel's whole log says (domain.md §2.6 rules 2–5). Every instant is UTC; null is "not known" or "did not happen".</summary>
public sealed record TrackingState
{
    /// <summary>Null: no event. UNKNOWN only where events exist and none of them decides.</summary>
    public Milestone? Milestone { get; init; }
    /// <summary>First label event.</summary>
    public DateTimeOffset? LabelAtUtc { get; init; }
    /// <summary>First physical movement.</summary>
    public DateTimeOffset? FirstMovementAtUtc { get; init; }
    /// <summary>The "last scan" of the stall clocks (rule 5).</summary>
    public DateTimeOffset? LastMovementAtUtc { get; init; }
    /// <summary>Which movement the last scan was.</summary>
    public Milestone? LastMovement { get; init; }
    /// <summary>First DELIVERED of the delivery that stands; null in every other state, a retracted delivery among them.</summary>
    public DateTimeOffset? DeliveredAtUtc { get; init; }
    /// <summary>Who signed for the delivery that stands.</summary>
    public string? SignedBy { get; init; }
    /// <summary>City of the delivery that stands.</summary>
    public string? DeliveredCity { get; init; }
    /// <summary>State of the delivery that stands.</summary>
    public string? DeliveredState { get; init; }
    /// <summary>ZIP of the delivery that stands.</summary>
    public string? DeliveredZip { get; init; }
    /// <summary>When it turned back to the sender; stays once RETURNED.</summary>
    public DateTimeOffset? ReturningAtUtc { get; init; }
    /// <summary>When it was back at the sender.</summary>
    public DateTimeOffset? ReturnedAtUtc { get; init; }
    /// <summary>When the carrier declared it lost; stays once RECOVERED.</summary>
    public DateTimeOffset? LostAtUtc { get; init; }
    /// <summary>When it was cancelled.</summary>
    public DateTimeOffset? CancelledAtUtc { get; init; }
    /// <summary>First movement after LOST.</summary>
    public DateTimeOffset? RecoveredAtUtc { get; init; }
    /// <summary>Movement that took a delivery back, while it is not delivered again.</summary>
    public DateTimeOffset? RetractedAtUtc { get; init; }
    /// <summary>Last failed attempt that no delivery followed.</summary>
    public DateTimeOffset? AttemptedAtUtc { get; init; }
    /// <summary>Latest EXCEPTION that no movement followed; null once delivered.</summary>
    public TrackingFact? OpenException { get; init; }
    /// <summary>The newest event is one whose code nobody has mapped yet.</summary>
    public bool NewestIsUnknown { get; init; }
    /// <summary>Last out-for-delivery scan.</summary>
    public DateTimeOffset? LastOutForDeliveryAtUtc { get; init; }
    /// <summary>Last ready-for-pickup scan.</summary>
    public DateTimeOffset? LastAvailableForPickupAtUtc { get; init; }
    /// <summary>The newest estimate, where the carrier gave only a day.</summary>
    public DateOnly? EstimateOn { get; init; }
    /// <summary>The newest estimate, where the carrier gave an instant.</summary>
    public DateTimeOffset? EstimateAtUtc { get; init; }
    /// <summary>Time of the event that gave the newest estimate.</summary>
    public DateTimeOffset? EstimateGivenAtUtc { get; init; }
    /// <summary>Longest time between two consecutive movements; zero with fewer than two.</summary>
    public TimeSpan LongestSilence { get; init; }
    /// <summary>Movement before the longest silence.</summary>
    public DateTimeOffset? SilenceFromUtc { get; init; }
    /// <summary>Movement that ended the longest silence.</summary>
    public DateTimeOffset? SilenceToUtc { get; init; }
    /// <summary>Every event once, in the order of rule 2.</summary>
    public IReadOnlyList<TrackingFact> InOrder { get; init; } = [];
}

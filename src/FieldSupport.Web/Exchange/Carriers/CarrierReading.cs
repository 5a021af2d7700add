using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>The words of `flags` (contract.md §3).</summary>
public static class TrackingFlags
{
    public const string StatusContradictsEvents = "STATUS_CONTRADICTS_EVENTS", DuplicateNumber = "DUPLICATE_NUMBER", BadTimestamp = "BAD_TIMESTAMP",
        UnknownCode = "UNKNOWN_CODE", CarrierError = "CARRIER_ERROR", NotFound = "NOT_FOUND", BadNumber = "BAD_NUMBER", Auth = "AUTH", ZoneAssumed = "ZONE_ASSUMED";

    /// <summary>Flags under which the carrier gave no answer: the last known status stays.</summary>
    public static bool IsRefusal(string flag) => flag is CarrierError or NotFound or BadNumber or Auth;
}

/// <summary>
/// What a reader needs besides the bytes. <see cref="ShipToZone"/> gives the zone of the address a (carrier, tracking) goes to, or null:
/// for local times of places whose own zone is not known.
/// </summary>
public sealed record ReadingContext(DateTimeOffset ReceivedAtUtc, Func<string, string, TimeZoneInfo?> ShipToZone);

/// <summary>A fault of the payload with its place. Column is the header's name in a CSV file, else the position in the line, from 1.</summary>
public sealed record ReadingError(int? Line, string? Column, string Code, string Message);

/// <summary>What a payload says. Ignorable: well-formed, but nothing in it is for us, and that is fine.</summary>
public sealed record CarrierReading
{
    public required string Source { get; init; }
    public IReadOnlyList<TrackerReading> Trackers { get; init; } = [];
    public bool Ignorable { get; init; }
    public string? IgnoredBecause { get; init; }
    public IReadOnlyList<ReadingError> Errors { get; init; } = [];

    internal static CarrierReading Refused(string source, ReadingError error) => new() { Source = source, Errors = [error] };
    internal static CarrierReading Ignored(string source, string because) => new() { Source = source, Ignorable = true, IgnoredBecause = because };
}

/// <summary>
/// One record of a tracking number. <see cref="Carrier"/> and <see cref="Tracking"/> are null where the payload does not say.
/// Milestone is that of the dated events (null: none); UNKNOWN where status and events disagree.
/// </summary>
public sealed record TrackerReading
{
    public required string Source { get; init; }
    public string? Carrier { get; init; }
    public string? Tracking { get; init; }
    public string? UniqueId { get; init; }
    public Milestone? Milestone { get; init; }
    public string? RawStatus { get; init; }
    public DateTimeOffset? LastMovementAtUtc { get; init; }
    public DateTimeOffset? DeliveredAtUtc { get; init; }
    public string? SignedBy { get; init; }
    public DateOnly? EstimateOn { get; init; }
    public DateTimeOffset? EstimateAtUtc { get; init; }
    public IReadOnlyList<EventReading> Events { get; init; } = [];
    public int Undated { get; init; }
    public IReadOnlyList<string> Flags { get; init; } = [];
    public DateOnly? ShipOn { get; init; }
    public bool IsReturn { get; init; }
    public string? DestinationZip { get; init; }
    /// <summary>When the source last changed this record: an estimate that differs without a new event was given then.</summary>
    public DateTimeOffset? UpdatedAtUtc { get; init; }
    /// <summary>The carrier's own words for a refusal or the current status.</summary>
    public string? Message { get; init; }
    /// <summary>The whole timeline of this payload alone.</summary>
    public required TrackingState State { get; init; }

    /// <summary>Whether its events may move a shipment: not while it contradicts itself, has a double, or is a refusal.</summary>
    public bool CountsForState => !Flags.Any(f => TrackingFlags.IsRefusal(f) || f is TrackingFlags.StatusContradictsEvents or TrackingFlags.DuplicateNumber);
    /// <summary>Delivered and nobody signed: valid, but a drug is to be handed over.</summary>
    public bool DeliveredWithoutSignature => DeliveredAtUtc is not null && SignedBy is null;
}

/// <summary>One event as read. AtUtc null: the carrier gave no usable time, and the event stays out of the state.</summary>
public sealed record EventReading
{
    public DateTimeOffset? AtUtc { get; init; }
    public required Milestone Milestone { get; init; }
    public ExceptionClass? Exception { get; init; }
    public string? Code { get; init; }
    public string? Text { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? Zip { get; init; }
    public string? SignedBy { get; init; }
    public DateOnly? EstimateOn { get; init; }
    public DateTimeOffset? EstimateAtUtc { get; init; }
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The event for the timeline; null where it has no usable time.</summary>
    public TrackingFact? ToFact(DateTimeOffset receivedAtUtc, long arrival) => AtUtc is not { } at || Flags.Contains(TrackingFlags.BadTimestamp) ? null : new TrackingFact
    {
        AtUtc = at, Milestone = Milestone, Exception = Exception, ReceivedAtUtc = receivedAtUtc, Arrival = arrival, City = City, State = State, Zip = Zip,
        SignedBy = SignedBy, EstimateOn = EstimateOn, EstimateAtUtc = EstimateAtUtc, Code = Code,
    };
}

/// <summary>One source format, one reader. Reading never throws on any payload: faults are <see cref="CarrierReading.Errors"/>.</summary>
public interface ICarrierReader
{
    string Source { get; }
    bool Recognises(PayloadShape shape);
    CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context);
}

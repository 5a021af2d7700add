using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Shipments;

/// <summary>Where a stored message stands.</summary>
public enum MessageState { Stored, Processed, Ignored, Parked }

/// <summary>A message of a carrier or partner, kept verbatim before it is answered.</summary>
public sealed class InboundMessage : Entity
{
    public required string Source { get; set; }
    /// <summary>SHA-256 of the body, hex; with the source the key against replays.</summary>
    public required string ContentHash { get; set; }
    public required byte[] Body { get; set; }
    public DateTimeOffset ReceivedAtUtc { get; set; }
    public MessageState State { get; set; }
    public DateTimeOffset? ProcessedAtUtc { get; set; }
    public int Attempts { get; set; }
    /// <summary>How often the very same came again since it was last read; its events are counted as doubles then.</summary>
    public int Repeats { get; set; }
    /// <summary>Why it was ignored or parked, in words.</summary>
    public string? Note { get; set; }
}

/// <summary>How an item of the work-list was answered.</summary>
public enum WorkAnswer
{
    /// <summary>A person said whose it is; later messages of the same number follow.</summary>
    Matched,
    /// <summary>A person looked and said why nothing follows, or that it is done.</summary>
    Closed,
    /// <summary>A later import answered it by itself.</summary>
    Found,
}

/// <summary>Something that a person has to look at: a message that matches no shipment, a code or status nobody understands.</summary>
public sealed class WorkItem : Entity, IAudited
{
    /// <summary>Ours: WRK-1042. Unique.</summary>
    public required string Number { get; set; }
    /// <summary>NO_SHIPMENT, UNKNOWN_CODE, STATUS_CONTRADICTS_EVENTS, DUPLICATE_NUMBER, BAD_TIMESTAMP, NOT_FOUND …</summary>
    public required string Reason { get; set; }
    public required string Source { get; set; }
    public string? Carrier { get; set; }
    public string? Tracking { get; set; }
    public string? TrackingKey { get; set; }
    public string? UniqueId { get; set; }
    public DateOnly? ShipOn { get; set; }
    public Milestone? Milestone { get; set; }
    public string? RawStatus { get; set; }
    /// <summary>One sentence: what is wrong, and what a person can do.</summary>
    public required string Summary { get; set; }
    public Guid? MessageId { get; set; }
    /// <summary>The shipment it concerns, where that is known (an unknown code on a known parcel).</summary>
    public Guid? ShipmentId { get; set; }
    /// <summary>Same key, still open: the same question, asked once.</summary>
    public required string OpenKey { get; set; }
    public DateTimeOffset OpenedAtUtc { get; set; }
    public DateTimeOffset? ResolvedAtUtc { get; set; }
    public string? ResolvedBy { get; set; }
    public string? Resolution { get; set; }
    /// <summary>Null while open.</summary>
    public WorkAnswer? Answer { get; set; }

    string IAudited.AuditKind => "work-item";
    string IAudited.AuditKey => Number;
}

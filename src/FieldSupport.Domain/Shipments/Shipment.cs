using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Shipments;

/// <summary>What a parcel holds; one ledger for both, different urgency (domain.md §3.1).</summary>
public enum DeliveryKind { Drug, Kit }

/// <summary>One parcel on its way to an account's location. Its scans are <see cref="TrackingEvent"/>s.</summary>
public sealed class Shipment : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    public Guid LocationId { get; set; }
    public Location? Location { get; set; }
    /// <summary>Ours: SHP-88120. Unique.</summary>
    public required string Number { get; set; }
    public DeliveryKind Kind { get; set; }
    /// <summary>Null for an education-kit parcel.</summary>
    public Guid? OrderId { get; set; }
    public Order? Order { get; set; }
    /// <summary>Canonical name: FedEx, UPS, USPS.</summary>
    public required string Carrier { get; set; }
    public required string Tracking { get; set; }
    /// <summary><see cref="Tracking"/> without blanks and punctuation, upper case: what messages are matched by.</summary>
    public required string TrackingKey { get; set; }
    public ServiceLevel Service { get; set; }
    /// <summary>When the label was made.</summary>
    public DateTimeOffset LabelAtUtc { get; set; }
    /// <summary>The carrier's promise; null when it gave none.</summary>
    public DateTimeOffset? CommittedAtUtc { get; set; }
    /// <summary>The parcel that this one replaces.</summary>
    public Guid? ReplacesShipmentId { get; set; }
    /// <summary>Set when another parcel replaces this one.</summary>
    public DateTimeOffset? SupersededAtUtc { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }

    /// <summary>What the whole log said at its last reading; a digest for lists and search, never what a rule reads.</summary>
    public Milestone? Milestone { get; set; }
    public DateTimeOffset? LastMovementAtUtc { get; set; }
    public DateTimeOffset? DeliveredAtUtc { get; set; }
    public string? SignedBy { get; set; }
    /// <summary>When the source made the newest telling that was taken with an estimate; one that was made before counts for nothing. Null where no source says when.</summary>
    public DateTimeOffset? EstimateToldAtUtc { get; set; }
    /// <summary>How often an event came that was known already.</summary>
    public int DuplicateEvents { get; set; }

    public List<ShipmentLine> Lines { get; set; } = [];
    public List<TrackingEvent> Events { get; set; } = [];
    public List<ReceiptConfirmation> Receipts { get; set; } = [];

    string IAudited.AuditKind => "shipment";
    string IAudited.AuditKey => Number;
}

/// <summary>A picture taken of a parcel at its receipt. The file lies in the data folder's attachments, named by its hash.</summary>
public sealed class ReceiptPhoto : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid ShipmentId { get; set; }
    public required string ShipmentNumber { get; set; }
    /// <summary>1, 2, 3 … within the parcel; its name in addresses.</summary>
    public int Ordinal { get; set; }
    /// <summary>SHA-256 of the file as it is kept, hex.</summary>
    public required string Sha256 { get; set; }
    public required string ContentType { get; set; }
    public int Bytes { get; set; }
    public required string AddedBy { get; set; }
    public DateTimeOffset AddedAtUtc { get; set; }

    string IAudited.AuditKind => "receipt-photo";
    string IAudited.AuditKey => $"{ShipmentNumber}/{Ordinal}";
}

/// <summary>How many packs of an order's line lie in a parcel.</summary>
public sealed class ShipmentLine : Entity, IOfAccount
{
    public Guid ShipmentId { get; set; }
    public Guid AccountId { get; set; }
    public Guid OrderLineId { get; set; }
    public required string Ndc { get; set; }
    public int Packs { get; set; }
}

/// <summary>One scan or message of a carrier, normalised; the raw message stands beside it (domain.md §2.6 rule 1).</summary>
public sealed class TrackingEvent : Entity
{
    /// <summary>Null while nobody knows whose it is.</summary>
    public Guid? ShipmentId { get; set; }
    public Guid? WorkItemId { get; set; }
    public Guid? MessageId { get; set; }
    public required string Source { get; set; }
    public required string Carrier { get; set; }
    public required string TrackingKey { get; set; }
    /// <summary>Hash of carrier, number, instant, raw code and place; the same one twice is a duplicate.</summary>
    public required string Fingerprint { get; set; }
    public DateTimeOffset AtUtc { get; set; }
    public DateTimeOffset ReceivedAtUtc { get; set; }
    /// <summary>Order of arrival, across all parcels.</summary>
    public long Arrival { get; set; }
    public Milestone Milestone { get; set; }
    public ExceptionClass? Exception { get; set; }
    public string? Code { get; set; }
    public string? Text { get; set; }
    public string? City { get; set; }
    public string? State { get; set; }
    public string? Zip { get; set; }
    public string? SignedBy { get; set; }
    public DateOnly? EstimateOn { get; set; }
    public DateTimeOffset? EstimateAtUtc { get; set; }
    /// <summary>Kept, but out of every state, for good (BAD_TIMESTAMP).</summary>
    public bool IsExcluded { get; set; }
    /// <summary>Comma-separated: ZONE_ASSUMED, UNKNOWN_CODE …</summary>
    public string? Flags { get; set; }
}

using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Orders;

/// <summary>A practice's order (domain.md §2). Quantities are packs. The rep never places it (§2.1).</summary>
public sealed class Order : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    /// <summary>Ours: ORD-20422. Unique.</summary>
    public required string Number { get; set; }
    /// <summary>The practice's purchase order number; unique within its account.</summary>
    public required string Po { get; set; }
    public OrderType Type { get; set; }
    public ServiceLevel Service { get; set; }
    public OrderState State { get; set; }
    public Guid? VisitId { get; set; }
    public VisitSlot? Visit { get; set; }
    public DateTimeOffset? SubmittedAtUtc { get; set; }
    public DateTimeOffset? AcknowledgedAtUtc { get; set; }
    /// <summary>Ship-from day that the partner promised.</summary>
    public DateOnly? PromisedShipOn { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }

    public List<OrderLine> Lines { get; set; } = [];
    public List<OrderHold> Holds { get; set; } = [];
    public List<Shipment> Shipments { get; set; } = [];

    /// <summary>The practice submits its draft.</summary>
    public void Submit(DateTimeOffset at, string? source)
    {
        if (SubmittedAtUtc is not null) return;
        SubmittedAtUtc = at;
        MoveTo(OrderState.Submitted, null, source);
    }

    /// <summary>The partner acknowledges (855, portal, file). A 997 never does.</summary>
    public void Acknowledge(DateTimeOffset at, string? source)
    {
        if (AcknowledgedAtUtc is not null) return;
        AcknowledgedAtUtc = at;
        foreach (var line in Lines.Where(l => l.State == OrderLineState.Open)) line.State = OrderLineState.Accepted;
        MoveTo(OrderState.Acknowledged, null, source);
    }

    /// <summary>Moves the header to a state and notes the transition; moving to where it stands notes nothing.</summary>
    public void MoveTo(OrderState state, string? reason, string? source)
    {
        if (State == state && Happenings.Count > 0) return;
        if (State == state && state != OrderState.Draft) return;
        State = state;
        Record("order." + WireName.Of(state).ToLowerInvariant().Replace('_', '-'), reason, source);
    }

    string IAudited.AuditKind => "order";
    string IAudited.AuditKey => Number;
}

/// <summary>One product of an order.</summary>
public sealed class OrderLine : Entity, IOfAccount
{
    public Guid OrderId { get; set; }
    public Guid AccountId { get; set; }
    public int LineNo { get; set; }
    /// <summary>As printed, 5-4-2: 70121-2503-01. Text, since it will have 12 digits from 2033.</summary>
    public required string Ndc { get; set; }
    /// <summary>In packs.</summary>
    public int QuantityPacks { get; set; }
    public OrderLineState State { get; set; }
}

/// <summary>A hold on an order; open while <see cref="ClearedAtUtc"/> is null.</summary>
public sealed class OrderHold : Entity, IOfAccount
{
    public Guid OrderId { get; set; }
    public Guid AccountId { get; set; }
    public HoldReason Reason { get; set; }
    public DateTimeOffset SinceUtc { get; set; }
    public DateTimeOffset? ClearedAtUtc { get; set; }
}

/// <summary>What a person at the practice states about packs that came in (domain.md §2.5).</summary>
public sealed class ReceiptConfirmation : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Guid OrderId { get; set; }
    public Guid ShipmentId { get; set; }
    public Shipment? Shipment { get; set; }
    public required string Ndc { get; set; }
    public int Packs { get; set; }
    public required string Lot { get; set; }
    public DateOnly? ExpiryOn { get; set; }
    public ReceiptCondition Condition { get; set; }
    public DateTimeOffset ReceivedAtUtc { get; set; }
    public required string ReceivedBy { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }
    /// <summary>Name and mail address of whoever signed it at a screen (domain.md §7.4); null for files and programs.</summary>
    public string? SignedBy { get; set; }
    /// <summary>As <see cref="Chasing.Chase.SafetyAnswer"/>.</summary>
    public string? SafetyAnswer { get; set; }

    string IAudited.AuditKind => "receipt";
    string IAudited.AuditKey => $"{Shipment?.Number}/{Lot}";
}

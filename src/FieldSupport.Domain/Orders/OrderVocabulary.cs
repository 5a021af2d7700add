namespace FieldSupport.Domain.Orders;

/// <summary>What an order is for (domain.md §1.4). Only <see cref="Refill"/> and <see cref="InitialFill"/> carry a visit.</summary>
public enum OrderType { Screening, Refill, InitialFill, Stock }

/// <summary>Service level of a shipment (domain.md §2.7).</summary>
public enum ServiceLevel { CourierSameDay, OvernightAm, Overnight, TwoDay, ThreeDay, Ground }

/// <summary>Header state of an order (domain.md §2.2); derived from its lines, holds and shipments.</summary>
public enum OrderState
{
    Draft, Submitted, Acknowledged, OnHold, Backordered, Allocated, Released, PartiallyShipped, Shipped, Delivered,
    ReceiptConfirmed, Discrepancy, Closed, Rejected, Cancelled, Returned, Lost,
}

/// <summary>State of one order line (domain.md §2.2).</summary>
public enum OrderLineState { Open, Accepted, Backordered, SubstitutionProposed, Rejected, Cancelled, Shipped, Received, Short, Damaged }

/// <summary>Why an order is held (domain.md §2.2).</summary>
public enum HoldReason
{
    CreditHold, LicenseExpired, LicenseUnverified, AddressMismatch, Allocation, Backorder, PricingContract, QuantityReview,
    DscsaData, QualityHold, Recall, DuplicatePo, Coverage,
}

/// <summary>Condition stated on receipt: good, or a discrepancy type of domain.md §2.5.</summary>
public enum ReceiptCondition
{
    Good, Short, Over, WrongItem, Damaged, Leak, TemperatureConcern, ExpiredOrShortDated, WrongAddress, Tamper, LotNotInAsn,
}

namespace FieldSupport.Domain.Shipments;

/// <summary>
/// Normalised milestone of a tracking event (domain.md §2.6). The numbers are the rank that orders events of the same instant:
/// the row order of the table, UNKNOWN first. RECOVERED and DELIVERY_RETRACTED are states that only a whole log can have
/// (§2.6 rule 4); no single event carries them.
/// </summary>
public enum Milestone
{
    Unknown = 0, LabelCreated = 1, PickedUp = 2, InTransit = 3, OutForDelivery = 4, AvailableForPickup = 5, DeliveryAttempted = 6,
    Exception = 7, EtaUpdate = 8, Delivered = 9, Returning = 10, Returned = 11, Lost = 12, Cancelled = 13,
    Recovered = 14, DeliveryRetracted = 15,
}

/// <summary>Class of an EXCEPTION event (domain.md §3.1, CARRIER_EXCEPTION); <see cref="Unstated"/> when the carrier gives none.</summary>
public enum ExceptionClass { Unstated, Address, Damage, Held, Missort, Weather, Customs, Delay }

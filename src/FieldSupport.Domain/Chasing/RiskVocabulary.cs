namespace FieldSupport.Domain.Chasing;

/// <summary>Why a delivery counts as stalled (domain.md §3.1), in the order of its table.</summary>
public enum StallReason
{
    OrderNotPlaced, OrderNotAcknowledged, OrderOnHold, BackorderPastNeedBy, LabelDue, MissedMustShipBy, LabelNotPickedUp, NoScan,
    CommitMissed, EtaPastNeedBy, NotOutOnNeedByDay, CarrierException, DeliveryAttemptFailed, ReturnToSender, Lost,
    DeliveredNotConfirmed, DeliveredElsewhere, DiscrepancyOpen,
}

/// <summary>Who is told, and how fast (domain.md §3.1); the least is the loudest.</summary>
public enum Severity { Critical, High, Medium, Low, Watch }

/// <summary>What people see (domain.md §3.1).</summary>
public enum Outlook { Late, NoSignal, AtRisk, Watch, OnTrack, Delivered, Received, OnHold }

/// <summary>Rungs of the ladder (domain.md §3.2), from the first to the last.</summary>
public enum EscalationRung { T10, T7, T5, T3, T2, T1, T0 }

/// <summary>What can still be done (domain.md §3.3), in the order in which it is offered.</summary>
public enum RescueOption
{
    UpgradeOrIntercept, ReshipOvernight, CourierSameDay, LocalStock, TransferBetweenSites, AlternatePack, RescheduleVisit, ClinicalPlan,
}

/// <summary>Names of rungs and other notices as the ledger, mail and JSON write them.</summary>
public static class RungName
{
    /// <summary>Told once when the parcel is delivered; no chase notice.</summary>
    public const string Delivered = "DELIVERED";
    /// <summary>The regional manager, one ship-from day after the acknowledgement was due.</summary>
    public const string AckOverdue = "ACK_OVERDUE";

    /// <summary>What a rung is told once for: the visit's day as yyyy-MM-dd where it counts towards one, else empty.</summary>
    public static string RoundOf(string rung, DateOnly? visitOn) =>
        visitOn is { } day && rung.StartsWith("T-", StringComparison.Ordinal) ? day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : "";

    /// <summary>T10 → "T-10".</summary>
    public static string Of(EscalationRung rung) => rung switch
    {
        EscalationRung.T10 => "T-10", EscalationRung.T7 => "T-7", EscalationRung.T5 => "T-5", EscalationRung.T3 => "T-3",
        EscalationRung.T2 => "T-2", EscalationRung.T1 => "T-1", _ => "T-0",
    };

    /// <summary>CLINIC days before the visit.</summary>
    public static int DaysBefore(EscalationRung rung) => rung switch
    {
        EscalationRung.T10 => 10, EscalationRung.T7 => 7, EscalationRung.T5 => 5, EscalationRung.T3 => 3,
        EscalationRung.T2 => 2, EscalationRung.T1 => 1, _ => 0,
    };
}

namespace FieldSupport.Domain.Chasing;

/// <summary>The answer of <see cref="DeliveryRisk.Assess"/> for one delivery at one instant.</summary>
public sealed record Assessment
{
    public required DateTimeOffset AsOf { get; init; }
    /// <summary>What people see; null where there is nothing to wait for any more.</summary>
    public Outlook? Outlook { get; init; }
    /// <summary>Open reasons, in the order of domain.md §3.1.</summary>
    public required IReadOnlyList<StallReason> Reasons { get; init; }
    /// <summary>Null while no reason is open.</summary>
    public Severity? Severity { get; init; }
    /// <summary>By the same list, with or without a reason; for a gate that fails.</summary>
    public required Severity GateSeverity { get; init; }
    public DateTimeOffset? NeedBy { get; init; }
    public DateTimeOffset? MustShipBy { get; init; }
    public DateTimeOffset? Committed { get; init; }
    /// <summary>Null: unknown.</summary>
    public DateTimeOffset? ProjectedArrival { get; init; }
    /// <summary>carrier, service or none.</summary>
    public required string EstimateSource { get; init; }
    /// <summary>Need-by minus projected arrival, plain hours.</summary>
    public double? SlackHours { get; init; }
    /// <summary>CLINIC days from projected arrival to need-by; without a label, ship-from days from today to must-ship-by.</summary>
    public int? SlackDays { get; init; }
    /// <summary>Arrival counts as later than need-by.</summary>
    public required bool IsLater { get; init; }
    /// <summary>CLINIC days from today to the visit.</summary>
    public int? DaysToVisit { get; init; }
    /// <summary>CLINIC days from today to need-by.</summary>
    public int? DaysLeft { get; init; }
    /// <summary>The earliest later instant at which this answer can differ; null once nothing is awaited.</summary>
    public DateTimeOffset? NextLook { get; init; }
    /// <summary>Nothing is awaited any more, by a fact: received, cancelled, replaced, shipped, covered.</summary>
    public required bool IsFinished { get; init; }
    /// <summary>The limits behind the answer.</summary>
    public required DeliveryClocks Clocks { get; init; }
}

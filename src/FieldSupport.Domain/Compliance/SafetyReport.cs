using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Compliance;

/// <summary>What somebody heard of (domain.md §7.3). UNSURE: the person could not say; safety decides.</summary>
public enum SafetyKind { AdverseEvent, ProductComplaint, Both, Unsure }

/// <summary>Where a report stands.</summary>
public enum SafetyState { Received, Taken }

/// <summary>
/// That an adverse event or a product complaint was reported: its receipt (domain.md §7.3). What was told is written straight to the vault
/// and never here; this half may be seen by whoever reported it.
/// </summary>
public sealed class SafetyReport : Entity, IAudited
{
    /// <summary>SAF-1001: the receipt number. Unique.</summary>
    public required string Number { get; set; }
    public SafetyKind Kind { get; set; }
    /// <summary>The instant of awareness: when the reporter pressed the button. Day 0.</summary>
    public DateTimeOffset AwareAtUtc { get; set; }
    /// <summary>Same clock time on the next FEDERAL business day.</summary>
    public DateTimeOffset DueAtUtc { get; set; }
    /// <summary>Mail address of the person who reported.</summary>
    public required string ReportedBy { get; set; }
    public required string ReporterRole { get; set; }
    /// <summary>The practice it was heard at or from, where the page told; no patient's.</summary>
    public Guid? AccountId { get; set; }
    public string? DeliveryNumber { get; set; }
    /// <summary>button, chase or receipt.</summary>
    public required string Source { get; set; }
    public SafetyState State { get; set; }
    public string? TakenBy { get; set; }
    public DateTimeOffset? TakenAtUtc { get; set; }

    string IAudited.AuditKind => "safety-report";
    string IAudited.AuditKey => Number;
}

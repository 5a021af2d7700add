using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Refills;

/// <summary>A booked refill visit of a practice; never names a patient. The practice's own reference lies in the vault.</summary>
public sealed class VisitSlot : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    /// <summary>The key that files use; unique.</summary>
    public required string Key { get; set; }
    /// <summary>Clinic day of the visit.</summary>
    public DateOnly VisitOn { get; set; }
    /// <summary>Bounds a reschedule (domain.md §1.6). Not shown to sales, nor anything that follows from it (§7.2).</summary>
    public DateOnly? RefillByOn { get; set; }
    public DateTimeOffset? CancelledAtUtc { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }

    /// <summary>Moves the visit; its open orders are dated anew in the same save.</summary>
    public void MoveTo(DateOnly visitOn, string? source)
    {
        if (visitOn == VisitOn) return;
        Record("visit.moved", $"{VisitOn:yyyy-MM-dd} → {visitOn:yyyy-MM-dd}", source);
        VisitOn = visitOn;
    }

    /// <summary>The visit will not be; what was ordered for it stays ordered.</summary>
    public void Cancel(DateTimeOffset at, string? reason = null)
    {
        if (CancelledAtUtc is not null) return;
        CancelledAtUtc = at;
        Record("visit.cancelled", reason);
    }

    string IAudited.AuditKind => "visit";
    string IAudited.AuditKey => Key;
}

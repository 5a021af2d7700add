namespace FieldSupport.Vault;

/// <summary>Who stands at the door.</summary>
/// <param name="Name">As the audit names them.</param>
/// <param name="Role">As <c>--role</c> takes it; null for jobs and the command line, which store but never read.</param>
/// <param name="AccountId">The account of a practice's user; null for everybody else.</param>
public sealed record VaultPerson(string Name, string? Role, Guid? AccountId = null)
{
    internal bool IsOfPractice => Role is "practice" or "practice-admin";

    /// <summary>Patient detail itself (domain.md §7.2): the practice its own, a specialist for a stated reason, nobody else.</summary>
    internal bool MayRead => (IsOfPractice && AccountId is not null) || Role is "specialist";

    /// <summary>That there is something and since when: those who read, and the auditor.</summary>
    internal bool MayDescribe => MayRead || Role is "auditor";

    /// <summary>Whoever brings in a practice's file; storing shows nothing.</summary>
    internal bool MayStore => Role is null or "logistics" or "admin" or "specialist" || (IsOfPractice && AccountId is not null);

    /// <summary>Anybody who hears of an adverse event writes it down, once (domain.md §7.2: "write once, then only receipt no.").</summary>
    internal bool MayReport => Role is not null;

    /// <summary>What was told is read by safety alone.</summary>
    internal bool MayReadReports => Role is "safety";

    internal bool Reaches(Guid accountId) => !IsOfPractice || AccountId == accountId;
}

/// <summary>What somebody reads patient detail for. There is no "other".</summary>
public enum VaultPurpose
{
    /// <summary>The practice works with its own patients.</summary>
    PatientCare,
    /// <summary>A reimbursement case that the patient authorised.</summary>
    CaseWork,
    /// <summary>The patient asked for it.</summary>
    PatientRequest,
    /// <summary>The practice takes its own data out.</summary>
    PracticeExport,
    /// <summary>Safety works a report that somebody made.</summary>
    SafetyReview,
}

/// <summary>A practice's own reference for a visit, on its way in.</summary>
/// <param name="AccountId">The account whose visit it is; only its practice reads it.</param>
public sealed record VisitReferenceEntry(string VisitKey, Guid AccountId, string Reference);

/// <summary>How a reference on its way in compares with what is kept; the kept value stays inside.</summary>
public enum VaultComparison { New, Changed, Same }

/// <summary>What may be said about a record without opening it.</summary>
/// <param name="KeyId">Which key it is encrypted with.</param>
public sealed record VaultRecord(string VisitKey, DateTimeOffset StoredAtUtc, string KeyId);

using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Operations;

/// <summary>One run of a job: what it saw, did, refused, failed at, and why.</summary>
public sealed class JobRun : Entity
{
    public required string Job { get; set; }
    public DateTimeOffset? DueAtUtc { get; set; }
    public DateTimeOffset StartedAtUtc { get; set; }
    public DateTimeOffset? FinishedAtUtc { get; set; }
    /// <summary>RUNNING, DONE, DONE_WITH_FAILURES, FAILED, ABANDONED.</summary>
    public required string Outcome { get; set; }
    /// <summary>timetable, event, person, command line.</summary>
    public required string Trigger { get; set; }
    public bool IsDryRun { get; set; }
    public int Seen { get; set; }
    public int Acted { get; set; }
    public int Refused { get; set; }
    public int Failed { get; set; }
    public string? Why { get; set; }
    public required string Node { get; set; }
    public List<JobFailure> Failures { get; set; } = [];
}

/// <summary>An item that a run could not do; a row that somebody sees.</summary>
public sealed class JobFailure : Entity
{
    public Guid JobRunId { get; set; }
    public required string Item { get; set; }
    public required string Error { get; set; }
    public DateTimeOffset AtUtc { get; set; }
}

/// <summary>Who did what to what, when and why. Append-only; each entry seals the one before with a keyed hash.</summary>
public sealed class AuditEntry
{
    /// <summary>1, 2, 3 … without gaps.</summary>
    public long Sequence { get; set; }
    public DateTimeOffset AtUtc { get; set; }
    public required string Actor { get; set; }
    public string? Role { get; set; }
    /// <summary>order.acknowledged, access.denied, vault.read …</summary>
    public required string Action { get; set; }
    public required string Kind { get; set; }
    public required string Key { get; set; }
    public string? Reason { get; set; }
    public string? Source { get; set; }
    /// <summary>JSON: {"field":["old","new"]}; null when nothing changed.</summary>
    public string? Changes { get; set; }
    /// <summary>HMAC-SHA-256 over the entry and the hash before it, hex.</summary>
    public required string Hash { get; set; }
}

/// <summary>Next free number of a series.</summary>
public sealed class NumberSeries
{
    public required string Name { get; set; }
    public long Next { get; set; }
}

/// <summary>A bearer token of the API; only its hash is stored.</summary>
public sealed class ApiToken : Entity, IAudited
{
    public required string UserId { get; set; }
    public required string Name { get; set; }
    public required string TokenHash { get; set; }
    public DateTimeOffset CreatedAtUtc { get; set; }
    public DateTimeOffset? RevokedAtUtc { get; set; }
    string IAudited.AuditKind => "token";
    string IAudited.AuditKey => Name;
}

/// <summary>A POST that was answered under a client's key; the same key again gets the same answer.</summary>
public sealed class IdempotentRequest : Entity
{
    public required string UserId { get; set; }
    public required string Key { get; set; }
    public required string RequestHash { get; set; }
    public int StatusCode { get; set; }
    public required string Response { get; set; }
    public string? Location { get; set; }
    public DateTimeOffset AtUtc { get; set; }
}

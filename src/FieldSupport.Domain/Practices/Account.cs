using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Practices;

/// <summary>Legal customer (domain.md §8): licence, contacts, territory. Its sites are <see cref="Location"/>s.</summary>
public sealed class Account : Entity, IAudited
{
    /// <summary>The partner's code, upper case: LAKESIDE. Unique.</summary>
    public required string Code { get; set; }
    /// <summary>For addresses: lakeside. Unique.</summary>
    public required string Slug { get; set; }
    public required string Name { get; set; }
    public required string TerritoryCode { get; set; }
    public string? LicenseNumber { get; set; }
    public string? LicenseState { get; set; }
    /// <summary>Last day on which the state licence is valid.</summary>
    public DateOnly? LicenseExpiresOn { get; set; }
    public string? Phone { get; set; }
    public string? CoordinatorName { get; set; }
    public string? CoordinatorEmail { get; set; }
    public string? ClinicalLeadName { get; set; }
    public string? ClinicalLeadEmail { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }

    public List<Location> Locations { get; set; } = [];
    public List<Closure> Closures { get; set; } = [];

    string IAudited.AuditKind => "account";
    string IAudited.AuditKey => Code;
}

/// <summary>A site with a calendar and a zone. The primary one receives the account's orders.</summary>
public sealed class Location : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    public required string Name { get; set; }
    public required string Street { get; set; }
    public required string City { get; set; }
    public required string State { get; set; }
    /// <summary>Text of 5 or 9 digits; leading zeros count.</summary>
    public required string Zip { get; set; }
    /// <summary>IANA name.</summary>
    public required string TimeZone { get; set; }
    /// <summary>Receiving windows as text: <c>Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00</c>.</summary>
    public required string Receiving { get; set; }
    /// <summary>Where a driver finds whoever receives: door, dock, bell.</summary>
    public string? DockNote { get; set; }
    public bool IsPrimary { get; set; }

    string IAudited.AuditKind => "location";
    string IAudited.AuditKey => $"{Account?.Code}/{Name}";
}

/// <summary>A day on which a clinic is closed, beside the federal holidays.</summary>
public sealed class Closure : Entity, IAudited, IOfAccount
{
    public Guid AccountId { get; set; }
    public Account? Account { get; set; }
    public DateOnly On { get; set; }
    public string? Reason { get; set; }
    public DateTimeOffset RecordedAtUtc { get; set; }

    string IAudited.AuditKind => "closure";
    string IAudited.AuditKey => $"{Account?.Code}/{On:yyyy-MM-dd}";
}

/// <summary>A sales territory.</summary>
public sealed class Territory
{
    public required string Code { get; set; }
    public required string Name { get; set; }
}

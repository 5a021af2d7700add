using FieldSupport.Domain.Shared;
using Microsoft.AspNetCore.Identity;

namespace FieldSupport.Web.Data;

/// <summary>A person who signs in. One role; scope by territories (rep, manager) or by account (practice).</summary>
public sealed class User : IdentityUser, IAudited
{
    public required string DisplayName { get; set; }
    /// <summary>As <c>--role</c> takes it: rep, manager, practice, practice-admin, logistics, specialist, materials, safety, auditor, admin.</summary>
    public required string Role { get; set; }
    public Guid? AccountId { get; set; }
    /// <summary>Comma-separated territory codes.</summary>
    public string Territories { get; set; } = "";
    public string? Phone { get; set; }
    public bool IsDisabled { get; set; }
    /// <summary>The language of their pages: en or es; null is English.</summary>
    public string? Language { get; set; }
    /// <summary>Mail address of the practice-admin who invited them; null for all others.</summary>
    public string? InvitedBy { get; set; }

    public string[] TerritoryCodes() => Territories.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    string IAudited.AuditKind => "user";
    string IAudited.AuditKey => Email ?? Id;
}

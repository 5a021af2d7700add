using System.Data.Common;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FieldSupport.Web.Data;

/// <summary>What happens at the door of the vault, in the audit: who, what for, which record; never the value.</summary>
public sealed class VaultAudit(Databases databases, AuditTrail trail) : IVaultAudit
{
    public Task Read(VaultPerson reader, VaultPurpose purpose, string? reason, IReadOnlyCollection<string> records, CancellationToken stop)
    {
        var why = WireName.Of(purpose) + (string.IsNullOrWhiteSpace(reason) ? "" : ": " + reason.Trim());
        return trail.Note(Actor(reader), records.Select(r => new AuditNote("vault.read", "vault", r, why)), stop);
    }

    public Task Refused(VaultPerson person, string what, CancellationToken stop) => trail.Denied(Actor(person), what, stop);

    public async Task Stored(DbTransaction within, VaultPerson person, IReadOnlyCollection<string> records, CancellationToken stop)
    {
        await using var db = databases.OpenWithin(within, Scope.None, Actor(person));
        foreach (var record in records) db.Note("vault.stored", "vault", record);
        await db.SaveChangesAsync(stop);
    }

    private static Actor Actor(VaultPerson person) => new(person.Name, person.Role);
}

public static class VaultBeside
{
    /// <summary>The door on this context's connection: what is stored joins the transaction that is open there. The caller disposes it.</summary>
    public static VaultDoor Beside(this PatientVault vault, FieldSupportDb db) =>
        vault.Beside(db.Database.GetDbConnection(), () => db.Database.CurrentTransaction?.GetDbTransaction());

    /// <summary>This actor at the door of the vault.</summary>
    /// <param name="accountId">The account of a practice's user.</param>
    public static VaultPerson AtTheVault(this Actor actor, Guid? accountId = null) => new(actor.Name, actor.Role, accountId);
}

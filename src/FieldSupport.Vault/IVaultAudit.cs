using System.Data.Common;

namespace FieldSupport.Vault;

/// <summary>Where the vault tells who did what. A value is handed out only after its reading is on record.</summary>
public interface IVaultAudit
{
    /// <summary>Values are about to be handed out: one entry a record.</summary>
    Task Read(VaultPerson reader, VaultPurpose purpose, string? reason, IReadOnlyCollection<string> records, CancellationToken stop);

    /// <summary>Somebody was refused.</summary>
    Task Refused(VaultPerson person, string what, CancellationToken stop);

    /// <summary>Values were stored, within a transaction that is still open: entries and values stand or fall together.</summary>
    Task Stored(DbTransaction within, VaultPerson person, IReadOnlyCollection<string> records, CancellationToken stop);
}

using FieldSupport.Web.Access;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>Entries that belong to no change of a row: refusals, reads of the vault, and the like. Each its own small transaction.</summary>
public sealed class AuditTrail(Databases databases)
{
    /// <summary>Somebody tried what the role never may.</summary>
    /// <param name="what">The permission or address; never what the record holds.</param>
    public Task Denied(Actor actor, string what, CancellationToken stop = default) => Note(actor, "access.denied", "access", what, stop: stop);

    /// <summary>Somebody read patient detail; the value itself is never repeated.</summary>
    public Task VaultRead(Actor actor, string purpose, string record, CancellationToken stop = default) =>
        Note(actor, "vault.read", "vault", record, purpose, stop: stop);

    /// <param name="action">Dotted, past tense.</param>
    /// <param name="key">What people call the thing; never patient detail.</param>
    public Task Note(Actor actor, string action, string kind, string key, string? reason = null, string? source = null, CancellationToken stop = default) =>
        Note(actor, [new AuditNote(action, kind, key, reason, source)], stop);

    /// <summary>Several entries, all or none.</summary>
    public async Task Note(Actor actor, IEnumerable<AuditNote> notes, CancellationToken stop = default)
    {
        await using var db = databases.Open(Scope.None, actor);
        db.Notes.AddRange(notes);
        await db.SaveChangesAsync(stop);
    }
}

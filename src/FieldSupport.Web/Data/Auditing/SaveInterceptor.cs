using System.Runtime.CompilerServices;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>
/// Every save: a new version for what changed, and the audit entries in the same transaction. Writers of the audit stand in line
/// (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock until commit), so the chain neither forks nor skips a number.
/// </summary>
public sealed class SaveInterceptor(AuditSeal seal, AuditAnchors anchors, TimeProvider clock) : SaveChangesInterceptor
{
    /// <summary>From here on entries are written in one go instead of being tracked each.</summary>
    private const int ManyEntries = 20;

    /// <summary>Any number, the same on every node.</summary>
    private const long AuditLock = 0x4653_4155_4449_54;

    // What a save has under way; the context itself need not know.
    private readonly ConditionalWeakTable<FieldSupportDb, Saving> _saves = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is FieldSupportDb db && Prepare(db) is { } save)
        {
            try
            {
                if (db.HasBulk) throw new NotSupportedException("Rows in bulk are saved with SaveChangesAsync.");
                if (db.Database.CurrentTransaction is null) save.Own = db.Database.BeginTransaction();
                if (!db.Database.IsSqlite()) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock({AuditLock})");
                Seal(save, Last(db).FirstOrDefault());
                Track(db, save);
            }
            catch
            {
                Failed(db);
                throw;
            }
        }
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is FieldSupportDb db && Prepare(db) is { } save)
        {
            try
            {
                if (db.Database.CurrentTransaction is null) save.Own = await db.Database.BeginTransactionAsync(cancellationToken);
                await Write(db, save, cancellationToken);
            }
            catch
            {
                Failed(db);
                throw;
            }
        }
        return result;
    }

    private async Task Write(FieldSupportDb db, Saving save, CancellationToken stop)
    {
        var many = save.Entries.Count >= ManyEntries;
        // In a caller's transaction, what goes past EF needs a point of its own to go back to when the save fails.
        if (save.Own is null && (db.HasBulk || many)) await db.Database.CurrentTransaction!.CreateSavepointAsync(save.Savepoint = "bulk", stop);
        // Before any row is locked, so that no two saves wait for each other.
        if (!db.Database.IsSqlite()) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AuditLock})", stop);
        if (db.HasBulk) await db.Bulk.WriteAsync(stop);
        if (save.Entries.Count == 0) return;
        Seal(save, await Last(db).FirstOrDefaultAsync(stop));
        if (many) await BulkRows.InsertNowAsync(db, save.Entries, stop);
        else Track(db, save);
    }

    private static void Track(FieldSupportDb db, Saving save)
    {
        db.Audit.AddRange(save.Entries);
        save.IsTracked = true;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (eventData.Context is FieldSupportDb db && _saves.TryGetValue(db, out var save))
        {
            save.Own?.Commit();
            Done(db, save);
        }
        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is FieldSupportDb db && _saves.TryGetValue(db, out var save))
        {
            // Not cancelled any more: the rows are written, and half a commit helps nobody.
            if (save.Own is not null) await save.Own.CommitAsync(CancellationToken.None);
            // A point that is left open keeps every page as it was before, in memory, until the caller's commit.
            else if (save.Savepoint is { } savepoint) await db.Database.CurrentTransaction!.ReleaseSavepointAsync(savepoint, CancellationToken.None);
            Done(db, save);
        }
        return result;
    }

    /// <summary>New versions, and the entries that this save owes; null when it owes none.</summary>
    private Saving? Prepare(FieldSupportDb db)
    {
        var tracked = db.ChangeTracker.Entries().ToList();
        Dictionary<Guid, string>? names = null;
        string? NameOf(Guid key)
        {
            names ??= tracked.Where(t => t.Entity is Entity and IAudited)
                .ToDictionary(t => ((Entity)t.Entity).Id, t => ((IAudited)t.Entity).AuditKey);
            return names.GetValueOrDefault(key);
        }

        var save = new Saving();
        var now = AuditSeal.Rounded(clock.GetUtcNow());
        AuditEntry Draft(string action, string kind, string key, string? reason, string? source, string? changes) => new()
        {
            AtUtc = now,
            Actor = AuditChanges.Clean(db.Actor.Name)!,
            Role = db.Actor.Role,
            Action = action,
            Kind = kind,
            Key = AuditChanges.Clean(key)!,
            Reason = AuditChanges.Clean(reason),
            Source = AuditChanges.Clean(source),
            Changes = changes,
            Hash = "",
        };

        foreach (var row in tracked)
        {
            var entity = row.Entity as Entity;
            if (entity is not null && row.State is EntityState.Added or EntityState.Modified) entity!.Version = Guid.CreateVersion7();
            if (entity is { Happenings.Count: > 0 })
            {
                var (kind, key) = Naming(row);
                var changes = AuditChanges.Of(row, NameOf);
                foreach (var happening in entity.Happenings)
                {
                    save.Entries.Add(Draft(happening.Action, kind, key, happening.Reason, happening.Source, changes));
                    // The fields stand once, with what happened first.
                    changes = null;
                }
                save.Told.Add(entity);
            }
            else if (row.Entity is IAudited && Verb(row.State) is { } verb && AuditChanges.Of(row, NameOf) is { } changes)
            {
                var (kind, key) = Naming(row);
                save.Entries.Add(Draft($"{kind}.{verb}", kind, key, null, null, changes));
            }
        }
        save.Noted = db.Notes.Count;
        foreach (var note in db.Notes) save.Entries.Add(Draft(note.Action, note.Kind, note.Key, note.Reason, note.Source, note.Changes));
        if (save.Entries.Count == 0 && !db.HasBulk) return null;

        // The event comes for every failure, a stale version among them; the interceptor's own method does not.
        save.OnFailed = (_, _) => Failed(db);
        db.SaveChangesFailed += save.OnFailed;
        _saves.AddOrUpdate(db, save);
        return save;
    }

    private static string? Verb(EntityState state) => state switch
    {
        EntityState.Added => "added",
        EntityState.Modified => "changed",
        EntityState.Deleted => "removed",
        _ => null,
    };

    private static (string Kind, string Key) Naming(EntityEntry row)
    {
        if (row.Entity is IAudited audited)
        {
            // A key made with the parent's name, the parent not loaded: fetch it, a nameless entry helps nobody.
            if (audited.AuditKey.StartsWith('/'))
                foreach (var parent in row.References)
                    if (!parent.IsLoaded) parent.Load();
            return (audited.AuditKind, audited.AuditKey);
        }
        var kind = row.Metadata.ClrType.Name;
        var key = row.Metadata.FindProperty("Number") is { } number ? row.Property(number.Name).CurrentValue as string : null;
        return (char.ToLowerInvariant(kind[0]) + kind[1..], key ?? ((Entity)row.Entity).Id.ToString());
    }

    private static IQueryable<Link> Last(FieldSupportDb db) =>
        db.Audit.AsNoTracking().OrderByDescending(e => e.Sequence).Select(e => new Link(e.Sequence, e.Hash));

    private void Seal(Saving save, Link? last)
    {
        var sequence = last?.Sequence ?? 0;
        var hash = last?.Hash ?? AuditSeal.Beginning;
        foreach (var entry in save.Entries)
        {
            entry.Sequence = ++sequence;
            entry.Hash = hash = seal.Hash(entry, hash, begins: last is null);
        }
    }

    private void Done(FieldSupportDb db, Saving save)
    {
        End(db, save);
        foreach (var entity in save.Told) entity.ForgetHappenings();
        db.Notes.RemoveRange(0, save.Noted);
        if (db.HasBulk) db.Bulk.Forget();
        if (save.Entries.Count > 0) anchors.Touch();
    }

    private void Failed(FieldSupportDb db)
    {
        if (!_saves.TryGetValue(db, out var save)) return;
        if (save is { Own: null, Savepoint: { } savepoint } && db.Database.CurrentTransaction is { } transaction) transaction.RollbackToSavepoint(savepoint);
        // Disposing what was not committed rolls it back.
        End(db, save);
    }

    private void End(FieldSupportDb db, Saving save)
    {
        _saves.Remove(db);
        db.SaveChangesFailed -= save.OnFailed;
        save.Own?.Dispose();
        if (save.IsTracked)
            foreach (var entry in save.Entries) db.Entry(entry).State = EntityState.Detached;
    }

    private sealed record Link(long Sequence, string Hash);

    private sealed class Saving
    {
        public List<AuditEntry> Entries { get; } = [];
        public List<Entity> Told { get; } = [];
        public int Noted { get; set; }
        /// <summary>The entries are written by EF; else in bulk, or not yet.</summary>
        public bool IsTracked { get; set; }
        /// <summary>The transaction, where the caller had none.</summary>
        public IDbContextTransaction? Own { get; set; }
        /// <summary>Where to go back to in a caller's transaction; null when nothing needs it.</summary>
        public string? Savepoint { get; set; }
        public EventHandler<SaveChangesFailedEventArgs>? OnFailed { get; set; }
    }
}

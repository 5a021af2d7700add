using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FieldSupport.Vault;

/// <summary>
/// The one public door to patient detail. Reading asks who and what for, and is on record before a value leaves; who may not is
/// refused, and that is on record too. Another practice's records are as if they were not there.
/// </summary>
public sealed class VaultDoor : IAsyncDisposable
{
    /// <summary>Longest reference, in characters.</summary>
    public const int LongestReference = 200;
    /// <summary>Longest narrative of a safety report, in characters.</summary>
    public const int LongestNarrative = 10_000;

    private readonly VaultDb _db;
    private readonly VaultKeys _keys;
    private readonly VaultCipher _cipher;
    private readonly IVaultAudit _audit;
    private readonly TimeProvider _clock;
    private readonly Func<DbTransaction?>? _beside;

    internal VaultDoor(VaultDb db, VaultKeys keys, IVaultAudit audit, TimeProvider clock, Func<DbTransaction?>? beside) =>
        (_db, _keys, _cipher, _audit, _clock, _beside) = (db, keys, new VaultCipher(keys), audit, clock, beside);

    /// <summary>Keeps a practice's own reference for a visit; one that is there is replaced.</summary>
    /// <returns>False when the very same was kept already.</returns>
    /// <exception cref="VaultRefusal">vault.role, vault.account, vault.reference.</exception>
    public async Task<bool> StoreVisitReference(string visitKey, Guid accountId, string reference, VaultPerson by, CancellationToken stop = default) =>
        await StoreVisitReferences([new(visitKey, accountId, reference)], by, stop) == 1;

    /// <summary>Keeps many at once, all or none.</summary>
    /// <returns>How many were new or changed.</returns>
    /// <exception cref="VaultRefusal">vault.role, vault.account, vault.reference.</exception>
    public async Task<int> StoreVisitReferences(IReadOnlyCollection<VisitReferenceEntry> entries, VaultPerson by, CancellationToken stop = default)
    {
        if (!by.MayStore) throw await Refuse(by, "vault.role", "Your role does not store patient detail.", stop);
        foreach (var entry in entries)
        {
            if (!by.Reaches(entry.AccountId)) throw await Refuse(by, "vault.account", "That visit is not one of your practice.", stop);
            Check(entry);
        }
        var joined = Join();
        await using var own = joined is null ? await _db.Database.BeginTransactionAsync(stop) : null;
        var transaction = joined ?? own!.GetDbTransaction();
        try
        {
            var kept = await Find(entries.Select(e => e.VisitKey), stop);
            await NeedKey(stop);
            var now = _clock.GetUtcNow();
            var changed = new HashSet<string>();
            foreach (var entry in entries)
            {
                if (!kept.TryGetValue(entry.VisitKey, out var row))
                {
                    row = new VisitReference { VisitKey = entry.VisitKey, AccountId = entry.AccountId, Reference = [], KeyId = "" };
                    _db.VisitReferences.Add(row);
                    kept.Add(entry.VisitKey, row);
                }
                else if (row.AccountId != entry.AccountId)
                {
                    // A key that moves between accounts would hand one practice's patient to another.
                    throw new VaultRefusal("vault.account", $"Visit {entry.VisitKey} belongs to another account.");
                }
                else if (_cipher.Open(row.Reference, row.ReferenceCell) == entry.Reference)
                {
                    continue;
                }
                (row.Reference, row.KeyId) = _cipher.Seal(entry.Reference, row.ReferenceCell);
                row.StoredAtUtc = now;
                changed.Add(entry.VisitKey);
            }
            if (changed.Count > 0)
            {
                await _db.SaveChangesAsync(stop);
                await _audit.Stored(transaction, by, changed, stop);
            }
            if (own is not null) await own.CommitAsync(stop);
            return changed.Count;
        }
        finally
        {
            // What the caller rolls back must not linger here as if it were stored.
            _db.ChangeTracker.Clear();
        }
    }

    /// <summary>How references on their way in compare with what is kept, by visit key; a preview asks this.</summary>
    /// <exception cref="VaultRefusal">vault.role, vault.account, vault.reference.</exception>
    public async Task<IReadOnlyDictionary<string, VaultComparison>> CompareVisitReferences(
        IReadOnlyCollection<VisitReferenceEntry> entries, VaultPerson by, CancellationToken stop = default)
    {
        if (!by.MayStore) throw await Refuse(by, "vault.role", "Your role does not store patient detail.", stop);
        Join();
        var kept = await Find(entries.Select(e => e.VisitKey), stop);
        _db.ChangeTracker.Clear();
        var compared = new Dictionary<string, VaultComparison>();
        foreach (var entry in entries)
        {
            if (!by.Reaches(entry.AccountId)) throw new VaultRefusal("vault.account", "That visit is not one of your practice.");
            Check(entry);
            compared[entry.VisitKey] = !kept.TryGetValue(entry.VisitKey, out var row) ? VaultComparison.New
                : row.AccountId == entry.AccountId && _cipher.Open(row.Reference, row.ReferenceCell) == entry.Reference ? VaultComparison.Same
                : VaultComparison.Changed;
        }
        return compared;
    }

    /// <summary>
    /// Which of the visits have a reference, and which of the candidates each one's is: what somebody holds in their hand is recognised, and
    /// nothing leaves that they did not bring.
    /// </summary>
    /// <param name="candidates">By visit key.</param>
    /// <returns>By the keys of those that have a reference; null where it is none of the candidates.</returns>
    /// <exception cref="VaultRefusal">vault.role.</exception>
    public async Task<IReadOnlyDictionary<string, string?>> MatchVisitReferences(
        IReadOnlyDictionary<string, IReadOnlySet<string>> candidates, VaultPerson by, CancellationToken stop = default)
    {
        if (!by.MayStore) throw await Refuse(by, "vault.role", "Your role does not store patient detail.", stop);
        Join();
        var kept = await Find(candidates.Keys, stop);
        _db.ChangeTracker.Clear();
        return kept.Values.Where(r => by.Reaches(r.AccountId)).ToDictionary(r => r.VisitKey, r =>
            _cipher.Open(r.Reference, r.ReferenceCell) is var value && candidates[r.VisitKey].Contains(value) ? value : null);
    }

    /// <summary>A visit's reference; null when there is none within the reader's reach.</summary>
    /// <param name="reason">In the reader's words; a specialist must give one.</param>
    /// <exception cref="VaultRefusal">vault.role, vault.purpose.</exception>
    public async Task<string?> ReadVisitReference(
        string visitKey, VaultPurpose purpose, string? reason, VaultPerson reader, CancellationToken stop = default) =>
        (await ReadVisitReferences([visitKey], purpose, reason, reader, stop)).GetValueOrDefault(visitKey);

    /// <summary>References of many visits, by visit key; those that are not there are left out.</summary>
    /// <param name="reason">In the reader's words; a specialist must give one.</param>
    /// <exception cref="VaultRefusal">vault.role, vault.purpose.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadVisitReferences(
        IReadOnlyCollection<string> visitKeys, VaultPurpose purpose, string? reason, VaultPerson reader, CancellationToken stop = default)
    {
        // The entry must outlast a rollback, and a second writer would wait for the first for ever.
        if (_beside?.Invoke() is not null) throw new InvalidOperationException("The vault is not read inside a transaction; read first, or after the commit.");
        if (!reader.MayRead) throw await Refuse(reader, "vault.role", "Your role does not read patient detail.", stop);
        if (!Enum.IsDefined(purpose) || !Fits(purpose, reader) || (!reader.IsOfPractice && string.IsNullOrWhiteSpace(reason)))
            throw await Refuse(reader, "vault.purpose", "State what you read this patient detail for, and why.", stop);

        var found = (await Find(visitKeys, stop)).Values.Where(r => reader.Reaches(r.AccountId)).ToList();
        _db.ChangeTracker.Clear();
        var values = found.ToDictionary(r => r.VisitKey, r => _cipher.Open(r.Reference, r.ReferenceCell));
        if (values.Count > 0) await _audit.Read(reader, purpose, reason, values.Keys, stop);
        return values;
    }

    /// <summary>That there is a reference and since when, without it; null when there is none within reach.</summary>
    /// <exception cref="VaultRefusal">vault.role.</exception>
    public async Task<VaultRecord?> DescribeVisitReference(string visitKey, VaultPerson person, CancellationToken stop = default)
    {
        if (!person.MayDescribe) throw await Refuse(person, "vault.role", "Your role does not see what the vault keeps.", stop);
        Join();
        var row = await _db.VisitReferences.AsNoTracking().Where(r => r.VisitKey == visitKey)
            .Select(r => new { r.AccountId, r.VisitKey, r.StoredAtUtc, r.KeyId }).FirstOrDefaultAsync(stop);
        return row is not null && person.Reaches(row.AccountId) ? new(row.VisitKey, row.StoredAtUtc, row.KeyId) : null;
    }

    /// <summary>Keeps what somebody told of an adverse event or a product complaint, under the number of its report. Written once, never changed.</summary>
    /// <exception cref="VaultRefusal">vault.role, vault.narrative.</exception>
    public async Task StoreSafetyNarrative(string number, string narrative, VaultPerson by, CancellationToken stop = default)
    {
        if (!by.MayReport) throw await Refuse(by, "vault.role", "A report is made by a person.", stop);
        if (string.IsNullOrWhiteSpace(narrative) || narrative.Length > LongestNarrative)
            throw new VaultRefusal("vault.narrative", $"What happened is told in 1 to {LongestNarrative} characters.");
        var joined = Join();
        await using var own = joined is null ? await _db.Database.BeginTransactionAsync(stop) : null;
        try
        {
            if (await _db.SafetyNarratives.AnyAsync(n => n.Number == number, stop)) throw new VaultRefusal("vault.narrative", $"{number} has been told already.");
            await NeedKey(stop);
            var row = new SafetyNarrative { Number = number, Narrative = [], KeyId = "", StoredAtUtc = _clock.GetUtcNow() };
            (row.Narrative, row.KeyId) = _cipher.Seal(narrative, row.NarrativeCell);
            _db.SafetyNarratives.Add(row);
            await _db.SaveChangesAsync(stop);
            await _audit.Stored(joined ?? own!.GetDbTransaction(), by, [number], stop);
            if (own is not null) await own.CommitAsync(stop);
        }
        finally
        {
            _db.ChangeTracker.Clear();
        }
    }

    /// <summary>What was told under a report's number; null when nothing was.</summary>
    /// <param name="purpose"><see cref="VaultPurpose.SafetyReview"/>; there is no other.</param>
    /// <exception cref="VaultRefusal">vault.role, vault.purpose.</exception>
    public async Task<string?> ReadSafetyNarrative(string number, VaultPurpose purpose, VaultPerson reader, CancellationToken stop = default)
    {
        if (_beside?.Invoke() is not null) throw new InvalidOperationException("The vault is not read inside a transaction; read first, or after the commit.");
        if (!reader.MayReadReports) throw await Refuse(reader, "vault.role", "Your role does not read what was reported.", stop);
        if (purpose is not VaultPurpose.SafetyReview) throw await Refuse(reader, "vault.purpose", "A report is read to work it, and for nothing else.", stop);
        if (await _db.SafetyNarratives.AsNoTracking().SingleOrDefaultAsync(n => n.Number == number, stop) is not { } row) return null;
        var narrative = _cipher.Open(row.Narrative, row.NarrativeCell);
        await _audit.Read(reader, purpose, reason: null, [number], stop);
        return narrative;
    }

    /// <summary>Encrypts values under older keys with the current one, a batch at a time. Nothing leaves.</summary>
    /// <returns>How many it did; 0 when none is left.</returns>
    public async Task<int> Reseal(int atMost = 500, CancellationToken stop = default)
    {
        if (!_keys.Exist) return 0;
        var current = _keys.Current().Id;
        Join();
        await using var own = _db.Database.CurrentTransaction is null ? await _db.Database.BeginTransactionAsync(stop) : null;
        var done = 0;
        foreach (var table in SealedTables)
            if (done < atMost) done += await table(current, atMost - done, stop);
        await _db.SaveChangesAsync(stop);
        if (own is not null) await own.CommitAsync(stop);
        _db.ChangeTracker.Clear();
        return done;
    }

    /// <summary>Opens every value with the keys at hand and forgets it: whether a restored vault can be read at all. Nothing leaves.</summary>
    /// <returns>How many values there are, and how many of them do not open: changed, or without their key.</returns>
    public async Task<(int Values, int Unreadable)> Probe(CancellationToken stop = default)
    {
        var (values, unreadable) = (0, 0);
        await foreach (var row in Sealed(_db.VisitReferences).Concat(Sealed(_db.SafetyNarratives)).WithCancellation(stop))
        {
            values++;
            try
            {
                _cipher.Open(row.Sealed, row.Cell);
            }
            catch (Exception e) when (e is CryptographicException or InvalidOperationException or ArgumentException)
            {
                unreadable++;
            }
        }
        return (values, unreadable);
    }

    private static IAsyncEnumerable<ISealed> Sealed<T>(DbSet<T> table) where T : class, ISealed => table.AsNoTracking().AsAsyncEnumerable();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _db.DisposeAsync();

    /// <summary>Every table that holds sealed values; what is missing here is never resealed.</summary>
    private IReadOnlyList<Func<string, int, CancellationToken, Task<int>>> SealedTables =>
    [
        (current, atMost, stop) => SealAnew(_db.VisitReferences, current, atMost, stop),
        (current, atMost, stop) => SealAnew(_db.SafetyNarratives, current, atMost, stop),
    ];

    private async Task<int> SealAnew<T>(DbSet<T> table, string current, int atMost, CancellationToken stop) where T : class, ISealed
    {
        var rows = await table.Where(r => r.KeyId != current).OrderBy(r => r.Id).Take(atMost).ToListAsync(stop);
        foreach (var row in rows) (row.Sealed, row.KeyId) = _cipher.Seal(_cipher.Open(row.Sealed, row.Cell), row.Cell);
        return rows.Count;
    }

    /// <summary>With values there and no key, a new key would hide that the right one was lost.</summary>
    private async Task NeedKey(CancellationToken stop)
    {
        if (!_keys.Exist && (await _db.VisitReferences.AnyAsync(stop) || await _db.SafetyNarratives.AnyAsync(stop)))
            throw new InvalidOperationException("FieldSupport:KeyFolder holds no vault-current, though the vault holds values; put the vault's key files back.");
    }

    private static bool Fits(VaultPurpose purpose, VaultPerson reader) => reader.IsOfPractice
        ? purpose is VaultPurpose.PatientCare or VaultPurpose.PatientRequest or VaultPurpose.PracticeExport
        : purpose is VaultPurpose.CaseWork or VaultPurpose.PatientRequest;

    private static void Check(VisitReferenceEntry entry)
    {
        if (string.IsNullOrWhiteSpace(entry.VisitKey)) throw new VaultRefusal("vault.reference", "A reference needs the key of its visit.");
        if (string.IsNullOrWhiteSpace(entry.Reference) || entry.Reference.Length > LongestReference)
            throw new VaultRefusal("vault.reference", $"The reference of visit {entry.VisitKey} must have 1 to {LongestReference} characters.");
    }

    private async Task<VaultRefusal> Refuse(VaultPerson person, string code, string sentence, CancellationToken stop)
    {
        // Inside somebody's transaction the audit has no line of its own; the caller's refusal rolls that back anyway.
        if (_beside?.Invoke() is null) await _audit.Refused(person, code, stop);
        return new(code, sentence);
    }

    private DbTransaction? Join()
    {
        if (_beside is null) return null;
        var theirs = _beside();
        if (_db.Database.CurrentTransaction?.GetDbTransaction() != theirs) _db.Database.UseTransaction(theirs);
        return theirs;
    }

    private async Task<Dictionary<string, VisitReference>> Find(IEnumerable<string> visitKeys, CancellationToken stop)
    {
        var found = new Dictionary<string, VisitReference>();
        foreach (var keys in visitKeys.Distinct().Chunk(500))
            foreach (var row in await _db.VisitReferences.Where(r => keys.Contains(r.VisitKey)).ToListAsync(stop))
                found.Add(row.VisitKey, row);
        return found;
    }
}

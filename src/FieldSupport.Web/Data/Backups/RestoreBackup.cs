using System.Security.Cryptography;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data.Auditing;
using FieldSupport.Web.Exchange.Mail;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data.Backups;

/// <summary>What a restore, or its rehearsal, did and found.</summary>
/// <param name="SetAside">Where the database is now that was there before.</param>
/// <param name="WentAlready">Notices that waited in the backup and were mailed after it.</param>
/// <param name="Parked">Notices that waited in the backup, and nothing says whether they were mailed after it.</param>
/// <param name="IsJournalKnown">Whether the journal of sent mail reaches back to the backup.</param>
/// <param name="Findings">What is wrong with what was restored; it was so when the backup was made.</param>
public sealed record RestoreReport(
    BackupManifest Manifest, bool Restored, string? SetAside, long AuditEntries, bool AuditOk, int VaultValues, int Attachments, int WentAlready, int Parked, bool IsJournalKnown, IReadOnlyList<string> Findings);

/// <summary>
/// Makes a database of a backup, beside the one that is there, looks at it, and only then puts it in its place: killed at any line, either
/// the old database is there, or the new one, or none and the old one aside. A rehearsal ends with the look.
/// </summary>
public sealed class RestoreBackup(Checked settings, AuditSeal seal, TimeProvider clock)
{
    /// <summary>Numbers given after the backup are in mails and on paper: they must not come to mean something else.</summary>
    private const int NumbersSkipped = 1000;

    /// <summary>Begins the name of what is laid beside, until it moves in; digits of chance follow.</summary>
    internal const string Word = "restore_";
    private const int Chance = 8;

    /// <summary>Whether a name is one that a restore gave: what somebody else calls "restore_" and a date is theirs, and is never removed.</summary>
    internal static bool IsOurs(string word) =>
        word.StartsWith(Word, StringComparison.Ordinal) && word.Length == Word.Length + 2 * Chance && word.AsSpan(Word.Length).IndexOfAnyExcept(Digits) < 0;

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>The two steps of the swap, as they are told: between them there is no database in its place.</summary>
    public const string SettingAside = "setting aside what is there", MovingIn = "moving in what was restored";

    /// <param name="isRehearsal">Lays out and looks, and changes nothing.</param>
    /// <param name="mayReplace">Sets a database aside that holds something.</param>
    /// <param name="sentFolder">A data folder whose journal of sent mail is asked; null for this installation's.</param>
    public async Task<RestoreReport> Run(string path, bool isRehearsal, bool mayReplace, string? sentFolder, Action<string> progress, CancellationToken stop)
    {
        if (!seal.HasKey) throw new VerbFailedException($"FieldSupport:KeyFolder ({settings.KeyFolder}) holds no {AuditSeal.KeyFileName}. A backup holds no keys: put the key folder of the installation that made it there, then restore.");
        progress("checking the file");
        using var backup = await BackupReader.Open(path, seal, stop);
        await Fit(backup.Manifest);
        var copy = settings.Copy();
        if (!isRehearsal && !mayReplace && await copy.HoldsAnything(stop))
            throw new VerbFailedException($"There is a database with data in it: {DatabasePlace.Of(settings)}. Nothing was changed. With --replace it is set aside and the backup takes its place.");

        var isMovedIn = true;
        var laid = copy.Beside((isRehearsal ? "verify_" : Word) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Chance)));
        try
        {
            await copy.Lay(backup, laid, progress, stop);
            var findings = (await copy.Problems(laid, backup.Manifest, stop)).ToList();
            var files = await LayFiles(backup, laid, findings, progress, stop);
            await using var place = RestoredPlace.At(laid, clock);
            await place.Get<Migrator>().MigrateAsync(stop);
            progress("verifying the audit");
            await using var db = place.Get<Databases>().Open(Scope.System, Actor.CommandLine);
            var audit = await place.Get<AuditChain>().Verify(db, stop);
            if (!audit.Ok) findings.Add($"The audit: {audit.Problem}");
            var values = await LookAtVault(place, findings, stop);
            await LookAtPhotos(db, laid, findings, stop);
            if (isRehearsal) return new(backup.Manifest, Restored: false, null, audit.Entries, audit.Ok, values, files, 0, 0, false, findings);

            progress("putting it in place");
            var since = SentJournal.Since(sentFolder ?? settings.DataFolder, backup.Manifest.Id);
            var (went, parked) = await Reconcile(db, backup.Manifest, since, path, stop);
            await GoOnFromHere(place, db, backup.Manifest, findings, stop);
            await db.Database.CloseConnectionAsync();
            KeepFiles(laid);
            SentJournal.Carry(settings.DataFolder, since ?? []);
            progress(SettingAside);
            var aside = await copy.SetAside(clock.GetUtcNow(), stop);
            // From here on to its end, whatever is pressed.
            isMovedIn = false;
            try
            {
                progress(MovingIn);
                await copy.MoveIn(laid, CancellationToken.None);
            }
            catch (Exception e)
            {
                throw new VerbFailedException($"The restored database is whole, at {DatabasePlace.Of(laid)}, and could not take its place ({e.Message.TrimEnd('.')}). {(aside is null ? "There was none before." : $"What was there before is {aside}.")} Both are kept: stop whatever uses {DatabasePlace.Of(settings)}, and restore again with --replace.");
            }
            isMovedIn = true;
            File.Move(place.Get<AuditAnchors>().Path, Made(AuditAnchors.PathIn(settings)), overwrite: true);
            // Whatever earlier restores were making when they were cut short: this one finished it.
            await Clear(copy, findings);
            return new(backup.Manifest, Restored: true, aside, audit.Entries, audit.Ok, values, files, went, parked, since is not null, findings);
        }
        finally
        {
            if (isMovedIn) await copy.Drop(laid);
        }
    }

    private static async Task Clear(IDatabaseCopy copy, List<string> findings)
    {
        try
        {
            foreach (var leftover in await copy.Leftovers(CancellationToken.None)) await copy.Drop(leftover);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            findings.Add($"What an earlier restore left behind could not be removed: {e.Message}");
        }
    }

    private async Task Fit(BackupManifest manifest)
    {
        var ours = settings.IsSqlite ? "Sqlite" : "Postgres";
        if (manifest.Provider != ours)
            throw new BadBackupException($"The backup is of a database on {manifest.Provider}, and FieldSupport:Database:Provider is {ours}; nothing was written. Restore it with FieldSupport:Database:Provider={manifest.Provider}.");
        await using var here = RestoredPlace.At(settings);
        await using var db = here.Get<Databases>().Open(Scope.None, Actor.Nobody);
        if (!db.Database.GetMigrations().Contains(manifest.MainMigration) || !here.KnowsOfVault(manifest.VaultMigration))
            throw new BadBackupException($"The backup was made by a newer program ({manifest.Program}) than this one ({VerbHelp.Version}); nothing was written. Restore it with that program.");
    }

    private async Task<int> LayFiles(BackupReader backup, Checked laid, List<string> findings, Action<string> progress, CancellationToken stop)
    {
        if (backup.Has(MakeBackup.Anchors))
        {
            await using var anchors = await backup.Read(MakeBackup.Anchors, stop);
            await using var file = File.Create(Made(AuditAnchors.PathIn(laid)));
            await anchors.CopyToAsync(file, stop);
        }
        var store = new Attachments(laid, clock);
        var files = 0;
        foreach (var name in backup.Below(MakeBackup.Attachments))
        {
            await using var entry = await backup.Read(MakeBackup.Attachments + name, stop);
            using var content = new MemoryStream();
            await entry.CopyToAsync(content, stop);
            if (await store.Write(content.ToArray(), stop) != name) findings.Add($"The attachment {name} is not what its name says; it was damaged before the backup was made.");
            if (++files % 100 == 0) progress($"{files} attachments");
        }
        return files;
    }

    private static async Task<int> LookAtVault(RestoredPlace place, List<string> findings, CancellationToken stop)
    {
        var (values, unreadable) = await place.ProbeVault(stop);
        if (unreadable > 0) findings.Add($"{unreadable} of {values} values of the vault do not open with the keys in FieldSupport:KeyFolder. Add the vault's key files of the time of the backup.");
        return values;
    }

    private async Task LookAtPhotos(FieldSupportDb db, Checked laid, List<string> findings, CancellationToken stop)
    {
        var store = new Attachments(laid, clock);
        var missing = 0;
        await foreach (var hash in db.Set<ReceiptPhoto>().AsNoTracking().Select(p => p.Sha256).Distinct().AsAsyncEnumerable().WithCancellation(stop))
        {
            await using var file = store.Open(hash);
            if (file is null) missing++;
        }
        if (missing > 0) findings.Add($"{missing} photos of receipts are named in the database and not in the backup.");
    }

    /// <summary>
    /// No mail goes twice. What the journal saw going is marked so; where the journal does not reach back to the backup, what waits is held
    /// for a person, for nobody knows whether it went.
    /// </summary>
    private static async Task<(int Went, int Parked)> Reconcile(FieldSupportDb db, BackupManifest manifest, IReadOnlyList<SentLine>? since, string path, CancellationToken stop)
    {
        var mailed = SentJournal.ByNotice(since ?? []);
        var (went, parked) = (0, 0);
        var waiting = await db.Notices.Where(n => n.State == NoticeState.Queued || n.State == NoticeState.Failed).ToListAsync(stop);
        foreach (var notice in waiting)
        {
            if (mailed.TryGetValue(SentJournal.NameOf(notice), out var at))
            {
                (notice.State, notice.SentAtUtc, notice.NextAttemptAtUtc, notice.LastError) = (NoticeState.Sent, at, null, NoticeSender.WentBeforeRestore);
                went++;
            }
            else if (since is null)
            {
                (notice.State, notice.NextAttemptAtUtc, notice.BundleId) = (NoticeState.Parked, null, null);
                notice.LastError = $"It waited when the backup of {manifest.MadeAtUtc:yyyy-MM-dd HH:mm} UTC was made, and nothing here says whether it went afterwards. If it did not reach them, queue it again.";
                parked++;
            }
        }
        foreach (var series in await db.NumberSeries.ToListAsync(stop)) series.Next += NumbersSkipped;
        db.Note(AuditChain.Restored, "backup", manifest.Id.ToString("N"), $"{Path.GetFileName(path)}, made {manifest.MadeAtUtc:yyyy-MM-dd'T'HH:mm:ss'Z'}; {went} notices had gone already, {parked} are parked");
        await db.SaveChangesAsync(stop);
        return (went, parked);
    }

    /// <summary>The anchors that this installation has stay, with a line that says where the table goes on.</summary>
    private async Task GoOnFromHere(RestoredPlace place, FieldSupportDb db, BackupManifest manifest, List<string> findings, CancellationToken stop)
    {
        var anchors = place.Get<AuditAnchors>();
        if (AuditAnchors.PathIn(settings) is var ours && File.Exists(ours)) File.Copy(ours, Made(anchors.Path), overwrite: true);
        anchors.AppendRestore(manifest.AuditSequence, manifest.AuditHash);
        var verdict = await place.Get<AuditChain>().Verify(db, stop);
        if (!verdict.Ok && !findings.Exists(f => f.StartsWith("The audit", StringComparison.Ordinal))) findings.Add($"The audit and this installation's anchors: {verdict.Problem}");
        if (!verdict.Ok) await place.Get<AuditChain>().Anchor(db, stop);
    }

    private void KeepFiles(Checked laid)
    {
        var from = Attachments.FolderIn(laid);
        if (!Directory.Exists(from)) return;
        var to = Attachments.FolderIn(settings);
        Directory.CreateDirectory(to);
        // Named by its hash and written under it: what is there may be damaged, this is not.
        foreach (var file in Directory.EnumerateFiles(from)) File.Move(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>The path, its folder made.</summary>
    private static string Made(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}

using FieldSupport.Web.Data.Backups;

namespace FieldSupport.Web.Commands;

/// <summary><c>backup FILE</c>: a copy of everything but the keys, while the server runs.</summary>
public sealed class BackupVerb : IVerb
{
    public string Name => "backup";
    public string Usage => "FILE";
    public string Help => "Writes one file with the whole database as it is at one moment, the vault (encrypted as it lies), the attachments and the audit's anchors, while the server runs. Every write that was answered before the call is in it."
        + " Keys are not: copy FieldSupport:KeyFolder to another place, by another way; without it a backup can be neither restored nor read. An existing FILE is not written over.";
    public bool Writes => true;
    public bool MakesDatabase => false;
    public (int Least, int Most) Words => (1, 1);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        var path = call.Words[0];
        if (File.Exists(path) || Directory.Exists(path)) throw new VerbFailedException($"{path} is there already; nothing was written. Give another name.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder)) throw new VerbFailedException($"There is no folder {folder}; nothing was written.");
        var (manifest, bytes) = await call.Get<MakeBackup>().Run(path, call.Progress, call.Cancel);
        call.EndProgress();
        await using (var db = call.Open())
        {
            db.Note("backup.made", "backup", manifest.Id.ToString("N"), Path.GetFileName(path));
            await db.SaveChangesAsync(call.Cancel);
        }
        var rows = manifest.Tables.Sum(t => t.Rows);
        await call.Answer(new { file = Path.GetFullPath(path), manifest.Id, manifest.MadeAtUtc, bytes, manifest.Provider, tables = manifest.Tables.Count, rows, manifest.Attachments, auditEntries = manifest.AuditSequence },
            to => to.WriteLineAsync($"{path}: {rows:n0} rows of {manifest.Tables.Count} tables, {manifest.Attachments:n0} attachments, {bytes:n0} bytes. The keys are not in it: keep a copy of FieldSupport:KeyFolder elsewhere."));
        return ExitCode.Done;
    }
}

/// <summary><c>restore FILE</c>: makes the database of a backup; with <c>--verify</c> only looks whether that would work.</summary>
public sealed class RestoreVerb : IVerb
{
    public string Name => "restore";
    public string Usage => "FILE [--verify] [--replace] [--sent FOLDER]";
    public string Help => "Makes the database and the attachments of a backup. The file is checked whole first, and what it makes is looked at before it takes the database's place: rows, references, the audit's chain, every value of the vault, every photo. A damaged file is refused and nothing is written."
        + " With --verify it is laid out beside, looked at and thrown away. Stop the server first, and start it afterwards; it goes on where the backup ended. What was mailed since, as the journal in the data folder (mail-sent) tells, does not go again;"
        + " where that is lost, notices that waited are parked for a person to look at. Exit 4: restored, or verified, and something in it is to be put right.";
    public bool NeedsSchema => false;
    public (int Least, int Most) Words => (1, 1);
    public IReadOnlyList<VerbOption> Options { get; } =
    [
        new("verify", null, "lays it out beside, looks at it and throws it away"),
        new("replace", null, "sets a database aside that holds something"),
        new("sent", "FOLDER", "the data folder whose journal of sent mail counts, when restoring elsewhere"),
    ];

    public async Task<int> Run(VerbCall call)
    {
        var (isRehearsal, sent) = (call.Has("verify"), call.Value("sent"));
        if (isRehearsal && (call.Has("replace") || sent is not null)) throw new WrongUseException("--verify changes nothing; --replace and --sent are for a restore.");
        if (sent is not null && !Directory.Exists(sent)) throw new WrongUseException($"There is no folder {sent}.");
        var report = await call.Get<RestoreBackup>().Run(call.Words[0], isRehearsal, call.Has("replace"), sent, call.Progress, call.Cancel);
        call.EndProgress();
        await call.Answer(
            new
            {
                report.Manifest.Id, report.Manifest.MadeAtUtc, report.Restored, report.SetAside, rows = report.Manifest.Tables.Sum(t => t.Rows), report.AuditEntries, report.AuditOk,
                report.VaultValues, report.Attachments, noticesSentSince = report.WentAlready, noticesParked = report.Parked, journalKnown = report.IsJournalKnown, report.Findings,
            },
            to => Write(to, report));
        return report.Findings.Count == 0 ? ExitCode.Done : ExitCode.Findings;
    }

    private static async Task Write(TextWriter to, RestoreReport report)
    {
        await to.WriteLineAsync($"{(report.Restored ? "Restored" : "Verified, nothing changed")}: the backup of {report.Manifest.MadeAtUtc:yyyy-MM-dd HH:mm:ss} UTC, {report.Manifest.Tables.Sum(t => t.Rows):n0} rows, {report.AuditEntries:n0} audit entries, {report.VaultValues:n0} values of the vault, {report.Attachments:n0} attachments.");
        foreach (var finding in report.Findings) await to.WriteLineAsync($"  {finding}");
        if (!report.Restored) return;
        if (report.SetAside is { } aside) await to.WriteLineAsync($"What was there before is now {aside}; delete it when you no longer need it.");
        if (report.WentAlready > 0) await to.WriteLineAsync($"{report.WentAlready} notices that waited in the backup had been mailed since; they do not go again.");
        if (report.Parked > 0) await to.WriteLineAsync($"{report.Parked} notices waited in the backup, and no journal says whether they were mailed since: they are parked. See /status, Notices.");
        if (!report.IsJournalKnown) await to.WriteLineAsync("No journal of sent mail reaches back to this backup; rungs told after it are told again, under the same Message-IDs.");
        await to.WriteLineAsync("Start the server. People, passwords and API tokens are as they were then: 'keys rotate --revoke-all' signs everybody out. What was imported since is imported again by its files.");
    }
}

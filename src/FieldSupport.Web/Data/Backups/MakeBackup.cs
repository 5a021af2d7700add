using System.IO.Compression;
using System.Text.Json;
using FieldSupport.Domain.Operations;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data.Auditing;
using FieldSupport.Web.Exchange.Mail;

namespace FieldSupport.Web.Data.Backups;

/// <summary>
/// Writes one file with the database of one moment, the attachments and the anchors of the audit, and no key. Made under another name and
/// given its own when it is whole and on the disk.
/// </summary>
public sealed class MakeBackup(Checked settings, AuditSeal seal, AuditAnchors anchors, SentJournal journal, TimeProvider clock)
{
    internal const string Attachments = "attachments/", Anchors = "anchors.jsonl";

    /// <returns>What the backup says of itself, and its size in bytes.</returns>
    public async Task<(BackupManifest Manifest, long Bytes)> Run(string path, Action<string> progress, CancellationToken stop)
    {
        if (!seal.HasKey) throw new VerbFailedException("There is nothing to back up: this installation has no audit yet, so nothing was ever written.");
        // Its own, or two calls with one name would take it from each other.
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var manifest = await Write(part, progress, stop);
            progress("sealing");
            await BackupSeal.Write(part, seal, stop);
            File.Move(part, path, overwrite: false);
            return (manifest, new FileInfo(path).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbFailedException($"{path} could not be written: {e.Message}");
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task<BackupManifest> Write(string part, Action<string> progress, CancellationToken stop)
    {
        var id = Guid.CreateVersion7();
        var made = clock.GetUtcNow();
        // Before the copy: what is mailed from now on may be missing in it.
        journal.Begin(id);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 20 };
        // All of the practices' data is in it.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(part, options);
        await using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true) { Comment = BackupSeal.Blank };
        // Anchors first, attachments last: no anchor is ahead of the copy, and no row in it names a file that was not there.
        if (File.Exists(anchors.Path)) await Add(zip, Anchors, anchors.Path, CompressionLevel.Fastest, stop);
        var copied = await settings.Copy().Take(zip, part + ".db", progress, stop);
        var folder = Data.Attachments.FolderIn(settings);
        var attachments = 0;
        foreach (var attachment in Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
        {
            if (Path.GetFileName(attachment) is not { Length: 64 } hash) continue;
            // One that nobody needs any more may go at any moment.
            if (!await Add(zip, Attachments + hash, attachment, CompressionLevel.NoCompression, stop)) continue;
            if (++attachments % 100 == 0) progress($"{attachments} attachments");
        }
        var manifest = new BackupManifest(id, made, VerbHelp.Version, settings.IsSqlite ? "Sqlite" : "Postgres", copied.MainMigration, copied.VaultMigration, copied.AuditSequence, copied.AuditHash, copied.Tables, attachments);
        await using var entry = await zip.CreateEntry(BackupManifest.Entry).OpenAsync(stop);
        await JsonSerializer.SerializeAsync(entry, manifest, VerbCall.Json, stop);
        return manifest;
    }

    private static async Task<bool> Add(ZipArchive zip, string name, string path, CompressionLevel level, CancellationToken stop)
    {
        try
        {
            await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var entry = await zip.CreateEntry(name, level).OpenAsync(stop);
            await source.CopyToAsync(entry, stop);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}

internal static class CopyOf
{
    public static IDatabaseCopy Copy(this Checked settings) => settings.IsSqlite ? new SqliteCopy(settings) : new PostgresCopy(settings);
}

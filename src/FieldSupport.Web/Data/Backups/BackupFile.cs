using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Data.Auditing;

namespace FieldSupport.Web.Data.Backups;

/// <summary>A table in a backup. On SQLite the database is one file, and only the count is of use.</summary>
public sealed record BackupTable(string Schema, string Name, IReadOnlyList<string> Columns, long Rows);

/// <summary>What a backup says of itself.</summary>
/// <param name="MadeAtUtc">Before the copy began: every write that was acknowledged earlier is in it.</param>
/// <param name="Migrations">The last one of the database and of the vault.</param>
/// <param name="AuditSequence">Of the last audit entry in it; 0 for none.</param>
public sealed record BackupManifest(
    Guid Id, DateTimeOffset MadeAtUtc, string Program, string Provider, string MainMigration, string VaultMigration, long AuditSequence, string AuditHash,
    IReadOnlyList<BackupTable> Tables, int Attachments)
{
    public string Format { get; init; } = Name;
    public int Version { get; init; } = 1;

    public const string Name = "fieldsupport-backup";
    public const string Entry = "manifest.json";
}

/// <summary>A backup that must not be restored: damaged, of another installation, of another version. The message says what to do.</summary>
public sealed class BadBackupException(string message) : VerbFailedException(message);

/// <summary>
/// One file: a ZIP whose comment, its last bytes, holds a SHA-256 over everything before it and that hash under the audit's key. One bit
/// changed anywhere, by a disk or by a person, and the file is refused before anything is read from it.
/// </summary>
internal static class BackupSeal
{
    private const string Prefix = "sha256:", Middle = " hmac:";
    private const int Digits = 64;
    public static readonly string Blank = Prefix + new string('0', Digits) + Middle + new string('0', Digits);
    /// <summary>Bytes at the end that the hash cannot cover.</summary>
    private const int Tail = Digits + 6 + Digits;

    public static async Task Write(string path, AuditSeal seal, CancellationToken stop)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        var hash = await HashOf(file, stop);
        file.Seek(-Tail, SeekOrigin.End);
        await file.WriteAsync(Encoding.ASCII.GetBytes(hash + Middle + seal.MacOf("backup", hash)), stop);
        file.Flush(flushToDisk: true);
    }

    /// <exception cref="BadBackupException">It is not as it was written, or was written with other keys.</exception>
    public static async Task Check(FileStream file, string path, AuditSeal seal, CancellationToken stop)
    {
        var damaged = new BadBackupException($"{path} is damaged or is no backup of FieldSupport; nothing was written. Take another copy of it, or an older backup.");
        if (file.Length < Blank.Length + 22) throw damaged;
        var tail = new byte[Blank.Length];
        file.Seek(-tail.Length, SeekOrigin.End);
        await file.ReadExactlyAsync(tail, stop);
        var text = Encoding.ASCII.GetString(tail);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Substring(Prefix.Length + Digits, Middle.Length) != Middle) throw damaged;
        if (text.Substring(Prefix.Length, Digits) is var told && told != await HashOf(file, stop)) throw damaged;
        if (text[^Digits..] != seal.MacOf("backup", told))
            throw new BadBackupException($"{path} was made with other keys than those of this installation, or by somebody without them; nothing was written. Put the key folder of the installation that made it to FieldSupport:KeyFolder.");
        file.Seek(0, SeekOrigin.Begin);
    }

    private static async Task<string> HashOf(FileStream file, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.Seek(0, SeekOrigin.Begin);
        var left = file.Length - Tail;
        var buffer = new byte[1 << 20];
        while (left > 0)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), stop);
            if (read == 0) break;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A backup that was found whole, opened to be read.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly FileStream _file;
    private readonly ZipArchive _zip;

    private BackupReader(FileStream file, ZipArchive zip, BackupManifest manifest) => (_file, _zip, Manifest) = (file, zip, manifest);

    public BackupManifest Manifest { get; }

    /// <exception cref="VerbFailedException">There is no such file, or it is no good.</exception>
    public static async Task<BackupReader> Open(string path, AuditSeal seal, CancellationToken stop)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new VerbFailedException(ImportVerb.Unreadable(path, e));
        }
        try
        {
            await BackupSeal.Check(file, path, seal, stop);
            var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            await using var entry = await (zip.GetEntry(BackupManifest.Entry) ?? throw new BadBackupException($"{path} has no manifest; it is no backup of FieldSupport.")).OpenAsync(stop);
            var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(entry, VerbCall.Json, stop);
            if (manifest is not { Format: BackupManifest.Name, Version: 1 })
                throw new BadBackupException($"{path} is a backup of a form that this program does not know (version {manifest?.Version}); restore it with the program that made it.");
            return new BackupReader(file, zip, manifest);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public Task<Stream> Read(string entry, CancellationToken stop) =>
        (_zip.GetEntry(entry) ?? throw new BadBackupException($"The backup lacks {entry}; nothing was written.")).OpenAsync(stop);

    public bool Has(string entry) => _zip.GetEntry(entry) is not null;

    /// <summary>Names of the entries below a folder, without it.</summary>
    public IEnumerable<string> Below(string folder) => _zip.Entries.Where(e => e.FullName.StartsWith(folder, StringComparison.Ordinal)).Select(e => e.FullName[folder.Length..]);

    public void Dispose()
    {
        _zip.Dispose();
        _file.Dispose();
    }
}

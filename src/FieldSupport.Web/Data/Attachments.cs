using System.Security.Cryptography;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data;

/// <summary>
/// Files that people attach, in the data folder, each named by its SHA-256: the same file twice is one. Written before the row that names it
/// is committed, so that a row never names a file that is not there; a file that no row names is harmless.
/// </summary>
public sealed class Attachments(Checked settings)
{
    private readonly string _folder = FolderIn(settings);

    public static string FolderIn(Checked settings) => Path.Combine(settings.DataFolder, "attachments");

    /// <returns>The hash, hex.</returns>
    public async Task<string> Write(byte[] content, CancellationToken stop)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var path = Path.Combine(_folder, hash);
        if (File.Exists(path)) return hash;
        Directory.CreateDirectory(_folder);
        // Under another name until it is whole and on the disk: a crash leaves no half file under a hash.
        var unfinished = Path.Combine(_folder, $".{Guid.NewGuid():N}");
        await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(content, stop);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        return hash;
    }

    /// <summary>The file; null when it is not there.</summary>
    public Stream? Open(string hash)
    {
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) return null;
        var path = Path.Combine(_folder, hash);
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete) : null;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data;

/// <summary>
/// Files that people attach, in the data folder, each named by its SHA-256: the same file twice is one. Written before the row that names it
/// is committed, so that a row never names a file that is not there; what no row has named after a day goes again (<c>clear-attachments</c>).
/// </summary>
public sealed class Attachments(Checked settings, TimeProvider clock)
{
    private const string Going = ".going-", Half = ".half-", HalfsTime = "yyyyMMddHHmmss";
    private const int NameLength = 64;
    private readonly string _folder = FolderIn(settings);

    public static string FolderIn(Checked settings) => Path.Combine(settings.DataFolder, "attachments");

    /// <returns>The hash, hex.</returns>
    public async Task<string> Write(byte[] content, CancellationToken stop)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var path = Path.Combine(_folder, hash);
        if (IsThereStill(path)) return hash;
        Directory.CreateDirectory(_folder);
        // Under another name until it is whole and on the disk: a crash leaves no half file under a hash.
        var unfinished = Path.Combine(_folder, Half + Now.ToString(HalfsTime, CultureInfo.InvariantCulture) + $"-{Guid.NewGuid():N}");
        await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(content, stop);
            file.Flush(flushToDisk: true);
        }
        File.SetLastWriteTimeUtc(unfinished, Now);
        File.Move(unfinished, path, overwrite: true);
        return hash;
    }

    /// <summary>The file; null when it is not there.</summary>
    public Stream? Open(string hash)
    {
        if (hash.Length != NameLength || !hash.All(char.IsAsciiHexDigitLower)) return null;
        var path = Path.Combine(_folder, hash);
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete) : null;
    }

    /// <summary>Files that nobody has written since, half ones of a crash among them; by hash or by the name of the half one.</summary>
    public IReadOnlyList<string> NotWrittenSince(DateTimeOffset instant)
    {
        if (!Directory.Exists(_folder)) return [];
        // A removal that was killed in the middle: back, to be looked at again.
        foreach (var going in Directory.EnumerateFiles(_folder, Going + "*")) Back(going, Path.Combine(_folder, Path.GetFileName(going)[Going.Length..]));
        return [.. Directory.EnumerateFiles(_folder).Where(f => WrittenAt(f) < instant.UtcDateTime).Select(f => Path.GetFileName(f))
            .Where(name => !name.StartsWith(Going, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes a file, unless somebody has written it since: then it stays, however close they came.</summary>
    public bool Remove(string name, DateTimeOffset notWrittenSince)
    {
        var (path, going) = (Path.Combine(_folder, name), Path.Combine(_folder, Going + name));
        // Nobody writes a half one again, and its time is its name.
        if (name.StartsWith(Half, StringComparison.Ordinal))
        {
            if (WrittenAt(path) >= notWrittenSince.UtcDateTime) return false;
            File.Delete(path);
            return true;
        }
        try
        {
            // Out of the way first: whoever writes it from here on writes it anew, and whoever was just before us has left the time.
            File.Move(path, going, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        if (File.GetLastWriteTimeUtc(going) >= notWrittenSince.UtcDateTime)
        {
            Back(going, path);
            return false;
        }
        File.Delete(going);
        return true;
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>By the product's clock, which a demo sets: a file under work carries the system's time until it is whole.</summary>
    private static DateTime WrittenAt(string path) =>
        Path.GetFileName(path) is var name && name.StartsWith(Half, StringComparison.Ordinal) && name.Length > Half.Length + HalfsTime.Length
            && DateTime.TryParseExact(name.AsSpan(Half.Length, HalfsTime.Length), HalfsTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at : File.GetLastWriteTimeUtc(path);

    /// <summary>Somebody attaches it again: it counts as written now.</summary>
    private bool IsThereStill(string path)
    {
        try
        {
            if (!File.Exists(path)) return false;
            File.SetLastWriteTimeUtc(path, Now);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static void Back(string going, string path)
    {
        try
        {
            File.Move(going, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Written anew meanwhile, with the same content; or another machine was faster. Whatever else went wrong, it is the only one there is.
            File.Delete(going);
        }
        catch (FileNotFoundException)
        {
            // Another machine was faster, with its removal.
        }
    }
}

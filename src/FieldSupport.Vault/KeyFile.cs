using System.Security.Cryptography;

namespace FieldSupport.Vault;

/// <summary>A secret of 32 random bytes in a file of its own in the key folder; readable by its owner only, never beside the data.</summary>
public static class KeyFile
{
    /// <summary>Length of every key, in bytes.</summary>
    public const int Length = 32;

    /// <summary>The key in the file; made on first use. Two processes that make it together end with the same one.</summary>
    /// <exception cref="InvalidDataException">The file does not hold 32 bytes.</exception>
    public static byte[] ReadOrCreate(string path)
    {
        if (!File.Exists(path)) Create(path, RandomNumberGenerator.GetBytes(Length));
        return Read(path);
    }

    /// <summary>The key in the file.</summary>
    /// <exception cref="InvalidDataException">The file does not hold 32 bytes.</exception>
    public static byte[] Read(string path)
    {
        var key = File.ReadAllBytes(path);
        return key.Length == Length
            ? key
            : throw new InvalidDataException($"{Path.GetFileName(path)} in the key folder holds {key.Length} bytes, not {Length}; put back the right file.");
    }

    /// <summary>Writes a file that only its owner reads, whole or not at all; one that is there already stays.</summary>
    internal static void Create(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(unfinished, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was quicker: its key is the key.
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}

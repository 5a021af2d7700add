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
        // A move that refuses to overwrite is only as atomic as the file system's hard links, and not every one has them; so
        // whoever makes a key holds this file, until it closes it or dies.
        using var turn = WaitForTurn(Path.Combine(Path.GetDirectoryName(path)!, ".lock"));
        if (File.Exists(path)) return;

        var unfinished = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = new FileStream(unfinished, OwnerOnly(FileMode.CreateNew, FileShare.None)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    // Never deleted: whoever waited on a deleted file would hold a turn that nobody else sees.
    private static FileStream WaitForTurn(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, OwnerOnly(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException) when (tries < 1000 && File.Exists(path))
            {
                Thread.Sleep(10);
            }
        }
    }

    private static FileStreamOptions OwnerOnly(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace FieldSupport.Vault;

/// <summary>
/// The keys of the vault: <c>vault-ID.key</c>, one file each, and <c>vault-current</c> with the ID that new values are encrypted
/// with. Old keys stay for what they encrypted. The same folder on every node, never the data folder.
/// </summary>
public sealed class VaultKeys(string keyFolder)
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new();
    private string CurrentPath => Path.Combine(keyFolder, "vault-current");

    /// <summary>Whether there is a current key already.</summary>
    public bool Exist => File.Exists(CurrentPath);

    /// <summary>The key for new values; made on first use.</summary>
    internal (string Id, byte[] Key) Current()
    {
        if (!Exist)
        {
            var fresh = Make();
            // Of two processes that start together one wins; both then read the winner's.
            KeyFile.Create(CurrentPath, Encoding.ASCII.GetBytes(fresh));
        }
        var id = File.ReadAllText(CurrentPath).Trim();
        return (id, Of(id));
    }

    /// <summary>Makes a new current key. Values under older keys stay readable; <see cref="VaultDoor.Reseal"/> brings them over.</summary>
    /// <returns>Its ID.</returns>
    public string Rotate()
    {
        var id = Make();
        var next = $"{CurrentPath}.{id}";
        KeyFile.Create(next, Encoding.ASCII.GetBytes(id));
        File.Move(next, CurrentPath, overwrite: true);
        return id;
    }

    /// <exception cref="InvalidOperationException">The folder does not hold that key.</exception>
    internal byte[] Of(string id) => _keys.GetOrAdd(id, known =>
    {
        var path = PathOf(known);
        return File.Exists(path)
            ? KeyFile.Read(path)
            : throw new InvalidOperationException($"FieldSupport:KeyFolder holds no vault-{known}.key, which encrypted values need; put the file back.");
    });

    private string Make()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        KeyFile.ReadOrCreate(PathOf(id));
        return id;
    }

    // An ID comes back from the database: it must not lead out of the folder.
    private string PathOf(string id) => id.Length is > 0 and <= 32 && id.All(char.IsAsciiLetterOrDigit)
        ? Path.Combine(keyFolder, $"vault-{id}.key")
        : throw new InvalidOperationException("An encrypted value names a key that cannot be one.");
}

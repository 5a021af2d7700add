using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FieldSupport.Domain.Operations;
using FieldSupport.Vault;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>The keyed hash that binds each entry to the one before. Who can write to the database but lacks the key cannot forge it.</summary>
public sealed class AuditSeal(Checked settings)
{
    public const string KeyFileName = "audit.key";

    /// <summary>Stands before the first entry.</summary>
    public static readonly string Beginning = new('0', 64);

    private readonly string _path = Path.Combine(settings.KeyFolder, KeyFileName);
    private readonly Lock _gate = new();
    private byte[]? _key;

    /// <summary>HMAC-SHA-256 over every field of the entry and the hash before it, hex.</summary>
    /// <param name="begins">True for the first entry ever, which may make the key.</param>
    public string Hash(AuditEntry entry, string previous, bool begins = false)
    {
        var text = new ArrayBufferWriter<byte>(512);
        Number(text, entry.Sequence);
        Number(text, Micros(entry.AtUtc));
        Text(text, entry.Actor);
        Text(text, entry.Role);
        Text(text, entry.Action);
        Text(text, entry.Kind);
        Text(text, entry.Key);
        Text(text, entry.Reason);
        Text(text, entry.Source);
        Text(text, entry.Changes);
        Text(text, previous);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key(mayCreate: begins), text.WrittenSpan));
    }

    /// <summary>Keyed hash of an anchor, so that nobody writes one without the key.</summary>
    public string Mac(long sequence, string hash, DateTimeOffset atUtc)
    {
        var text = new ArrayBufferWriter<byte>(160);
        Text(text, "anchor");
        Number(text, sequence);
        Text(text, hash);
        Number(text, Micros(atUtc));
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key(mayCreate: false), text.WrittenSpan));
    }

    /// <summary>Keyed hash of a text that is neither entry nor anchor.</summary>
    /// <param name="purpose">A word that keeps hashes of one kind from passing for another's.</param>
    public string MacOf(string purpose, string value)
    {
        var text = new ArrayBufferWriter<byte>(160);
        Text(text, purpose);
        Text(text, value);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key(mayCreate: false), text.WrittenSpan));
    }

    /// <summary>Whether there is a key; a chain without entries has none yet.</summary>
    public bool HasKey => File.Exists(_path);

    /// <summary>Both databases keep microseconds; the hash counts in them, so that it is the same when read back.</summary>
    public static DateTimeOffset Rounded(DateTimeOffset at) => DateTimeOffset.UnixEpoch.AddTicks(Micros(at) * 10);

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTime.UnixEpoch.Ticks) / 10;

    // Only the first entry makes a key: with entries there and the key gone, a new one would quietly start a chain that never verifies.
    private byte[] Key(bool mayCreate)
    {
        lock (_gate)
        {
            if (_key is not null) return _key;
            if (!mayCreate && !File.Exists(_path))
                throw new InvalidOperationException($"FieldSupport:KeyFolder holds no {KeyFileName}, though the audit has entries sealed with it; put the file back.");
            return _key = KeyFile.ReadOrCreate(_path);
        }
    }

    private static void Number(ArrayBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    // Length first, and null apart from empty: no two entries read alike.
    private static void Text(ArrayBufferWriter<byte> to, string? text)
    {
        if (text is null)
        {
            Number(to, -1);
            return;
        }
        Number(to, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, to);
    }
}

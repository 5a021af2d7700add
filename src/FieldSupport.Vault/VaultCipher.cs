using System.Security.Cryptography;
using System.Text;

namespace FieldSupport.Vault;

/// <summary>Where a value lies. It opens there and nowhere else.</summary>
internal readonly record struct VaultCell(string Table, string Column, Guid RowId);

/// <summary>
/// AES-256-GCM. Layout: 1 (version), length of the key's ID, the ID, nonce (12), tag (16), ciphertext. What stands before the
/// nonce, and the cell, are authenticated along: a value moved to another row, column or table does not open.
/// </summary>
internal sealed class VaultCipher(VaultKeys keys)
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public (byte[] Value, string KeyId) Seal(string text, VaultCell cell)
    {
        var (id, key) = keys.Current();
        var plain = Encoding.UTF8.GetBytes(text);
        var header = 2 + id.Length;
        var value = new byte[header + NonceLength + TagLength + plain.Length];
        value[0] = Version;
        value[1] = (byte)id.Length;
        Encoding.ASCII.GetBytes(id, value.AsSpan(2));
        var nonce = value.AsSpan(header, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(
            nonce, plain, value.AsSpan(header + NonceLength + TagLength), value.AsSpan(header + NonceLength, TagLength),
            Along(value.AsSpan(0, header), cell));
        CryptographicOperations.ZeroMemory(plain);
        return (value, id);
    }

    /// <exception cref="CryptographicException">The value was changed, or lies where it was not put.</exception>
    public string Open(ReadOnlySpan<byte> value, VaultCell cell)
    {
        if (value.Length < 2 || value[0] != Version || value.Length < 2 + value[1] + NonceLength + TagLength)
            throw new CryptographicException("A value of the vault is no value of the vault.");
        var header = 2 + value[1];
        using var aes = new AesGcm(keys.Of(Encoding.ASCII.GetString(value[2..header])), TagLength);
        var sealed_ = value[(header + NonceLength + TagLength)..];
        var plain = new byte[sealed_.Length];
        aes.Decrypt(
            value.Slice(header, NonceLength), sealed_, value.Slice(header + NonceLength, TagLength), plain, Along(value[..header], cell));
        var text = Encoding.UTF8.GetString(plain);
        CryptographicOperations.ZeroMemory(plain);
        return text;
    }

    private static byte[] Along(ReadOnlySpan<byte> header, VaultCell cell) =>
        [.. header, .. Encoding.UTF8.GetBytes($"{cell.Table}|{cell.Column}|{cell.RowId:N}")];
}

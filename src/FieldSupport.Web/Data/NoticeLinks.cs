using System.Security.Cryptography;
using System.Text;
using FieldSupport.Vault;
using FieldSupport.Web.Composition;
using Microsoft.AspNetCore.WebUtilities;

namespace FieldSupport.Web.Data;

/// <summary>
/// The one-time links of mails. A link's code follows from the notice and a key of the key folder, so that the same mail made again carries
/// the same link; the database holds its hash alone, and whoever reads the database can open none.
/// </summary>
public sealed class NoticeLinks(Checked settings)
{
    public const string KeyFileName = "links.key";
    public const string Path = "/notices/answer/";

    private readonly Lazy<byte[]> _key = new(() => KeyFile.ReadOrCreate(System.IO.Path.Combine(settings.KeyFolder, KeyFileName)));
    private readonly string _base = settings.Settings.BaseUrl;

    /// <summary>160 bits; not to be guessed.</summary>
    public string CodeOf(string messageId) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 20));

    /// <summary>What is stored of a code, hex.</summary>
    public static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    public string HashFor(string messageId) => HashOf(CodeOf(messageId));

    public string AddressFor(string messageId) => _base + Path + CodeOf(messageId);

    /// <summary>The page of one's notices.</summary>
    public string Centre => _base + "/notices";
}

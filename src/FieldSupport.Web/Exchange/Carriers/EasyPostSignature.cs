using System.Security.Cryptography;
using System.Text;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>
/// EasyPost's webhook signature: HMAC-SHA256 over the raw body, the key being the secret in Unicode NFKD as UTF-8, written as
/// "hmac-sha256-hex=" and lower-case hex. Anything else than exactly that is no signature.
/// </summary>
public static class EasyPostSignature
{
    public const string HeaderName = "X-Hmac-Signature";
    private const string Prefix = "hmac-sha256-hex=";

    public static bool Verify(ReadOnlySpan<byte> rawBody, string? header, string secret)
    {
        if (string.IsNullOrEmpty(secret) || header is null) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(Sign(rawBody, secret)));
    }

    /// <summary>The header value for a body, for the demo's own sender and tests.</summary>
    public static string Sign(ReadOnlySpan<byte> rawBody, string secret) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Normalize(NormalizationForm.FormKD)), rawBody));
}

using System.Security.Cryptography;
using System.Text;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>
/// The Message-ID of a notice: a function of what it is about, so that the same notice made twice is the same mail. A mail system that
/// sees it twice (after a cut connection) can tell that it is one.
/// </summary>
public static class MessageIds
{
    public const string DefaultHost = "fieldsupport.mail";

    /// <summary><c>&lt;fs.…@host&gt;</c>, with the angle brackets of RFC 5322. The hash keeps names out of the header.</summary>
    public static string Of(string deliveryNumber, string rung, string recipient, string host = DefaultHost)
    {
        // A unit separator between the parts: no two different triples read alike.
        var parts = Encoding.UTF8.GetBytes(string.Join('\u001f', deliveryNumber, rung, recipient));
        return $"<fs.{Convert.ToHexStringLower(SHA256.HashData(parts).AsSpan(0, 16))}@{host}>";
    }
}

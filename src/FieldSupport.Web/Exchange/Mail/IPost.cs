using MimeKit;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>Where mail goes: a folder or a mail server.</summary>
public interface IPost
{
    /// <summary>A mail handed over twice is the same mail afterwards; else a row is claimed before it is sent.</summary>
    bool IsIdempotent { get; }

    /// <exception cref="PostUnreachableException">Nothing can be handed over now.</exception>
    Task<IPostRound> Open(CancellationToken stop);
}

/// <summary>One round of handing over, over one connection.</summary>
public interface IPostRound : IAsyncDisposable
{
    /// <returns>A remark worth keeping, such as an address that was refused beside others; null when all is well.</returns>
    /// <exception cref="MailRefusedException">This mail was not taken; others may be.</exception>
    /// <exception cref="PostUnreachableException">Nothing can be handed over now.</exception>
    Task<string?> HandOver(MimeMessage mail, CancellationToken stop);
}

/// <summary>This mail was not taken.</summary>
/// <param name="forGood">Trying again would not help (an answer of 5xx); a person has to look.</param>
public sealed class MailRefusedException(string reason, bool forGood, Exception? cause = null) : Exception(reason, cause)
{
    public bool ForGood { get; } = forGood;
}

/// <summary>The post itself cannot be reached: whatever waits goes on waiting.</summary>
public sealed class PostUnreachableException(string reason, Exception? cause = null) : Exception(reason, cause);

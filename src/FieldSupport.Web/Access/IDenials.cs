using FieldSupport.Web.Data.Auditing;

namespace FieldSupport.Web.Access;

/// <summary>Where a refused attempt is noted. Noted apart from the request's own save, which does not happen.</summary>
public interface IDenials
{
    /// <param name="what">The message or the address and the permission that was missing; never a key of a record.</param>
    Task Denied(Actor actor, string what, CancellationToken cancellationToken);
}

internal sealed class AuditedDenials(AuditTrail trail) : IDenials
{
    public Task Denied(Actor actor, string what, CancellationToken cancellationToken) => trail.Denied(actor, what, cancellationToken);
}

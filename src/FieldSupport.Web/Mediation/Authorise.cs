using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using MediatR;

namespace FieldSupport.Web.Mediation;

/// <summary>First: may this role at all, then: is the record in scope. Before validation and before any write.</summary>
internal sealed class Authorise<TRequest, TResponse>(CurrentScope current, FieldSupportDb db, IDenials denials)
    : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        var statement = Statement.OfMessage(typeof(TRequest))
            ?? throw new StartRefusedException($"{MessageCheck.NameOf(typeof(TRequest))} states no permission.");
        foreach (var permission in statement.Permissions.Where(p => !current.May(p)))
        {
            var what = $"{MessageCheck.NameOf(typeof(TRequest))} ({permission})";
            await denials.Denied(current.Actor, what, cancellationToken);
            throw new ForbiddenException(what);
        }
        if (request is IScoped) await db.StayOpen(cancellationToken);
        if (request is IScoped scoped && !await scoped.ExistsInScope(db, cancellationToken)) throw new AbsentException();
        return await next();
    }
}

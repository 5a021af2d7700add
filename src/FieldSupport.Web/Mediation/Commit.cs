using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Mediation;

/// <summary>Last, around a command's handler: one save, only when done. A refusal leaves nothing behind.</summary>
internal sealed class Commit<TRequest, TResponse>(FieldSupportDb db, WithTheSave also) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        await db.StayOpen(cancellationToken);
        if (request is not ICommandMessage) return await next();
        TResponse response;
        try
        {
            response = await next();
            if (response is Outcome { IsDone: false })
            {
                db.ChangeTracker.Clear();
                also.Clear();
                return response;
            }
            if (also.IsEmpty)
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            else
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                await also.Run(response, cancellationToken);
                // Not cancelled any more: half a commit helps nobody.
                await transaction.CommitAsync(CancellationToken.None);
            }
            also.Committed();
        }
        catch (DbUpdateConcurrencyException e)
        {
            throw new StaleException(e);
        }
        catch (DbUpdateException e) when (DatabaseTrouble.IsUniqueViolation(e))
        {
            // Two at once made the same thing; the second is told to look again.
            throw new StaleException(e);
        }
        return response;
    }
}

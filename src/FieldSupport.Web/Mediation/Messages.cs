using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using MediatR;

namespace FieldSupport.Web.Mediation;

/// <summary>A question. Changes nothing; nothing is saved after it.</summary>
public interface IQuery<out T> : IRequest<T>;

/// <summary>What both kinds of command share; not implemented directly.</summary>
public interface ICommandMessage;

/// <summary>An order to change something, with nothing to hand back.</summary>
public interface ICommand : IRequest<Outcome>, ICommandMessage;

/// <summary>An order to change something that hands back a <typeparamref name="T"/>. Saved once, after the handler, only when done.</summary>
public interface ICommand<T> : IRequest<Outcome<T>>, ICommandMessage;

/// <summary>Handles a query.</summary>
public interface IQueryHandler<in TQuery, T> : IRequestHandler<TQuery, T> where TQuery : IQuery<T>;

/// <summary>Handles a command that hands nothing back.</summary>
public interface ICommandHandler<in TCommand> : IRequestHandler<TCommand, Outcome> where TCommand : ICommand;

/// <summary>Handles a command that hands something back.</summary>
public interface ICommandHandler<in TCommand, T> : IRequestHandler<TCommand, Outcome<T>> where TCommand : ICommand<T>;

/// <summary>
/// A message about one record. Asked before validation, under the asker's scope: a record of somebody else's and one that
/// does not exist are the same answer (404).
/// </summary>
public interface IScoped
{
    Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken);
}

using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Operations;

public sealed class ReadMessageAgainController(ISender sender) : Controller
{
    [HttpPost("/status/messages/{id:guid}/read-again"), Sends(typeof(ReadMessageAgain.Command))]
    public async Task<IActionResult> Submit(Guid id)
    {
        TempData.Toast((await sender.Send(new ReadMessageAgain.Command(id))).OrRefuse());
        return this.SeeOther("/status#messages");
    }
}

/// <summary>What kept a carrier's message from being read is put right: it is read anew from the body as it came.</summary>
public static class ReadMessageAgain
{
    [Requires(Permission.RunJobs)]
    public sealed record Command(Guid Id) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Messages.AnyAsync(m => m.Id == Id, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var message = (await db.Messages.SingleOrDefaultAsync(m => m.Id == command.Id, cancellationToken)).OrAbsent();
            // Somebody else was faster: once is once.
            if (message.State != MessageState.Parked) throw new StaleException();
            // The note stays until it is read.
            (message.State, message.Attempts) = (MessageState.Stored, 0);
            db.Note("message.read-again", "message", message.Id.ToString());
            return $"The message of {message.Source} is read again within minutes.";
        }
    }
}

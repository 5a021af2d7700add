using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.WorkList;

public sealed class CloseUnmatchedController(ISender sender) : Controller
{
    [HttpPost("/unmatched/{number}/close"), Sends(typeof(CloseUnmatched.Command))]
    public Task<IActionResult> Submit(string number, CloseUnmatched.Form form) => this.Submit(
        new CloseUnmatched.Command(number, form.Reason, form.Version),
        done: () =>
        {
            TempData.Toast($"{number} closed.");
            return this.SeeOther("/unmatched");
        },
        again: async () => View(nameof(ShowUnmatched), (await sender.Send(new ShowUnmatched.Query(number))).OrAbsent() is var page ? page with { Close = new() { Reason = form.Reason, Version = page.Item.Version } } : null));
}

/// <summary>A person has looked at it and says why nothing follows.</summary>
public static class CloseUnmatched
{
    public sealed class Form
    {
        public string? Reason { get; set; }
        public Guid? Version { get; set; }
    }

    [Requires(Permission.MatchWork)]
    public sealed record Command(string Number, string? Reason, Guid? Version) : ICommand, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.WorkItems.AnyAsync(w => w.Number == Number, cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Reason).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("Say why nothing follows.")
            .Must(t => t!.Trim().Length <= 300 && !t.Any(char.IsControl)).WithMessage("One line of at most 300 characters.");
    }

    internal sealed class Handler(FieldSupportDb db, TimeProvider clock) : ICommandHandler<Command>
    {
        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            var item = (await db.WorkItems.SingleOrDefaultAsync(w => w.Number == command.Number, cancellationToken)).OrAbsent();
            if (item.ResolvedAtUtc is not null || (command.Version is { } seen && seen != item.Version)) throw new StaleException();
            WorkItems.Resolve(item, command.Reason!.Trim(), db.Actor.Name, clock.GetUtcNow(), WorkAnswer.Closed);
            return Outcome.Done;
        }
    }
}

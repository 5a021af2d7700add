using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

public sealed class UndoChaseController(ISender sender) : Controller
{
    [HttpPost("/deliveries/{number}/chase/undo"), Sends(typeof(UndoChase.Command))]
    public async Task<IActionResult> Submit(string number, string? logged, CancellationToken cancellationToken)
    {
        var address = (await sender.Send(new UndoChase.Command(number, logged ?? ""), cancellationToken)).OrRefuse();
        TempData.Toast("The chase is taken back.", icon: "undo");
        return this.SeeOther(address);
    }
}

/// <summary>Takes one's own newest chase back while nothing rests on it.</summary>
public static class UndoChase
{
    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, string Logged) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            var chases = await db.Chases.Where(c => c.DeliveryId == delivery.Id && c.UndoneAtUtc == null).OrderByDescending(c => c.LoggedAtUtc).ThenBy(c => c.Id).ToListAsync(cancellationToken);
            var chase = chases.Find(c => ChaseUndo.Mark(c) == command.Logged);
            if (chase is null || !ChaseUndo.IsPossible(chase, chases[0], current.Actor.Name, delivery))
                return new Refusal("chase.not-undoable", "This chase can no longer be taken back: something newer rests on it, or it is not yours. Log another one that says so.");
            if (await TellPractice.Withdraw(db, chase, clock.GetUtcNow(), cancellationToken) is { } gone) return gone;
            delivery.TakeBack(chase, [.. chases.Where(c => c != chase)], clock.GetUtcNow());
            return DeliveryAddress.Of(delivery);
        }
    }
}

/// <summary>A chase is named by the instant at which it was logged; no key of the database stands in an address.</summary>
public static class ChaseUndo
{
    public static string Mark(Chase? chase) => chase is null ? "none" : (chase.LoggedAtUtc.UtcTicks / 10).ToString(CultureInfo.InvariantCulture);

    public static string Address(Chase chase) => $"/deliveries/{Uri.EscapeDataString(chase.DeliveryNumber)}/chase/undo?logged={Mark(chase)}";

    public static bool IsPossible(Chase chase, Chase? newest, string actor, Delivery delivery) =>
        chase == newest && chase is { UndoneAtUtc: null, BrokenAtUtc: null, EndedAtUtc: null } && chase.LoggedBy == actor && delivery.IsOpen;
}

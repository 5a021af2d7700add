using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class CancelRefillController(ISender sender) : Controller
{
    [HttpPost("/portal/refills/{visit}/cancel"), Sends(typeof(CancelRefill.Command))]
    public async Task<IActionResult> Submit(string visit, CancellationToken cancellationToken)
    {
        TempData.Toast((await sender.Send(new CancelRefill.Command(visit), cancellationToken)).OrRefuse(), $"/portal/refills/{Uri.EscapeDataString(visit)}/restore", "cancelled");
        return this.SeeOther("/portal/refills");
    }

    [HttpPost("/portal/refills/{visit}/restore"), Sends(typeof(CancelRefill.Restore))]
    public async Task<IActionResult> Back(string visit, CancellationToken cancellationToken)
    {
        TempData.Toast((await sender.Send(new CancelRefill.Restore(visit), cancellationToken)).OrRefuse(), icon: "undo");
        return this.SeeOther("/portal/refills");
    }
}

/// <summary>A refill that will not be. What was ordered for it stays ordered, and the practice is told whom to call.</summary>
public static class CancelRefill
{
    [Requires(Permission.EnterRefills)]
    public sealed record Command(string Visit) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Visits.AnyAsync(v => v.Key == Visit, cancellationToken);
    }

    /// <summary>Undo.</summary>
    [Requires(Permission.EnterRefills)]
    public sealed record Restore(string Visit) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Visits.AnyAsync(v => v.Key == Visit, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, RefillBook book, Arrivals arrivals) : ICommandHandler<Command, string>, ICommandHandler<Restore, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var visit = await db.Visits.SingleAsync(v => v.Key == command.Visit, cancellationToken);
            if (visit.CancelledAtUtc is not null) return new Refusal("refill.cancelled", Say.It("The refill on {0} is cancelled already.", When.Day(visit.VisitOn)));
            var orders = await RefillLines.Covering(db, [visit.Id]).Select(o => o.Number).ToListAsync(cancellationToken);
            visit.Cancel(book.Now);
            Changed(visit);
            var words = Say.It("The refill on {0} is cancelled.", When.Day(visit.VisitOn));
            if (orders.Count == 0) return words;
            var people = await arrivals.People(practice.Account.TerritoryCode, cancellationToken);
            var person = people.Count == 0 ? null : people[0];
            var whom = person is null ? Say.It("your representative") : person.Phone is null ? person.Name : $"{person.Name}, {person.Phone},";
            return Say.It("{0} {1} stays ordered; call {2} if you do not need it.", words, string.Join(", ", orders), whom);
        }

        public async Task<Outcome<string>> Handle(Restore command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var visit = await db.Visits.SingleAsync(v => v.Key == command.Visit, cancellationToken);
            if (visit.CancelledAtUtc is null) return new Refusal("refill.not-cancelled", Say.It("The refill on {0} is booked.", When.Day(visit.VisitOn)));
            if (visit.VisitOn < practice.Today) return new Refusal("refill.past", Say.It("{0} is over. Enter the refill with a day that is to come.", When.Day(visit.VisitOn)));
            visit.CancelledAtUtc = null;
            visit.Record("visit.restored");
            Changed(visit);
            return Say.It("The refill on {0} is booked again.", When.Day(visit.VisitOn));
        }

        private void Changed(Domain.Refills.VisitSlot visit)
        {
            var roster = new WatchRoster(db, book.Now);
            roster.Changed(visit);
            book.Write(roster);
        }
    }
}

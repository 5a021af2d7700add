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
public sealed class UndoRefillsController(ISender sender) : Controller
{
    [HttpPost("/portal/refills/undo"), Sends(typeof(UndoRefills.Command))]
    public async Task<IActionResult> Submit(string? entered, CancellationToken cancellationToken)
    {
        TempData.Toast((await sender.Send(new UndoRefills.Command(entered), cancellationToken)).OrRefuse(), icon: "undo");
        return this.SeeOther("/portal/refills");
    }
}

/// <summary>Takes back what was entered at one instant, as far as nothing rests on it.</summary>
public static class UndoRefills
{
    [Requires(Permission.EnterRefills)]
    public sealed record Command(string? Entered) : ICommand<string>;

    internal sealed class Handler(FieldSupportDb db, RefillBook book) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var at = RefillBook.Instant(command.Entered);
            // Files are undone by files: only what was entered here has our numbers.
            var visits = await db.Visits.Where(v => v.RecordedAtUtc == at && v.CancelledAtUtc == null && v.Key.StartsWith(Numbers.Visits + "-")).OrderBy(v => v.Key).ToListAsync(cancellationToken);
            var ids = visits.Select(v => v.Id).ToArray();
            var resting = (await db.Orders.AsNoTracking().Where(o => o.VisitId != null && EF.Parameter(ids).Contains(o.VisitId.Value)).Select(o => o.VisitId!.Value).ToListAsync(cancellationToken)).ToHashSet();
            var free = visits.FindAll(v => !resting.Contains(v.Id));
            if (free.Count == 0) return new Refusal("refills.not-undoable", Say.It("There is nothing left to take back: these dates are cancelled already, or an order rests on them."));
            var roster = new WatchRoster(db, book.Now);
            foreach (var visit in free)
            {
                visit.Cancel(book.Now, "entry taken back");
                roster.Changed(visit);
            }
            book.Write(roster);
            var words = Say.Many(free.Count, "1 refill date is taken back.", "{0:N0} refill dates are taken back.");
            return resting.Count == 0 ? words : $"{words} {Say.Many(resting.Count, "1 other stays: an order rests on it.", "{0:N0} others stay: an order rests on them.")}";
        }
    }
}

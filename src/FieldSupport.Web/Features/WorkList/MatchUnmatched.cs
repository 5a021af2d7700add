using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.WorkList;

public sealed class MatchUnmatchedController(ISender sender) : Controller
{
    [HttpPost("/unmatched/{number}/match"), Sends(typeof(MatchUnmatched.Command))]
    public Task<IActionResult> Submit(string number, MatchUnmatched.Form form) => this.Submit(
        new MatchUnmatched.Command(number, form.Shipment, form.Version),
        done: done =>
        {
            TempData.Toast($"{number} matched to {done.Shipment}: {(done.Events == 1 ? "1 scan" : $"{done.Events} scans")} added.");
            return this.SeeOther("/unmatched");
        },
        again: async () => View(nameof(ShowUnmatched), (await sender.Send(new ShowUnmatched.Query(number))).OrAbsent() with { Form = form }));
}

/// <summary>
/// A person says whose parcel a message is about: its scans become the shipment's, its state is read anew, and its delivery is judged again. What
/// the carrier says later under the same number goes the same way (<see cref="ParcelMatch"/>).
/// </summary>
public static class MatchUnmatched
{
    public sealed class Form
    {
        public string? Shipment { get; set; }
        public Guid? Version { get; set; }
    }

    [Requires(Permission.MatchWork)]
    public sealed record Command(string Number, string? Shipment, Guid? Version) : ICommand<Done>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.WorkItems.AnyAsync(w => w.Number == Number, cancellationToken);
    }

    public sealed record Done(string Shipment, int Events);

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Shipment).NotEmpty().WithMessage("Enter the number of the shipment, like SHP-88120.");
    }

    internal sealed class Handler(FieldSupportDb db, WithTheSave also, RiskCalendars calendars, TimeProvider clock, DueSignal? due = null) : ICommandHandler<Command, Done>
    {
        public async Task<Outcome<Done>> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var item = (await db.WorkItems.SingleOrDefaultAsync(w => w.Number == command.Number, cancellationToken)).OrAbsent();
            if (item.ResolvedAtUtc is not null || (command.Version is { } seen && seen != item.Version)) throw new StaleException();
            if (item.ShipmentId is not null) return new Refusal("match.known", "It is known whose this is; close it with a reason instead.");
            var wanted = command.Shipment!.Trim().ToUpperInvariant();
            var shipment = await db.Shipments.Include(s => s.Lines).Include(s => s.Order!.Lines).Include(s => s.Order!.Shipments).ThenInclude(s => s.Lines)
                .Include(s => s.Order!.Shipments).ThenInclude(s => s.Receipts)
                .AsSplitQuery().SingleOrDefaultAsync(s => s.Number == wanted, cancellationToken);
            if (shipment is null) return new Refusal("match.unknown-shipment", $"There is no shipment {wanted}.");
            if (item.Carrier is { } carrier && !string.Equals(CarrierNames.Canonical(carrier), CarrierNames.Canonical(shipment.Carrier), StringComparison.OrdinalIgnoreCase))
                return new Refusal("match.other-carrier", $"{shipment.Number} goes by {shipment.Carrier}, this message is from {carrier}.");

            var log = await db.TrackingEvents.Where(e => e.ShipmentId == shipment.Id).ToListAsync(cancellationToken);
            var mine = await db.TrackingEvents.Where(e => e.WorkItemId == item.Id && e.ShipmentId == null).OrderBy(e => e.Arrival).ToListAsync(cancellationToken);
            var added = LateScans.Give(shipment, mine, log, calendars.ShipFrom.Zone, now, item.Source);
            shipment.Record("shipment.matched", $"{item.Number}: {added} scans", null);
            item.ShipmentId = shipment.Id;
            WorkItems.Resolve(item, $"Matched to {shipment.Number}", db.Actor.Name, now, WorkAnswer.Matched);
            await Quarantine.Ask(db, new WorkItems(db, now), [shipment], item.Source, cancellationToken);
            also.Add(async (_, stop) =>
            {
                var roster = new WatchRoster(db, now);
                roster.Changed(shipment);
                await roster.Write(stop);
            });
            if (due is not null) also.Afterwards(due.Signal);
            return new Done(shipment.Number, added);
        }
    }
}

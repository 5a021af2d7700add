using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class MoveRefillController(ISender sender) : Controller
{
    [HttpGet("/portal/refills/{visit}/move"), Sends(typeof(MoveRefill.Query))]
    public async Task<IActionResult> Show(string visit, DateOnly? from, CancellationToken cancellationToken) =>
        View(nameof(MoveRefill), (await sender.Send(new MoveRefill.Query(visit, from), cancellationToken)).OrAbsent());

    [HttpPost("/portal/refills/{visit}/move"), Sends(typeof(MoveRefill.Command))]
    public Task<IActionResult> Submit(string visit, MoveRefill.Form form) => this.Submit(
        new MoveRefill.Command(visit, form),
        done: from => this.SeeOther($"/portal/refills/{Uri.EscapeDataString(visit)}/move?from={from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"),
        again: async () => View(nameof(MoveRefill), (await sender.Send(new MoveRefill.Query(visit, null), HttpContext.RequestAborted)).OrAbsent() with { Form = form }));
}

/// <summary>Another day for a refill: its orders are dated anew in the same transaction, and the practice is told what that changes.</summary>
public static class MoveRefill
{
    public sealed record Form
    {
        public DateOnly? On { get; init; }
        public bool Anyway { get; init; }
        /// <summary>The day that the form was written in sight of.</summary>
        public DateOnly? Seen { get; init; }
    }

    /// <param name="From">The day before the move that is to be shown.</param>
    [Requires(Permission.EnterRefills)]
    public sealed record Query(string Visit, DateOnly? From) : IQuery<Page?>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => Exists(db, Visit, cancellationToken);
    }

    public sealed record Page(
        string Visit, DateOnly On, string? Reference, DateOnly? RefillBy, DateOnly? LatestSafe, IReadOnlyList<string> Orders, DateOnly Today, DateTimeOffset Now,
        DateOnly? From, IReadOnlyList<DateChange> Changes, IReadOnlyList<HelpingPerson> People)
    {
        public Form? Form { get; init; }
    }

    [Requires(Permission.EnterRefills)]
    public sealed record Command(string Visit, Form Form) : ICommand<DateOnly>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => Exists(db, Visit, cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Form.On).NotNull().WithMessage(_ => Say.It("Choose the new day.")).OverridePropertyName(nameof(Form.On));
    }

    internal sealed class QueryHandler(FieldSupportDb db, RefillBook book, VisitDates dates, Arrivals arrivals) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return null;
            var visit = await db.Visits.AsNoTracking().SingleAsync(v => v.Key == query.Visit, cancellationToken);
            var from = query.From is { } before && before != visit.VisitOn && before.Year is >= 2000 and <= 2199 ? query.From : null;
            return new Page(
                visit.Key, visit.VisitOn, (await book.References([visit.Key], cancellationToken)).GetValueOrDefault(visit.Key), visit.RefillByOn,
                visit.RefillByOn is { } by ? ShippingDates.LatestSafeVisitOn(by, practice.Clinic) : null,
                await RefillLines.Covering(db, [visit.Id]).Select(o => o.Number).ToListAsync(cancellationToken), practice.Today, practice.Now,
                from, from is null ? [] : await dates.Between(visit, from.Value, visit.VisitOn, cancellationToken),
                await arrivals.People(practice.Account.TerritoryCode, cancellationToken));
        }
    }

    internal sealed class Handler(FieldSupportDb db, RefillBook book, VisitDates dates, WithTheSave also) : ICommandHandler<Command, DateOnly>
    {
        public async Task<Outcome<DateOnly>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var visit = await db.Visits.SingleAsync(v => v.Key == command.Visit, cancellationToken);
            var (from, to) = (visit.VisitOn, command.Form.On!.Value);
            if (command.Form.Seen is { } seen && seen != from) throw new StaleException();
            if (to == from) return new Refusal("refill.same-day", Say.It("The refill is on {0} already. Choose another day.", When.Day(from)));
            if (to < practice.Today) return new Refusal("refill.past", Say.It("{0} is over. Choose a day that is to come.", When.Day(to)));
            if (to > practice.Today.AddYears(1)) return new Refusal("refill.too-far", Say.It("That is more than a year ahead. Look at the year."));

            var changes = await dates.Between(visit, from, to, cancellationToken);
            var doubts = new List<string>();
            if (PastedDates.ClosedBecause(to, practice.Clinic, practice.Closures) is { } closed) doubts.Add(closed.Sentence);
            if (PastedDates.AfterLatestSafe(to, visit.RefillByOn, practice.Clinic) is { } late) doubts.Add(late);
            doubts.AddRange(changes.Where(c => c.IsTooLate && c.Shape != DeliveryShape.UncoveredVisit).Select(c => Warning(c, practice.Now)));
            if (doubts.Count > 0 && !command.Form.Anyway)
                return new Refusal("refill.look", string.Join(' ', [.. doubts, Say.It("Nothing was moved. To go on, tick “Move it anyway”.")]));

            var roster = new WatchRoster(db, book.Now);
            var visits = new VisitBook(db, roster, book.Now);
            visits.Move(visit, practice.Account, to, null, await visits.Watched([visit], cancellationToken));
            // The lists show the new dates at once; what they mean is for the sweep that is woken.
            also.Add(async (_, stop) =>
            {
                // Why somebody closed it was said of the old day.
                await db.Deliveries.Where(d => d.VisitId == visit.Id && d.ResolvedAtUtc != null).ExecuteUpdateAsync(s => s
                    .SetProperty(d => d.ResolvedAtUtc, (DateTimeOffset?)null).SetProperty(d => d.ResolvedBy, (string?)null).SetProperty(d => d.Resolution, (string?)null), stop);
                foreach (var change in changes)
                    await db.Deliveries.Where(d => d.Id == change.Delivery).ExecuteUpdateAsync(s => s
                        .SetProperty(d => d.NeedByUtc, change.NeedBy == null ? null : change.NeedBy.Value.ToUniversalTime())
                        .SetProperty(d => d.MustShipByUtc, change.MustShipBy == null ? null : change.MustShipBy.Value.ToUniversalTime()), stop);
            });
            book.Write(roster);
            return from;
        }

        private static string Warning(DateChange change, DateTimeOffset now) =>
            change.NeedBy is not { } need ? ""
            : need < now ? Say.It("{0} would have had to be there by {1}, which is over.", change.Order ?? change.Number, When.Absolute(need, now, change.Zone))
            : Say.It("{0} is expected {1}, after it must be there ({2}).", change.Order ?? change.Number, When.Absolute(change.Expected!.Value, now, change.Zone), When.Absolute(need, now, change.Zone));
    }

    internal static Task<bool> Exists(FieldSupportDb db, string visit, CancellationToken stop) => db.Visits.AnyAsync(v => v.Key == visit && v.CancelledAtUtc == null, stop);
}

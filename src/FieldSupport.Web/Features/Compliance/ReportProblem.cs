using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Compliance;

[Translated]
public sealed class ReportProblemController(ISender sender, FieldSupportDb db, WithTheSave also) : Controller
{
    private const int MostTries = 10;

    /// <param name="about">Number of the delivery or order that the reporter looked at.</param>
    [HttpGet("/report-a-problem"), Sends(typeof(ReportProblem.Query))]
    public async Task<IActionResult> Show(string? about) => View(nameof(ReportProblem), await sender.Send(new ReportProblem.Query(about)));

    [HttpPost("/report-a-problem"), Sends(typeof(ReportProblem.Command))]
    public async Task<IActionResult> Submit(ReportProblem.Form form)
    {
        // Somebody else's report took the same number, or this very one was sent twice. Neither may cost a report: once more, from the start.
        for (var tries = 1; ; tries++)
        {
            var isStale = false;
            var answer = await this.Submit(
                new ReportProblem.Command(form),
                done: number => this.SeeOther($"/report-a-problem/{number}"),
                again: async () =>
                {
                    isStale = Response.StatusCode == StatusCodes.Status409Conflict && tries < MostTries;
                    return isStale ? NoContent() : View(nameof(ReportProblem), (await sender.Send(new ReportProblem.Query(form.About))) with { Form = form });
                });
            if (!isStale) return answer;
            Response.StatusCode = StatusCodes.Status200OK;
            ModelState.Clear();
            db.ChangeTracker.Clear();
            also.Clear();
        }
    }

    [HttpGet("/report-a-problem/{number}"), Sends(typeof(ReportProblem.ReceiptQuery))]
    public async Task<IActionResult> Receipt(string number) => View("ProblemReceipt", (await sender.Send(new ReportProblem.ReceiptQuery(number))).OrAbsent());
}

/// <summary>
/// An adverse event or a product complaint in two fields, from every page and by everybody (domain.md §7.3). Only what happened is needed. The
/// reporter keeps a receipt number; what was told is safety's alone.
/// </summary>
public static class ReportProblem
{
    public sealed class Form
    {
        public string? What { get; set; }
        /// <summary>A <see cref="SafetyKind"/> by its wire name; UNSURE where none was chosen.</summary>
        public string? Kind { get; set; }
        public string? About { get; set; }
        public string? Key { get; set; }
    }

    [Requires(Permission.ReportProblem)]
    public sealed record Query(string? About) : IQuery<Page>;

    /// <param name="About">The delivery or order it is about, where it is one of the reporter's.</param>
    public sealed record Page(string? About, string? Practice)
    {
        public Form Form { get; init; } = new();
    }

    [Requires(Permission.ReportProblem)]
    public sealed record Command(Form Form) : ICommand<string>
    {
        /// <summary>button, chase or receipt.</summary>
        public string Source { get; init; } = "button";
    }

    [Requires(Permission.ReportProblem)]
    public sealed record ReceiptQuery(string Number) : IQuery<Receipt?>;

    public sealed record Receipt(string Number, SafetyKind Kind, DateTimeOffset AwareAtUtc, DateTimeOffset DueAtUtc, SafetyState State, DateTimeOffset? TakenAtUtc, string? About, TimeZoneInfo Zone, string? Back);

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Form).Custom((form, context) =>
        {
            if (string.IsNullOrWhiteSpace(form.What)) context.AddFailure(nameof(Form.What), Say.It("Say what happened, in your own words. A few words are enough."));
            else if (form.What.Length > SafetyIntake.Longest) context.AddFailure(nameof(Form.What), Say.It("Keep it under {0} characters; safety asks for the rest.", SafetyIntake.Longest));
        });
    }

    internal sealed class QueryHandler(FieldSupportDb db) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken) =>
            await Find(db, query.About, cancellationToken) is { } subject ? new Page(subject.Number, subject.Practice) : new Page(null, null);
    }

    internal sealed class Handler(FieldSupportDb db, SafetyIntake intake) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var subject = await Find(db, command.Form.About, cancellationToken);
            return (await intake.Take(
                new Told(command.Form.What!, WireName.Parse<SafetyKind>(command.Form.Kind) ?? SafetyKind.Unsure, command.Source, subject?.AccountId, subject?.Number, command.Form.Key), cancellationToken)).Number;
        }
    }

    internal sealed class ReceiptHandler(FieldSupportDb db, CurrentScope current) : IQueryHandler<ReceiptQuery, Receipt?>
    {
        public async Task<Receipt?> Handle(ReceiptQuery query, CancellationToken cancellationToken)
        {
            // One's own alone, also for who sees every account.
            var me = current.Actor.Name;
            var report = await db.SafetyReports.AsNoTracking().SingleOrDefaultAsync(r => r.Number == query.Number && r.ReportedBy == me, cancellationToken);
            if (report is null) return null;
            var subject = await Find(db, report.DeliveryNumber, cancellationToken);
            return new Receipt(report.Number, report.Kind, report.AwareAtUtc, report.DueAtUtc, report.State, report.TakenAtUtc, subject?.Number, subject?.Zone ?? ShipFromCalendar.Default.Zone, subject is null ? null : Permissions.Has(current.Actor.Role ?? "", Permission.UsePortal) ? "/portal" : subject.Address);
        }
    }

    private sealed record Subject(string Number, Guid AccountId, string Practice, TimeZoneInfo Zone, string Address);

    /// <summary>Under the reporter's scope: what is foreign is as if it had not been named, and never holds a report up.</summary>
    private static async Task<Subject?> Find(FieldSupportDb db, string? about, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(about) || about.Length > 60) return null;
        var number = about.Trim();
        var (accountId, address) = await db.Deliveries.AsNoTracking().Where(d => d.Number == number).Select(d => new { d.AccountId, d.ShipmentId, d.OrderId }).SingleOrDefaultAsync(cancellationToken) is { } delivery
            ? (delivery.AccountId, delivery.ShipmentId is not null ? "/shipments/" : delivery.OrderId is not null ? "/orders/" : "/deliveries/")
            : (await db.Orders.AsNoTracking().Where(o => o.Number == number).Select(o => (Guid?)o.AccountId).SingleOrDefaultAsync(cancellationToken) ?? Guid.Empty, "/orders/");
        if (accountId == Guid.Empty) return null;
        var practice = await db.Accounts.AsNoTracking().Where(a => a.Id == accountId).Select(a => a.Name).SingleOrDefaultAsync(cancellationToken);
        if (practice is null) return null;
        var zone = await db.Locations.AsNoTracking().Where(l => l.AccountId == accountId).OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefaultAsync(cancellationToken);
        return new Subject(number, accountId, practice, ZonedTime.Find(zone ?? "") ?? ShipFromCalendar.Default.Zone, address + Uri.EscapeDataString(number));
    }
}

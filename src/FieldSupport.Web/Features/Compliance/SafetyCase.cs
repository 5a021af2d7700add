using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Compliance;

public sealed class SafetyCaseController(ISender sender) : Controller
{
    [HttpGet("/safety/{number}"), Sends(typeof(SafetyCase.Query))]
    public async Task<IActionResult> Show(string number)
    {
        // A patient may be described on it.
        Response.Headers.CacheControl = "no-store";
        return View(nameof(SafetyCase), (await sender.Send(new SafetyCase.Query(number))).OrAbsent());
    }

    [HttpPost("/safety/{number}/take"), Sends(typeof(SafetyCase.Take))]
    public Task<IActionResult> Submit(string number) => this.Submit(
        new SafetyCase.Take(number),
        done: () =>
        {
            TempData.Toast($"{number} is yours.", icon: "safety");
            return this.SeeOther($"/safety/{number}");
        },
        again: () => Show(number));
}

/// <summary>One report: its receipt for who sees that there is one, and for safety alone what was told, each reading on record.</summary>
public static class SafetyCase
{
    [Requires(Permission.SeeSafetyReports)]
    public sealed record Query(string Number) : IQuery<Page?>;

    /// <param name="Narrative">Null for who may not read it, and where it is missing.</param>
    public sealed record Page(SafetyReport Report, string? Practice, string? PracticeSlug, string? Subject, string? Narrative, bool MayRead, DateTimeOffset Now)
    {
        public bool IsOverdue => Report.State == SafetyState.Received && Report.DueAtUtc < Now;
    }

    [Requires(Permission.WorkSafetyReports)]
    public sealed record Take(string Number) : ICommand, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.SafetyReports.AnyAsync(r => r.Number == Number, cancellationToken);
    }

    internal sealed class QueryHandler(FieldSupportDb db, CurrentScope current, PatientVault vault, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var report = await db.SafetyReports.AsNoTracking().SingleOrDefaultAsync(r => r.Number == query.Number, cancellationToken);
            if (report is null) return null;
            var practice = await db.Accounts.AsNoTracking().Where(a => a.Id == report.AccountId).Select(a => new { a.Name, a.Slug }).SingleOrDefaultAsync(cancellationToken);
            var delivery = await db.Deliveries.AsNoTracking().Where(d => d.Number == report.DeliveryNumber).Select(d => new { d.ShipmentId, d.OrderId }).SingleOrDefaultAsync(cancellationToken);
            var subject = report.DeliveryNumber is null ? null
                : (delivery is null or { ShipmentId: null, OrderId: not null } ? "/orders/" : delivery.ShipmentId is not null ? "/shipments/" : "/deliveries/") + Uri.EscapeDataString(report.DeliveryNumber);
            var mayRead = current.May(Permission.WorkSafetyReports);
            string? narrative = null;
            if (mayRead)
            {
                await using var door = vault.Open();
                narrative = await door.ReadSafetyNarrative(report.Number, VaultPurpose.SafetyReview, current.Actor.AtTheVault(), cancellationToken);
            }
            return new Page(report, practice?.Name, practice?.Slug, subject, narrative, mayRead, clock.GetUtcNow());
        }
    }

    internal sealed class Handler(FieldSupportDb db, TimeProvider clock) : ICommandHandler<Take>
    {
        public async Task<Outcome> Handle(Take command, CancellationToken cancellationToken)
        {
            var report = await db.SafetyReports.SingleAsync(r => r.Number == command.Number, cancellationToken);
            if (report.State == SafetyState.Taken)
            {
                // The button pressed twice is once.
                if (report.TakenBy == db.Actor.Name) return Outcome.Done;
                return new Refusal("safety.taken", $"{report.TakenBy} took {report.Number} over {When.Absolute(report.TakenAtUtc!.Value, clock.GetUtcNow(), ShipFromCalendar.Default.Zone)}. It stays theirs.");
            }
            (report.State, report.TakenBy, report.TakenAtUtc) = (SafetyState.Taken, db.Actor.Name, clock.GetUtcNow());
            return Outcome.Done;
        }
    }
}

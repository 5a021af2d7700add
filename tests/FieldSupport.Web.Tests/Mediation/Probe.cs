using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Mediation;

/// <summary>A slice as the product has them, to watch what happens to a message on its way.</summary>
public sealed class ProbeController(ISender sender) : Controller
{
    [HttpGet("/probe/orders/{number}"), Sends(typeof(Probe.Query))]
    public async Task<IActionResult> Show(string number) => Json(await sender.Send(new Probe.Query(number)));

    [HttpPost("/probe/orders/{number}"), Sends(typeof(Probe.Command))]
    public Task<IActionResult> Submit(string number, [FromForm] string? po, [FromForm] int count, [FromForm] Guid? version) => this.Submit(
        new Probe.Command(number, po, version), done: () => this.SeeOther("/probe"),
        again: () => Task.FromResult<IActionResult>(new JsonResult(ModelState.SelectMany(e => e.Value!.Errors.Select(x => $"{e.Key}: {x.ErrorMessage}"))) { StatusCode = Response.StatusCode }));

    [HttpPost("/api/probe/orders/{number}"), Sends(typeof(Probe.Command))]
    public async Task<IActionResult> Change(string number, [FromBody] Probe.Body body)
    {
        (await sender.Send(new Probe.Command(number, body.Po, body.Version))).OrRefuse();
        return NoContent();
    }

    public static void AddTo(IServiceCollection services)
    {
        services.AddControllersWithViews().AddApplicationPart(typeof(ProbeController).Assembly);
        services.AddMediatR(c => c.RegisterServicesFromAssembly(typeof(ProbeController).Assembly));
        services.AddValidatorsFromAssembly(typeof(ProbeController).Assembly);
    }
}

public static class Probe
{
    public sealed record Body(string? Po, Guid? Version);

    [Requires(Permission.ReadOrders)]
    public sealed record Query(string Number) : IQuery<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Orders.AnyAsync(o => o.Number == Number, cancellationToken);
    }

    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, string? Po, Guid? Version) : ICommand, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Orders.AnyAsync(o => o.Number == Number, cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Po).NotEmpty().WithMessage("Enter a purchase order.");
    }

    public sealed class QueryHandler(FieldSupportDb db) : IQueryHandler<Query, string>
    {
        public Task<string> Handle(Query query, CancellationToken cancellationToken) =>
            db.Orders.Where(o => o.Number == query.Number).Select(o => o.Po).SingleAsync(cancellationToken);
    }

    public sealed class Handler(FieldSupportDb db) : ICommandHandler<Command>
    {
        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            var order = await db.Orders.SingleAsync(o => o.Number == command.Number, cancellationToken);
            if (command.Version is { } version) db.Entry(order).Property(o => o.Version).OriginalValue = version;
            order.Po = command.Po!;
            // Changed already when it is refused: nothing of it may remain.
            return command.Po == "REFUSE" ? Outcome.Refused("probe.refused", "It was asked to refuse.") : Outcome.Done;
        }
    }
}

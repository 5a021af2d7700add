using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Notices;

[Translated]
public sealed class AcknowledgeController(ISender sender) : Controller
{
    /// <param name="notice">Its Message-ID, without the angle brackets.</param>
    [HttpPost("/notices/{notice}/acknowledge"), Sends(typeof(Acknowledge.One))]
    public async Task<IActionResult> One(string notice)
    {
        TempData.Toast((await sender.Send(new Acknowledge.One(notice))).OrRefuse(), icon: "check");
        return this.SeeOther("/notices");
    }

    [HttpPost("/notices/acknowledge"), Sends(typeof(Acknowledge.All))]
    public async Task<IActionResult> All()
    {
        TempData.Toast((await sender.Send(new Acknowledge.All())).OrRefuse(), icon: "check");
        return this.SeeOther("/notices");
    }

    [HttpPost("/deliveries/{number}/acknowledge"), Sends(typeof(Acknowledge.Delivery))]
    public async Task<IActionResult> Delivery(string number)
    {
        var address = (await sender.Send(new Acknowledge.Delivery(number))).OrRefuse();
        TempData.Toast(Say.It("You have {0}. Nobody else is told for want of an answer.", number), icon: "check");
        return this.SeeOther(address);
    }
}

/// <summary>"I have it": stops the telling of the next level (domain.md §3.2). Reading alone does not.</summary>
public static class Acknowledge
{
    /// <summary>One notice of one's own.</summary>
    [Requires(Permission.BeSignedIn)]
    public sealed record One(string Notice) : ICommand<string>
    {
        public string MessageId => $"<{Notice}>";
    }

    /// <summary>All of one's own that wait.</summary>
    [Requires(Permission.BeSignedIn)]
    public sealed record All : ICommand<string>;

    /// <summary>Whatever waits for an answer about a delivery that one works on.</summary>
    [Requires(Permission.LogChase)]
    public sealed record Delivery(string Number) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    internal sealed class OneHandler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : ICommandHandler<One, string>
    {
        public async Task<Outcome<string>> Handle(One command, CancellationToken cancellationToken)
        {
            var person = current.Actor.Name.ToLowerInvariant();
            // Somebody else's is as if it were not there.
            var notice = (await db.Notices.SingleOrDefaultAsync(n => n.MessageId == command.MessageId && n.Person == person, cancellationToken)).OrAbsent();
            if (notice.LinkHash is null) return new Refusal("notice.no-answer", Say.It("This notice asks for no answer."));
            await Answers.Give(db, [notice], current.Actor.Name, Answers.Page, clock.GetUtcNow(), cancellationToken);
            return Say.It("You have {0}. Nobody else is told for want of an answer.", notice.DeliveryNumber);
        }
    }

    internal sealed class AllHandler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : ICommandHandler<All, string>
    {
        public async Task<Outcome<string>> Handle(All command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var waiting = await ListNotices.Waiting(db, current.Actor.Name, now).ToListAsync(cancellationToken);
            var done = await Answers.Give(db, waiting, current.Actor.Name, Answers.Page, now, cancellationToken);
            return done == 0 ? Say.It("Nothing waited for your answer.") : Say.Many(done, "1 notice answered.", "{0} notices answered.");
        }
    }

    internal sealed class DeliveryHandler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : ICommandHandler<Delivery, string>
    {
        public async Task<Outcome<string>> Handle(Delivery command, CancellationToken cancellationToken)
        {
            var delivery = await db.Deliveries.AsNoTracking().SingleAsync(d => d.Number == command.Number, cancellationToken);
            await Answers.Work(db, delivery.WatchKey, current.Actor.Name, Answers.Page, clock.GetUtcNow(), cancellationToken);
            return Chasing.DeliveryAddress.Of(delivery);
        }
    }
}

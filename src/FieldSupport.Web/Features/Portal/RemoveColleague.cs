using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class RemoveColleagueController(ISender sender) : Controller
{
    [HttpPost("/portal/settings/people/remove"), Sends(typeof(RemoveColleague.Command))]
    public Task<IActionResult> Submit(string? email) => this.Submit(
        new RemoveColleague.Command(email),
        done: words =>
        {
            TempData.Toast(words);
            return this.SeeOther("/portal/settings");
        },
        again: async () => View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent()));

    [HttpPost("/portal/settings/people/withdraw"), Sends(typeof(RemoveColleague.Withdraw))]
    public async Task<IActionResult> Withdraw(string? email, CancellationToken cancellationToken)
    {
        (await sender.Send(new RemoveColleague.Withdraw(email), cancellationToken)).OrRefuse();
        TempData.Toast(Say.It("The invitation is withdrawn; its link opens nothing any more."));
        return this.SeeOther("/portal/settings");
    }
}

/// <summary>Takes a colleague's access away: out at the next request, tokens too. What they did stays theirs.</summary>
public static class RemoveColleague
{
    [Requires(Permission.InviteColleagues)]
    public sealed record Command(string? Email) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => InviteColleague.Colleagues(db).AnyAsync(u => u.NormalizedEmail == InviteColleague.Normal(Email), cancellationToken);
    }

    /// <summary>An invitation that nobody has used yet. The same answer whether there is one: who was invited from elsewhere is not told.</summary>
    [Requires(Permission.InviteColleagues)]
    public sealed record Withdraw(string? Email) : ICommand;

    internal sealed class Handler(FieldSupportDb db, LastAdministrator last, CurrentScope current, TimeProvider clock) : ICommandHandler<Command, string>, ICommandHandler<Withdraw>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var user = await InviteColleague.Colleagues(db).SingleAsync(u => u.NormalizedEmail == InviteColleague.Normal(command.Email), cancellationToken);
            if (user.Email == current.Actor.Name) return new Refusal("colleague.self", Say.It("You cannot remove yourself. Another administrator of your practice can."));
            if (await last.Stays(user, cancellationToken) is { } refusal) return refusal;
            await Disable(user, cancellationToken);
            return Say.It("{0} has no access any more.", user.DisplayName);
        }

        public async Task<Outcome> Handle(Withdraw command, CancellationToken cancellationToken)
        {
            var user = await InviteColleague.Colleagues(db).SingleOrDefaultAsync(u => u.NormalizedEmail == InviteColleague.Normal(command.Email) && u.PasswordHash == null, cancellationToken);
            if (user is not null) await Disable(user, cancellationToken);
            return Outcome.Done;
        }

        private async Task Disable(User user, CancellationToken stop)
        {
            user.IsDisabled = true;
            user.SecurityStamp = Guid.NewGuid().ToString("N");
            foreach (var token in await db.ApiTokens.Where(t => t.UserId == user.Id && t.RevokedAtUtc == null).ToListAsync(stop)) token.RevokedAtUtc = clock.GetUtcNow();
        }
    }
}

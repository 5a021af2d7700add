using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Features.SigningIn;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>What the administrator hands over; shown once.</summary>
/// <param name="Link">Good once and for a day.</param>
public sealed record Invitation(string Email, string Link, bool IsColleague);

[Translated]
public sealed class InviteColleagueController(ISender sender) : Controller
{
    [HttpPost("/portal/settings/people"), Sends(typeof(InviteColleague.Command))]
    public Task<IActionResult> Invite(InviteColleague.Form form) => Answer(new InviteColleague.Command(form.Name, form.Email, form.Role), form);

    [HttpPost("/portal/settings/people/reset"), Sends(typeof(InviteColleague.Reset))]
    public Task<IActionResult> Reset(string? email) => Answer(new InviteColleague.Reset(email), null);

    // The link is in the answer itself: it is shown once and kept in no cookie.
    private Task<IActionResult> Answer(ICommand<Invitation> command, InviteColleague.Form? form) => this.Submit(
        command,
        done: invited =>
        {
            Response.Headers.CacheControl = "no-store";
            ModelState.Clear();
            return new AnswerLater(async () => View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent() with { Invited = invited }));
        },
        again: async () => View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent() with { Invite = form }));

    private sealed class AnswerLater(Func<Task<ViewResult>> make) : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context) => await (await make()).ExecuteResultAsync(context);
    }
}

/// <summary>
/// A colleague gets a one-time link, by mail and from the administrator's hand. Whether an address has an account at another practice is never
/// told: the answer is the same, and its link is one that opens nothing.
/// </summary>
public static class InviteColleague
{
    public const string Rung = "INVITATION", Slot = "invited";

    public sealed record Form
    {
        public string? Name { get; init; }
        public string? Email { get; init; }
        public string? Role { get; init; }
    }

    [Requires(Permission.InviteColleagues)]
    public sealed record Command(string? Name, string? Email, string? Role) : ICommand<Invitation>;

    /// <summary>A new link for a colleague who lost the password; the old one and every session end.</summary>
    [Requires(Permission.InviteColleagues)]
    public sealed record Reset(string? Email) : ICommand<Invitation>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => Colleagues(db).AnyAsync(u => u.NormalizedEmail == Normal(Email), cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Name).Must(n => SaveContacts.Clean(n) is { Length: <= 120 } name && !name.Any(char.IsControl)).WithMessage(_ => Say.It("Enter the colleague’s name, at most 120 characters."));
            RuleFor(x => x.Email).Must(e => SaveContacts.Clean(e) is { } mail && SaveContacts.IsMail(mail)).WithMessage(_ => Say.It("Enter a mail address, such as name@practice.com."));
            RuleFor(x => x.Role).Must(r => r is Roles.Practice or Roles.PracticeAdmin).WithMessage(_ => Say.It("Choose what the colleague may do."));
        }
    }

    /// <summary>People of the reader's practice, let in or invited. Users lie outside every scope, so the account is asked for by name here.</summary>
    internal static IQueryable<User> Colleagues(FieldSupportDb db) => db.Users.Where(u => u.AccountId != null && u.AccountId == db.Scope.AccountId && !u.IsDisabled);

    internal static string Normal(string? email) => (email ?? "").Trim().ToUpperInvariant();

    internal sealed class Handler(FieldSupportDb db, LastAdministrator last, RefillBook book, UserManager<User> users, CurrentScope current, Checked settings) : ICommandHandler<Command, Invitation>, ICommandHandler<Reset, Invitation>
    {
        public async Task<Outcome<Invitation>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var (name, email) = (command.Name!.Trim(), command.Email!.Trim());
            var normal = users.NormalizeEmail(email)!;
            var known = await db.Users.FirstOrDefaultAsync(u => u.NormalizedEmail == normal, cancellationToken);
            if (known is { IsDisabled: false, PasswordHash: not null } && known.AccountId == practice.Account.Id)
                return new Refusal("colleague.known", Say.It("{0} works with you here already. A forgotten password? Press “New link” beside the name.", email));
            if (known is not null && known.AccountId != practice.Account.Id)
            {
                // Nobody's link: made of an account that is stored nowhere.
                var nobody = Made(name, email, command.Role!, practice.Account.Id);
                Tell(practice, email, $"{current.Actor.Name} of {practice.Account.Name} has invited you to FieldSupport. This address has an account here already, so nothing was changed. If you work at both places, ask your representative.\n");
                return new Invitation(email, await SetPassword.LinkAsync(users, nobody, BaseUrl), IsColleague: false);
            }
            var user = known;
            if (user is null) db.Users.Add(user = Made(name, email, command.Role!, practice.Account.Id));
            (user.DisplayName, user.Role, user.IsDisabled, user.InvitedBy) = (name, command.Role!, false, current.Actor.Name);
            return await Send(practice, user, $"{current.Actor.Name} has invited you to FieldSupport, where {practice.Account.Name} follows its refill deliveries.");
        }

        public async Task<Outcome<Invitation>> Handle(Reset command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var user = await Colleagues(db).SingleAsync(u => u.NormalizedEmail == Normal(command.Email), cancellationToken);
            if (user.Email == current.Actor.Name) return new Refusal("colleague.self", Say.It("This is you. Ask another administrator of your practice, or your representative, for a new link."));
            // Whoever has no password any more cannot let anybody in until they choose one.
            if (await last.Stays(user, cancellationToken) is { } refusal) return refusal;
            return await Send(practice, user, $"{current.Actor.Name} of {practice.Account.Name} has asked for a new password for you at FieldSupport.");
        }

        /// <summary>The old password, older links and every session end with the stamp.</summary>
        private async Task<Invitation> Send(PracticeDays practice, User user, string opening)
        {
            user.PasswordHash = null;
            user.SecurityStamp = Guid.NewGuid().ToString("N");
            user.LockoutEnd = null;
            user.AccessFailedCount = 0;
            var link = await SetPassword.LinkAsync(users, user, BaseUrl);
            Tell(practice, user.Email!, $"{opening}\n\nChoose a password here. The link works once and for a day:\n{link}\n\nYou did not expect this? Then leave it; without a password nobody can come in.\n");
            return new Invitation(user.Email!, link, IsColleague: true);
        }

        private User Made(string name, string email, string role, Guid account) => new()
        {
            UserName = email, NormalizedUserName = users.NormalizeName(email), Email = email, NormalizedEmail = users.NormalizeEmail(email), DisplayName = name, Role = role,
            AccountId = account, LockoutEnabled = true, SecurityStamp = Guid.NewGuid().ToString("N"),
        };

        private void Tell(PracticeDays practice, string email, string body)
        {
            var (person, stamp) = (email.ToLowerInvariant(), RefillBook.Mark(practice.Now));
            db.Notices.Add(new Notice
            {
                // Of no account: a link to come in is not for the eyes of those who see the practice's deliveries.
                AccountId = Guid.Empty, DeliveryId = Guid.Empty, DeliveryNumber = practice.Account.Code, WatchKey = "user:" + person, Rung = Rung, Round = stamp, Recipient = Slot, Person = person,
                Addresses = email, MessageId = MessageIds.Of(person, Rung + stamp, Slot), Subject = "[FieldSupport] Your access", Body = body,
                State = NoticeState.Queued, QueuedAtUtc = practice.Now, NextAttemptAtUtc = practice.Now,
            });
        }

        private string BaseUrl => settings.Settings.BaseUrl;
    }
}

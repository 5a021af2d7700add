using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.SigningIn;

[Translated]
public sealed class SignInController : Controller
{
    [HttpGet("/account/sign-in"), AllowsAnyone("the door itself")]
    public IActionResult Show(string? returnUrl) => View(nameof(SignIn), new SignIn.Form { ReturnUrl = returnUrl });

    [HttpPost("/account/sign-in"), Sends(typeof(SignIn.Command))]
    public Task<IActionResult> Submit(SignIn.Form form) => this.Submit(
        new SignIn.Command(form.Email, form.Password),
        done: () => this.SeeOther(form.ReturnUrl ?? "/"),
        again: () => Task.FromResult<IActionResult>(View(nameof(SignIn), form)));
}

public static class SignIn
{
    public sealed class Form
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public string? ReturnUrl { get; set; }
    }

    [AllowsAnyone("nobody is signed in before this")]
    public sealed record Command(string? Email, string? Password) : ICommand;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Email).NotEmpty().WithMessage(_ => Say.It("Enter your mail address."));
            RuleFor(x => x.Password).NotEmpty().WithMessage(_ => Say.It("Enter your password."));
        }
    }

    internal sealed class Handler(SignInManager<User> door, UserManager<User> users) : ICommandHandler<Command>
    {
        /// <summary>One sentence for every reason: a stranger learns neither who exists nor who is locked out.</summary>
        private static Refusal Refused => new(
            "sign-in.refused", Say.It("The mail address or the password is wrong, or the account is locked. After five wrong tries it locks for 15 minutes."));

        private static readonly string NoPassword = new PasswordHasher<User>().HashPassword(null!, Guid.NewGuid().ToString());

        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            var user = await Find(command.Email!.Trim());
            if (user is null || user.IsDisabled)
            {
                // As long as for somebody who exists.
                users.PasswordHasher.VerifyHashedPassword(null!, NoPassword, command.Password!);
                return Refused;
            }
            var result = await door.PasswordSignInAsync(user, command.Password!, isPersistent: false, lockoutOnFailure: true);
            return result.Succeeded ? Outcome.Done : Refused;
        }

        private async Task<User?> Find(string email)
        {
            try
            {
                return await users.FindByEmailAsync(email);
            }
            catch (ArgumentException)
            {
                // What Unicode cannot normalise is nobody's address.
                return null;
            }
        }
    }
}

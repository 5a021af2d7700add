using System.Text;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace FieldSupport.Web.Features.SigningIn;

[Translated]
public sealed class SetPasswordController : Controller
{
    [HttpGet("/account/set-password"), AllowsAnyone("the link in it is the key")]
    public IActionResult Show(string? user, string? token)
    {
        // The key stands in the address: no page that is opened from here may learn it.
        Response.Headers["Referrer-Policy"] = "no-referrer";
        return View(nameof(SetPassword), new SetPassword.Form { User = user, Token = token });
    }

    [HttpPost("/account/set-password"), Sends(typeof(SetPassword.Command))]
    public Task<IActionResult> Submit(SetPassword.Form form) => this.Submit(
        new SetPassword.Command(form.User, form.Token, form.Password, form.Again),
        done: () => this.SeeOther("/account/sign-in"),
        again: () => Task.FromResult<IActionResult>(View(nameof(SetPassword), form)));
}

/// <summary>The one-time link of <c>users add</c> and <c>users reset</c>: good once and for a day.</summary>
public static class SetPassword
{
    public sealed class Form
    {
        public string? User { get; set; }
        public string? Token { get; set; }
        public string? Password { get; set; }
        public string? Again { get; set; }
    }

    [AllowsAnyone("the one-time token is checked instead")]
    public sealed record Command(string? User, string? Token, string? Password, string? Again) : ICommand;

    /// <summary>The address of a link for this person.</summary>
    public static async Task<string> LinkAsync(UserManager<User> users, User user, string baseUrl)
    {
        var token = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(await users.GeneratePasswordResetTokenAsync(user)));
        return $"{baseUrl.TrimEnd('/')}/account/set-password?user={Uri.EscapeDataString(user.Id)}&token={token}";
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Password).NotEmpty().WithMessage(_ => Say.It("Enter a password.")).MaximumLength(200).WithMessage(_ => Say.It("At most 200 characters."));
            RuleFor(x => x.Again).Equal(x => x.Password).WithMessage(_ => Say.It("The two passwords are not the same."));
        }
    }

    internal sealed class Handler(UserManager<User> users) : ICommandHandler<Command>
    {
        private static Refusal Spent => new("link.spent", Say.It("This link has been used or has expired. Ask an administrator for a new one."));

        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            var user = command.User is { Length: > 0 } id ? await users.FindByIdAsync(id) : null;
            if (user is null || user.IsDisabled || TokenIn(command.Token) is not { } token) return Spent;
            var result = await users.ResetPasswordAsync(user, token, command.Password!);
            if (!result.Succeeded)
            {
                return result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.InvalidToken))
                    ? Spent
                    : new Refusal("password.too-weak", string.Join(" ", result.Errors.Select(e => e.Code == nameof(IdentityErrorDescriber.PasswordTooShort) ? Say.It("Passwords must be at least {0} characters.", users.Options.Password.RequiredLength) : e.Description)));
            }
            // Who holds the link is who may come in; a lock from guessing ends with it.
            await users.SetLockoutEndDateAsync(user, null);
            await users.ResetAccessFailedCountAsync(user);
            return Outcome.Done;
        }

        private static string? TokenIn(string? text)
        {
            try
            {
                return string.IsNullOrEmpty(text) ? null : Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text));
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }
}

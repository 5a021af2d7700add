using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.SigningIn;

[Translated]
public sealed class ChooseLanguageController(ISender sender) : Controller
{
    [HttpPost("/account/language"), Sends(typeof(ChooseLanguage.Command))]
    public async Task<IActionResult> Submit(string? language, string? returnUrl, CancellationToken cancellationToken)
    {
        if (language is not (Language.English or Language.Spanish)) return BadRequest();
        (await sender.Send(new ChooseLanguage.Command(language), cancellationToken)).OrRefuse();
        Language.Keep(HttpContext, language);
        return this.SeeOther(returnUrl ?? "/");
    }
}

/// <summary>English or Spanish: with the account of whoever is signed in at a practice, else for this browser alone. Staff pages are English.</summary>
public static class ChooseLanguage
{
    [AllowsAnyone("the page before the door is read too; for somebody signed in it asks for the portal")]
    public sealed record Command(string Language) : ICommand;

    internal sealed class Handler(FieldSupportDb db, CurrentUser user) : ICommandHandler<Command>
    {
        public async Task<Outcome> Handle(Command command, CancellationToken cancellationToken)
        {
            if (!user.IsSignedIn) return Outcome.Done;
            if (!user.May(Permission.UsePortal)) throw new ForbiddenException("another language than English");
            (await db.Users.SingleAsync(u => u.Id == user.Id, cancellationToken)).Language = command.Language;
            return Outcome.Done;
        }
    }
}

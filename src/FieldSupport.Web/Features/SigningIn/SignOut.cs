using FieldSupport.Web.Access;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.SigningIn;

[Translated]
public sealed class SignOutController : Controller
{
    [HttpPost("/account/sign-out"), AllowsAnyone("leaving is never refused")]
    public async Task<IActionResult> Submit()
    {
        await HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
        return this.SeeOther("/account/sign-in");
    }

    [HttpGet("/account/forbidden"), AllowsAnyone("says no, to anybody")]
    public IActionResult Forbidden() => StatusCode(StatusCodes.Status403Forbidden);
}

using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Operations;

/// <summary>What the words and states on the screens mean; the same for everyone, so nobody need be signed in.</summary>
[AllowsAnyone("what the words mean, the same for everybody")]
public sealed class HelpController : Controller
{
    [HttpGet("/help")]
    public IActionResult Show() => View("Help");
}

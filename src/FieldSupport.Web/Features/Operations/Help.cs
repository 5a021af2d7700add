using System.Security.Claims;
using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Operations;

/// <summary>How to get things done, by role, and what the words mean. No secret is in it, so nobody need be signed in.</summary>
[AllowsAnyone("how to work with it and what the words mean, the same for everybody")]
public sealed class HelpController : Controller
{
    /// <param name="reader">Whose help; one's own role's by default.</param>
    [HttpGet("/help")]
    public IActionResult Show([FromQuery(Name = "for")] string? reader) =>
        View("Help", HelpTopics.Find(reader) ?? HelpTopics.Of(User.FindFirst(ClaimTypes.Role)?.Value));
}

using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Ui;

/// <summary>The reader's theme: kept in a cookie so that the server renders it at once. No cookie: the page follows the device.</summary>
public static class Theme
{
    public const string Cookie = "fs-theme";

    /// <summary>"light", "dark", or null for the device's own.</summary>
    public static string? Of(HttpRequest request) => request.Cookies[Cookie] is "light" or "dark" ? request.Cookies[Cookie] : null;
}

[AllowsAnyone("a cookie of the reader's own")]
public sealed class SwitchThemeController : Controller
{
    [HttpPost("/account/theme"), ValidateAntiForgeryToken]
    public IActionResult Submit(string? theme, string? returnUrl)
    {
        switch (theme)
        {
            case "light" or "dark":
                Response.Cookies.Append(Theme.Cookie, theme, new CookieOptions
                {
                    MaxAge = TimeSpan.FromDays(365), HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, Path = "/",
                });
                break;
            case "system":
                Response.Cookies.Delete(Theme.Cookie);
                break;
            default:
                return BadRequest();
        }
        Response.Headers.Location = Url.IsLocalUrl(returnUrl) ? returnUrl : "/";
        return StatusCode(StatusCodes.Status303SeeOther);
    }
}

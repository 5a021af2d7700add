using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FieldSupport.Web.Access;

public static class ApiTokens
{
    /// <summary>32 random bytes; shown once.</summary>
    public static string New() => "fs_" + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary><c>Authorization: Bearer fs_…</c>. Only the token's SHA-256 is stored: 32 random bytes need no slow hash.</summary>
internal sealed class ApiTokenScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Databases databases)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiToken";
    private const string Bearer = "Bearer ";

    public static bool IsUsedBy(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsUsedBy(Request)) return AuthenticateResult.NoResult();
        var hash = ApiTokens.HashOf(Request.Headers.Authorization.ToString()[Bearer.Length..].Trim());
        await using var db = databases.Open(Data.Scope.None, Actor.Nobody);
        var user = await db.ApiTokens.AsNoTracking().Where(t => t.TokenHash == hash && t.RevokedAtUtc == null)
            .Select(t => t.UserId).SingleOrDefaultAsync(Context.RequestAborted);
        if (user is null) return AuthenticateResult.Fail("No such token.");
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}

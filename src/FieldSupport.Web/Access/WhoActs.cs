using System.Security.Claims;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FieldSupport.Web.Access;

/// <summary>
/// After authentication, before the endpoint: reads the person behind the cookie or token, and sets scope and actor. A
/// disabled person, and a cookie from before the password or the role changed, is nobody from this request on.
/// </summary>
internal sealed class WhoActs(RequestDelegate next)
{
    private sealed record Found(string Id, string? Email, string DisplayName, string Role, string Territories, Guid? AccountId, string? Language, string? SecurityStamp);

    private static readonly PreparedQuery<Func<FieldSupportDb, string, CancellationToken, Task<Found?>>> Person = new(() => EF.CompileAsyncQuery(
        (FieldSupportDb db, string id, CancellationToken _) => db.Users.AsNoTracking().Where(u => u.Id == id && !u.IsDisabled)
            .Select(u => new Found(u.Id, u.Email, u.DisplayName, u.Role, u.Territories, u.AccountId, u.Language, u.SecurityStamp)).SingleOrDefault()));

    public async Task InvokeAsync(HttpContext context, CurrentUser user, CurrentScope current, Databases databases, IOptions<IdentityOptions> identity)
    {
        if (context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id)
        {
            // Users lie outside every scope; this context sees nothing else.
            await using var db = databases.Open(Scope.None, Actor.Nobody);
            var found = await Person.For(db)(db, id, context.RequestAborted);
            var stamp = context.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
            var byToken = context.User.Identity?.AuthenticationType == ApiTokenScheme.Name;
            if (found is null || (!byToken && !string.Equals(stamp, found.SecurityStamp, StringComparison.Ordinal)))
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
            }
            else
            {
                var codes = found.Territories.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                var person = new CurrentUser.Person(found.Id, found.Email ?? found.Id, found.DisplayName, found.Role, codes, found.AccountId, found.Language);
                user.Is(person);
                context.User = new ClaimsPrincipal(new ClaimsIdentity(
                    [new(ClaimTypes.NameIdentifier, person.Id), new("name", person.DisplayName), new(ClaimTypes.Role, person.Role)],
                    context.User.Identity!.AuthenticationType, "name", ClaimTypes.Role));
                current.Act(person.Scope(), new Actor(person.Email, person.Role));
            }
        }
        await next(context);
    }
}

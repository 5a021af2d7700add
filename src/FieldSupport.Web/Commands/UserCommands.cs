using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.SigningIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary>
/// <c>users add | reset | disable</c> and <c>tokens add | revoke</c> (contract.md §3). Resolved from a service scope in which
/// <see cref="CurrentScope.Act"/> has named the command line.
/// </summary>
public sealed class UserCommands(UserManager<User> users, FieldSupportDb db, Checked settings, TimeProvider clock)
{
    /// <summary>A new person, or a disabled one let in again; hands back a one-time link to choose a password.</summary>
    /// <param name="territories">Comma-separated codes; for rep and manager only.</param>
    /// <param name="accountCode">For practice and practice-admin only.</param>
    public async Task<Outcome<string>> AddAsync(string email, string role, string? territories, string? accountCode, CancellationToken cancellationToken = default)
    {
        email = email.Trim();
        if (!System.Net.Mail.MailAddress.TryCreate(email, out var address) || address.Address != email)
            return new Refusal("user.email", $"'{email}' is no mail address.");
        if (!Roles.All.Contains(role)) return new Refusal("user.role", $"'{role}' is no role; there are {string.Join(", ", Roles.All)}.");
        if (Roles.IsOfTerritories(role) == string.IsNullOrWhiteSpace(territories))
            return new Refusal("user.territory", $"--territory is needed for rep and manager, and for nobody else; the role here is {role}.");
        if (Roles.IsOfAccount(role) == string.IsNullOrWhiteSpace(accountCode))
            return new Refusal("user.account", $"--account is needed for practice and practice-admin, and for nobody else; the role here is {role}.");

        var codes = (territories ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = await db.Territories.Select(t => t.Code).ToListAsync(cancellationToken);
        if (codes.FirstOrDefault(c => !known.Contains(c)) is { } unknown)
            return new Refusal("user.territory", $"There is no territory '{unknown}'; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
        Guid? accountId = null;
        if (accountCode is { Length: > 0 })
        {
            var code = accountCode.Trim().ToUpperInvariant();
            accountId = await db.Accounts.Where(a => a.Code == code).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken);
            if (accountId is null) return new Refusal("user.account", $"There is no account '{accountCode}'.");
        }

        var user = await users.FindByEmailAsync(email);
        if (user is { IsDisabled: false }) return new Refusal("user.exists", $"{email} is known already; users reset gives a new link.");
        var isNew = user is null;
        user ??= new User { UserName = email, Email = email, DisplayName = address.User, Role = role, LockoutEnabled = true };
        (user.Role, user.Territories, user.AccountId, user.IsDisabled) = (role, string.Join(',', codes), accountId, false);
        if (isNew)
        {
            var made = await users.CreateAsync(user);
            if (!made.Succeeded) return Refused(made);
            return await SetPassword.LinkAsync(users, user, BaseUrl);
        }
        return await NewLinkAsync(user);
    }

    /// <summary>The old password and every session end; hands back a one-time link.</summary>
    public async Task<Outcome<string>> ResetAsync(string email, CancellationToken cancellationToken = default)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null) return Unknown(email);
        if (user.IsDisabled) return new Refusal("user.disabled", $"{email} is disabled; users add lets them in again.");
        return await NewLinkAsync(user);
    }

    /// <summary>Out at the next request, tokens too. Nothing they did is touched.</summary>
    public async Task<Outcome> DisableAsync(string email, CancellationToken cancellationToken = default)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null) return Unknown(email);
        user.IsDisabled = true;
        foreach (var token in await db.ApiTokens.Where(t => t.UserId == user.Id && t.RevokedAtUtc == null).ToListAsync(cancellationToken))
            token.RevokedAtUtc = clock.GetUtcNow();
        // Saves the user, and with it the tokens: one context.
        var done = await users.UpdateSecurityStampAsync(user);
        return done.Succeeded ? Outcome.Done : Refused(done);
    }

    /// <summary>An API token of this person; what is handed back is stored nowhere and cannot be shown again.</summary>
    public async Task<Outcome<string>> AddTokenAsync(string email, string name, CancellationToken cancellationToken = default)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null) return Unknown(email);
        if (user.IsDisabled) return new Refusal("user.disabled", $"{email} is disabled.");
        if (string.IsNullOrWhiteSpace(name)) return new Refusal("token.name", "--name says what the token is for.");
        // A name is taken for good, revoked or not (the key is unique): the audit names tokens by it.
        if (await TokenAsync(user, name, cancellationToken) is { } taken)
            return new Refusal("token.exists", taken.RevokedAtUtc is null
                ? $"{email} has a token named '{taken.Name}' already; choose another name, or revoke it."
                : $"{email} had a token named '{taken.Name}', revoked on {taken.RevokedAtUtc:yyyy-MM-dd}; a name is used once, choose another.");
        var token = ApiTokens.New();
        db.ApiTokens.Add(new ApiToken { UserId = user.Id, Name = name.Trim(), TokenHash = ApiTokens.HashOf(token), CreatedAtUtc = clock.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        return token;
    }

    /// <summary>The token ends at once; its row stays, for the audit.</summary>
    public async Task<Outcome> RevokeTokenAsync(string email, string name, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(name)) return new Refusal("token.name", "--name says which token.");
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null) return Unknown(email);
        if (await TokenAsync(user, name, cancellationToken) is not { } token) return new Refusal("token.unknown", $"{email} has no token named '{name.Trim()}'.");
        if (token.RevokedAtUtc is { } at) return new Refusal("token.revoked", $"The token '{token.Name}' of {email} was revoked on {at:yyyy-MM-dd} already.");
        token.RevokedAtUtc = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return Outcome.Done;
    }

    private Task<ApiToken?> TokenAsync(User user, string name, CancellationToken cancellationToken) =>
        db.ApiTokens.SingleOrDefaultAsync(t => t.UserId == user.Id && t.Name == name.Trim(), cancellationToken);

    private string BaseUrl => settings.Settings.BaseUrl;

    private async Task<Outcome<string>> NewLinkAsync(User user)
    {
        user.PasswordHash = null;
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        var done = await users.UpdateSecurityStampAsync(user);
        return done.Succeeded ? await SetPassword.LinkAsync(users, user, BaseUrl) : Refused(done);
    }

    private static Refusal Unknown(string email) => new("user.unknown", $"There is no user {email}.");
    private static Refusal Refused(IdentityResult result) => new("user.refused", string.Join(" ", result.Errors.Select(e => e.Description)));
}

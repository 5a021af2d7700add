using FieldSupport.Domain.Practices;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Access;

/// <summary>The demo sign-ins of contract.md §2. All people are invented; the password is public, so Production refuses them.</summary>
public static class DemoAccounts
{
    public const string Password = "Demo-pass-1!";

    public sealed record Demo(string Email, string DisplayName, string Role, string Territories, string? AccountCode);

    public static IReadOnlyList<Demo> All { get; } =
    [
        new("rep@demo.test", "Rosa Marchetti", Roles.Rep, "TN-West", null),
        new("rep2@demo.test", "Theo Brandt", Roles.Rep, "KY-East", null),
        new("manager@demo.test", "Ken Okafor", Roles.Manager, "TN-West,KY-East", null),
        new("specialist@demo.test", "Dev Raman", Roles.Specialist, "", null),
        new("logistics@demo.test", "Wes Halloran", Roles.Logistics, "", null),
        new("materials@demo.test", "Greta Lindqvist", Roles.Materials, "", null),
        new("practice@demo.test", "Imani Boateng", Roles.PracticeAdmin, "", "LAKESIDE"),
        new("practice2@demo.test", "Lou Castellano", Roles.PracticeAdmin, "", "NORTHFORK"),
        new("safety@demo.test", "Mara Voss", Roles.Safety, "", null),
        new("auditor@demo.test", "Edwin Pryce", Roles.Auditor, "", null),
        new("admin@demo.test", "Ana Figueroa", Roles.Admin, "", null),
    ];

    private static readonly (string Code, string Name)[] Territories = [("TN-West", "West Tennessee"), ("KY-East", "Eastern Kentucky")];

    /// <summary>Adds what is missing and leaves the rest alone; the caller saves. The two accounts must be there or be added in the same save.</summary>
    public static async Task AddAsync(FieldSupportDb db, CancellationToken cancellationToken = default)
    {
        var known = await db.Territories.Select(t => t.Code).ToListAsync(cancellationToken);
        known.AddRange(db.Territories.Local.Select(t => t.Code));
        foreach (var (code, name) in Territories.Where(t => !known.Contains(t.Code))) db.Territories.Add(new Territory { Code = code, Name = name });

        var users = await db.Users.Select(u => u.NormalizedEmail).ToListAsync(cancellationToken);
        // One hash for all: their password is no secret, and hashing is slow on purpose.
        var hash = new PasswordHasher<User>().HashPassword(null!, Password);
        foreach (var demo in All.Where(d => !users.Contains(d.Email.ToUpperInvariant())))
        {
            db.Users.Add(new User
            {
                UserName = demo.Email,
                NormalizedUserName = demo.Email.ToUpperInvariant(),
                Email = demo.Email,
                NormalizedEmail = demo.Email.ToUpperInvariant(),
                EmailConfirmed = true,
                DisplayName = demo.DisplayName,
                Role = demo.Role,
                Territories = demo.Territories,
                AccountId = demo.AccountCode is { } code ? await AccountOf(db, code, cancellationToken) : null,
                PasswordHash = hash,
                SecurityStamp = Guid.NewGuid().ToString("N"),
                LockoutEnabled = true,
            });
        }
    }

    private static async Task<Guid> AccountOf(FieldSupportDb db, string code, CancellationToken cancellationToken) =>
        db.Accounts.Local.FirstOrDefault(a => a.Code == code)?.Id
        ?? await db.Accounts.Where(a => a.Code == code).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken)
        ?? throw new InvalidOperationException($"The demo accounts need the account {code}, which is not there.");
}

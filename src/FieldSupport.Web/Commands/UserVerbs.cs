using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary><c>users add</c>, <c>users reset</c>, <c>users disable</c>, <c>tokens add</c>, <c>tokens revoke</c>.</summary>
public sealed class UserVerb : IVerb
{
    /// <summary>Refusals of what was written on the command line itself, exit 2; any other is a fact of the database, exit 1.</summary>
    private static readonly string[] OfTheCall = ["user.email", "user.role", "user.territory", "user.account", "token.name"];

    private readonly Func<UserCommands, VerbCall, Task<Outcome<string>>> _run;

    private UserVerb(string name, string usage, string help, VerbOption[] options, Func<UserCommands, VerbCall, Task<Outcome<string>>> run) =>
        (Name, Usage, Help, Options, _run) = (name, usage, help, options, run);

    public string Name { get; }
    public string Usage { get; }
    public string Help { get; }
    public bool Writes => true;
    public (int Least, int Most) Words => (1, 1);
    public IReadOnlyList<VerbOption> Options { get; }

    public static UserVerb[] All { get; } =
    [
        new("users add", "EMAIL --role ROLE [--territory T] [--account A]", $"Adds a person and prints a one-time link to choose a password. Roles: {string.Join(", ", Roles.All)}.",
            [new("role", "ROLE", "what they may do"), new("territory", "T", "for rep and manager: codes, with commas"), new("account", "A", "for practice and practice-admin")],
            (users, call) => users.AddAsync(call.Words[0], call.Value("role") ?? throw new WrongUseException("users add needs --role."), call.Value("territory"), call.Value("account"), call.Cancel)),
        new("users reset", "EMAIL", "Ends the old password and every session, and prints a one-time link.", [], (users, call) => users.ResetAsync(call.Words[0], call.Cancel)),
        new("users disable", "EMAIL", "Shuts a person out at once, tokens too.", [], async (users, call) =>
            await users.DisableAsync(call.Words[0], call.Cancel) is { Refusal: { } refusal } ? refusal : $"{call.Words[0]} is disabled."),
        new("tokens add", "EMAIL --name N", "Prints an API token once; it carries that person's scope.", [new("name", "N", "what the token is for; a name is used once per person")],
            (users, call) => users.AddTokenAsync(call.Words[0], call.Value("name") ?? "", call.Cancel)),
        new("tokens revoke", "EMAIL --name N", "Ends an API token at once. Its name stays taken, so that the audit's entries keep meaning one token.", [new("name", "N", "which token, as tokens list shows it")],
            async (users, call) => await users.RevokeTokenAsync(call.Words[0], call.Value("name") ?? "", call.Cancel) is { Refusal: { } refusal } ? refusal : $"The token '{call.Value("name")!.Trim()}' of {call.Words[0]} is revoked."),
    ];

    public async Task<int> Run(VerbCall call)
    {
        var outcome = await call.InSystemScope<UserCommands, Outcome<string>>(users => _run(users, call));
        if (outcome.Refusal is { } refusal)
            throw OfTheCall.Contains(refusal.Code) ? new WrongUseException(refusal.Sentence) : new VerbFailedException(refusal.Sentence);
        await call.Answer(new { email = call.Words[0], result = outcome.Value }, to => to.WriteLineAsync(outcome.Value));
        return ExitCode.Done;
    }
}

/// <summary><c>users list</c>: who may sign in, and what they see. Sign-ins are in the audit; none is stored with the person.</summary>
public sealed class UsersListVerb : IVerb
{
    private sealed record Row(string Email, string Role, string[] Territories, string? Account, bool Disabled);

    public string Name => "users list";
    public string Usage => "";
    public string Help => "Lists everybody: address, role, territories or account, and whether they are disabled.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        await using var db = call.Open();
        var accounts = await db.Accounts.AsNoTracking().Where(a => db.Users.Any(u => u.AccountId == a.Id)).ToDictionaryAsync(a => a.Id, a => a.Code, call.Cancel);
        var users = (await db.Users.AsNoTracking().OrderBy(u => u.Email).ThenBy(u => u.Id).ToListAsync(call.Cancel))
            .ConvertAll(u => new Row(u.Email ?? u.Id, u.Role, u.TerritoryCodes(), u.AccountId is { } id ? accounts.GetValueOrDefault(id) : null, u.IsDisabled));
        await call.Answer(new { users }, async to =>
        {
            foreach (var user in users)
                await to.WriteLineAsync($"{user.Email,-36} {user.Role,-15} {string.Join(',', user.Territories) + user.Account,-16} {(user.Disabled ? "disabled" : "")}".TrimEnd());
            if (users.Count == 0) await to.WriteLineAsync("There are no users; users add adds one.");
        });
        return ExitCode.Done;
    }
}

/// <summary><c>tokens list</c>: names and dates of API tokens; the tokens themselves are stored nowhere.</summary>
public sealed class TokensListVerb : IVerb
{
    private sealed record Row(string? Email, string Name, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

    public string Name => "tokens list";
    public string Usage => "[EMAIL]";
    public string Help => "Lists API tokens, of one person or of all: whose, name, when made, when revoked. A token itself is shown once, when it is made.";
    public (int Least, int Most) Words => (0, 1);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        await using var db = call.Open();
        var people = db.Users.AsNoTracking();
        if (call.Words is [var email])
        {
            var normal = email.Trim().ToUpperInvariant();
            people = people.Where(u => u.NormalizedEmail == normal);
            if (!await people.AnyAsync(call.Cancel)) throw new VerbFailedException($"There is no user {email}.");
        }
        var rows = await (
            from token in db.ApiTokens.AsNoTracking()
            join user in people on token.UserId equals user.Id
            orderby user.Email, token.Name, token.Id
            select new { user.Email, token.Name, token.CreatedAtUtc, token.RevokedAtUtc }).ToListAsync(call.Cancel);
        var tokens = rows.ConvertAll(t => new Row(t.Email, t.Name, t.CreatedAtUtc, t.RevokedAtUtc));
        await call.Answer(new { tokens }, async to =>
        {
            foreach (var token in tokens)
                await to.WriteLineAsync($"{token.Email,-36} {token.Name,-24} made {token.CreatedAt:yyyy-MM-dd HH:mm}Z{(token.RevokedAt is { } at ? $"  revoked {at:yyyy-MM-dd HH:mm}Z" : "")}");
            if (tokens.Count == 0) await to.WriteLineAsync("There are no tokens; tokens add makes one.");
        });
        return ExitCode.Done;
    }
}

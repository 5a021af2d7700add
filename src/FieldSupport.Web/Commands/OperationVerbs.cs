using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;

namespace FieldSupport.Web.Commands;

/// <summary><c>migrate</c>: brings both schemas up.</summary>
public sealed class MigrateVerb : IVerb
{
    public string Name => "migrate";
    public string Usage => "";
    public string Help => "Brings the schema up, the vault's too. Doing it again changes nothing; several processes may do it at once.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];
    public bool NeedsSchema => false;

    public async Task<int> Run(VerbCall call)
    {
        var applied = await call.Get<Migrator>().MigrateAsync(call.Cancel);
        await call.Answer(new { applied }, to => to.WriteLineAsync(applied.Count == 0 ? "The schema is up to date." : $"Applied: {string.Join(", ", applied)}"));
        return ExitCode.Done;
    }
}

/// <summary><c>audit verify</c>: walks the chain and its anchors.</summary>
public sealed class AuditVerifyVerb : IVerb
{
    public string Name => "audit verify";
    public string Usage => "";
    public string Help => "Walks the audit's chain and its anchors outside the database. Exit 4: it is broken.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        await using var db = call.Open();
        var verdict = await call.Get<AuditChain>().Verify(db, call.Cancel);
        await call.Answer(
            new { verdict.Entries, verdict.Ok, verdict.FirstBad, verdict.Problem },
            to => to.WriteLineAsync(verdict.Ok ? $"Sound: {verdict.Entries} entries." : $"Broken: {verdict.Problem}"));
        return verdict.Ok ? ExitCode.Done : ExitCode.Findings;
    }
}

/// <summary><c>routes</c>: every endpoint and who may use it.</summary>
public sealed class RoutesVerb : IVerb
{
    public string Name => "routes";
    public string Usage => "";
    public string Help => "Lists every endpoint: method, pattern, permission, roles, and why anyone may use it where that is so.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];
    public bool NeedsSchema => false;

    public async Task<int> Run(VerbCall call)
    {
        var rows = RouteList.Of(call.Get<MappedEndpoints>().Sources.SelectMany(s => s.Endpoints));
        await call.Answer(rows, async to =>
        {
            foreach (var row in rows) await to.WriteLineAsync($"{row.Method,-6} {row.Pattern,-52} {row.Permission ?? "anyone: " + row.AnonymousReason}");
        });
        return ExitCode.Done;
    }
}

/// <summary><c>users add</c>, <c>users reset</c>, <c>users disable</c>, <c>tokens add</c>.</summary>
public sealed class UserVerb : IVerb
{
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
        new("tokens add", "EMAIL --name N", "Prints an API token once; it carries that person's scope.", [new("name", "N", "what the token is for")],
            (users, call) => users.AddTokenAsync(call.Words[0], call.Value("name") ?? "", call.Cancel)),
    ];

    public async Task<int> Run(VerbCall call)
    {
        var outcome = await call.InSystemScope<UserCommands, Outcome<string>>(users => _run(users, call));
        if (outcome.Refusal is { } refusal) throw new VerbFailedException(refusal.Sentence);
        await call.Answer(new { email = call.Words[0], result = outcome.Value }, to => to.WriteLineAsync(outcome.Value));
        return ExitCode.Done;
    }
}

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
    public bool MakesDatabase => true;

    public async Task<int> Run(VerbCall call)
    {
        var wasThere = await call.Get<Migrator>().IsThere(call.Cancel);
        var applied = await call.Get<Migrator>().MigrateAsync(call.Cancel);
        await call.Answer(new { applied }, to => to.WriteLineAsync(applied.Count == 0 ? "The schema is up to date." : $"Applied: {string.Join(", ", applied)}"));
        if (!wasThere) await Footing.Told(call);
        return ExitCode.Done;
    }
}

/// <summary><c>audit verify</c>: walks the chain and its anchors.</summary>
public sealed class AuditVerifyVerb : IVerb
{
    public string Name => "audit verify";
    public string Usage => "";
    public string Help => "Walks the audit's chain and its anchors outside the database, and names the backups that were restored: what was written between is gone. Exit 4: it is broken.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];

    public async Task<int> Run(VerbCall call)
    {
        await using var db = call.Open();
        var verdict = await call.Get<AuditChain>().Verify(db, call.Cancel);
        await call.Answer(
            new { verdict.Entries, verdict.Ok, verdict.FirstBad, verdict.Problem, verdict.Restores },
            async to =>
            {
                await to.WriteLineAsync(verdict.Ok ? $"Sound: {verdict.Entries} entries." : $"Broken: {verdict.Problem}");
                foreach (var restore in verdict.Restores)
                    await to.WriteLineAsync($"Restored on {restore.AtUtc:yyyy-MM-dd HH:mm} UTC, going on after entry {restore.After}: {restore.Backup ?? "from a backup that a later restore has replaced"}.");
            });
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

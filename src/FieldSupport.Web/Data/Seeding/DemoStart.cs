using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>The first start of a demo: loads the default scene into an empty database; a second start changes nothing (contract.md §1).</summary>
public sealed class DemoStart(Checked settings, SceneLoader loader, Databases databases, Turns turns, ILogger<DemoStart> log)
{
    private HashSet<string> _people = [];

    /// <summary>After the schema is up and before the first request. Does nothing unless <c>FieldSupport:Demo</c> is on.</summary>
    /// <exception cref="StartRefusedException">A loading was cut off, or the scene cannot be loaded.</exception>
    public async Task Load(CancellationToken cancel = default)
    {
        if (!settings.Demo) return;
        await LoadOnce(cancel);
        await using var db = databases.Open(Scope.System, Actor.CommandLine);
        var emails = DemoAccounts.All.Select(d => d.Email).ToArray();
        _people = await db.Users.Where(u => emails.Contains(u.Email)).Select(u => u.Email!).ToHashSetAsync(StringComparer.OrdinalIgnoreCase, cancel);
    }

    private async Task LoadOnce(CancellationToken cancel)
    {
        // Two first starts at once: one loads, the other waits and finds it done.
        await using var turn = await turns.Take("demo", cancel);
        switch (await loader.Look(cancel))
        {
            case SceneState.InUse: return;
            case SceneState.HalfLoaded: throw new StartRefusedException(loader.HalfLoaded());
        }
        if (log.IsEnabled(LogLevel.Information)) log.LogInformation("First start: loading the demo scene {Scene}.", SceneFiles.Default);
        try
        {
            var report = await loader.Load(SceneFiles.Default, progress: null, cancel);
            if (log.IsEnabled(LogLevel.Information))
                log.LogInformation("{Practices} practices, {Deliveries} deliveries under way, {Received} received, {Scans} scans.", report.Practices, report.Deliveries, report.Received, report.Scans);
        }
        catch (SceneFault fault)
        {
            throw new StartRefusedException("The demo scene was not loaded. " + fault.Message);
        }
    }

    /// <summary>The sign-ins, once the server listens.</summary>
    public void Announce(Func<IEnumerable<string>> addresses, TextWriter to)
    {
        if (!settings.Demo) return;
        to.WriteLine();
        to.WriteLine($"FieldSupport listens on {string.Join(", ", addresses())}");
        // Not where somebody serves a world of their own.
        if (_people.Count > 0) to.WriteLine($"Demo sign-ins, each with the password {DemoAccounts.Password}");
        foreach (var demo in DemoAccounts.All.Where(d => _people.Contains(d.Email)))
            to.WriteLine($"  {demo.Email,-24} {demo.Role}{(demo.Territories.Length > 0 ? " " + demo.Territories : demo.AccountCode is { } code ? " " + code : "")}");
        to.WriteLine();
        to.Flush();
    }
}

public static class SeedingSetup
{
    public static IServiceCollection AddSeeding(this IServiceCollection services) => services.AddSingleton<SceneLoader>().AddSingleton<DemoStart>();
}

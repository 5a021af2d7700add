using FieldSupport.Web.Access;
using FieldSupport.Web.Data.Seeding;

namespace FieldSupport.Web.Commands;

/// <summary><c>seed</c>: loads a scene into an empty database.</summary>
public sealed class SeedVerb : IVerb
{
    public string Name => "seed";
    public string Usage => "[--scene NAME]";
    public string Help => $"Loads a scene into an empty database, laid out relative to the clock; one that holds accounts is left as it is, with exit 1. "
        + $"Scenes: {string.Join(", ", SceneFiles.Names)}.\nRefused in Production, since the demo accounts have a public password.";

    public bool Writes => true;
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [new("scene", "NAME", $"which scene; {SceneFiles.Default} unless said otherwise")];

    public async Task<int> Run(VerbCall call)
    {
        var scene = call.Value("scene") ?? SceneFiles.Default;
        if (!SceneFiles.Names.Contains(scene)) throw new WrongUseException($"There is no scene '{scene}'; there are {string.Join(", ", SceneFiles.Names)}.");
        try
        {
            var report = await call.Get<SceneLoader>().Load(scene, call.Progress, call.Cancel);
            call.EndProgress();
            await call.Answer(report, async to =>
            {
                await to.WriteLineAsync($"{report.Scene}: {report.Practices} practices, {report.Deliveries} deliveries under way, {report.Received} received, {report.Scans} scans, {report.Chases} chases.");
                await to.WriteLineAsync($"Demo sign-ins, each with the password {DemoAccounts.Password}: {string.Join(", ", DemoAccounts.All.Select(d => d.Email))}");
            });
            return ExitCode.Done;
        }
        catch (SceneFault fault)
        {
            call.EndProgress();
            throw new VerbFailedException(fault.Message);
        }
    }
}

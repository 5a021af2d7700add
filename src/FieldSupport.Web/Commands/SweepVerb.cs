using FieldSupport.Web.Features.Chasing;

namespace FieldSupport.Web.Commands;

/// <summary><c>sweep</c>: evaluates every open delivery once, climbs the ladder, queues notices.</summary>
public sealed class SweepVerb : IVerb
{
    public string Name => "sweep";
    public string Usage => "[--due] [--dry-run]";
    public string Help => "Evaluates every open delivery once, climbs the ladder, queues notices. Running it twice adds nothing.\n"
        + "Exit 0: done. 4: some deliveries could not be evaluated; each is named on standard error.";

    public bool Writes => true;
    public (int Least, int Most) Words => (0, 0);

    public IReadOnlyList<VerbOption> Options { get; } =
    [
        new("due", null, "only deliveries whose next look has come, as the job does"),
        new("dry-run", null, "says what it would do and writes nothing"),
    ];

    public async Task<int> Run(VerbCall call)
    {
        var report = await call.Get<Sweep>().Run(new SweepRequest(call.Has("due"), call.Has("dry-run"), CollectStalls: true), call.Cancel);
        await using var db = call.Open();
        var stalls = await call.Get<DeliveryJsonWriter>().Write(db, report.Stalls, report.AsOf, hidesRefillBy: false, call.Cancel);
        await call.Answer(
            new { report.AsOf, report.Evaluated, report.Opened, report.Cleared, report.Escalated, report.Notices, stalls },
            async to =>
            {
                await to.WriteLineAsync($"As of {report.AsOf:yyyy-MM-dd HH:mm}Z: {report.Evaluated} evaluated, {report.Opened} opened, {report.Cleared} cleared, {report.Escalated} escalated, {report.Notices} notices.");
                foreach (var stall in stalls) await to.WriteLineAsync($"  {stall.Number,-12} {stall.Account,-12} {stall.Outlook,-9} {stall.Severity,-8} {string.Join(", ", stall.Reasons)}");
                if (call.Has("dry-run")) await to.WriteLineAsync("A dry run: nothing was written.");
            });
        foreach (var (number, error) in report.Failures) await call.Error.WriteLineAsync($"{number} could not be evaluated: {error}");
        return report.Failures.Count == 0 ? ExitCode.Done : ExitCode.Findings;
    }
}

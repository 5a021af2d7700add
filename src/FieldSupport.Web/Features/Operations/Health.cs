using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Operations;

/// <summary>One thing that must be in order before this process may get requests.</summary>
public interface IReadyCheck
{
    string Name { get; }

    /// <summary>What is wrong, for an operator; null when nothing is.</summary>
    Task<string?> ProblemAsync(CancellationToken cancellationToken);
}

/// <summary>Live and ready; no detail to strangers.</summary>
public sealed partial class HealthController(IEnumerable<IReadyCheck> checks, CurrentUser user, ILogger<HealthController> log) : Controller
{
    [HttpGet("/healthz"), HttpHead("/healthz"), AllowsAnyone("asked by whoever starts and stops this process")]
    public IActionResult Live() => Content("ok", "text/plain");

    [HttpGet("/readyz"), HttpHead("/readyz"), AllowsAnyone("asked by the load balancer; strangers learn yes or no")]
    public async Task<IActionResult> Ready(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var check in checks)
        {
            string? problem;
            try
            {
                problem = await check.ProblemAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problem = e.Message;
            }
            if (problem is null) continue;
            NotReady(log, check.Name, problem);
            problems.Add($"{check.Name}: {problem}");
        }
        Response.Headers.CacheControl = "no-store";
        if (problems.Count > 0) Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var word = problems.Count == 0 ? "ready" : "not ready";
        return Content(user.May(Permission.SeeStatus) ? string.Join('\n', problems.Prepend(word)) : word, "text/plain");
    }

    [LoggerMessage(LogLevel.Warning, "Not ready, {Check}: {Problem}")]
    private static partial void NotReady(ILogger log, string check, string problem);
}

internal sealed class DatabaseReady(Migrator migrator) : IReadyCheck
{
    public string Name => "database";

    public async Task<string?> ProblemAsync(CancellationToken cancellationToken) =>
        await migrator.IsBehind(cancellationToken) ? "migrations are pending: run the verb migrate" : null;
}

internal sealed class DiskReady(Checked settings) : IReadyCheck
{
    private const long LeastFree = 100 * 1024 * 1024;

    public string Name => "disk";

    public Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        var free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
        return Task.FromResult(free < LeastFree ? $"less than 100 MB are free where the data lies ({free / 1024 / 1024} MB)" : null);
    }
}

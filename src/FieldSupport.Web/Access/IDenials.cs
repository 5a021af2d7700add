namespace FieldSupport.Web.Access;

/// <summary>Where a refused attempt is noted. Noted apart from the request's own save, which does not happen.</summary>
public interface IDenials
{
    /// <param name="what">The message or the address and the permission that was missing; never a key of a record.</param>
    Task Denied(Actor actor, string what, CancellationToken cancellationToken);
}

internal sealed partial class LoggedDenials(ILogger<LoggedDenials> log) : IDenials
{
    public Task Denied(Actor actor, string what, CancellationToken cancellationToken)
    {
        Log(log, actor.Name, actor.Role, what);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "Denied to {Actor} ({Role}): {What}")]
    private static partial void Log(ILogger log, string actor, string? role, string what);
}

using System.Diagnostics;
using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Diagnostics;

namespace FieldSupport.Web.Composition;

/// <summary>
/// One line a request: method, pattern of the route, status, duration, role. Never a path, a query, a header, a name or a body: an address
/// may hold a practice's number or a one-time code, a body may hold anything.
/// </summary>
public sealed partial class RequestLog(RequestDelegate next, ILoggerFactory loggers)
{
    public const string Category = "FieldSupport.Requests";

    /// <summary>Asked by machines, many times a second: said where somebody turns the level up.</summary>
    private static readonly string[] Frequent = ["webhooks/", "healthz", "readyz", "metrics", "css/", "js/", "fonts/", "img/"];

    private readonly ILogger _log = loggers.CreateLogger(Category);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!_log.IsEnabled(LogLevel.Information))
        {
            await next(context);
            return;
        }
        var begun = Stopwatch.GetTimestamp();
        var isThrown = true;
        try
        {
            await next(context);
            isThrown = false;
        }
        finally
        {
            // A page that says what went wrong has a route of its own; what was asked for is meant.
            var endpoint = context.Features.Get<IStatusCodeReExecuteFeature>()?.Endpoint ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
            var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText?.TrimStart('/') ?? "(none)";
            var level = Array.Exists(Frequent, f => route.StartsWith(f, StringComparison.OrdinalIgnoreCase)) && context.Response.StatusCode < 400 ? LogLevel.Debug : LogLevel.Information;
            var role = context.RequestServices.GetService<CurrentUser>() is { IsSignedIn: true } user ? user.Role : "nobody";
            var milliseconds = Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1);
            var (method, status) = (Method(context.Request.Method), isThrown ? StatusCodes.Status500InternalServerError : context.Response.StatusCode);
            Answered(_log, level, method, route, status, milliseconds, role, context.TraceIdentifier);
        }
    }

    [LoggerMessage(Message = "{Method} /{Route} {Status} in {Milliseconds} ms, {Role}, {Request}")]
    private static partial void Answered(ILogger log, LogLevel level, string method, string route, int status, double milliseconds, string role, string request);

    /// <summary>A stranger may send any word.</summary>
    private static string Method(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "OTHER";
}

public static class LogSetup
{
    /// <summary>With <c>FieldSupport:Logs:Json</c> (the default in Production) each line on standard output is a JSON object, requests among them; else lines for people, without.</summary>
    public static void LogAsSet(this ILoggingBuilder logging, Checked settings)
    {
        var isJson = settings.Settings.Logs.Json ?? settings.IsProduction;
        if (isJson) logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        // Set apart from the rest, so that a level of the installation's own still counts.
        logging.AddFilter(RequestLog.Category, isJson ? LogLevel.Information : LogLevel.Warning);
    }
}

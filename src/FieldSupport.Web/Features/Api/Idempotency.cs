using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Api;

/// <summary>
/// On an action of the API that changes something: reads the body up to 1 MiB, and where the client sent an <c>Idempotency-Key</c>, gives the
/// answer it gave before. The answer is kept in the transaction of the change, so that a repeated call either finds both or neither.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute, IAsyncResourceFilter
{
    public const string Header = "Idempotency-Key";
    private const int MostBytes = 1024 * 1024;
    private const int LongestKey = 200;

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var body = await Read(http.Request, http.RequestAborted);
        var key = http.Request.Headers[Header].ToString().Trim();
        if (key.Length == 0)
        {
            await next();
            return;
        }
        if (key.Length > LongestKey || key.Any(char.IsControl))
            throw new RefusedException(new Refusal("idempotency.key-invalid", $"An {Header} has at most {LongestKey} characters."));
        var user = http.RequestServices.GetRequiredService<CurrentUser>();
        var call = http.RequestServices.GetRequiredService<IdempotentCall>();
        var databases = http.RequestServices.GetRequiredService<Databases>();
        call.Is(user.Id, key, HashOf(http.Request, body));
        if (await Known(databases, call, http.RequestAborted) is { } known)
        {
            context.Result = known;
            return;
        }
        await next();
    }

    private static async Task<byte[]> Read(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostBytes) throw new BadHttpRequestException("Too large", StatusCodes.Status413PayloadTooLarge);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > MostBytes) throw new BadHttpRequestException("Too large", StatusCodes.Status413PayloadTooLarge);
            buffer.Write(chunk, 0, read);
        }
        var body = buffer.ToArray();
        request.Body = new MemoryStream(body, writable: false);
        return body;
    }

    private static string HashOf(HttpRequest request, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static async Task<IActionResult?> Known(Databases databases, IdempotentCall call, CancellationToken cancellationToken)
    {
        // Keys lie outside every scope; this context sees nothing else.
        await using var db = databases.Open(Scope.None, Actor.Nobody);
        var known = await db.IdempotentRequests.AsNoTracking().SingleOrDefaultAsync(r => r.UserId == call.UserId && r.Key == call.Key, cancellationToken);
        if (known is null) return null;
        if (known.RequestHash != call.RequestHash)
            throw new RefusedException(new Refusal("idempotency.key-reused", $"This {Header} was used for another request. Take a new one."));
        return new KeptAnswer(known.StatusCode, known.Response, known.Location, isReplay: true);
    }
}

/// <summary>The client's key of this request, if it sent one.</summary>
public sealed class IdempotentCall
{
    public string? UserId { get; private set; }
    public string? Key { get; private set; }
    public string? RequestHash { get; private set; }

    internal void Is(string userId, string key, string hash) => (UserId, Key, RequestHash) = (userId, key, hash);
}

/// <summary>Sends a command of the API and keeps its answer under the client's key, in one transaction.</summary>
public sealed class ApiCommands(MediatR.ISender sender, FieldSupportDb db, WithTheSave also, IdempotentCall call, Databases databases, TimeProvider clock)
{
    /// <param name="answer">The body of the 201, made from what the command handed back.</param>
    public async Task<IActionResult> Create<T>(ICommand<T> command, string location, Func<T, object> answer, CancellationToken cancellationToken)
    {
        string? body = null;
        also.Add(async (response, stop) =>
        {
            body = Written(answer(((Outcome<T>)response!).Value));
            if (call.Key is null) return;
            db.IdempotentRequests.Add(new IdempotentRequest
            {
                UserId = call.UserId!, Key = call.Key, RequestHash = call.RequestHash!, StatusCode = StatusCodes.Status201Created, Response = body, Location = location,
                AtUtc = clock.GetUtcNow(),
            });
            await db.SaveChangesAsync(stop);
        });
        try
        {
            (await sender.Send(command, cancellationToken)).OrRefuse();
        }
        catch (StaleException) when (call.Key is not null)
        {
            // The same call twice at once: the second one's save fails, and by then the first one's answer is there.
            if (await IdempotentAttribute.Known(databases, call, cancellationToken) is { } meanwhile) return meanwhile;
            throw;
        }
        return new KeptAnswer(StatusCodes.Status201Created, body!, location, isReplay: false);
    }

    private static string Written(object answer) => JsonSerializer.Serialize(answer, JsonSerializerOptions.Web);
}

/// <summary>An answer as it was, or will be, kept.</summary>
internal sealed class KeptAnswer(int status, string body, string? location, bool isReplay) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        if (location is not null) response.Headers.Location = location;
        if (isReplay) response.Headers["Idempotency-Replayed"] = "true";
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/json; charset=utf-8";
        await response.WriteAsync(body, context.HttpContext.RequestAborted);
    }
}

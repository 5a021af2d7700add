using System.Buffers;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Jobs;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Intake;

/// <summary>EasyPost tells us about a tracker (contract.md §4): signed over the raw body, stored before it is answered, read after.</summary>
public sealed class EasyPostWebhookController(Settings settings, MessageStore store, DueSignal due, ILogger<EasyPostWebhookController> log) : ControllerBase
{
    public const string Source = "webhook:easypost";
    private const int MaxBody = 1024 * 1024;

    [HttpPost("/webhooks/easypost"), AllowsAnyone("signed by the carrier")]
    public async Task<IActionResult> Receive(CancellationToken cancel)
    {
        if (settings.Carriers.EasyPost.WebhookSecret is not { Length: > 0 } secret)
        {
            log.LogError("EasyPost called, and FieldSupport:Carriers:EasyPost:WebhookSecret is not set: set it to the secret of the webhook. Answered 503; EasyPost will try again.");
            return Refuse(StatusCodes.Status503ServiceUnavailable, "webhook.no-secret", "No webhook secret is set.");
        }
        if (await Body(cancel) is not { } body) return Refuse(StatusCodes.Status413PayloadTooLarge, "webhook.too-large", "A message may have 1 MiB.");
        if (!EasyPostSignature.Verify(body, Request.Headers[EasyPostSignature.HeaderName].ToString(), secret))
        {
            log.LogWarning("A call of the EasyPost webhook without a right signature was refused.");
            return Refuse(StatusCodes.Status401Unauthorized, "webhook.signature", "The signature is missing or wrong.");
        }
        if (PayloadShape.OfJson(body).Error is { } error)
            return Refuse(StatusCodes.Status400BadRequest, "webhook.not-json", $"Line {error.Line}, position {error.Column}: {error.Message}");
        try
        {
            await store.Store(Source, body, cancel);
            due.Signal();
            return Ok();
        }
        catch (MessageNotStoredException)
        {
            Response.Headers.RetryAfter = "60";
            return Refuse(StatusCodes.Status503ServiceUnavailable, "webhook.not-stored", "The message could not be stored; send it again.");
        }
    }

    /// <summary>The raw body; null as soon as it is known to be too long, with the rest unread.</summary>
    private async Task<byte[]?> Body(CancellationToken cancel)
    {
        if (Request.ContentLength > MaxBody) return null;
        using var whole = new MemoryStream();
        var block = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int n; (n = await Request.Body.ReadAsync(block, cancel)) > 0;)
            {
                if (whole.Length + n > MaxBody) return null;
                whole.Write(block, 0, n);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return whole.ToArray();
    }

    private static ObjectResult Refuse(int status, string code, string sentence)
    {
        var details = new ProblemDetails { Status = status, Title = sentence };
        details.Extensions["code"] = code;
        return new ObjectResult(details) { StatusCode = status, ContentTypes = { "application/problem+json" } };
    }
}

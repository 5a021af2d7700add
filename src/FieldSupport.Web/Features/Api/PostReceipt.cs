using System.ComponentModel;
using System.Text.Json.Serialization;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Portal;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Api;

[ApiController]
public sealed class PostReceiptController(ApiCommands commands, ISender sender, FieldSupportDb db) : ControllerBase
{
    [HttpPost("/api/v1/shipments/{number}/receipts"), Sends(typeof(ConfirmReceipt.Command)), Idempotent]
    [EndpointSummary("Confirm what came in a parcel")]
    [EndpointDescription("States every pack of a parcel: good ones with lot and expiry, the others with what is wrong. All lines or none. A parcel that is confirmed already answers 409 with what was recorded. Headers: Idempotency-Key, If-Match.")]
    [ProducesResponseType<PostReceipt.Answer>(201, "application/json"), ProducesResponseType<ProblemDetails>(400, "application/problem+json"), ProducesResponseType<ProblemDetails>(401, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(403, "application/problem+json"), ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(409, "application/problem+json"), ProducesResponseType<ProblemDetails>(413, "application/problem+json"), ProducesResponseType<ProblemDetails>(422, "application/problem+json")]
    public async Task<IActionResult> Submit(string number, [FromBody] PostReceipt.Body body, CancellationToken cancellationToken)
    {
        var command = new ConfirmReceipt.Command(
            number, (body.Lines ?? []).Select(l => new ConfirmReceipt.Line(l?.Ndc, l?.Packs, l?.Lot, l?.Expiry, l?.Condition)).ToList(), body.ReceivedBy) { ReceivedAt = body.ReceivedAt };
        try
        {
            if (await command.ExistsInScope(db, cancellationToken)) await ETags.Check(Request, db, number, cancellationToken);
            return await commands.Create(command, $"/api/v1/deliveries/{Uri.EscapeDataString(number)}", PostReceipt.Answer.Of, cancellationToken);
        }
        catch (StaleException)
        {
            return await WhatWasRecorded(number, cancellationToken);
        }
    }

    /// <summary>Somebody was faster: theirs stands, and this caller is told what it says.</summary>
    private async Task<IActionResult> WhatWasRecorded(string number, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        var page = (await sender.Send(new ConfirmReceipt.Query(number), cancellationToken)).OrAbsent();
        var problem = new ProblemDetails
        {
            Status = StatusCodes.Status409Conflict, Title = "Changed in the meantime",
            Detail = page.Recorded.Count > 0 ? $"{number} was confirmed in the meantime; that stands." : "Somebody else changed this in the meantime. Look at it again before you decide.",
        };
        problem.Extensions["code"] = "stale";
        problem.Extensions["recorded"] = page.Recorded.Select(r => new PostReceipt.RecordedLine(r.Ndc, r.Packs, r.Lot, r.ExpiryOn, WireName.Of(r.Condition), r.ReceivedBy, r.ReceivedAtUtc)).ToList();
        return new ObjectResult(problem) { StatusCode = problem.Status, ContentTypes = { "application/problem+json" } };
    }
}

public static class PostReceipt
{
    public sealed record Body(
        [property: Description("What came, line by line.")] IReadOnlyList<Line?>? Lines,
        [property: Description("Who counted it.")] string? ReceivedBy,
        [property: Description("When it came into somebody's hands, with offset; now by default."), JsonConverter(typeof(InstantConverter))] DateTimeOffset? ReceivedAt);

    public sealed record Line(
        [property: Description("As printed, with or without hyphens.")] string? Ndc, int? Packs, string? Lot, DateOnly? Expiry,
        [property: Description("GOOD, or SHORT, OVER, WRONG_ITEM, DAMAGED, LEAK, TEMPERATURE_CONCERN, EXPIRED_OR_SHORT_DATED, WRONG_ADDRESS, TAMPER, LOT_NOT_IN_ASN. SHORT counts the packs that are missing.")] string? Condition);

    public sealed record AnswerLine(string Ndc, int Packs, string Lot, DateOnly? Expiry, string Condition);
    public sealed record RecordedLine(string Ndc, int Packs, string Lot, DateOnly? Expiry, string Condition, string ReceivedBy, DateTimeOffset ReceivedAtUtc);

    public sealed record Answer(string Shipment, string Order, string OrderState, IReadOnlyList<AnswerLine> Lines, string ReceivedBy, DateTimeOffset ReceivedAtUtc)
    {
        public static Answer Of(ConfirmReceipt.Result result) => new(
            result.Shipment, result.Order, WireName.Of(result.OrderState),
            result.Lines.Select(l => new AnswerLine(l.Ndc, l.Packs, l.Lot, l.ExpiryOn, WireName.Of(l.Condition))).ToList(), result.ReceivedBy, result.ReceivedAtUtc.ToUniversalTime());
    }
}

using System.ComponentModel;
using System.Text.Json.Serialization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Api;

[ApiController]
public sealed class PostChaseController(ApiCommands commands, FieldSupportDb db) : ControllerBase
{
    [HttpPost("/api/v1/deliveries/{number}/chases"), Sends(typeof(LogChase.Command)), Idempotent]
    [EndpointSummary("Log a chase")]
    [EndpointDescription("Notes whom somebody asked about a delivery, and what was promised by when. The promise is watched: once it has passed and nothing came, the delivery stands above all others.")]
    [ProducesResponseType<PostChase.Answer>(201, "application/json"), ProducesResponseType<ProblemDetails>(400, "application/problem+json"), ProducesResponseType<ProblemDetails>(401, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(403, "application/problem+json"), ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(409, "application/problem+json"), ProducesResponseType<ProblemDetails>(413, "application/problem+json"), ProducesResponseType<ProblemDetails>(422, "application/problem+json")]
    public async Task<IActionResult> Submit(string number, [FromBody] PostChase.Body body, CancellationToken cancellationToken)
    {
        var form = new LogChase.Form
        {
            Whom = body.Whom?.Trim().ToLowerInvariant(), Channel = body.Channel?.Trim().ToLowerInvariant().Replace(' ', '-'), Contact = body.Contact, Note = body.Note, Promise = body.Promise,
        };
        var command = new LogChase.Command(number, form) { PromisedBy = body.PromisedBy };
        if (await command.ExistsInScope(db, cancellationToken)) await ETags.Check(Request, db, number, cancellationToken);
        return await commands.Create(command, $"/api/v1/deliveries/{Uri.EscapeDataString(number)}", logged => PostChase.Answer.Of(logged.Chase), cancellationToken);
    }
}

public static class PostChase
{
    public sealed record Body(
        [property: Description("carrier, practice, partner or other.")] string? Whom,
        [property: Description("phone, mail, portal or in-person.")] string? Channel,
        [property: Description("Who answered; no patient.")] string? Contact,
        [property: Description("What was said, or that nobody answered; no patient detail.")] string? Note,
        [property: Description("What was promised.")] string? Promise,
        [property: Description("By when, with offset."), JsonConverter(typeof(InstantConverter))] DateTimeOffset? PromisedBy);

    public sealed record Answer(
        string Delivery, string Whom, string Channel, string? Contact, string Note, string? Promise, DateTimeOffset? PromisedBy, string LoggedBy, DateTimeOffset LoggedAtUtc)
    {
        public static Answer Of(Chase chase) => new(
            chase.DeliveryNumber, chase.Whom, chase.Channel, chase.Contact, chase.Note, chase.Promise, chase.PromisedByUtc, chase.LoggedBy, chase.LoggedAtUtc);
    }
}

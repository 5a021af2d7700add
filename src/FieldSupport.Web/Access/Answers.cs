using System.Globalization;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;

namespace FieldSupport.Web.Access;

/// <summary>What a refusal page shows.</summary>
public sealed record Problem(int Status, string Code, string Title, string Sentence);

/// <summary>Outermost: every refusal and failure becomes one answer here, a page for people, ProblemDetails with a <c>code</c> for programs.</summary>
internal sealed partial class Answers(RequestDelegate next, ILogger<Answers> log, IHostEnvironment environment)
{
    private static readonly string[] OfTheLostAnswer = ["Content-Type", "Content-Length", "Content-Disposition", "Location", "ETag", "Cache-Control"];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
                await Answer(context, OfStatus(context.Response.StatusCode), null);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader went away: nobody is left to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted && !(OfException(e).Status == 500 && environment.IsDevelopment()))
        {
            var problem = OfException(e);
            if (problem.Status >= 500) Failed(log, e, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
            // Not Clear(): the security headers stay.
            foreach (var header in OfTheLostAnswer) context.Response.Headers.Remove(header);
            if (problem.Status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "5";
            await Answer(context, problem, e as ValidationException);
        }
    }

    private static Problem OfException(Exception exception) => exception switch
    {
        ForbiddenException => OfStatus(403),
        AbsentException => OfStatus(404),
        StaleException => OfStatus(409) with { Sentence = "Somebody else changed this in the meantime. Look at it again before you decide." },
        ValidationException e => OfStatus(422) with { Sentence = string.Join(" ", e.Errors.Select(f => f.ErrorMessage)) },
        RefusedException e => new(422, e.Refusal.Code, "Not accepted", e.Refusal.Sentence),
        AntiforgeryValidationException => new(400, "form-expired", "This form has expired", "Nothing was changed. Open the page again and repeat it."),
        BadHttpRequestException e => OfStatus(e.StatusCode),
        _ when DatabaseTrouble.IsBusy(exception) => OfStatus(503),
        _ => OfStatus(500),
    };

    private static Problem OfStatus(int status) => status switch
    {
        400 => new(status, "malformed", "That could not be read", "The request is not of the form that is expected here."),
        401 => new(status, "not-signed-in", "Not signed in", "A valid API token is needed."),
        403 => new(status, "forbidden", "Not for your role", "Your role may not do this. An administrator can say whose it is."),
        404 => new(status, "not-found", "Not found", "There is no such record among those that you can see."),
        405 => new(status, "method-not-allowed", "Not possible", "This address does not take that method."),
        409 => new(status, "stale", "Changed in the meantime", "Somebody else changed this in the meantime."),
        413 => new(status, "too-large", "Too large", "The request is larger than is accepted here."),
        415 => new(status, "media-type", "Unknown format", "This address does not take that content type."),
        422 => new(status, "invalid", "Not accepted", "Something in it is missing or wrong."),
        503 => new(status, "busy", "Busy for the moment", "The database could not be reached in time. Nothing was lost; try again in a few seconds."),
        >= 500 => new(status, "failed", "Something went wrong", "It has been noted. Nothing of this request was saved."),
        _ => new(status, "refused", "Not accepted", "The request was refused."),
    };

    private static async Task Answer(HttpContext context, Problem problem, ValidationException? invalid)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (IsForPrograms(context.Request))
        {
            var details = invalid is null
                ? new ProblemDetails()
                : new ValidationProblemDetails(invalid.Errors.GroupBy(f => f.PropertyName).ToDictionary(g => g.Key, g => g.Select(f => f.ErrorMessage).ToArray()));
            details.Status = problem.Status;
            details.Title = problem.Title;
            details.Detail = problem.Sentence;
            details.Extensions["code"] = problem.Code;
            await context.Response.WriteAsJsonAsync<object>(details, options: null, "application/problem+json", CancellationToken.None);
            return;
        }
        // The page that failed may have been one in English alone; this one is not.
        CultureInfo.CurrentUICulture = Language.Of(context);
        var model = new ViewDataDictionary<Problem>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = problem with { Title = Say.It(problem.Title), Sentence = Say.It(problem.Sentence) } };
        var view = new ViewResult { ViewName = "Problem", ViewData = model, StatusCode = problem.Status };
        await context.RequestServices.GetRequiredService<IActionResultExecutor<ViewResult>>()
            .ExecuteAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor()), view);
    }

    private static bool IsForPrograms(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/webhooks") || request.Path.StartsWithSegments("/healthz")
        || request.Path.StartsWithSegments("/readyz") || request.Path.StartsWithSegments("/metrics") || ApiTokenScheme.IsUsedBy(request);

    [LoggerMessage(LogLevel.Error, "{Method} {Pattern} failed")]
    private static partial void Failed(ILogger log, Exception exception, string method, string? pattern);
}

using FieldSupport.Domain.Shared;
using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace FieldSupport.Web.Mediation;

/// <summary>A form's way: send the command; done leads on (303), anything else shows the form again with what is wrong (422, stale 409).</summary>
public static class FormAnswers
{
    public static Task<IActionResult> Submit<T>(
        this Controller controller, ICommand<T> command, Func<T, IActionResult> done, Func<Task<IActionResult>> again) =>
        Submit(controller, async (sender, cancellationToken) =>
        {
            var outcome = await sender.Send(command, cancellationToken);
            return (outcome, () => done(outcome.Value));
        }, again);

    public static Task<IActionResult> Submit(
        this Controller controller, ICommand command, Func<IActionResult> done, Func<Task<IActionResult>> again) =>
        Submit(controller, async (sender, cancellationToken) => (await sender.Send(command, cancellationToken), done), again);

    /// <summary>303 to an address of our own.</summary>
    public static IActionResult SeeOther(this Controller controller, string localAddress)
    {
        if (!controller.Url.IsLocalUrl(localAddress)) localAddress = "/";
        return new SeeOtherResult(localAddress);
    }

    private static async Task<IActionResult> Submit(
        Controller controller, Func<ISender, CancellationToken, Task<(Outcome, Func<IActionResult>)>> send, Func<Task<IActionResult>> again)
    {
        var services = controller.HttpContext.RequestServices;
        var problems = controller.ModelState;
        // What could not be bound is handed on instead of answered here: permission and scope come first.
        var unreadable = services.GetRequiredService<UnreadableInput>();
        foreach (var (field, entry) in problems)
        {
            foreach (var error in entry.Errors)
                unreadable.Failures.Add(new ValidationFailure(field, error.ErrorMessage is { Length: > 0 } text ? text : Say.It("This could not be read.")));
            // What was typed stays, for the form that is shown again.
            entry.Errors.Clear();
            entry.ValidationState = ModelValidationState.Unvalidated;
        }
        try
        {
            var (outcome, done) = await send(services.GetRequiredService<ISender>(), controller.HttpContext.RequestAborted);
            if (outcome.Refusal is not { } refusal) return done();
            problems.AddModelError("", refusal.Sentence);
            controller.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }
        catch (ValidationException e)
        {
            foreach (var failure in e.Errors) problems.AddModelError(failure.PropertyName, failure.ErrorMessage);
            controller.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }
        catch (StaleException)
        {
            problems.AddModelError("", Say.It("Somebody else changed this in the meantime. Look at it again before you decide."));
            controller.Response.StatusCode = StatusCodes.Status409Conflict;
        }
        return await again();
    }

    private sealed class SeeOtherResult(string address) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.HttpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}

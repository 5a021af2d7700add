using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace FieldSupport.Web.Mediation;

/// <summary>What could not be read from the form at all; reported with the validator's findings, after permission and scope were decided.</summary>
public sealed class UnreadableInput
{
    public List<ValidationFailure> Failures { get; } = [];
}

/// <summary>Second: the shape of the message. One validator after the other, since they may ask the same context.</summary>
internal sealed class Validate<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators, UnreadableInput unreadable)
    : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        var failures = new List<ValidationFailure>(unreadable.Failures);
        foreach (var validator in validators)
        {
            var found = (await validator.ValidateAsync(request, cancellationToken)).Errors;
            // A field that could not be read is reported once, as what it is.
            failures.AddRange(found.Where(f => unreadable.Failures.All(u => u.PropertyName != f.PropertyName)));
        }
        unreadable.Failures.Clear();
        return failures.Count == 0 ? await next() : throw new ValidationException(failures);
    }
}

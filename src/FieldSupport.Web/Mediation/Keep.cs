using System.Reflection;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Ui;
using MediatR;

namespace FieldSupport.Web.Mediation;

/// <summary>
/// A question whose answer is the same for everybody of one role and scope, and is kept while nothing is written (<see cref="KeptAnswers"/>). The answer is
/// shared by those who ask: it holds no tracked entity, and nobody changes it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeptAttribute : Attribute
{
    /// <summary>The answer names or depends on who asks.</summary>
    public bool ByPerson { get; init; }
}

/// <summary>Behind permission, scope and validation: nobody is answered who might not have asked.</summary>
internal sealed class Keep<TRequest, TResponse>(CurrentScope current, KeptAnswers answers) : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
{
    /// <summary>Open pages ask again each minute; what they say of time is as old as that anyway.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(20);

    private static readonly KeptAttribute? Stated = typeof(TRequest).GetCustomAttribute<KeptAttribute>();

    private sealed record Question(TRequest Request, string Scope, string? Role, string? Person, string Language);

    public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken) =>
        Stated is null ? await next() : await answers.Of(
            new Question(request, current.Scope.Name, current.Actor.Role, Stated.ByPerson ? current.Actor.Name : null, Language.Tag), AtMost, () => next(), cancellationToken);
}

using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;

namespace FieldSupport.Web.Mediation;

/// <summary>The role never may: 403.</summary>
public sealed class ForbiddenException(string what) : Exception($"Not permitted: {what}");

/// <summary>The record is absent or somebody else's: 404, both alike.</summary>
public sealed class AbsentException() : Exception("There is no such record.");

/// <summary>Somebody changed the record in between: 409.</summary>
public sealed class StaleException(Exception? cause = null) : Exception("Somebody else changed this in the meantime.", cause);

/// <summary>A named refusal of the domain: 422.</summary>
public sealed class RefusedException(Refusal refusal) : Exception(refusal.Sentence)
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>The application is put together wrongly; its message is the one line that the start ends with.</summary>
public sealed class StartRefusedException(string line) : Exception(line);

public static class OutcomeAnswers
{
    /// <summary>The value, or the refusal as the answer of this request (422).</summary>
    public static T OrRefuse<T>(this Outcome<T> outcome) =>
        outcome.Refusal is { } refusal ? throw new RefusedException(refusal) : outcome.Value;

    /// <summary>Nothing, or the refusal as the answer of this request (422).</summary>
    public static void OrRefuse(this Outcome outcome)
    {
        if (outcome.Refusal is { } refusal) throw new RefusedException(refusal);
    }

    /// <summary>The record, or 404.</summary>
    public static T OrAbsent<T>(this T? record) where T : class => record ?? throw new AbsentException();
}

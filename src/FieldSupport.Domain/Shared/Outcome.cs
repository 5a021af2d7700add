namespace FieldSupport.Domain.Shared;

/// <summary>What became of a command: done, or refused for a named reason. A refusal changes nothing.</summary>
public class Outcome
{
    private protected Outcome(Refusal? refusal) => Refusal = refusal;

    /// <summary>Why it was not done; null when it was.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when it was done.</summary>
    public bool IsDone => Refusal is null;

    /// <summary>Done, with nothing to hand back.</summary>
    public static Outcome Done { get; } = new(null);

    /// <summary>Refused.</summary>
    public static Outcome Refused(string code, string sentence) => new(new Refusal(code, sentence));

    /// <summary>A refusal is an outcome.</summary>
    public static implicit operator Outcome(Refusal refusal) => new(refusal);
}

/// <summary>As <see cref="Outcome"/>, handing back a value when done.</summary>
public sealed class Outcome<T> : Outcome
{
    private readonly T? _value;

    private Outcome(T? value, Refusal? refusal) : base(refusal) => _value = value;

    /// <summary>What was done; there is none for a refusal, and asking then is a fault of the caller.</summary>
    public T Value => IsDone ? _value! : throw new InvalidOperationException($"Refused: {Refusal!.Code}");

    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

namespace FieldSupport.Domain.Shared;

/// <summary>Something that happened to an aggregate; the save writes one audit entry for each.</summary>
/// <param name="Action">Dotted, past tense: <c>order.acknowledged</c>.</param>
/// <param name="Reason">Reason code or a person's reason; null when the action says it all.</param>
/// <param name="Source">The message or file it came from; null for a person's own act.</param>
public sealed record Happening(string Action, string? Reason = null, string? Source = null);

/// <summary>A stored aggregate or part of one: a time-ordered key, and a version that a stale writer trips over.</summary>
public abstract class Entity
{
    private List<Happening>? _happenings;

    // Not named after the property: EF would take it for its backing field and read it unmade.
    private Guid _made;

    /// <summary>UUID version 7; never shown in an address. Made when first asked for: a row that is read brings its own.</summary>
    public Guid Id
    {
        get => _made == default ? _made = Guid.CreateVersion7() : _made;
        set => _made = value;
    }

    /// <summary>Concurrency token, new with every change.</summary>
    public Guid Version { get; set; }

    /// <summary>What happened since it was loaded; the save turns it into audit entries.</summary>
    public IReadOnlyList<Happening> Happenings => _happenings ?? (IReadOnlyList<Happening>)[];

    /// <summary>Notes what happened, for the audit.</summary>
    public void Record(string action, string? reason = null, string? source = null) =>
        (_happenings ??= []).Add(new Happening(action, reason, source));

    /// <summary>Called by the save once the entries are written.</summary>
    public void ForgetHappenings() => _happenings?.Clear();
}

/// <summary>Every change of such a row stands in the audit, old → new, even where no verb named it.</summary>
public interface IAudited
{
    /// <summary>The kind, for the audit: <c>order</c>.</summary>
    string AuditKind { get; }

    /// <summary>What people call it: a number or a code, never a key of the database and never patient detail.</summary>
    string AuditKey { get; }
}

/// <summary>A row of one account: visible by its territory, to its practice, or to the system.</summary>
public interface IOfAccount
{
    Guid AccountId { get; }
}

namespace FieldSupport.Web.Mediation;

/// <summary>
/// What must be written together with a command's save or not at all, but only after it: wakings of deliveries, the answer kept under a
/// client's key. Given what the command handed back; runs inside the save's transaction.
/// </summary>
public sealed class WithTheSave
{
    private readonly List<Func<object?, CancellationToken, Task>> _inside = [];
    private readonly List<Action> _afterwards = [];

    public bool IsEmpty => _inside.Count == 0;

    public void Add(Func<object?, CancellationToken, Task> work) => _inside.Add(work);

    /// <summary>Once it is committed; for hints that may be lost.</summary>
    public void Afterwards(Action hint) => _afterwards.Add(hint);

    internal async Task Run(object? response, CancellationToken cancellationToken)
    {
        foreach (var work in _inside) await work(response, cancellationToken);
    }

    internal void Committed()
    {
        foreach (var hint in _afterwards) hint();
        Clear();
    }

    internal void Clear()
    {
        _inside.Clear();
        _afterwards.Clear();
    }
}

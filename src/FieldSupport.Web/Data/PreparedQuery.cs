using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FieldSupport.Web.Data;

/// <summary>
/// A question that every page asks, taken apart by EF once and not at each asking. One for each model that it is asked of: the two databases', and each kind
/// of scope's (<see cref="ModelOfScope"/>); the scope's own values are read from the context at each asking, as ever.
/// </summary>
/// <param name="compile"><c>EF.CompileAsyncQuery(…)</c>.</param>
public sealed class PreparedQuery<TAsk>(Func<TAsk> compile) where TAsk : Delegate
{
    private readonly ConditionalWeakTable<IModel, TAsk> _byModel = [];

    public TAsk For(FieldSupportDb db) => _byModel.GetValue(db.Model, _ => compile());
}

/// <summary>The same for a list that is put together from parts, but comes out alike each time.</summary>
public sealed class PreparedList<T>
{
    private readonly ConditionalWeakTable<IModel, ConcurrentDictionary<string, Func<FieldSupportDb, IAsyncEnumerable<T>>>> _byModel = [];

    /// <param name="shape">Names the query, one of a few words of the caller's own: two of one name are the same to the letter, and hold no value that is another at the next asking.</param>
    public async Task<List<T>> Read(FieldSupportDb db, string shape, Func<IQueryable<T>> query, CancellationToken cancellation)
    {
        var shapes = _byModel.GetValue(db.Model, _ => new ConcurrentDictionary<string, Func<FieldSupportDb, IAsyncEnumerable<T>>>(StringComparer.Ordinal));
        if (!shapes.TryGetValue(shape, out var ask))
            ask = shapes.GetOrAdd(shape, EF.CompileAsyncQuery(Expression.Lambda<Func<FieldSupportDb, IQueryable<T>>>(query().Expression, Expression.Parameter(typeof(FieldSupportDb), "db"))));
        var rows = new List<T>();
        await foreach (var row in ask(db).WithCancellation(cancellation)) rows.Add(row);
        return rows;
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FieldSupport.Web.Data;

/// <summary>
/// A model for each kind of scope, all of one shape: without any filter for a scope that sees every account, where each of them would let all rows through
/// and only make a statement three times as long; with the plainest that does for one territory or one account, whose statements are then the same text at
/// each asking. A context is of one of them from its first use on, and its scope never changes.
/// </summary>
internal sealed class ModelOfScope : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), (context as FieldSupportDb)?.Scope.Kind, designTime);

    public object Create(DbContext context) => Create(context, designTime: false);
}

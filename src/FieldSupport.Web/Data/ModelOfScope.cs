using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FieldSupport.Web.Data;

/// <summary>
/// Two models of one shape: with the filters of the scope, and without any for a scope that sees every account, where each of them would let all rows
/// through and only make a statement three times as long. A context is of one of them from its first use on, and its scope never changes.
/// </summary>
internal sealed class ModelOfScope : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), IsUnfiltered: context is FieldSupportDb { Scope.SeesAll: true }, designTime);

    public object Create(DbContext context) => Create(context, designTime: false);
}

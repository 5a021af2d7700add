using FieldSupport.Web.Access;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data;

/// <summary>Whose link a code is. Asked across all accounts, since whoever holds the link may be nobody here; it says account and person, nothing else.</summary>
public sealed class LinkedNotices(Databases databases)
{
    public sealed record Holder(Guid AccountId, string Person);

    public async Task<Holder?> Find(string code, CancellationToken stop)
    {
        var hash = NoticeLinks.HashOf(code);
        await using var db = databases.Open(Scope.System, Actor.Nobody, isAwaited: true);
        return await db.Notices.AsNoTracking().Where(n => n.LinkHash == hash).Select(n => new Holder(n.AccountId, n.Person)).SingleOrDefaultAsync(stop);
    }
}

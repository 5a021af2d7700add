using FieldSupport.Web.Access;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data;

/// <summary>Brings the schema up; doing it again changes nothing.</summary>
public static class Schema
{
    public static async Task MigrateAsync(Databases databases, CancellationToken cancellationToken = default)
    {
        await using var db = databases.Open(Scope.System, Actor.CommandLine);
        await db.Database.MigrateAsync(cancellationToken);
    }
}

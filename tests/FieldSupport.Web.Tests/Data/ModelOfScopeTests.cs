using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Data;

public sealed class ModelOfScopeTests
{
    [Theory, OnBothDatabases]
    public async Task Whoever_sees_part_never_gets_the_model_without_filters(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var databases = application.Services.GetRequiredService<Databases>();
        // In either order, and again: the model of one must not become that of the other.
        foreach (var scope in (Scope[])[Scope.EveryAccount, Scope.None, Scope.System, Scope.OfTerritories(["TN-West"]), Scope.EveryAccount, Scope.OfAccount(Guid.NewGuid()), Scope.Kits])
        {
            await using var db = databases.Open(scope, Actor.CommandLine);
            var unfiltered = db.Model.GetEntityTypes().Where(t => typeof(IOfAccount).IsAssignableFrom(t.ClrType) && t.GetDeclaredQueryFilters().Count == 0).Select(t => t.ClrType.Name).ToList();
            if (scope.SeesAll) Assert.DoesNotContain(db.Model.GetEntityTypes(), t => t.GetDeclaredQueryFilters().Count > 0);
            else Assert.Empty(unfiltered);
        }
    }
}

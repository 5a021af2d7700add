using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Tests.Pages;
using MediatR;
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

    /// <summary>What was prepared for the first who asked is asked anew for the next, of the same kind of scope and by every sort.</summary>
    [Theory, OnBothDatabases]
    public async Task A_prepared_list_is_the_askers_own(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        await using var all = application.Open();
        var territories = await all.Deliveries.Where(d => d.IsOpen).Select(d => d.TerritoryCode).Distinct().ToListAsync();
        Assert.True(territories.Count > 1, "one territory alone proves nothing");
        foreach (var sort in new[] { "risk", "need-by", "practice" })
        {
            foreach (var territory in territories.Concat(territories))
            {
                await using var asked = application.Services.CreateAsyncScope();
                asked.ServiceProvider.GetRequiredService<CurrentScope>().Act(Scope.OfTerritories([territory]), new Actor("rep@demo.test", Roles.Rep));
                var rows = (await asked.ServiceProvider.GetRequiredService<ISender>().Send(new DeliveryList.Query(new DeliveryFilter { Sort = sort }))).Lines.Select(l => l.Row).ToList();
                var expected = await all.Listed().Where(d => d.IsOpen && d.TerritoryCode == territory).Select(d => d.Number).ToListAsync();
                Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Select(r => r.Number).Order(StringComparer.Ordinal));
                Assert.NotEmpty(rows);
            }
        }
    }

    /// <summary>One territory and one account are asked for more plainly than others; what they see is the same.</summary>
    [Theory, OnBothDatabases]
    public async Task Asked_plainly_a_territory_and_a_practice_see_the_same_rows(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var databases = application.Services.GetRequiredService<Databases>();
        await using var all = databases.Open(Scope.EveryAccount, Actor.CommandLine);
        foreach (var account in await all.Accounts.AsNoTracking().ToListAsync())
        {
            await using var territory = databases.Open(Scope.OfTerritories([account.TerritoryCode]), Actor.CommandLine);
            await using var territories = databases.Open(Scope.OfTerritories([account.TerritoryCode, "NOWHERE"]), Actor.CommandLine);
            Assert.Equal((ScopeKind.OneTerritory, ScopeKind.Other), (territory.Scope.Kind, territories.Scope.Kind));
            Assert.Equal(await Seen(territories), await Seen(territory));
            await using var practice = databases.Open(Scope.OfAccount(account.Id), Actor.CommandLine);
            var own = await Seen(practice);
            Assert.Equal(new HashSet<Guid>(await all.Orders.Where(o => o.AccountId == account.Id).Select(o => o.Id).ToListAsync()), own["Order"]);
            Assert.Equal(new HashSet<Guid>(await all.TrackingEvents.Where(e => all.Shipments.Any(s => s.Id == e.ShipmentId && s.AccountId == account.Id)).Select(e => e.Id).ToListAsync()), own["TrackingEvent"]);
            Assert.Equal([account.Id], own["Account"]);
        }

        static async Task<Dictionary<string, HashSet<Guid>>> Seen(FieldSupportDb db) => new()
        {
            ["Account"] = [.. await db.Accounts.Select(x => x.Id).ToListAsync()], ["Location"] = [.. await db.Locations.Select(x => x.Id).ToListAsync()], ["Closure"] = [.. await db.Closures.Select(x => x.Id).ToListAsync()],
            ["Visit"] = [.. await db.Visits.Select(x => x.Id).ToListAsync()], ["Order"] = [.. await db.Orders.Select(x => x.Id).ToListAsync()], ["OrderLine"] = [.. await db.OrderLines.Select(x => x.Id).ToListAsync()],
            ["Hold"] = [.. await db.OrderHolds.Select(x => x.Id).ToListAsync()], ["Receipt"] = [.. await db.Receipts.Select(x => x.Id).ToListAsync()], ["Shipment"] = [.. await db.Shipments.Select(x => x.Id).ToListAsync()],
            ["ShipmentLine"] = [.. await db.ShipmentLines.Select(x => x.Id).ToListAsync()], ["TrackingEvent"] = [.. await db.TrackingEvents.Select(x => x.Id).ToListAsync()], ["Delivery"] = [.. await db.Deliveries.Select(x => x.Id).ToListAsync()],
            ["Stall"] = [.. await db.Stalls.Select(x => x.Id).ToListAsync()], ["Rung"] = [.. await db.Rungs.Select(x => x.Id).ToListAsync()], ["Notice"] = [.. await db.Notices.Select(x => x.Id).ToListAsync()],
            ["Chase"] = [.. await db.Chases.Select(x => x.Id).ToListAsync()], ["Message"] = [.. await db.Messages.Select(x => x.Id).ToListAsync()], ["WorkItem"] = [.. await db.WorkItems.Select(x => x.Id).ToListAsync()],
            ["Safety"] = [.. await db.SafetyReports.Select(x => x.Id).ToListAsync()],
        };
    }
}

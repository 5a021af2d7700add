using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>A search that finds nothing anywhere would prove nothing.</summary>
public sealed class CanaryFoundTests(ITestOutputHelper output) : CanaryWalk(output)
{
    /// <summary>The same search over the same pages in the eyes of those who may: it must find, or it never could.</summary>
    [Theory, OnBothDatabases]
    public async Task Whoever_may_see_it_finds_it_there(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database);
        var (desk, api) = await CrawlAsync(world, PagesWorld.Logistics, world.OfTheDesk);
        foreach (var place in new[] { $"/shipments/{PagesWorld.Late}: its body", $"/unmatched/{PlantedWorld.WorkItem}: its body", "/status: its body" })
            Assert.Contains(desk.Leaks, l => l.StartsWith(place, StringComparison.Ordinal));
        Assert.Contains(api.Leaks, l => l.StartsWith($"/api/v1/deliveries/{PagesWorld.Late}: its body", StringComparison.Ordinal));
        var (portal, _) = await CrawlAsync(world, Practice, world.OfTheDesk);
        Assert.Contains(portal.Leaks, l => l.StartsWith("/portal: its body", StringComparison.Ordinal));

        // What staff noted of a call is where staff read it, and the same page of the practice has the call without it.
        const string page = "/shipments/SHP-90001";
        Assert.Contains(PlantedWorld.Call, await ListTests.Page(await world.Application.SignedIn(PagesWorld.Rep), page), StringComparison.Ordinal);
        Assert.Contains("Rosa Marchetti asked FedEx", await ListTests.Page(await world.Application.SignedIn(Practice), page), StringComparison.Ordinal);

        // What was told safety is where safety reads it, and the search would find it anywhere.
        var safety = await world.Application.SignedIn("safety@demo.test");
        Assert.Contains(PlantedWorld.Narrative, await ListTests.Page(safety, $"/safety/{PlantedWorld.Report}"), StringComparison.Ordinal);

        // Beside the practice's own list no page shows a reference; its door hands it out, to the specialist and to the practice whose it is.
        Assert.Equal(world.References, await world.ReadAtTheDoorAsync(new VaultPerson(Specialist, Roles.Specialist)));
        await using var db = world.Application.Open();
        var lakeside = await db.Accounts.Where(a => a.Code == "LAKESIDE").Select(a => a.Id).SingleAsync();
        Assert.Equal(["V-LAKE-1"], (await world.ReadAtTheDoorAsync(new VaultPerson(Practice, Roles.PracticeAdmin, lakeside))).Keys);
        foreach (var role in Roles.All.Where(r => r is not (Roles.Specialist or Roles.Practice or Roles.PracticeAdmin)))
            Assert.Equal("vault.role", (await Assert.ThrowsAsync<VaultRefusal>(() => world.ReadAtTheDoorAsync(new VaultPerson(role, role)))).Code);
    }
}

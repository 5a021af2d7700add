using FieldSupport.Web.Tests.Pages;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>The wall, from the side of those who are not sales: patient detail is nobody's but the practice's own.</summary>
public sealed class CanaryPatientTests(ITestOutputHelper output) : CanaryWalk(output)
{
    [Theory, OnBothDatabases]
    public async Task Patient_detail_is_on_nobodys_page_but_the_practices_own_and_the_auditor_reads_that_it_was_read_but_not_what(Database database)
    {
        await using var world = await PlantedWorld.StartAsync(database);
        await WorkAsync(world);
        foreach (var who in new[] { Auditor, Admin, PagesWorld.Logistics, Specialist, Practice })
        {
            var (crawl, api) = await CrawlAsync(world, who, who == Practice ? world.OfPractices : world.OfPatients);
            Report(database, who, crawl, api);
            // The practice reads its own references on its refill dates, and nowhere else.
            var leaks = crawl.Leaks.Concat(api.Leaks).ToList();
            if (who == Practice) Assert.NotEmpty(leaks);
            Assert.DoesNotContain(leaks, l => who != Practice || !(l.StartsWith("/portal/refills", StringComparison.Ordinal) || l.StartsWith("POST /portal/refills/", StringComparison.Ordinal)));
            Assert.Empty(crawl.Failures.Concat(api.Failures));
        }
        var audit = await ListTests.Page(await world.Application.SignedIn(Auditor), "/audit?do=vault.read");
        Assert.Contains(PagesWorld.Uncovered, audit, StringComparison.Ordinal);
        Assert.Contains("CASE_WORK", audit, StringComparison.Ordinal);
    }
}

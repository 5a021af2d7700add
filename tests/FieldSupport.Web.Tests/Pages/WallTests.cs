using System.Net;

namespace FieldSupport.Web.Tests.Pages;

public sealed class WallTests
{
    private static readonly string[] Pages =
    [
        "/today", "/deliveries", "/deliveries/export.csv", $"/shipments/{PagesWorld.Late}", $"/shipments/{PagesWorld.AtRisk}", $"/orders/{PagesWorld.Held}", "/orders", "/practices",
        "/practices/cedar-bend", $"/deliveries/{PagesWorld.Uncovered}", $"/deliveries/{PagesWorld.Held}/chase",
    ];

    [Theory, OnBothDatabases]
    public async Task No_page_of_sales_holds_refill_by_or_what_follows_from_it_or_says_why_coverage_holds(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Manager })
        {
            var client = await application.SignedIn(who);
            foreach (var address in Pages)
            {
                var page = await ListTests.Page(client, address);
                foreach (var secret in new[] { "Mar 30", "Mar 29", "2027-03-30", "2027-03-29", "overage" }) // the latest safe visit is the clinic day before refill-by
                    Assert.False(page.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{who} reads '{secret}' at {address}");
            }
        }
        var logistics = await ListTests.Page(await application.SignedIn(PagesWorld.Logistics), $"/shipments/{PagesWorld.Late}");
        Assert.Contains("Mar 29", logistics, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Foreign_and_absent_are_the_same_page(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        foreach (var (foreign, absent) in new[]
        {
            ($"/shipments/{PagesWorld.ForeignLate}", "/shipments/SHP-00000"), ($"/deliveries/{PagesWorld.ForeignLate}", "/deliveries/SHP-00000"),
            ("/orders/ORD-70011", "/orders/ORD-00000"), ("/practices/pike", "/practices/nobody"), ($"/deliveries/{PagesWorld.ForeignLate}/chase", "/deliveries/SHP-00000/chase"),
        })
        {
            var (one, other) = (await rep.GetAsync(foreign), await rep.GetAsync(absent));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (one.StatusCode, other.StatusCode));
        }
        Assert.DoesNotContain("Pike", await ListTests.Page(rep, "/practices") + await ListTests.Page(rep, "/deliveries") + await ListTests.Page(rep, "/orders"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_number_leads_to_the_page_of_the_thing_itself(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal($"/shipments/{PagesWorld.Late}", (await rep.GetAsync($"/deliveries/{PagesWorld.Late}")).Headers.Location!.OriginalString);
        Assert.Equal($"/orders/{PagesWorld.Held}", (await rep.GetAsync($"/deliveries/{PagesWorld.Held}")).Headers.Location!.OriginalString);
        Assert.Contains("Visit without an order", await ListTests.Page(rep, $"/deliveries/{PagesWorld.Uncovered}"), StringComparison.Ordinal);
    }
}

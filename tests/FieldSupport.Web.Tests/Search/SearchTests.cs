using System.Net;

namespace FieldSupport.Web.Tests.Search;

public sealed class SearchTests
{
    [Theory, OnBothDatabasesForEach("ORD-90001", "ord 90001", "SHP90001", "7700 0000-0001", "LR-1", "lakes", "neurology")]
    public async Task What_lies_in_scope_is_found_and_what_does_not_is_not(Database database, string text)
    {
        await using var application = await Application.StartAsync(database);
        var address = "/search?q=" + Uri.EscapeDataString(text);
        Assert.Contains("Lakeside Neurology", await Text(await application.SignedIn("rep@demo.test"), address), StringComparison.Ordinal);
        var other = await Text(await application.SignedIn("practice2@demo.test"), address);
        Assert.Contains("Nothing matches", other, StringComparison.Ordinal);
        Assert.DoesNotContain("Lakeside Neurology", other, StringComparison.Ordinal);
    }

    private static async Task<string> Text(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {text}");
        return text;
    }
}

using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Operations;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Ui;

public sealed partial class NavigationTests
{
    [Fact]
    public async Task Every_role_may_open_its_front_door_and_every_link_of_its_navigation_and_footer()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        Dictionary<string, string> people;
        await using (var db = application.Open())
            people = (await db.Users.OrderBy(u => u.Email).ToListAsync()).GroupBy(u => u.Role).ToDictionary(g => g.Key, g => g.First().Email!);
        Assert.Equal(Roles.All.Order(), people.Keys.Order());
        foreach (var (role, email) in people)
        {
            var client = await application.SignedIn(email);
            var address = "/";
            HttpResponseMessage answer;
            while ((answer = await client.GetAsync(address)).StatusCode == HttpStatusCode.Redirect) address = answer.Headers.Location!.ToString();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{role}: the front door leads to {address}, which answers {answer.StatusCode}");
            var page = await answer.Content.ReadAsStringAsync();
            var links = Nav().Matches(page).SelectMany(n => Href().Matches(n.Value)).Select(h => h.Groups[1].Value).Distinct().ToList();
            Assert.True(links.Count > 1, $"{role}: no navigation");
            foreach (var link in links)
            {
                var there = await client.GetAsync(link);
                Assert.True(there.StatusCode == HttpStatusCode.OK, $"{role}: {link} answers {there.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Help_speaks_to_each_role_and_every_page_it_points_at_opens_for_that_role()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        List<(string Role, string Email)> people;
        await using (var db = application.Open())
            people = (await db.Users.OrderBy(u => u.Email).Select(u => new { u.Role, u.Email }).ToListAsync()).ConvertAll(u => (u.Role, u.Email!)).DistinctBy(u => u.Role).ToList();
        foreach (var (role, email) in people)
        {
            var topic = HelpTopics.Of(role);
            Assert.True(topic is { Tasks.Count: > 0 }, role);
            var client = await application.SignedIn(email);
            Assert.Contains(WebUtility.HtmlEncode(topic.Question).Replace("&#39;", "&#x27;", StringComparison.Ordinal), await client.GetStringAsync("/help"), StringComparison.Ordinal);
            foreach (var task in topic.Tasks)
            {
                var there = await client.GetAsync(task.Address);
                Assert.True(there.StatusCode == HttpStatusCode.OK, $"{role}: {task.Address} answers {there.StatusCode}");
            }
        }
        // Anybody may read the help of any role, signed in or not.
        foreach (var topic in HelpTopics.All) Assert.Contains(topic.Tasks[0].Heading, await application.Anonymous().GetStringAsync("/help?for=" + topic.Key), StringComparison.Ordinal);
        Assert.Contains("What the states mean", await application.Anonymous().GetStringAsync("/help?for=nobody"), StringComparison.Ordinal);
    }

    [GeneratedRegex("<nav.*?</nav>", RegexOptions.Singleline, 1000)]
    private static partial Regex Nav();

    [GeneratedRegex("href=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Href();
}

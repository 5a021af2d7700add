using System.Globalization;
using System.Net;
using FieldSupport.Testing;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>Every text of real-data/bad-input in the portal's fields: as a date, a reference, a note, a reason and a name.</summary>
public sealed class PortalTextTests(ITestOutputHelper output)
{
    private static readonly HashSet<string> Pager = ["nav", "nav aria-label", "nav class", "a rel", "li class", "span class", "span"];

    public static TheoryData<Database> Both => [.. OnBothDatabasesAttribute.Wanted()];

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task Each_is_kept_as_typed_or_refused_in_a_sentence_and_shown_as_text(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn("practice@demo.test");
        const string preview = "/portal/refills/preview", settings = "/portal/settings";
        var texts = HostileTexts.All.Select(t => new string([.. t.Where(c => c is not ('\r' or '\n' or '\0'))])).Where(t => t.Trim().Length > 0).Distinct().ToList();

        await Post("/portal/refills/add", ("On", "2027-02-09"), ("Reference", "A"), ("RefillBy", "2027-03-09"));
        await Post("/portal/refills/add", ("On", "2027-02-13"), ("Anyway", "true"));
        var list = Skeleton.Of(await ListTests.Page(practice, "/portal/refills"));
        // As dates: none of them is one that is booked.
        var harmless = Skeleton.Of(await Text(await Post(preview, ("Text", "nonsense 1\nmore nonsense\n2/13/2027"), ("All", "true"))));
        var asDates = await Post(preview, ("Text", string.Join('\n', texts)), ("All", "true"));
        Assert.Equal(HttpStatusCode.OK, asDates.StatusCode);
        Assert.Empty(Skeleton.Of(await Text(asDates)).Except(harmless));

        // As references, one a line; what cannot be kept is refused at its line.
        var lines = string.Join('\n', texts.Select((t, i) => $"{new DateOnly(2027, 2, 8).AddDays(i / 5 * 7 % 280 + i % 4):yyyy-MM-dd}\t{t.Replace('\t', ' ')}"));
        var page = await Text(await Post(preview, ("Text", lines), ("All", "true")));
        harmless.UnionWith(Skeleton.Of(await Text(await Post(preview, ("Text", "2027-02-08\tA\n2027-02-09\tB\t2027-02-08\n" + new string('x', 300)), ("All", "true")))));
        Assert.Empty(Skeleton.Of(page).Except(harmless));
        var seen = System.Text.RegularExpressions.Regex.Match(page, "name=\"Seen\" value=\"([^\"]*)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await Post("/portal/refills/enter", ("Text", lines), ("Seen", seen))).StatusCode);
        await using (var db = application.Open()) Assert.InRange(await db.Visits.CountAsync(v => v.Key.StartsWith("VIS-")), texts.Count * 2 / 3, texts.Count);
        string? next = "/portal/refills";
        var pages = 0;
        while (next is not null && pages++ < 30)
        {
            var shown = await ListTests.Page(practice, next);
            // What is foreign to the harmless list: the way between pages and the word after an entry.
            Assert.DoesNotContain(Skeleton.Of(shown).Except(list), p => !Pager.Contains(p));
            var link = System.Text.RegularExpressions.Regex.Match(shown, "rel=\"next\" href=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
            next = link.Success ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
        }

        var plain = Skeleton.Of(await Text(await Post(settings + "/people", ("Name", "n"), ("Email", "none"), ("Role", "practice"))));
        plain.UnionWith(Skeleton.Of(await Text(await Post(settings + "/people", ("Name", "n"), ("Email", "none"), ("Role", "none")))));
        await Post(settings + "/closures", ("From", "2027-03-01"), ("Reason", "fine"));
        plain.UnionWith(Skeleton.Of(await ListTests.Page(practice, settings)));
        plain.UnionWith(Skeleton.Of(await Text(await Post(settings + "/contacts", ("DockNote", "Patient: Miller"), ("Phone", "x"), ("CoordinatorEmail", "x"), ("CoordinatorName", new string('x', 200))))));
        plain.UnionWith(Skeleton.Of(await Text(await Post(settings + "/closures", ("From", ""), ("Reason", "Patient: Miller")))));
        int kept = 0, refused = 0, day = 0;
        foreach (var text in HostileTexts.Together(280, " | "))
        {
            foreach (var (path, fields) in new (string, (string, string?)[])[]
            {
                ("/contacts", [("DockNote", text), ("CoordinatorName", text), ("Phone", text), ("CoordinatorEmail", text)]), ("/contacts", [("DockNote", text)]),
                ("/closures", [("From", new DateOnly(2027, 3, 2).AddDays(day++ % 300).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("Reason", text)]),
                ("/people", [("Name", text), ("Email", text), ("Role", text)]),
            })
            {
                var answer = await Post(settings + path, fields);
                Assert.True(answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.UnprocessableEntity || text.Contains('\0', StringComparison.Ordinal), $"{path}: {answer.StatusCode} {text}");
                if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
                {
                    refused++;
                    Assert.Empty(Skeleton.Of(await Text(answer)).Except(plain));
                }
                else
                {
                    kept++;
                }
            }
            if (day % 20 == 0) Assert.Empty(Skeleton.Of(await ListTests.Page(practice, settings)).Except(plain));
        }
        output.WriteLine($"{database}: {texts.Count} texts as dates and as references; in settings {kept} kept, {refused} refused");
        Assert.Empty(application.Errors);

        Task<HttpResponseMessage> Post(string path, params (string, string?)[] fields) => practice.PostAsync(path, Application.Form(fields));
        static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
    }
}

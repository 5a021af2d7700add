using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>An alarm that was never heard proves nothing: what the crawl looks with must find each way in which something leaks.</summary>
public sealed class LeakDetectorTests
{
    private const string Planted = "Quokkaföhn <41> & Söhne/7%";
    private static readonly DateOnly Day = new(2027, 6, 16);
    private static readonly LeakDetector Detector = new([Planted], [Day]);

    public static TheoryData<string, string> Forms => new()
    {
        { "as it is", Planted }, { "upper case", Planted.ToUpperInvariant() }, { "lower case", Planted.ToLowerInvariant() },
        { "HTML", System.Text.Encodings.Web.HtmlEncoder.Default.Encode(Planted) }, { "HTML in decimals", string.Concat(Planted.Select(c => $"&#{(int)c};")) },
        { "JSON", JsonSerializer.Serialize(Planted) }, { "an address", Uri.EscapeDataString(Planted) }, { "a form", WebUtility.UrlEncode(Planted) },
        { "lower-case escapes", Uri.EscapeDataString(Planted).ToLowerInvariant() }, { "hex", Convert.ToHexString(Encoding.UTF8.GetBytes(Planted)).ToLowerInvariant() },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Planted)) }, { "base64 within", Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + Planted + "tail")) },
        { "base64 further within", Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + Planted + "t")) }, { "base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes("a" + Planted)) },
        { "base64 for addresses", Convert.ToBase64String(Encoding.UTF8.GetBytes("??>" + Planted)).Replace('+', '-').Replace('/', '_').TrimEnd('=') },
        { "quoted-printable", "Quokkaf=C3=B6hn <41> & S=\r\n=C3=B6hne/7%" }, { "backwards", new string([.. Planted.Reverse()]) },
        { "ISO", "visit 2027-06-16T16:00:00-05:00" }, { "compact", "DTSTART:20270616" }, { "short", "Wed Jun 16, 4:00 pm CT" }, { "long", "Wednesday, June 16" }, { "slashes", "06/16/2027" },
        { "European", "16.06.2027" }, { "escaped", "/visits?on=06%2F16%2F2027" },
    };

    [Theory, MemberData(nameof(Forms))]
    public void What_was_planted_is_found_however_it_is_written(string form, string text) =>
        Assert.True(Detector.Find($"<p class=\"x\">Some page {text} goes on</p>").Count > 0, form);

    [Theory, InlineData("Quokka"), InlineData("Jun 15"), InlineData("2027-06-26"), InlineData("Jul 16"), InlineData("16:06"), InlineData("")]
    public void What_only_looks_alike_is_not(string text) => Assert.Empty(Detector.Find(text));

    [Fact]
    public void In_a_file_too()
    {
        byte[] before = [0x53, 0x51, 0x4c, 0x00, 0xff];
        Assert.NotEmpty(Detector.Find([.. before, .. Encoding.UTF8.GetBytes(Planted)]));
        Assert.NotEmpty(Detector.Find([.. before, .. Encoding.Unicode.GetBytes(Planted)]));
        Assert.Empty(Detector.Find(before));
    }

    [Theory]
    [InlineData("behind a link", "/page"), InlineData("behind a part that the page loads", "/part"), InlineData("behind a choice of a filter", "/list?state=late"), InlineData("in a header", "/header")]
    [InlineData("in an address", "/go"), InlineData("in the answer to a form", "POST /form")]
    public async Task A_crawl_finds_the_one_answer_that_leaks(string where, string leaking)
    {
        using var client = new HttpClient(new Leaky(leaking)) { BaseAddress = new Uri("http://localhost") };
        var crawl = new Crawl(client, Detector);
        await crawl.FromAsync(["/"]);
        await crawl.SubmitAsync();
        Assert.True(crawl.Leaks.Count > 0, where);
        Assert.All(crawl.Leaks, l => Assert.StartsWith(leaking == "/go" && !l.StartsWith("/go", StringComparison.Ordinal) ? "/went" : leaking, l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_crawl_of_a_clean_place_finds_nothing_and_misses_no_page()
    {
        using var client = new HttpClient(new Leaky("/nowhere")) { BaseAddress = new Uri("http://localhost") };
        var crawl = new Crawl(client, Detector);
        await crawl.FromAsync(["/"]);
        await crawl.SubmitAsync();
        Assert.Empty(crawl.Leaks);
        Assert.Superset(new HashSet<string> { "/", "/page", "/part", "/list?state=late", "/list?state=fine", "/header", "/go", "/went" }, crawl.Visited.Keys.ToHashSet());
        Assert.Equal(crawl.Visited.Count + 2, crawl.Answers);
    }

    /// <summary>A small place in which one answer leaks.</summary>
    private sealed class Leaky(string where) : HttpMessageHandler
    {
        private const string Front =
            "<a href=\"/page\">Page</a> <div hx-get=\"/part\"></div> <a href=\"/header\">x</a> <a class=\"y\" href=\"/go#top\">z</a>"
            + "<form method=\"get\" action=\"/list\"><select name=\"state\"><option value=\"fine\">Fine</option><option value=\"late\" selected>Late</option></select></form>"
            + "<form method=\"post\" action=\"/form\"><input name=\"number\" value=\"7\" type=\"hidden\" /></form>";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = (request.Method == HttpMethod.Post ? "POST " : "") + request.RequestUri!.PathAndQuery;
            var leaks = asked == where;
            var body = asked == "/" ? Front : leaks && asked is not ("/header" or "/go") ? $"<p>{WebUtility.HtmlEncode(Planted)}</p>" : "<p>fine</p>";
            var answer = new HttpResponseMessage(asked == "/go" ? HttpStatusCode.Redirect : HttpStatusCode.OK) { Content = new StringContent(body, new MediaTypeHeaderValue("text/html", "utf-8")) };
            if (asked == "/header" && leaks) answer.Headers.TryAddWithoutValidation("ETag", "\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes(Planted)) + "\"");
            if (asked == "/go") answer.Headers.Location = new Uri(leaks ? "/went/" + Uri.EscapeDataString(Planted) : "/went", UriKind.Relative);
            return Task.FromResult(answer);
        }
    }
}

using System.Net;
using System.Text.RegularExpressions;

namespace FieldSupport.Bench;

/// <summary>Signs in as people do, through the form, and keeps the cookies, also for requests that are sent as bytes.</summary>
internal sealed partial class SignedIn : IDisposable
{
    private readonly CookieContainer _jar = new();
    private readonly HttpClient _client;

    private SignedIn(ServerProcess server) =>
        _client = new HttpClient(new HttpClientHandler { CookieContainer = _jar, AllowAutoRedirect = false }) { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{server.Port}")) };

    public string Cookies => _jar.GetCookieHeader(_client.BaseAddress!);

    public static async Task<SignedIn> AsAsync(ServerProcess server, string mail)
    {
        var somebody = new SignedIn(server);
        try
        {
            await somebody.SubmitAsync("/account/sign-in", "/account/sign-in", ("Email", mail), ("Password", PageWorld.Password));
            return somebody.Cookies.Contains("fs-session", StringComparison.Ordinal) ? somebody : throw new InvalidOperationException($"{mail} could not sign in.\n{server.Said}");
        }
        catch
        {
            somebody.Dispose();
            throw;
        }
    }

    /// <summary>Sends a form with the token of the page that it stands on; it must be done, not refused.</summary>
    public async Task SubmitAsync(string page, string address, params (string Name, string Value)[] fields)
    {
        var token = WebUtility.HtmlDecode(Token().Match(await _client.GetStringAsync(page)).Groups[1].Value);
        using var form = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]);
        using var answer = await _client.PostAsync(address, form);
        if (answer.StatusCode != HttpStatusCode.SeeOther) throw new InvalidOperationException($"{address} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("(?:name=\"__RequestVerificationToken\"[^>]*value|name=\"fs-antiforgery\" content)=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();
}

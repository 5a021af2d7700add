using System.Net;
using System.Text.RegularExpressions;

namespace FieldSupport.Bench;

/// <summary>Signs in as people do, through the form, and keeps the cookies for requests that are sent as bytes.</summary>
internal static partial class SignedIn
{
    public static async Task<string> CookiesAsync(ServerProcess server, string mail)
    {
        var jar = new CookieContainer();
        using var handler = new HttpClientHandler { CookieContainer = jar, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{server.Port}")) };
        var form = Token().Match(await client.GetStringAsync("/account/sign-in"));
        using var answer = await client.PostAsync("/account/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Email"] = mail, ["Password"] = PageWorld.Password, ["__RequestVerificationToken"] = form.Groups[1].Value,
        }));
        var cookies = jar.GetCookieHeader(client.BaseAddress);
        return answer.StatusCode == HttpStatusCode.SeeOther && cookies.Contains("fs-session", StringComparison.Ordinal)
            ? cookies : throw new InvalidOperationException($"{mail} could not sign in: {(int)answer.StatusCode}.\n{server.Said}");
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();
}

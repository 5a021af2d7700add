using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>
/// Walks a product as a reader with patience: every link, every part that a page loads, every filter form with each of its choices, and at the
/// end every form that changes something, sent as it stands and sent empty. Looks at all of every answer: status line, headers, body, address.
/// </summary>
internal sealed partial class Crawl(HttpClient client, LeakDetector detector)
{
    /// <summary>Filters multiply; two at a time show every page that one more would only narrow.</summary>
    private const int MostQueryWords = 2;

    private readonly Queue<string> _waiting = [];
    private readonly HashSet<string> _known = [];
    private readonly Dictionary<string, List<KeyValuePair<string, string>>> _changes = [];

    private const int MostDated = 4;
    private readonly Dictionary<string, int> _dated = [];

    public Dictionary<string, HttpStatusCode> Visited { get; } = [];
    public List<string> Leaks { get; } = [];
    public List<string> Failures { get; } = [];
    public int Answers { get; private set; }

    public async Task FromAsync(IEnumerable<string> addresses)
    {
        foreach (var address in addresses) Add(address);
        while (_waiting.TryDequeue(out var address)) await GetAsync(address);
    }

    /// <summary>Every form that was met, once as drawn and once with nothing in it. Leaving comes last, by hand.</summary>
    public async Task SubmitAsync()
    {
        foreach (var (action, drawn) in _changes.Where(c => c.Key != "/account/sign-out").ToList())
        {
            foreach (var fields in new[] { drawn, [] })
            {
                using var answer = await client.PostAsync(action, new FormUrlEncodedContent(fields));
                await LookAsync("POST " + action, answer);
            }
        }
        await FromAsync([]);
    }

    public async Task<string> GetAsync(string address)
    {
        using var answer = await client.GetAsync(address);
        Visited[address] = answer.StatusCode;
        var body = await LookAsync(address, answer);
        switch (answer.Content.Headers.ContentType?.MediaType)
        {
            case "text/html": Read(body, address); break;
            case "application/json" when body.Contains("\"next\"", StringComparison.Ordinal): ReadNext(body, address); break;
        }
        return body;
    }

    public async Task<string> LookAsync(string asked, HttpResponseMessage answer)
    {
        Answers++;
        var body = await answer.Content.ReadAsStringAsync();
        var headers = string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}"));
        foreach (var (where, text) in new[] { ("its address", asked), ("its status", answer.ReasonPhrase ?? ""), ("its headers", headers), ("its body", body) })
            foreach (var leak in detector.Find(text))
                Leaks.Add($"{asked}: {where} holds “{leak}”");
        // Without a carrier's secret the webhook says so; everything else that fails is a defect.
        if ((int)answer.StatusCode >= 500 && !asked.Contains("/webhooks/", StringComparison.Ordinal)) Failures.Add($"{asked}: {(int)answer.StatusCode}");
        if (answer.Headers.Location is { } location) Add(location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString);
        return body;
    }

    private void Read(string page, string address)
    {
        foreach (Match link in Link().Matches(page)) Add(WebUtility.HtmlDecode(link.Groups["to"].Value), address);
        foreach (Match form in FormElement().Matches(page))
        {
            var action = Attribute(form.Groups["head"].Value, "action") is { Length: > 0 } given ? given : address.Split('?')[0];
            var fields = Fields(form.Groups["body"].Value).ToList();
            if (string.Equals(Attribute(form.Groups["head"].Value, "method"), "post", StringComparison.OrdinalIgnoreCase))
            {
                _changes.TryAdd(action, [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Values[0]))]);
                continue;
            }
            Add(action);
            foreach (var (name, values) in fields)
                foreach (var value in values)
                    Add($"{action}?{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
            Add(action + "?" + string.Join('&', fields.Take(MostQueryWords).Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(f.Values[0])}")));
        }
    }

    private static IEnumerable<(string Name, List<string> Values)> Fields(string form)
    {
        foreach (Match select in Select().Matches(form))
            if (Attribute(select.Groups["head"].Value, "name") is { } name)
                yield return (name, [.. Option().Matches(select.Groups["body"].Value).Select(o => Attribute(o.Value, "value") ?? "").DefaultIfEmpty("")]);
        foreach (Match input in Input().Matches(form))
        {
            if (Attribute(input.Value, "name") is not { } name) continue;
            var value = Attribute(input.Value, "value") ?? "";
            var typed = Attribute(input.Value, "type") switch { "search" or "text" when value.Length == 0 => "a", "date" when value.Length == 0 => "2027-02-05", _ => value };
            yield return (name, [typed]);
        }
    }

    private void ReadNext(string body, string address)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.TryGetProperty("next", out var next) && next.GetString() is { } after)
            Add(string.Create(CultureInfo.InvariantCulture, $"{address.Split("&after")[0]}&after={Uri.EscapeDataString(after)}"));
    }

    private void Add(string address, string? seenAt = null)
    {
        if (address.StartsWith('?')) address = (seenAt ?? "/").Split('?')[0] + address;
        address = address.Split('#')[0];
        if (!address.StartsWith('/') || address.StartsWith("//", StringComparison.Ordinal)) return;
        if (address.Count(c => c == '&') >= MostQueryWords && !address.Contains("after=", StringComparison.Ordinal)) return;
        // A calendar links a page for each day and month there is: of each kind the first few are read.
        if (Dated().IsMatch(address) && ++CollectionsMarshal.GetValueRefOrAddDefault(_dated, Dated().Replace(address, ""), out _) > MostDated && !_known.Contains(address)) return;
        if (_known.Add(address)) _waiting.Enqueue(address);
    }

    [GeneratedRegex("(?<=[?&](?:on|month|date)=)[0-9-]+", RegexOptions.None, 1000)]
    private static partial Regex Dated();

    private static string? Attribute(string element, string name)
    {
        foreach (Match attribute in AttributeOf().Matches(element))
            if (attribute.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase)) return WebUtility.HtmlDecode(attribute.Groups["value"].Value);
        return null;
    }

    [GeneratedRegex("\\s(?:href|src|hx-get|data-fs-live|data-fs-src)=\"(?<to>[^\"]+)\"", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex Link();

    [GeneratedRegex("<form\\b(?<head>[^>]*)>(?<body>.*?)</form>", RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex FormElement();

    [GeneratedRegex("<select\\b(?<head>[^>]*)>(?<body>.*?)</select>", RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex Select();

    [GeneratedRegex("<option\\b[^>]*>", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex Option();

    [GeneratedRegex("<input\\b[^>]*>", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex Input();

    [GeneratedRegex("(?<name>[a-z-]+)=\"(?<value>[^\"]*)\"", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex AttributeOf();
}

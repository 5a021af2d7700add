using System.Text;
using System.Text.Json;
using Deque.AxeCore.Commons;

namespace FieldSupport.E2E;

/// <summary>
/// The axe run over a page, WCAG 2.2 AA and below. Its script is put into a page once, however often the page is looked at; the way of its own
/// package puts it in at each look and opens another tab to join the parts of frames, of which our pages have none.
/// </summary>
public static class Accessibility
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();
    private static readonly object Rules = new
    {
        runOnly = new { type = "tag", values = new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa" } },
        resultTypes = new[] { "violations" },
    };

    public static async Task AssertNoViolations(IPage page)
    {
        if (await ViolationsOn(page) is { } report) Assert.Fail(report);
    }

    /// <summary>The rules that are broken, where, in words; null when none is.</summary>
    public static async Task<string?> ViolationsOn(IPage page)
    {
        Assert.Equal(0, await page.Locator("iframe, frame").CountAsync());
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'")) await page.EvaluateAsync(Script + "; 0");
        using var result = JsonDocument.Parse(await page.EvaluateAsync<string>("async rules => JSON.stringify(await axe.run(document, rules))", Rules));
        // A run that asked nothing would find nothing.
        Assert.NotEmpty(result.RootElement.GetProperty("passes").EnumerateArray());
        var violations = result.RootElement.GetProperty("violations").EnumerateArray().ToList();
        if (violations.Count == 0) return null;

        var report = new StringBuilder($"{violations.Count} accessibility rules are broken at {page.Url}:\n");
        foreach (var violation in violations)
        {
            report.AppendLine($"{violation.GetProperty("id")} ({violation.GetProperty("impact")}): {violation.GetProperty("help")}");
            foreach (var node in violation.GetProperty("nodes").EnumerateArray())
            {
                report.AppendLine($"    at {node.GetProperty("target")}").AppendLine($"       {node.GetProperty("html")}");
            }
        }

        return report.ToString();
    }
}

using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace FieldSupport.E2E;

/// <summary>The axe run over a page, WCAG 2.2 AA and below.</summary>
public static class Accessibility
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    public static async Task AssertNoViolations(IPage page)
    {
        if (await ViolationsOn(page) is { } report) Assert.Fail(report);
    }

    /// <summary>The rules that are broken, where, in words; null when none is.</summary>
    public static async Task<string?> ViolationsOn(IPage page)
    {
        var result = await page.RunAxe(Rules);
        if (result.Violations.Length == 0)
        {
            return null;
        }

        var report = new StringBuilder($"{result.Violations.Length} accessibility rules are broken at {page.Url}:\n");
        foreach (var violation in result.Violations)
        {
            report.AppendLine($"{violation.Id} ({violation.Impact}): {violation.Help}");
            foreach (var node in violation.Nodes)
            {
                report.AppendLine($"    at {node.Target}").AppendLine($"       {node.Html}");
            }
        }

        return report.ToString();
    }
}

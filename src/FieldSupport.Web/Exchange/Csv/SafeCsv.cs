using System.Globalization;

namespace FieldSupport.Web.Exchange.Csv;

/// <summary>Lines of an exported file that a spreadsheet may open: a text that it would take for a formula gets an apostrophe in front; a number stays one.</summary>
public static class SafeCsv
{
    public static string Row(params ReadOnlySpan<string?> cells)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(Cell(cells[i]));
        }
        return text.Append("\r\n").ToString();
    }

    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (BeginsAFormula(text[0]) && !decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _)) text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>In full width too, which some spreadsheets fold.</summary>
    private static bool BeginsAFormula(char c) => c is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠';
}

namespace FieldSupport.Web.Exchange.Csv;

/// <summary>Cells of an exported file that no spreadsheet takes for a formula: a value that begins like one is written with an apostrophe before it.</summary>
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

    public static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        var safe = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + value : value;
        return safe.AsSpan().ContainsAny(",\"\r\n'") ? "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : safe;
    }
}

namespace FieldSupport.Web.Exchange.Csv;

/// <summary>A table saved with something else than commas between its columns, as spreadsheets of some countries do.</summary>
public static class Separators
{
    public const string Code = "SEPARATOR";

    private static readonly (char Mark, string Name)[] Others = [(';', "';'"), ('\t', "tabs"), ('|', "'|'")];

    /// <summary>A sentence about the heading row; null where it may well be separated by commas.</summary>
    public static string? Problem(string heading)
    {
        if (heading.Contains(',', StringComparison.Ordinal)) return null;
        var other = Array.Find(Others, o => heading.Contains(o.Mark, StringComparison.Ordinal));
        return other.Name is null ? null : $"The columns are separated by {other.Name}; commas are needed. Save the file as CSV with commas.";
    }

    /// <summary>The headings that such a row has.</summary>
    public static IEnumerable<string> Headings(string heading) => heading.Split([.. Others.Select(o => o.Mark)]).Select(h => h.Trim().Trim('"').Trim());
}

namespace FieldSupport.Web.Features.Catalogue;

/// <summary>What can be ordered (domain.md §1.2). A dated table, embedded; codes and strengths are never in the logic.</summary>
public static class Presentations
{
    private static readonly IReadOnlyDictionary<string, Presentation> All = Load();
    private static readonly IReadOnlyDictionary<string, Presentation> ByDigits = All.Values.ToDictionary(p => Digits(p.Ndc)!);

    /// <summary>All that the table holds, by code.</summary>
    public static IEnumerable<Presentation> Listed => All.Values.OrderBy(p => p.Ndc, StringComparer.Ordinal);

    public static Presentation? Find(string ndc) => All.GetValueOrDefault(ndc.Trim());

    /// <summary>The item whatever way its NDC is written: 70121-2503-01, 70121-2503-1 or 70121250301.</summary>
    public static Presentation? FindWritten(string ndc) => Digits(ndc) is { } digits ? ByDigits.GetValueOrDefault(digits) : null;

    /// <summary>Same concentration in another fill size exists (rescue option ALTERNATE_PACK; never another concentration).</summary>
    public static bool HasOtherPack(string ndc) =>
        Find(ndc) is { ConcentrationMcgPerMl: { } strength } mine && All.Values.Any(p => p.Ndc != mine.Ndc && p.ConcentrationMcgPerMl == strength && p.FillMl != mine.FillMl);

    /// <summary>11 digits, 5-4-2. Null for what is no NDC; ten digits without hyphens do not say where their zero belongs.</summary>
    private static string? Digits(string ndc)
    {
        var parts = ndc.Trim().Split('-');
        if (parts.Any(p => p.Length == 0 || !p.All(char.IsAsciiDigit))) return null;
        return parts switch
        {
            [{ Length: 11 } plain] => plain,
            [{ Length: <= 5 } labeler, { Length: <= 4 } product, { Length: <= 2 } package] when labeler.Length + product.Length + package.Length >= 10
                => labeler.PadLeft(5, '0') + product.PadLeft(4, '0') + package.PadLeft(2, '0'),
            _ => null,
        };
    }

    private static Dictionary<string, Presentation> Load()
    {
        using var stream = typeof(Presentations).Assembly.GetManifestResourceStream("presentations.csv")
            ?? throw new InvalidOperationException("The embedded table presentations.csv is missing.");
        using var reader = new StreamReader(stream);
        using var csv = new CsvHelper.CsvReader(reader, System.Globalization.CultureInfo.InvariantCulture);
        return csv.GetRecords<Row>()
            .Select(r => new Presentation(r.ndc, r.use, r.name, r.concentration_mcg_per_ml, r.fill_ml, r.ampules_per_pack, Day(r.valid_from) ?? DateOnly.MinValue, Day(r.valid_to)))
            .ToDictionary(p => p.Ndc);
    }

    private static DateOnly? Day(string text) => text.Length == 0 ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    // Names as the table's header writes them.
    private sealed record Row(string ndc, string use, string name, decimal? concentration_mcg_per_ml, decimal? fill_ml, int? ampules_per_pack, string valid_from, string valid_to, string source);
}

/// <summary>One orderable item. Null: not known.</summary>
/// <param name="Use">SCREENING or REFILL.</param>
/// <param name="AmpulesPerPack">Ampules in one pack.</param>
/// <param name="ValidTo">Last day of the listing; null while it is open.</param>
public sealed record Presentation(
    string Ndc, string Use, string Name, decimal? ConcentrationMcgPerMl, decimal? FillMl, int? AmpulesPerPack, DateOnly ValidFrom, DateOnly? ValidTo)
{
    public bool IsScreening => Use == "SCREENING";

    public bool IsListedOn(DateOnly day) => ValidFrom <= day && (ValidTo is null || day <= ValidTo);
}

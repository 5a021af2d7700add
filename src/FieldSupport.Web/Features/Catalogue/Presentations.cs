namespace FieldSupport.Web.Features.Catalogue;

/// <summary>What can be ordered (domain.md §1.2). A dated table, embedded; codes and strengths are never in the logic.</summary>
public static class Presentations
{
    private static readonly IReadOnlyDictionary<string, Presentation> All = Load();

    public static Presentation? Find(string ndc) => All.GetValueOrDefault(ndc.Trim());

    /// <summary>Same concentration in another fill size exists (rescue option ALTERNATE_PACK; never another concentration).</summary>
    public static bool HasOtherPack(string ndc) =>
        Find(ndc) is { ConcentrationMcgPerMl: { } strength } mine && All.Values.Any(p => p.Ndc != mine.Ndc && p.ConcentrationMcgPerMl == strength && p.FillMl != mine.FillMl);

    private static Dictionary<string, Presentation> Load()
    {
        using var stream = typeof(Presentations).Assembly.GetManifestResourceStream("presentations.csv")
            ?? throw new InvalidOperationException("The embedded table presentations.csv is missing.");
        using var reader = new StreamReader(stream);
        using var csv = new CsvHelper.CsvReader(reader, System.Globalization.CultureInfo.InvariantCulture);
        return csv.GetRecords<Row>()
            .Select(r => new Presentation(r.ndc, r.use, r.name, r.concentration_mcg_per_ml, r.fill_ml, r.ampules_per_pack))
            .ToDictionary(p => p.Ndc);
    }

    // Names as the table's header writes them.
    private sealed record Row(string ndc, string use, string name, decimal? concentration_mcg_per_ml, decimal? fill_ml, int? ampules_per_pack, string valid_from, string valid_to, string source);
}

/// <summary>One orderable item. Null: not known.</summary>
/// <param name="Use">SCREENING or REFILL.</param>
/// <param name="AmpulesPerPack">Ampules in one pack.</param>
public sealed record Presentation(string Ndc, string Use, string Name, decimal? ConcentrationMcgPerMl, decimal? FillMl, int? AmpulesPerPack);

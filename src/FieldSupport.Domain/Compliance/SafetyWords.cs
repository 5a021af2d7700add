using System.Text.RegularExpressions;

namespace FieldSupport.Domain.Compliance;

/// <summary>
/// Words in a note that make us ask once more whether a patient or the product came to harm (domain.md §7.3). Errs towards asking: the answer
/// is a reason, a report that was never made is not. Whole words and their endings; "hospitality" and "fugitive" ask nothing.
/// </summary>
public static partial class SafetyWords
{
    /// <summary>The first such word, as it was typed; null when there is none.</summary>
    public static string? Find(string? text) =>
        !string.IsNullOrWhiteSpace(text) && Words().Match(text) is { Success: true } match ? match.Value : null;

    // English, then what a practice that writes Spanish would say.
    [GeneratedRegex(
        @"\b(?:hospitals?|hospitali[sz]\w*|emergency\s+room|ambulances?|icu|fever\w*|withdrawals?|rigid\w*|spasms?|seizures?|convuls\w*|unconscious\w*|coma|overdos\w*|died|dies|dying|deaths?|deceased|passed\s+away"
        + @"|side\s+effects?|adverse\s+(?:events?|reactions?)|allerg\w*|pregnan\w*|leak\w*|cloud(?:y|iness)|particles?|particulates?|contaminat\w*|discolou?r\w*|crack(?:s|ed)?"
        + @"|fiebre|hospitaliz\w*|r[ií]gid\w*|convulsi\w*|sobredosis|muri[oó]|muertes?|falleci\w*|abstinencia|embarazad\w*|goteo?|gotea\w*|fugas?|turbi[oa]s?|part[ií]culas?"
        + @"|urgencias|ambulancias?|espasmos?|inconsciente\w*|desmay\w*|sarpullidos?|al[eé]rgi\w*|infecci\w*|efectos?\s+(?:secundarios?|advers[oa]s?)|contaminad\w*|agrietad[oa]s?|rajad[oa]s?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 250)]
    private static partial Regex Words();
}

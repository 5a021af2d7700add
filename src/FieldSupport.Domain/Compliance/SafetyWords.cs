using System.Text;
using System.Text.RegularExpressions;

namespace FieldSupport.Domain.Compliance;

/// <summary>
/// Words in a note that make us ask once more whether a patient or the product came to harm (domain.md §7.3). Errs towards asking: the answer
/// is a reason, a report that was never made is not. Whole words and their endings; "hospitality" and "fugitive" ask nothing.
/// </summary>
public static partial class SafetyWords
{
    /// <summary>The first such word, as it was typed; null when there is none. Accents make no difference.</summary>
    public static string? Find(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var (plain, places) = WithoutAccents(text);
        if (Words().Match(plain) is not { Success: true } match) return null;
        return text[places[match.Index]..places[match.Index + match.Length]];
    }

    /// <summary>The text in plain letters, and where each of them stood: who types in a hurry leaves accents out, and some keyboards send them apart.</summary>
    private static (string Plain, int[] Places) WithoutAccents(string text)
    {
        var plain = new StringBuilder(text.Length);
        var places = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= '\u0300' and <= '\u036F') continue;
            plain.Append(text[i] is >= '\u00C0' and <= '\u024F' ? text[i].ToString().Normalize(NormalizationForm.FormD)[0] : text[i]);
            places.Add(i);
        }
        places.Add(text.Length);
        return (plain.ToString(), [.. places]);
    }

    // The same ideas in English and in Spanish, line by line: taken to hospital; symptoms; dose; death; reactions; pregnancy; the product.
    [GeneratedRegex(
        @"\b(?:hospitals?|hospitali[sz]\w*|emergency\s+room|ambulances?|icu"
        + @"|hospitales|urgencias?|(?:sala|cuarto)\s+de\s+emergencias?|ambulancias?|uci|internad[oa]s?|cuidados?\s+intensivos?|terapia\s+intensiva"
        + @"|fever\w*|withdrawals?|rigid\w*|spasms?|seizures?|convuls\w*|unconscious\w*|coma"
        + @"|fiebres?|febril\w*|calenturas?|abstinencias?|espasmos?|inconscientes?|desmay\w*"
        + @"|overdos\w*|sobredosis|sobredosific\w*"
        + @"|died|dies|dying|deaths?|deceased|passed\s+away"
        + @"|murio|muri(?:er\w*|endo)|morir\w*|mueren?|muert[eoa]s?|fallec\w*|difunt[oa]s?|defuncion(?:es)?"
        + @"|side\s+effects?|adverse\s+(?:events?|reactions?)|allerg\w*|rash(?:es)?|itch\w*"
        + @"|efectos?\s+(?:secundarios?|advers[oa]s?)|(?:eventos?|reaccion(?:es)?|acontecimientos?)\s+advers[oa]s?|alerg\w*|sarpullidos?|salpullidos?|erupcion(?:es)?|ronchas?|urticarias?|picazon|comezon"
        + @"|pregnan\w*|embaraz(?:ad[oa]s?|os?)"
        + @"|leak\w*|cloud(?:y|iness)|particles?|particulates?|contaminat\w*|discolou?r\w*|crack(?:s|ed)?|broken|shattered"
        + @"|fugas?|gote(?:o|os|a\w*|ras?)|derram\w*|filtracion(?:es)?|turbi[oa]s?|turbidez|particulas?|contamina(?:d\w*|cion\w*)|descolorid\w*|decolorad\w*|rot[oa]s?|roturas?|quebrad[oa]s?|agrietad[oa]s?|grietas?|rajad[oa]s?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 250)]
    private static partial Regex Words();
}

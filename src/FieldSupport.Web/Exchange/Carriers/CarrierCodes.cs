using System.Collections.Concurrent;
using System.Globalization;
using CsvHelper;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>What a carrier's code means here (domain.md §2.6): a milestone with the class of an EXCEPTION, or a flag for a refusal.</summary>
public sealed record CodeMeaning(string Code, string Detail, Milestone? Milestone, ExceptionClass? Exception, string? Flag, DateOnly ValidFrom, DateOnly? ValidTo, string Source);

/// <summary>
/// A dated table of carrier codes, Codes/*.csv in this assembly: code,detail,milestone,exception,flag,valid_from,valid_to,source.
/// Detail * is any. Rows are asked in file order, so the narrower come first.
/// </summary>
public sealed class CarrierCodes
{
    private static readonly ConcurrentDictionary<string, CarrierCodes> Tables = new();
    private readonly List<(string[] Words, CodeMeaning Meaning)> rows = [];
    private readonly ILookup<string, CodeMeaning> byCode;

    private CarrierCodes(string name)
    {
        using var stream = typeof(CarrierCodes).Assembly.GetManifestResourceStream($"carrier-codes/{name}.csv")
            ?? throw new InvalidOperationException($"Code table {name} is not in the assembly.");
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            string Line() => csv.Parser.RawRow.ToString(CultureInfo.InvariantCulture);
            string? Cell(string column) => csv.GetField(column) is { } text && text.Trim() is { Length: > 0 } cell ? cell : null;
            T? Word<T>(string column) where T : struct, Enum => Cell(column) is not { } word ? null
                : WireName.Parse<T>(word) ?? throw new InvalidOperationException($"Code table {name}, line {Line()}: {word} is no {column}.");
            var meaning = new CodeMeaning(Cell("code") ?? "", Cell("detail") ?? "*", Word<Milestone>("milestone"), Word<ExceptionClass>("exception"), Cell("flag"),
                CarrierTime.Day(Cell("valid_from")) ?? throw new InvalidOperationException($"Code table {name}, line {Line()}: valid_from."), CarrierTime.Day(Cell("valid_to")), Cell("source") ?? "");
            rows.Add((Words(meaning.Code), meaning));
        }
        byCode = rows.Select(r => r.Meaning).ToLookup(m => m.Code, StringComparer.OrdinalIgnoreCase);
    }

    public static CarrierCodes Of(string name) => Tables.GetOrAdd(name, static n => new CarrierCodes(n));

    public IEnumerable<CodeMeaning> All => rows.Select(r => r.Meaning);

    /// <summary>The row of a code and detail on a day, the exact detail before *; null: not mapped.</summary>
    public CodeMeaning? Find(string? code, string? detail, DateOnly on)
    {
        if (string.IsNullOrWhiteSpace(code)) return null;
        CodeMeaning? any = null;
        foreach (var row in byCode[code.Trim()])
        {
            if (!Valid(row, on)) continue;
            if (detail is not null && string.Equals(row.Detail, detail.Trim(), StringComparison.OrdinalIgnoreCase)) return row;
            if (row.Detail == "*") any ??= row;
        }
        return any;
    }

    /// <summary>The first row whose words stand side by side in the text; null: none does.</summary>
    public CodeMeaning? FindWords(string? text, DateOnly on)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var spoken = Words(text);
        foreach (var (words, meaning) in rows)
            if (Valid(meaning, on) && spoken.AsSpan().IndexOf(words) >= 0) return meaning;
        return null;
    }

    private static bool Valid(CodeMeaning row, DateOnly on) => on >= row.ValidFrom && (row.ValidTo is not { } last || on <= last);

    private static string[] Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var letter = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (letter && start < 0) start = i;
            else if (!letter && start >= 0) { words.Add(text[start..i].ToLowerInvariant()); start = -1; }
        }
        return [.. words];
    }
}

/// <summary>One name per carrier, whatever the source calls it.</summary>
public static class CarrierNames
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fedex"] = "FedEx", ["fdx"] = "FedEx", ["fdxe"] = "FedEx", ["fdxg"] = "FedEx", ["fxsp"] = "FedEx", ["fedexground"] = "FedEx", ["fedexexpress"] = "FedEx",
        ["fedexdefault"] = "FedEx", ["fedexhomedelivery"] = "FedEx", ["ups"] = "UPS", ["upsdap"] = "UPS", ["unitedparcelservice"] = "UPS",
        ["usps"] = "USPS", ["uspostalservice"] = "USPS", ["unitedstatespostalservice"] = "USPS", ["dhl"] = "DHL", ["dhlexpress"] = "DHL",
        ["ontrac"] = "OnTrac", ["lasership"] = "LaserShip",
    };

    /// <summary>"fedex", "FEDEX", "fedex-ground" → FedEx; a carrier not in the list keeps its own name; blank is null.</summary>
    public static string? Canonical(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return null;
        var bare = string.Concat(name.Where(char.IsLetterOrDigit));
        return Known.TryGetValue(bare, out var known) ? known : name.Trim();
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using CsvHelper;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>The scenes of <c>seed-data/scenes</c> as they lie embedded in the program, so that a published one has them too.</summary>
public static class SceneFiles
{
    /// <summary>What the first start loads (contract.md §2).</summary>
    public const string Default = "storm-before-refill";

    private const string Shared = "practices";

    private static readonly Dictionary<string, string> Resources = typeof(SceneFiles).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith("scenes/", StringComparison.Ordinal)).ToDictionary(n => n.Replace('\\', '/'), n => n);

    private static readonly ConcurrentDictionary<string, IReadOnlyList<SceneRow>> Known = new(StringComparer.Ordinal);

    /// <summary>Names of the scenes there are.</summary>
    public static IReadOnlyList<string> Names { get; } = Resources.Keys.Select(k => k.Split('/')[1]).Where(n => n != Shared).Distinct().Order().ToArray();

    /// <summary>Rows of a file that every scene shares.</summary>
    public static IReadOnlyList<SceneRow> OfAll(string file) => Known.GetOrAdd($"{Shared}/{file}", Read);

    /// <summary>Rows of one scene's file.</summary>
    public static IReadOnlyList<SceneRow> Of(string scene, string file) => Known.GetOrAdd($"{scene}/{file}", Read);

    private static List<SceneRow> Read(string file)
    {
        var path = $"scenes/{file}.csv";
        if (!Resources.TryGetValue(path, out var resource)) throw new SceneFault($"seed-data/{path} is missing.");
        using var stream = typeof(SceneFiles).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        var rows = new List<SceneRow>();
        if (!csv.Read() || !csv.ReadHeader()) return rows;
        var header = csv.HeaderRecord!;
        while (csv.Read())
            rows.Add(new SceneRow($"seed-data/{path}, line {csv.Parser.RawRow}", header, header.Select((_, i) => csv.GetField(i) ?? "").ToArray()));
        return rows;
    }
}

/// <summary>One row of a scene's file: cells by the name of their column, and where it stands.</summary>
public sealed class SceneRow(string place, IReadOnlyList<string> header, IReadOnlyList<string> cells)
{
    public string Place => place;
    public IReadOnlyList<string> Header => header;
    public IReadOnlyList<string> Cells => cells;

    /// <summary>The cell, empty where it is blank; a column that is not there is a fault of the file.</summary>
    public string this[string column]
    {
        get
        {
            for (var i = 0; i < header.Count; i++)
                if (header[i] == column) return cells[i].Trim();
            throw new SceneFault($"{place}: the column {column} is missing.");
        }
    }

    public string? Or(string column) => this[column] is { Length: > 0 } text ? text : null;

    public int Whole(string column) => int.TryParse(this[column], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        ? number : throw new SceneFault($"{place}: '{this[column]}' in {column} is not a whole number.");

    public T Word<T>(string column) where T : struct, Enum =>
        Domain.Shared.WireName.Parse<T>(this[column]) is { } word ? word
        : Enum.TryParse<T>(this[column], out var name) ? name
        : throw new SceneFault($"{place}: '{this[column]}' in {column} is none of {string.Join(", ", Enum.GetNames<T>())}.");
}

/// <summary>A scene that cannot be laid out or loaded. Its message says where and why.</summary>
public sealed class SceneFault(string message) : Exception(message);

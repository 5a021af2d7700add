using FieldSupport.Domain.Operations;

namespace FieldSupport.Web.Data;

/// <summary>Numbers that people call things by: ORD-20422, SHP-88120, WRK-1042. Taken in the save that uses them.</summary>
public static class Numbers
{
    public const string Orders = "ORD", Shipments = "SHP", WorkItems = "WRK", SafetyReports = "SAF", Visits = "VIS";

    private static readonly Dictionary<string, long> Starts = new(StringComparer.Ordinal) { [Orders] = 20_001, [Shipments] = 88_001, [WorkItems] = 1_001, [SafetyReports] = 1_001, [Visits] = 10_001 };

    /// <summary>Whether a key of somebody else's looks like one of ours.</summary>
    public static bool LooksLikeOurs(string text) =>
        Starts.Keys.Any(series => text.StartsWith(series + "-", StringComparison.OrdinalIgnoreCase));

    /// <summary>The next number of a series. Two savers at once: the second one's save fails on the series' concurrency token.</summary>
    public static async Task<string> Next(FieldSupportDb db, string series, CancellationToken cancel)
    {
        var row = await db.NumberSeries.FindAsync([series], cancel);
        if (row is null)
        {
            row = new NumberSeries { Name = series, Next = Starts.GetValueOrDefault(series, 1) };
            db.NumberSeries.Add(row);
        }
        return $"{series}-{row.Next++}";
    }
}

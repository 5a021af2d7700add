namespace FieldSupport.Web.Tests.Access;

/// <summary>
/// Which record of <see cref="SampleWorld"/> a route parameter means: the literal before it and its name. A new kind of record needs one line
/// here, or the matrix fails and says so.
/// </summary>
public static class SampleRecords
{
    /// <param name="Own">Of LAKESIDE, TN-West.</param>
    /// <param name="Foreign">Of NORTHFORK, KY-East. Null for both: a record of no account.</param>
    /// <param name="Absent">Nobody's.</param>
    public sealed record Values(string? Own, string? Foreign, string Absent);

    /// <summary>Of no account, so nobody's own and nobody's foreign: there for all who see the work-list.</summary>
    public const string WorkItem = "WRK-90001";

    private static readonly Dictionary<(string Literal, string Parameter), Values> Table = new()
    {
        [("refills", "visit")] = new(SampleWorld.Lakeside.Visit, SampleWorld.Northfork.Visit, "VIS-00000"),
        [("deliveries", "number")] = new(SampleWorld.Lakeside.Shipment, SampleWorld.Northfork.Shipment, "SHP-00000"),
        [("shipments", "number")] = new(SampleWorld.Lakeside.Shipment, SampleWorld.Northfork.Shipment, "SHP-00000"),
        [("orders", "number")] = new(SampleWorld.Lakeside.Order, SampleWorld.Northfork.Order, "ORD-00000"),
        [("practices", "slug")] = new(SampleWorld.Lakeside.Slug, SampleWorld.Northfork.Slug, "no-such-practice"),
        [("notices", "notice")] = new(null, null, "fs.0@no.test"),
        [("answer", "code")] = new(null, null, "no-such-code"),
        [("messages", "id")] = new(null, null, "00000000-0000-7000-8000-000000000000"),
        [("jobs", "name")] = new(null, null, "no-such-job"),
        [("report-a-problem", "number")] = new(null, null, "SAF-00000"),
        [("safety", "number")] = new(null, null, "SAF-00000"),
        [("photos", "ordinal")] = new("1", "1", "9"),
        [("unmatched", "number")] = new(WorkItem, WorkItem, "WRK-00000"),
    };

    public static Values? Of(string literal, string parameter) => Table.GetValueOrDefault((literal, parameter));
}

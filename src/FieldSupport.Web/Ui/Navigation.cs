namespace FieldSupport.Web.Ui;

/// <summary>One place in the header and the phone's bottom bar. <paramref name="Key"/> is the letter after <c>g</c>.</summary>
public sealed record NavItem(string Words, string Address, string Icon, string? Key = null);

/// <summary>What each role finds in the navigation. A menu is a convenience: what a role may open is decided by permissions alone.</summary>
public static class Navigation
{
    private static readonly NavItem Today = new("Today", "/today", "today", "t");
    private static readonly NavItem Deliveries = new("Deliveries", "/deliveries", "delivery", "d");
    private static readonly NavItem Orders = new("Orders", "/orders", "order", "o");
    private static readonly NavItem Practices = new("Practices", "/practices", "practice", "p");
    private static readonly NavItem WorkList = new("Work-list", "/unmatched", "worklist", "w");
    private static readonly NavItem Status = new("Status", "/status", "status", "s");
    private static readonly NavItem Audit = new("Audit", "/audit", "audit", "a");
    private static readonly NavItem Portal = new("Portal", "/portal", "portal", "h");

    public static IReadOnlyList<NavItem> For(string? role) => role?.ToLowerInvariant() switch
    {
        "rep" or "manager" => [Today, Deliveries, Orders, Practices],
        "logistics" => [Today, Deliveries, Orders, Practices, WorkList, Status],
        "practice" or "practice-admin" => [Portal],
        "specialist" => [Deliveries, Orders, Practices],
        "admin" => [Status, Deliveries, Orders, Practices],
        "auditor" => [Audit, Deliveries, Orders, Practices, Status],
        _ => [],
    };

    /// <summary>Several roles: their items together, in the order of first mention.</summary>
    public static IReadOnlyList<NavItem> For(IEnumerable<string> roles) => [.. roles.SelectMany(For).Distinct()];

    /// <summary>Whether the page at <paramref name="path"/> lies in this place.</summary>
    public static bool IsAt(NavItem item, string path) =>
        path.Equals(item.Address, StringComparison.OrdinalIgnoreCase) || path.StartsWith(item.Address + "/", StringComparison.OrdinalIgnoreCase);
}

using FieldSupport.Web.Access;

namespace FieldSupport.Web.Ui;

/// <summary>One place in the header and the phone's bottom bar. <paramref name="Key"/> is the letter after <c>g</c>.</summary>
/// <param name="Needs">What its page asks for: a role that lacks it is not shown the way.</param>
public sealed record NavItem(string Words, string Address, string Icon, string Key, Permission Needs);

/// <summary>What each role finds in the navigation: the order is the role's, whether a place is in it is decided by <see cref="Permissions"/> alone.</summary>
public static class Navigation
{
    private static readonly NavItem Today = new("Today", "/today", "today", "t", Permission.SeeToday);
    private static readonly NavItem Deliveries = new("Deliveries", "/deliveries", "delivery", "d", Permission.ReadDeliveries);
    private static readonly NavItem Orders = new("Orders", "/orders", "order", "o", Permission.ReadOrders);
    private static readonly NavItem Practices = new("Practices", "/practices", "practice", "p", Permission.ReadPractices);
    private static readonly NavItem WorkList = new("Work-list", "/unmatched", "worklist", "w", Permission.SeeWorkList);
    private static readonly NavItem Safety = new("Safety", "/safety", "safety", "y", Permission.SeeSafetyReports);
    private static readonly NavItem Status = new("Status", "/status", "status", "s", Permission.SeeStatus);
    private static readonly NavItem Audit = new("Audit", "/audit", "audit", "a", Permission.ReadAudit);
    private static readonly NavItem Portal = new("Portal", "/portal", "portal", "h", Permission.UsePortal);

    private static readonly NavItem Refills = new("Refill dates", "/portal/refills", "refill", "r", Permission.EnterRefills);
    private static readonly NavItem People = new("People & hours", "/portal/settings", "practice", "e", Permission.UsePortal);

    private static readonly NavItem[] Usual = [Today, Deliveries, Orders, Practices, WorkList, Safety, Audit, Status];

    /// <summary>Where a role begins, first; a practice has its portal and what belongs to it.</summary>
    private static NavItem[] Order(string role) => role switch
    {
        Roles.Practice or Roles.PracticeAdmin => [Portal, Refills, People],
        Roles.Safety => [Safety, WorkList, .. Usual],
        Roles.Auditor => [Audit, .. Usual],
        Roles.Admin => [Status, .. Usual],
        _ => Usual,
    };

    public static IReadOnlyList<NavItem> For(string? role) =>
        role?.ToLowerInvariant() is not { } known ? [] : [.. Order(known).Distinct().Where(item => Permissions.Has(known, item.Needs))];

    /// <summary>Several roles: their items together, in the order of first mention.</summary>
    public static IReadOnlyList<NavItem> For(IEnumerable<string> roles) => [.. roles.SelectMany(For).Distinct()];

    /// <summary>The place in which the page at <paramref name="path"/> lies: of a place and one inside it, the inner one.</summary>
    public static NavItem? Here(IEnumerable<NavItem> items, string path) => items.Where(i => IsAt(i, path)).MaxBy(i => i.Address.Length);

    /// <summary>Whether the page at <paramref name="path"/> lies in this place.</summary>
    public static bool IsAt(NavItem item, string path) =>
        path.Equals(item.Address, StringComparison.OrdinalIgnoreCase) || path.StartsWith(item.Address + "/", StringComparison.OrdinalIgnoreCase);
}

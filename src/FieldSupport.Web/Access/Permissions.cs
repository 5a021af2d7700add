using System.Collections.Frozen;
using static FieldSupport.Web.Access.Permission;

namespace FieldSupport.Web.Access;

/// <summary>Roles as <c>--role</c> takes them (contract.md §2).</summary>
public static class Roles
{
    public const string Rep = "rep";
    public const string Manager = "manager";
    public const string Practice = "practice";
    public const string PracticeAdmin = "practice-admin";
    public const string Logistics = "logistics";
    public const string Specialist = "specialist";
    public const string Materials = "materials";
    public const string Safety = "safety";
    public const string Auditor = "auditor";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } =
        [Rep, Manager, Practice, PracticeAdmin, Logistics, Specialist, Materials, Safety, Auditor, Admin];

    /// <summary>Sees its territories, nothing else.</summary>
    public static bool IsOfTerritories(string role) => role is Rep or Manager;

    /// <summary>Sees its account, nothing else.</summary>
    public static bool IsOfAccount(string role) => role is Practice or PracticeAdmin;

    /// <summary>Sales staff: never a key, value or count of the vault, nor a date that follows from refillBy (domain.md §7.2).</summary>
    public static bool IsSales(string role) => role is Rep or Manager;
}

/// <summary>What a message or an endpoint may ask for. Which rows one sees is the scope's affair, not this.</summary>
public enum Permission
{
    /// <summary>Any role: sign out, own settings, front door.</summary>
    BeSignedIn,
    SeeToday,
    ReadDeliveries,
    ExportDeliveries,
    ReadOrders,
    ReadPractices,
    /// <summary>The refill-by date and what follows from it; never sales.</summary>
    ReadRefillBy,
    LogChase,
    /// <summary>Hold, release and rescue.</summary>
    WorkOrders,
    ConfirmReceipt,
    /// <summary>Pictures of a receipt, on which a label may name a patient; never sales.</summary>
    SeeReceiptPhotos,
    UsePortal,
    /// <summary>Refill dates: enter, move, cancel, calculate.</summary>
    EnterRefills,
    /// <summary>The practice's own hours, closures and contacts.</summary>
    ManagePractice,
    InviteColleagues,
    /// <summary>"Report a problem": everybody, at any time (domain.md §1.8).</summary>
    ReportProblem,
    /// <summary>That there is a report, and when it is due; never what was told.</summary>
    SeeSafetyReports,
    /// <summary>What was told, and taking it over.</summary>
    WorkSafetyReports,
    SeeWorkList,
    MatchWork,
    SeeTeam,
    SeeNotices,
    SeeStatus,
    RunJobs,
    ReadAudit,
    ManageUsers,
    ManageSettings,
}

/// <summary>The table of domain.md §7.2 and its sentence on logistics, materials and admin. What is not granted here is denied.</summary>
public static class Permissions
{
    private static readonly FrozenDictionary<string, FrozenSet<Permission>> Table = new Dictionary<string, Permission[]>
    {
        [Roles.Rep] = [BeSignedIn, ReportProblem, SeeToday, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, LogChase],
        [Roles.Manager] = [BeSignedIn, ReportProblem, SeeToday, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, LogChase, SeeTeam],
        [Roles.Practice] = [BeSignedIn, ReportProblem, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, ReadRefillBy, UsePortal, EnterRefills, ConfirmReceipt, SeeReceiptPhotos],
        [Roles.PracticeAdmin] =
            [BeSignedIn, ReportProblem, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, ReadRefillBy, UsePortal, EnterRefills, ConfirmReceipt, SeeReceiptPhotos, ManagePractice, InviteColleagues],
        [Roles.Logistics] =
            [BeSignedIn, ReportProblem, SeeToday, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, ReadRefillBy, LogChase, WorkOrders, SeeReceiptPhotos,
             SeeWorkList, MatchWork, SeeNotices, SeeStatus],
        [Roles.Specialist] = [BeSignedIn, ReportProblem, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, ReadRefillBy],
        // Kit parcels stand in the same ledger; until the kits have a page of their own this is where materials finds them (contract.md §4).
        [Roles.Materials] = [BeSignedIn, ReportProblem, ReadDeliveries],
        [Roles.Safety] = [BeSignedIn, ReportProblem, ReadDeliveries, ReadOrders, ReadPractices, SeeWorkList, SeeReceiptPhotos, SeeSafetyReports, WorkSafetyReports],
        [Roles.Auditor] =
            [BeSignedIn, ReportProblem, ReadDeliveries, ExportDeliveries, ReadOrders, ReadPractices, ReadRefillBy, SeeWorkList, SeeNotices, SeeStatus, ReadAudit, SeeSafetyReports],
        [Roles.Admin] = [BeSignedIn, ReportProblem, ReadDeliveries, ReadOrders, SeeNotices, SeeStatus, RunJobs, ManageUsers, ManageSettings],
    }.ToFrozenDictionary(x => x.Key, x => x.Value.ToFrozenSet());

    /// <summary>False for a role that is not in the table.</summary>
    public static bool Has(string role, Permission permission) => Table.TryGetValue(role, out var granted) && granted.Contains(permission);

    /// <summary>Roles that hold all of them, in the order of <see cref="Roles.All"/>.</summary>
    public static IReadOnlyList<string> RolesWith(IReadOnlyCollection<Permission> permissions) =>
        [.. Roles.All.Where(r => permissions.All(p => Has(r, p)))];
}

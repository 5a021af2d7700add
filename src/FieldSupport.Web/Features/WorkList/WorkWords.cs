using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Portal;

namespace FieldSupport.Web.Features.WorkList;

/// <summary>Reasons of the work-list in words; one that nobody listed is shown as itself.</summary>
public static class WorkWords
{
    /// <summary>The reasons that the intake names, in the order in which the filter offers them.</summary>
    public static IReadOnlyList<(string Reason, string Words)> Reasons { get; } =
    [
        ("NO_SHIPMENT", "Matches no shipment"), ("STATUS_CONTRADICTS_EVENTS", "Status contradicts its scans"), ("DUPLICATE_NUMBER", "Number used twice"),
        ("UNKNOWN_CODE", "Unknown code"), ("BAD_TIMESTAMP", "Impossible time"), ("NOT_FOUND", "Carrier does not know it"), ("CARRIER_ERROR", "Carrier reports an error"),
        ("BAD_NUMBER", "Not a number of this carrier"), ("AUTH", "Carrier refused our access"), ("UNREADABLE", "Message could not be read"), ("ZONE_ASSUMED", "Time zone assumed"),
        ("QUARANTINE", "Quarantine and return"), ("PRODUCT_COMPLAINT", "Product complaint"),
    ];

    public static string Of(string reason) => Reasons.Where(r => r.Reason == reason).Select(r => r.Words).FirstOrDefault() ?? reason;

    /// <summary>Something to be done about a parcel, not a message that nobody understood.</summary>
    public static bool IsTask(string reason) => reason is "QUARANTINE" or "PRODUCT_COMPLAINT";

    public static string Milestone(Milestone? milestone, string? rawStatus) => milestone is { } known and not Domain.Shipments.Milestone.Unknown
        ? PortalWords.Scan(new TrackingEvent { Source = "", Carrier = "", TrackingKey = "", Fingerprint = "", Milestone = known })
        : rawStatus is null ? "not known" : $"Carrier says: '{rawStatus}'";
}

using System.Linq.Expressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>One delivery in a list: the answer of the last look, and what a person needs beside it. Null is "not known".</summary>
public sealed record DeliveryRow
{
    public required string Number { get; init; }
    public DeliveryKind Kind { get; init; }
    public bool IsParcel { get; init; }
    public bool IsOrder { get; init; }
    public bool IsOpen { get; init; }
    public string? Outlook { get; init; }
    public int SortRank { get; init; }
    public double SortSlack { get; init; }
    public string? Severity { get; init; }
    public required string Reasons { get; init; }
    public DateTimeOffset? NeedByUtc { get; init; }
    public DateTimeOffset? MustShipByUtc { get; init; }
    public DateTimeOffset? EstimateUtc { get; init; }
    public string? EstimateSource { get; init; }
    public double? SlackHours { get; init; }
    public int? SlackDays { get; init; }
    public DateTimeOffset? AssessedAtUtc { get; init; }
    public DateTimeOffset? NextCheckAtUtc { get; init; }
    public DateTimeOffset? PromisedByUtc { get; init; }
    public DateTimeOffset? PromiseBrokenAtUtc { get; init; }
    public DateTimeOffset? SnoozedUntilUtc { get; init; }
    public DateTimeOffset? RescueByUtc { get; init; }
    public string? RescueOption { get; init; }

    public required string Practice { get; init; }
    public required string PracticeCode { get; init; }
    public required string Slug { get; init; }
    public required string Territory { get; init; }
    public string? Phone { get; init; }
    /// <summary>Of the receiving location, IANA.</summary>
    public string? ZoneId { get; init; }
    public DateOnly? VisitOn { get; init; }

    public string? Order { get; init; }
    public string? Po { get; init; }
    public HoldReason? Hold { get; init; }
    public string? Carrier { get; init; }
    public string? Tracking { get; init; }
    public ServiceLevel? Service { get; init; }
    public DateTimeOffset? LabelAtUtc { get; init; }
    public DateTimeOffset? LastMovementAtUtc { get; init; }
    public DateTimeOffset? DeliveredAtUtc { get; init; }
    public string? SignedBy { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    /// <summary>Code of the newest event when nobody knows what it means.</summary>
    public string? UnknownCode { get; init; }
    public int Lines { get; init; }
    public int Packs { get; init; }
    public string? Ndc { get; init; }

    public TimeZoneInfo Zone => ZonedTime.Find(ZoneId ?? "") ?? TimeZoneInfo.Utc;

    /// <summary>The page of the thing itself.</summary>
    public string Address => (IsParcel ? "/shipments/" : IsOrder ? "/orders/" : "/deliveries/") + Uri.EscapeDataString(Number);
    public string ChaseAddress => $"/deliveries/{Uri.EscapeDataString(Number)}/chase";

    /// <summary>The answer has run out and the sweep has not come by yet.</summary>
    public bool IsDueForALook(DateTimeOffset now) => IsOpen && (AssessedAtUtc is null || NextCheckAtUtc <= now);

    /// <summary>A chase with a promise that is not due yet.</summary>
    public bool IsBeingChased(DateTimeOffset now) => PromiseBrokenAtUtc is null && PromisedByUtc > now;

    /// <summary>Put aside by somebody, for now.</summary>
    public bool IsPutAside(DateTimeOffset now) => SnoozedUntilUtc > now;
}

/// <summary>The one query behind every list of deliveries.</summary>
public static class DeliveryRows
{
    /// <summary>What lists show: not what something else is watched for by now, nor a visit that nobody need order for yet (T-10).</summary>
    public static IQueryable<Delivery> Listed(this FieldSupportDb db) => db.Deliveries.Where(d => d.IsListed && (d.ShipmentId != null || d.OrderId != null || d.Reasons != ""));

    /// <summary>
    /// Of one outlook. Its place in the order of lists follows from it, so the index in that order serves the question; the outlook itself is compared in
    /// a way that no index tempts the database to, or it would gather all of them first and sort them then.
    /// </summary>
    public static IQueryable<Delivery> OfOutlook(this IQueryable<Delivery> rows, string outlook)
    {
        var (from, to) = outlook switch
        {
            "Late" => (10, 10), "NoSignal" => (20, 20), "AtRisk" => (30, 30), "Watch" => (40, 40), "OnTrack" => (60, 60), "Delivered" => (50, 70), "OnHold" => (30, 75), "Received" => (80, 80),
            _ => (0, -1),
        };
        return rows.Where(d => d.SortRank >= from && d.SortRank <= to && (d.Outlook ?? "") == outlook);
    }

    /// <summary>The order of ui.md §3: state, then least slack, then need-by, then number.</summary>
    public static IOrderedQueryable<Delivery> ByRisk(this IQueryable<Delivery> rows) =>
        rows.OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number);

    public static Expression<Func<Delivery, DeliveryRow>> Row { get; } = d => new DeliveryRow
    {
        Number = d.Number, Kind = d.Kind, IsParcel = d.ShipmentId != null, IsOrder = d.ShipmentId == null && d.OrderId != null, IsOpen = d.IsOpen,
        Outlook = d.Outlook, SortRank = d.SortRank, SortSlack = d.SortSlack, Severity = d.Severity, Reasons = d.Reasons,
        NeedByUtc = d.NeedByUtc, MustShipByUtc = d.MustShipByUtc, EstimateUtc = d.ProjectedArrivalUtc, EstimateSource = d.EstimateSource,
        SlackHours = d.SlackHours, SlackDays = d.SlackDays, AssessedAtUtc = d.AssessedAtUtc, NextCheckAtUtc = d.NextCheckAtUtc,
        PromisedByUtc = d.PromisedByUtc, PromiseBrokenAtUtc = d.PromiseBrokenAtUtc, SnoozedUntilUtc = d.SnoozedUntilUtc,
        RescueByUtc = d.RescueByUtc, RescueOption = d.RescueOption,
        Practice = d.Account!.Name, PracticeCode = d.Account.Code, Slug = d.Account.Slug, Territory = d.TerritoryCode, Phone = d.Account.Phone,
        ZoneId = d.Shipment!.Location!.TimeZone
            ?? d.Account.Locations.OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefault(),
        VisitOn = d.Visit!.VisitOn,
        Order = d.Order!.Number, Po = d.Order.Po,
        Hold = d.Order.Holds.Where(h => h.ClearedAtUtc == null).OrderBy(h => h.SinceUtc).Select(h => (HoldReason?)h.Reason).FirstOrDefault(),
        Carrier = d.Shipment.Carrier, Tracking = d.Shipment.Tracking, Service = d.ShipmentId != null ? d.Shipment.Service : d.Order.Service,
        LabelAtUtc = d.Shipment.LabelAtUtc, LastMovementAtUtc = d.Shipment.LastMovementAtUtc, DeliveredAtUtc = d.Shipment.DeliveredAtUtc, SignedBy = d.Shipment.SignedBy,
        // Single values, each a look-up by index: a joined row would make the database number every event there is.
        City = d.Shipment.Events.Where(e => !e.IsExcluded && e.City != null).OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).Select(e => e.City).FirstOrDefault(),
        State = d.Shipment.Events.Where(e => !e.IsExcluded && e.City != null).OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).Select(e => e.State).FirstOrDefault(),
        UnknownCode = d.Shipment.Events.Where(e => !e.IsExcluded).OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival)
            .Select(e => e.Milestone == Milestone.Unknown ? e.Code ?? e.Text : null).FirstOrDefault(),
        Lines = d.ShipmentId != null ? d.Shipment.Lines.Count : d.Order.Lines.Count,
        Packs = d.ShipmentId != null ? d.Shipment.Lines.Sum(l => l.Packs) : d.Order.Lines.Sum(l => l.QuantityPacks),
        Ndc = d.ShipmentId != null
            ? d.Shipment.Lines.OrderBy(l => l.Ndc).Select(l => l.Ndc).FirstOrDefault()
            : d.Order.Lines.OrderBy(l => l.LineNo).Select(l => l.Ndc).FirstOrDefault(),
    };
}

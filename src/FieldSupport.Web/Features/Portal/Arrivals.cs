using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>One delivery as its practice reads it, judged at the clock of the call.</summary>
/// <param name="Number">The parcel's, the order's or the visit's.</param>
/// <param name="Packs">"4 × 20 mL"; empty where nobody listed them.</param>
/// <param name="Chase">"Rosa Marin asked the carrier, 8:05 am CT"; null while nobody chases it.</param>
public sealed record Arrival(
    string Number, bool IsKit, DeliveryShape Shape, string? Order, string? Po, string? Shipment, string? Carrier, string? Tracking, string Packs, PlainState State,
    DateTimeOffset? NeedBy, DateTimeOffset? MustShipBy, DateTimeOffset? Expected, string EstimateSource, DateTimeOffset? DeliveredAt, string? SignedBy, bool IsReceived,
    Milestone? Milestone, DateOnly? VisitOn, TimeZoneInfo Zone, string? Chase, IReadOnlyList<HoldReason> Holds, IReadOnlyList<TrackingEvent> Scans)
{
    /// <summary>The box is there, and nobody has confirmed it.</summary>
    public bool NeedsReceipt => Shape == DeliveryShape.Parcel && DeliveredAt is not null && !IsReceived;
}

/// <summary>Somebody to call.</summary>
public sealed record HelpingPerson(string Name, string What, string? Phone, string? Email);

/// <summary>Reads deliveries for the portal's pages: facts and rule as everywhere, words for the practice.</summary>
public sealed class Arrivals(FieldSupportDb db, DeliveryFactsReader reader, RiskCalendars calendars, Settings settings, TimeProvider clock)
{
    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task<IReadOnlyList<Arrival>> Of(IReadOnlyCollection<Delivery> rows, CancellationToken cancellationToken)
    {
        var watched = (await reader.Read(db, rows, Now, cancellationToken)).Where(w => w.Exists).ToList();
        var orderIds = watched.Where(w => w.Order is not null).Select(w => w.Order!.Id).Distinct().ToArray();
        var shipmentIds = watched.Where(w => w.Shipment is not null).Select(w => w.Shipment!.Id).ToArray();
        var deliveryIds = watched.Select(w => w.Row.Id).ToArray();
        var ordered = (await db.OrderLines.AsNoTracking().Where(l => orderIds.Contains(l.OrderId)).Select(l => new { l.OrderId, l.Ndc, l.QuantityPacks }).ToListAsync(cancellationToken)).ToLookup(l => l.OrderId);
        var packed = (await db.ShipmentLines.AsNoTracking().Where(l => shipmentIds.Contains(l.ShipmentId)).Select(l => new { l.ShipmentId, l.Ndc, l.Packs }).ToListAsync(cancellationToken)).ToLookup(l => l.ShipmentId);
        var chases = (await db.Chases.AsNoTracking().Where(c => deliveryIds.Contains(c.DeliveryId) && c.UndoneAtUtc == null && c.EndedAtUtc == null && c.LoggedAtUtc <= Now)
            .OrderByDescending(c => c.LoggedAtUtc).ThenBy(c => c.Id).Take(500)
            .Select(c => new { c.DeliveryId, c.Whom, c.LoggedBy, c.LoggedAtUtc, c.PromisedByUtc }).ToListAsync(cancellationToken)).ToLookup(c => c.DeliveryId);
        var mails = chases.SelectMany(c => c).Select(c => c.LoggedBy).Distinct().ToArray();
        var names = mails.Length == 0 ? [] : await db.Users.AsNoTracking().Where(u => mails.Contains(u.Email!)).ToDictionaryAsync(u => u.Email!, u => u.DisplayName, cancellationToken);

        return watched.Select(w =>
        {
            var facts = w.Facts;
            var answer = DeliveryRisk.Assess(facts, calendars, Now);
            var lines = w.Shipment is { } s && packed[s.Id].Any() ? packed[s.Id].Select(l => (l.Ndc, l.Packs)) : w.Order is { } o ? ordered[o.Id].Select(l => (l.Ndc, Packs: l.QuantityPacks)) : [];
            var chase = chases[w.Row.Id].FirstOrDefault();
            return new Arrival(
                w.Row.Number, facts.Kind == DeliveryKind.Kit, facts.Shape, w.Order?.Number, w.Order?.Po, w.Shipment?.Number, w.Shipment?.Carrier, w.Shipment?.Tracking, PortalWords.Packs(lines),
                PortalWords.State(facts, answer), answer.NeedBy, answer.MustShipBy, answer.ProjectedArrival, answer.EstimateSource,
                facts.Tracking.DeliveredAtUtc, facts.Tracking.SignedBy, facts.ReceiptAtUtc is not null, facts.Tracking.Milestone, facts.VisitOn, facts.Clinic.Zone,
                chase is null ? null : Asked(names.GetValueOrDefault(chase.LoggedBy) ?? Say.It("Our desk"), chase.Whom, When.Absolute(chase.LoggedAtUtc, Now, facts.Clinic.Zone),
                    chase.PromisedByUtc is { } by && by > Now ? When.Absolute(by, Now, facts.Clinic.Zone) : null),
                facts.OpenHolds.Select(h => h.Reason).ToList(), w.Events.Where(e => !e.IsExcluded).OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).ToList());
        }).ToList();
    }

    /// <summary>The representatives of the account's territory, then our desk where it has an address.</summary>
    public async Task<IReadOnlyList<HelpingPerson>> People(string territory, CancellationToken cancellationToken)
    {
        var reps = await db.Users.AsNoTracking().Where(u => u.Role == Roles.Rep && !u.IsDisabled && u.Territories.Contains(territory))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Email).Take(50).ToListAsync(cancellationToken);
        var people = reps.Where(u => u.TerritoryCodes().Contains(territory, StringComparer.Ordinal)).Take(3)
            .Select(u => new HelpingPerson(u.DisplayName, Say.It("Field representative"), u.Phone, u.Email)).ToList();
        if (settings.Recipients.GetValueOrDefault("partner-service") is { Length: > 0 } desk)
            people.Add(new HelpingPerson(Say.It("Customer service"), Say.It("Orders and deliveries"), null, desk));
        return people;
    }

    private static string Asked(string who, string whom, string when, string? promised)
    {
        var asked = Say.It(whom.ToLowerInvariant() switch { "carrier" => "{0} asked the carrier, {1}", "practice" => "{0} asked you, {1}", "partner" => "{0} asked the warehouse, {1}", _ => "{0} asked about it, {1}" }, who, when);
        return promised is null ? asked : Say.It("{0}; answer promised by {1}", asked, promised);
    }
}

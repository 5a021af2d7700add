using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class TrackOrderController(ISender sender) : Controller
{
    [HttpGet("/portal/orders/{number}"), Sends(typeof(TrackOrder.Query))]
    public async Task<IActionResult> Show(string number) => View(nameof(TrackOrder), (await sender.Send(new TrackOrder.Query(number))).OrAbsent());
}

/// <summary>One order for its practice: where it is in plain words, what to expect, whom to call.</summary>
public static class TrackOrder
{
    [Requires(Permission.UsePortal)]
    public sealed record Query(string Number) : IQuery<Page?>;

    public sealed record Page(
        string Number, string Po, string State, int? Step, IReadOnlyList<string> Holds, DateTimeOffset? PlacedAt, DateOnly? VisitOn, string Packs,
        IReadOnlyList<Arrival> Arrivals, IReadOnlyList<Received> Received, TimeZoneInfo Zone, DateTimeOffset Now, IReadOnlyList<HelpingPerson> People)
    {
        /// <summary>Pictures of its receipts.</summary>
        public IReadOnlyList<Photo> Photos { get; init; } = [];

        /// <summary>Who signed which receipt when (domain.md §7.4).</summary>
        public IEnumerable<(string Shipment, string SignedBy, DateTimeOffset AtUtc)> Signatures =>
            Received.Where(r => r.SignedBy is not null).Select(r => (r.Shipment, r.SignedBy!, r.RecordedAtUtc)).Distinct();

        /// <summary>The parcel that "Confirm receipt" at the top is about: one that was delivered before one that is on its way.</summary>
        public Arrival? ToConfirm => Arrivals.Where(a => a is { Shipment: not null, IsReceived: false } && a.State.Outlook is not ("Cancelled" or null))
            .OrderBy(a => a.NeedsReceipt ? 0 : 1).FirstOrDefault();
    }

    public sealed record Received(string Shipment, string Product, int Packs, string Lot, DateOnly? ExpiryOn, ReceiptCondition Condition, string By, DateTimeOffset AtUtc, string? SignedBy, DateTimeOffset RecordedAtUtc);

    public sealed record Photo(string Shipment, int Ordinal, DateTimeOffset AtUtc);

    internal sealed class Handler(FieldSupportDb db, Arrivals arrivals) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var order = await db.Orders.AsNoTracking().Include(o => o.Account!.Locations).Include(o => o.Lines).Include(o => o.Holds).Include(o => o.Visit)
                .AsSplitQuery().SingleOrDefaultAsync(o => o.Number == query.Number, cancellationToken);
            if (order is null) return null;
            var rows = await db.Deliveries.AsNoTracking().Where(d => d.OrderId == order.Id && d.IsListed).OrderBy(d => d.RecordedAtUtc).ThenBy(d => d.Number).Take(50).ToListAsync(cancellationToken);
            var receipts = await db.Receipts.AsNoTracking().Where(r => r.OrderId == order.Id).OrderBy(r => r.RecordedAtUtc).ThenBy(r => r.Ndc).ThenBy(r => r.Lot)
                .Select(r => new { r.Shipment!.Number, r.Ndc, r.Packs, r.Lot, r.ExpiryOn, r.Condition, r.ReceivedBy, r.ReceivedAtUtc, r.SignedBy, r.RecordedAtUtc }).Take(500).ToListAsync(cancellationToken);
            var photos = await db.ReceiptPhotos.AsNoTracking().Where(p => db.Shipments.Any(s => s.Id == p.ShipmentId && s.OrderId == order.Id)).OrderBy(p => p.ShipmentNumber).ThenBy(p => p.Ordinal)
                .Select(p => new Photo(p.ShipmentNumber, p.Ordinal, p.AddedAtUtc)).Take(50).ToListAsync(cancellationToken);
            var location = order.Account!.Locations.Find(l => l.IsPrimary) ?? order.Account.Locations.FirstOrDefault();
            var (word, step) = PortalWords.Order(order.State);
            return new Page(
                order.Number, order.Po, word, step, order.Holds.Where(h => h.ClearedAtUtc is null).OrderBy(h => h.SinceUtc)
                    .Select(h => PortalWords.HoldWords(h.Reason) + ". " + (PortalWords.WhatToDo(h.Reason) ?? Say.It("We are working on it; you need to do nothing."))).ToList(),
                order.SubmittedAtUtc, order.Visit is { CancelledAtUtc: null } visit ? visit.VisitOn : null,
                PortalWords.Packs(order.Lines.Select(l => (l.Ndc, l.QuantityPacks))), await arrivals.Of(rows, cancellationToken),
                receipts.Select(r => new Received(r.Number, PortalWords.Product(r.Ndc), r.Packs, r.Lot, r.ExpiryOn, r.Condition, r.ReceivedBy, r.ReceivedAtUtc, r.SignedBy, r.RecordedAtUtc)).ToList(),
                (location is null ? null : ZonedTime.Find(location.TimeZone)) ?? TimeZoneInfo.Utc, arrivals.Now, await arrivals.People(order.Account.TerritoryCode, cancellationToken)) { Photos = photos };
        }
    }

    /// <summary>What to expect next, in one sentence.</summary>
    public static string Expect(Arrival a, DateTimeOffset now)
    {
        if (a.IsReceived) return Say.It("You confirmed this box.");
        if (a.DeliveredAt is { } there) return a.SignedBy is null ? Say.It("The carrier delivered it {0}. Count it and confirm.", When.Absolute(there, now, a.Zone)) : Say.It("The carrier delivered it {0}, signed by {1}. Count it and confirm.", When.Absolute(there, now, a.Zone), a.SignedBy);
        if (a.Shape != DeliveryShape.Parcel)
            return a.MustShipBy is { } ship ? Say.It("It has not shipped yet. To be in time it has to leave by {0}.", When.Absolute(ship, now, a.Zone)) : Say.It("It has not shipped yet.");
        var expected = a.Expected is { } at
            ? Say.It(a.EstimateSource == "carrier" ? "We expect it {0}, as the carrier says." : "We expect it {0}, by the usual time of its service.", When.Absolute(at, now, a.Zone))
            : Say.It("We do not know when it comes.");
        return a.NeedBy is { } need ? $"{expected} {Say.It("It is needed by {0}.", When.Absolute(need, now, a.Zone))}" : expected;
    }
}

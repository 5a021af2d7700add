using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Features.Portal;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Search;

public sealed class SearchController(ISender sender) : Controller
{
    [HttpGet("/search"), Sends(typeof(Search.Query))]
    public async Task<IActionResult> Show(string? q) => View(nameof(Search), await sender.Send(new Search.Query(q)));
}

/// <summary>Numbers exactly, with or without punctuation; practices by the beginning of a word. What lies outside the scope is not found.</summary>
public static class Search
{
    private const int MostOfAKind = 20;
    private const int Longest = 100;

    [Requires(Permission.ReadOrders)]
    public sealed record Query(string? Text) : IQuery<Page>;

    public sealed record Page(string Text, IReadOnlyList<Hit> Orders, IReadOnlyList<Hit> Shipments, IReadOnlyList<Hit> Practices)
    {
        public bool IsEmpty => Orders.Count + Shipments.Count + Practices.Count == 0;
    }

    /// <param name="Outlook">Null where no state belongs to it.</param>
    public sealed record Hit(string Words, string Detail, string Address, string? Outlook);

    internal sealed class Handler(FieldSupportDb db, CurrentUser user) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            var text = Cut.To((query.Text ?? "").Trim(), Longest);
            var key = TrackingNumbers.Key(text);
            if (key.Length == 0) return new Page(text, [], [], []);
            // ORD20422, ord 20422 and ORD-20422 are one number; a PO and a lot are the practice's and the maker's, and stay as written.
            var upper = text.ToUpperInvariant();
            var ours = key.Length > 3 && char.IsAsciiLetter(key[2]) && key[3..].All(char.IsAsciiDigit) ? $"{key[..3]}-{key[3..]}" : upper;
            var portal = user.IsSignedIn && user.May(Permission.UsePortal);

            var orders = await db.Orders.AsNoTracking()
                .Where(o => o.Number == ours || o.Po == text || o.Po == upper
                    || db.Receipts.Any(r => r.OrderId == o.Id && (r.Lot == text || r.Lot == upper)))
                .OrderBy(o => o.Number).Take(MostOfAKind).Select(o => new { o.Number, o.Po, o.Account!.Name, o.State }).ToListAsync(cancellationToken);
            var shipments = await db.Shipments.AsNoTracking()
                .Where(s => s.Number == ours || s.TrackingKey == key || s.Receipts.Any(r => r.Lot == text || r.Lot == upper))
                .OrderByDescending(s => s.LabelAtUtc).ThenBy(s => s.Number).Take(MostOfAKind)
                .Select(s => new
                {
                    s.Number, s.Carrier, s.Tracking, s.Account!.Name, Order = s.Order!.Number,
                    Delivery = db.Deliveries.Where(d => d.ShipmentId == s.Id).Select(d => new { d.Outlook, d.SortRank }).FirstOrDefault(),
                }).ToListAsync(cancellationToken);
            var lower = text.ToLowerInvariant();
            var practices = user.IsSignedIn && user.May(Permission.ReadPractices) && text.Length > 1
#pragma warning disable CA1862 // translated to SQL, which knows no StringComparison
                ? await db.Accounts.AsNoTracking().Where(a => a.Name.ToLower().StartsWith(lower) || a.Name.ToLower().Contains(" " + lower) || a.Code == upper)
#pragma warning restore CA1862
                    .OrderBy(a => a.Name).ThenBy(a => a.Code).Take(MostOfAKind).Select(a => new Hit(a.Name, a.Code, "/practices/" + a.Slug, null)).ToListAsync(cancellationToken)
                : [];
            return new Page(
                text,
                orders.Select(o => new Hit(o.Number, $"PO {o.Po}, {o.Name}", (portal ? "/portal/orders/" : "/orders/") + o.Number, PortalWords.Order(o.State).Word)).ToList(),
                shipments.OrderBy(s => s.Delivery?.SortRank ?? int.MaxValue).ThenBy(s => s.Number, StringComparer.Ordinal)
                    .Select(s => new Hit(s.Number, $"{s.Carrier} {s.Tracking}, {s.Name}", portal && s.Order is not null ? "/portal/orders/" + s.Order : "/shipments/" + s.Number, s.Delivery?.Outlook ?? "")).ToList(),
                practices);
        }
    }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Orders;

public sealed class OrderListController(ISender sender, TimeProvider clock) : Controller
{
    [HttpGet("/orders"), Sends(typeof(OrderList.Query))]
    public async Task<IActionResult> Show(OrderList.Filter filter, CancellationToken cancellationToken)
    {
        var answer = await sender.Send(new OrderList.Query(filter), cancellationToken);
        return View(nameof(OrderList), new OrderList.Page(filter, answer.Rows, answer.Next, clock.GetUtcNow()));
    }
}

/// <summary>Orders, the newest number first.</summary>
public static class OrderList
{
    private const int Size = 50;

    /// <summary>Stages as the filter names them, and the states behind each.</summary>
    public static IReadOnlyList<(string Word, string Look, OrderState[] States)> Stages { get; } =
    [
        ("placed", "Placed", [OrderState.Submitted, OrderState.Acknowledged, OrderState.Backordered, OrderState.Allocated]),
        ("on-hold", "OnHold", [OrderState.OnHold]),
        ("released", "Released", [OrderState.Released]),
        ("shipped", "Shipped", [OrderState.PartiallyShipped, OrderState.Shipped]),
        ("delivered", "Delivered", [OrderState.Delivered]),
        ("discrepancy", "Discrepancy", [OrderState.Discrepancy]),
        ("received", "Received", [OrderState.ReceiptConfirmed, OrderState.Closed]),
        ("ended", "Cancelled", [OrderState.Rejected, OrderState.Cancelled, OrderState.Returned, OrderState.Lost]),
    ];

    public sealed class Filter
    {
        [FromQuery(Name = "stage")] public string? Stage { get; set; }
        [FromQuery(Name = "practice")] public string? Practice { get; set; }
        [FromQuery(Name = "after")] public string? After { get; set; }

        public string Address(params (string Name, string? Value)[] changes)
        {
            var words = new Dictionary<string, string?> { ["stage"] = Stage, ["practice"] = Practice?.Trim() };
            foreach (var (name, value) in changes) words[name] = value;
            return QueryHelpers.AddQueryString("/orders", words.Where(w => !string.IsNullOrEmpty(w.Value)));
        }
    }

    [Requires(Permission.ReadOrders)]
    public sealed record Query(Filter Filter) : IQuery<Answer>;

    public sealed record Answer(IReadOnlyList<Row> Rows, string? Next);

    public sealed record Row(
        string Number, string Po, OrderType Type, OrderState State, string Practice, string Slug, string? ZoneId, DateOnly? VisitOn, DateTimeOffset? SubmittedAtUtc,
        int Packs, int Lines, string? Ndc, DateTimeOffset? NeedByUtc, string? Outlook);

    public sealed record Page(Filter Filter, IReadOnlyList<Row> Rows, string? Next, DateTimeOffset Now);

    internal sealed class Handler(FieldSupportDb db) : IQueryHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken cancellationToken)
        {
            var filter = query.Filter;
            var orders = db.Orders.AsNoTracking();
            if (filter.Practice?.Trim() is { Length: > 0 } practice)
            {
                var part = practice.ToUpperInvariant();
#pragma warning disable CA1862 // Becomes SQL, which knows no StringComparison.
                orders = orders.Where(o => o.Account!.Name.ToUpper().Contains(part) || o.Account.Code.Contains(part) || o.Po.ToUpper().Contains(part) || o.Number.Contains(part));
#pragma warning restore CA1862
            }
            if (filter.After is { Length: > 0 } after) orders = orders.Where(o => o.Number.CompareTo(after) < 0);
            if (!string.IsNullOrWhiteSpace(filter.Stage))
            {
                // A page of each state, each in the order of its index, then the first of all: one index read a state, whatever the number of orders.
                var all = orders;
                orders = (Stages.FirstOrDefault(s => s.Word == filter.Stage).States ?? [])
                    .Select(state => all.Where(o => o.State == state).OrderByDescending(o => o.Number).Take(Size + 1).AsQueryable())
                    .Aggregate((IQueryable<Order>?)null, (parts, part) => parts is null ? part : parts.Concat(part)) ?? orders.Where(o => false);
            }
            var rows = await orders.OrderByDescending(o => o.Number).Take(Size + 1).Select(o => new Row(
                o.Number, o.Po, o.Type, o.State, o.Account!.Name, o.Account.Slug,
                o.Account.Locations.OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefault(),
                o.Visit!.VisitOn, o.SubmittedAtUtc, o.Lines.Sum(l => l.QuantityPacks), o.Lines.Count,
                o.Lines.OrderBy(l => l.LineNo).Select(l => l.Ndc).FirstOrDefault(),
                db.Deliveries.Where(d => d.OrderId == o.Id && d.IsListed).Min(d => d.NeedByUtc),
                db.Deliveries.Where(d => d.OrderId == o.Id && d.IsListed && d.IsOpen).OrderBy(d => d.SortRank).Select(d => d.Outlook).FirstOrDefault())).ToListAsync(cancellationToken);
            var shown = rows.Take(Size).ToList();
            return new Answer(shown, rows.Count > shown.Count ? shown[^1].Number : null);
        }
    }
}

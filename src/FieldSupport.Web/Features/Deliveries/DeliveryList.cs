using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

public sealed class DeliveryListController(ISender sender, CurrentUser user) : Controller
{
    [HttpGet("/deliveries"), Sends(typeof(DeliveryList.Query), typeof(OutlookCounts.Query))]
    public async Task<IActionResult> Show(DeliveryFilter filter, CancellationToken cancellationToken)
    {
        var list = await sender.Send(new DeliveryList.Query(filter), cancellationToken);
        var counts = await sender.Send(new OutlookCounts.Query(filter), cancellationToken);
        return View(nameof(DeliveryList), new DeliveryList.Page(
            filter, list.Lines, list.Next, counts, user.May(Permission.ExportDeliveries)));
    }
}

public static class DeliveryList
{
    [Requires(Permission.ReadDeliveries), Kept]
    public sealed record Query(DeliveryFilter Filter) : IQuery<Answer>;

    /// <param name="Next">Cursor of the page behind this one; null on the last.</param>
    public sealed record Answer(IReadOnlyList<DeliveryLine> Lines, string? Next);

    public sealed record Page(
        DeliveryFilter Filter, IReadOnlyList<DeliveryLine> Rows, string? Next, IReadOnlyList<OutlookCount> Counts, bool MayExport);

    private static readonly PreparedList<DeliveryRow> Plain = new();

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : IQueryHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken cancellationToken)
        {
            var filter = query.Filter;
            // One more than is shown tells whether there is a page behind.
            // The page that everybody opens holds nothing that somebody typed.
            var rows = filter.IsPlain ? await Plain.Read(db, filter.Address(""), Page, cancellationToken) : await Page().ToListAsync(cancellationToken);
            var shown = rows.Take(filter.PageSize).ToList();
            var (now, mayChase) = (clock.GetUtcNow(), current.May(Permission.LogChase));
            return new Answer(shown.ConvertAll(r => new DeliveryLine(r, now, mayChase)), rows.Count > shown.Count ? DeliveryFilter.CursorBehind(shown[^1]) : null);

            IQueryable<DeliveryRow> Page() => filter.Page(db, filter.PageSize + 1).AsNoTracking().Select(DeliveryRows.Row);
        }
    }
}

/// <summary>How many deliveries of one outlook; null: nobody has looked yet.</summary>
public sealed record OutlookCount(string? Outlook, int Count)
{
    public StateLook Look => Tones.Of(Outlook);
}

/// <summary>The line of chips above a list: counts under the filters that are set, outlook itself apart.</summary>
public static class OutlookCounts
{
    [Requires(Permission.ReadDeliveries), Kept]
    public sealed record Query(DeliveryFilter Filter) : IQuery<IReadOnlyList<OutlookCount>>;

    /// <summary>Those that every list names, even at nought.</summary>
    private static readonly string[] Always = ["Late", "NoSignal", "AtRisk", "Watch", "OnTrack"];

    internal sealed class Handler(FieldSupportDb db, RecentAnswers recent) : IQueryHandler<Query, IReadOnlyList<OutlookCount>>
    {
        public Task<IReadOnlyList<OutlookCount>> Handle(Query query, CancellationToken cancellationToken) => Recently(recent, db, query.Filter, cancellationToken);
    }

    /// <summary>Where there are many, some seconds old at most.</summary>
    public static Task<IReadOnlyList<OutlookCount>> Recently(RecentAnswers recent, FieldSupportDb db, DeliveryFilter filter, CancellationToken cancellationToken) => recent.Of(
        db.Scope, "outlooks " + filter.Address("", ("outlook", null), ("sort", null), ("size", null)), TimeSpan.FromSeconds(15), counts => counts.Sum(c => c.Count),
        () => Of(db, filter, cancellationToken));

    public static async Task<IReadOnlyList<OutlookCount>> Of(FieldSupportDb db, DeliveryFilter filter, CancellationToken cancellationToken)
    {
        // By territory too, as the index has it: nothing is sorted to be counted.
        var counted = await filter.Apply(db, withOutlook: false).GroupBy(d => new { d.TerritoryCode, d.Outlook })
            .Select(g => new { g.Key.Outlook, Count = g.Count() }).ToListAsync(cancellationToken);
        var found = counted.GroupBy(c => c.Outlook).Select(g => new { Outlook = g.Key, Count = g.Sum(c => c.Count) }).ToList();
        string?[] order = ["Late", "NoSignal", null, "AtRisk", "Watch", "OnTrack", "Delivered", "OnHold", "Received"];
        return [.. order.Select(o => new OutlookCount(o, found.Find(f => f.Outlook == o)?.Count ?? 0))
            .Where(c => c.Count > 0 || (c.Outlook is { } name && Always.Contains(name, StringComparer.Ordinal)))];
    }
}

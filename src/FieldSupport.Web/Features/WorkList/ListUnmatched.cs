using AutoMapper;
using AutoMapper.QueryableExtensions;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.WorkList;

public sealed class ListUnmatchedController(ISender sender) : Controller
{
    [HttpGet("/unmatched"), Sends(typeof(ListUnmatched.Query))]
    public async Task<IActionResult> Show(ListUnmatched.Query query) => View(nameof(ListUnmatched), await sender.Send(query));
}

/// <summary>Messages that match no shipment, unknown codes, contradictions: open ones from the oldest, closed ones from the newest.</summary>
public static class ListUnmatched
{
    private const int PageSize = 50;

    [Requires(Permission.SeeWorkList)]
    public sealed record Query : IQuery<Page>
    {
        /// <summary>open (also by default) or closed.</summary>
        public string? View { get; init; }
        public string? Reason { get; init; }
        public string? Source { get; init; }
        /// <summary>A number: ours, or a tracking number with or without punctuation.</summary>
        public string? Q { get; init; }
        /// <summary>Continue after this one.</summary>
        public string? After { get; init; }
    }

    public sealed record Page(
        Query Query, bool IsClosed, IReadOnlyList<Row> Rows, string? Next, int Open, IReadOnlyList<(string Reason, int Count)> Reasons, IReadOnlyList<string> Sources)
    {
        public bool IsFiltered => Query is not { Reason: null, Source: null, Q: null };
    }

    /// <summary>Columns of a <see cref="WorkItem"/>.</summary>
    public sealed class Row
    {
        public required string Number { get; init; }
        public required string Reason { get; init; }
        public required string Source { get; init; }
        public string? Carrier { get; init; }
        public string? Tracking { get; init; }
        public required string Summary { get; init; }
        public DateTimeOffset OpenedAtUtc { get; init; }
        public DateTimeOffset? ResolvedAtUtc { get; init; }
        public string? ResolvedBy { get; init; }
        public string? Resolution { get; init; }
    }

    public sealed class Mirror : Profile
    {
        public Mirror() => CreateMap<WorkItem, Row>();
    }

    internal sealed class Handler(FieldSupportDb db, AutoMapper.IConfigurationProvider mirrors) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            query = query with { Reason = Blank(query.Reason), Source = Blank(query.Source), Q = Blank(query.Q) };
            var isClosed = string.Equals(query.View, "closed", StringComparison.OrdinalIgnoreCase);
            var all = db.WorkItems.AsNoTracking();
            var view = isClosed ? all.Where(w => w.ResolvedAtUtc != null) : all.Where(w => w.ResolvedAtUtc == null);
            var reasons = await view.GroupBy(w => w.Reason).Select(g => new { g.Key, Count = g.Count() }).OrderBy(g => g.Key).ToListAsync(cancellationToken);
            var sources = await view.Select(w => w.Source).Distinct().OrderBy(s => s).Take(50).ToListAsync(cancellationToken);
            var open = isClosed ? await all.CountAsync(w => w.ResolvedAtUtc == null, cancellationToken) : reasons.Sum(r => r.Count);

            var rows = view;
            if (query.Reason is { } reason) rows = rows.Where(w => w.Reason == reason);
            if (query.Source is { } source) rows = rows.Where(w => w.Source == source);
            if (query.Q is { } q)
            {
                var key = TrackingNumbers.Key(q);
                var number = q.ToUpperInvariant();
                rows = rows.Where(w => w.TrackingKey == key || w.Number == number);
            }
            if (Blank(query.After) is { } after)
            {
                var last = await all.Where(w => w.Number == after).Select(w => new { w.OpenedAtUtc, w.ResolvedAtUtc, w.Number }).SingleOrDefaultAsync(cancellationToken);
                if (last is not null)
                {
                    rows = isClosed && last.ResolvedAtUtc is { } closed
                        ? rows.Where(w => w.ResolvedAtUtc < closed || (w.ResolvedAtUtc == closed && string.Compare(w.Number, last.Number) > 0))
                        : rows.Where(w => w.OpenedAtUtc > last.OpenedAtUtc || (w.OpenedAtUtc == last.OpenedAtUtc && string.Compare(w.Number, last.Number) > 0));
                }
            }
            var page = await (isClosed ? rows.OrderByDescending(w => w.ResolvedAtUtc).ThenBy(w => w.Number) : rows.OrderBy(w => w.OpenedAtUtc).ThenBy(w => w.Number)).Take(PageSize + 1)
                .ProjectTo<Row>(mirrors).ToListAsync(cancellationToken);
            return new Page(
                query, isClosed, page.Take(PageSize).ToList(), page.Count > PageSize ? page[PageSize - 1].Number : null, open,
                reasons.Select(r => (r.Key, r.Count)).ToList(), sources);
        }

        private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}

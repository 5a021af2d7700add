using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Compliance;

public sealed class SafetyDeskController(ISender sender) : Controller
{
    [HttpGet("/safety"), Sends(typeof(SafetyDesk.Query))]
    public async Task<IActionResult> Show(SafetyDesk.Query query) => View(nameof(SafetyDesk), await sender.Send(query));
}

/// <summary>Reports that wait, the one due first on top; those taken over, by the same order. What was told is not among it.</summary>
public static class SafetyDesk
{
    private const int PageSize = 50;

    [Requires(Permission.SeeSafetyReports)]
    public sealed record Query : IQuery<Page>
    {
        /// <summary>waiting (also by default) or taken.</summary>
        public string? View { get; init; }
        /// <summary>Wire name of a <see cref="SafetyKind"/>.</summary>
        public string? Kind { get; init; }
        /// <summary>Continue after this number.</summary>
        public string? After { get; init; }
    }

    public sealed record Page(Query Query, bool IsTaken, SafetyKind? Kind, IReadOnlyList<Row> Rows, string? Next, int Waiting, int Overdue, DateTimeOffset Now);

    public sealed record Row(string Number, SafetyKind Kind, DateTimeOffset AwareAtUtc, DateTimeOffset DueAtUtc, string ReporterRole, string? DeliveryNumber, string Source, string? TakenBy, DateTimeOffset? TakenAtUtc);

    internal sealed class Handler(FieldSupportDb db, TimeProvider clock) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var isTaken = string.Equals(query.View, "taken", StringComparison.OrdinalIgnoreCase);
            var state = isTaken ? SafetyState.Taken : SafetyState.Received;
            var kind = WireName.Parse<SafetyKind>(query.Kind);
            var all = db.SafetyReports.AsNoTracking();
            var waiting = all.Where(r => r.State == SafetyState.Received);
            var (count, overdue) = (await waiting.CountAsync(cancellationToken), await waiting.CountAsync(r => r.DueAtUtc < now, cancellationToken));

            var rows = all.Where(r => r.State == state);
            if (kind is { } wanted) rows = rows.Where(r => r.Kind == wanted);
            if (!string.IsNullOrWhiteSpace(query.After) && await all.Where(r => r.Number == query.After).Select(r => new { r.DueAtUtc, r.Number }).SingleOrDefaultAsync(cancellationToken) is { } last)
            {
                rows = isTaken
                    ? rows.Where(r => r.DueAtUtc < last.DueAtUtc || (r.DueAtUtc == last.DueAtUtc && string.Compare(r.Number, last.Number) < 0))
                    : rows.Where(r => r.DueAtUtc > last.DueAtUtc || (r.DueAtUtc == last.DueAtUtc && string.Compare(r.Number, last.Number) > 0));
            }
            var page = await (isTaken ? rows.OrderByDescending(r => r.DueAtUtc).ThenByDescending(r => r.Number) : rows.OrderBy(r => r.DueAtUtc).ThenBy(r => r.Number)).Take(PageSize + 1)
                .Select(r => new Row(r.Number, r.Kind, r.AwareAtUtc, r.DueAtUtc, r.ReporterRole, r.DeliveryNumber, r.Source, r.TakenBy, r.TakenAtUtc)).ToListAsync(cancellationToken);
            return new Page(query, isTaken, kind, page.Take(PageSize).ToList(), page.Count > PageSize ? page[PageSize - 1].Number : null, count, overdue, now);
        }
    }

    /// <summary>Where it was told, in words.</summary>
    public static string SourceWords(string source) => source switch { "chase" => "with a chase", "receipt" => "with a receipt", _ => "from a page" };
}

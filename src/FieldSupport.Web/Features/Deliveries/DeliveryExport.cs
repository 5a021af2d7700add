using System.Globalization;
using System.Text;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

public sealed class DeliveryExportController(ISender sender, TimeProvider clock) : Controller
{
    [HttpGet("/deliveries/export.csv"), Sends(typeof(DeliveryExport.Query))]
    public async Task Show(DeliveryFilter filter, CancellationToken cancellationToken)
    {
        var rows = await sender.Send(new DeliveryExport.Query(filter), cancellationToken);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"deliveries-{clock.GetUtcNow():yyyy-MM-dd}.csv\"");
        Response.Headers.CacheControl = "no-store";
        // With its mark of order, or spreadsheets read the names as Latin-1.
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16 * 1024, leaveOpen: true);
        await writer.WriteAsync(SafeCsv.Row([.. DeliveryExport.Header]));
        await foreach (var row in rows.WithCancellation(cancellationToken)) await writer.WriteAsync(SafeCsv.Row([.. DeliveryExport.Cells(row)]));
    }
}

/// <summary>The current query as a file, row by row as the database hands them out.</summary>
public static class DeliveryExport
{
    [Requires(Permission.ExportDeliveries)]
    public sealed record Query(DeliveryFilter Filter) : IQuery<IAsyncEnumerable<DeliveryRow>>;

    public static IReadOnlyList<string> Header { get; } =
        ["Number", "Kind", "Order", "PO", "Practice code", "Practice", "Territory", "State", "Severity", "Reasons", "Need-by", "Must ship by", "Estimate", "Estimate from",
         "Slack hours", "Packs", "Carrier", "Tracking", "Last scan", "Delivered", "Signed by", "Visit", "Promised by", "Checked"];

    public static IReadOnlyList<string?> Cells(DeliveryRow r) =>
    [
        r.Number, r.Kind == DeliveryKind.Kit ? "kit" : "drug", r.Order, r.Po, r.PracticeCode, r.Practice, r.Territory, r.Outlook, r.Severity, r.Reasons.Replace(",", " ", StringComparison.Ordinal),
        At(r.NeedByUtc, r), At(r.MustShipByUtc, r), At(r.EstimateUtc, r), r.EstimateSource,
        r.SlackHours is { } slack ? Math.Round(slack, 1).ToString(CultureInfo.InvariantCulture) : null, r.Packs.ToString(CultureInfo.InvariantCulture),
        r.Carrier, r.Tracking, At(r.LastMovementAtUtc, r), At(r.DeliveredAtUtc, r), r.SignedBy, r.VisitOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        At(r.PromisedByUtc, r), At(r.AssessedAtUtc, r),
    ];

    /// <summary>Practice time with its offset: it sorts within a zone and means one instant.</summary>
    private static string? At(DateTimeOffset? at, DeliveryRow row) =>
        at is { } instant ? ZonedTime.In(row.Zone, instant).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) : null;

    internal sealed class Handler(FieldSupportDb db) : IQueryHandler<Query, IAsyncEnumerable<DeliveryRow>>
    {
        public Task<IAsyncEnumerable<DeliveryRow>> Handle(Query query, CancellationToken cancellationToken)
        {
            var whole = query.Filter;
            whole.After = null;
            return Task.FromResult(whole.Page(whole.Apply(db.Listed()), nullsFirst: db.Database.IsSqlite()).AsNoTracking().Select(DeliveryRows.Row).AsAsyncEnumerable());
        }
    }
}

using System.Globalization;
using System.Text.Json;
using FieldSupport.Domain.Operations;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Audit;

public sealed class ListAuditController(ISender sender, FieldSupportDb db, TimeProvider clock) : Controller
{
    [HttpGet("/audit"), Sends(typeof(ListAudit.Query))]
    public async Task<IActionResult> Show(ListAudit.Query query)
    {
        var verdict = TempData["audit.verdict"] is string kept ? JsonSerializer.Deserialize<VerifyAudit.Told>(kept) : null;
        var page = await sender.Send(query);
        if (page.DayProblem is { } problem) ModelState.AddModelError("day", problem);
        return View(nameof(ListAudit), page with { Verdict = verdict });
    }

    /// <summary>The whole query, streamed.</summary>
    [HttpGet("/audit/export"), Sends(typeof(ListAudit.Query))]
    public async Task Export(ListAudit.Query query, CancellationToken cancellationToken)
    {
        var filter = ListAudit.Checked(query);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"audit-{clock.GetUtcNow():yyyyMMdd-HHmm}.csv\"");
        await using var writer = new StreamWriter(Response.Body, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await writer.WriteAsync(SafeCsv.Row("sequence", "at", "actor", "role", "action", "kind", "key", "reason", "source", "changes", "hash"));
        await foreach (var e in ListAudit.Filtered(db.Audit.AsNoTracking(), filter).OrderBy(e => e.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(SafeCsv.Row(
                e.Sequence.ToString(CultureInfo.InvariantCulture), e.AtUtc.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), e.Actor, e.Role, e.Action, e.Kind, e.Key,
                e.Reason, e.Source, e.Changes, e.Hash));
        }
    }
}

/// <summary>Who saw or changed what, newest first.</summary>
public static class ListAudit
{
    private const int PageSize = 50;

    [Requires(Permission.ReadAudit)]
    public sealed record Query : IQuery<Page>
    {
        public string? Kind { get; init; }
        public string? Key { get; init; }
        public string? Actor { get; init; }
        public string? Do { get; init; }
        /// <summary>yyyy-MM-dd, UTC.</summary>
        public string? Day { get; init; }
        /// <summary>Only entries before this number.</summary>
        public long? Before { get; init; }
    }

    public sealed record Filter(string? Kind, string? Key, string? Actor, string? Action, DateOnly? Day);

    public sealed record Page(Query Query, string? DayProblem, IReadOnlyList<Entry> Entries, long? Next, long Last, IReadOnlyList<string> Kinds)
    {
        public VerifyAudit.Told? Verdict { get; init; }
        public bool IsFiltered => Query is not { Kind: null, Key: null, Actor: null, Do: null, Day: null };
    }

    public sealed record Entry(
        long Sequence, DateTimeOffset AtUtc, string Actor, string? Role, string Action, string Kind, string Key, string? Reason, string? Source, IReadOnlyList<Change> Changes);

    /// <summary>One field, old → new; null: it was, or is, nothing.</summary>
    public sealed record Change(string Field, string? Old, string? New);

    internal sealed class Handler(FieldSupportDb db) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            var filter = Checked(query);
            var dayProblem = !string.IsNullOrWhiteSpace(query.Day) && filter.Day is null ? "Write a day like 2027-02-04." : null;
            var entries = Filtered(db.Audit.AsNoTracking(), filter);
            if (query.Before is { } before) entries = entries.Where(e => e.Sequence < before);
            var page = await entries.OrderByDescending(e => e.Sequence).Take(PageSize + 1).ToListAsync(cancellationToken);
            var kinds = await db.Audit.AsNoTracking().Select(e => e.Kind).Distinct().OrderBy(k => k).Take(100).ToListAsync(cancellationToken);
            var last = await db.Audit.AsNoTracking().MaxAsync(e => (long?)e.Sequence, cancellationToken) ?? 0;
            return new Page(
                query with { Kind = filter.Kind, Key = filter.Key, Actor = filter.Actor, Do = filter.Action, Day = dayProblem is null ? filter.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : query.Day },
                dayProblem, page.Take(PageSize).Select(Shown).ToList(), page.Count > PageSize ? page[PageSize - 1].Sequence : null, last, kinds);
        }
    }

    internal static Filter Checked(Query query) => new(
        Blank(query.Kind), Blank(query.Key), Blank(query.Actor), Blank(query.Do),
        DateOnly.TryParseExact(query.Day?.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null);

    internal static IQueryable<AuditEntry> Filtered(IQueryable<AuditEntry> entries, Filter filter)
    {
        if (filter.Kind is { } kind) entries = entries.Where(e => e.Kind == kind);
        if (filter.Key is { } key) entries = entries.Where(e => e.Key == key || e.Key.StartsWith(key + "/"));
        if (filter.Actor is { } actor) entries = entries.Where(e => e.Actor == actor);
        if (filter.Action is { } action) entries = entries.Where(e => e.Action == action || e.Action.StartsWith(action + "."));
        if (filter.Day is { } day)
        {
            var from = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            // Not the day's midnight plus one day: the last day of the calendar has none after it.
            var to = from.AddTicks(TimeSpan.TicksPerDay - 1);
            entries = entries.Where(e => e.AtUtc >= from && e.AtUtc <= to);
        }
        return entries;
    }

    private static Entry Shown(AuditEntry e) => new(e.Sequence, e.AtUtc, e.Actor, e.Role, e.Action, e.Kind, e.Key, e.Reason, e.Source, Changes(e.Changes));

    private static List<Change> Changes(string? json)
    {
        if (json is null) return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject()
            .Select(p => p.Value is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 ? new Change(p.Name, Text(pair[0]), Text(pair[1])) : new Change(p.Name, null, p.Value.GetRawText()))
            .ToList();
    }

    private static string? Text(JsonElement value) => value.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => value.GetString(), _ => value.GetRawText() };

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

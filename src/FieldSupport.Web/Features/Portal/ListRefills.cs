using System.Globalization;
using FieldSupport.Domain.Refills;
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
public sealed class ListRefillsController(ISender sender) : Controller
{
    [HttpGet("/portal/refills"), Sends(typeof(ListRefills.Query))]
    public async Task<IActionResult> Show(string? q, string? after, string? month, CancellationToken cancellationToken) =>
        View(nameof(ListRefills), (await sender.Send(new ListRefills.Query(q, after, month), cancellationToken)).OrAbsent());
}

/// <summary>The practice's coming refills: a list, or the days of a month.</summary>
public static class ListRefills
{
    public const int PageSize = 50;

    [Requires(Permission.UsePortal)]
    public sealed record Query(string? Search, string? After, string? Month) : IQuery<Page?>;

    /// <param name="References">The practice's own codes, by visit.</param>
    /// <param name="Next">Where the next page begins; null on the last.</param>
    public sealed record Page(
        string Account, DateOnly Today, string? Search, int Total, IReadOnlyList<RefillLine> Lines, IReadOnlyDictionary<string, string> References, string? Next, bool IsFirst,
        MonthOfRefills? Month, IReadOnlyList<HelpingPerson> People);

    /// <param name="Days">Whole weeks from Sunday on.</param>
    public sealed record MonthOfRefills(DateOnly First, IReadOnlyList<MonthDay> Days)
    {
        public string Previous => Name(First.AddMonths(-1));
        public string Next => Name(First.AddMonths(1));

        private static string Name(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
    }

    /// <param name="Why">Why the clinic is closed; null when it is open.</param>
    public sealed record MonthDay(DateOnly On, int Visits, string? Why);

    internal sealed class Handler(FieldSupportDb db, CurrentUser user, RefillBook book, RefillLines lines, Arrivals arrivals) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return null;
            var coming = db.Visits.AsNoTracking().Where(v => v.AccountId == practice.Account.Id && v.CancelledAtUtc == null && v.VisitOn >= practice.Today && v.RecordedAtUtc <= practice.Now);
            var total = await coming.CountAsync(cancellationToken);
            var people = await arrivals.People(practice.Account.TerritoryCode, cancellationToken);
            if (MonthOf(query.Month) is { } first)
                return new Page(practice.Account.Name, practice.Today, null, total, [], new Dictionary<string, string>(), null, true, await Month(first, practice, cancellationToken), people);

            var search = query.Search?.Trim() is { Length: > 0 } typed ? Cut.To(typed, 60) : null;
            var found = coming;
            if (search is not null && WrittenDate.Read(search, practice.Today).On is { } day) found = coming.Where(v => v.VisitOn == day);
            else if (search?.ToUpperInvariant() is { } number)
                found = coming.Where(v => v.Key == number || v.Key == search || db.Orders.Any(o => o.VisitId == v.Id && (o.Number == number || o.Po == search || o.Po == number)));
            if (Cursor(query.After) is var (on, key)) found = found.Where(v => v.VisitOn > on || (v.VisitOn == on && v.Key.CompareTo(key) > 0));
            var rows = await found.OrderBy(v => v.VisitOn).ThenBy(v => v.Key).Take(PageSize + 1).ToListAsync(cancellationToken);
            var next = rows.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{rows[PageSize - 1].VisitOn:yyyy-MM-dd}_{rows[PageSize - 1].Key}") : null;
            if (next is not null) rows.RemoveAt(PageSize);
            var references = user.May(Permission.EnterRefills) ? await book.References([.. rows.Select(v => v.Key)], cancellationToken) : new Dictionary<string, string>();
            return new Page(practice.Account.Name, practice.Today, search, total, await lines.Of(rows, practice, cancellationToken), references, next, query.After is null, null, people);
        }

        private async Task<MonthOfRefills> Month(DateOnly first, PracticeDays practice, CancellationToken stop)
        {
            var from = first.AddDays(-(int)first.DayOfWeek);
            var last = first.AddMonths(1).AddDays(-1);
            var to = last.AddDays(6 - (int)last.DayOfWeek);
            var visits = await db.Visits.AsNoTracking().Where(v => v.AccountId == practice.Account.Id && v.CancelledAtUtc == null && v.VisitOn >= from && v.VisitOn <= to && v.RecordedAtUtc <= practice.Now)
                .GroupBy(v => v.VisitOn).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, stop);
            return new MonthOfRefills(first, [.. Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(i => from.AddDays(i))
                .Select(d => new MonthDay(d, visits.GetValueOrDefault(d), PastedDates.ClosedBecause(d, practice.Clinic, practice.Closures)?.Sentence))]);
        }

        private static DateOnly? MonthOf(string? text) =>
            DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is >= 2000 and <= 2199 ? first : null;

        private static (DateOnly, string)? Cursor(string? after)
        {
            var parts = after?.Split('_', 2);
            return parts?.Length == 2 && DateOnly.TryParseExact(parts[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) ? (on, parts[1]) : null;
        }
    }
}

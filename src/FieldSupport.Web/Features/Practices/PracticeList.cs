using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Practices;

public sealed class PracticeListController(ISender sender, TimeProvider clock) : Controller
{
    [HttpGet("/practices"), Sends(typeof(PracticeList.Query))]
    public async Task<IActionResult> Show(string? q, string? after, CancellationToken cancellationToken)
    {
        var answer = await sender.Send(new PracticeList.Query(q, after), cancellationToken);
        return View(nameof(PracticeList), new PracticeList.Page(q, after, answer.Rows, answer.Next, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));
    }
}

/// <summary>Practices by name; found by name, code or city.</summary>
public static class PracticeList
{
    private const int Size = 50;
    private const char Bar = '~';

    [Requires(Permission.ReadPractices)]
    public sealed record Query(string? Search, string? After) : IQuery<Answer>;

    public sealed record Answer(IReadOnlyList<Row> Rows, string? Next);

    /// <param name="Outlook">The most urgent of what it awaits; null: nothing, or nobody has looked yet.</param>
    public sealed record Row(string Code, string Slug, string Name, string Territory, string? City, string? State, string? Phone, DateOnly? LicenseExpiresOn, int Awaited, string? Outlook);

    public sealed record Page(string? Search, string? After, IReadOnlyList<Row> Rows, string? Next, DateOnly Today)
    {
        public string Address(string? after) => QueryHelpers.AddQueryString("/practices", new Dictionary<string, string?> { ["q"] = Search, ["after"] = after }.Where(p => !string.IsNullOrEmpty(p.Value)));
    }

    internal sealed class Handler(FieldSupportDb db) : IQueryHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken cancellationToken)
        {
            var accounts = db.Accounts.AsNoTracking();
            if (query.Search?.Trim() is { Length: > 0 } search)
            {
                var part = search.ToUpperInvariant();
#pragma warning disable CA1862 // Becomes SQL, which knows no StringComparison.
                accounts = accounts.Where(a => a.Name.ToUpper().Contains(part) || a.Code.Contains(part) || a.Locations.Any(l => l.City.ToUpper().Contains(part)));
#pragma warning restore CA1862
            }
            if (query.After?.Split(Bar) is [.. var name, var code])
            {
                var last = string.Join(Bar, name);
                accounts = accounts.Where(a => a.Name.CompareTo(last) > 0 || (a.Name == last && a.Code.CompareTo(code) > 0));
            }
            var rows = await accounts.OrderBy(a => a.Name).ThenBy(a => a.Code).Take(Size + 1).Select(a => new Row(
                a.Code, a.Slug, a.Name, a.TerritoryCode,
                a.Locations.OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.City).FirstOrDefault(),
                a.Locations.OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.State).FirstOrDefault(),
                a.Phone, a.LicenseExpiresOn,
                db.Deliveries.Count(d => d.AccountId == a.Id && d.IsOpen && d.IsListed && (d.ShipmentId != null || d.OrderId != null || d.Reasons != "")),
                db.Deliveries.Where(d => d.AccountId == a.Id && d.IsOpen && d.IsListed && (d.ShipmentId != null || d.OrderId != null || d.Reasons != ""))
                    .OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).Select(d => d.Outlook).FirstOrDefault())).ToListAsync(cancellationToken);
            var shown = rows.Take(Size).ToList();
            return new Answer(shown, rows.Count > shown.Count ? $"{shown[^1].Name}{Bar}{shown[^1].Code}" : null);
        }
    }
}

/// <summary>A licence's standing in words, with the name its look goes by.</summary>
public sealed record LicenseStanding(string Words, string? Look)
{
    private const int SoonDays = 60;

    public static LicenseStanding Of(DateOnly? expiresOn, DateOnly today) => expiresOn is not { } day ? new("Not known", null)
        : day < today ? new($"Expired {When.Day(day)}", "Late")
        : day.DayNumber - today.DayNumber <= SoonDays ? new($"Ends {When.Day(day)}", "Watch")
        : new($"Valid to {When.Day(day)} {day.Year}", "Done");
}

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
public sealed class ShowSettingsController(ISender sender) : Controller
{
    [HttpGet("/portal/settings"), Sends(typeof(ShowSettings.Query))]
    public async Task<IActionResult> Show(CancellationToken cancellationToken) =>
        View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), cancellationToken)).OrAbsent());
}

/// <summary>People and hours of the practice: read by all its people, changed by its administrators.</summary>
public static class ShowSettings
{
    [Requires(Permission.UsePortal)]
    public sealed record Query : IQuery<Page?>;

    public sealed record Page(
        string Account, SaveContacts.Form Contacts, IReadOnlyList<Site> Sites, IReadOnlyList<ClosedDay> Closures, IReadOnlyList<DateOnly> RefillsOnClosedDays, IReadOnlyList<Colleague> Staff,
        bool MayEdit, DateOnly Today, IReadOnlyList<HelpingPerson> People)
    {
        /// <summary>The answer to an invitation or a new link; shown once.</summary>
        public Invitation? Invited { get; init; }
        /// <summary>What was typed and refused.</summary>
        public AddClosure.Form? Closure { get; init; }
        public InviteColleague.Form? Invite { get; init; }
    }

    /// <param name="HasMore">A day has more windows than the form has fields; only a file changes it.</param>
    public sealed record Site(string Name, string Address, string Zone, ReceivingHours Hours, bool HasMore)
    {
        public SaveHours.Form? Typed { get; init; }
    }

    public sealed record ClosedDay(DateOnly On, string? Reason);

    public sealed record Colleague(string Name, string Email, string Role, bool IsMe);

    internal sealed class Handler(FieldSupportDb db, RefillBook book, CurrentUser user, Chasing.ClinicCalendars calendars, Arrivals arrivals) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return null;
            var account = practice.Account;
            var visits = await db.Visits.AsNoTracking().Where(v => v.AccountId == account.Id && v.CancelledAtUtc == null && v.VisitOn >= practice.Today)
                .Select(v => v.VisitOn).Distinct().OrderBy(d => d).Take(400).ToListAsync(cancellationToken);
            // Who has not chosen a password yet is not listed: that would tell a new address from one that has an account elsewhere.
            var staff = await db.Users.AsNoTracking().Where(u => u.AccountId == account.Id && !u.IsDisabled && u.PasswordHash != null)
                .OrderBy(u => u.DisplayName).ThenBy(u => u.Email).Take(200).Select(u => new { u.Id, u.DisplayName, u.Email, u.Role }).ToListAsync(cancellationToken);
            return new Page(
                account.Name,
                new SaveContacts.Form
                {
                    Phone = account.Phone, CoordinatorName = account.CoordinatorName, CoordinatorEmail = account.CoordinatorEmail,
                    ClinicalLeadName = account.ClinicalLeadName, ClinicalLeadEmail = account.ClinicalLeadEmail, DockNote = practice.Location.DockNote,
                },
                [.. account.Locations.OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name, StringComparer.Ordinal).Select(l =>
                {
                    var hours = calendars.Of(l, []).Hours;
                    return new Site(l.Name, $"{l.Street}, {l.City} {l.State} {l.Zip}", l.TimeZone, hours, Enum.GetValues<DayOfWeek>().Any(d => hours.On(d).Count > 2));
                })],
                [.. practice.Closures.Where(c => c.Key >= practice.Today).OrderBy(c => c.Key).Select(c => new ClosedDay(c.Key, c.Value))],
                visits.FindAll(d => !practice.Clinic.Days.IsBusinessDay(d)),
                [.. staff.Select(u => new Colleague(u.DisplayName, u.Email ?? "", u.Role, u.Id == (user.IsSignedIn ? user.Id : null)))],
                user.May(Permission.ManagePractice), practice.Today, await arrivals.People(account.TerritoryCode, cancellationToken));
        }
    }
}

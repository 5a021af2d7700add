using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Notices;

[Translated]
public sealed class NoticeSettingsController(ISender sender) : Controller
{
    [HttpGet("/settings"), Sends(typeof(NoticeSettings.Query))]
    public async Task<IActionResult> Show() => View(nameof(NoticeSettings), await sender.Send(new NoticeSettings.Query()));

    [HttpPost("/settings"), Sends(typeof(NoticeSettings.Command))]
    public Task<IActionResult> Submit(NoticeSettings.Form form) => this.Submit(
        new NoticeSettings.Command(form),
        done: words =>
        {
            TempData.Toast(words);
            return this.SeeOther("/settings");
        },
        again: async () => View(nameof(NoticeSettings), (await sender.Send(new NoticeSettings.Query())) with { Form = form }));
}

/// <summary>How and when one is told, who stands in, and when one is away.</summary>
public static class NoticeSettings
{
    public static IReadOnlyList<(string Id, string Words)> Zones { get; } =
    [
        ("America/New_York", "Eastern"), ("America/Chicago", "Central"), ("America/Denver", "Mountain"), ("America/Phoenix", "Arizona, no daylight saving"),
        ("America/Los_Angeles", "Pacific"), ("America/Anchorage", "Alaska"), ("Pacific/Honolulu", "Hawaii"), ("America/Puerto_Rico", "Atlantic, Puerto Rico"),
    ];

    public sealed class Form
    {
        public string? TimeZone { get; set; }
        public TimeOnly? QuietFrom { get; set; }
        public TimeOnly? QuietUntil { get; set; }
        public TimeOnly? DigestAt { get; set; }
        public bool DigestsLesser { get; set; }
        public bool DigestsDelivered { get; set; }
        /// <summary>A mail address; no key of the database stands in a form.</summary>
        public string? Deputy { get; set; }
        public DateOnly? AwayFrom { get; set; }
        public DateOnly? AwayUntil { get; set; }
    }

    [Requires(Permission.BeSignedIn)]
    public sealed record Query : IQuery<Page>;

    /// <param name="Colleagues">Who may stand in: they see what this person sees.</param>
    public sealed record Page(string Name, string Email, string Role, Form Form, IReadOnlyList<(string Email, string Name)> Colleagues, Policy Policy);

    [Requires(Permission.BeSignedIn)]
    public sealed record Command(Form Form) : ICommand<string>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Form.TimeZone).Must(z => Zones.Any(known => known.Id == z)).WithMessage(_ => Say.It("Choose your time zone.")).OverridePropertyName(nameof(Form.TimeZone));
            RuleFor(x => x.Form.QuietUntil).Must((x, until) => until is null == x.Form.QuietFrom is null).WithMessage(_ => Say.It("Give both ends of the quiet hours, or neither.")).OverridePropertyName(nameof(Form.QuietUntil));
            RuleFor(x => x.Form.QuietUntil).Must((x, until) => until != x.Form.QuietFrom).When(x => x.Form.QuietFrom is not null).WithMessage(_ => Say.It("The quiet hours have no length.")).OverridePropertyName(nameof(Form.QuietUntil));
            RuleFor(x => x.Form.DigestAt).NotNull().When(x => x.Form.DigestsLesser || x.Form.DigestsDelivered).WithMessage(_ => Say.It("Say when the digest goes.")).OverridePropertyName(nameof(Form.DigestAt));
            RuleFor(x => x.Form.AwayFrom).NotNull().When(x => x.Form.AwayUntil is not null).WithMessage(_ => Say.It("Give the first day away too.")).OverridePropertyName(nameof(Form.AwayFrom));
            RuleFor(x => x.Form.AwayUntil).Must((x, until) => until >= x.Form.AwayFrom).When(x => x.Form is { AwayFrom: not null, AwayUntil: not null }).WithMessage(_ => Say.It("The last day away lies before the first.")).OverridePropertyName(nameof(Form.AwayUntil));
            RuleFor(x => x.Form.Deputy).NotEmpty().When(x => x.Form.AwayFrom is not null).WithMessage(_ => Say.It("Choose who stands in while you are away.")).OverridePropertyName(nameof(Form.Deputy));
        }
    }

    internal sealed class QueryHandler(FieldSupportDb db, CurrentUser user, Policy policy) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query query, CancellationToken cancellationToken)
        {
            var wishes = await db.NoticePreferences.AsNoTracking().SingleOrDefaultAsync(p => p.UserId == user.Id, cancellationToken);
            var colleagues = await Colleagues(db, user, cancellationToken);
            var deputy = colleagues.Find(c => c.Id == wishes?.DeputyUserId);
            return new Page(user.DisplayName, user.Email, user.Role, new Form
            {
                TimeZone = wishes?.TimeZone ?? await HomeZone(cancellationToken), QuietFrom = wishes?.QuietFrom, QuietUntil = wishes?.QuietUntil, DigestAt = wishes?.DigestAt ?? new TimeOnly(7, 30),
                DigestsLesser = wishes?.DigestsLesser ?? false, DigestsDelivered = wishes?.DigestsDelivered ?? false, Deputy = deputy?.Email, AwayFrom = wishes?.AwayFrom, AwayUntil = wishes?.AwayUntil,
            }, [.. colleagues.Select(c => (c.Email!, c.DisplayName))], policy);
        }

        /// <summary>A practice's own; who works for many begins with the ship-from place's.</summary>
        private async Task<string> HomeZone(CancellationToken stop)
        {
            var zone = user.AccountId is null ? null : await db.Locations.AsNoTracking().OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefaultAsync(stop);
            return Zones.Any(z => z.Id == zone) ? zone! : ShipFromCalendar.Default.Zone.Id;
        }
    }

    internal sealed class Handler(FieldSupportDb db, CurrentUser user, TimeProvider clock) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var form = command.Form;
            User? deputy = null;
            if (form.Deputy is { Length: > 0 } address)
            {
                deputy = (await Colleagues(db, user, cancellationToken)).Find(c => string.Equals(c.Email, address, StringComparison.OrdinalIgnoreCase));
                if (deputy is null) return new Refusal("deputy.unknown", Say.It("That person cannot stand in for you: only a colleague who sees the same practices can. Choose another."));
            }
            var wishes = await db.NoticePreferences.SingleOrDefaultAsync(p => p.UserId == user.Id, cancellationToken);
            if (wishes is null) db.NoticePreferences.Add(wishes = new NoticePreference { UserId = user.Id, Email = user.Email, TimeZone = form.TimeZone! });
            (wishes.TimeZone, wishes.QuietFrom, wishes.QuietUntil) = (form.TimeZone!, form.QuietFrom, form.QuietUntil);
            (wishes.DigestAt, wishes.DigestsLesser, wishes.DigestsDelivered) = (form.DigestAt ?? wishes.DigestAt, form.DigestsLesser, form.DigestsDelivered);
            (wishes.DeputyUserId, wishes.AwayFrom, wishes.AwayUntil) = (deputy?.Id, form.AwayFrom, form.AwayUntil);
            // What waits for the old wishes is asked about anew: shortened quiet hours must not hold a notice until the old end.
            var (person, now) = (user.Email.ToLowerInvariant(), clock.GetUtcNow());
            foreach (var held in await db.Notices.Held(now).Where(n => n.Person == person).ToListAsync(cancellationToken))
                held.NextAttemptAtUtc = now;
            if (wishes.AwayFrom is not { } from || deputy is null) return Say.It("Saved.");
            return wishes.AwayUntil is { } until
                ? Say.It("Saved. {0} is told in your place from {1} to {2}.", deputy.DisplayName, When.Day(from), When.Day(until)) : Say.It("Saved. {0} is told in your place from {1}.", deputy.DisplayName, When.Day(from));
        }
    }

    /// <summary>Those who see the same practices in the same kind of work; a rep's manager too.</summary>
    private static async Task<List<User>> Colleagues(FieldSupportDb db, CurrentUser user, CancellationToken stop)
    {
        var others = await db.Users.AsNoTracking().Where(u => u.Id != user.Id && !u.IsDisabled && u.Email != null
            && (u.Role == user.Role || (user.Role == Roles.Rep && u.Role == Roles.Manager) || (Roles.Practice == u.Role && user.Role == Roles.PracticeAdmin) || (Roles.PracticeAdmin == u.Role && user.Role == Roles.Practice)))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Email).Take(500).ToListAsync(stop);
        return [.. others.Where(u => Roles.IsOfAccount(user.Role) ? u.AccountId == user.AccountId : !Roles.IsOfTerritories(user.Role) || u.TerritoryCodes().Intersect(user.Territories).Any())];
    }
}

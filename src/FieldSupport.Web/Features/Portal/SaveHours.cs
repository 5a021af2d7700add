using System.Globalization;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class SaveHoursController(ISender sender) : Controller
{
    [HttpPost("/portal/settings/hours"), Sends(typeof(SaveHours.Command))]
    public Task<IActionResult> Submit(SaveHours.Form form) => this.Submit(
        new SaveHours.Command(form),
        done: words =>
        {
            TempData.Toast(words);
            return this.SeeOther("/portal/settings");
        },
        again: async () =>
        {
            var page = (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent();
            return View(nameof(ShowSettings), page with { Sites = [.. page.Sites.Select(s => s.Name == form.Site ? s with { Typed = form } : s)] });
        });
}

/// <summary>When a site takes deliveries: a week of at most two windows a day. What is on its way there is dated anew.</summary>
public static class SaveHours
{
    /// <summary>Monday first, as the form draws them.</summary>
    public static IReadOnlyList<DayOfWeek> Week { get; } =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    public sealed record Form
    {
        public string? Site { get; init; }
        public List<Day> Days { get; init; } = [];

        public static Form Of(string site, ReceivingHours hours) => new()
        {
            Site = site,
            Days = [.. Week.Select(d => hours.On(d) is var w ? new Day { From1 = At(w, 0)?.Opens, To1 = At(w, 0)?.Closes, From2 = At(w, 1)?.Opens, To2 = At(w, 1)?.Closes } : new Day())],
        };

        private static ReceivingWindow? At(IReadOnlyList<ReceivingWindow> windows, int at) => at < windows.Count ? windows[at] : null;
    }

    /// <summary>A day without times is closed.</summary>
    public sealed record Day
    {
        public TimeOnly? From1 { get; init; }
        public TimeOnly? To1 { get; init; }
        public TimeOnly? From2 { get; init; }
        public TimeOnly? To2 { get; init; }
    }

    [Requires(Permission.ManagePractice)]
    public sealed record Command(Form Form) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Locations.AnyAsync(l => l.Name == Form.Site, cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(x => x.Form.Days).Custom((days, context) =>
        {
            if (days.Count != 7) context.AddFailure("", Say.It("The week has seven days; send them all."));
            for (var i = 0; i < Math.Min(days.Count, 7); i++)
            {
                Check(days[i].From1, days[i].To1, $"Days[{i}].From1", Week[i]);
                Check(days[i].From2, days[i].To2, $"Days[{i}].From2", Week[i]);
            }

            void Check(TimeOnly? from, TimeOnly? to, string field, DayOfWeek day)
            {
                if (from is null != to is null) context.AddFailure(field, Say.It("{0}: give both times, or none.", Say.It(day.ToString())));
                else if (from >= to) context.AddFailure(field, Say.It("{0}: it must close after it opens.", Say.It(day.ToString())));
            }
        });
    }

    internal sealed class Handler(FieldSupportDb db, RefillBook book, Chasing.ClinicCalendars calendars) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var site = practice.Account.Locations.Find(l => l.Name == command.Form.Site) ?? throw new AbsentException();
            var text = string.Join("; ", command.Form.Days.Select((d, i) => (Day: Week[i].ToString()[..3], Windows: string.Join(',', Windows(d)))).Where(d => d.Windows.Length > 0).Select(d => $"{d.Day} {d.Windows}"));
            if (text.Length == 0) return new Refusal("hours.none", Say.It("At least one day needs a time in which you take deliveries. Closed for some days? Add them under “Closed days”."));
            if (!ReceivingHours.TryParse(text, out var hours, out var error)) return new Refusal("hours.bad", error!);
            var before = calendars.Of(site, []).Hours;
            if (before.ToText() == hours!.ToText()) return Say.It("Nothing was changed.");
            site.Receiving = hours.ToText();
            site.Record("location.hours-changed");
            var roster = new WatchRoster(db, book.Now);
            roster.Changed(practice.Account);
            book.Write(roster);
            return Say.It("Receiving hours: {0} → {1}. What is on its way is dated anew.", PortalWords.Hours(before), PortalWords.Hours(hours));
        }

        private static IEnumerable<string> Windows(Day day)
        {
            if (day is { From1: { } from, To1: { } to }) yield return Window(from, to);
            if (day is { From2: { } again, To2: { } until }) yield return Window(again, until);
        }

        private static string Window(TimeOnly from, TimeOnly to) => string.Create(CultureInfo.InvariantCulture, $"{from:HH\\:mm}-{to:HH\\:mm}");
    }
}

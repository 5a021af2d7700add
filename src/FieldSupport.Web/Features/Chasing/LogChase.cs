using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

public sealed class LogChaseController(ISender sender) : Controller
{
    [HttpGet("/deliveries/{number}/chase"), Sends(typeof(LogChase.Query))]
    public async Task<IActionResult> Show(string number, CancellationToken cancellationToken) => await Page(number, null, cancellationToken);

    [HttpPost("/deliveries/{number}/chase"), Sends(typeof(LogChase.Command))]
    public Task<IActionResult> Submit(string number, LogChase.Form form)
    {
        // A page asks; what is left out of its form is no answer.
        form.Safety ??= new();
        return this.Submit(
            new LogChase.Command(number, form),
            done: logged =>
            {
                TempData.Toast(logged.Words, logged.UndoAddress);
                return this.SeeOther(logged.Address);
            },
            again: () => Page(number, form, HttpContext.RequestAborted));
    }

    private async Task<IActionResult> Page(string number, LogChase.Form? form, CancellationToken cancellationToken)
    {
        var page = (await sender.Send(new LogChase.Query(number), cancellationToken)).OrAbsent();
        var isStale = Response.StatusCode == StatusCodes.Status409Conflict;
        if (isStale && form is not null && page.IsLoggedAlready(form) && page.Last is { } mine)
        {
            TempData.Toast($"Chase logged for {number}; it was sent twice and stands there once.", mine.UndoAddress);
            return this.SeeOther(page.Row.Address);
        }
        if (isStale && page.Seen == form?.Seen)
        {
            // No other chase: the delivery was evaluated at that very moment.
            ModelState.Clear();
            ModelState.AddModelError("", "Your chase was not logged: the delivery was being evaluated at that very moment. Press the button again.");
            isStale = false;
        }
        return View(nameof(LogChase), page with { Mine = form, IsStale = isStale });
    }
}

/// <summary>Notes what was asked and what was promised by when. Two clicks from Today.</summary>
public static class LogChase
{
    public static IReadOnlyList<(string Word, string Words)> Whoms { get; } = [("carrier", "The carrier"), ("practice", "The practice"), ("partner", "The partner"), ("other", "Somebody else")];
    public static IReadOnlyList<(string Word, string Words)> Channels { get; } = [("phone", "Phone"), ("mail", "Mail"), ("portal", "Portal"), ("in-person", "In person")];

    public sealed class Form
    {
        public string? Whom { get; set; }
        public string? Channel { get; set; }
        public string? Contact { get; set; }
        public string? Note { get; set; }
        public string? Promise { get; set; }
        /// <summary>none, other, or one of the offered times, practice time.</summary>
        public string? Due { get; set; }
        /// <summary>With "other": practice time.</summary>
        public DateTime? DueAt { get; set; }
        /// <summary>The newest chase that this form was written in sight of.</summary>
        public string? Seen { get; set; }
        /// <summary>Null: a program, which is not asked.</summary>
        public SafetyQuestion.Form? Safety { get; set; }
    }

    [Requires(Permission.LogChase)]
    public sealed record Query(string Number) : IQuery<Page?>;

    /// <summary>A time that is often promised.</summary>
    public sealed record DueChoice(string Value, string Words);

    /// <summary>The newest chase, as somebody else's words to look at first.</summary>
    public sealed record Newest(
        string Who, DateTimeOffset At, string Whom, string Channel, string? Contact, string Note, string? Promise, DateTimeOffset? PromisedBy, bool IsMine, string UndoAddress, string? SafetyAnswer);

    public sealed record Page(
        DeliveryRow Row, string StateWords, string Seen, string Whom, IReadOnlyList<DueChoice> Due, Newest? Last, string? Phone, string Receiving, TimeZoneInfo Zone, DateTimeOffset Now)
    {
        public Form? Mine { get; init; }
        public bool IsStale { get; init; }

        /// <summary>The very same words of the same person a moment ago: the button was pressed twice.</summary>
        public bool IsLoggedAlready(Form form) => Last is { IsMine: true } last && Now - last.At < TimeSpan.FromMinutes(1)
            // "Yes" sent after "no" is something new, or what happened would be lost.
            && form.Safety?.IsYes == last.SafetyAnswer is not (null or SafetyQuestion.No)
            && (last.Whom, last.Channel, last.Contact, last.Note, last.Promise, last.PromisedBy)
                == (form.Whom, form.Channel, Trimmed(form.Contact), form.Note?.Trim(), Trimmed(form.Promise), DueOf(form, Zone));
    }

    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, Form Form) : ICommand<Logged>, IScoped
    {
        /// <summary>The instant itself, from a program; a page says it in practice time.</summary>
        public DateTimeOffset? PromisedBy { get; init; }

        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    public sealed record Logged(string Words, string Address, string UndoAddress, Chase Chase);

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Form.Whom).Must(w => Whoms.Any(k => k.Word == w)).WithMessage("Choose whom you asked.").OverridePropertyName(nameof(Form.Whom));
            RuleFor(x => x.Form.Channel).Must(w => Channels.Any(k => k.Word == w)).WithMessage("Choose how you reached them.").OverridePropertyName(nameof(Form.Channel));
            RuleFor(x => x.Form.Note).Cascade(CascadeMode.Stop)
                .NotEmpty().WithMessage("Write what was said, or that nobody answered.")
                .MaximumLength(2000).WithMessage("Keep it under 2000 characters.").OverridePropertyName(nameof(Form.Note));
            RuleFor(x => x.Form.Contact).MaximumLength(120).WithMessage("Keep the name under 120 characters.").OverridePropertyName(nameof(Form.Contact));
            RuleFor(x => x.Form.Promise).MaximumLength(500).WithMessage("Keep the promise under 500 characters.").OverridePropertyName(nameof(Form.Promise));
            RuleFor(x => x.Form.DueAt).NotNull().When(x => x.Form.Due == "other").WithMessage("Give the day and time, or choose “No time was promised”.").OverridePropertyName(nameof(Form.DueAt));
            // A promise that cannot be read must not pass for none: nobody would come back to it.
            RuleFor(x => x.Form.Due).Must(d => d is null or "" or "none" or "other" || OfferedTime(d) is not null).WithMessage("Choose the time that was promised, or “No time was promised”.").OverridePropertyName(nameof(Form.Due));
            RuleFor(x => x.Form.Due).Must(d => d == "other").When(x => x.Form.DueAt is not null).WithMessage("You gave a time: choose “Another time”, or take the time out.").OverridePropertyName(nameof(Form.Due));
            foreach (var (name, text) in new (string, Func<Form, string?>)[] { (nameof(Form.Note), f => f.Note), (nameof(Form.Contact), f => f.Contact), (nameof(Form.Promise), f => f.Promise) })
            {
                RuleFor(x => x.Form).Custom((form, context) =>
                {
                    // A program may send one; PostgreSQL keeps none.
                    if (text(form)?.Contains('\0', StringComparison.Ordinal) == true) context.AddFailure(name, "It holds a NUL character, which cannot be kept.");
                    if (PatientPatterns.Find(text(form)) is { } trace) context.AddFailure(name, trace.Sentence);
                });
            }
            RuleFor(x => x.Form).Custom((form, context) => SafetyQuestion.Check(context, form.Safety, "Safety.", form.Note, form.Promise));
        }
    }

    internal sealed class QueryHandler(FieldSupportDb db, CurrentScope current, DeliveryFactsReader reader, RiskCalendars calendars, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var delivery = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Number == query.Number, cancellationToken);
            if (delivery is null) return null;
            var row = await db.Deliveries.AsNoTracking().Where(d => d.Id == delivery.Id).Select(DeliveryRows.Row).SingleAsync(cancellationToken);
            var watched = (await reader.Read(db, [delivery], now, cancellationToken))[0];
            var assessment = DeliveryRisk.Assess(watched.Facts, calendars, now);
            var last = await db.Chases.AsNoTracking().Where(c => c.DeliveryId == delivery.Id && c.UndoneAtUtc == null).OrderByDescending(c => c.LoggedAtUtc).ThenBy(c => c.Id).FirstOrDefaultAsync(cancellationToken);
            var who = last is null ? null : await db.Users.AsNoTracking().Where(u => u.Email == last.LoggedBy).Select(u => u.DisplayName).FirstOrDefaultAsync(cancellationToken);
            var whom = watched.Facts.ArrivedAtUtc is not null || watched.Facts.Shape == DeliveryShape.UncoveredVisit ? "practice" : watched.Facts.Shape == DeliveryShape.Parcel ? "carrier" : "partner";
            return new Page(
                row, DeliveryWords.State(StateFacts.Of(watched, assessment), now), ChaseUndo.Mark(last), whom, Choices(watched.Facts.Clinic, now),
                last is null ? null : new Newest(who ?? last.LoggedBy, last.LoggedAtUtc, last.Whom, last.Channel, last.Contact, last.Note, last.Promise, last.PromisedByUtc,
                    last.LoggedBy == current.Actor.Name, ChaseUndo.Address(last), last.SafetyAnswer),
                watched.Account.Phone, DeliveryWords.Hours(watched.Facts.Clinic.Hours), watched.Facts.Clinic.Zone, now);
        }

        private static List<DueChoice> Choices(ClinicCalendar clinic, DateTimeOffset now)
        {
            var choices = new List<DueChoice>();
            void Offer(DateTimeOffset at)
            {
                if (at <= now.AddMinutes(15)) return;
                var local = ZonedTime.In(clinic.Zone, at);
                choices.Add(new DueChoice(local.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture), When.Absolute(at, now, clinic.Zone)));
            }
            var today = clinic.DayOf(now);
            Offer(now.AddHours(2) is var soon && clinic.DayOf(soon) == today ? new DateTimeOffset(soon.Ticks - soon.Ticks % TimeSpan.TicksPerHour, soon.Offset) : now);
            if (clinic.Days.IsBusinessDay(today)) Offer(clinic.ReceivingClose(today));
            var next = clinic.Days.Next(today);
            Offer(clinic.At(next, new TimeOnly(9, 0)));
            Offer(clinic.ReceivingClose(next));
            return [.. choices.DistinctBy(c => c.Value)];
        }
    }

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, ClinicCalendars clinics, SafetyIntake safety, TimeProvider clock) : ICommandHandler<Command, Logged>
    {
        public async Task<Outcome<Logged>> Handle(Command command, CancellationToken cancellationToken)
        {
            var form = command.Form;
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            var chases = await db.Chases.Where(c => c.DeliveryId == delivery.Id && c.UndoneAtUtc == null).OrderByDescending(c => c.LoggedAtUtc).ThenBy(c => c.Id).ToListAsync(cancellationToken);
            // Written without having seen what somebody else has noted since: shown first, then asked again.
            if (form.Seen is not null && ChaseUndo.Mark(chases.FirstOrDefault()) != form.Seen) throw new StaleException();

            var now = Whole(clock.GetUtcNow());
            var location = await db.Locations.AsNoTracking().Where(l => l.AccountId == delivery.AccountId)
                .OrderByDescending(l => db.Shipments.Any(s => s.Id == delivery.ShipmentId && s.LocationId == l.Id)).ThenByDescending(l => l.IsPrimary).ThenBy(l => l.Name)
                .FirstAsync(cancellationToken);
            var zone = clinics.Of(location, []).Zone;
            var due = command.PromisedBy is { } given ? Whole(given) : DueOf(form, zone);
            if (due > now.AddYears(1)) return new Refusal("chase.promise-far", "The promised time is more than a year away. Look at its year.");
            if (due <= now) return new Refusal("chase.promise-past", "The promised time has passed already. Give a later one, or choose “No time was promised”.");
            var chase = new Chase
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, Whom = form.Whom!, Channel = form.Channel!,
                Contact = Trimmed(form.Contact), Note = form.Note!.Trim(), Promise = Trimmed(form.Promise), PromisedByUtc = due, LoggedBy = current.Actor.Name, LoggedAtUtc = now,
                SafetyAnswer = await safety.Answer(form.Safety, "chase", delivery.AccountId, delivery.Number, [form.Note, form.Promise], cancellationToken),
            };
            delivery.LogChase(chase, [.. chases.Where(c => c is { EndedAtUtc: null, PromisedByUtc: not null })]);
            db.Chases.Add(chase);
            await Notices.Answers.Work(db, delivery.WatchKey, current.Actor.Name, Notices.Answers.Chase, now, cancellationToken);
            // Two at once: the delivery's version decides who was first, also where the chase itself changes nothing of it.
            db.Entry(delivery).Property(d => d.Version).IsModified = true;
            var reported = chase.SafetyAnswer is null or SafetyQuestion.No ? "" : $" Safety has your report, {chase.SafetyAnswer}.";
            return new Logged(
                (due is { } by ? $"Chase logged for {delivery.Number}. It comes back on {When.Absolute(by, now, zone)} if it has not arrived." : $"Chase logged for {delivery.Number}.") + reported,
                DeliveryAddress.Of(delivery), ChaseUndo.Address(chase), chase);
        }

        /// <summary>As both databases keep it, or a chase could not be named by its instant.</summary>
        private static DateTimeOffset Whole(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % 10, TimeSpan.Zero);
    }

    private static DateTimeOffset? DueOf(Form form, TimeZoneInfo zone)
    {
        DateTime? local = form.Due switch
        {
            "other" => form.DueAt,
            var word => OfferedTime(word),
        };
        // The last hours of the calendar have no instant west of Greenwich; a day before them is as far away.
        if (local > DateTime.MaxValue.AddDays(-2)) local = DateTime.MaxValue.AddDays(-2);
        if (local < DateTime.MinValue.AddDays(2)) local = DateTime.MinValue.AddDays(2);
        return local is { } time ? ZonedTime.At(zone, DateOnly.FromDateTime(time), TimeOnly.FromDateTime(time)).ToUniversalTime() : null;
    }

    private static DateTime? OfferedTime(string? word) => DateTime.TryParseExact(word, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

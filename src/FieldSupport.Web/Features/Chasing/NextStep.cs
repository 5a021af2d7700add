using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

public sealed class NextStepController(ISender sender) : Controller
{
    [HttpGet("/deliveries/{number}/next"), Sends(typeof(NextStep.Query))]
    public async Task<IActionResult> Show(string number) => View(nameof(NextStep), (await sender.Send(new NextStep.Query(number))).OrAbsent());

    [HttpPost("/deliveries/{number}/snooze"), Sends(typeof(SnoozeDelivery.Command))]
    public Task<IActionResult> Snooze(string number, string? until) => Do(number, new SnoozeDelivery.Command(number, until), undo: $"/deliveries/{Uri.EscapeDataString(number)}/wake");

    [HttpPost("/deliveries/{number}/wake"), Sends(typeof(SnoozeDelivery.Wake))]
    public Task<IActionResult> Wake(string number) => Do(number, new SnoozeDelivery.Wake(number));

    [HttpPost("/deliveries/{number}/hand-over"), Sends(typeof(HandOver.Command))]
    public Task<IActionResult> HandOver(string number, string? to, string? note) => Do(number, new HandOver.Command(number, to, note));

    [HttpPost("/deliveries/{number}/resolve"), Sends(typeof(ResolveDelivery.Command))]
    public Task<IActionResult> Resolve(string number, string? reason, string? words) =>
        Do(number, new ResolveDelivery.Command(number, reason, words), undo: $"/deliveries/{Uri.EscapeDataString(number)}/reopen");

    [HttpPost("/deliveries/{number}/reopen"), Sends(typeof(ResolveDelivery.Reopen))]
    public Task<IActionResult> Reopen(string number) => Do(number, new ResolveDelivery.Reopen(number));

    /// <summary>Done leads to the delivery with a word and, where it can be taken back, an Undo; refused shows the page again with why.</summary>
    private Task<IActionResult> Do(string number, ICommand<NextStep.Taken> command, string? undo = null) => this.Submit(
        command,
        done: taken =>
        {
            TempData.Toast(taken.Words, undo);
            return this.SeeOther(taken.Address);
        },
        again: async () => View(nameof(NextStep), (await sender.Send(new NextStep.Query(number))).OrAbsent()));
}

/// <summary>What else can be done with a delivery than chase it: put it aside, hand it over, close it for a reason that no scan tells.</summary>
public static class NextStep
{
    [Requires(Permission.LogChase)]
    public sealed record Query(string Number) : IQuery<Page?>;

    /// <summary>What a step did, and where the delivery has its page.</summary>
    public sealed record Taken(string Words, string Address);

    /// <param name="HandledBy">Mail address of whoever works it.</param>
    public sealed record Page(
        DeliveryRow Row, string StateWords, TimeZoneInfo Zone, DateTimeOffset Now, IReadOnlyList<(string Value, string Words)> Until, DateTimeOffset AtMost,
        IReadOnlyList<(string Email, string Name)> Colleagues, string? HandledBy, DateTimeOffset? SnoozedUntil, string? Resolution, string? ResolvedBy);

    internal sealed class Handler(FieldSupportDb db, CurrentUser user, DeliveryFactsReader reader, RiskCalendars calendars, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var delivery = await db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Number == query.Number, cancellationToken);
            if (delivery is null) return null;
            var row = await db.Deliveries.AsNoTracking().Where(d => d.Id == delivery.Id).Select(DeliveryRows.Row).SingleAsync(cancellationToken);
            var watched = (await reader.Read(db, [delivery], now, cancellationToken))[0];
            var assessment = DeliveryRisk.Assess(watched.Facts, calendars, now);
            var atMost = NoticeTiming.SnoozeAtMost(now, ChaseLadder.NextRungAt(assessment, now), calendars.Policy);
            var colleagues = await WhoMayWork(db, watched.Account, cancellationToken);
            return new Page(row, DeliveryWords.State(StateFacts.Of(watched, assessment), now), watched.Facts.Clinic.Zone, now, Until(watched.Facts.Clinic, now, atMost), atMost,
                [.. colleagues.Where(c => c.Email != user.Email).Select(c => (c.Email!, c.DisplayName))], delivery.HandledBy, delivery.SnoozedUntilUtc, delivery.Resolution, delivery.ResolvedBy);
        }

        private static List<(string, string)> Until(ClinicCalendar clinic, DateTimeOffset now, DateTimeOffset atMost)
        {
            var tomorrow = clinic.Days.Next(clinic.DayOf(now));
            var offered = new[] { now.AddHours(1), now.AddHours(2), now.AddHours(4), clinic.At(tomorrow, new TimeOnly(8, 0)) }.Where(at => at < atMost && at > now).Append(atMost);
            return [.. offered.Distinct().Select(at => (Written(at), When.Absolute(at, now, clinic.Zone)))];
        }
    }

    /// <summary>An instant in a form field; both databases keep microseconds.</summary>
    public static string Written(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Colleagues who see the account and chase.</summary>
    internal static async Task<List<User>> WhoMayWork(FieldSupportDb db, Domain.Practices.Account account, CancellationToken stop)
    {
        var roles = Permissions.RolesWith([Permission.LogChase]).ToArray();
        var users = await db.Users.AsNoTracking().Where(u => !u.IsDisabled && u.Email != null && roles.Contains(u.Role)).OrderBy(u => u.DisplayName).ThenBy(u => u.Email).Take(1000).ToListAsync(stop);
        return [.. users.Where(u => Recipients.Reaches(u, account))];
    }
}

/// <summary>Puts a delivery aside for some hours; never past the next rung.</summary>
public static class SnoozeDelivery
{
    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, string? Until) : ICommand<NextStep.Taken>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    [Requires(Permission.LogChase)]
    public sealed record Wake(string Number) : ICommand<NextStep.Taken>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, DeliveryFactsReader reader, RiskCalendars calendars, TimeProvider clock) : ICommandHandler<Command, NextStep.Taken>
    {
        public async Task<Outcome<NextStep.Taken>> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            if (!DateTimeOffset.TryParse(command.Until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var until))
                return new Refusal("snooze.no-time", "Choose until when it is put aside.");
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            var watched = (await reader.Read(db, [delivery], now, cancellationToken))[0];
            var next = ChaseLadder.NextRungAt(DeliveryRisk.Assess(watched.Facts, calendars, now), now);
            if (delivery.Snooze(until, NoticeTiming.SnoozeAtMost(now, next, calendars.Policy), now) is { } refusal) return refusal;
            db.Note("delivery.put-aside", "delivery", delivery.Number, NextStep.Written(until));
            return new NextStep.Taken($"{delivery.Number} is put aside until {When.Absolute(until, now, watched.Facts.Clinic.Zone)}, or until it gets worse.", DeliveryAddress.Of(delivery));
        }
    }

    internal sealed class WakeHandler(FieldSupportDb db) : ICommandHandler<Wake, NextStep.Taken>
    {
        public async Task<Outcome<NextStep.Taken>> Handle(Wake command, CancellationToken cancellationToken)
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            if (delivery.SnoozedUntilUtc is not null) db.Note("delivery.taken-up", "delivery", delivery.Number);
            delivery.SnoozedUntilUtc = null;
            return new NextStep.Taken($"{delivery.Number} is not put aside any more.", DeliveryAddress.Of(delivery));
        }
    }
}

/// <summary>Closes a delivery for a reason that a person records (domain.md §3.1); and opens it again.</summary>
public static class ResolveDelivery
{
    [Requires(Permission.LogChase)]
    public sealed record Command(string Number, string? Reason, string? Words) : ICommand<NextStep.Taken>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    [Requires(Permission.LogChase)]
    public sealed record Reopen(string Number) : ICommand<NextStep.Taken>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Deliveries.AnyAsync(d => d.Number == Number, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, TimeProvider clock) : ICommandHandler<Command, NextStep.Taken>
    {
        public async Task<Outcome<NextStep.Taken>> Handle(Command command, CancellationToken cancellationToken)
        {
            var words = command.Words?.Trim() ?? "";
            if (ResolutionReason.All.All(r => r.Code != command.Reason)) return new Refusal("resolution.reason", "Choose why it is closed.");
            if (words.Length < 10) return new Refusal("resolution.words", "Say in a few words how you know: who told you, when. It is read a year later.");
            if (words.Length > 500) return new Refusal("resolution.words", "Keep it under 500 characters.");
            if (PatientPatterns.Find(words) is { } trace) return new Refusal("resolution.patient", trace.Sentence);
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            var stall = await db.Stalls.Include(s => s.Entries).SingleOrDefaultAsync(s => s.DeliveryId == delivery.Id && s.ClosedAtUtc == null, cancellationToken);
            if (delivery.Resolve(command.Reason!, words, current.Actor.Name, stall, clock.GetUtcNow()) is { } refusal) return refusal;
            foreach (var waiting in await db.Rungs.Where(r => r.WatchKey == delivery.WatchKey && r.AnswerDueAtUtc != null).ToListAsync(cancellationToken)) waiting.Answer(current.Actor.Name, clock.GetUtcNow());
            db.Note("delivery.resolved", "delivery", delivery.Number, $"{command.Reason}: {words}");
            return new NextStep.Taken($"{delivery.Number} is closed. Nobody is told of it any more.", DeliveryAddress.Of(delivery));
        }
    }

    internal sealed class ReopenHandler(FieldSupportDb db, TimeProvider clock) : ICommandHandler<Reopen, NextStep.Taken>
    {
        public async Task<Outcome<NextStep.Taken>> Handle(Reopen command, CancellationToken cancellationToken)
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Number == command.Number, cancellationToken);
            if (delivery.Reopen(clock.GetUtcNow()) is { } refusal) return refusal;
            db.Note("delivery.reopened", "delivery", delivery.Number);
            return new NextStep.Taken($"{delivery.Number} is watched again.", DeliveryAddress.Of(delivery));
        }
    }
}

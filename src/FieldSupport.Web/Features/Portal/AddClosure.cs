using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Practices;
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
public sealed class AddClosureController(ISender sender) : Controller
{
    [HttpPost("/portal/settings/closures"), Sends(typeof(AddClosure.Command))]
    public Task<IActionResult> Submit(AddClosure.Form form) => this.Submit(new AddClosure.Command(form), Done, () => Page(form));

    [HttpPost("/portal/settings/closures/remove"), Sends(typeof(AddClosure.Remove))]
    public Task<IActionResult> Open(DateOnly? on) => this.Submit(new AddClosure.Remove(on), Done, () => Page(null));

    private IActionResult Done(string words)
    {
        TempData.Toast(words);
        return this.SeeOther("/portal/settings");
    }

    private async Task<IActionResult> Page(AddClosure.Form? form) =>
        View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent() with { Closure = form });
}

/// <summary>Days on which the practice is closed beside the federal holidays: a day or a stretch, with its reason.</summary>
public static class AddClosure
{
    private const int LongestStretch = 60, Most = 400;

    public sealed record Form
    {
        public DateOnly? From { get; init; }
        /// <summary>Null: one day.</summary>
        public DateOnly? Until { get; init; }
        public string? Reason { get; init; }
    }

    [Requires(Permission.ManagePractice)]
    public sealed record Command(Form Form) : ICommand<string>;

    [Requires(Permission.ManagePractice)]
    public sealed record Remove(DateOnly? On) : ICommand<string>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Closures.AnyAsync(c => c.On == On, cancellationToken);
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Form.From).NotNull().WithMessage(_ => Say.It("Choose the day.")).OverridePropertyName(nameof(Form.From));
            RuleFor(x => x.Form.Until).Must((c, until) => until is null || until >= c.Form.From).WithMessage(_ => Say.It("The last day lies before the first.")).OverridePropertyName(nameof(Form.Until));
            RuleFor(x => x.Form.Until).Must((c, until) => until is null || c.Form.From is null || until.Value.DayNumber - c.Form.From.Value.DayNumber < LongestStretch)
                .WithMessage(_ => Say.It("At most {0} days at once.", LongestStretch)).OverridePropertyName(nameof(Form.Until));
            RuleFor(x => x.Form.Reason).Custom((reason, context) =>
            {
                if (reason is { Length: > 200 }) context.AddFailure(nameof(Form.Reason), Say.It("At most 200 characters."));
                else if (reason?.Any(char.IsControl) == true) context.AddFailure(nameof(Form.Reason), Say.It("Keep it on one line, without control characters."));
                else if (PatientPatterns.Find(reason) is { } trace) context.AddFailure(nameof(Form.Reason), trace.Sentence);
            });
        }
    }

    internal sealed class Handler(FieldSupportDb db, RefillBook book) : ICommandHandler<Command, string>, ICommandHandler<Remove, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var (from, reason) = (command.Form.From!.Value, SaveContacts.Clean(command.Form.Reason));
            var until = command.Form.Until ?? from;
            if (from < practice.Today) return new Refusal("closure.past", Say.It("{0} is over. Only coming days can be closed.", When.Day(from)));
            if (until > practice.Today.AddYears(2)) return new Refusal("closure.too-far", Say.It("That is more than two years ahead. Look at the year."));
            var known = await db.Closures.Where(c => c.AccountId == practice.Account.Id && c.On >= practice.Today).ToDictionaryAsync(c => c.On, cancellationToken);
            if (known.Count + (until.DayNumber - from.DayNumber) >= Most) return new Refusal("closure.too-many", Say.It("These are too many closed days. If you close for good, call your representative."));
            var added = 0;
            for (var day = from; day <= until; day = day.AddDays(1))
            {
                if (known.TryGetValue(day, out var there))
                {
                    if (reason is null || there.Reason == reason) continue;
                    there.Reason = reason;
                    added++;
                    continue;
                }
                var closure = new Closure { AccountId = practice.Account.Id, Account = practice.Account, On = day, Reason = reason, RecordedAtUtc = book.Now };
                closure.Record("closure.entered");
                db.Closures.Add(closure);
                added++;
            }
            if (added == 0) return Say.It("These days are closed already; nothing was changed.");
            Changed(practice.Account);
            var refills = await db.Visits.CountAsync(v => v.AccountId == practice.Account.Id && v.CancelledAtUtc == null && v.VisitOn >= from && v.VisitOn <= until, cancellationToken);
            var words = from == until ? Say.It("{0}: open → closed. What is on its way is dated anew.", When.Day(from)) : Say.It("{0} to {1}: open → closed. What is on its way is dated anew.", When.Day(from), When.Day(until));
            return refills == 0 ? words : $"{words} {Say.Many(refills, "1 refill lies there: move it under Refill dates.", "{0} refills lie there: move them under Refill dates.")}";
        }

        public async Task<Outcome<string>> Handle(Remove command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var closure = await db.Closures.SingleAsync(c => c.AccountId == practice.Account.Id && c.On == command.On, cancellationToken);
            if (closure.On < practice.Today) return new Refusal("closure.past", Say.It("{0} is over; it stays on record.", When.Day(closure.On)));
            closure.Record("closure.removed");
            db.Closures.Remove(closure);
            Changed(practice.Account);
            return Say.It("{0}: closed → open. What is on its way is dated anew.", When.Day(closure.On));
        }

        private void Changed(Account account)
        {
            var roster = new WatchRoster(db, book.Now);
            roster.Changed(account);
            book.Write(roster);
        }
    }
}

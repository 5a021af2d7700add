using System.Globalization;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class AddRefillController(ISender sender) : Controller
{
    [HttpGet("/portal/refills/add"), Sends(typeof(AddRefill.Query))]
    public async Task<IActionResult> Show(DateOnly? on, CancellationToken cancellationToken) =>
        View(nameof(AddRefill), (await sender.Send(new AddRefill.Query(), cancellationToken)).OrAbsent() with { Form = new AddRefill.Form { On = on } });

    [HttpPost("/portal/refills/add"), Sends(typeof(AddRefill.Command))]
    public Task<IActionResult> Submit(AddRefill.Form form) => this.Submit(
        new AddRefill.Command(form),
        done: entered =>
        {
            TempData.Toast(entered.Words, entered.UndoAddress);
            return this.SeeOther("/portal/refills");
        },
        again: async () =>
        {
            if (Response.StatusCode == StatusCodes.Status409Conflict)
            {
                ModelState.Clear();
                ModelState.AddModelError("", Say.It("Another refill date was entered at that very moment. Look at the list first; is this one still to come, press the button again."));
            }
            return View(nameof(AddRefill), (await sender.Send(new AddRefill.Query(), HttpContext.RequestAborted)).OrAbsent() with { Form = form });
        });
}

/// <summary>One refill date, from the month or from the calculator.</summary>
public static class AddRefill
{
    public sealed record Form
    {
        public DateOnly? On { get; init; }
        public string? Reference { get; init; }
        public DateOnly? RefillBy { get; init; }
        public bool Anyway { get; init; }
        public string? Seen { get; init; }
    }

    [Requires(Permission.EnterRefills)]
    public sealed record Query : IQuery<Page?>;

    public sealed record Page(string Account, DateOnly Today, string Seen)
    {
        public Form Form { get; init; } = new();
    }

    [Requires(Permission.EnterRefills)]
    public sealed record Command(Form Form) : ICommand<EnterRefills.Entered>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Form.On).NotNull().WithMessage(_ => Say.It("Choose the day of the refill.")).OverridePropertyName(nameof(Form.On));
            RuleFor(x => x.Form.Reference).MaximumLength(PastedDates.LongestReference).WithMessage(_ => Say.It("A reference has at most 200 characters.")).OverridePropertyName(nameof(Form.Reference));
        }
    }

    internal sealed class QueryHandler(RefillBook book) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken) =>
            await book.Practice(cancellationToken) is not { } practice ? null : new Page(practice.Account.Name, practice.Today, await book.Seen(practice, cancellationToken));
    }

    internal sealed class Handler(RefillBook book) : ICommandHandler<Command, EnterRefills.Entered>
    {
        public async Task<Outcome<EnterRefills.Entered>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            if (command.Form.Seen is { } seen && seen != await book.Seen(practice, cancellationToken)) throw new StaleException();
            var row = (await book.Judge([new PastedLine(1, Day(command.Form.On), command.Form.Reference, Day(command.Form.RefillBy))], practice, cancellationToken))[0];
            if (row.Verdict != PastedVerdict.Ready && !(row.MayBookAnyway && command.Form.Anyway))
                return new Refusal("refill." + WireName.Of(row.Verdict).ToLowerInvariant(), row.Sentence + (row.MayBookAnyway ? " " + Say.It("To go on, tick “Book it anyway”.") : ""));
            await book.Enter([row], practice, cancellationToken);
            return new EnterRefills.Entered(Say.It("The refill on {0} is entered.", When.Day(row.On!.Value)), "/portal/refills/undo?entered=" + RefillBook.Mark(practice.Now));
        }

        private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
    }
}

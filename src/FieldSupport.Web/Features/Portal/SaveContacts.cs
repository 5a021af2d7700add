using System.Net.Mail;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class SaveContactsController(ISender sender) : Controller
{
    [HttpPost("/portal/settings/contacts"), Sends(typeof(SaveContacts.Command))]
    public Task<IActionResult> Submit(SaveContacts.Form form) => this.Submit(
        new SaveContacts.Command(form),
        done: words =>
        {
            TempData.Toast(words);
            return this.SeeOther("/portal/settings");
        },
        again: async () => View(nameof(ShowSettings), (await sender.Send(new ShowSettings.Query(), HttpContext.RequestAborted)).OrAbsent() with { Contacts = form }));
}

/// <summary>Whom our desk and the carrier reach, and where the driver finds them. An empty field takes the old one away.</summary>
public static class SaveContacts
{
    public sealed record Form
    {
        public string? Phone { get; init; }
        public string? CoordinatorName { get; init; }
        public string? CoordinatorEmail { get; init; }
        public string? ClinicalLeadName { get; init; }
        public string? ClinicalLeadEmail { get; init; }
        public string? DockNote { get; init; }
    }

    [Requires(Permission.ManagePractice)]
    public sealed record Command(Form Form) : ICommand<string>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            foreach (var (name, text, most) in new (string, Func<Form, string?>, int)[]
            {
                (nameof(Form.Phone), f => f.Phone, 40), (nameof(Form.CoordinatorName), f => f.CoordinatorName, 120), (nameof(Form.CoordinatorEmail), f => f.CoordinatorEmail, 200),
                (nameof(Form.ClinicalLeadName), f => f.ClinicalLeadName, 120), (nameof(Form.ClinicalLeadEmail), f => f.ClinicalLeadEmail, 200), (nameof(Form.DockNote), f => f.DockNote, 300),
            })
            {
                RuleFor(x => x.Form).Custom((form, context) =>
                {
                    if (Clean(text(form)) is not { } value) return;
                    if (value.Length > most) context.AddFailure(name, Say.It("At most {0} characters.", most));
                    else if (value.Any(char.IsControl)) context.AddFailure(name, Say.It("Keep it on one line, without control characters."));
                    else if (name.EndsWith("Email", StringComparison.Ordinal) && !IsMail(value)) context.AddFailure(name, Say.It("That is not a mail address."));
                    else if (name == nameof(Form.Phone) && value.Count(char.IsAsciiDigit) < 7) context.AddFailure(name, Say.It("Write the whole number, such as 901 555 0100."));
                    else if (name == nameof(Form.DockNote) && PatientPatterns.Find(value) is { } trace) context.AddFailure(name, trace.Sentence);
                });
            }
        }
    }

    internal static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal static bool IsMail(string text) => text.Length <= 200 && !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address) && address.Address == text && text.IndexOfAny([',', ';', ' ']) < 0;

    internal sealed class Handler(FieldSupportDb db, RefillBook book) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var (account, site, form) = (practice.Account, practice.Location, command.Form);
            var said = new List<string>();
            Set(Say.It("Phone"), account.Phone, form.Phone, v => account.Phone = v);
            Set(Say.It("Coordinator"), account.CoordinatorName, form.CoordinatorName, v => account.CoordinatorName = v);
            Set(Say.It("Coordinator’s mail"), account.CoordinatorEmail, form.CoordinatorEmail, v => account.CoordinatorEmail = v);
            Set(Say.It("Clinical lead"), account.ClinicalLeadName, form.ClinicalLeadName, v => account.ClinicalLeadName = v);
            Set(Say.It("Clinical lead’s mail"), account.ClinicalLeadEmail, form.ClinicalLeadEmail, v => account.ClinicalLeadEmail = v);
            Set(Say.It("Dock note"), site.DockNote, form.DockNote, v => site.DockNote = v);
            if (said.Count == 0) return Say.It("Nothing was changed.");
            account.Record("account.contacts-changed");
            // Who is told follows from the contacts.
            var roster = new WatchRoster(db, book.Now);
            roster.Changed(account);
            book.Write(roster);
            return string.Join(". ", said) + ".";

            void Set(string name, string? old, string? typed, Action<string?> set)
            {
                var value = Clean(typed);
                if (value == old) return;
                set(value);
                said.Add($"{name}: {old ?? Say.It("none")} → {value ?? Say.It("none")}");
            }
        }
    }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

public sealed class ConfirmReceiptController(ISender sender) : Controller
{
    [HttpGet("/portal/shipments/{number}/receive"), Sends(typeof(ConfirmReceipt.Query))]
    public async Task<IActionResult> Show(string number)
    {
        var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
        return View(nameof(ConfirmReceipt), page with { Form = ConfirmReceipt.Form.Of(page) });
    }

    [HttpPost("/portal/shipments/{number}/receive"), Sends(typeof(ConfirmReceipt.Command))]
    public async Task<IActionResult> Submit(string number, ConfirmReceipt.Form form, string? add)
    {
        if (add is not null)
        {
            // Without script: the same page with room for one more lot, and nothing saved.
            var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
            var at = form.Lines.FindLastIndex(l => l.Ndc == add);
            form.Lines.Insert(at < 0 ? form.Lines.Count : at + 1, new ConfirmReceipt.LineForm { Ndc = add, Condition = WireName.Of(ReceiptCondition.Good) });
            ModelState.Clear();
            return View(nameof(ConfirmReceipt), page with { Form = form });
        }
        return await this.Submit(
            new ConfirmReceipt.Command(number, form.Lines.Select(l => new ConfirmReceipt.Line(l.Ndc, l.Packs, l.Lot, l.Expiry, l.Condition)).ToList(), form.ReceivedBy)
            {
                MissingAreShort = form.MissingAreShort, Seen = form.Seen,
            },
            done: result =>
            {
                TempData.Toast(result.IsGood ? Confirmed(number) : Noted(number), icon: "received");
                return this.SeeOther($"/portal/orders/{result.Order}");
            },
            again: () => Again(number, form));
    }

    [HttpPost("/portal/shipments/{number}/not-arrived"), Sends(typeof(ConfirmReceipt.NotArrived))]
    public Task<IActionResult> NotArrived(string number) => this.Submit(
        new ConfirmReceipt.NotArrived(number),
        done: result =>
        {
            TempData.Toast(Missed(number), icon: "chase");
            return this.SeeOther($"/portal/orders/{result.Order}");
        },
        again: () => Again(number, null));

    private static string Confirmed(string number) => $"Receipt of {number} confirmed.";
    private static string Noted(string number) => $"Receipt of {number} noted, with what was wrong. Our logistics desk has it.";
    private static string Missed(string number) => $"Noted: {number} has not arrived. Our logistics desk looks for it.";

    private async Task<IActionResult> Again(string number, ConfirmReceipt.Form? form)
    {
        var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
        // The button was pressed twice: what stands there is what was sent, and nobody else did anything.
        if (Response.StatusCode == StatusCodes.Status409Conflict && page.IsRecordedAlready(form))
        {
            TempData.Toast(form is null ? Missed(number) : page.Recorded.All(r => r.Condition == ReceiptCondition.Good) ? Confirmed(number) : Noted(number), icon: form is null ? "chase" : "received");
            return this.SeeOther($"/portal/orders/{page.Order}");
        }
        return View(nameof(ConfirmReceipt), page with { Form = form ?? ConfirmReceipt.Form.Of(page) });
    }
}

/// <summary>A person at the practice states what came in a parcel (domain.md §2.5); also what the API's receipts send.</summary>
public static class ConfirmReceipt
{
    [Requires(Permission.ConfirmReceipt)]
    public sealed record Query(string Number) : IQuery<Page?>;

    /// <param name="Order">Null for a parcel without an order, which nobody confirms here.</param>
    /// <param name="IsComplete">All packs are accounted for; the recorded lines are the answer.</param>
    public sealed record Page(
        string Number, string? Order, string? Po, string Carrier, string Tracking, TimeZoneInfo Zone, DateTimeOffset? DeliveredAtUtc, string? SignedBy,
        IReadOnlyList<ExpectedLine> Expected, IReadOnlyList<RecordedLine> Recorded, bool IsComplete, string Receiver)
    {
        /// <summary>Why packs of this parcel are not to be used, however good they look; null for an ordinary one.</summary>
        public string? Quarantined { get; init; }
        public Form Form { get; init; } = new();
        public required DateTimeOffset Now { get; init; }

        /// <summary>The very same lines a moment ago; of no form: that it did not arrive.</summary>
        public bool IsRecordedAlready(Form? form)
        {
            var fresh = Recorded.Where(r => Now - r.ReceivedAtUtc < TimeSpan.FromMinutes(1)).ToList();
            if (form is null) return fresh.Count > 0 && fresh.TrueForAll(r => r.Condition == ReceiptCondition.WrongAddress);
            var sent = form.Lines.Where(l => l.Packs > 0 || l.Condition != WireName.Of(ReceiptCondition.Good)).ToList();
            return sent.Count > 0 && sent.TrueForAll(l => fresh.Exists(r => r.ReceivedBy == form.ReceivedBy?.Trim() && r.Packs == l.Packs && r.Lot == (l.Lot?.Trim() ?? "") && r.ExpiryOn == l.Expiry
                && r.Ndc == (Catalogue.Presentations.FindWritten(l.Ndc ?? "")?.Ndc ?? l.Ndc?.Trim()) && WireName.Of(r.Condition) == l.Condition));
        }
    }

    public sealed record ExpectedLine(string Ndc, string Name, int Packs, int Accounted);
    public sealed record RecordedLine(string Ndc, int Packs, string Lot, DateOnly? ExpiryOn, ReceiptCondition Condition, string ReceivedBy, DateTimeOffset ReceivedAtUtc);

    public sealed class Form
    {
        public List<LineForm> Lines { get; set; } = [];
        public string? ReceivedBy { get; set; }
        public bool MissingAreShort { get; set; }
        /// <summary>How many lines were recorded when the form was drawn.</summary>
        public int? Seen { get; set; }

        public static Form Of(Page page) => new()
        {
            ReceivedBy = page.Receiver, Seen = page.Recorded.Count,
            Lines = page.Expected.Where(e => e.Accounted < e.Packs)
                .Select(e => new LineForm { Ndc = e.Ndc, Packs = e.Packs - e.Accounted, Condition = WireName.Of(ReceiptCondition.Good) }).ToList(),
        };

        /// <summary>Packs of a product that this form says nothing about.</summary>
        public int Missing(ExpectedLine expected) =>
            expected.Packs - expected.Accounted - Lines.Where(l => l.Ndc == expected.Ndc && l.Condition is not ("OVER" or "WRONG_ITEM" or "WRONG_ADDRESS")).Sum(l => l.Packs ?? 0);
    }

    public sealed class LineForm
    {
        public string? Ndc { get; set; }
        public int? Packs { get; set; }
        public string? Lot { get; set; }
        public DateOnly? Expiry { get; set; }
        public string? Condition { get; set; }
    }

    public sealed record Line(string? Ndc, int? Packs, string? Lot, DateOnly? Expiry, string? Condition);

    [Requires(Permission.ConfirmReceipt)]
    public sealed record Command(string Number, IReadOnlyList<Line> Lines, string? ReceivedBy) : ICommand<Result>, IScoped
    {
        /// <summary>When the packs came into somebody's hands; now by default.</summary>
        public DateTimeOffset? ReceivedAt { get; init; }
        /// <summary>Packs of the parcel that no line speaks of did not come: state them as short.</summary>
        public bool MissingAreShort { get; init; }
        /// <summary>How many lines were recorded when the sender looked; null does not care.</summary>
        public int? Seen { get; init; }

        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Shipments.AnyAsync(s => s.Number == Number, cancellationToken);
    }

    /// <summary>The carrier says delivered, the practice does not have it.</summary>
    [Requires(Permission.ConfirmReceipt)]
    public sealed record NotArrived(string Number) : ICommand<Result>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Shipments.AnyAsync(s => s.Number == Number, cancellationToken);
    }

    public sealed record Result(string Shipment, string Order, OrderState OrderState, bool IsGood, IReadOnlyList<StatedPacks> Lines, string ReceivedBy, DateTimeOffset ReceivedAtUtc);

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Lines).NotEmpty().WithMessage("State at least one line: what came, how many packs and in which condition.");
            RuleFor(x => x.Lines).Must(l => l.Count <= 200).WithMessage("At most 200 lines at once.");
            RuleFor(x => x.ReceivedBy).NotEmpty().WithMessage("Enter who received it.");
            RuleFor(x => x.ReceivedBy).Must(t => IsPlain(t, 200)).WithMessage("A name of at most 200 characters, on one line.");
            RuleForEach(x => x.Lines).ChildRules(line =>
            {
                line.RuleFor(l => l.Ndc).NotEmpty().WithMessage("Enter the NDC, as printed on the carton.");
                line.RuleFor(l => l.Ndc).Must(t => IsPlain(t, 40)).WithMessage("That is too long for an NDC.");
                line.RuleFor(l => l.Packs).NotNull().WithMessage("Enter the number of packs you counted.");
                line.RuleFor(l => l.Packs).InclusiveBetween(0, 10_000).WithMessage("Enter a whole number of packs.");
                line.RuleFor(l => l.Lot).Must(t => IsPlain(t, 20)).WithMessage("A lot has at most 20 characters.");
                line.RuleFor(l => l.Lot).NotEmpty().When(l => IsGood(l.Condition)).WithMessage("Enter the lot, as printed on the carton.");
                line.RuleFor(l => l.Expiry).NotNull().When(l => IsGood(l.Condition)).WithMessage("Enter the expiry date, as printed on the carton.");
                line.RuleFor(l => l.Condition).Must(c => WireName.Parse<ReceiptCondition>(c) is not null)
                    .WithMessage($"State the condition: {string.Join(", ", Enum.GetValues<ReceiptCondition>().Select(v => WireName.Of(v)))}.");
            });
        }

        private static bool IsGood(string? condition) => WireName.Parse<ReceiptCondition>(condition) == ReceiptCondition.Good;
        private static bool IsPlain(string? text, int most) => text is null || (text.Length <= most && !text.Any(char.IsControl));
    }

    internal sealed class QueryHandler(FieldSupportDb db, CurrentUser user, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var shipment = await Load(db.Shipments.AsNoTrackingWithIdentityResolution(), query.Number, cancellationToken);
            if (shipment is null) return null;
            var order = shipment.Order;
            var zone = ZonedTime.Find(await db.Locations.Where(l => l.Id == shipment.LocationId).Select(l => l.TimeZone).FirstOrDefaultAsync(cancellationToken) ?? "") ?? TimeZoneInfo.Utc;
            return new Page(
                shipment.Number, order?.Number, order?.Po, shipment.Carrier, shipment.Tracking, zone, shipment.DeliveredAtUtc, shipment.SignedBy,
                RecordReceipt.Expected(shipment, order).OrderBy(e => e.Key, StringComparer.Ordinal)
                    .Select(e => new ExpectedLine(e.Key, PortalWords.Product(e.Key), e.Value, RecordReceipt.Accounted(shipment, e.Key))).ToList(),
                shipment.Receipts.OrderBy(r => r.RecordedAtUtc).ThenBy(r => r.Ndc, StringComparer.Ordinal).ThenBy(r => r.Lot, StringComparer.Ordinal)
                    .Select(r => new RecordedLine(r.Ndc, r.Packs, r.Lot, r.ExpiryOn, r.Condition, r.ReceivedBy, r.ReceivedAtUtc)).ToList(),
                RecordReceipt.IsComplete(shipment, order), user.IsSignedIn ? user.DisplayName : "") { Quarantined = RecordReceipt.Quarantined(shipment)?.Sentence, Now = clock.GetUtcNow() };
        }
    }

    internal sealed class Handler(FieldSupportDb db, WithTheSave also, TimeProvider clock, DueSignal? due = null) : ICommandHandler<Command, Result>, ICommandHandler<NotArrived, Result>
    {
        public async Task<Outcome<Result>> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var at = command.ReceivedAt ?? now;
            if (at > now.AddMinutes(5)) return new Refusal("receipt.in-the-future", "The time of receipt lies in the future.");
            var shipment = (await Load(db.Shipments, command.Number, cancellationToken)).OrAbsent();
            if (shipment.Order is not { } order) return new Refusal("receipt.no-order", $"{shipment.Number} belongs to no order; there is nothing to confirm.");
            // Somebody was faster: theirs stands, and the sender is shown it.
            if (RecordReceipt.IsComplete(shipment, order) || (command.Seen is { } seen && seen != shipment.Receipts.Count)) throw new StaleException();

            var lines = command.Lines.Select(l => new StatedPacks(
                Catalogue.Presentations.FindWritten(l.Ndc!)?.Ndc ?? l.Ndc!.Trim(), l.Packs!.Value, l.Lot?.Trim() ?? "", l.Expiry, WireName.Parse<ReceiptCondition>(l.Condition)!.Value))
                // "None of the good ones" is no line of its own.
                .Where(l => l.Packs > 0 || l.Condition != ReceiptCondition.Good).ToList();
            if (command.MissingAreShort) lines.AddRange(Missing(shipment, order, lines));
            return await State(order, shipment, lines, at, command.ReceivedBy!.Trim(), now, cancellationToken);
        }

        public async Task<Outcome<Result>> Handle(NotArrived command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var shipment = (await Load(db.Shipments, command.Number, cancellationToken)).OrAbsent();
            if (shipment.Order is not { } order) return new Refusal("receipt.no-order", $"{shipment.Number} belongs to no order; there is nothing to confirm.");
            if (shipment.DeliveredAtUtc is null) return new Refusal("receipt.not-delivered", "The carrier has not said that it was delivered. It is still on its way.");
            if (shipment.Receipts.Count > 0) throw new StaleException();
            var lines = RecordReceipt.Expected(shipment, order).Keys.Order(StringComparer.Ordinal).Select(ndc => new StatedPacks(ndc, 0, "", null, ReceiptCondition.WrongAddress)).ToList();
            return await State(order, shipment, lines, now, db.Actor.Name, now, cancellationToken);
        }

        private async Task<Outcome<Result>> State(Order order, Shipment shipment, List<StatedPacks> lines, DateTimeOffset at, string by, DateTimeOffset now, CancellationToken cancellationToken)
        {
            if (await RecordReceipt.State(db, order, shipment, lines, at, by, now, null, cancellationToken) is { } refusal) return refusal;
            // Two at once: both would add lines, so the parcel's version decides who was first.
            db.Entry(shipment).Property(s => s.Version).IsModified = true;
            also.Add(async (_, stop) =>
            {
                var roster = new WatchRoster(db, now);
                roster.Changed(order);
                roster.Changed(shipment);
                await roster.Write(stop);
            });
            if (due is not null) also.Afterwards(due.Signal);
            return new Result(shipment.Number, order.Number, order.State, lines.TrueForAll(l => l.Condition == ReceiptCondition.Good), lines, by, at);
        }

        private static IEnumerable<StatedPacks> Missing(Shipment shipment, Order order, List<StatedPacks> lines)
        {
            foreach (var (ndc, packs) in RecordReceipt.Expected(shipment, order))
            {
                var left = packs - RecordReceipt.Accounted(shipment, ndc) - lines
                    .Where(l => l.Ndc == ndc && l.Condition is not (ReceiptCondition.Over or ReceiptCondition.WrongItem or ReceiptCondition.WrongAddress)).Sum(l => l.Packs);
                if (left > 0) yield return new StatedPacks(ndc, left, "", null, ReceiptCondition.Short);
            }
        }
    }

    private static Task<Shipment?> Load(IQueryable<Shipment> shipments, string number, CancellationToken cancellationToken) => shipments
        .Include(s => s.Lines).Include(s => s.Receipts)
        .Include(s => s.Order!.Account!.Locations).Include(s => s.Order!.Lines)
        .Include(s => s.Order!.Shipments).ThenInclude(s => s.Lines).Include(s => s.Order!.Shipments).ThenInclude(s => s.Receipts)
        .AsSplitQuery().FirstOrDefaultAsync(s => s.Number == number, cancellationToken);
}

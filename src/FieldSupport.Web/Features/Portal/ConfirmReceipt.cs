using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class ConfirmReceiptController(ISender sender, PhotoShelf shelf, FieldSupportDb db, WithTheSave also, TimeProvider clock) : Controller
{
    /// <summary>Three photos and the fields around them.</summary>
    private const int MostBytes = ReceiptPhotos.Most * PhotoReader.MostBytes + 1024 * 1024;

    [HttpGet("/portal/shipments/{number}/receive"), Sends(typeof(ConfirmReceipt.Query))]
    public async Task<IActionResult> Show(string number)
    {
        var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
        return View(nameof(ConfirmReceipt), page with { Form = ConfirmReceipt.Form.Of(page) });
    }

    [HttpPost("/portal/shipments/{number}/receive"), Sends(typeof(ConfirmReceipt.Command)), RequestSizeLimit(MostBytes)]
    public async Task<IActionResult> Submit(string number, ConfirmReceipt.Form form, string? add, int? fill)
    {
        var command = new ConfirmReceipt.Command(number, form.Lines.Select(l => new ConfirmReceipt.Line(l.Ndc, l.Packs, l.Lot, l.Expiry, l.Condition)).ToList(), form.ReceivedBy)
        {
            MissingAreShort = form.MissingAreShort, Seen = form.Seen, IsSigned = true, Safety = form.Safety ??= new(),
        };
        // A picture is read where somebody may send one, and stays whatever else is wrong with the form.
        if (await command.ExistsInScope(db, HttpContext.RequestAborted))
        {
            form.Shelf = await shelf.Take(number, form.Kept, form.Photos, ModelState, HttpContext.RequestAborted);
            command = command with { Photos = form.Shelf };
        }
        // A handheld scanner ends with Enter, which presses the form's first button: an unread code is read, never confirmed along.
        if (add is not null || fill is not null || form.Lines.Exists(l => !string.IsNullOrWhiteSpace(l.Scan)))
        {
            // Without script: the same page with room for one more lot, or with what the code says, and nothing saved.
            var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
            if (add is not null)
            {
                var at = form.Lines.FindLastIndex(l => l.Ndc == add);
                form.Lines.Insert(at < 0 ? form.Lines.Count : at + 1, new ConfirmReceipt.LineForm { Ndc = add, Condition = WireName.Of(ReceiptCondition.Good) });
            }
            var today = ZonedTime.DayOf(page.Zone, clock.GetUtcNow());
            for (var i = 0; i < form.Lines.Count; i++)
                if (i == fill || !string.IsNullOrWhiteSpace(form.Lines[i].Scan)) form.Lines[i].Fill(page, today);
            var photos = ModelState.TryGetValue("Photos", out var entry) ? entry.Errors.Select(e => e.ErrorMessage).ToList() : [];
            ModelState.Clear();
            foreach (var wrong in photos) ModelState.AddModelError("Photos", wrong);
            return View(nameof(ConfirmReceipt), page with { Form = form });
        }
        return await this.Submit(
            command,
            done: result =>
            {
                TempData.Toast((result.IsGood ? Confirmed(number) : Noted(number)) + (result.Reported is null ? "" : " " + Say.It("Safety has your report, {0}.", result.Reported)), icon: "received");
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

    private static string Confirmed(string number) => Say.It("Receipt of {0} confirmed.", number);
    private static string Noted(string number) => Say.It("Receipt of {0} noted, with what was wrong. Our logistics desk has it.", number);
    private static string Missed(string number) => Say.It("Noted: {0} has not arrived. Our logistics desk looks for it.", number);

    private async Task<IActionResult> Again(string number, ConfirmReceipt.Form? form)
    {
        var page = (await sender.Send(new ConfirmReceipt.Query(number))).OrAbsent();
        // The button was pressed twice: what stands there is what was sent, and nobody else did anything.
        if (Response.StatusCode == StatusCodes.Status409Conflict && page.IsRecordedAlready(form))
        {
            TempData.Toast(form is null ? Missed(number) : page.Recorded.All(r => r.Condition == ReceiptCondition.Good) ? Confirmed(number) : Noted(number), icon: form is null ? "chase" : "received");
            return this.SeeOther($"/portal/orders/{page.Order}");
        }
        // Somebody else's receipt stands, and there is no form any more; what was told of a patient or the product must not go with it.
        if (page.IsComplete && form?.Safety is { IsYes: true, What: { } what } told && !string.IsNullOrWhiteSpace(what))
        {
            db.ChangeTracker.Clear();
            also.Clear();
            var reported = await sender.Send(new ReportProblem.Command(new ReportProblem.Form { What = what, Kind = told.About, About = number, Key = told.Key }) { Source = "receipt" });
            page = page with { Reported = reported.IsDone ? reported.Value : null };
        }
        return View(nameof(ConfirmReceipt), page with { Form = form ?? ConfirmReceipt.Form.Of(page), IsLate = Response.StatusCode == StatusCodes.Status409Conflict });
    }
}

/// <summary>A person at the practice states what came in a parcel (domain.md §2.5); also what the API's receipts send.</summary>
public static partial class ConfirmReceipt
{
    [Requires(Permission.ConfirmReceipt)]
    public sealed record Query(string Number) : IQuery<Page?>;

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
        /// <summary>A person signs it at a page (domain.md §7.4).</summary>
        public bool IsSigned { get; init; }
        /// <summary>Null: a program, which is not asked.</summary>
        public SafetyQuestion.Form? Safety { get; init; }
        public IReadOnlyList<KeptPhoto> Photos { get; init; } = [];

        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Shipments.AnyAsync(s => s.Number == Number, cancellationToken);
    }

    /// <summary>The carrier says delivered, the practice does not have it.</summary>
    [Requires(Permission.ConfirmReceipt)]
    public sealed record NotArrived(string Number) : ICommand<Result>, IScoped
    {
        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Shipments.AnyAsync(s => s.Number == Number, cancellationToken);
    }

    public sealed record Result(string Shipment, string Order, OrderState OrderState, bool IsGood, IReadOnlyList<StatedPacks> Lines, string ReceivedBy, DateTimeOffset ReceivedAtUtc)
    {
        /// <summary>Number of the report that was made along with it.</summary>
        public string? Reported { get; init; }
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(x => x.Lines).NotEmpty().WithMessage(_ => Say.It("State at least one line: what came, how many packs and in which condition."));
            RuleFor(x => x.Lines).Must(l => l.Count <= 200).WithMessage(_ => Say.It("At most 200 lines at once."));
            RuleFor(x => x.ReceivedBy).NotEmpty().WithMessage(_ => Say.It("Enter who received it."));
            RuleFor(x => x.ReceivedBy).Must(t => IsPlain(t, 200)).WithMessage(_ => Say.It("A name of at most 200 characters, on one line."));
            RuleFor(x => x).Custom((command, context) => SafetyQuestion.Check(context, command.Safety, "Safety.", TextsOf(command)));
            RuleForEach(x => x.Lines).ChildRules(line =>
            {
                line.RuleFor(l => l.Ndc).NotEmpty().WithMessage(_ => Say.It("Enter the NDC, as printed on the carton."));
                line.RuleFor(l => l.Ndc).Must(t => IsPlain(t, 40)).WithMessage(_ => Say.It("That is too long for an NDC."));
                line.RuleFor(l => l.Packs).NotNull().WithMessage(_ => Say.It("Enter the number of packs you counted."));
                line.RuleFor(l => l.Packs).InclusiveBetween(0, 10_000).WithMessage(_ => Say.It("Enter a whole number of packs."));
                line.RuleFor(l => l.Lot).Must(t => IsPlain(t, 20)).WithMessage(_ => Say.It("A lot has at most 20 characters."));
                line.RuleFor(l => l.Lot).NotEmpty().When(l => IsGood(l.Condition)).WithMessage(_ => Say.It("Enter the lot, as printed on the carton."));
                line.RuleFor(l => l.Expiry).NotNull().When(l => IsGood(l.Condition)).WithMessage(_ => Say.It("Enter the expiry date, as printed on the carton."));
                line.RuleFor(l => l.Condition).Must(c => WireName.Parse<ReceiptCondition>(c) is not null)
                    .WithMessage(_ => Say.It("State the condition: {0}.", string.Join(", ", Enum.GetValues<ReceiptCondition>().Select(v => WireName.Of(v)))));
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
                    .Select(r => new RecordedLine(r.Ndc, r.Packs, r.Lot, r.ExpiryOn, r.Condition, r.ReceivedBy, r.ReceivedAtUtc, r.SignedBy, r.RecordedAtUtc, r.SafetyAnswer)).ToList(),
                RecordReceipt.IsComplete(shipment, order), user.IsSignedIn ? user.DisplayName : "") { Quarantined = RecordReceipt.Quarantined(shipment)?.Sentence, Now = clock.GetUtcNow() };
        }
    }

    /// <summary>What is typed into a receipt besides what happened; LEAK is a word too.</summary>
    private static string?[] TextsOf(Command command) => [command.ReceivedBy, .. command.Lines.Select(l => l.Condition)];

    internal static SafetyQuestion.Asked Ask(Form form) => SafetyQuestion.Ask(form.Safety, [form.ReceivedBy, .. form.Lines.Select(l => l.Condition)]);

    internal sealed class Handler(FieldSupportDb db, CurrentUser user, SafetyIntake safety, WithTheSave also, TimeProvider clock, DueSignal? due = null) : ICommandHandler<Command, Result>, ICommandHandler<NotArrived, Result>
    {
        public async Task<Outcome<Result>> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var at = command.ReceivedAt ?? now;
            if (at > now.AddMinutes(5)) return new Refusal("receipt.in-the-future", Say.It("The time of receipt lies in the future."));
            var shipment = (await Load(db.Shipments, command.Number, cancellationToken)).OrAbsent();
            if (shipment.Order is not { } order) return new Refusal("receipt.no-order", Say.It("{0} belongs to no order; there is nothing to confirm.", shipment.Number));
            // Somebody was faster: theirs stands, and the sender is shown it.
            if (RecordReceipt.IsComplete(shipment, order) || (command.Seen is { } seen && seen != shipment.Receipts.Count)) throw new StaleException();

            var lines = command.Lines.Select(l => new StatedPacks(
                Catalogue.Presentations.FindWritten(l.Ndc!)?.Ndc ?? l.Ndc!.Trim(), l.Packs!.Value, l.Lot?.Trim() ?? "", l.Expiry, WireName.Parse<ReceiptCondition>(l.Condition)!.Value))
                // "None of the good ones" is no line of its own.
                .Where(l => l.Packs > 0 || l.Condition != ReceiptCondition.Good).ToList();
            if (command.MissingAreShort) lines.AddRange(Missing(shipment, order, lines));
            var outcome = await State(order, shipment, lines, at, command.ReceivedBy!.Trim(), now, cancellationToken);
            if (!outcome.IsDone) return outcome;
            var answer = await safety.Answer(command.Safety, "receipt", shipment.AccountId, shipment.Number, TextsOf(command), cancellationToken);
            foreach (var receipt in shipment.Receipts.Where(r => db.Entry(r).State == EntityState.Added))
                (receipt.SignedBy, receipt.SafetyAnswer) = (command.IsSigned ? $"{user.DisplayName} <{user.Email}>" : null, answer);
            await Attach(shipment, command.Photos, now, cancellationToken);
            return outcome.Value with { Reported = answer is null or SafetyQuestion.No ? null : answer };
        }

        private async Task Attach(Shipment shipment, IReadOnlyList<KeptPhoto> photos, DateTimeOffset now, CancellationToken cancellationToken)
        {
            if (photos.Count == 0) return;
            var there = await db.ReceiptPhotos.Where(p => p.ShipmentId == shipment.Id).Select(p => new { p.Ordinal, p.Sha256 }).ToListAsync(cancellationToken);
            var last = there.Select(p => p.Ordinal).DefaultIfEmpty().Max();
            foreach (var photo in photos.Where(p => !there.Exists(t => t.Sha256 == p.Sha256)))
            {
                db.ReceiptPhotos.Add(new ReceiptPhoto
                {
                    AccountId = shipment.AccountId, ShipmentId = shipment.Id, ShipmentNumber = shipment.Number, Ordinal = ++last, Sha256 = photo.Sha256,
                    ContentType = PhotoReader.ContentType, Bytes = photo.Bytes, AddedBy = db.Actor.Name, AddedAtUtc = now,
                });
            }
        }

        public async Task<Outcome<Result>> Handle(NotArrived command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var shipment = (await Load(db.Shipments, command.Number, cancellationToken)).OrAbsent();
            if (shipment.Order is not { } order) return new Refusal("receipt.no-order", Say.It("{0} belongs to no order; there is nothing to confirm.", shipment.Number));
            if (shipment.DeliveredAtUtc is null) return new Refusal("receipt.not-delivered", Say.It("The carrier has not said that it was delivered. It is still on its way."));
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

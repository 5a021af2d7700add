using System.Globalization;
using System.Text;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class EnterRefillsController(ISender sender) : Controller
{
    [HttpGet("/portal/refills/enter"), Sends(typeof(EnterRefills.Query))]
    public async Task<IActionResult> Show(CancellationToken cancellationToken) =>
        View(nameof(EnterRefills), (await sender.Send(new EnterRefills.Query(null), cancellationToken)).OrAbsent());

    [HttpPost("/portal/refills/preview"), Sends(typeof(EnterRefills.Query)), RequestSizeLimit(EnterRefills.MostBytes)]
    public async Task<IActionResult> Preview(EnterRefills.Form form, IFormFile? file, CancellationToken cancellationToken)
    {
        var text = form.Text;
        IReadOnlyList<string> notes = [];
        if (file is { Length: > 0 })
        {
            await using var stream = file.OpenReadStream();
            (text, notes) = UploadedDates.Read(stream);
        }
        return await Page(form with { Text = text ?? "" }, notes, cancellationToken);
    }

    [HttpPost("/portal/refills/enter"), Sends(typeof(EnterRefills.Command)), RequestSizeLimit(EnterRefills.MostBytes)]
    public Task<IActionResult> Submit(EnterRefills.Form form) => this.Submit(
        new EnterRefills.Command(form.Text ?? "", form.Anyway ?? [], form.Seen),
        done: entered =>
        {
            TempData.Toast(entered.Words, entered.UndoAddress);
            return this.SeeOther("/portal/refills");
        },
        again: async () =>
        {
            if (Response.StatusCode == StatusCodes.Status409Conflict && await sender.Send(new EnterRefills.WasSentTwice(form.Text ?? "", form.Anyway ?? []), HttpContext.RequestAborted))
            {
                TempData.Toast(Say.It("These dates were sent twice and stand there once."));
                return this.SeeOther("/portal/refills");
            }
            return await Page(form, [], HttpContext.RequestAborted);
        });

    private async Task<IActionResult> Page(EnterRefills.Form form, IReadOnlyList<string> notes, CancellationToken cancellationToken)
    {
        var page = (await sender.Send(new EnterRefills.Query(form.Text ?? ""), cancellationToken)).OrAbsent();
        if (page.TooMany) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        // The form names what it was written in sight of anew.
        ModelState.Remove(nameof(form.Seen));
        return View(nameof(EnterRefills), page with { Notes = notes, IsWhole = form.All, Anyway = [.. form.Anyway ?? []] });
    }
}

/// <summary>Refill dates as a pasted column or a file: checked line by line first, then entered in one save.</summary>
public static class EnterRefills
{
    public const long MostBytes = 4 * 1024 * 1024;

    /// <summary>More lines are drawn when asked for.</summary>
    public const int Drawn = 100;

    public sealed record Form
    {
        public string? Text { get; init; }
        /// <summary>Lines that are booked although something speaks against it.</summary>
        public int[]? Anyway { get; init; }
        public string? Seen { get; init; }
        /// <summary>Draws every line.</summary>
        public bool All { get; init; }
    }

    /// <param name="Text">Null: nothing was typed yet.</param>
    [Requires(Permission.EnterRefills)]
    public sealed record Query(string? Text) : IQuery<Page?>;

    public sealed record Page(string Account, DateOnly Today, string? Text, IReadOnlyList<PastedRow> Rows, bool TooMany, string Seen)
    {
        public IReadOnlyList<string> Notes { get; init; } = [];
        public bool IsWhole { get; init; }
        public HashSet<int> Anyway { get; init; } = [];
        public bool IsChecked => Text is not null && !TooMany;
        public int Ready => Rows.Count(r => r.Verdict == PastedVerdict.Ready);
        public IEnumerable<PastedRow> Shown => IsWhole ? Sorted : Sorted.Take(Drawn);
        /// <summary>What needs a look first.</summary>
        private IEnumerable<PastedRow> Sorted => Rows.OrderBy(r => r.Verdict == PastedVerdict.Ready).ThenBy(r => r.Line);
    }

    [Requires(Permission.EnterRefills)]
    public sealed record Command(string Text, IReadOnlyCollection<int> Anyway, string? Seen) : ICommand<Entered>;

    public sealed record Entered(string Words, string UndoAddress);

    /// <summary>Whether all that a stale form would enter stands there already.</summary>
    [Requires(Permission.EnterRefills)]
    public sealed record WasSentTwice(string Text, IReadOnlyCollection<int> Anyway) : IQuery<bool>;

    internal sealed class QueryHandler(RefillBook book) : IQueryHandler<Query, Page?>, IQueryHandler<WasSentTwice, bool>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return null;
            var lines = PastedDates.Split(query.Text, practice.Today);
            var tooMany = lines.Count > PastedDates.MostRows;
            var rows = tooMany ? [] : await book.Judge(lines, practice, cancellationToken);
            return new Page(practice.Account.Name, practice.Today, query.Text, rows, tooMany, await book.Seen(practice, cancellationToken));
        }

        public async Task<bool> Handle(WasSentTwice query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return false;
            var rows = Chosen(await book.Judge(PastedDates.Split(query.Text, practice.Today), practice, cancellationToken), query.Anyway, orBooked: true);
            return rows.Count > 0 && rows.TrueForAll(r => r.IsBooked);
        }
    }

    internal sealed class Handler(RefillBook book) : ICommandHandler<Command, Entered>
    {
        public async Task<Outcome<Entered>> Handle(Command command, CancellationToken cancellationToken)
        {
            var practice = (await book.Practice(cancellationToken)).OrAbsent();
            var lines = PastedDates.Split(command.Text, practice.Today);
            if (lines.Count > PastedDates.MostRows)
                return new Refusal("refills.too-many", TooMany);
            if (command.Seen != await book.Seen(practice, cancellationToken)) throw new StaleException();
            var rows = Chosen(await book.Judge(lines, practice, cancellationToken), command.Anyway);
            if (rows.Count == 0)
                return new Refusal("refills.none-ready", lines.Count == 0 ? Say.It("Paste at least one date.") : Say.It("No line is ready to be booked. Put the dates right, or tick the lines that you want to book anyway."));
            await book.Enter(rows, practice, cancellationToken);
            return new Entered(Say.Many(rows.Count, "1 refill date is entered.", "{0:N0} refill dates are entered."), "/portal/refills/undo?entered=" + RefillBook.Mark(practice.Now));
        }
    }

    public static string TooMany => Say.It("These are more than {0:N0} lines. Enter them in several parts; nothing was entered.", PastedDates.MostRows);

    private static List<PastedRow> Chosen(IReadOnlyList<PastedRow> rows, IReadOnlyCollection<int> anyway, bool orBooked = false)
    {
        var ticked = anyway.ToHashSet();
        return [.. rows.Where(r => r.Verdict == PastedVerdict.Ready || (r.MayBookAnyway && ticked.Contains(r.Line)) || (orBooked && r.Verdict == PastedVerdict.AlreadyBooked))];
    }
}

/// <summary>An uploaded column or file as lines to paste: their numbers are those of the file.</summary>
internal static class UploadedDates
{
    private static readonly CsvColumns Columns = new(["visitOn"], ["account", "visit", "refillBy", "reference"]);

    public static (string Text, IReadOnlyList<string> Notes) Read(Stream file)
    {
        var notes = new List<string>();
        string text;
        using (var reader = new StreamReader(file, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true)) text = reader.ReadToEnd();
        text = text.Replace("\0", "", StringComparison.Ordinal);
        if (text.Contains('\uFFFD')) notes.Add(Say.It("The file holds bytes that are not UTF-8. Save it as UTF-8 and upload it again, or look at the marked lines."));
        var heading = text.AsSpan().TrimStart() is var rest && rest.IndexOfAny('\r', '\n') is var end and >= 0 ? rest[..end].ToString() : text;
        if (!heading.Contains("visitOn", StringComparison.OrdinalIgnoreCase)) return (text, notes);

        // A file as the import takes it, which needs no account here.
        using var again = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var csv = CsvRows.Open(again, Columns);
        notes.AddRange(csv.HeaderFaults.Select(f => f.Message));
        if (csv.HeaderFaults.Count > 0) return ("", notes);
        var lines = new StringBuilder();
        var at = 1;
        var rows = 0;
        foreach (var row in csv.Read())
        {
            if (++rows > PastedDates.MostRows + 1) break;
            for (; at < row.Line; at++) lines.Append('\n');
            if (row.Fault is { } fault) lines.Append("not readable");
            else lines.Append(Plain(row["visitOn"])).Append('\t').Append(Plain(row["reference"])).Append('\t').Append(Plain(row["refillBy"]));
            if (row.Fault is not null && notes.Count < 20) notes.Add(Say.It("Line {0} cannot be read. {1}", row.Line, row.Fault.Message));
        }
        if (heading.Contains("visit,", StringComparison.OrdinalIgnoreCase)) notes.Add(Say.It("The column 'visit' is not used here: each refill gets a number of ours. Your own code belongs in 'reference'."));
        return (lines.ToString(), notes);
    }

    private static string Plain(string cell) => cell.Replace('\t', ' ').ReplaceLineEndings(" ").Trim();
}

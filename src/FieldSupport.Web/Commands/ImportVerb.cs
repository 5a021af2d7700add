using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary><c>import KIND FILE</c>: previews a file, and writes it with <c>--commit</c>.</summary>
public sealed class ImportVerb : IVerb
{
    public string Name => "import";
    public string Usage => "KIND FILE [--commit] [--skip-bad] [--account A]";
    public string Help => "Previews a file; writes only with --commit, and then all or nothing. FILE may be - for standard input. Kinds:\n"
        + string.Join("\n", ImportKinds.Formats.Select(k => $"  {k.Kind,-10} {k.Format}" + string.Concat(ImportWords.Of(k.Kind).Select(w => $"\n             {w.Column + (w.Column.Length > 0 ? ": " : "  ")}{w.Words}"))))
        + "\nCells are separated by commas; the first line names the columns, in any case and order. Words are in any case."
        + "\nExit 0: every row is good. 4: a preview with bad rows, or --skip-bad left some out. 1: --commit, and nothing was written.";

    public bool Writes => true;
    public (int Least, int Most) Words => (2, 2);

    public IReadOnlyList<VerbOption> Options { get; } =
    [
        new("commit", null, "writes; without it nothing is written"),
        new("skip-bad", null, "writes the good rows although there are bad ones"),
        new("account", "CODE", "refuses rows of any other account; in shipments and receipts also says whose PO is meant where the file does not. Not for tracking"),
    ];

    public async Task<int> Run(VerbCall call)
    {
        var kind = call.Get<ImportKinds>().Find(call.Words[0])
            ?? throw new WrongUseException($"'{call.Words[0]}' is no kind of file; there are {string.Join(", ", ImportKinds.Formats.Select(k => k.Kind))}.");
        var path = call.Words[1];
        await using var db = call.Open();
        if (call.Value("account") is { } account) await CheckAccount(call, db, kind.Kind, account);
        await using var file = path == "-" ? call.Terminal.In() : OpenFile(path);
        var options = new ImportOptions(call.Has("commit"), call.Has("skip-bad"), path == "-" ? "standard-input" : Path.GetFileName(path), call.Value("account"))
        {
            Progress = rows => call.Progress($"{rows:n0} rows"),
        };
        var report = await kind.Run(db, file, options, call.Cancel);
        call.EndProgress();
        await call.Answer(report, to => Write(to, report, options));
        return report.Rejected == 0 && report.Errors.Count == 0 ? ExitCode.Done
            : options.Commit && !report.Committed ? ExitCode.Failed
            : ExitCode.Findings;
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 64 * 1024, useAsync: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new VerbFailedException(Unreadable(path, e));
        }
    }

    /// <summary>Why there is nothing to read at this path.</summary>
    public static string Unreadable(string path, Exception e) =>
        Directory.Exists(path) ? $"{path} is a folder; import reads one file."
        : e is FileNotFoundException or DirectoryNotFoundException ? $"There is no file {path}{(Path.IsPathRooted(path) ? "" : $" in {Environment.CurrentDirectory}")}."
        : e is UnauthorizedAccessException ? $"This account may not read the file {path}."
        : e is ArgumentException or NotSupportedException or PathTooLongException ? $"'{path}' is no path of a file."
        : $"The file {path} cannot be read: {e.Message}";

    /// <summary>A code with a slip in it would refuse every row, or in a file without the column find no order.</summary>
    private static async Task CheckAccount(VerbCall call, FieldSupportDb db, string kind, string account)
    {
        if (kind == ImportTracking.KindName) throw new WrongUseException("--account is not for tracking: a parcel is found by its number.");
        var code = account.Trim().ToUpperInvariant();
        // A file of accounts may bring the account itself.
        if (kind != ImportAccounts.KindName && !await db.Accounts.AnyAsync(a => a.Code == code, call.Cancel))
            throw new WrongUseException($"There is no account '{account}'; nothing was read.");
    }

    private static async Task Write(TextWriter to, ImportReport report, ImportOptions options)
    {
        await to.WriteLineAsync($"{report.Kind}{(report.Detected is null ? "" : $" ({report.Detected})")}: {report.Read} read, {report.Accepted} accepted, {report.Duplicates} known already, {report.Rejected} rejected");
        foreach (var error in report.Errors.Take(200)) await to.WriteLineAsync($"  line {error.Line}{(error.Column is null ? "" : $", {error.Column}")}: {error.Message} [{error.Code}]");
        if (report.Errors.Count > 200) await to.WriteLineAsync($"  … and {report.Errors.Count - 200} more; --json lists them");
        if (report.Result.GetValueOrDefault("warnings") is List<ImportError> warnings)
            foreach (var warning in warnings.Take(200)) await to.WriteLineAsync($"  line {warning.Line}, look at {warning.Column}: {warning.Message} [{warning.Code}]");
        if (report.Result.GetValueOrDefault("notes") is List<string> notes)
            foreach (var note in notes) await to.WriteLineAsync($"  note: {note}");
        await to.WriteLineAsync(report.Committed ? report is { Accepted: 0, Duplicates: > 0 } ? $"Nothing new: every {(report.Rejected > 0 ? "good " : "")}row was known already." : "Written." : options.Commit ? "Nothing was written: put the rows right, or give --skip-bad." : "A preview: nothing was written. Give --commit to write.");
    }
}

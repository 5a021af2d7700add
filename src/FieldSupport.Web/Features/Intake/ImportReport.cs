using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What is to be done with a file.</summary>
/// <param name="Commit">False: a preview, which writes nothing.</param>
/// <param name="SkipBad">Write the good rows although there are bad ones.</param>
/// <param name="Source">The file's name, for the audit; never its path.</param>
/// <param name="Account">Only rows of this account are taken; null takes every account's.</param>
public sealed record ImportOptions(bool Commit, bool SkipBad, string Source, string? Account = null)
{
    /// <summary>Told the number of rows read, now and then.</summary>
    public Action<long>? Progress { get; init; }
}

/// <summary>A bad row's place and reason (contract.md §3).</summary>
public sealed record ImportError(int Line, string? Column, string Code, string Message);

/// <summary>The answer to a file (contract.md §3): counts, errors with their place, and what the kind has to add.</summary>
public sealed class ImportReport(string kind, string? detected)
{
    /// <summary>More errors than these are counted, not listed.</summary>
    public const int MaxErrors = 10_000;

    public string Kind { get; } = kind;
    /// <summary>The format that was recognised; null where none was.</summary>
    public string? Detected { get; set; } = detected;
    public int Read { get; set; }
    /// <summary>Rows that are new or change something.</summary>
    public int Accepted { get; set; }
    /// <summary>Rows whose facts were known already.</summary>
    public int Duplicates { get; set; }
    public int Rejected { get; set; }
    public bool Committed { get; set; }
    public List<ImportError> Errors { get; } = [];
    public Dictionary<string, object?> Result { get; } = [];

    public void Refuse(int line, string? column, string code, string message)
    {
        if (Errors.Count < MaxErrors) Errors.Add(new ImportError(line, column, code, message));
        else Result["errorsNotListed"] = (Result.GetValueOrDefault("errorsNotListed") as int? ?? 0) + 1;
    }

    public void Refuse(CsvFault fault) => Refuse(fault.Line, fault.Column, fault.Code, fault.Message);

    /// <summary>Worth knowing about the file as a whole.</summary>
    public void Note(string sentence)
    {
        if (Result.GetValueOrDefault("notes") is not List<string> notes) Result["notes"] = notes = [];
        notes.Add(sentence);
    }

    /// <summary>Something odd that does not stop the row.</summary>
    public void Warn(int line, string? column, string code, string message)
    {
        if (Result.GetValueOrDefault("warnings") is not List<ImportError> warnings) Result["warnings"] = warnings = [];
        if (warnings.Count < MaxErrors) warnings.Add(new ImportError(line, column, code, message));
    }
}

/// <summary>One kind of file of contract.md §3. A preview and an import run the same reading; only an import saves.</summary>
public interface IImportKind
{
    string Kind { get; }

    /// <summary>One sentence for <c>--help</c>.</summary>
    string Format { get; }

    /// <summary>Reads the file on a context that nobody else uses. Throws only for what is not the file's fault.</summary>
    Task<ImportReport> Run(FieldSupportDb db, Stream file, ImportOptions options, CancellationToken cancel);
}

/// <summary>Somebody else changed the same records while a file was read; nothing of it was written.</summary>
public sealed class ImportConflictException(Exception inner)
    : Exception("The same records were changed by somebody else while the file was read. Nothing was written; run it again.", inner);

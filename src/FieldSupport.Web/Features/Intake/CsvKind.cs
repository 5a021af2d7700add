using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>The common way of the CSV kinds: read all rows, judge each, then write everything in one transaction or nothing.</summary>
public abstract class CsvKind(TimeProvider clock) : IImportKind
{
    /// <summary>These kinds are looked up and judged as a whole; tracking, the long one, streams.</summary>
    private const int MaxRows = 200_000;

    public abstract string Kind { get; }
    public abstract string Format { get; }
    protected abstract CsvColumns Columns { get; }

    /// <summary>Judges the rows and puts the changes into the context; saves nothing.</summary>
    protected abstract Task Apply(Reading reading);

    public async Task<ImportReport> Run(FieldSupportDb db, Stream file, ImportOptions options, CancellationToken cancel)
    {
        var report = new ImportReport(Kind, "csv");
        using var csv = CsvRows.Open(file, Columns);
        foreach (var fault in csv.HeaderFaults) report.Refuse(fault);
        if (csv.Notes.Count > 0) report.Result["notes"] = csv.Notes;
        if (csv.HeaderFaults.Count > 0)
        {
            report.Detected = null;
            report.Result.TryAdd("columns", Columns.All.ToArray());
            return report;
        }

        // An import reads inside its own transaction, so that what it judged by is what it writes beside.
        await using var transaction = options.Commit ? await db.Database.BeginTransactionAsync(cancel) : null;
        var now = Instant(clock.GetUtcNow());
        var reading = new Reading(db, report, options, now, new WatchRoster(db, now), cancel);
        foreach (var row in csv.Read())
        {
            report.Read++;
            if (report.Read > MaxRows)
            {
                report.Refuse(row.Line, null, "TOO_MANY_ROWS", $"A file of this kind may have {MaxRows} rows; split it.");
                report.Rejected++;
                return report;
            }
            var check = new RowCheck(row, report);
            reading.Rows.Add(check);
            if (row.Fault is { } broken) check.Reject(broken.Column, broken.Code, broken.Message);
            if (report.Read % 5000 == 0) options.Progress?.Invoke(report.Read);
        }
        await Apply(reading);
        foreach (var row in reading.Rows)
        {
            if (row.IsBad) report.Rejected++;
            else if (row.IsNews) report.Accepted++;
            else report.Duplicates++;
        }
        report.Errors.Sort(static (a, b) => a.Line.CompareTo(b.Line));
        if (transaction is null || (report.Rejected > 0 && !options.SkipBad)) return report;
        try
        {
            await db.SaveChangesAsync(cancel);
            await reading.Roster.Write(cancel);
            foreach (var also in reading.AlsoInTransaction) await also(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException e)
        {
            throw new ImportConflictException(e);
        }
        report.Committed = true;
        return report;
    }

    /// <summary>To the microsecond that the database keeps, so that what is read back is what was meant.</summary>
    internal static DateTimeOffset Instant(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % 10, TimeSpan.Zero);
}

/// <summary>A file being read: its rows, the context that takes the changes, and the instant at which it counts as received.</summary>
public sealed class Reading(FieldSupportDb db, ImportReport report, ImportOptions options, DateTimeOffset now, WatchRoster roster, CancellationToken cancel)
{
    public FieldSupportDb Db => db;
    public ImportReport Report => report;
    public ImportOptions Options => options;
    public DateTimeOffset Now => now;
    public WatchRoster Roster => roster;
    public VisitBook Book { get; } = new(db, roster, now);
    public CancellationToken Cancel => cancel;
    public List<RowCheck> Rows { get; } = [];
    public IEnumerable<RowCheck> Good => Rows.Where(r => !r.IsBad);
    /// <summary>Named in the audit beside what was done.</summary>
    public string Source { get; } = "file:" + options.Source;
    /// <summary>What must be stored with the save or not at all.</summary>
    public List<Func<CancellationToken, Task>> AlsoInTransaction { get; } = [];

    /// <summary>Accounts by code, tracked. Codes without an account are refused at their rows.</summary>
    public async Task<Dictionary<string, Account>> Accounts(string column, bool withClosures = false)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Good)
        {
            var code = row.Code(column, 64)?.ToUpperInvariant();
            if (code is not null) codes.Add(code);
        }
        var found = new Dictionary<string, Account>(StringComparer.Ordinal);
        foreach (var some in codes.Chunk(500))
        {
            var query = db.Accounts.Include(a => a.Locations).Where(a => some.Contains(a.Code));
            if (withClosures) query = query.Include(a => a.Closures);
            foreach (var account in await query.AsSplitQuery().ToListAsync(cancel)) found.Add(account.Code, account);
        }
        return found;
    }

    /// <summary>The row's account, or null with the row refused.</summary>
    public Account? AccountOf(RowCheck row, Dictionary<string, Account> accounts)
    {
        var code = row.NeedCode("account", 64)?.ToUpperInvariant();
        if (code is null) return null;
        if (options.Account is { } only && !string.Equals(code, only, StringComparison.OrdinalIgnoreCase))
        {
            row.Reject("account", "OTHER_ACCOUNT", $"This file may only hold rows of {only.ToUpperInvariant()}.");
            return null;
        }
        if (accounts.TryGetValue(code, out var account)) return account;
        row.Reject("account", "UNKNOWN_ACCOUNT", $"There is no account '{code}'; import it first.");
        return null;
    }
}

/// <summary>Reads the cells of one row; the first look at a bad cell refuses the row with the cell's place.</summary>
public sealed class RowCheck(CsvRow row, ImportReport report)
{
    private const int FirstYear = 2000, LastYear = 2199;

    private readonly HashSet<string> _refused = [];

    public int Line => row.Line;
    public bool IsBad { get; private set; }
    /// <summary>The row brings something new or different.</summary>
    public bool IsNews { get; set; }

    public bool Has(string column) => row.Has(column);
    public bool IsEmpty(string column) => string.IsNullOrWhiteSpace(row[column]);
    public string Raw(string column) => row[column];

    public void Reject(string? column, string code, string message)
    {
        IsBad = true;
        if (_refused.Add($"{column}/{code}")) report.Refuse(row.Line, column, code, message);
    }

    public void Warn(string? column, string code, string message) => report.Warn(row.Line, column, code, message);

    /// <summary>Free text, kept as written; null when blank.</summary>
    public string? Text(string column, int max)
    {
        var text = row[column];
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length > max) return Bad<string>(column, "TOO_LONG", $"Longer than {max} characters.");
        return text;
    }

    public string? NeedText(string column, int max) => IsEmpty(column) ? Missing<string>(column) : Text(column, max);

    /// <summary>A code or key: blanks at its ends do not count; control characters are refused.</summary>
    public string? Code(string column, int max)
    {
        var text = row[column].Trim();
        if (text.Length == 0) return null;
        if (text.Length > max) return Bad<string>(column, "TOO_LONG", $"Longer than {max} characters.");
        if (text.Any(char.IsControl)) return Bad<string>(column, "BAD_CHARACTER", "Holds a line break or another control character.");
        return text;
    }

    public string? NeedCode(string column, int max) => IsEmpty(column) ? Missing<string>(column) : Code(column, max);

    public DateOnly? Day(string column)
    {
        if (IsEmpty(column)) return null;
        return Instants.ReadDay(row[column]) ?? Bad<DateOnly?>(column, "BAD_DATE", $"'{Shown(column)}' is not a day; write yyyy-MM-dd.");
    }

    /// <summary>A day that the calendars reckon with; one at the ends of the calendar is a slip, and has no business days around it.</summary>
    public DateOnly? NearDay(string column) =>
        Day(column) is not { } day ? null : IsNear(day.Year) ? day : Bad<DateOnly?>(column, "BAD_DATE", $"'{Shown(column)}' lies outside the years {FirstYear} to {LastYear}.");

    private static bool IsNear(int year) => year is >= FirstYear and <= LastYear;

    public DateTimeOffset? Instant(string column)
    {
        if (IsEmpty(column)) return null;
        if (Instants.Read(row[column]) is { } at && !IsNear(at.Year)) return Bad<DateTimeOffset?>(column, "BAD_INSTANT", $"'{Shown(column)}' lies outside the years {FirstYear} to {LastYear}.");
        return Instants.Read(row[column])
            ?? Bad<DateTimeOffset?>(column, "BAD_INSTANT", $"'{Shown(column)}' is not a time with offset; write it like 2027-02-01T16:05:00Z or 2027-02-01T10:05:00-06:00.");
    }

    public T? Word<T>(string column) where T : struct, Enum
    {
        if (IsEmpty(column)) return null;
        return WireName.Parse<T>(row[column])
            ?? Bad<T?>(column, "BAD_WORD", $"'{Shown(column)}' is none of {string.Join(", ", Enum.GetValues<T>().Select(v => WireName.Of(v)))}.");
    }

    public int? Whole(string column, int least, int most)
    {
        if (IsEmpty(column)) return null;
        return int.TryParse(row[column].Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Bad<int?>(column, "BAD_NUMBER", $"'{Shown(column)}' is not a whole number from {least} to {most}.");
    }

    /// <summary>Refuses the row where the cell is blank.</summary>
    public bool Need(string column)
    {
        if (!IsEmpty(column)) return true;
        Missing<string>(column);
        return false;
    }

    public T? Missing<T>(string column) => Bad<T>(column, "MISSING", $"'{column}' is missing.");

    public T? Bad<T>(string column, string code, string message)
    {
        Reject(column, code, message);
        return default;
    }

    public string Shown(string column) => Cut.Shown(row[column].Trim(), 40);
}

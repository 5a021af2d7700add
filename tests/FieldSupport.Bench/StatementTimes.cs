using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FieldSupport.Bench;

/// <summary>Where the time of a piece of work goes: its statements by their first words, and what is left for the rest of the code.</summary>
internal sealed class StatementTimes : DbCommandInterceptor
{
    public static StatementTimes Shared { get; } = new();

    private Dictionary<string, (int Count, int Rows, TimeSpan Time)>? _seen;

    public void Begin() => _seen = new Dictionary<string, (int, int, TimeSpan)>(StringComparer.Ordinal);

    public List<string> End(TimeSpan whole)
    {
        var seen = _seen ?? [];
        _seen = null;
        var lines = seen.OrderByDescending(s => s.Value.Time)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Value.Time.TotalMilliseconds,9:0.00} ms {s.Value.Count,4}x {s.Value.Rows,6} rows  {s.Key}")).ToList();
        var rest = whole - TimeSpan.FromTicks(seen.Values.Sum(s => s.Time.Ticks));
        lines.Insert(0, string.Create(CultureInfo.InvariantCulture, $"{whole.TotalMilliseconds,9:0.00} ms the whole; {rest.TotalMilliseconds:0.00} ms outside statements and their reading"));
        return lines;
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        Add(command, eventData.Duration, 1, 0);
        return result;
    }

    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        Add(command, eventData.Duration, 1, 0);
        return ValueTask.FromResult(result);
    }

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        Add(command, eventData.Duration, 1, 0);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Add(command, eventData.Duration, 1, 0);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData, InterceptionResult result)
    {
        Add(command, eventData.Duration, 0, eventData.ReadCount);
        return result;
    }

    private void Add(DbCommand command, TimeSpan time, int count, int rows)
    {
        if (_seen is not { } seen) return;
        var text = command.CommandText.ReplaceLineEndings(" ");
        var from = text.IndexOf(" FROM ", StringComparison.Ordinal);
        var key = text.StartsWith("SELECT", StringComparison.Ordinal) && from > 0 ? "SELECT …" + text[from..Math.Min(text.Length, from + 60)] : text[..Math.Min(text.Length, 60)];
        var known = seen.GetValueOrDefault(key);
        seen[key] = (known.Count + count, known.Rows + rows, known.Time + time);
    }
}

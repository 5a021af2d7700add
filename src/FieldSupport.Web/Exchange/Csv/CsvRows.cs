using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using System.Globalization;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Exchange.Csv;

/// <summary>The header a file must have: needed columns, and those it may leave out.</summary>
public sealed record CsvColumns(string[] Needed, string[] Optional)
{
    public IEnumerable<string> All => Needed.Concat(Optional);
}

/// <summary>Something wrong at a place of a file. The column is the heading, null where the whole row is meant.</summary>
public sealed record CsvFault(int Line, string? Column, string Code, string Message);

/// <summary>One data row: the line on which it begins, and its cells by heading, as written.</summary>
public sealed class CsvRow(int line, string[] cells, Dictionary<string, int> places, CsvFault? fault)
{
    public int Line { get; } = line;
    /// <summary>Why the row could not be read; its cells are then not to be used.</summary>
    public CsvFault? Fault { get; } = fault;
    /// <summary>The cell as written, blanks at its ends too; empty where the file has no such column.</summary>
    public string this[string column] => places.TryGetValue(column, out var at) && at < cells.Length ? cells[at] : "";
    public bool Has(string column) => places.ContainsKey(column);
}

/// <summary>
/// Rows of a CSV file with their lines, one at a time. A row that cannot be read is handed on with its fault, and reading goes on.
/// UTF-8 with or without mark, UTF-16 with mark; headings in any case and order, blanks around them do not count.
/// </summary>
public sealed class CsvRows : IDisposable
{
    /// <summary>A longer cell is a quote that was never closed, or no CSV.</summary>
    public const int MaxCell = 64 * 1024;

    private readonly StreamReader _reader;
    private readonly CsvParser _parser;
    private readonly State _state = new();
    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);
    private int _width;

    private CsvRows(StreamReader reader)
    {
        _reader = reader;
        _parser = Parser(reader, _state);
    }

    /// <summary>What is wrong with the heading row; no rows are read while there is something.</summary>
    public List<CsvFault> HeaderFaults { get; } = [];
    /// <summary>What a person may want to know: columns that were not used.</summary>
    public List<string> Notes { get; } = [];
    /// <summary>The row just read, as it stands in the file, line ends too.</summary>
    public string RawRow { get; private set; } = "";

    public static CsvRows Open(Stream stream, CsvColumns columns, bool keepRaw = false)
    {
        var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        var rows = new CsvRows(reader) { _keepRaw = keepRaw };
        rows.ReadHeader(columns);
        return rows;
    }

    private bool _keepRaw;

    public IEnumerable<CsvRow> Read()
    {
        if (HeaderFaults.Count > 0) yield break;
        while (true)
        {
            var line = _parser.RawRow + 1;
            bool more;
            CsvFault? broken = null;
            _state.IsBad = false;
            try
            {
                more = _parser.Read();
            }
            catch (CsvHelperException e) when (e is MaxFieldSizeException)
            {
                more = false;
                broken = new CsvFault(line, null, "CELL_TOO_LONG",
                    $"A cell that begins on or after line {line} is longer than {MaxCell} characters; most often a quote was not closed. The rest of the file was not read.");
            }
            if (broken is not null)
            {
                yield return new CsvRow(line, [], _places, broken);
                yield break;
            }
            if (!more) yield break;
            var last = _parser.RawRow;
            var raw = _keepRaw || _parser.Count > 1 ? _parser.RawRecord : "";
            RawRow = raw;
            if (Row(_parser, _state, line) is not { } row) continue;
            yield return row;
            // A stray quote may have swallowed lines that were good rows: read them again, one by one.
            if (row.Fault?.Code == "QUOTES" && last > line)
                foreach (var saved in Again(_parser.RawRecord, line)) yield return saved;
        }
    }

    public void Dispose()
    {
        _parser.Dispose();
        _reader.Dispose();
    }

    private List<CsvRow> Again(string raw, int firstLine)
    {
        var rows = new List<CsvRow>();
        var from = AfterLine(raw, 0);
        var line = firstLine + 1;
        while (from < raw.Length)
        {
            var state = new State();
            using var reader = new StringReader(raw[from..]);
            using var parser = Parser(reader, state);
            var swallowed = false;
            while (!swallowed && parser.Read())
            {
                var begins = line;
                var lines = parser.RawRow - state.Lines;
                state.Lines = parser.RawRow;
                state.IsBad = false;
                var text = parser.RawRecord;
                var row = Row(parser, state, begins);
                if (row is not null) rows.Add(row);
                swallowed = row?.Fault?.Code == "QUOTES" && lines > 1;
                if (swallowed)
                {
                    // Only the line that holds the quote is lost.
                    from = AfterLine(raw, from);
                    line = begins + 1;
                }
                else
                {
                    from += text.Length;
                    line = begins + Math.Max(1, lines);
                }
            }
            if (!swallowed) break;
        }
        return rows;
    }

    private static int AfterLine(string text, int from)
    {
        var end = text.AsSpan(from).IndexOfAny('\r', '\n');
        if (end < 0) return text.Length;
        end += from;
        return text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
    }

    private CsvRow? Row(CsvParser parser, State state, int line)
    {
        var cells = new string[parser.Count];
        CsvFault? fault = null;
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = parser[i];
            if (fault is not null) continue;
            if (state.IsBad)
                fault = new CsvFault(line, Heading(i), "QUOTES", "The quotes of this cell do not fit: put the cell in quotes and double the quotes inside it.");
            else if (cells[i].Contains('\uFFFD'))
                fault = new CsvFault(line, Heading(i), "ENCODING", "This cell holds bytes that are not UTF-8; save the file as UTF-8, or as UTF-16 with a byte order mark.");
            else if (cells[i].Contains('\0'))
                fault = new CsvFault(line, Heading(i), "BAD_CHARACTER", "This cell holds a NUL character, which cannot be kept.");
        }
        if (cells.All(string.IsNullOrWhiteSpace) && fault is null) return null; // an empty line is no row
        if (fault is null && cells.Length < _width)
            fault = new CsvFault(line, null, "CELL_COUNT", $"The row has {cells.Length} cells, the heading has {_width}.");
        if (fault is null && cells.Length > _width && cells.Skip(_width).Any(c => c.Length > 0))
            fault = new CsvFault(line, null, "CELL_COUNT", $"The row has {cells.Length} cells, the heading has {_width}; a cell with a comma must stand in quotes.");
        return new CsvRow(line, cells, _places, fault);
    }

    private string? Heading(int at) => _places.FirstOrDefault(p => p.Value == at).Key;

    private void ReadHeader(CsvColumns columns)
    {
        try
        {
            do
            {
                if (!_parser.Read())
                {
                    HeaderFaults.Add(new CsvFault(1, null, "EMPTY_FILE", "The file is empty: the first line must name the columns."));
                    return;
                }
            }
            while (_parser.Count == 1 && string.IsNullOrWhiteSpace(_parser[0]));
        }
        catch (MaxFieldSizeException)
        {
            HeaderFaults.Add(new CsvFault(1, null, "NOT_CSV", $"The first line holds a cell of more than {MaxCell} characters: this is no CSV with a heading row."));
            return;
        }
        var line = _parser.RawRow;
        var known = columns.All.ToHashSet(StringComparer.OrdinalIgnoreCase);
        _width = _parser.Count;
        RawRow = _parser.RawRecord;
        // Said instead of "the column is missing", once for each column, which is true and helps nobody.
        if (Separators.Problem(RawRow) is { } separated)
        {
            HeaderFaults.Add(new CsvFault(line, null, Separators.Code, separated));
            return;
        }
        for (var i = 0; i < _width; i++)
        {
            var name = _parser[i].Trim();
            if (name.Length == 0) continue;
            if (!known.Contains(name)) Notes.Add($"Column '{Cut.Shown(name, 60)}' is not one of this kind and was not used.");
            else if (!_places.TryAdd(name, i)) HeaderFaults.Add(new CsvFault(line, name, "COLUMN_TWICE", $"The heading names the column '{name}' twice."));
        }
        foreach (var needed in columns.Needed.Where(c => !_places.ContainsKey(c)))
            HeaderFaults.Add(new CsvFault(line, needed, "COLUMN_MISSING", $"The heading has no column '{needed}'; it needs {string.Join(", ", columns.Needed)}."));
    }

    private static CsvParser Parser(TextReader reader, State state) => new(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
    {
        BadDataFound = _ => state.IsBad = true,
        IgnoreBlankLines = false, // they count as lines
        MaxFieldSize = MaxCell,
        TrimOptions = TrimOptions.None,
        DetectDelimiter = false,
        Delimiter = ",",
    });

    private sealed class State
    {
        public bool IsBad { get; set; }
        public int Lines { get; set; }
    }
}

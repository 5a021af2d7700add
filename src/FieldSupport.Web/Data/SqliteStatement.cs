using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FieldSupport.Web.Data;

/// <summary>
/// One prepared statement of SQLite, run many times: values go in and out by position, without an object for each. Values take the form
/// that Microsoft.Data.Sqlite gives them. For thousands of rows a run; everything else goes through EF.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public sqlite3_stmt Handle => _statement;

    /// <summary>Position of a named parameter; 0 when the statement has none of that name.</summary>
    public int PositionOf(string parameter) => raw.sqlite3_bind_parameter_index(_statement, parameter);

    /// <param name="position">Counts from 1.</param>
    public void Bind(int position, object? value)
    {
        switch (value)
        {
            case null or DBNull: Check(raw.sqlite3_bind_null(_statement, position)); break;
            case string text: Bind(position, text); break;
            case Guid key:
                Span<byte> written = stackalloc byte[36];
                key.TryFormat(written, out _);
                Ascii.ToUpperInPlace(written, out _);
                Check(raw.sqlite3_bind_text(_statement, position, written));
                break;
            case long number: Check(raw.sqlite3_bind_int64(_statement, position, number)); break;
            case int number: Check(raw.sqlite3_bind_int64(_statement, position, number)); break;
            case bool yes: Check(raw.sqlite3_bind_int64(_statement, position, yes ? 1 : 0)); break;
            case double number: Check(raw.sqlite3_bind_double(_statement, position, number)); break;
            case byte[] { Length: 0 }: Check(raw.sqlite3_bind_zeroblob(_statement, position, 0)); break;
            case byte[] bytes: Check(raw.sqlite3_bind_blob(_statement, position, bytes)); break;
            case DateOnly day: Bind(position, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            default: throw new NotSupportedException($"A value of type {value.GetType().Name} is not bound here.");
        }
    }

    /// <summary>True while there is a row to read.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE) return false;
        Check(code);
        return false;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    /// <returns>Rows changed.</returns>
    public int Run()
    {
        Step();
        Reset();
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Makes it ready to be run again.</summary>
    public void Reset() => Check(raw.sqlite3_reset(_statement));

    public static bool IsNull(sqlite3_stmt row, int column) => raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL;
    public static long Number(sqlite3_stmt row, int column) => raw.sqlite3_column_int64(row, column);
    public static double Real(sqlite3_stmt row, int column) => raw.sqlite3_column_double(row, column);
    // The bytes of a text as they lie there, UTF-8.
    public static string Text(sqlite3_stmt row, int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(row, column));
    public static DateOnly Day(sqlite3_stmt row, int column) => DateOnly.ParseExact(Text(row, column), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static Guid Key(sqlite3_stmt row, int column) =>
        Utf8Parser.TryParse(raw.sqlite3_column_blob(row, column), out Guid key, out _) ? key : throw new InvalidOperationException($"'{Text(row, column)}' is no key.");

    public void Dispose()
    {
        _statement.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private void Bind(int position, string text)
    {
        if (text.Length == 0)
        {
            // An empty span has no address, and would be bound as null.
            Check(raw.sqlite3_bind_text(_statement, position, ""));
            return;
        }
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(most);
        }
        var length = Encoding.UTF8.GetBytes(text, _buffer);
        Check(raw.sqlite3_bind_text(_statement, position, _buffer.AsSpan(0, length)));
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}

using System.Data.Common;
using System.Reflection;
using System.Text;
using FieldSupport.Domain.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FieldSupport.Web.Data;

/// <summary>
/// Inserts many rows of one type inside the context's open transaction, past the change tracker, and tells which were new: a row that meets
/// a unique key is left out. For rows that no audit entry is owed for. Statement and values come from the model, so both databases and
/// every conversion are those of the context.
/// </summary>
public sealed class BulkInsert<T> : IDisposable where T : Entity
{
    /// <summary>PostgreSQL waits for the network at every statement; SQLite does not.</summary>
    private const int RowsAtOnce = 100;

    private readonly FieldSupportDb _db;
    private readonly (PropertyInfo Property, ValueConverter? Converter, RelationalTypeMapping Mapping)[] _columns;
    private readonly string _head;
    private readonly Dictionary<int, DbCommand> _commands = [];

    public BulkInsert(FieldSupportDb db)
    {
        _db = db;
        var type = db.Model.FindEntityType(typeof(T))!;
        _columns = type.GetProperties().Select(p => (p.PropertyInfo!, p.GetRelationalTypeMapping().Converter, p.GetRelationalTypeMapping())).ToArray();
        var sql = ((IInfrastructure<IServiceProvider>)db).Instance.GetRequiredService<ISqlGenerationHelper>();
        _head = $"INSERT INTO {sql.DelimitIdentifier(type.GetTableName()!, type.GetSchema())} ("
            + string.Join(", ", type.GetProperties().Select(p => sql.DelimitIdentifier(p.GetColumnName()))) + ") VALUES ";
    }

    /// <returns>The keys of the rows that were new.</returns>
    public async Task<HashSet<Guid>> Insert(IReadOnlyList<T> rows, CancellationToken cancel)
    {
        var added = new HashSet<Guid>(rows.Count);
        var atOnce = _db.Database.IsSqlite() ? 1 : RowsAtOnce;
        for (var from = 0; from < rows.Count; from += atOnce)
        {
            var count = Math.Min(atOnce, rows.Count - from);
            var command = Command(count);
            command.Transaction = _db.Database.CurrentTransaction!.GetDbTransaction();
            var at = 0;
            for (var i = 0; i < count; i++)
                foreach (var (property, converter, _) in _columns)
                {
                    var value = property.GetValue(rows[from + i]);
                    command.Parameters[at++].Value = (converter is null || value is null ? value : converter.ConvertToProvider(value)) ?? DBNull.Value;
                }
            if (atOnce == 1)
            {
                if (command.ExecuteNonQuery() == 1) added.Add(rows[from].Id);
                continue;
            }
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) added.Add(reader.GetGuid(0));
        }
        return added;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
    }

    private DbCommand Command(int rows)
    {
        if (_commands.TryGetValue(rows, out var known)) return known;
        var command = _db.Database.GetDbConnection().CreateCommand();
        var text = new StringBuilder(_head);
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < _columns.Length; column++)
            {
                var name = $"@p{row}_{column}";
                text.Append(column == 0 ? "" : ", ").Append(name);
                var mapping = _columns[column].Mapping;
                command.Parameters.Add(mapping.CreateParameter(command, name, value: null, nullable: true));
            }
            text.Append(')');
        }
        text.Append(" ON CONFLICT DO NOTHING");
        if (rows > 1 || !_db.Database.IsSqlite()) text.Append(" RETURNING \"Id\"");
        // Made of the model's names and parameter names alone.
        command.CommandText = text.ToString();
        _commands.Add(rows, command);
        if (rows is 1 or RowsAtOnce) command.Prepare();
        return command;
    }
}

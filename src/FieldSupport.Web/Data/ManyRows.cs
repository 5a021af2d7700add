using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace FieldSupport.Web.Data;

/// <summary>
/// Reads thousands of untracked rows at a time. The query stays LINQ, with the scope's filters; on SQLite its statement is run directly
/// and each column read once, by the model's conversions, which takes less than half of the time. Elsewhere EF reads.
/// </summary>
internal static class ManyRows
{
    private static readonly ConcurrentDictionary<(IModel, Type, string), Delegate> Readers = new();

    /// <param name="untracked">Rows of one entity, whole or made from some of its columns.</param>
    public static async Task<List<T>> ReadAsync<T>(FieldSupportDb db, IQueryable<T> untracked, CancellationToken stop) where T : class
    {
        if (!db.Database.IsSqlite()) return await untracked.ToListAsync(stop);
        await db.Database.OpenConnectionAsync(stop);
        try
        {
            await using var command = untracked.CreateDbCommand();
            return Read<T>(db.Model, (SqliteConnection)db.Database.GetDbConnection(), command);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static List<T> Read<T>(IModel model, SqliteConnection connection, DbCommand command) where T : class
    {
        using var statement = new SqliteStatement(connection, command.CommandText);
        foreach (DbParameter parameter in command.Parameters)
            if (statement.PositionOf(parameter.ParameterName) is > 0 and var position) statement.Bind(position, parameter.Value);
        var reader = (Func<sqlite3_stmt, T>)Readers.GetOrAdd((model, typeof(T), command.CommandText), static (key, handle) => Reader<T>(key.Item1, handle), statement.Handle);
        var rows = new List<T>();
        while (statement.Step()) rows.Add(reader(statement.Handle));
        return rows;
    }

    /// <summary>Makes a row from the columns of a statement, found by their names.</summary>
    private static Func<sqlite3_stmt, T> Reader<T>(IModel model, sqlite3_stmt statement)
    {
        var type = model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is not in the model.");
        var properties = type.GetProperties().ToDictionary(p => p.GetColumnName());
        var (row, from) = (Expression.Variable(typeof(T)), Expression.Parameter(typeof(sqlite3_stmt)));
        var body = new List<Expression> { Expression.Assign(row, Expression.New(typeof(T))) };
        for (var i = 0; i < raw.sqlite3_column_count(statement); i++)
        {
            var name = raw.sqlite3_column_name(statement, i).utf8_to_string();
            if (!properties.TryGetValue(name, out var property)) throw new InvalidOperationException($"{typeof(T).Name} has no column '{name}'.");
            var column = Expression.Constant(i);
            var set = Expression.Assign(Expression.Property(row, property.PropertyInfo!), Value(property, from, column));
            body.Add(property.IsNullable ? Expression.IfThen(Expression.Not(Call(nameof(SqliteStatement.IsNull), from, column)), set) : set);
        }
        body.Add(row);
        return Expression.Lambda<Func<sqlite3_stmt, T>>(Expression.Block([row], body), from).Compile();
    }

    private static Expression Value(IProperty property, Expression from, Expression column)
    {
        var converter = property.GetTypeMapping().Converter;
        var stored = converter?.ProviderClrType ?? property.ClrType;
        stored = Nullable.GetUnderlyingType(stored) ?? stored;
        Expression value =
            stored == typeof(string) ? Call(nameof(SqliteStatement.Text), from, column)
            : stored == typeof(Guid) ? Call(nameof(SqliteStatement.Key), from, column)
            : stored == typeof(long) || stored == typeof(int) ? Expression.Convert(Call(nameof(SqliteStatement.Number), from, column), stored)
            : stored == typeof(double) ? Call(nameof(SqliteStatement.Real), from, column)
            : stored == typeof(bool) ? Expression.NotEqual(Call(nameof(SqliteStatement.Number), from, column), Expression.Constant(0L))
            : stored == typeof(DateOnly) ? Call(nameof(SqliteStatement.Day), from, column)
            : throw new NotSupportedException($"{property.DeclaringType.ShortName()}.{property.Name}: a column of {stored.Name} is not read here.");
        if (converter is not null) value = Expression.Invoke(converter.ConvertFromProviderExpression, value);
        return value.Type == property.ClrType ? value : Expression.Convert(value, property.ClrType);
    }

    private static MethodCallExpression Call(string method, Expression from, Expression column) => Expression.Call(typeof(SqliteStatement), method, null, from, column);
}

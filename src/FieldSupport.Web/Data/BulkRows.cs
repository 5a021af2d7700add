using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data.Auditing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FieldSupport.Web.Data;

/// <summary>
/// Rows written past the change tracker, many at a time, by parameterised statements made from the model: one prepared statement a shape
/// on SQLite, one statement over arrays on PostgreSQL. Queued here and written by the next save, in its transaction, before what the
/// context tracks; with new versions, and with the same audit entries that a tracked row would get.
/// </summary>
public sealed class BulkRows(FieldSupportDb db)
{
    private readonly List<Operation> _queued = [];

    internal bool Any => _queued.Count > 0;

    /// <summary>New rows.</summary>
    public void Insert<T>(IReadOnlyCollection<T> rows) where T : class
    {
        if (rows.Count == 0) return;
        var plan = Plan.Of(db.Model, typeof(T));
        // A version only has to differ from the one before: one does for all.
        var version = Guid.CreateVersion7();
        foreach (var row in rows)
        {
            if (row is not Entity entity) continue;
            entity.Version = version;
            if (row is IAudited audited) Note(plan, entity, audited);
        }
        _queued.Add(new Operation(plan, [.. rows], null));
    }

    /// <summary>Changed rows, each with a copy (<see cref="CopyOf"/>) from before the change. A stale one fails the whole save.</summary>
    public void Update<T>(IReadOnlyCollection<(T Row, T Before)> rows) where T : Entity
    {
        // What the audit shows of a change needs the change tracker.
        if (typeof(IAudited).IsAssignableFrom(typeof(T))) throw new NotSupportedException($"{typeof(T).Name} is audited: change it as a tracked row.");
        var plan = Plan.Of(db.Model, typeof(T));
        var version = Guid.CreateVersion7();
        foreach (var same in rows.Select(r => (r.Row, r.Before, Changed: plan.Changed(r.Row, r.Before))).Where(r => r.Changed != 0).GroupBy(r => r.Changed))
        {
            var before = same.Select(r => r.Before.Version).ToArray();
            foreach (var (row, _, _) in same) row.Version = version;
            _queued.Add(new Operation(plan, [.. same.Select(r => r.Row)], new Changes(same.Key, before)));
        }
    }

    /// <summary>The row as it stands.</summary>
    public static T CopyOf<T>(T row) where T : class => (T)Copy(row);

    internal void Forget() => _queued.Clear();

    /// <summary>Writes what is queued; the queue stays until <see cref="Forget"/>, so that a save can be tried again.</summary>
    internal async Task WriteAsync(CancellationToken stop)
    {
        foreach (var operation in _queued) await WriteAsync(db, operation, stop);
    }

    /// <summary>Writes rows at once in the transaction that is open.</summary>
    internal static Task InsertNowAsync<T>(FieldSupportDb db, IReadOnlyCollection<T> rows, CancellationToken stop) where T : class =>
        WriteAsync(db, new Operation(Plan.Of(db.Model, typeof(T)), [.. rows], null), stop);

    /// <summary>
    /// Writes rows at once in the transaction that is open; one that meets a unique key is left out. For rows that no audit entry is owed for.
    /// </summary>
    /// <returns>The keys of the rows that were new.</returns>
    internal static async Task<HashSet<Guid>> InsertNewAsync<T>(FieldSupportDb db, IReadOnlyList<T> rows, CancellationToken stop) where T : Entity
    {
        var added = new HashSet<Guid>(rows.Count);
        if (rows.Count == 0) return added;
        var plan = Plan.Of(db.Model, typeof(T));
        var version = Guid.CreateVersion7();
        foreach (var row in rows) row.Version = version;
        var transaction = OpenTransaction(db);
        if (transaction.Connection is SqliteConnection sqlite)
        {
            object[] all = [.. rows];
            var columns = plan.NotAllNull(all);
            using var statement = new SqliteStatement(sqlite, plan.InsertOne(columns) + UnlessKnown);
            foreach (var row in rows)
            {
                for (var c = 0; c < columns.Length; c++) statement.Bind(c + 1, columns[c].Provided(row));
                if (statement.Run() == 1) added.Add(row.Id);
            }
            return added;
        }
        await using var command = Arrays(transaction, plan.Columns, plan.InsertMany + UnlessKnown + " RETURNING \"Id\"", [.. rows]);
        if (db.Database.GetCommandTimeout() is { } patience) command.CommandTimeout = patience;
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) added.Add(reader.GetGuid(0));
        return added;
    }

    /// <summary>
    /// Writes rows at once in the transaction that is open; where one meets the unique key, the row that stands is changed instead. No two of
    /// the rows may have the same key. For rows that no audit entry is owed for.
    /// </summary>
    /// <param name="otherwise">"(the unique key's columns) DO UPDATE SET …", in the SQL that both databases share; made of constants alone.</param>
    /// <param name="name">SQL of a text that tells the rows apart.</param>
    /// <returns>By that text, the key of the row that stands now: one's own where the row was new.</returns>
    internal static async Task<Dictionary<string, Guid>> InsertOrChangeAsync<T>(FieldSupportDb db, IReadOnlyList<T> rows, string otherwise, string name, CancellationToken stop) where T : Entity
    {
        var stands = new Dictionary<string, Guid>(rows.Count, StringComparer.Ordinal);
        var plan = Plan.Of(db.Model, typeof(T));
        var version = Guid.CreateVersion7();
        foreach (var row in rows) row.Version = version;
        var ending = $" ON CONFLICT {otherwise} RETURNING {name}, \"Id\"";
        var transaction = OpenTransaction(db);
        if (transaction.Connection is SqliteConnection sqlite)
        {
            object[] all = [.. rows];
            var columns = plan.NotAllNull(all);
            using var statement = new SqliteStatement(sqlite, plan.InsertOne(columns) + ending);
            foreach (var row in rows)
            {
                for (var c = 0; c < columns.Length; c++) statement.Bind(c + 1, columns[c].Provided(row));
                while (statement.Step()) stands.Add(SqliteStatement.Text(statement.Handle, 0), SqliteStatement.Key(statement.Handle, 1));
                statement.Reset();
            }
            return stands;
        }
        await using var command = Arrays(transaction, plan.Columns, plan.InsertMany + ending, [.. rows]);
        if (db.Database.GetCommandTimeout() is { } patience) command.CommandTimeout = patience;
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) stands.Add(reader.GetString(0), reader.GetGuid(1));
        return stands;
    }

    private const string UnlessKnown = " ON CONFLICT DO NOTHING";

    private static readonly Func<object, object> Copy =
        typeof(object).GetMethod("MemberwiseClone", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private void Note(Plan plan, Entity entity, IAudited audited)
    {
        if (audited.AuditKey.StartsWith('/')) throw new NotSupportedException($"{entity.GetType().Name} is named by its parent: add it as a tracked row.");
        var changes = AuditChanges.OfNew(plan.Type, entity);
        if (entity.Happenings.Count == 0)
        {
            if (changes is not null) db.Notes.Add(new AuditNote($"{audited.AuditKind}.added", audited.AuditKind, audited.AuditKey) { Changes = changes });
            return;
        }
        foreach (var happening in entity.Happenings)
        {
            db.Notes.Add(new AuditNote(happening.Action, audited.AuditKind, audited.AuditKey, happening.Reason, happening.Source) { Changes = changes });
            changes = null;
        }
        entity.ForgetHappenings();
    }

    private static async Task WriteAsync(FieldSupportDb db, Operation operation, CancellationToken stop)
    {
        var transaction = OpenTransaction(db);
        var written = transaction.Connection is SqliteConnection sqlite
            ? OneByOne(sqlite, operation)
            : await AsArrays(transaction, operation, stop);
        if (written != operation.Rows.Length)
            throw new DbUpdateConcurrencyException($"{operation.Rows.Length - written} of {operation.Rows.Length} rows of {operation.Plan.Type.ShortName()} were changed by somebody else meanwhile.");
    }

    private static DbTransaction OpenTransaction(FieldSupportDb db) =>
        db.Database.CurrentTransaction?.GetDbTransaction() ?? throw new InvalidOperationException("Rows in bulk are written within a transaction.");

    private static int OneByOne(SqliteConnection connection, Operation operation)
    {
        var (plan, changes) = (operation.Plan, operation.Changes);
        var columns = changes is null ? plan.NotAllNull(operation.Rows) : plan.Of(changes.Mask);
        using var statement = new SqliteStatement(connection, changes is null ? plan.InsertOne(columns) : plan.UpdateOne(columns));
        var written = 0;
        for (var i = 0; i < operation.Rows.Length; i++)
        {
            var row = operation.Rows[i];
            for (var c = 0; c < columns.Length; c++) statement.Bind(c + 1, columns[c].Provided(row));
            if (changes is not null)
            {
                statement.Bind(columns.Length + 1, ((Entity)row).Id);
                statement.Bind(columns.Length + 2, changes.Versions[i]);
            }
            written += statement.Run();
        }
        return written;
    }

    private static async Task<int> AsArrays(DbTransaction transaction, Operation operation, CancellationToken stop)
    {
        var (plan, changes) = (operation.Plan, operation.Changes);
        var columns = changes is null ? plan.Columns : plan.Of(changes.Mask);
        await using var command = Arrays(transaction, columns, changes is null ? plan.InsertMany : plan.UpdateMany(columns), operation.Rows);
        if (changes is not null)
        {
            command.Parameters.Add(new NpgsqlParameter("key", Array.ConvertAll(operation.Rows, r => ((Entity)r).Id)));
            command.Parameters.Add(new NpgsqlParameter("before", changes.Versions));
        }
        return await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>One statement over the columns of all rows, an array each.</summary>
    private static DbCommand Arrays(DbTransaction transaction, Column[] columns, string sql, object[] rows)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        // Made of the model's names and parameter names alone.
        command.CommandText = sql;
        foreach (var column in columns)
        {
            var values = Array.CreateInstance(column.Element, rows.Length);
            for (var i = 0; i < rows.Length; i++) values.SetValue(column.Provided(rows[i]), i);
            command.Parameters.Add(new NpgsqlParameter("c" + column.Index, values));
        }
        return command;
    }

    private sealed record Operation(Plan Plan, object[] Rows, Changes? Changes);

    /// <param name="Mask">A bit for each column that changed.</param>
    /// <param name="Versions">Before the change.</param>
    private sealed record Changes(ulong Mask, Guid[] Versions);

    /// <param name="Provided">The value as the database takes it.</param>
    /// <param name="Element">Type of the values in an array of PostgreSQL, null allowed.</param>
    private sealed record Column(int Index, string Name, string StoreType, bool IsNullable, Type Element, Func<object, object?> Provided);

    /// <summary>How a type is written: names and conversions, from the model.</summary>
    private sealed class Plan
    {
        private static readonly ConcurrentDictionary<(IModel, Type), Plan> Known = new();
        private readonly ConcurrentDictionary<ulong, Column[]> _shapes = new();
        private readonly Func<object, object, ulong> _changed;
        private readonly string _table, _key;

        private Plan(IEntityType type)
        {
            Type = type;
            _table = type.GetTableName()!;
            var properties = type.GetProperties().ToList();
            if (properties.Count > 64) throw new NotSupportedException($"{type.ShortName()} has more than 64 columns.");
            Columns = [.. properties.Select(Make)];
            _key = type.FindPrimaryKey()!.Properties[0].GetColumnName();
            _changed = Differences(type, properties);
            InsertMany = $"INSERT INTO {Quoted(_table)} ({Names(Columns)}) SELECT * FROM unnest({Arrays(Columns)})";
        }

        public IEntityType Type { get; }
        public Column[] Columns { get; }
        public string InsertMany { get; }

        public static Plan Of(IModel model, Type type) => Known.GetOrAdd((model, type), static k =>
            new Plan(k.Item1.FindEntityType(k.Item2) ?? throw new InvalidOperationException($"{k.Item2.Name} is not in the model.")));

        public ulong Changed(object row, object before) => _changed(row, before);

        /// <summary>The columns of a mask, and the version.</summary>
        public Column[] Of(ulong mask) => _shapes.GetOrAdd(mask, m => [.. Columns.Where(c => (m & (1UL << c.Index)) != 0 || c.Name == nameof(Entity.Version))]);

        /// <summary>Columns that no row fills need no binding a row.</summary>
        public Column[] NotAllNull(object[] rows) => Array.FindAll(Columns, c => !c.IsNullable || Array.Exists(rows, r => c.Provided(r) is not null));

        public string InsertOne(Column[] columns) =>
            $"INSERT INTO {Quoted(_table)} ({Names(columns)}) VALUES ({string.Join(", ", columns.Select(_ => "?"))})";

        public string UpdateOne(Column[] columns) =>
            $"UPDATE {Quoted(_table)} SET {string.Join(", ", columns.Select(c => $"{Quoted(c.Name)} = ?"))} WHERE {Quoted(_key)} = ? AND {Quoted(nameof(Entity.Version))} = ?";

        public string UpdateMany(Column[] columns) =>
            $"UPDATE {Quoted(_table)} AS t SET {string.Join(", ", columns.Select(c => $"{Quoted(c.Name)} = u.c{c.Index}"))} "
            + $"FROM unnest({Arrays(columns)}, @key, @before) AS u({string.Join(", ", columns.Select(c => "c" + c.Index))}, key, before) "
            + $"WHERE t.{Quoted(_key)} = u.key AND t.{Quoted(nameof(Entity.Version))} = u.before";

        private static string Names(Column[] columns) => string.Join(", ", columns.Select(c => Quoted(c.Name)));
        private static string Arrays(Column[] columns) => string.Join(", ", columns.Select(c => $"@c{c.Index}::{c.StoreType}[]"));

        // Names come from the model, never from a request.
        private static string Quoted(string name) => "\"" + name + "\"";

        private static Column Make(IProperty property, int index)
        {
            var row = Expression.Parameter(typeof(object));
            Expression value = Expression.Property(Expression.Convert(row, property.DeclaringType.ClrType), property.PropertyInfo
                ?? throw new NotSupportedException($"{property.DeclaringType.ShortName()}.{property.Name} has no property to read."));
            var element = property.ClrType;
            if (property.GetTypeMapping().Converter is { } converter)
            {
                var underlying = Nullable.GetUnderlyingType(property.ClrType);
                var plain = underlying is null ? value : Expression.Property(value, "Value");
                Expression converted = Expression.Convert(Expression.Invoke(converter.ConvertToProviderExpression, plain), typeof(object));
                value = underlying is null ? converted : Expression.Condition(Expression.Property(value, "HasValue"), converted, Expression.Constant(null, typeof(object)));
                element = converter.ProviderClrType;
            }
            var read = Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), row).Compile();
            element = Nullable.GetUnderlyingType(element) ?? element;
            return new Column(index, property.GetColumnName(), property.GetColumnType(), property.IsNullable, element.IsValueType && property.IsNullable ? typeof(Nullable<>).MakeGenericType(element) : element, read);
        }

        private static Func<object, object, ulong> Differences(IEntityType type, List<IProperty> properties)
        {
            var (row, before) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(object)));
            var (typedRow, typedBefore) = (Expression.Variable(type.ClrType), Expression.Variable(type.ClrType));
            Expression mask = Expression.Constant(0UL);
            for (var i = 0; i < properties.Count; i++)
            {
                if (properties[i].PropertyInfo is not { } property || property.PropertyType == typeof(byte[])) continue;
                mask = Expression.Or(mask, Expression.Condition(
                    Expression.Equal(Expression.Property(typedRow, property), Expression.Property(typedBefore, property)), Expression.Constant(0UL), Expression.Constant(1UL << i)));
            }
            return Expression.Lambda<Func<object, object, ulong>>(
                Expression.Block([typedRow, typedBefore],
                    Expression.Assign(typedRow, Expression.Convert(row, type.ClrType)), Expression.Assign(typedBefore, Expression.Convert(before, type.ClrType)), mask),
                row, before).Compile();
        }
    }
}

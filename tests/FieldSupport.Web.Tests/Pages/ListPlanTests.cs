using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Audit;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Features.Notices;
using FieldSupport.Web.Features.Orders;
using FieldSupport.Web.Features.Practices;
using FieldSupport.Web.Features.WorkList;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Pages;

/// <summary>
/// No list reads a big table from end to end or sorts it: what people filter and sort by has an index that both databases can use. A list made of a few
/// pages, each in the order of its index, sorts those pages and no more.
/// </summary>
public sealed partial class ListPlanTests
{
    private const string Auditor = "auditor@demo.test", Manager = "manager@demo.test", Practice = "practice@demo.test";

    [Theory, OnBothDatabases]
    public async Task No_list_of_deliveries_scans_or_sorts_the_table(Database database)
    {
        await using var plans = await Plans.Of(database);
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Logistics, Manager })
        {
            foreach (var status in new[] { "open", "closed", "all" })
            {
                await plans.Check($"risk, {status}, {who}", new DeliveryList.Query(new DeliveryFilter { Status = status }), who);
                await plans.Check($"need-by, {status}, {who}", new DeliveryList.Query(new DeliveryFilter { Status = status, Sort = "need-by" }), who);
                await plans.Check($"practice, {status}, {who}", new DeliveryList.Query(new DeliveryFilter { Status = status, Sort = "practice" }), who);
            }
            await plans.Check($"outlook, {who}", new DeliveryList.Query(new DeliveryFilter { Outlook = "OnTrack" }), who);
            await plans.Check($"reason, {who}", new DeliveryList.Query(new DeliveryFilter { Reason = "NO_SCAN" }), who);
            await plans.Check($"kits, {who}", new DeliveryList.Query(new DeliveryFilter { Kind = "kit" }), who);
            await plans.Check($"today, {who}", new Today.Query(null, ByRescue: who == PagesWorld.Logistics), who);
            await plans.Check($"today, one outlook, {who}", new Today.Query("Late", ByRescue: who == PagesWorld.Logistics), who);
        }
        await plans.Check("a practice's own", new DeliveryList.Query(new DeliveryFilter()), Practice);
        plans.Done();
    }

    [Theory, OnBothDatabases]
    public async Task The_pages_behind_the_first_walk_the_same_indexes(Database database)
    {
        await using var plans = await Plans.Of(database);
        foreach (var sort in new[] { "risk", "need-by", "practice" })
        {
            var filter = new DeliveryFilter { Sort = sort };
            var rows = (await plans.Application.Send(new DeliveryList.Query(filter), PagesWorld.Logistics)).Lines.Select(l => l.Row).ToList();
            filter.After = DeliveryFilter.CursorBehind(rows[3]);
            await plans.Check($"{sort}, behind a row", new DeliveryList.Query(filter), PagesWorld.Logistics);
        }
        plans.Done();
    }

    [Theory, OnBothDatabases]
    public async Task The_counts_above_a_list_read_one_index_and_no_row(Database database)
    {
        await using var plans = await Plans.Of(database);
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Logistics })
        {
            var plan = await plans.Check($"counts, {who}", new OutlookCounts.Query(new DeliveryFilter()), who);
            Assert.True(plan.Contains("IX_Deliveries_Counted", StringComparison.Ordinal), plan);
            Assert.True(plan.Contains(database == Database.Sqlite ? "no column of the table is read" : "Index Only Scan", StringComparison.Ordinal), plan);
        }
        plans.Done();
    }

    [Theory, OnBothDatabases]
    public async Task No_other_list_scans_or_sorts_its_table(Database database)
    {
        await using var plans = await Plans.Of(database);
        await plans.Check("orders", new OrderList.Query(new OrderList.Filter()), PagesWorld.Logistics);
        foreach (var (stage, _, _) in OrderList.Stages) await plans.Check($"orders, {stage}", new OrderList.Query(new OrderList.Filter { Stage = stage }), PagesWorld.Logistics);
        await plans.Check("orders of a territory", new OrderList.Query(new OrderList.Filter { Stage = "received" }), PagesWorld.Rep);
        await plans.Check("practices", new PracticeList.Query(null, null), PagesWorld.Logistics);
        await plans.Check("work-list", new ListUnmatched.Query(), PagesWorld.Logistics);
        await plans.Check("work-list, closed", new ListUnmatched.Query { View = "closed" }, PagesWorld.Logistics);
        foreach (var query in new ListAudit.Query[] { new(), new() { Kind = "order" }, new() { Actor = "x" }, new() { Kind = "order", Key = "ORD-1" }, new() { Before = 5 } })
            await plans.Check($"audit {query}", query, Auditor);
        plans.Done();
    }

    /// <summary>Two statements: how many refills on which day, and the worst that must be there for them. The latter puts a row for each day together, from those that need somebody.</summary>
    [Theory, OnBothDatabases]
    public async Task The_refills_ahead_on_Today_are_read_from_indexes(Database database)
    {
        await using var plans = await Plans.Of(database);
        var from = DateOnly.FromDateTime(SampleWorld.Now.UtcDateTime);
        foreach (var who in new[] { PagesWorld.Rep, PagesWorld.Logistics, Manager })
        {
            var plan = await plans.Check($"refills ahead, {who}", new RefillsAhead.Query(from, 14), who, mayGroup: true);
            Assert.True(plan.Contains("IX_Visits_", StringComparison.Ordinal) && plan.Contains("IX_Deliveries_", StringComparison.Ordinal), plan);
        }
        plans.Done();
    }

    /// <summary>Every page asks for it: from the index of what that person has not answered, and no further than it shows.</summary>
    [Theory, OnBothDatabases]
    public async Task The_bells_count_reads_the_index_of_what_is_unanswered(Database database)
    {
        await using var plans = await Plans.Of(database);
        var plan = await plans.Check("the bell", async () =>
        {
            await using var db = plans.Application.Open(Scope.OfTerritories(["TN-West"]));
            await ListNotices.CountWaiting(db, PagesWorld.Rep, SampleWorld.Now, 100, default);
        });
        Assert.True(plan.Contains("IX_Notices_Unanswered", StringComparison.Ordinal), plan);
        plans.Done();
    }

    /// <summary>Runs a query and keeps what is wrong with the plan of each statement that it makes.</summary>
    private sealed partial class Plans : DbCommandInterceptor, IAsyncDisposable
    {
        private static readonly string[] Big = ["Deliveries", "Orders", "Shipments", "TrackingEvents", "Audit", "Visits", "Notices", "WorkItems", "Receipts", "Accounts"];
        private readonly List<string> _wrong = [];
        private string? _list;
        private bool _mayGroup;
        private string _seen = "";

        public required Application Application { get; set; }

        public static async Task<Plans> Of(Database database)
        {
            var plans = new Plans { Application = null! };
            plans.Application = await PagesWorld.StartAsync(database, s => s.AddSingleton<IInterceptor>(plans));
            return plans;
        }

        public Task<string> Check<T>(string list, MediatR.IRequest<T> query, string who, bool mayGroup = false) => Check(list, () => Application.Send(query, who), mayGroup);

        /// <param name="mayGroup">Its answer has few rows, each made of many: what it groups it found by an index.</param>
        public async Task<string> Check(string list, Func<Task> ask, bool mayGroup = false)
        {
            (_list, _seen, _mayGroup) = (list, "", mayGroup);
            await ask();
            _list = null;
            Assert.True(_seen.Length > 0, $"{list}: no statement was seen");
            return _seen;
        }

        public void Done() => Assert.True(_wrong.Count == 0, string.Join("\n\n", _wrong));

        public ValueTask DisposeAsync() => Application.DisposeAsync();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (_list is not null && Big.Any(t => command.CommandText.Contains($"FROM \"{t}\"", StringComparison.Ordinal)))
            {
                var wrong = command is SqliteCommand ? OfSqlite(command) : OfPostgres(command);
                if (wrong is not null) _wrong.Add($"{_list}: {wrong}");
            }
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }

        private string? OfSqlite(DbCommand command)
        {
            var lines = new Dictionary<int, (int Parent, string Text)>();
            Explaining(command, "EXPLAIN QUERY PLAN ", reader => lines.Add(reader.GetInt32(0), (reader.GetInt32(1), reader.GetString(3))));
            var plan = string.Join('\n', lines.Values.Select(l => l.Text));
            if (ReadsNoRow(command)) plan += "\nno column of the table is read";
            _seen += plan + "\n";
            var tables = Aliases().Matches(command.CommandText).Where(m => Big.Contains(m.Groups[1].Value)).Select(m => m.Groups[2].Value).ToHashSet();
            bool Within(int id, string what) => lines.TryGetValue(id, out var line) && (line.Text.Contains(what, StringComparison.Ordinal) || Within(line.Parent, what));
            // A page of each part was cut out before these are sorted.
            bool SortsPages(int parent) => lines.Values.Where(l => l.Parent == parent).Select(l => Loop().Match(l.Text)).FirstOrDefault(m => m.Success) is { } loop && !tables.Contains(loop.Groups[1].Value);
            foreach (var (id, (parent, text)) in lines)
            {
                var scanned = Scan().Match(text);
                // Along the key of the log, from its newest entry.
                if (scanned.Success && scanned.Groups[1].Value == "a" && command.CommandText.Contains("FROM \"Audit\"", StringComparison.Ordinal)) continue;
                if (scanned.Success && tables.Contains(scanned.Groups[1].Value) && !text.Contains(" USING ", StringComparison.Ordinal)) return $"{text}\n{plan}\n{command.CommandText}";
                if (!text.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal) || Within(parent, "SCALAR SUBQUERY")) continue;
                if (_mayGroup && text == "USE TEMP B-TREE FOR GROUP BY") continue;
                if (SortsPages(parent)) continue;
                return $"{text}\n{plan}\n{command.CommandText}";
            }
            return null;
        }

        /// <summary>The row is looked for when a column of it is asked for, and none is: what the index's own filter says is not asked again.</summary>
        private static bool ReadsNoRow(DbCommand command)
        {
            var (rows, columns) = (new HashSet<int>(), new HashSet<int>());
            Explaining(command, "EXPLAIN ", reader =>
            {
                if (reader.GetString(1) == "DeferredSeek") rows.Add(reader.GetInt32(4));
                if (reader.GetString(1) == "Column") columns.Add(reader.GetInt32(2));
            });
            return !rows.Overlaps(columns);
        }

        private string? OfPostgres(DbCommand command)
        {
            using (var off = command.Connection!.CreateCommand())
            {
                // The table of a test is a page; what counts is whether the index could be used at all.
                (off.Transaction, off.CommandText) = (command.Transaction, "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_hashagg = off; SET jit = off");
                off.ExecuteNonQuery();
            }
            var json = "";
            Explaining(command, "EXPLAIN (FORMAT JSON) ", reader => json += reader.GetString(0));
            using (var on = command.Connection!.CreateCommand())
            {
                (on.Transaction, on.CommandText) = (command.Transaction, "RESET ALL");
                on.ExecuteNonQuery();
            }
            _seen += json + "\n";
            using var plan = JsonDocument.Parse(json);
            var wrong = Look(plan.RootElement[0].GetProperty("Plan"));
            return wrong is null ? null : $"{wrong}\n{json}\n{command.CommandText}";
        }

        /// <summary>A sort of rows that no limit has cut, or a table read from end to end.</summary>
        private static string? Look(JsonElement node)
        {
            var type = node.GetProperty("Node Type").GetString()!;
            if (type == "Seq Scan" && Big.Contains(node.GetProperty("Relation Name").GetString())) return "Seq Scan on " + node.GetProperty("Relation Name").GetString();
            if (type == "Sort" && ReadsUncut(node)) return "Sort of uncut rows";
            return Children(node).Select(Look).FirstOrDefault(w => w is not null);
        }

        private static bool ReadsUncut(JsonElement node) => Children(node).Any(child =>
            child.GetProperty("Node Type").GetString() != "Limit" && (child.TryGetProperty("Relation Name", out _) || ReadsUncut(child)));

        // What is asked for each row of a page reads that row's few.
        private static IEnumerable<JsonElement> Children(JsonElement node) => node.TryGetProperty("Plans", out var plans)
            ? plans.EnumerateArray().Where(p => p.GetProperty("Parent Relationship").GetString() is not ("SubPlan" or "InitPlan")) : [];

        private static void Explaining(DbCommand command, string how, Action<DbDataReader> row)
        {
            var text = command.CommandText;
            command.CommandText = how + text;
            using (var reader = command.ExecuteReader())
                while (reader.Read()) row(reader);
            command.CommandText = text;
        }

        [GeneratedRegex("\"(\\w+)\" AS \"(\\w+)\"", RegexOptions.None, 1000)]
        private static partial Regex Aliases();

        [GeneratedRegex("^(?:SCAN|SEARCH) (\\w+)", RegexOptions.None, 1000)]
        private static partial Regex Loop();

        [GeneratedRegex("^SCAN (\\w+)", RegexOptions.None, 1000)]
        private static partial Regex Scan();
    }
}

using System.Data.Common;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Features.Orders;
using FieldSupport.Web.Features.Practices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Pages;

public sealed partial class ListTests
{
    private static readonly string[] ByUrgency =
        [PagesWorld.Late, PagesWorld.NoSignal, PagesWorld.Unknown, PagesWorld.Uncovered, PagesWorld.AtRisk, PagesWorld.Watch];

    [Theory, OnBothDatabases]
    public async Task Today_ranks_what_needs_someone_and_counts_the_rest(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var page = await Page(await application.SignedIn(PagesWorld.Rep), "/today");

        Assert.Equal(ByUrgency, RowsOf(page).Where(ByUrgency.Contains));
        Assert.DoesNotContain($"d-{PagesWorld.OnTrack}\"", page, StringComparison.Ordinal);
        Assert.Contains("Late by 1 day", page, StringComparison.Ordinal);
        Assert.Contains("No scan since label, 3 days", page, StringComparison.Ordinal);
        Assert.Contains("Carrier says: &#x27;OC&#x27;", page, StringComparison.Ordinal);
        Assert.Contains("data-fs-live", page, StringComparison.Ordinal);
        Assert.Contains("tel:9015550142", page, StringComparison.Ordinal);
        Assert.Equal([PagesWorld.OnTrack], RowsOf(await Page(await application.SignedIn(PagesWorld.Rep), "/today?outlook=OnTrack")));
    }

    [Theory, OnBothDatabases]
    public async Task Logistics_see_every_territory_with_the_next_rescue_deadline_first(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var page = await Page(await application.SignedIn(PagesWorld.Logistics), "/today");
        Assert.Contains(PagesWorld.ForeignLate, RowsOf(page));
        Assert.Contains("decide by", page, StringComparison.Ordinal);
        var rows = (await application.Send(new Today.Query(null, ByRescue: true), PagesWorld.Logistics)).Rows;
        var deadlines = rows.TakeWhile(r => r.Rescue is not null).Select(r => r.Rescue!.DecideBy).ToList();
        Assert.NotEmpty(deadlines);
        Assert.Equal(deadlines.Order(), deadlines);
        Assert.All(rows.Skip(deadlines.Count), r => Assert.Null(r.Rescue));
    }

    [Theory, OnBothDatabases]
    public async Task A_territory_with_nothing_at_risk_reads_that_today_is_clear(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using (var db = application.Open())
            foreach (var row in await db.Deliveries.ToListAsync()) { row.IsOpen = false; await db.SaveChangesAsync(); }
        Assert.Contains("Today is clear", await Page(await application.SignedIn(PagesWorld.Rep), "/today"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_row_whose_answer_has_run_out_says_so(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        application.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains("due for another look", await Page(await application.SignedIn(PagesWorld.Rep), "/today"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Every_list_is_one_statement(Database database)
    {
        var statements = new Statements();
        await using var application = await PagesWorld.StartAsync(database, s => s.AddSingleton<IInterceptor>(statements));
        async Task<int> Count(Func<Task> act)
        {
            statements.Seen.Clear();
            await act();
            return statements.Seen.Count(s => s.Contains("\"Accounts\"", StringComparison.Ordinal) || s.Contains("\"Deliveries\"", StringComparison.Ordinal));
        }
        foreach (var sort in new[] { "risk", "need-by", "practice" })
            Assert.Equal(1, await Count(() => application.Send(new DeliveryList.Query(new DeliveryFilter { Sort = sort, Practice = "ridge" }), PagesWorld.Rep)));
        Assert.Equal(1, await Count(() => application.Send(new OutlookCounts.Query(new DeliveryFilter()), PagesWorld.Rep)));
        Assert.Equal(1, await Count(() => application.Send(new Today.Query(null, ByRescue: false), PagesWorld.Rep)));
        // How many refills a day has, and which of the few that need somebody are for them.
        Assert.Equal(2, await Count(() => application.Send(new RefillsAhead.Query(new DateOnly(2027, 2, 4), 14), PagesWorld.Rep)));
        Assert.Equal(1, await Count(() => application.Send(new OrderList.Query(new OrderList.Filter { Practice = "ridge" }), PagesWorld.Rep)));
        Assert.Equal(1, await Count(() => application.Send(new PracticeList.Query("memphis", null), PagesWorld.Rep)));
    }

    [Fact]
    public async Task The_list_by_risk_walks_its_index_and_sorts_nothing()
    {
        var statements = new Statements();
        await using var application = await PagesWorld.StartAsync(Database.Sqlite, s => s.AddSingleton<IInterceptor>(statements));
        foreach (var (who, index) in new[] { (PagesWorld.Rep, "IX_Deliveries_TerritoryCode_SortRank"), (PagesWorld.Logistics, "IX_Deliveries_SortRank") })
        {
            statements.Plans.Clear();
            statements.IsExplaining = true;
            await application.Send(new DeliveryList.Query(new DeliveryFilter()), who);
            statements.IsExplaining = false;
            var plan = Assert.Single(statements.Plans);
            Assert.True(plan.Contains(index, StringComparison.Ordinal), plan);
            Assert.DoesNotContain(plan.Split('\n'), l => l.StartsWith("0 ", StringComparison.Ordinal) && l.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
    }

    [Theory, OnBothDatabasesForEach("risk", "need-by", "practice")]
    public async Task Page_by_page_every_row_comes_once_and_in_the_order_of_the_whole(Database database, string sort)
    {
        await using var application = await PagesWorld.StartAsync(database);
        DeliveryFilter Asked(string? after) => new() { Sort = sort, Status = "all", After = after };
        var whole = (await application.Send(new DeliveryList.Query(Asked(null)), PagesWorld.Logistics)).Lines.Select(l => l.Row).ToList();
        Assert.True(whole.Count >= 10);
        for (var i = 0; i < whole.Count; i++)
        {
            var rest = (await application.Send(new DeliveryList.Query(Asked(DeliveryFilter.CursorBehind(whole[i]))), PagesWorld.Logistics)).Lines.Select(l => l.Row).ToList();
            Assert.Equal(whole.Skip(i + 1).Select(r => r.Number), rest.Select(r => r.Number));
        }
    }

    [Theory, OnBothDatabases]
    public async Task Filters_stand_in_the_address_and_come_off_one_by_one(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var rep = await application.SignedIn(PagesWorld.Rep);
        Assert.Equal([PagesWorld.NoSignal], RowsOf(await Page(rep, "/deliveries?reason=LABEL_NOT_PICKED_UP")));
        Assert.Equal([PagesWorld.AtRisk], RowsOf(await Page(rep, "/deliveries?outlook=AtRisk&carrier=FedEx&practice=ridge")));
        Assert.Equal([PagesWorld.Late], RowsOf(await Page(rep, "/deliveries?needByFrom=2027-02-04&needByTo=2027-02-04")));
        var none = await Page(rep, "/deliveries?kind=kit&practice=ridge");
        Assert.Contains("No delivery matches", none, StringComparison.Ordinal);
        Assert.Contains("href=\"/deliveries?practice=ridge\"", none, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await rep.GetAsync("/deliveries?after=rubbish&size=7&sort=x&needByTo=never")).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task The_export_is_the_current_query_with_its_byte_order_mark_and_no_formulas(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        await using (var db = application.Open())
        {
            (await db.Accounts.SingleAsync(a => a.Code == "RIDGEVIEW")).Name = "=HYPERLINK(\"http://x\")";
            await db.SaveChangesAsync();
        }
        var answer = await (await application.SignedIn(PagesWorld.Rep)).GetAsync("/deliveries/export.csv?outlook=Late");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        var lines = Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("Number,Kind,Order", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{PagesWorld.Late},drug,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://x\"\")\",", lines[1], StringComparison.Ordinal);
        Assert.Contains("2027-02-04T16:00:00-06:00", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_spreadsheet_would_run_gets_an_apostrophe_and_a_negative_number_stays_one() =>
        Assert.Equal("'=1+1,'+x,'-x,'@x,'\tx,\"'\rx\",-12.5,\"a,b\",\"say \"\"hi\"\"\",\r\n", SafeCsv.Row("=1+1", "+x", "-x", "@x", "\tx", "\rx", "-12.5", "a,b", "say \"hi\"", null));

    internal static async Task<string> Page(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    internal static List<string> RowsOf(string page) => [.. Row().Matches(page).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("data-fs-row[^>]* id=\"d-([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Row();

    private sealed class Statements : DbCommandInterceptor
    {
        public List<string> Seen { get; } = [];
        public List<string> Plans { get; } = [];
        public bool IsExplaining { get; set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Seen.Add(command.CommandText);
            if (IsExplaining && command.CommandText.Contains("\"SortSlack\"", StringComparison.Ordinal)) Explain(command);
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }

        private void Explain(DbCommand command)
        {
            var text = command.CommandText;
            command.CommandText = "EXPLAIN QUERY PLAN " + text;
            using (var reader = command.ExecuteReader())
            {
                var lines = new List<string>();
                while (reader.Read()) lines.Add($"{reader.GetInt32(1)} {reader.GetString(3)}");
                Plans.Add(string.Join('\n', lines));
            }
            command.CommandText = text;
        }
    }
}

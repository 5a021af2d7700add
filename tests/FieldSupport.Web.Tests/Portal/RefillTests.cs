using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Vault;
using FieldSupport.Web.Tests.Wall;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>Refill dates as a practice enters, moves and cancels them. The sample's clock: Thursday February 4, 2027, in Memphis.</summary>
public sealed partial class RefillTests
{
    private const string Practice = "practice@demo.test";

    [Theory, OnBothDatabases]
    public async Task Twenty_pasted_dates_in_many_styles_are_booked_in_one_save_watched_and_taken_back(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(SampleWorld.Nurse);
        var text = "3/1/2027\tREF-A1\n2027-03-02;REF-A2\n03/03/27\nMar 4 2027\n5 March 2027\nMarch 8, 2027, REF-A6\nTue Mar 9 2027\n10-Mar-27\n20270311\n3-12-2027\n15.03.2027\t\t2027-04-20\n"
            + string.Join('\n', Enumerable.Range(16, 4).Select(d => $"2027-03-{d}")) + "\n" + string.Join('\n', Enumerable.Range(22, 5).Select(d => $"3/{d}/2027"));
        var preview = await Preview(practice, text);
        Assert.Contains("20 dates ready", preview, StringComparison.Ordinal);
        Assert.Contains("Thu Mar 4, 2027", preview, StringComparison.Ordinal);
        Assert.Empty(await Entered(application));

        var answer = await Book(practice, preview, text);
        Assert.Equal((HttpStatusCode.SeeOther, "/portal/refills"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var visits = await Entered(application);
        Assert.Equal(20, visits.Count);
        Assert.All(visits, v => Assert.StartsWith("VIS-", v.Key, StringComparison.Ordinal));
        Assert.Equal(new DateOnly(2027, 4, 20), visits.Single(v => v.VisitOn == new DateOnly(2027, 3, 15)).RefillByOn);
        await using (var db = application.Open())
        {
            Assert.Equal(20, await db.Deliveries.CountAsync(d => d.OrderId == null && d.ShipmentId == null && d.Number.StartsWith("VIS-")));
            Assert.Equal(20, await db.Audit.CountAsync(e => e.Action == "visit.entered" && e.Actor == SampleWorld.Nurse));
            Assert.Equal(3, await db.Audit.CountAsync(e => e.Action == "vault.stored"));
            Assert.False(await db.Audit.AnyAsync(e => e.Changes != null && e.Changes.Contains("REF-A")));
        }
        var list = await PageOf(practice, "/portal/refills");
        Assert.Contains("REF-A6", list, StringComparison.Ordinal);
        Assert.Contains("No order yet", list, StringComparison.Ordinal);
        Assert.Contains("20 refill dates are entered.", list, StringComparison.Ordinal);
        Assert.DoesNotContain("REF-A", await PageOf(await application.SignedIn("practice2@demo.test"), "/portal/refills"), StringComparison.Ordinal);

        // The same list again, from the same page: once.
        Assert.Equal(HttpStatusCode.SeeOther, (await Book(practice, preview, text)).StatusCode);
        Assert.Contains("sent twice", await PageOf(practice, "/portal/refills"), StringComparison.Ordinal);
        Assert.Equal(20, (await Entered(application)).Count);
        Assert.Contains("Booked already, with this reference", await Preview(practice, text), StringComparison.Ordinal);

        var undo = Undo().Match(list).Groups[1].Value;
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(WebUtility.HtmlDecode(undo), null)).StatusCode);
        Assert.All(await Entered(application), v => Assert.NotNull(v.CancelledAtUtc));
        await Parcels.Sweep(application);
        await using (var db = application.Open()) Assert.False(await db.Deliveries.AnyAsync(d => d.Number.StartsWith("VIS-") && d.IsOpen));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync(WebUtility.HtmlDecode(undo), null)).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_mixed_list_books_what_is_ready_and_what_is_ticked(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(Practice);
        const string text = "Visit date\n2/10/2027\n2/10/2027\n2/13/2027\n2/15/2027\n2/9/2027\n2/3/2027\n04.03.2027\n46400\nMon Feb 10 2027\n2/10/2029\nhello";
        var preview = await Preview(practice, text);
        Assert.Contains("1 date ready, 10 lines to look at", preview, StringComparison.Ordinal);
        foreach (var said in new[] { "The same as line 2", "A Saturday", "Washington", "This day is over", "can be two days", "number for a day", "is a Wednesday, not a Monday", "More than a year", "not a date", "heading of the column" })
            Assert.Contains(said, preview, StringComparison.Ordinal);
        // 13 February is a Saturday, line 7 is over: a tick helps the one, not the other.
        Assert.Equal(HttpStatusCode.SeeOther, (await Book(practice, preview, text, 4, 7)).StatusCode);
        Assert.Equal([new DateOnly(2027, 2, 10), new DateOnly(2027, 2, 13)], (await Entered(application)).Select(v => v.VisitOn));
    }

    [Theory, OnBothDatabases]
    public async Task Five_thousand_lines_are_answered_and_booked_and_one_more_is_refused(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(Practice);
        var text = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"{new DateOnly(2027, 2, 5).AddDays(i % 300):M/d/yyyy},R{i}"));
        var preview = await Preview(practice, text);
        Assert.True(preview.Length < 500_000, $"The page has {preview.Length} characters.");
        var ready = int.Parse(Ready().Match(preview).Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        Assert.InRange(ready, 3_000, 4_000);
        var ticks = Enumerable.Range(1, 5_000).ToArray();
        Assert.Equal(HttpStatusCode.SeeOther, (await Book(practice, preview, text, ticks)).StatusCode);
        Assert.Equal(5_000, (await Entered(application)).Count);
        Assert.Contains("next=", (await PageOf(practice, "/portal/refills")).Replace("?after=", "next=", StringComparison.Ordinal), StringComparison.Ordinal);

        var refused = await practice.PostAsync("/portal/refills/preview", Application.Form(("Text", text + "\n3/1/2027")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("more than 5,000 lines", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(application.Errors);
    }

    [Theory]
    [InlineData("visitOn,reference,refillBy\r\n2027-03-01,A-1,2027-03-20\r\n", "utf-8"), InlineData("visit,VISITON,reference\n\n77,3/1/2027,A-1\n", "utf-16")]
    [InlineData("3/1/2027\tA-1\r\n", "utf-16"), InlineData("Mar 1 2027;A-1", "utf-8")]
    public async Task A_file_is_read_like_a_pasted_column(string content, string encoding)
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var practice = await application.SignedIn(Practice);
        var coder = Encoding.GetEncoding(encoding);
        using var form = new MultipartFormDataContent { { new ByteArrayContent([.. coder.GetPreamble(), .. coder.GetBytes(content)]), "file", "visits.csv" } };
        var answer = await practice.PostAsync("/portal/refills/preview", form);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("1 date ready", page, StringComparison.Ordinal);
        Assert.Contains("Mon Mar 1, 2027", page, StringComparison.Ordinal);
        Assert.Contains("A-1", page, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task One_date_is_added_and_a_closed_day_asks_first(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(Practice);
        var month = await PageOf(practice, "/portal/refills?month=2027-02");
        Assert.Contains("February 2027", month, StringComparison.Ordinal);
        Assert.Contains("/portal/refills/add?on=2027-02-10", month, StringComparison.Ordinal);
        Assert.DoesNotContain("/portal/refills/add?on=2027-02-15", month, StringComparison.Ordinal);
        Assert.DoesNotContain("/portal/refills/add?on=2027-02-03", month, StringComparison.Ordinal);
        Assert.Contains("Tue Feb 9: 1 refill", month, StringComparison.Ordinal);
        Assert.Contains("value=\"2027-02-10\"", await PageOf(practice, "/portal/refills/add?on=2027-02-10"), StringComparison.Ordinal);

        var closed = await practice.PostAsync("/portal/refills/add", Application.Form(("On", "2027-02-15"), ("Reference", "A-9")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, closed.StatusCode);
        Assert.Contains("Washington", await closed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync("/portal/refills/add", Application.Form(("On", "2027-02-15"), ("Reference", "A-9"), ("Anyway", "true")))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync("/portal/refills/add", Application.Form(("On", "2027-02-03"), ("Anyway", "true")))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync("/portal/refills/add", Application.Form(("On", "")))).StatusCode);
        Assert.Single(await Entered(application));
    }

    [Theory, OnBothDatabases]
    public async Task A_moved_refill_dates_its_orders_anew_says_old_and_new_and_moves_back(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application, isDelivered: false);
        var practice = await application.SignedIn(Practice);
        await Parcels.Sweep(application, onlyDue: false);
        var move = $"/portal/refills/{SampleWorld.Lakeside.Visit}/move";
        Assert.Contains("At the latest Fri Feb 12", await PageOf(practice, move), StringComparison.Ordinal);

        // Past, closed, after refill-by, and earlier than the box can be there.
        foreach (var (on, said) in new[] { ("2027-02-03", "is over"), ("2027-02-13", "A Saturday"), ("2027-02-17", "The clinician decides"), ("2027-02-05", "which is over"), ("", "Choose the new day"), ("2027-02-09", "already") })
        {
            var refused = await practice.PostAsync(move, Application.Form(("On", on)));
            Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, on);
            Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Conflict, (await practice.PostAsync(move, Application.Form(("On", "2027-02-11"), ("Seen", "2027-02-08")))).StatusCode);

        var answer = await practice.PostAsync(move, Application.Form(("On", "2027-02-11"), ("Seen", "2027-02-09")));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        await using (var db = application.Open())
            Assert.Equal(new DateOnly(2027, 2, 9), DateOnly.FromDateTime((await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).NeedByUtc!.Value.UtcDateTime));
        var page = await PageOf(practice, answer.Headers.Location!.OriginalString);
        Assert.Contains("Tue Feb 9 → Thu Feb 11", page, StringComparison.Ordinal);
        Assert.Contains("ORD-90001, parcel SHP-90001", page, StringComparison.Ordinal);
        Assert.Contains("Fri Feb 5, 4:00 pm CT → <strong>Tue Feb 9, 4:00 pm CT", page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync(move, Application.Form(("On", "2027-02-09"), ("Seen", "2027-02-11"), ("Anyway", "true")))).StatusCode);
        await Parcels.Sweep(application);
        await using (var db = application.Open())
        {
            Assert.Equal(2, await db.Audit.CountAsync(e => e.Action == "visit.moved" && e.Actor == Practice));
            Assert.Equal(new DateOnly(2027, 2, 5), DateOnly.FromDateTime((await db.Deliveries.SingleAsync(d => d.Number == Parcels.Number)).NeedByUtc!.Value.UtcDateTime));
        }
        foreach (var address in new[] { move, move.Replace("/move", "/cancel", StringComparison.Ordinal) })
            Assert.Equal(HttpStatusCode.NotFound, (await (await application.SignedIn("practice2@demo.test")).PostAsync(address, Application.Form(("On", "2027-02-11")))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await application.SignedIn("rep@demo.test")).GetAsync(move)).StatusCode);
        Assert.Empty(application.Errors);
    }

    [Theory, OnBothDatabases]
    public async Task A_cancelled_refill_is_off_the_watch_its_order_stays_and_undo_brings_it_back(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var practice = await application.SignedIn(Practice);
        await practice.PostAsync("/portal/refills/add", Application.Form(("On", "2027-02-18")));
        var visit = Assert.Single(await Entered(application)).Key;
        await Parcels.Sweep(application);
        Assert.True(await IsWatched());

        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync($"/portal/refills/{visit}/cancel", null)).StatusCode);
        Assert.Contains("is cancelled.", await PageOf(practice, "/portal/refills"), StringComparison.Ordinal);
        await Parcels.Sweep(application);
        Assert.False(await IsWatched());
        Assert.Equal(HttpStatusCode.NotFound, (await practice.GetAsync($"/portal/refills/{visit}/move")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await practice.PostAsync($"/portal/refills/{visit}/cancel", null)).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await practice.PostAsync($"/portal/refills/{visit}/restore", null)).StatusCode);
        await Parcels.Sweep(application);
        Assert.True(await IsWatched());

        await practice.PostAsync($"/portal/refills/{SampleWorld.Lakeside.Visit}/cancel", null);
        Assert.Contains("ORD-90001 stays ordered; call", await PageOf(practice, "/portal/refills"), StringComparison.Ordinal);
        await Parcels.Sweep(application, onlyDue: false);
        Assert.Empty(application.Errors);

        async Task<bool> IsWatched()
        {
            await using var db = application.Open();
            return (await db.Deliveries.SingleAsync(d => d.Number == visit)).IsOpen;
        }
    }

    [Theory, OnBothDatabases]
    public async Task The_calculator_answers_the_worked_rows_and_keeps_nothing_of_them(Database database)
    {
        var log = new LogCapture();
        await using var application = await Application.StartAsync(database, services: log.AddTo);
        var practice = await application.SignedIn(SampleWorld.Nurse);
        const string address = "/portal/refills/calculator";
        foreach (var (fill, strength, dose, alarm, days, refillBy) in new[]
        {
            ("40", "2000", "600", "2", "126", "Jan 5, 2027"), ("20", "500", "150", "2", "60", "Oct 31, 2026"), ("40", "2000", "200", "2", "380", "Feb 28, 2027"),
            ("20", "2000", "350", "2", "102", "Dec 12, 2026"), ("40", "500", "275.5", "2", "68", "Nov 8, 2026"), ("40", "2000", "600", "4", "120", "Dec 30, 2026"),
        })
        {
            var page = await Answer(HttpStatusCode.OK, ("FillDate", "2026-09-01"), ("FillVolume", fill), ("Concentration", strength), ("Dose", dose), ("AlarmVolume", alarm), ("Reservoir", "40"));
            Assert.Contains(">" + days + "<", page, StringComparison.Ordinal);
            Assert.Contains(refillBy, page, StringComparison.Ordinal);
            Assert.Equal(days == "380", page.Contains("The stability limit comes first", StringComparison.Ordinal));
        }
        // The printout overrides: a week before December 28.
        var first = await Answer(HttpStatusCode.OK, ("FillDate", "2026-09-01"), ("FillVolume", "40"), ("Concentration", "2000"), ("Dose", "600"), ("Printout", "2026-12-28"));
        Assert.Contains("28, 2026", first, StringComparison.Ordinal);
        Assert.Contains("8 days apart", first, StringComparison.Ordinal);
        Assert.Contains("Refill visit: Mon Dec 21, 2026", first, StringComparison.Ordinal);
        Assert.Contains("That day is over", first, StringComparison.Ordinal);
        Assert.Contains("fewer than 14", await Answer(HttpStatusCode.OK, ("FillDate", "2026-10-01"), ("FillVolume", "20"), ("Concentration", "500"), ("Dose", "900")), StringComparison.Ordinal);
        foreach (var (field, value, said) in new[]
        {
            ("FillVolume", "41", "more than the reservoir holds"), ("AlarmVolume", "40", "must be below the fill volume"), ("Concentration", "1000", "not a refill concentration"), ("Dose", "0", "more than 0"),
            ("Dose", "2,000", "without a comma"), ("FillDate", "", "Enter the day"), ("FillDate", "2027-12-01", "lies ahead"), ("Dose", "<script>", "not a number"), ("Printout", "04.03.2027", "two days"),
        })
        {
            var fields = new Dictionary<string, string> { ["FillDate"] = "2026-09-01", ["FillVolume"] = "40", ["Concentration"] = "2000", ["Dose"] = "600", ["Reservoir"] = "40", [field] = value };
            Assert.Contains(said, await Answer(HttpStatusCode.UnprocessableEntity, [.. fields.Select(f => (f.Key, f.Value))]), StringComparison.Ordinal);
        }
        Assert.Contains("Refill visit:", await Answer(HttpStatusCode.OK, ("FillDate", "2026-09-01"), ("FillVolume", "40"), ("Concentration", "1000"), ("Dose", "600"), ("Diluted", "true")), StringComparison.Ordinal);

        // Numbers that stand nowhere else: they come back on the page and are found nowhere afterwards.
        string[] planted = ["37.531", "1873.25", "613.717", "2.0193"];
        var shown = await Answer(HttpStatusCode.OK, ("FillDate", "2027-01-15"), ("FillVolume", planted[0]), ("Concentration", planted[1]), ("Dose", planted[2]), ("AlarmVolume", planted[3]), ("Diluted", "true"));
        var token = new[] { ("On", Value(shown, "On")), ("RefillBy", Value(shown, "RefillBy")), ("Seen", Value(shown, "Seen")) };
        var booked = await practice.PostAsync("/portal/refills/add", Application.Form([.. token!]));
        Assert.Equal(HttpStatusCode.SeeOther, booked.StatusCode);
        var visit = Assert.Single(await Entered(application));
        Assert.Equal((Value(shown, "On"), Value(shown, "RefillBy")), (visit.VisitOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), visit.RefillByOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        foreach (var number in planted)
        {
            Assert.Contains(number, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(log.Lines, l => l.Text.Contains(number, StringComparison.Ordinal));
        }
        if (database == Database.Sqlite)
        {
            foreach (var file in Directory.EnumerateFiles(application.DataFolder, "*", SearchOption.AllDirectories))
            {
                await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(open, Encoding.Latin1);
                var bytes = await reader.ReadToEndAsync();
                Assert.All(planted, number => Assert.False(bytes.Contains(number, StringComparison.Ordinal), $"{number} stands in {Path.GetFileName(file)}"));
            }
        }

        async Task<string> Answer(HttpStatusCode expected, params (string, string?)[] fields)
        {
            var answer = await practice.PostAsync(address, Application.Form(fields));
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {string.Join(' ', fields)} {page[Math.Max(0, page.IndexOf("<main", StringComparison.Ordinal))..]}");
            // The session's and the forms' own cookies, and none that could hold an answer.
            if (answer.Headers.TryGetValues("Set-Cookie", out var cookies)) Assert.DoesNotContain(cookies, c => c.Contains("TempData", StringComparison.OrdinalIgnoreCase) && !c.Contains("TempDataProvider=;", StringComparison.Ordinal));
            return page;
        }
    }

    private static async Task<string> Preview(HttpClient practice, string text)
    {
        var answer = await practice.PostAsync("/portal/refills/preview", Application.Form(("Text", text)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> Book(HttpClient practice, string preview, string text, params int[] anyway) => practice.PostAsync("/portal/refills/enter",
        Application.Form([("Text", text), ("Seen", Value(preview, "Seen")), .. anyway.Select(a => ("Anyway", (string?)a.ToString(CultureInfo.InvariantCulture)))]));

    private static string? Value(string page, string field) => Regex.Match(page, $"name=\"{field}\" value=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    private static async Task<string> PageOf(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address} answers {answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<List<FieldSupport.Domain.Refills.VisitSlot>> Entered(Application application)
    {
        await using var db = application.Open();
        return await db.Visits.AsNoTracking().Where(v => v.Key.StartsWith("VIS-")).OrderBy(v => v.VisitOn).ToListAsync();
    }

    [GeneratedRegex("action=\"(/portal/refills/undo[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Undo();

    [GeneratedRegex("([0-9,]+) dates ready", RegexOptions.None, 1000)]
    private static partial Regex Ready();
}

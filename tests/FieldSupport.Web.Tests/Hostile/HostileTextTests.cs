using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using CsvHelper;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Pages;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>Every text of real-data/bad-input in every text field: kept as it was typed or refused in a sentence, shown as text, and nothing breaks.</summary>
public sealed class HostileTextTests(ITestOutputHelper output)
{
    private const string Practice = "practice@demo.test";
    private static readonly string Receive = $"/portal/shipments/{Parcels.Number}/receive";

    public static TheoryData<Database> Both => [.. OnBothDatabasesAttribute.Wanted()];

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task In_a_chase_from_the_page_and_from_the_api(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (rep, program) = (await application.SignedIn(PagesWorld.Rep), await application.WithToken(PagesWorld.Rep));
        const string page = $"/shipments/{PagesWorld.AtRisk}", form = $"/deliveries/{PagesWorld.AtRisk}/chase", api = $"/api/v1/deliveries/{PagesWorld.AtRisk}/chases";
        Assert.Equal(HttpStatusCode.SeeOther, (await Chase("fine", "fine", "fine", true)).StatusCode);
        var (harmless, harmlessForm) = (Skeleton.Of(await ListTests.Page(rep, page)), Skeleton.Of(await ListTests.Page(rep, form)));
        harmlessForm.UnionWith(Skeleton.Of(await (await Chase("Born on 1/1/1980", "Born on 1/1/1980", "Born on 1/1/1980", true)).Content.ReadAsStringAsync()));
        int kept = 0, refused = 0;

        // A note takes many at once; who answered and what was promised take what fits. What one database gets by the page, the other gets by the API.
        var notes = new Queue<string>(HostileTexts.Together(1900));
        var contacts = new Queue<string>(HostileTexts.Together(120));
        var promises = new Queue<string>(HostileTexts.Together(500));
        for (var byPage = database == Database.Sqlite; notes.Count + contacts.Count + promises.Count > 0; byPage = !byPage)
            await Try(notes.Count > 0 ? notes.Dequeue() : "x", contacts.Count > 0 ? contacts.Dequeue() : "x", promises.Count > 0 ? promises.Dequeue() : "x", byPage);
        output.WriteLine($"{database}: {HostileTexts.All.Count} texts in each of three fields, by page or by API: {kept} chases kept, {refused} refused with a sentence");
        Assert.Empty(application.Errors);

        async Task Try(string note, string contact, string promise, bool byPage)
        {
            var answer = await Chase(note, contact, promise, byPage);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
            {
                refused++;
                Assert.True(body.Contains("Take out", StringComparison.Ordinal) || body.Contains("Keep ", StringComparison.Ordinal) || body.Contains("Write what was said", StringComparison.Ordinal), body);
                if (byPage) AssertSame(harmlessForm, body, form);
                // One of many was refused: the others have not been tried yet.
                foreach (var (one, other) in Halves(note)) { await Try(one, "x", "x", byPage); await Try(other, "x", "x", byPage); }
                foreach (var (one, other) in Halves(contact)) { await Try("x", one, "x", byPage); await Try("x", other, "x", byPage); }
                foreach (var (one, other) in Halves(promise)) { await Try("x", "x", one, byPage); await Try("x", "x", other, byPage); }
                return;
            }
            Assert.True(answer.StatusCode == (byPage ? HttpStatusCode.SeeOther : HttpStatusCode.Created), $"{answer.StatusCode}: {note} | {contact} | {promise} {body}");
            kept++;
            await using var db = application.Open();
            var chase = await db.Chases.OrderByDescending(c => c.LoggedAtUtc).ThenByDescending(c => c.Id).FirstAsync();
            Assert.Equal((Line(note), Blank(contact), Blank(promise)), (Line(chase.Note), chase.Contact is null ? null : Line(chase.Contact), chase.Promise is null ? null : Line(chase.Promise)));
            if (kept % 7 != 0 && kept > 20) return;
            foreach (var (address, skeleton) in new[] { (page, harmless), (form, harmlessForm) })
            {
                var shown = await ListTests.Page(rep, address);
                AssertSame(skeleton, shown, address);
                Assert.Contains(Squeezed(note), Squeezed(WebUtility.HtmlDecode(shown)), StringComparison.Ordinal);
            }
        }

        async Task<HttpResponseMessage> Chase(string note, string contact, string promise, bool byPage)
        {
            application.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return byPage
                ? await rep.PostAsync(form, Application.Form(("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Safety.WhyNot", "Nothing of the kind."), ("Note", note), ("Contact", contact), ("Promise", promise), ("Due", "none")))
                : await program.PostAsJsonAsync(api, new { whom = "carrier", channel = "phone", note, contact, promise });
        }
    }

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task In_a_receipt_from_the_page_and_from_the_api(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var (practice, program, rep) = (await application.SignedIn(Practice), await application.WithToken(Practice), await application.SignedIn(PagesWorld.Rep));
        string[] pages = [Receive, "/portal/orders/" + SampleWorld.Lakeside.Order, "/shipments/" + Parcels.Number];
        await State("fine", "fine", byPage: true);
        var harmless = new Dictionary<string, HashSet<string>>();
        foreach (var page in pages) harmless.Add(page, Skeleton.Of(await ListTests.Page(page.StartsWith("/portal", StringComparison.Ordinal) ? practice : rep, page)));
        int kept = 0, refused = 0;
        var said = new List<string>();
        for (var i = 0; i < HostileTexts.All.Count; i++)
        {
            var text = HostileTexts.All[i];
            var answer = await State(text, $"L{i}", byPage: i % 2 == 0);
            var fits = text.Length <= 200 && !text.Any(char.IsControl) && !string.IsNullOrWhiteSpace(text);
            AssertAnswered(fits, answer, $"received by {text}");
            if (fits) said.Add(text.Trim());
            var lotFits = text.Length <= 20 && !text.Any(char.IsControl);
            if (lotFits && i % 2 == 0) await Forget(application);
            AssertAnswered(lotFits, await State("x", text, byPage: i % 2 != 0), $"lot {text}");
            if (lotFits)
            {
                await using var db = application.Open();
                Assert.True(await db.Receipts.AnyAsync(r => r.Lot == text.Trim()), text);
            }
            _ = fits ? kept++ : refused++;
            if (said.Count < 25) continue;
            await LookAsync();
        }
        await LookAsync();
        output.WriteLine($"{database}: {HostileTexts.All.Count} texts as receiver and as lot, by page and by API: {kept} kept, {refused} refused");
        Assert.Empty(application.Errors);

        async Task LookAsync()
        {
            await using var db = application.Open();
            var names = await db.Receipts.Select(r => r.ReceivedBy).ToListAsync();
            foreach (var page in pages) AssertSame(harmless[page], await ListTests.Page(page.StartsWith("/portal", StringComparison.Ordinal) ? practice : rep, page), page);
            var shown = Squeezed(WebUtility.HtmlDecode(await ListTests.Page(practice, pages[1])));
            Assert.All(names, n => Assert.Contains(Squeezed(n), shown, StringComparison.Ordinal));
            said.Clear();
            await Forget(application);
        }

        // "Not here", since that may be said of any parcel and as often as one likes.
        async Task<HttpResponseMessage> State(string by, string lot, bool byPage) => byPage
            ? await practice.PostAsync(Receive, Application.Form(("Safety.Heard", "no"), ("Safety.WhyNot", "Nothing of the kind."), ("ReceivedBy", by), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Lot", lot), ("Lines[0].Condition", "WRONG_ADDRESS")))
            : await program.PostAsJsonAsync($"/api/v1/shipments/{Parcels.Number}/receipts", new { lines = new[] { new { ndc = Parcels.Ndc, packs = 1, lot, condition = "WRONG_ADDRESS" } }, receivedBy = by });

        static void AssertAnswered(bool fits, HttpResponseMessage answer, string what) => Assert.True(
            fits ? answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.Created : answer.StatusCode == HttpStatusCode.UnprocessableEntity, $"{what}: {answer.StatusCode}");

        static async Task Forget(Application application)
        {
            await using var db = application.Open();
            await db.Receipts.ExecuteDeleteAsync();
        }
    }

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task In_what_is_told_to_safety_and_in_a_scanned_code(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var (practice, safety) = (await application.SignedIn(Practice), await application.SignedIn("safety@demo.test"));
        var harmless = new HashSet<string>();
        var told = 0;
        foreach (var text in HostileTexts.Together(9000).Prepend("fine"))
        {
            var answer = await practice.PostAsync("/report-a-problem", Application.Form(("What", text), ("Kind", text[..1]), ("About", text), ("Key", text)));
            Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{answer.StatusCode}: {text}");
            told++;
            var address = answer.Headers.Location!.OriginalString;
            var page = await ListTests.Page(safety, address.Replace("/report-a-problem/", "/safety/", StringComparison.Ordinal));
            if (harmless.Count == 0) harmless = Skeleton.Of(page);
            AssertSame(harmless, page, address);
            Assert.Contains(Squeezed(text), Squeezed(WebUtility.HtmlDecode(page)), StringComparison.Ordinal);
        }
        foreach (var text in HostileTexts.Together(190, " "))
        {
            var answer = await practice.PostAsync(Receive, Application.Form(("Seen", "0"), ("ReceivedBy", "x"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Condition", "GOOD"), ("Lines[0].Scan", text), ("Safety.Key", text), ("Kept", text)));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        }
        output.WriteLine($"{database}: {told} reports");
        Assert.Empty(application.Errors);
    }

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task In_every_search_filter_and_sort(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        var (desk, auditor, program) = (await application.SignedIn(PagesWorld.Logistics), await application.SignedIn("auditor@demo.test"), await application.WithToken(PagesWorld.Logistics));
        (string Page, string[] Fields, HttpClient Client)[] lists =
        [
            ("/search", ["q"], desk), ("/deliveries", ["outlook", "reason", "carrier", "kind", "practice", "needByFrom", "needByTo", "status", "sort", "size", "after"], desk),
            ("/deliveries/export.csv", ["outlook", "reason", "carrier", "kind", "practice", "needByFrom", "needByTo", "status", "sort", "size", "after"], desk),
            ("/orders", ["stage", "practice", "after"], desk), ("/practices", ["q", "after"], desk), ("/unmatched", ["view", "reason", "source", "q", "after"], desk),
            ("/safety", ["view", "kind", "after"], auditor), ("/report-a-problem", ["about"], desk), ("/today", ["outlook"], desk), ("/status", ["audit"], desk), ("/audit", ["kind", "key", "actor", "do", "day", "before"], auditor), ("/audit/export", ["kind", "key", "actor", "do", "day"], auditor),
            ("/api/v1/deliveries", ["after", "limit", "outlook", "account", "open"], program), ("/account/sign-in", ["returnUrl"], application.Anonymous()),
        ];
        var before = await Access.Rows.AllAsync(application);
        var harmless = new Dictionary<string, HashSet<string>>();
        foreach (var (page, fields, client) in lists.Where(l => l.Client != program))
        {
            // With nothing found, with something found, and with nothing asked.
            harmless.Add(page, Skeleton.Of(
                await ListTests.Page(client, Address(page, fields, "zzz")) + await ListTests.Page(client, page) + string.Concat(await Task.WhenAll(fields.Select(f => ListTests.Page(client, Address(page, [f], "zzz")))))));
        }
        var asked = 0;
        // Each by itself in one field after the other, then many together in all of them.
        var all = lists.SelectMany(l => l.Fields.Select(f => (List: l, Field: f))).ToList();
        for (var i = 0; i < HostileTexts.All.Count; i++)
        {
            var (list, field) = all[(i + (database == Database.Sqlite ? 0 : all.Count / 2)) % all.Count];
            await Ask(list, [field], HostileTexts.All[i]);
        }
        foreach (var many in HostileTexts.Together(1500, " "))
            foreach (var list in lists)
                await Ask(list, list.Fields, many);
        output.WriteLine($"{database}: {asked} searches, filters and sorts");
        Assert.Equal(before, await Access.Rows.AllAsync(application));
        Assert.Empty(application.Errors);

        async Task Ask((string Page, string[] Fields, HttpClient Client) list, string[] fields, string text)
        {
            asked++;
            var answer = await list.Client.GetAsync(Address(list.Page, fields, text));
            var body = await answer.Content.ReadAsStringAsync();
            if (list.Client == program)
            {
                Assert.True((int)answer.StatusCode is 200 or 400 or 422, $"{list.Page} {text}: {answer.StatusCode}");
                return;
            }
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{list.Page} with {text}: {answer.StatusCode}");
            if (answer.Content.Headers.ContentType?.MediaType == "text/html") AssertSame(harmless[list.Page], body, $"{list.Page} with {text}");
        }

        static string Address(string page, string[] fields, string text) => page + "?" + string.Join('&', fields.Select(f => $"{f}={EscapedUtf8(text)}"));
    }

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task At_the_door_and_as_the_reason_why_a_message_is_closed(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var refused = Skeleton.Of(await (await application.Anonymous().PostAsync("/account/sign-in", Application.Form(("Email", "x@y.test"), ("Password", "x"), ("ReturnUrl", "/x")))).Content.ReadAsStringAsync());
        foreach (var many in HostileTexts.Together(1500, " "))
        {
            var answer = await application.Anonymous().PostAsync("/account/sign-in", Application.Form(("Email", many), ("Password", many), ("ReturnUrl", many)));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            AssertSame(refused, await answer.Content.ReadAsStringAsync(), many);
        }

        var desk = await application.SignedIn(PagesWorld.Logistics);
        await using (var db = application.Open())
        {
            for (var i = 0; i <= HostileTexts.All.Count; i++)
                db.Add(new WorkItem { Number = $"WRK-{20000 + i}", Reason = "NO_SHIPMENT", Source = "test", Summary = "Matches nothing.", OpenKey = $"hostile {i}", OpenedAtUtc = application.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
        }
        var last = HostileTexts.All.Count;
        await desk.PostAsync($"/unmatched/WRK-{20000 + last}/close", Application.Form(("Reason", "fine")));
        var harmless = Skeleton.Of(await ListTests.Page(desk, "/unmatched?view=closed") + await ListTests.Page(desk, $"/unmatched/WRK-{20000 + last}"));
        var kept = new Dictionary<string, string>();
        for (var i = 0; i < last; i++)
        {
            var text = HostileTexts.All[i];
            application.Clock.Advance(TimeSpan.FromMilliseconds(1));
            var answer = await desk.PostAsync($"/unmatched/WRK-{20000 + i}/close", Application.Form(("Reason", text)));
            var fits = text.Trim().Length is > 0 and <= 300 && !text.Any(char.IsControl);
            Assert.True(answer.StatusCode == (fits ? HttpStatusCode.SeeOther : HttpStatusCode.UnprocessableEntity), $"{text}: {answer.StatusCode}");
            if (fits) kept.Add($"WRK-{20000 + i}", text.Trim());
        }
        await using (var db = application.Open())
        {
            var stored = await db.WorkItems.Where(w => w.ResolvedAtUtc != null).ToDictionaryAsync(w => w.Number, w => w.Resolution);
            Assert.All(kept, k => Assert.Equal(k.Value, stored[k.Key]));
        }
        string? next = "/unmatched?view=closed";
        var shown = new StringBuilder();
        while (next is not null)
        {
            var page = await ListTests.Page(desk, next);
            harmless.UnionWith(["a rel"]);
            AssertSame(harmless, page, next);
            shown.Append(WebUtility.HtmlDecode(page));
            var link = System.Text.RegularExpressions.Regex.Match(page, "rel=\"next\" href=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
            next = link.Success ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
        }
        var squeezed = Squeezed(shown.ToString());
        Assert.All(kept, k => Assert.Contains(Squeezed(k.Value), squeezed, StringComparison.Ordinal));
        output.WriteLine($"{database}: {kept.Count} reasons kept and shown, {last - kept.Count} refused");
        Assert.Empty(application.Errors);
    }

    [RealDataTheory("bad-input"), MemberData(nameof(Both))]
    public async Task In_the_cells_of_an_import_and_back_out_of_an_export(Database database)
    {
        await using var application = await Application.StartAsync(database, sample: true);
        var accounts = new StringBuilder("account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires,phone\r\n");
        var visits = new StringBuilder("account,visit,visitOn,refillBy,reference\r\n");
        var orders = new StringBuilder("account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt,promisedShipOn\r\n");
        for (var i = 0; i < HostileTexts.All.Count; i++)
        {
            var text = HostileTexts.All[i];
            var quoted = Quoted(text);
            accounts.Append(CultureInfo.InvariantCulture, $"H{i},{quoted},{quoted},{quoted},{quoted},TN,38103,America/Chicago,Mon-Fri 08:00-16:00,TN-West,L-1,TN,2028-12-31,\r\n");
            // A key stands in addresses and takes no such text; the reference takes all of it.
            visits.Append(CultureInfo.InvariantCulture, $"H{i},V-{i},2027-02-12,,{quoted}\r\n");
            orders.Append(CultureInfo.InvariantCulture, $"H{i},{quoted},STOCK,,70121-2503-01,1,TWO_DAY,2027-02-01T10:00:00-06:00,,\r\n");
        }
        // What people have in other columns is refused or kept like the rest.
        var wild = new StringBuilder("account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires,phone,coordinatorEmail\r\n");
        foreach (var quoted in HostileTexts.All.Select(Quoted)) wild.AppendJoin(',', Enumerable.Repeat(quoted, 15)).Append("\r\n");

        var named = await Import("accounts", accounts);
        var keyed = await Import("visits", visits);
        var ordered = await Import("orders", orders);
        var all = await Import("accounts", wild);
        foreach (var kind in new[] { "visits", "orders", "shipments", "receipts", "closures", "tracking" }) await Import(kind, wild);
        output.WriteLine($"{database}: {named.Accepted} names, {keyed.Accepted} visits, {ordered.Accepted} orders kept of {HostileTexts.All.Count}; {all.Rejected} rows of nothing else refused");

        await using (var db = application.Open())
        {
            var names = (await db.Accounts.Select(a => new { a.Code, a.Name }).ToListAsync()).Where(a => a.Code[0] == 'H').ToDictionary(a => a.Code, a => a.Name);
            Assert.True(names.Count > HostileTexts.All.Count * 9 / 10, $"{names.Count} names");
            Assert.All(names.Where(n => n.Key[1..].All(char.IsAsciiDigit)), n => Assert.Equal(HostileTexts.All[int.Parse(n.Key[1..], CultureInfo.InvariantCulture)], n.Value));
        }
        await using (var door = application.Services.GetRequiredService<PatientVault>().Open())
        {
            var keys = Enumerable.Range(0, HostileTexts.All.Count).ToDictionary(i => $"V-{i}", i => HostileTexts.All[i].Trim());
            var read = await door.ReadVisitReferences([.. keys.Keys], VaultPurpose.CaseWork, "test", new VaultPerson("specialist@demo.test", Roles.Specialist));
            Assert.True(read.Count > 500, $"{read.Count} references");
            Assert.All(read, r => Assert.Equal(keys[r.Key], r.Value));
        }

        var desk = await application.SignedIn(PagesWorld.Logistics);
        var pages = 0;
        foreach (var list in new[] { "/practices", "/orders", "/deliveries?size=100&sort=practice&status=all" })
        {
            var harmless = Skeleton.Of(await ListTests.Page(await application.SignedIn("rep2@demo.test"), list.Split('?')[0]) + await ListTests.Page(desk, "/practices/lakeside") + await ListTests.Page(desk, "/deliveries?practice=lake"));
            string? next = list;
            var seen = new HashSet<string>();
            while (next is not null && seen.Add(next))
            {
                var page = await ListTests.Page(desk, next);
                pages++;
                Assert.Empty(Skeleton.Of(page).Where(p => IsDangerous(p) && !harmless.Contains(p)).Select(p => $"{next}: {p}"));
                var link = System.Text.RegularExpressions.Regex.Match(page, "href=\"([^\"]*[?&;]after=[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
                next = link.Success ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
            }
        }
        Assert.True(pages > 30, $"{pages} pages");

        await PagesWorld.SweepAsync(application);
        foreach (var (client, address) in new[] { (desk, "/deliveries/export.csv?status=all"), (await application.SignedIn("auditor@demo.test"), "/audit/export") })
        {
            using var csv = new CsvParser(new StreamReader(await client.GetStreamAsync(address)), CultureInfo.InvariantCulture);
            var (rows, guarded, width) = (0, 0, -1);
            while (csv.Read())
            {
                rows++;
                if (width < 0) width = csv.Count;
                Assert.Equal(width, csv.Count);
                foreach (var cell in csv.Record!)
                {
                    Assert.False(cell.Length > 0 && "=+-@\t\r\n".Contains(cell[0], StringComparison.Ordinal) && !decimal.TryParse(cell, CultureInfo.InvariantCulture, out _), $"{address}: {cell} would run");
                    if (cell.StartsWith("'=", StringComparison.Ordinal) || cell.StartsWith("'@", StringComparison.Ordinal)) guarded++;
                }
            }
            Assert.True(rows > 500, $"{address}: {rows} rows");
            if (address.StartsWith("/deliveries", StringComparison.Ordinal)) Assert.True(guarded >= 4, $"{guarded} cells that a spreadsheet would run");
        }
        Assert.Empty(application.Errors);

        async Task<ImportReport> Import(string kind, StringBuilder file)
        {
            await using var db = application.Open();
            var report = await application.Services.GetRequiredService<ImportKinds>().Find(kind)!
                .Run(db, new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), new ImportOptions(Commit: true, SkipBad: true, "hostile.csv", null), default);
            Assert.All(report.Errors, e => Assert.True(e.Line > 0 && e.Message.Length > 0));
            return report;
        }

        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        static bool IsDangerous(string part) => part is "a stray bracket" or "script" or "img" or "iframe" or "object" or "embed" or "style" or "marquee" or "video" or "audio" or "input onfocus"
            || part.Contains(" on", StringComparison.Ordinal) || part.Contains(" to ", StringComparison.Ordinal) || part.EndsWith(" style", StringComparison.Ordinal) || part.EndsWith(" srcdoc", StringComparison.Ordinal);
    }

    private static void AssertSame(HashSet<string> harmless, string page, string where) => Assert.Empty(Skeleton.Of(page).Except(harmless).Select(p => $"{where}: {p}"));

    /// <summary>A browser sends line ends as CR LF, and so does a form of ours.</summary>
    private static string Line(string text) => text.Trim().Replace("\r\n", "\n", StringComparison.Ordinal);
    private static string? Blank(string text) => string.IsNullOrWhiteSpace(text) ? null : Line(text);

    /// <summary>A page breaks and indents its lines; its words are what counts.</summary>
    private static string Squeezed(string text) => new([.. text.Where(c => !char.IsWhiteSpace(c) && c != '\uFEFF')]);

    /// <summary>As a browser escapes it, whatever it is.</summary>
    private static string EscapedUtf8(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:X2}"));

    private static IEnumerable<(string, string)> Halves(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length > 1) yield return (string.Join('\n', lines[..(lines.Length / 2)]), string.Join('\n', lines[(lines.Length / 2)..]));
    }
}

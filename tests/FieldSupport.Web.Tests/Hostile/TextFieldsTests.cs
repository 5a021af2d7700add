using System.Globalization;
using System.Net;
using CsvHelper;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Tests.Pages;
using FieldSupport.Web.Tests.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit.Abstractions;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>
/// Hostile texts in every field of a form and every part of an address that no other test here has: refused in a sentence with nothing written,
/// or kept and shown as text, on pages, in mails and in exports. Which fields there are is read from the application itself.
/// </summary>
public sealed class TextFieldsTests(ITestOutputHelper output)
{
    private const string Practice = "practice@demo.test", Auditor = "auditor@demo.test", Safety = "safety@demo.test", Nobody = "";
    private const string Delivery = "/deliveries/" + PagesWorld.AtRisk, Chase = Delivery + "/chase", Settings = "/portal/settings", Refills = "/portal/refills";
    private const string NewestReport = "the newest report";
    private const string WorkItem = "WRK-70001", NewColleague = "new.colleague@lakeside.test";

    /// <param name="Key">As <see cref="TextFields"/> names it.</param>
    /// <param name="Most">What it takes at most, to say much in few requests; 0: it takes but what it offers or knows already.</param>
    private sealed record Field(string Key, string Who, int Most = 0)
    {
        public string Method => Key.Split(' ')[0];
        public string Name => Key.Split(' ')[2].Replace("[]", "[0]", StringComparison.Ordinal);
        public string Address => Key.Split(' ')[1].Replace("{number}", Key.Contains("/unmatched/", StringComparison.Ordinal) ? WorkItem : Key.Contains("/portal/", StringComparison.Ordinal) ? Parcels.Number : PagesWorld.AtRisk, StringComparison.Ordinal);
        /// <summary>What else the form says.</summary>
        public (string Name, string? Value)[] Others { get; init; } = [];
        /// <summary>Who sees it afterwards, and where.</summary>
        public (string Who, string Address)[] Shown { get; init; } = [];
        /// <summary>One line: what is kept together stands on it together.</summary>
        public bool IsLine { get; init; } = true;
        /// <summary>A number, an address, a mark of the form: few texts are one, or it is passed over.</summary>
        public bool IsParticular { get; init; }
        /// <summary>It stands on the first of these pages as it was typed.</summary>
        public bool IsSeen { get; init; } = true;
        /// <summary>Where several fields are alike, each gets its part of the lists.</summary>
        public int Part { get; init; }
        public int Of { get; init; } = 1;
        /// <summary>Makes it possible once more.</summary>
        public string? Again { get; init; }
    }

    private static readonly (string, string?)[] Said = [("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "no"), ("Note", "They look for it."), ("Due", "none")];
    private static readonly (string, string?)[] Harm = [("Whom", "carrier"), ("Channel", "phone"), ("Safety.Heard", "yes"), ("Safety.What", "A box was wet."), ("Safety.About", "PRODUCT_COMPLAINT"), ("Note", "They look for it."), ("Due", "none")];
    private static readonly (string, string?)[] Counted = [("ReceivedBy", "Noor"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Lot", "L1"), ("Lines[0].Condition", "WRONG_ADDRESS"), ("Safety.Heard", "no")];
    private static readonly (string, string?)[] Harmed = [("ReceivedBy", "Noor"), ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Lot", "L1"), ("Lines[0].Condition", "WRONG_ADDRESS"), ("Safety.Heard", "yes"), ("Safety.What", "A box was wet.")];

    private static readonly Field[] Fields =
    [
        // What is told to colleagues and kept of a delivery.
        new("POST /deliveries/{number}/hand-over note", PagesWorld.Rep, 500)
        {
            Others = [("to", PagesWorld.Manager)], IsLine = false, Shown = [(PagesWorld.Rep, "/shipments/" + PagesWorld.AtRisk), (PagesWorld.Manager, "/notices"), (Auditor, "/audit"), (PagesWorld.Rep, "/today")],
        },
        new("POST /deliveries/{number}/hand-over to", PagesWorld.Rep),
        new("POST /deliveries/{number}/resolve words", PagesWorld.Rep, 500)
        {
            Others = [("reason", "ON_SHELF")], IsLine = false, Again = Delivery + "/reopen", Shown = [(PagesWorld.Rep, Delivery + "/next"), (PagesWorld.Rep, "/shipments/" + PagesWorld.AtRisk), (Auditor, "/audit"), (PagesWorld.Rep, "/deliveries?status=all")],
        },
        new("POST /deliveries/{number}/resolve reason", PagesWorld.Rep) { Others = [("words", "The practice says so on the phone.")] },
        new("POST /deliveries/{number}/snooze until", PagesWorld.Rep),
        new("POST /deliveries/{number}/chase/undo logged", PagesWorld.Rep),
        new("POST /deliveries/{number}/chase Whom", PagesWorld.Rep) { Others = Said }, new("POST /deliveries/{number}/chase Channel", PagesWorld.Rep) { Others = Said },
        new("POST /deliveries/{number}/chase Due", PagesWorld.Rep) { Others = Said }, new("POST /deliveries/{number}/chase Seen", PagesWorld.Rep) { Others = Said },
        new("POST /deliveries/{number}/chase Safety.Heard", PagesWorld.Rep) { Others = Said },
        new("POST /deliveries/{number}/chase Safety.About", PagesWorld.Rep) { Others = Harm }, new("POST /deliveries/{number}/chase Safety.Key", PagesWorld.Rep, 1500) { Others = Harm },
        new("POST /deliveries/{number}/chase Safety.What", PagesWorld.Rep, 3900) { Others = Harm, IsLine = false, Shown = [(Safety, NewestReport)] },
        new("POST /deliveries/{number}/chase Safety.WhyNot", PagesWorld.Rep, 300) { Others = [.. Said.Where(s => s.Item1 != "Note"), ("Note", "The patient had a rash.")], IsSeen = false, Shown = [(PagesWorld.Rep, "/shipments/" + PagesWorld.AtRisk)] },
        new("POST /unmatched/{number}/match Shipment", PagesWorld.Logistics),

        // One's own settings, and the door.
        new("POST /settings Deputy", PagesWorld.Rep) { Others = [("TimeZone", "America/Chicago"), ("AwayFrom", "2027-02-08")] }, new("POST /settings TimeZone", PagesWorld.Rep),
        new("POST /account/set-password User", Nobody) { Others = [("Password", "Another-pass-1!"), ("Again", "Another-pass-1!"), ("Token", "x")] },
        new("POST /account/set-password Token", Nobody) { Others = [("Password", "Another-pass-1!"), ("Again", "Another-pass-1!"), ("User", "x")] },
        new("POST /account/set-password Password", Nobody) { Others = [("Again", "x"), ("User", "x"), ("Token", "x")] }, new("POST /account/set-password Again", Nobody) { Others = [("Password", "x"), ("User", "x"), ("Token", "x")] },
        new("POST /account/language language", Nobody), new("POST /account/language returnUrl", Nobody) { Others = [("language", "es")] }, new("POST /account/theme theme", Nobody), new("POST /account/theme returnUrl", Nobody) { Others = [("theme", "dark")] },
        new("GET /account/set-password user", Nobody), new("GET /account/set-password token", Nobody),

        // The portal.
        new("POST /portal/refills/add Reference", Practice, 200) { Others = [("On", "2027-03-09")], Shown = [(Practice, Refills)], IsSeen = false }, new("POST /portal/refills/add Seen", Practice) { Others = [("On", "2027-03-10")] },
        new("POST /portal/refills/enter Seen", Practice) { Others = [("Text", "2027-03-10\tS")] }, new("POST /portal/refills/preview Seen", Practice) { Others = [("Text", "2027-03-10\tS")] },
        new("POST /portal/refills/undo entered", Practice),
        .. new[] { "FillDate", "FillVolume", "AlarmVolume", "Concentration", "Dose", "Reservoir", "Printout" }.Select(name => new Field("POST /portal/refills/calculator " + name, Practice)
        {
            Others = [.. new (string Name, string? Value)[] { ("FillDate", "2027-02-01"), ("FillVolume", "20"), ("AlarmVolume", "2"), ("Concentration", "500"), ("Dose", "100") }.Where(o => o.Name != name)],
        }),
        new("POST /portal/settings/hours Site", Practice),
        new("POST /portal/settings/contacts CoordinatorName", Practice, 120) { Of = 3, Part = 0, Shown = [(Practice, Settings)] }, new("POST /portal/settings/contacts ClinicalLeadName", Practice, 120) { Of = 3, Part = 1, Shown = [(Practice, Settings)] },
        new("POST /portal/settings/contacts Phone", Practice, 40) { IsParticular = true, Shown = [(Practice, Settings)] },
        new("POST /portal/settings/contacts CoordinatorEmail", Practice, 200) { IsParticular = true, Shown = [(Practice, Settings)] }, new("POST /portal/settings/contacts ClinicalLeadEmail", Practice, 200) { IsParticular = true, Shown = [(Practice, Settings)] },
        new("POST /portal/settings/people Name", Practice, 120) { Of = 3, Part = 2, Others = [("Email", NewColleague), ("Role", "practice")], IsSeen = false, Shown = [(Practice, Settings), (Auditor, "/audit")] },
        new("POST /portal/settings/people Email", Practice, 200) { IsParticular = true, Others = [("Name", "Noor"), ("Role", "practice")], Shown = [(Practice, Settings)] },
        new("POST /portal/settings/people/remove email", Practice), new("POST /portal/settings/people/reset email", Practice), new("POST /portal/settings/people/withdraw email", Practice),
        new("POST /portal/shipments/{number}/receive add", Practice) { IsParticular = true, Others = Counted }, new("POST /portal/shipments/{number}/receive Kept[]", Practice) { IsParticular = true, Others = Counted },
        new("POST /portal/shipments/{number}/receive Lines[].Ndc", Practice) { IsParticular = true, Others = Counted }, new("POST /portal/shipments/{number}/receive Lines[].Condition", Practice) { IsParticular = true, Others = Counted },
        new("POST /portal/shipments/{number}/receive Safety.Heard", Practice) { IsParticular = true, Others = Counted },
        new("POST /portal/shipments/{number}/receive Safety.About", Practice) { IsParticular = true, Others = Harmed }, new("POST /portal/shipments/{number}/receive Safety.Key", Practice, 1500) { IsParticular = true, Others = Harmed },
        new("POST /portal/shipments/{number}/receive Safety.What", Practice, 3900) { IsParticular = true, IsSeen = false, Others = Harmed, IsLine = false, Shown = [(Safety, NewestReport)] },
        new("POST /portal/shipments/{number}/receive Safety.WhyNot", Practice, 300) { IsParticular = true, Others = [.. Counted, ("Safety.WhyNot", "x")] },

        // What is looked for.
        new("GET /notices Q", PagesWorld.Rep), new("GET /notices After", PagesWorld.Rep), new("GET /portal/refills q", Practice), new("GET /portal/refills month", Practice), new("GET /portal/refills after", Practice),
        new("GET /help for", PagesWorld.Rep),
    ];

    /// <summary>What the other tests of this folder type hostile texts into, beginning with these words.</summary>
    private static readonly string[] Elsewhere =
    [
        "GET /search ", "GET /deliveries ", "GET /deliveries/export.csv ", "GET /orders ", "GET /practices ", "GET /unmatched ", "GET /safety ", "GET /report-a-problem ", "GET /today ", "GET /status ", "GET /audit ", "GET /audit/export ",
        "GET /account/sign-in ", "POST /account/sign-in ", "POST /report-a-problem ", "POST /unmatched/{number}/close ", "POST /portal/refills/preview Text", "POST /portal/refills/enter Text", "POST /portal/settings/closures ",
        "POST /portal/settings/contacts DockNote", "POST /portal/settings/people Role", "POST /deliveries/{number}/chase Note", "POST /deliveries/{number}/chase Contact", "POST /deliveries/{number}/chase Promise",
        "POST /portal/shipments/{number}/receive ReceivedBy", "POST /portal/shipments/{number}/receive Lines[].Lot", "POST /portal/shipments/{number}/receive Lines[].Scan",
    ];

    [Fact]
    public async Task A_field_that_is_new_is_asked_about_here()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var there = TextFields.Of(application);
        Assert.Empty(there.Where(f => Fields.All(mine => mine.Key != f) && !Elsewhere.Any(e => f.StartsWith(e, StringComparison.Ordinal))).Select(f => $"{f}: add it to {nameof(Fields)}"));
        Assert.Empty(Fields.Select(f => f.Key).Except(there).Select(f => $"{f}: there is no such field any more"));
        Assert.Empty(Elsewhere.Where(e => !there.Any(f => f.StartsWith(e, StringComparison.Ordinal))).Select(e => $"{e}: there is no such field any more"));
    }

    [Theory, OnBothDatabases]
    public Task What_hurts_most_in_each_of_them(Database database) => Try(database, field =>
    [
        .. (field.Most > 0 ? database == Database.Sqlite ? Worst.Concat(Unkeepable) : Unkeepable : [.. Unkeepable, Piled(Worst), "9999-12-31T23:59:59Z", "99999999999999999999"])
            .Select(t => (string[])[field.Method == "GET" && t.Length > 2000 ? t[..2000] : t]),
    ]);

    [RealDataFact("bad-input")]
    public Task Every_text_of_the_lists_in_each_of_them() => Try(Database.Sqlite, field => [.. Piles([.. HostileTexts.All.Where((_, i) => i % (field.Of * Share) == field.Part)], field)]);

    /// <summary>Every so manieth text; FIELDSUPPORT_TEXTS=1 is the long run.</summary>
    private static int Share => int.Parse(Environment.GetEnvironmentVariable("FIELDSUPPORT_TEXTS") ?? "8", CultureInfo.InvariantCulture);

    private static string Piled(IEnumerable<string> texts) => string.Join(' ', texts);

    /// <summary>Several to a request, as many as fit.</summary>
    private static IEnumerable<string[]> Piles(IReadOnlyList<string> texts, Field field)
    {
        var most = field.Most > 0 ? field.Most : field.Method == "GET" ? 4000 : 20_000;
        var (pile, length) = (new List<string>(), 0);
        // What is refused would take the others of its pile along.
        bool IsBad(string t) => field.Most > 0 && (PatientPatterns.Find(t) is not null || t.Length > field.Most || (field.IsLine && t.Any(char.IsControl)));
        if (texts.Any(IsBad)) yield return [Piled(texts.Where(IsBad))];
        foreach (var text in texts.Where(t => !IsBad(t)))
        {
            if (pile.Count > 0 && length + text.Length + 1 > most)
            {
                yield return [.. pile];
                (pile, length) = ([], 0);
            }
            pile.Add(text);
            length += text.Length + 1;
        }
        if (pile.Count > 0) yield return [.. pile];
    }

    private async Task Try(Database database, Func<Field, IReadOnlyList<string[]>> texts)
    {
        await using var application = await PagesWorld.StartAsync(database);
        await Parcels.Pack(application);
        await using (var db = application.Open())
        {
            db.Add(new WorkItem { Number = WorkItem, Reason = "NO_SHIPMENT", Source = "test", Summary = "Matches nothing.", OpenKey = "hostile", OpenedAtUtc = application.Clock.GetUtcNow() });
            await db.SaveChangesAsync();
        }
        var clients = new Dictionary<string, HttpClient>();
        foreach (var who in Fields.Select(f => f.Who).Concat(Fields.SelectMany(f => f.Shown).Select(s => s.Who)).Distinct()) clients.Add(who, await Ready(application, who));
        var harmless = new HashSet<string>();
        foreach (var (who, address) in Fields.SelectMany(f => f.Shown).Distinct()) if (address != NewestReport) harmless.UnionWith(Dangers(await ListTests.Page(clients[who], address)));
        int kept = 0, refused = 0;
        foreach (var field in Fields)
        {
            var (before, keptBefore) = (await Access.Rows.AllAsync(application), kept);
            var waiting = new Stack<string[]>(texts(field).Reverse());
            while (waiting.TryPop(out var pile))
            {
                var text = string.Join(field.IsLine ? " " : "\n", pile);
                application.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await NameThePractice(application, field, text);
                if (field.Again is { } again && kept > keptBefore) await clients[field.Who].PostAsync(again, Application.Form());
                var answer = await Send(clients[field.Who], field, text);
                var body = await answer.Content.ReadAsStringAsync();
                var what = $"{field.Key}: {(text.Length > 300 ? text[..300] : text)}: {answer.StatusCode}";
                Assert.True((int)answer.StatusCode is 200 or 303 or 400 or 404 or 409 or 422, what);
                Assert.Empty(Dangers(body).Except(harmless).Select(d => $"{what}: {d}"));
                if (answer.Headers.Location is { } location) Assert.True(location.OriginalString is ['/', not ('/' or '\\'), ..] or "/", $"{what} leads to {location}");
                if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
                {
                    refused++;
                    Assert.True(body.Contains("fs-errors", StringComparison.Ordinal) || body.Contains("Not accepted", StringComparison.Ordinal), $"{what} without a word");
                    // One of many was refused: the others have not been tried yet.
                    if (field is { Most: > 0, IsParticular: false } && pile.Length > 1) { waiting.Push(pile[(pile.Length / 2)..]); waiting.Push(pile[..(pile.Length / 2)]); }
                }
                if (!IsKept(field, answer)) continue;
                kept++;
                if (kept % 10 == 0 || kept == keptBefore + 1) await Look(field, text);
            }
            // A page that shows what lies in the vault writes down that it was read.
            if (kept == keptBefore && field.Method == "POST") Assert.True(before == await Access.Rows.AllAsync(application), $"{field.Key}: refused, and yet something was written");
            Assert.True(field.IsParticular || kept > keptBefore == field.Most > 0, $"{field.Key}: {kept - keptBefore} times kept");
        }
        output.WriteLine($"{database}: {Fields.Length} fields; {kept} times kept, {refused} times refused with a sentence");
        await LookAtMails(application);
        await LookAtFiles(clients);
        Assert.Empty(application.Errors);

        async Task Look(Field field, string text)
        {
            foreach (var (who, address) in field.Shown)
            {
                var page = await ListTests.Page(clients[who], await Address(address));
                Assert.Empty(Dangers(page).Except(harmless).Select(d => $"{field.Key}: {text} on {address}: {d}"));
                if (field.IsSeen && address == field.Shown[0].Address) Assert.True(Squeezed(WebUtility.HtmlDecode(page)).Contains(Squeezed(text), StringComparison.Ordinal), $"{field.Key}: {text} does not stand on {address}");
            }
        }

        async Task<string> Address(string address)
        {
            if (address != NewestReport) return address;
            await using var db = application.Open();
            return "/safety/" + await db.SafetyReports.OrderByDescending(r => r.Number.Length).ThenByDescending(r => r.Number).Select(r => r.Number).FirstAsync();
        }
    }

    // Withdrawing answers the same whoever was invited: that nothing was written is looked at instead.
    private static bool IsKept(Field field, HttpResponseMessage answer) =>
        field.Method == "POST" && (answer.StatusCode == HttpStatusCode.SeeOther || (field.Key.Contains("/people Name", StringComparison.Ordinal) && answer.StatusCode == HttpStatusCode.OK)) && !field.Address.StartsWith("/account/", StringComparison.Ordinal)
        && !field.Address.EndsWith("/withdraw", StringComparison.Ordinal);

    private static Task<HttpResponseMessage> Send(HttpClient client, Field field, string text) => field.Method == "GET"
        ? client.GetAsync($"{field.Address}?{field.Name}={Uri.EscapeDataString(text)}")
        : client.PostAsync(field.Address, Application.Form([.. field.Others.Where(o => o.Name != field.Name), (field.Name, text)]));

    /// <summary>The practice's name comes from imports, unlooked at, and stands in the subject of every mail about it.</summary>
    private static async Task NameThePractice(Application application, Field field, string text)
    {
        if (field.Key != Fields[0].Key) return;
        var name = text.Replace("\0", "", StringComparison.Ordinal);
        await using var db = application.Open();
        await db.Accounts.Where(a => a.Code == "RIDGEVIEW").ExecuteUpdateAsync(s => s.SetProperty(a => a.Name, name.Length > 200 ? name[..(char.IsHighSurrogate(name[199]) ? 199 : 200)] : name));
    }

    private static async Task LookAtMails(Application application)
    {
        await application.Services.GetRequiredService<NoticeSender>().SendWaiting(isDryRun: false, default);
        await using (var db = application.Open()) Assert.Empty(await db.Notices.Where(n => n.LastError != null && !n.LastError.StartsWith("Nobody stands behind the slot")).Select(n => $"{n.Addresses}: {n.LastError}").ToListAsync());
        var files = Directory.GetFiles(Path.Combine(application.DataFolder, "mail"));
        Assert.NotEmpty(files);
        string[] ours = ["From", "To", "Subject", "Date", "Message-Id", "MIME-Version", "Content-Type", "Auto-Submitted", "Importance"];
        foreach (var file in files)
        {
            var mail = await MimeMessage.LoadAsync(file);
            Assert.Empty(mail.Headers.Select(h => h.Field).Except(ours, StringComparer.OrdinalIgnoreCase).Select(h => $"{h} in {mail.Subject}"));
            Assert.Equal(mail.Headers.Count, mail.Headers.Select(h => h.Id).Distinct().Count());
            var to = mail.To.Mailboxes.Single().Address;
            Assert.True(!to.Contains("elsewhere", StringComparison.Ordinal), $"{mail.To} in {Path.GetFileName(file)}");
            Assert.DoesNotContain(mail.Subject ?? "", char.IsControl);
            var parts = Skeleton.Of(mail.HtmlBody ?? "");
            parts.ExceptWith(["", "html", "html lang", "head", "meta", "meta charset", "title", "body", "body style", "p", "br", "a", "a href", "a to http", "a to https"]);
            Assert.Empty(parts.Select(p => $"{p} in {mail.Subject}"));
        }
    }

    private static async Task LookAtFiles(Dictionary<string, HttpClient> clients)
    {
        foreach (var (who, address) in new[] { (PagesWorld.Rep, "/deliveries/export.csv?status=all"), (Auditor, "/audit/export") })
        {
            using var csv = new CsvParser(new StreamReader(await clients[who].GetStreamAsync(address)), CultureInfo.InvariantCulture);
            var (rows, width) = (0, -1);
            while (csv.Read())
            {
                rows++;
                if (width < 0) width = csv.Count;
                Assert.Equal(width, csv.Count);
                Assert.Empty(csv.Record!.Where(c => c.Length > 0 && "=+-@\t\r\n".Contains(c[0], StringComparison.Ordinal) && !decimal.TryParse(c, CultureInfo.InvariantCulture, out _)).Select(c => $"{address}: {c} would run"));
            }
            Assert.True(rows > 5, $"{address}: {rows} rows");
        }
    }

    /// <summary>A browser, signed in, that has the form's token already.</summary>
    private static async Task<HttpClient> Ready(Application application, string who)
    {
        var client = who == Nobody ? application.Anonymous() : await application.SignedIn(who);
        var page = await ListTests.Page(client, who == Nobody ? "/account/sign-in" : who == Auditor ? "/audit" : who == Safety ? "/safety" : "/report-a-problem");
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        if (token.Success) client.DefaultRequestHeaders.Add("RequestVerificationToken", token.Groups[1].Value);
        return client;
    }

    /// <summary>What a page of ours may have, but no text may bring.</summary>
    private static HashSet<string> Dangers(string page) => [.. Skeleton.Of(page).Where(part => part is "a stray bracket" or "img" or "iframe" or "object" or "embed" or "style" or "marquee" or "video" or "audio" or "script src" or "script"
        || part.Contains(" on", StringComparison.Ordinal) || part.Contains(" to ", StringComparison.Ordinal) || part.EndsWith(" style", StringComparison.Ordinal) || part.EndsWith(" srcdoc", StringComparison.Ordinal))];

    private static string Squeezed(string text) => new([.. text.Where(c => !char.IsWhiteSpace(c) && c != '\uFEFF')]);

    /// <summary>Markup, formulas, further headers, what a database cannot keep or what ends in the middle of a character.</summary>
    private static readonly string[] Worst =
    [
        "<script>alert('fs')</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)' autofocus x='", "</textarea></select><svg onload=alert(1)>", "javascript:alert(1)", "//elsewhere.test/x", "\\\\elsewhere.test", "/\\elsewhere.test",
        "=HYPERLINK(\"http://elsewhere.test\";\"look\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1",
        "x\r\nBcc: all@elsewhere.test", "x\nSubject: won\n\n<b>body</b>", "all@elsewhere.test\r\nBcc: more@elsewhere.test", "one@elsewhere.test, two@elsewhere.test", "\"a\" <x@elsewhere.test>\0", "=?utf-8?q?=0D=0ABcc:_all@elsewhere.test?=",
        "%00", "'; DROP TABLE \"Accounts\"; --", "${{7*7}} {{7*7}} @(7*7) #{7*7}", " ", "\u00a0", "0001-01-01", "1e308", "-1", "NaN",
    ];

    /// <summary>Where the two databases differ, or what stands at a bound.</summary>
    private static readonly string[] Unkeepable =
    [
        "a\0b", "\uFFFE\uFFFF", "\u202Eright to left", "\u0007\u0008\u001B[31m", string.Concat(Enumerable.Repeat("🐨", 60)), string.Concat(Enumerable.Repeat("🐨", 95)), "x" + string.Concat(Enumerable.Repeat("🐨", 99)),
        "x" + string.Concat(Enumerable.Repeat("🐨", 400)), new string('Z', 100_000),
    ];
}

using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Portal;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>English and Spanish for a practice.</summary>
public sealed partial class LanguageTests
{
    private const string Admin = "practice@demo.test";

    [Theory, OnBothDatabases]
    public async Task A_language_is_chosen_once_and_kept_with_the_account(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var admin = await application.SignedIn(Admin);
        var before = await admin.GetStringAsync("/portal");
        Assert.Contains("<html lang=\"en-US\"", before, StringComparison.Ordinal);
        Assert.Contains("<button name=\"language\" value=\"es\" lang=\"es-US\" aria-pressed=\"false\">Español</button>", before, StringComparison.Ordinal);

        var answer = await Choose(admin, "es", "/portal");
        Assert.Equal((HttpStatusCode.SeeOther, "/portal"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("fs-language=es;", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        await using (var db = application.Open()) Assert.Equal("es", (await db.Users.SingleAsync(u => u.Email == Admin)).Language);

        // Another browser, which knows nothing.
        var again = await application.SignedIn(Admin);
        var portal = await Text(again, "/portal");
        Assert.Contains("<html lang=\"es-US\"", portal, StringComparison.Ordinal);
        Assert.Contains("Próximas recargas", portal, StringComparison.Ordinal);
        Assert.Contains("mar 9 feb", portal, StringComparison.Ordinal);
        Assert.Contains("<details open lang=\"en\">", portal, StringComparison.Ordinal);
        Assert.Contains("existe solo en inglés", portal, StringComparison.Ordinal);
        // What is not translated is English as a whole.
        var help = await Text(again, "/help");
        Assert.Contains("<html lang=\"en-US\"", help, StringComparison.Ordinal);
        Assert.Contains("Skip to the content", help, StringComparison.Ordinal);
        Assert.DoesNotContain("Ir al contenido", help, StringComparison.Ordinal);
        Assert.Contains("No se encontró", await Text(again, "/portal/orders/ORD-1", HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Contains("No se encontró", await Text(again, "/nowhere", HttpStatusCode.NotFound), StringComparison.Ordinal);

        // A colleague's language is their own.
        Assert.Contains("<html lang=\"en-US\"", await (await application.SignedIn(SampleWorld.Nurse)).GetStringAsync("/portal"), StringComparison.Ordinal);
        await Choose(again, "en", "/portal");
        Assert.Contains("<html lang=\"en-US\"", await again.GetStringAsync("/portal"), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Before_the_door_the_browser_decides_and_staff_read_english(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var stranger = application.Anonymous();
        stranger.DefaultRequestHeaders.AcceptLanguage.ParseAdd("fr, es-MX;q=0.8, en;q=0.5");
        var door = await Text(stranger, "/account/sign-in");
        Assert.Contains("<html lang=\"es-US\"", door, StringComparison.Ordinal);
        Assert.Contains("Iniciar sesión", door, StringComparison.Ordinal);
        Assert.Contains("Escriba su contraseña.", WebUtility.HtmlDecode(await (await stranger.PostAsync("/account/sign-in", Application.Form(("Email", "a@b.test")))).Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await Choose(stranger, "en", "/account/sign-in")).StatusCode);
        Assert.Contains("<html lang=\"en-US\"", await stranger.GetStringAsync("/account/sign-in"), StringComparison.Ordinal);
        Assert.Equal("/", (await Choose(stranger, "es", "https://elsewhere.test/")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, (await Choose(stranger, "tlh", "/")).StatusCode);
        Assert.Contains("<html lang=\"es-US\"", await stranger.GetStringAsync("/account/sign-in"), StringComparison.Ordinal);

        await stranger.PostAsync("/account/sign-in", Application.Form(("Email", "rep@demo.test"), ("Password", FieldSupport.Web.Access.DemoAccounts.Password)));
        foreach (var page in new[] { "/today", "/settings", "/notices", "/report-a-problem" })
        {
            var html = await stranger.GetStringAsync(page);
            Assert.Contains("<html lang=\"en-US\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain("Español", html, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await Choose(stranger, "es", "/today")).StatusCode);
        await using var db = application.Open();
        Assert.False(await db.Users.AnyAsync(u => u.Language == "es"));
    }

    [Theory, OnBothDatabases]
    public async Task Mail_programs_and_dates_do_not_follow_the_language(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        var admin = await application.SignedIn(Admin);
        await Choose(admin, "es", "/portal");

        // Month first, as everywhere here.
        var preview = WebUtility.HtmlDecode(await (await admin.PostAsync("/portal/refills/preview", Application.Form(("Text", "3/4/2027\n13/3/2027\n2027-03-06")))).Content.ReadAsStringAsync());
        Assert.Contains("jue 4 mar 2027", preview, StringComparison.Ordinal);
        Assert.Contains("En «13/3/2027» no existe el mes 13", preview, StringComparison.Ordinal);
        Assert.Contains("Es sábado.", preview, StringComparison.Ordinal);
        Assert.Contains("1 fecha lista, 2 líneas por revisar", preview, StringComparison.Ordinal);
        var visit = WebUtility.HtmlDecode(await (await admin.PostAsync("/portal/refills/calculator", Application.Form(
            ("FillDate", "2027-01-20"), ("FillVolume", "40"), ("AlarmVolume", "2"), ("Concentration", "500"), ("Dose", "275.5"), ("Reservoir", "40")))).Content.ReadAsStringAsync());
        Assert.Contains("mcg al día = 68.966", visit, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync("/portal/settings/people", Application.Form(("Name", "Luz Vega"), ("Email", "luz@lakeside.test"), ("Role", "practice")))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync("/report-a-problem", Application.Form(("What", "Fiebre")))).StatusCode);
        await Parcels.Sweep(application, onlyDue: false);
        await using (var db = application.Open())
        {
            var mails = await db.Notices.Select(n => n.Subject + "\n" + n.Body).ToListAsync();
            Assert.Contains(mails, m => m.Contains("has invited you", StringComparison.Ordinal));
            Assert.Contains(mails, m => EnglishDue().IsMatch(m));
            Assert.All(mails, m => Assert.DoesNotMatch(SpanishWords(), m));
        }
        var program = await application.WithToken(Admin);
        var refused = await (await program.PostAsync($"/api/v1/shipments/{Parcels.Number}/receipts", new StringContent("{\"lines\":[],\"receivedBy\":\"x\"}", null, "application/json"))).Content.ReadAsStringAsync();
        Assert.Contains("State at least one line", refused, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task In_a_language_without_english_letters_no_english_is_left(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await Parcels.Pack(application);
        await using (var db = application.Open())
        {
            (await db.Users.SingleAsync(u => u.Email == Admin)).Language = Say.Pseudo;
            await db.SaveChangesAsync();
        }
        await Parcels.Sweep(application, onlyDue: false);
        var admin = await application.SignedIn(Admin);
        var left = new SortedSet<string>(StringComparer.Ordinal);
        var visited = new List<string>();

        async Task Read(Task<HttpResponseMessage> asked)
        {
            var answer = await asked;
            var address = answer.RequestMessage!.RequestUri!.AbsolutePath;
            visited.Add($"{answer.RequestMessage.Method} {address}");
            if (answer.StatusCode == HttpStatusCode.SeeOther)
            {
                var next = answer.Headers.Location!.OriginalString;
                answer = await (next.StartsWith("/account/sign-in", StringComparison.Ordinal) ? admin.GetAsync("/portal") : admin.GetAsync(next));
            }
            if (answer.Content.Headers.ContentType?.MediaType != "text/html") return;
            var html = await answer.Content.ReadAsStringAsync();
            if (!html.Contains("<html lang=\"qps-ploc\"", StringComparison.OrdinalIgnoreCase)) left.Add($"{address}: the page itself");
            foreach (var words in Untranslated(html)) left.Add($"{address}: {words}");
        }
        async Task Post(string address, params (string, string?)[] fields) => await Read(admin.PostAsync(address, Application.Form(fields)));

        const string visit = "/portal/refills/V-LAKE-1", parcel = "/portal/shipments/SHP-90001";
        foreach (var page in new[]
        {
            "/portal", "/portal/orders/ORD-90001", parcel + "/receive", parcel + "/photos/1", "/portal/refills", "/portal/refills?month=2027-02", "/portal/refills?q=zzz", "/portal/refills/add", "/portal/refills/enter",
            "/portal/refills/calculator", visit + "/move", visit + "/move?from=2027-02-10", "/portal/settings", "/notices", "/notices?q=zzz", "/settings", "/report-a-problem?about=SHP-90001",
            "/report-a-problem/NONE-1", "/safety-information", "/portal/orders/ORD-1", "/account/set-password?user=x&token=y", "/account/sign-in", "/account/forbidden",
        })
            await Read(admin.GetAsync(page));

        await Post("/portal/refills/preview", ("Text", "Date\n3/4/2027\n13/3/2027\n2027-03-06\n2027-02-09\n5.6.2027\nJan-27\n46000\n2026-01-01\n2029-01-01\nMon 2027-03-04\n2/30/2027\n3/9\n2027-03-10\t\t2027-03-11\n2027-03-04\nnonsense"));
        await Post("/portal/refills/preview", ("Text", ""));
        await Post("/portal/refills/enter", ("Text", "nonsense"));
        await Post("/portal/refills/add", ("On", ""), ("Reference", new string('x', 201)));
        await Post("/portal/refills/add", ("On", "not-a-day"));
        await Post("/portal/refills/add", ("On", "2027-03-06"));
        await Post("/portal/refills/add", ("On", "2027-03-08"), ("Reference", "A-1"));
        await Post("/portal/refills/undo", ("entered", "1"));
        await Post("/portal/refills/calculator", ("FillDate", "x"), ("FillVolume", "2,000"), ("Dose", ""));
        await Post("/portal/refills/calculator", ("FillDate", "2027-01-20"), ("FillVolume", "50"), ("AlarmVolume", "60"), ("Concentration", "777"), ("Dose", "-1"), ("Reservoir", "40"));
        await Post("/portal/refills/calculator", ("FillDate", "2027-01-20"), ("FillVolume", "40"), ("Concentration", "500"), ("Dose", "275.5"), ("Printout", "2027-02-20"));
        await Post("/portal/refills/calculator", ("FillDate", "2026-08-20"), ("FillVolume", "40"), ("Concentration", "2000"), ("Dose", "100"), ("Reservoir", "40"));
        await Post(visit + "/move", ("On", ""));
        await Post(visit + "/move", ("On", "2027-02-09"));
        await Post(visit + "/move", ("On", "2027-02-20"));
        await Post(visit + "/move", ("On", "2027-02-11"), ("Anyway", "true"));
        await Read(admin.GetAsync(visit + "/move?from=2027-02-09"));
        await Post(visit + "/cancel");
        await Post(visit + "/restore");
        await Post("/portal/settings/contacts", ("Phone", "call"), ("CoordinatorEmail", "no mail"), ("DockNote", "DOB 1/1/1980"), ("ClinicalLeadName", new string('1', 121)));
        await Post("/portal/settings/contacts", ("Phone", "901 555 0100"));
        var week = Enumerable.Range(0, 7).SelectMany(i => new (string, string?)[] { ($"Days[{i}].From1", "08:00"), ($"Days[{i}].To1", "12:00"), ($"Days[{i}].From2", "11:00"), ($"Days[{i}].To2", "15:00") });
        await Post("/portal/settings/hours", [("Site", "Main"), .. week]);
        await Post("/portal/settings/hours", [("Site", "Main"), .. Enumerable.Range(0, 7).SelectMany(i => new (string, string?)[] { ($"Days[{i}].From1", "08:00"), ($"Days[{i}].To1", i == 0 ? null : "07:00") })]);
        await Post("/portal/settings/hours", [("Site", "Main"), .. Enumerable.Range(0, 7).SelectMany(i => new (string, string?)[] { ($"Days[{i}].From1", "09:00"), ($"Days[{i}].To1", "15:00") })]);
        await Post("/portal/settings/closures", ("From", ""), ("Reason", "Patient: Miller"));
        await Post("/portal/settings/closures", ("From", "2027-02-10"), ("Until", "2027-02-12"));
        await Post("/portal/settings/closures/remove", ("on", "2027-02-12"));
        await Post("/portal/settings/people", ("Name", ""), ("Email", "x"), ("Role", "boss"));
        await Post("/portal/settings/people", ("Name", "123"), ("Email", "123@lakeside.test"), ("Role", "practice"));
        await Post("/portal/settings/people/reset", ("email", Admin));
        await Post("/portal/settings/people/remove", ("email", Admin));
        await Post("/portal/settings/people/withdraw", ("email", "123@lakeside.test"));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "x"), ("Lines[0].Condition", "GOOD"), ("ReceivedBy", ""));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Condition", "GOOD"), ("Lines[0].Scan", "0100370121250314"), ("fill", "0"));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Condition", "GOOD"), ("Lines[0].Lot", "11"), ("Lines[0].Expiry", "2028-01-31"), ("ReceivedBy", "123"), ("Safety.Heard", "no"), ("Seen", "0"));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Condition", "LEAK"), ("ReceivedBy", "123"), ("Safety.Heard", "no"), ("Seen", "0"), ("MissingAreShort", "true"));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "1"), ("Lines[0].Condition", "DAMAGED"), ("ReceivedBy", "123"), ("Safety.Heard", "no"), ("Seen", "0"), ("MissingAreShort", "true"));
        await Post(parcel + "/receive", ("Lines[0].Ndc", Parcels.Ndc), ("Lines[0].Packs", "2"), ("Lines[0].Condition", "GOOD"), ("Lines[0].Lot", "11"), ("Lines[0].Expiry", "2028-01-31"), ("ReceivedBy", "456"), ("Safety.Heard", "no"), ("Seen", "0"));
        await Post(parcel + "/not-arrived");
        await Read(admin.GetAsync(parcel + "/receive"));
        await Read(admin.GetAsync("/portal/orders/ORD-90001"));
        await Post("/settings", ("TimeZone", "Mars"), ("QuietFrom", "20:00"), ("DigestsLesser", "true"), ("AwayFrom", "2027-02-10"));
        await Post("/settings", ("TimeZone", "America/Chicago"), ("DigestAt", "07:30"));
        await Post("/notices/acknowledge");
        await Post("/notices/none@x/acknowledge");
        await Post("/deliveries/SHP-90001/acknowledge");
        await Post("/report-a-problem", ("What", ""));
        await Post("/report-a-problem", ("What", "123"), ("About", "SHP-90001"));
        await Post("/account/language", ("language", "xx"));
        await Post("/account/set-password", ("Password", ""), ("Again", "1"));
        await Post("/account/sign-in", ("Email", ""));
        await Post("/account/sign-out");
        Assert.True(left.Count == 0, string.Join('\n', left));

        // No page of those that say they are translated was left out.
        var patterns = application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<TranslatedAttribute>() is not null)
            .SelectMany(e => e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => $"{m} /{e.RoutePattern.RawText!.TrimStart('/')}")).ToList();
        Assert.Contains("GET /portal", patterns);
        Assert.All(patterns, p => Assert.Contains(visited, v => Regex.IsMatch(v, "^" + Parameter().Replace(p, "[^/]+") + "$", RegexOptions.None, TimeSpan.FromSeconds(1))));
        Assert.Empty(application.Errors);
    }

    private static Task<HttpResponseMessage> Choose(HttpClient client, string language, string returnUrl) =>
        client.PostAsync("/account/language", Application.Form(("language", language), ("returnUrl", returnUrl)));

    private static async Task<string> Text(HttpClient client, string address, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var answer = await client.GetAsync(address);
        Assert.Equal(expected, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Words in plain letters among what is read or read out, less what is data.</summary>
    private static IEnumerable<string> Untranslated(string html)
    {
        html = Foreign().Replace(Unseen().Replace(html, " "), " ");
        foreach (var text in Tag().Split(html).Concat(ReadOut().Matches(html).Select(m => m.Groups[1].Value)))
        {
            var rest = Data().Replace(WebUtility.HtmlDecode(text), " ");
            if (Word().IsMatch(rest)) yield return WebUtility.HtmlDecode(text).Trim();
        }
    }

    [GeneratedRegex(@"<(script|style|textarea)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase, 5000)]
    private static partial Regex Unseen();

    [GeneratedRegex(@"<(details|span|button|p)\b[^>]*\slang=""[^""]*""[^>]*>.*?</\1>", RegexOptions.Singleline, 5000)]
    private static partial Regex Foreign();

    [GeneratedRegex(@"<(?:[^<>""]|""[^""]*"")*>", RegexOptions.None, 5000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s(?:title|aria-label|placeholder|alt|data-label)=""([^""]*)""", RegexOptions.None, 5000)]
    private static partial Regex ReadOut();

    [GeneratedRegex(@"[A-Za-z]{2,}", RegexOptions.None, 5000)]
    private static partial Regex Word();

    [GeneratedRegex(@"https?://\S+|\S+@\S+|Imani Boateng|\bIB\b|Rosa Marchetti|Noor Haddad|Lakeside Neurology|1 Sample Street, Memphis TN|\bMemphis TN\b|\bMain\b|FieldSupport|FedEx|[A-Z]{1,4}-[A-Z0-9-]*\d\w*|\bLR-1\b|\bCT\b|\bET\b|\bLEAK\b|ƒôŕ [A-Z][a-z]+\.|\bUTC\b|\bm[Ll]\b|\bmcg(?:/mL)?|\bkB\b|R\. DESK|Ampule|DOB|Patient: Miller|nonsense|Date\b|not-a-day|Jan-27|Mon 2027|x{2,}|zzz|\bGOOD\b", RegexOptions.None, 5000)]
    private static partial Regex Data();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 5000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"Due: .*\d (?:am|pm) [A-Z]+", RegexOptions.None, 5000)]
    private static partial Regex EnglishDue();

    [GeneratedRegex(@"\b(?:recarga|envío|pedido|hace|lun|mié|jue|vie|entregado|a\. m\.|p\. m\.)\b", RegexOptions.IgnoreCase, 5000)]
    private static partial Regex SpanishWords();
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Testing;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Tests.Pages;
using FieldSupport.Web.Tests.Portal;

namespace FieldSupport.Web.Tests.Compliance;

public sealed class SafetyInformationTests
{
    /// <summary>A component, never pasted text (ui.md §1 rule 3): a copy would be of some version, and nobody would know of which.</summary>
    [Fact]
    public void The_text_stands_in_one_place()
    {
        var sentences = SafetyInformation.Current.Parts.SelectMany(p => p.Paragraphs).Where(p => p.Length > 40).Select(Squeezed).ToList();
        Assert.True(sentences.Count >= 5);
        var source = Repository.PathOf("src");
        var found = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".cshtml" or ".txt" or ".md" or ".csv" or ".json" or ".js" && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("node_modules", StringComparison.Ordinal))
            .Where(f => Squeezed(File.ReadAllText(f)) is var text && (sentences.Exists(s => text.Contains(s, StringComparison.Ordinal)) || text.Contains("rhabdomyolysis", StringComparison.OrdinalIgnoreCase)))
            .Select(f => Path.GetRelativePath(source, f)).ToList();
        Assert.Equal([Path.Combine("FieldSupport.Web", "Features", "Compliance", "safety-information-en.txt")], found);
    }

    [Fact]
    public async Task It_stands_open_with_its_version_on_every_page_that_speaks_of_the_therapy()
    {
        await using var application = await Application.StartAsync(Database.Sqlite, settings: new Dictionary<string, string?> { ["FieldSupport:CompanyName"] = "Example Pharma" });
        await Parcels.Pack(application);
        var practice = await application.SignedIn("practice@demo.test");
        foreach (var address in new[] { "/portal", "/portal/orders/ORD-90001", $"/portal/shipments/{Parcels.Number}/receive", "/help?for=practice", SafetyInformation.Address })
        {
            var page = await ListTests.Page(practice, address);
            Assert.Contains("<details open lang=\"en\"><summary><h2", page, StringComparison.Ordinal);
            Assert.Contains("Abrupt discontinuation, whatever the cause", page, StringComparison.Ordinal);
            Assert.Contains($"Version {SafetyInformation.Current.Version}", page, StringComparison.Ordinal);
            Assert.Contains("ask Example Pharma", page, StringComparison.Ordinal);
        }
        // A list of parcels speaks of parcels.
        Assert.DoesNotContain("Abrupt discontinuation", await ListTests.Page(await application.SignedIn("rep@demo.test"), "/deliveries"), StringComparison.Ordinal);
        Assert.Contains("Abrupt discontinuation", await application.Anonymous().GetStringAsync(SafetyInformation.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prescribing_information_is_linked_where_the_setting_names_it()
    {
        await using var application = await Application.StartAsync(Database.Sqlite, settings: new Dictionary<string, string?> { ["FieldSupport:PrescribingInformationUrl"] = "https://label.example/pi.pdf" });
        Assert.Contains("href=\"https://label.example/pi.pdf\"", await application.Anonymous().GetStringAsync(SafetyInformation.Address), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_speaks_of_the_clinical_plan_names_the_version_and_one_that_speaks_of_a_parcel_does_not()
    {
        var facts = new NoticeFacts
        {
            Rung = "T-0", AccountName = "Lakeside", DeliveryNumber = "SHP-1", Link = "https://fs.example/deliveries/SHP-1", Zone = TimeZoneInfo.Utc, AsOf = SampleWorld.Now, Severity = Severity.Critical,
            Task = "The practice follows its clinical plan. Record the outcome and ask the adverse-event question.",
        };
        var reference = $"Important Safety Information with boxed warning, version {SafetyInformation.Current.Version} of 2026-11-23: https://fs.example/safety-information";
        Assert.Contains(reference, NoticeText.Of(facts).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Safety Information", NoticeText.Of(facts with { Task = "Call the carrier." }).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Safety Information", NoticeText.Of(facts with { Rung = RungName.Delivered, DeliveredAt = SampleWorld.Now }).Body, StringComparison.Ordinal);
    }

    private static string Squeezed(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

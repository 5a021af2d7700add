using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AutoMapper.QueryableExtensions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Vault;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Features.WorkList;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Architecture;

/// <summary>What src/DECISIONS.md promises about the shape of the code, held against what was compiled.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Assembly Domain = typeof(DeliveryRisk).Assembly, Vault = typeof(PatientVault).Assembly, Web = typeof(Composed).Assembly;
    private static readonly Assembly[] Ours = [Domain, Vault, Web];

    [Fact]
    public void The_rules_know_nothing_but_the_runtime()
    {
        var compiled = Compiled.Of(Domain);
        Assert.All(compiled.Assemblies, a => Assert.StartsWith("System.", a, StringComparison.Ordinal));
        // No clock, no files, no network, no threads: what a rule needs it is given.
        Assert.DoesNotContain(compiled.Types, t => t is "System.TimeProvider" or "System.Threading.Tasks.Task" or "System.IO.File" or "System.Net.Http.HttpClient");
        Assert.DoesNotContain(compiled.Members, m => m.EndsWith(".get_UtcNow", StringComparison.Ordinal) || m.EndsWith(".get_Now", StringComparison.Ordinal) || m.EndsWith(".get_Today", StringComparison.Ordinal));
    }

    [Fact]
    public void The_vault_knows_neither_the_product_nor_its_rules() =>
        Assert.DoesNotContain(Compiled.Of(Vault).Assemblies, a => a.StartsWith("FieldSupport.", StringComparison.Ordinal));

    [Fact]
    public void The_vault_shows_its_door_and_no_table()
    {
        var shown = Vault.GetExportedTypes();
        Assert.DoesNotContain(shown, t => typeof(DbContext).IsAssignableFrom(t));
        Assert.DoesNotContain(shown, t => t.Name is "VisitReference" or "SafetyNarrative" or "VaultCipher" or "VaultDb");
        Assert.Empty(typeof(VaultDoor).GetConstructors());
    }

    /// <summary>Who may name the vault at all: those who put it together, its audit, what looks whether a restored one opens, the import that brings references in, the practice's own book, and safety.</summary>
    [Fact]
    public void Nobody_but_its_few_neighbours_names_the_vault()
    {
        string[] neighbours =
        [
            "Composition/Composed.cs", "Composition/VaultSetup.cs", "Data/VaultAudit.cs", "Data/Migrator.cs", "Data/Auditing/AuditSeal.cs", "Data/NoticeLinks.cs", "Commands/KeysRotateVerb.cs", "Data/Backups/RestoredPlace.cs", "Features/Intake/ImportVisits.cs", "Features/Portal/RefillBook.cs",
            // What is told to safety goes straight in, and its desk alone reads it.
            "Features/Compliance/SafetyIntake.cs", "Features/Compliance/SafetyCase.cs",
        ];
        var naming = Sources("*.cs").Concat(Sources("*.cshtml")).Where(f => VaultNamed().IsMatch(File.ReadAllText(f))).Select(Relative).Order(StringComparer.Ordinal);
        Assert.Empty(naming.Except(neighbours));
    }

    [Fact]
    public void Nothing_is_mapped_in_memory()
    {
        string[] allowed =
        [
            "AutoMapper.Profile", "AutoMapper.MapperConfiguration", "AutoMapper.IConfigurationProvider", "AutoMapper.IMapperConfigurationExpression", "AutoMapper.IMappingExpression`2",
            "AutoMapper.QueryableExtensions.Extensions",
        ];
        foreach (var assembly in Ours)
        {
            var compiled = Compiled.Of(assembly);
            Assert.Empty(compiled.Types.Where(t => t.StartsWith("AutoMapper.", StringComparison.Ordinal)).Except(allowed));
            Assert.DoesNotContain(compiled.Members, m => m.StartsWith("AutoMapper.", StringComparison.Ordinal) && (m.EndsWith(".Map", StringComparison.Ordinal) || m.EndsWith(".CreateMapper", StringComparison.Ordinal)));
        }
        Assert.Contains("AutoMapper.QueryableExtensions.Extensions.ProjectTo", Compiled.Of(Web).Members); // or the search is blind
    }

    [Fact]
    public async Task There_is_no_mapper_to_be_injected()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        Assert.NotNull(application.Services.GetService<AutoMapper.IConfigurationProvider>());
        Assert.Null(application.Services.GetService<AutoMapper.IMapper>());
    }

    [Fact]
    public void Every_mirror_finds_each_of_its_columns() => MirrorSetup.Profiles().AssertConfigurationIsValid();

    [Theory, OnBothDatabases]
    public async Task Mirrors_are_read_by_the_database(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var mirrors = application.Services.GetRequiredService<AutoMapper.IConfigurationProvider>();
        await using var db = application.Open();
        db.WorkItems.Add(new WorkItem { Number = "WRK-1", Reason = "NO_SHIPMENT", Source = "test", Summary = "x", OpenKey = "x", OpenedAtUtc = SampleWorld.Now });
        await db.SaveChangesAsync();
        var row = Assert.Single(await db.WorkItems.ProjectTo<ListUnmatched.Row>(mirrors).ToListAsync());
        Assert.Equal(("WRK-1", null, SampleWorld.Now), (row.Number, row.Carrier, row.OpenedAtUtc));
        // Only the columns that are mirrored.
        Assert.DoesNotContain("OpenKey", db.WorkItems.ProjectTo<ListUnmatched.Row>(mirrors).ToQueryString(), StringComparison.Ordinal);
    }

    /// <summary>The analyser sees what people write; this sees views and generated code too.</summary>
    [Fact]
    public void Nothing_drops_the_scope_runs_raw_sql_or_reads_the_systems_clock()
    {
        string[] banned =
        [
            "IgnoreQueryFilters", "FromSqlRaw", "ExecuteSqlRaw", "ExecuteSqlRawAsync", "SqlQueryRaw",
            "DateTime.get_Now", "DateTime.get_UtcNow", "DateTimeOffset.get_Now", "DateTimeOffset.get_UtcNow", "TimeZoneInfo.get_Local",
        ];
        var named = Ours.SelectMany(a => Compiled.Of(a).Members).Where(m => banned.Any(b => m.EndsWith("." + b, StringComparison.Ordinal))).ToList();
        Assert.Empty(named);
    }

    /// <summary>Not asked of the compiled views: the compiler itself writes Html.Raw there, around what it has encoded.</summary>
    [Fact]
    public void No_view_writes_markup_that_nobody_encoded()
    {
        var raw = Sources("*.cshtml").Where(f => Unencoded().IsMatch(File.ReadAllText(f))).Select(Relative).ToList();
        Assert.Empty(raw);
    }

    [Fact]
    public void Types_are_named_for_what_they_are()
    {
        var empty = Ours.SelectMany(a => a.GetTypes()).Where(t => !t.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(t => t.Name.Split('`')[0]).Where(n => n[0] != '<' && !n.EndsWith("TagHelper", StringComparison.Ordinal) && EmptyName().IsMatch(n)).Distinct();
        Assert.Empty(empty);
    }

    [Fact]
    public void The_pipeline_and_the_pages_parts_know_no_slice() =>
        Assert.Empty(Sources("*.cs", "Mediation").Concat(Sources("*.cs", "Ui")).Where(f => File.ReadAllText(f).Contains("using FieldSupport.Web.Features", StringComparison.Ordinal)).Select(Relative));

    [Fact]
    public void A_slice_fits_into_three_hundred_lines() =>
        Assert.Empty(Sources("*.cs", "Features").Concat(Sources("*.cshtml", "Features")).Where(f => File.ReadLines(f).Count() > 300).Select(Relative));

    [Fact]
    public void Texts_are_cut_in_one_place() =>
        Assert.Empty(Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".cshtml" && Path.GetFileName(f) != "Cut.cs" && !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(f => OwnCut().IsMatch(File.ReadAllText(f))).Select(Relative));

    private static IEnumerable<string> Sources(string pattern, string room = "") =>
        Directory.EnumerateFiles(Repository.PathOf("src", "FieldSupport.Web", room), pattern, SearchOption.AllDirectories)
            .Where(f => !Relative(f).StartsWith("obj/", StringComparison.Ordinal) && !Relative(f).StartsWith("bin/", StringComparison.Ordinal));

    private static string Relative(string path) => Path.GetRelativePath(Repository.PathOf("src", "FieldSupport.Web"), path).Replace('\\', '/');

    [GeneratedRegex(@"FieldSupport\.Vault\b|\bPatientVault\b|\bVaultDoor\b", RegexOptions.None, 1000)]
    private static partial Regex VaultNamed();

    [GeneratedRegex(@"Html\.Raw\b|\bHtmlString\b|\bWriteLiteral\b", RegexOptions.None, 1000)]
    private static partial Regex Unencoded();

    /// <summary>A "longer than, so the first so many", or a cut with three dots behind it.</summary>
    [GeneratedRegex("""IsHighSurrogate|Length *> *\w+ *(?:\} *\w* *)?\? *[\w.]+!?\[\.\.|\[\.\.[^\]]+\](?:\.TrimEnd\(\))? *\+ *"…"|"“\{0\}…”[^;]*\[\.\.|\[\.\.\d+\]\}?…""", RegexOptions.None, 1000)]
    private static partial Regex OwnCut();

    [GeneratedRegex("(Helper|Helpers|Manager|Utils|Util|Utility|Utilities|Common|Dto|Extensions)$", RegexOptions.None, 1000)]
    private static partial Regex EmptyName();
}

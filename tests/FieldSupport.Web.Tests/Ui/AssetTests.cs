using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;
using FieldSupport.Web.Ui;
using Xunit;

namespace FieldSupport.Web.Tests.Ui;

/// <summary>What lies under the web root is what the manifest says, and within the budgets of ui.md §13.</summary>
public class AssetTests
{
    private static readonly string Web = Path.Combine(Root(), "src", "FieldSupport.Web");
    private static readonly string WebRoot = Path.Combine(Web, "wwwroot");

    [Fact]
    public void Every_file_of_the_manifest_has_the_hash_it_states()
    {
        var listed = Manifest();
        Assert.NotEmpty(listed);
        foreach (var (file, sha256) in listed)
            Assert.Equal((file, sha256), (file, Hash(Path.Combine(WebRoot, file))));
    }

    [Fact]
    public void Nothing_under_lib_is_unlisted_and_every_library_brings_its_licence()
    {
        var listed = Manifest().Select(entry => entry.File).ToHashSet();
        var lib = Path.Combine(WebRoot, "lib");
        var present = Directory.EnumerateFiles(lib, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(WebRoot, path).Replace('\\', '/')).Where(path => path != "lib/manifest.json");
        Assert.All(present, path => Assert.Contains(path, listed));
        Assert.All(Directory.EnumerateDirectories(lib), folder => Assert.True(File.Exists(Path.Combine(folder, "LICENSE.txt")), folder));
    }

    [Fact]
    public void Style_sheet_and_scripts_stay_within_their_budgets()
    {
        Assert.InRange(Zipped("css/fieldsupport.min.css"), 1, 30_000);
        Assert.InRange(Zipped("lib/htmx.org@2.0.11/htmx.min.js") + Zipped("lib/idiomorph@0.8.0/idiomorph-ext.min.js") + Zipped("js/fs.js"), 1, 35_000);
    }

    [Fact]
    public void The_sprite_and_the_list_of_meanings_hold_the_same_icons()
    {
        var sprite = XDocument.Load(Path.Combine(WebRoot, "img", "icons.svg"));
        var drawn = sprite.Root!.Elements().Select(symbol => symbol.Attribute("id")!.Value).Order();
        Assert.Equal(Icons.Meanings.Keys.Order(), drawn);
    }

    [Fact]
    public void Every_listed_state_uses_an_icon_and_a_tone_that_exist() =>
        Assert.All(Tones.Listed.Values, look =>
        {
            Assert.Contains(look.Icon, Icons.Meanings.Keys);
            Assert.Contains(look.Tone, Tones.All);
        });

    [Fact]
    public void A_state_nobody_listed_is_shown_as_itself_and_never_in_green()
    {
        Assert.Equal("Unknown", Tones.Of(null).Words);
        Assert.Equal(("OC", "nosig"), (Tones.Of("OC").Words, Tones.Of("OC").Tone));
    }

    [Fact]
    public void No_view_holds_inline_style_or_script()
    {
        var views = Directory.EnumerateFiles(Web, "*.cshtml", SearchOption.AllDirectories).Where(path => !path.Contains("node_modules", StringComparison.Ordinal));
        foreach (var view in views)
        {
            var text = File.ReadAllText(view);
            Assert.False(text.Contains(" style=", StringComparison.OrdinalIgnoreCase), $"{view}: a style attribute is stopped by the content policy");
            Assert.False(text.Contains("<style", StringComparison.OrdinalIgnoreCase), $"{view}: a style element is stopped by the content policy");
            Assert.False(text.Contains("<script>", StringComparison.OrdinalIgnoreCase), $"{view}: an inline script is stopped by the content policy");
            Assert.DoesNotContain(" onclick=", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_lock_file_names_no_registry() =>
        Assert.DoesNotContain("\"resolved\"", File.ReadAllText(Path.Combine(Web, "frontend", "package-lock.json")), StringComparison.Ordinal);

    private static List<(string File, string Sha256)> Manifest()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(WebRoot, "lib", "manifest.json")));
        return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(entry => (entry.GetProperty("file").GetString()!, entry.GetProperty("sha256").GetString()!))];
    }

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static long Zipped(string file)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
            zip.Write(File.ReadAllBytes(Path.Combine(WebRoot, file)));
        return target.Length;
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "FieldSupport.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The solution was not found above the tests.");
    }
}

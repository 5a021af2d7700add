namespace FieldSupport.Web.Tests.Commands;

/// <summary>A folder or a database that is not there, or out of reach.</summary>
public sealed class FootingTests : CommandLineRuns
{
    private const string Away = "--ConnectionStrings:FieldSupport=Host=127.0.0.1;Port=1;Database=fs;Username=me;Password=hush-hush";

    [Theory]
    [InlineData("deliveries"), InlineData("audit", "verify"), InlineData("users", "list"), InlineData("tokens", "list")]
    public async Task A_verb_that_only_reads_makes_no_database_and_says_that_there_is_none(params string[] args)
    {
        var (exit, output, error) = await Run(args);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains($"There is no database in {Folder.PathOf("data")}", error);
        Assert.False(Directory.Exists(Folder.PathOf("data")) || Directory.Exists(Folder.PathOf("keys")));
    }

    [Theory]
    [InlineData("sweep"), InlineData("migrate"), InlineData("users", "add", "ann@example.org", "--role", "admin")]
    public async Task A_verb_that_may_make_a_database_says_so_once(params string[] args)
    {
        Assert.Contains($"No database was there; an empty one was made in {Folder.PathOf("data")}", (await Run(args)).Error);
        Assert.DoesNotContain("No database was there", (await Run(args)).Error);
    }

    [Fact]
    public async Task The_checks_note_a_missing_folder_and_make_none()
    {
        foreach (var (args, code) in new[] { (new[] { "config", "check" }, 0), (["doctor"], 4) })
        {
            var (exit, output, _) = await Run(args);
            Assert.Equal(code, exit);
            Assert.Contains($"note     FieldSupport:DataFolder: {Folder.PathOf("data")} is not there.", output);
            Assert.False(Directory.Exists(Folder.PathOf("data")) || Directory.Exists(Folder.PathOf("keys")));
        }
    }

    [Fact]
    public async Task A_finding_names_its_setting_once()
    {
        var (exit, output, _) = await Run("config", "check", "--FieldSupport:Database:Provider=Oracle");
        Assert.Equal(4, exit);
        Assert.Contains("FieldSupport:Database:Provider: 'Oracle'", output);
        Assert.DoesNotContain("Provider: FieldSupport", output);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused_by_name()
    {
        Folder.Write("data", "");
        var (exit, _, error) = await Run("sweep");
        Assert.Equal(1, exit);
        Assert.Contains("FieldSupport:DataFolder: cannot be used", error);
    }

    [Theory]
    [InlineData("deliveries"), InlineData("sweep"), InlineData("migrate"), InlineData("users", "reset", "ann@example.org")]
    public async Task A_database_out_of_reach_is_told_in_two_lines_without_a_password(params string[] args)
    {
        var (exit, output, error) = await Run([.. args, "--FieldSupport:Database:Provider=Postgres", Away]);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("The database fs on 127.0.0.1:1 cannot be used", error);
        Assert.Equal(2, error.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("hush", error);
    }

    [Fact]
    public async Task A_text_that_is_no_connection_string_is_refused_without_being_repeated()
    {
        var (exit, _, error) = await Run("deliveries", "--FieldSupport:Database:Provider=Postgres", "--ConnectionStrings:FieldSupport=Host=x;Password=a;hush-hush=1");
        Assert.Equal(1, exit);
        Assert.Contains("ConnectionStrings:FieldSupport: is no connection string", error);
        Assert.DoesNotContain("hush", error);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_without_a_stack_trace()
    {
        Directory.CreateDirectory(Folder.PathOf("data"));
        File.WriteAllText(Path.Combine(Folder.PathOf("data"), "fieldsupport.db"), new string('x', 8000));
        var (exit, _, error) = await Run("deliveries");
        Assert.Equal(1, exit);
        Assert.Contains("cannot be used", error);
        Assert.DoesNotContain("   at ", error);
    }
}

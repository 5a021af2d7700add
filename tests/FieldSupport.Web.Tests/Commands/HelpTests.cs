using FieldSupport.Web.Commands;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>What is answered, or refused, before anything is composed or started.</summary>
public sealed class HelpTests
{
    private static async Task<(int Exit, string Out, string Error)> Ask(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.True(CommandLine.Asks(args));
        var exit = await CommandLine.Run(args, (_, _) => throw new InvalidOperationException("not needed"), new Terminal(output, errors, () => Stream.Null, false));
        return (exit, output.ToString(), errors.ToString());
    }

    [Fact]
    public async Task The_version_is_a_question_and_starts_nothing()
    {
        var (exit, output, error) = await Ask("--version");
        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"^FieldSupport \d+\.\d+\.\d+", output);
    }

    [Theory]
    [InlineData("--verson", "'--verson' is no option"), InlineData("--foo=1", "'--foo' is no option"), InlineData("-x", "'-x' is no option"), InlineData("/foo", "'/foo' is no option")]
    [InlineData("--FieldSupport__DataFolder=x", "--FieldSupport:DataFolder"), InlineData("--urls", "needs a value")]
    public async Task An_option_that_nobody_reads_starts_no_server(string arg, string said)
    {
        var (exit, output, error) = await Ask(arg);
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains(said, error);
    }

    [Fact]
    public async Task A_verb_behind_options_starts_no_server() =>
        Assert.Contains("a verb comes first", (await Ask("--environment=Development", "sweep")).Error);

    [Theory]
    [InlineData(), InlineData("--urls", "http://localhost:1"), InlineData("--URLS=http://localhost:1"), InlineData("/urls=http://localhost:1"), InlineData("urls=http://localhost:1")]
    [InlineData("--http_ports=8080", "--https_ports=8081"), InlineData("--environment", "Production", "--contentRoot=/tmp", "--applicationName=FieldSupport.Web")]
    [InlineData("--FieldSupport:DataFolder=/x", "/FieldSupport:KeyFolder", "/y", "--FieldSupport=", "--ConnectionStrings:FieldSupport=a=b", "--Kestrel:Endpoints:Http:Url=http://localhost:1")]
    public void Settings_and_the_host_s_options_are_the_server_s(params string[] args) => Assert.False(CommandLine.Asks(args));

    [Theory]
    [InlineData("users", "users disable"), InlineData("tokens", "tokens revoke"), InlineData("audit", "audit verify"), InlineData("config", "config check")]
    public async Task A_group_tells_its_verbs(string group, string verb)
    {
        var help = await Ask(group, "--help");
        Assert.Equal((0, ""), (help.Exit, help.Error));
        Assert.Contains(verb, help.Out);
        Assert.DoesNotContain("import", help.Out);
        Assert.Equal(help, await Ask("help", group));

        var bare = await Ask(group);
        Assert.Equal((2, ""), (bare.Exit, bare.Out));
        Assert.Contains("needs another word", bare.Error);
        Assert.Contains(verb, bare.Error);

        Assert.Contains($"'{group} nonsense' is no verb", (await Ask(group, "nonsense")).Error);
    }

    [Fact]
    public async Task Help_tells_what_the_exit_codes_mean()
    {
        Assert.Contains("2 wrong use", (await Ask("--help")).Out);
        Assert.Contains("2 wrong use", (await Ask("import", "--help")).Out);
    }
}

using FieldSupport.Web.Commands;
using FieldSupport.Web.Tests.Intake;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Commands;

public sealed class CommandLineTests : CommandLineRuns
{
    [Fact]
    public async Task An_import_previews_writes_and_knows_its_rows_again()
    {
        var file = Folder.Write("accounts.csv", ImportWorld.Accounts);
        await Migrated();
        var preview = await Run("import", "accounts", file, "--json");
        Assert.Equal((0, false, 2), (preview.Exit, Json(preview.Out).GetProperty("committed").GetBoolean(), Json(preview.Out).GetProperty("accepted").GetInt32()));
        Assert.Equal("", preview.Error);
        Assert.Equal(0, (await Run("import", "accounts", file, "--commit", "--as-of", "2027-01-01T08:00:00-06:00")).Exit);
        var again = Json((await Run("import", "ACCOUNTS", file, "--commit", "--json")).Out);
        Assert.Equal((0, 2, true), (again.GetProperty("accepted").GetInt32(), again.GetProperty("duplicates").GetInt32(), again.GetProperty("committed").GetBoolean()));
        Assert.Equal(0, (await Run("audit", "verify")).Exit);
    }

    [Fact]
    public async Task Standard_input_is_a_file_too()
    {
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(ImportWorld.Accounts));
        var (exit, output, _) = await RunIn("Development", input, "import", "accounts", "-", "--json");
        Assert.Equal((0, 2), (exit, Json(output).GetProperty("read").GetInt32()));
    }

    [Fact]
    public async Task Bad_rows_are_findings_of_a_preview_and_a_failure_of_an_import()
    {
        var file = Folder.Write("closures.csv", "account,date,reason\nNOBODY,2027-01-01,x\n");
        var (exit, output, _) = await Run("import", "closures", file, "--json");
        var error = Json(output).GetProperty("errors")[0];
        Assert.Equal((4, 2, "account", "UNKNOWN_ACCOUNT"), (exit, error.GetProperty("line").GetInt32(), error.GetProperty("column").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(1, (await Run("import", "closures", file, "--commit")).Exit);
    }

    [Theory]
    [InlineData("nonsense"), InlineData("audit"), InlineData("import"), InlineData("import", "accounts"), InlineData("import", "pears", "x.csv"), InlineData("import", "accounts", "x.csv", "y.csv")]
    [InlineData("import", "accounts", "x.csv", "--nope"), InlineData("import", "accounts", "x.csv", "--commit=yes"), InlineData("sweep", "--as-of"), InlineData("sweep", "--as-of", "2027-01-01"), InlineData("sweep", "-x")]
    public async Task Wrong_use_is_said_on_standard_error(params string[] args)
    {
        var (exit, output, error) = await Run(args);
        Assert.Equal((2, ""), (exit, output));
        Assert.NotEqual("", error);
    }

    [Fact]
    public async Task Routes_lists_what_the_server_maps_though_none_runs()
    {
        var (exit, output, _) = await Run("routes", "--json");
        var rows = Json(output).EnumerateArray().Select(r => $"{r.GetProperty("method")} {r.GetProperty("pattern")}").ToList();
        await using var application = await Application.StartAsync(Database.Sqlite);
        Assert.Equal(0, exit);
        Assert.Equal(RouteList.Of(application.Services.GetRequiredService<EndpointDataSource>().Endpoints).Select(r => $"{r.Method} {r.Pattern}"), rows);
    }

    [Fact]
    public async Task The_clock_is_not_to_be_set_in_production() =>
        Assert.Equal(2, (await RunIn("Production", null, "sweep", "--as-of", "2027-01-01T00:00:00Z")).Exit);

    [Fact]
    public async Task A_missing_file_fails_and_says_so()
    {
        var (exit, _, error) = await Run("import", "accounts", Folder.PathOf("none.csv"));
        Assert.Equal(1, exit);
        Assert.Contains("none.csv", error);
    }

    [Fact]
    public async Task Every_verb_helps()
    {
        Assert.Equal(0, await CommandLine.Run(["--help"], (_, _) => throw new InvalidOperationException("not needed"), new Terminal(TextWriter.Null, TextWriter.Null, () => Stream.Null, false)));
        foreach (var verb in Verbs.All)
        {
            var (exit, output, _) = await Run([.. verb.Name.Split(' '), "--help"]);
            Assert.Equal(0, exit);
            Assert.Contains(verb.Name, output);
            Assert.Contains("--json", output);
        }
    }

    [Fact]
    public async Task The_doctor_finds_nothing_wrong_with_a_fresh_house_and_names_what_is()
    {
        Assert.Equal(4, (await Run("doctor", "--json")).Exit); // nothing migrated yet
        Assert.Equal(0, (await Run("migrate")).Exit);
        var (exit, output, _) = await Run("doctor", "--json");
        Assert.True(exit == 0, output);
        Assert.True(Json(output).GetProperty("ok").GetBoolean());

        var wrong = await Run("config", "check", "--json", "--FieldSupport:Recipients:safety=nobody", "--FieldSupport:Carriers:EasyPost:WebhookSecret=hush-hush");
        Assert.Equal(4, wrong.Exit);
        Assert.Contains("FieldSupport:Recipients:safety", wrong.Out);
        Assert.DoesNotContain("hush-hush", wrong.Out);

        var stopped = await Run("doctor", "--json", "--FieldSupport:Database:Provider=Oracle");
        Assert.Equal((4, "FieldSupport:Database:Provider"), (stopped.Exit, Json(stopped.Out).GetProperty("findings")[0].GetProperty("about").GetString()));
    }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Features.Catalogue;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Intake;

namespace FieldSupport.Web.Tests.Commands;

public sealed class ImportVerbTests : CommandLineRuns
{
    private async Task<string> Accounts()
    {
        var file = Folder.Write("accounts.csv", ImportWorld.Accounts);
        Assert.Equal(0, (await Run("import", "accounts", file, "--commit")).Exit);
        return file;
    }

    [Fact]
    public async Task An_account_that_is_unknown_is_refused_before_the_file_is_read()
    {
        await Accounts();
        var file = Folder.Write("closures.csv", "account,date,reason\nLAKESIDE,2027-01-04,x\n");
        var wrong = await Run("import", "closures", file, "--account", "NOPE", "--commit");
        Assert.Equal((2, ""), (wrong.Exit, wrong.Out));
        Assert.Contains("There is no account 'NOPE'", wrong.Error);
        Assert.Equal(0, (await Run("import", "closures", file, "--account", "lakeside")).Exit);
        Assert.Equal(4, (await Run("import", "closures", file, "--account", "NORTHFORK")).Exit);
        Assert.Equal(2, (await Run("import", "tracking", file, "--account", "LAKESIDE")).Exit);
        // A file of accounts brings what --account names.
        var fresh = Folder.Write("fresh.csv", ImportWorld.Accounts.Split('\n')[0] + "\nNEWONE,New,Main,1 St,Memphis,TN,38103,America/Chicago,Mon 08:00-12:00,TN-West,,,,,,\n");
        Assert.Equal(0, (await Run("import", "accounts", fresh, "--account", "NEWONE")).Exit);
    }

    [Fact]
    public async Task Rows_that_are_all_known_are_not_called_written()
    {
        var file = await Accounts();
        var again = (await Run("import", "accounts", file, "--commit")).Out;
        Assert.Contains("Nothing new: every row was known already.", again);
        Assert.DoesNotContain("Written.", again);
    }

    [Fact]
    public async Task Help_lists_every_word_that_a_coded_column_takes()
    {
        var help = (await Run("import", "--help")).Out;
        IEnumerable<string> words =
        [
            .. Enum.GetValues<OrderType>().Select(v => WireName.Of(v)), .. Enum.GetValues<ServiceLevel>().Select(v => WireName.Of(v)), .. Enum.GetValues<ReceiptCondition>().Select(v => WireName.Of(v)),
            .. Enum.GetValues<ExceptionClass>().Select(v => WireName.Of(v)), "OUT_FOR_DELIVERY", "EXCEPTION:WEATHER", .. Presentations.Listed.Select(p => p.Ndc), ImportWords.ReceivingExample,
        ];
        foreach (var word in words) Assert.Contains(word, help);
        // States of a whole log: no row may say them.
        Assert.DoesNotContain("RECOVERED", help);
        Assert.DoesNotContain("DELIVERY_RETRACTED", help);
        Assert.True(ReceivingHours.TryParse(ImportWords.ReceivingExample, out _, out _));
    }

    [Theory]
    [InlineData("closures", "account;date;reason\nLAKESIDE;2027-01-04;x\n", "';'"), InlineData("closures", "account\tdate\treason\n", "tabs")]
    [InlineData("closures", "\"account\";\"date\"\n", "';'"), InlineData("tracking", "carrier;tracking;eventAt;code;city;state;zip;signedBy\n", "';'")]
    public async Task Another_separator_is_named(string kind, string text, string mark)
    {
        await Migrated();
        var (exit, output, _) = await Run("import", kind, Folder.Write("other.csv", text), "--json");
        var error = Assert.Single(Json(output).GetProperty("errors").EnumerateArray());
        Assert.Equal((4, 1, "SEPARATOR"), (exit, error.GetProperty("line").GetInt32(), error.GetProperty("code").GetString()));
        Assert.Contains($"separated by {mark}; commas are needed", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_path_that_cannot_be_read_is_one_sentence()
    {
        await Migrated();
        var folder = Folder.PathOf("data");
        foreach (var (path, said) in new[] { (folder, $"{folder} is a folder"), (Folder.PathOf("none.csv"), "There is no file"), (Folder.PathOf("none/none.csv"), "There is no file"), ("none.csv", "in " + Environment.CurrentDirectory), ("", "is no path of a file"), (new string('x', 5000), "x") })
        {
            var (exit, output, error) = await Run("import", "closures", path);
            Assert.Equal((1, ""), (exit, output));
            Assert.Contains(said, error);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
        Assert.Equal("This account may not read the file secret.csv.", ImportVerb.Unreadable("secret.csv", new UnauthorizedAccessException()));
    }

    [Fact]
    public async Task A_visit_that_is_not_listed_yet_says_when_it_will_be()
    {
        const string early = "2027-01-04T08:00:00-06:00";
        Assert.Equal(0, (await Run("import", "accounts", Folder.Write("accounts.csv", ImportWorld.Accounts), "--commit", "--as-of", early)).Exit);
        Assert.Equal(0, (await Run("import", "visits", Folder.Write("visits.csv", "account,visit,visitOn\nLAKESIDE,V-1,2027-03-09\n"), "--commit", "--as-of", early)).Exit);
        var soon = await Run("deliveries", "--number", "V-1", "--as-of", early);
        Assert.Equal((4, ""), (soon.Exit, soon.Out));
        var said = System.Text.RegularExpressions.Regex.Match(soon.Error, @"appears on (\S+) at (\S+) (\S+) if");
        Assert.True(said.Success, soon.Error);
        var from = $"{said.Groups[1].Value}T{said.Groups[2].Value}:00{said.Groups[3].Value}";
        Assert.Equal(0, (await Run("deliveries", "--number", "V-1", "--as-of", from)).Exit);
        Assert.Contains("There is no delivery V-9", (await Run("deliveries", "--number", "V-9", "--as-of", early)).Error);
        // Not known yet at that clock.
        Assert.Contains("There is no delivery V-1", (await Run("deliveries", "--number", "V-1", "--as-of", "2027-01-03T08:00:00-06:00")).Error);
    }
}

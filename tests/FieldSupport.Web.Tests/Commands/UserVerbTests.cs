namespace FieldSupport.Web.Tests.Commands;

public sealed class UserVerbTests : CommandLineRuns
{
    [Fact]
    public async Task Users_are_listed_with_what_they_see()
    {
        Assert.Equal(0, (await Run("import", "accounts", Folder.Write("accounts.csv", Intake.ImportWorld.Accounts), "--commit")).Exit);
        var accounts = Json((await Run("import", "accounts", Folder.PathOf("accounts.csv"), "--json")).Out);
        Assert.Equal(0, accounts.GetProperty("rejected").GetInt32());
        Assert.Equal(0, (await Run("users", "add", "ann@example.org", "--role", "admin")).Exit);
        Assert.Equal(0, (await Run("users", "add", "bob@example.org", "--role", "auditor")).Exit);
        Assert.Equal(0, (await Run("users", "disable", "bob@example.org")).Exit);
        var users = Json((await Run("users", "list", "--json")).Out).GetProperty("users");
        Assert.Equal(["ann@example.org admin False", "bob@example.org auditor True"],
            users.EnumerateArray().Select(u => $"{u.GetProperty("email")} {u.GetProperty("role")} {u.GetProperty("disabled").GetBoolean()}"));
        Assert.Contains("disabled", (await Run("users", "list")).Out);
    }

    [Fact]
    public async Task A_token_is_listed_without_its_secret_and_ends_when_it_is_revoked()
    {
        await Run("users", "add", "ann@example.org", "--role", "admin");
        var secret = (await Run("tokens", "add", "ann@example.org", "--name", "feed")).Out.Trim();
        var listed = await Run("tokens", "list", "ANN@example.org", "--json");
        Assert.DoesNotContain(secret, listed.Out);
        var token = Json(listed.Out).GetProperty("tokens")[0];
        Assert.Equal(("feed", System.Text.Json.JsonValueKind.Null), (token.GetProperty("name").GetString(), token.GetProperty("revokedAt").ValueKind));

        Assert.Equal(0, (await Run("tokens", "revoke", "ann@example.org", "--name", "feed")).Exit);
        Assert.Contains("revoked", (await Run("tokens", "list")).Out);
        var again = await Run("tokens", "revoke", "ann@example.org", "--name", "feed");
        Assert.Equal(1, again.Exit);
        Assert.Contains("already", again.Error);
        var reused = await Run("tokens", "add", "ann@example.org", "--name", "feed");
        Assert.Equal(1, reused.Exit);
        Assert.Contains("a name is used once", reused.Error);
        Assert.Equal(1, (await Run("tokens", "list", "nobody@example.org")).Exit);
        Assert.Equal(1, (await Run("tokens", "revoke", "ann@example.org", "--name", "other")).Exit);
        Assert.Equal(0, (await Run("audit", "verify")).Exit);
    }

    [Theory]
    [InlineData("users", "add", "no address", "--role", "admin"), InlineData("users", "add", "a@example.org"), InlineData("users", "add", "a@example.org", "--role", "king")]
    [InlineData("users", "add", "a@example.org", "--role", "rep", "--territory", "NOWHERE"), InlineData("users", "add", "a@example.org", "--role", "practice", "--account", "NOBODY")]
    [InlineData("tokens", "add", "a@example.org"), InlineData("tokens", "revoke", "a@example.org"), InlineData("seed", "--scene", "no-such-scene")]
    public async Task What_is_written_wrong_is_wrong_use(params string[] args)
    {
        await Migrated();
        await Run("users", "add", "known@example.org", "--role", "admin");
        var wrong = await Run([.. args.Select(a => a == "a@example.org" && args[0] == "tokens" ? "known@example.org" : a)]);
        Assert.Equal((2, ""), (wrong.Exit, wrong.Out));
        Assert.NotEqual("", wrong.Error);
    }

    [Fact]
    public async Task Nobody_of_that_address_is_a_failure_of_the_work()
    {
        await Migrated();
        Assert.Equal(1, (await Run("users", "reset", "nobody@example.org")).Exit);
        Assert.Equal(1, (await Run("users", "disable", "nobody@example.org")).Exit);
    }
}

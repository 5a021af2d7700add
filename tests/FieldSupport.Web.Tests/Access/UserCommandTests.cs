using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Access;

public sealed class UserCommandTests
{
    [Theory, OnBothDatabases]
    public async Task A_person_is_added_reset_disabled_and_let_in_again(Database database)
    {
        await using var application = await Application.StartAsync(database);
        const string email = "new@practice.test";

        var link = (await Do(application, c => c.AddAsync(email, Roles.Practice, null, "lakeside"))).Value;
        await ChooseAsync(application, link, "first long phrase");
        var browser = await application.SignedIn(email, "first long phrase");
        Assert.Equal("user.exists", (await Do(application, c => c.AddAsync(email, Roles.Practice, null, "LAKESIDE"))).Refusal!.Code);

        link = (await Do(application, c => c.ResetAsync(email))).Value;
        Assert.Contains("sign-in", (await browser.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        await ChooseAsync(application, link, "second long phrase");
        browser = await application.SignedIn(email, "second long phrase");

        var token = (await Do(application, c => c.AddTokenAsync(email, "export"))).Value;
        Assert.StartsWith("fs_", token, StringComparison.Ordinal);
        Assert.Equal("token.exists", (await Do(application, c => c.AddTokenAsync(email, "export"))).Refusal!.Code);
        var program = application.Bare();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await program.GetAsync("/api/v1/no-such-thing")).StatusCode);

        Assert.True((await Do(application, async c => (Outcome)await c.DisableAsync(email))).IsDone);
        Assert.Contains("sign-in", (await browser.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/no-such-thing")).StatusCode);
        Assert.Equal("user.disabled", (await Do(application, c => c.ResetAsync(email))).Refusal!.Code);
        Assert.True((await Do(application, c => c.AddAsync(email, Roles.Auditor, null, null))).IsDone);

        await using var db = application.Open();
        var user = await db.Users.SingleAsync(u => u.Email == email);
        Assert.Equal((Roles.Auditor, null, null), (user.Role, user.AccountId, user.PasswordHash));
        Assert.DoesNotContain(await db.ApiTokens.Select(t => t.TokenHash).ToListAsync(), h => h == token);
    }

    [Theory]
    [InlineData("no-mail", "rep", "TN-West", null, "user.email")]
    [InlineData("a@b.test", "king", null, null, "user.role")]
    [InlineData("a@b.test", "rep", null, null, "user.territory")]
    [InlineData("a@b.test", "rep", "Atlantis", null, "user.territory")]
    [InlineData("a@b.test", "auditor", "TN-West", null, "user.territory")]
    [InlineData("a@b.test", "practice", null, null, "user.account")]
    [InlineData("a@b.test", "practice", null, "NOWHERE", "user.account")]
    [InlineData("a@b.test", "rep", "TN-West", "LAKESIDE", "user.account")]
    public async Task A_person_whose_role_and_scope_do_not_fit_is_refused(string email, string role, string? territory, string? account, string code)
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        Assert.Equal(code, (await Do(application, c => c.AddAsync(email, role, territory, account))).Refusal!.Code);
    }

    [Fact]
    public async Task Routes_lists_every_endpoint_with_who_may_use_it()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var endpoints = application.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var rows = RouteList.Of(endpoints);
        Assert.True(rows.Count >= endpoints.OfType<RouteEndpoint>().Count());
        Assert.All(rows, r => Assert.True(r.Permission is null ? r.AnonymousReason is not null && r.Roles.Count == 0 : r.Roles.Count > 0 && r.AnonymousReason is null));
        var front = Assert.Single(rows, r => r is { Method: "GET", Pattern: "/" });
        Assert.Equal((nameof(Permission.BeSignedIn), 10), (front.Permission, front.Roles.Count));
        Assert.Equal("nobody is signed in before this", Assert.Single(rows, r => r is { Method: "POST", Pattern: "/account/sign-in" }).AnonymousReason);
    }

    private static async Task<T> Do<T>(Application application, Func<UserCommands, Task<T>> verb)
    {
        await using var services = application.Services.CreateAsyncScope();
        services.ServiceProvider.GetRequiredService<CurrentScope>().Act(Scope.System, Actor.CommandLine);
        return await verb(services.ServiceProvider.GetRequiredService<UserCommands>());
    }

    private static async Task ChooseAsync(Application application, string link, string password)
    {
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(link).Query);
        var answer = await application.Anonymous().PostAsync("/account/set-password", Application.Form(
            ("User", query["user"]), ("Token", query["token"]), ("Password", password), ("Again", password)));
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, answer.StatusCode);
    }
}

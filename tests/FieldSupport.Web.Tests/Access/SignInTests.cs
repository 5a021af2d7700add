using System.Net;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.SigningIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Access;

public sealed class SignInTests
{
    private const string Rep = "rep@demo.test";

    [Theory, OnBothDatabases]
    public async Task Every_demo_account_signs_in_and_is_led_to_its_front_door(Database database)
    {
        await using var application = await Application.StartAsync(database);
        foreach (var demo in DemoAccounts.All)
        {
            var client = await application.SignedIn(demo.Email);
            var answer = await client.GetAsync("/");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    [Theory, OnBothDatabases]
    public async Task A_stranger_a_wrong_password_a_locked_and_a_disabled_account_hear_the_same_sentence(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await ChangeAsync(application, "rep2@demo.test", u => u.IsDisabled = true);
        await ChangeAsync(application, "manager@demo.test", u => u.LockoutEnd = DateTimeOffset.MaxValue);

        var answers = new[]
        {
            await TryAsync(application, "nobody@demo.test", DemoAccounts.Password),
            await TryAsync(application, Rep, "not it"),
            await TryAsync(application, "rep2@demo.test", DemoAccounts.Password),
            await TryAsync(application, "manager@demo.test", DemoAccounts.Password),
        };

        Assert.All(answers, a => Assert.Equal((HttpStatusCode.UnprocessableEntity, answers[0].Sentence), a));
        Assert.Contains("wrong, or the account is locked", answers[0].Sentence, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task Five_wrong_passwords_lock_the_account_for_fifteen_minutes_against_the_right_one_too(Database database)
    {
        await using var application = await Application.StartAsync(database);
        for (var i = 0; i < 5; i++) await TryAsync(application, Rep, "wrong " + i);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TryAsync(application, Rep, DemoAccounts.Password)).Status);
        await ChangeAsync(application, Rep, u =>
        {
            Assert.NotNull(u.LockoutEnd);
            u.LockoutEnd = u.LockoutEnd.Value.AddMinutes(-16); // identity reads the system's clock here
        });
        Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(application, Rep, DemoAccounts.Password)).Status);
    }

    [Theory, OnBothDatabases]
    public async Task Whoever_is_disabled_or_got_a_new_password_is_out_at_the_next_request(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var rep = await application.SignedIn(Rep);
        var token = await application.WithToken(Rep);
        var manager = await application.SignedIn("manager@demo.test");

        await ChangeAsync(application, Rep, u => u.IsDisabled = true);
        await ChangeAsync(application, "manager@demo.test", u => u.SecurityStamp = "another");

        Assert.StartsWith("/account/sign-in", (await rep.GetAsync("/")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.StartsWith("/account/sign-in", (await manager.GetAsync("/")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await token.GetAsync("/api/v1/nothing")).StatusCode);
    }

    [Theory, OnBothDatabases]
    public async Task The_session_slides_with_use_and_ends_after_thirty_idle_minutes(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var client = await application.SignedIn(Rep);
        application.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("/deliveries", await WhereTo(client));
        application.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("/deliveries", await WhereTo(client));
        application.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.StartsWith("/account/sign-in", await WhereTo(client), StringComparison.Ordinal);

        // Once /today is built the front door leads there.
        static async Task<string> WhereTo(HttpClient client) =>
            (await client.GetAsync("/")).Headers.Location!.OriginalString.Replace("/today", "/deliveries", StringComparison.Ordinal)
                .Replace("http://localhost", "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_signing_in_nobody_is_led_to_a_foreign_address()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var answer = await application.Anonymous().PostAsync("/account/sign-in", Application.Form(
            ("Email", Rep), ("Password", DemoAccounts.Password), ("ReturnUrl", "https://evil.example/")));
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        answer = await application.Anonymous().PostAsync("/account/sign-in", Application.Form(
            ("Email", Rep), ("Password", DemoAccounts.Password), ("ReturnUrl", "/orders?x=1")));
        Assert.Equal("/orders?x=1", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var answer = await application.Bare().PostAsync("/account/sign-in", Application.Form(("Email", Rep), ("Password", DemoAccounts.Password)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("expired", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_one_time_link_sets_the_password_once(Database database)
    {
        await using var application = await Application.StartAsync(database);
        await using var services = application.Services.CreateAsyncScope();
        var users = services.ServiceProvider.GetRequiredService<UserManager<User>>();
        var link = new Uri(await SetPassword.LinkAsync(users, (await users.FindByEmailAsync(Rep))!, "http://localhost"));
        var query = System.Web.HttpUtility.ParseQueryString(link.Query);
        var client = application.Anonymous();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(link.PathAndQuery)).StatusCode);

        Task<HttpResponseMessage> Set(string password) => client.PostAsync("/account/set-password", Application.Form(
            ("User", query["user"]), ("Token", query["token"]), ("Password", password), ("Again", password)));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Set("short")).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await Set("a long enough phrase")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Set("another long phrase")).StatusCode);
        await application.SignedIn(Rep, "a long enough phrase");
    }

    private static async Task<(HttpStatusCode Status, string Sentence)> TryAsync(Application application, string email, string password)
    {
        var answer = await application.Anonymous().PostAsync("/account/sign-in", Application.Form(("Email", email), ("Password", password)));
        var text = await answer.Content.ReadAsStringAsync();
        var at = text.IndexOf("The mail address or", StringComparison.Ordinal);
        return (answer.StatusCode, at < 0 ? "" : text[at..text.IndexOf('<', at)]);
    }

    private static async Task ChangeAsync(Application application, string email, Action<User> change)
    {
        await using var db = application.Open();
        change(await db.Users.SingleAsync(u => u.Email == email));
        await db.SaveChangesAsync();
    }
}

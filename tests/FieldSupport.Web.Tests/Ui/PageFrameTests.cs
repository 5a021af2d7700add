using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Web.Features.Operations;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FieldSupport.Web.Tests.Ui;

/// <summary>The frame and the components, rendered by themselves: without data, sign-in or jobs.</summary>
public partial class PageFrameTests
{
    [Fact]
    public async Task The_gallery_renders_every_component_and_holds_nothing_inline()
    {
        await using var app = await Start("Development");
        var html = await app.GetTestClient().GetStringAsync("/dev/ui");
        Assert.Contains("Late by 1 day", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(InlineStyle(), html);
        Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
        Assert.All(Scripts().Matches(html), script => Assert.Contains("src=", script.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("<fs-", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gallery_is_absent_outside_development()
    {
        await using var app = await Start("Production");
        var answer = await app.GetTestClient().GetAsync("/dev/ui");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_carries_the_content_policy_and_its_companions()
    {
        await using var app = await Start("Production");
        var answer = await app.GetTestClient().GetAsync("/nowhere");
        Assert.Equal(ContentPolicy.Value, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.DoesNotContain("unsafe", ContentPolicy.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("light", "light"), InlineData("dark", "dark"), InlineData("<script>", "system"), InlineData(null, "system")]
    public async Task The_theme_of_the_cookie_is_rendered_by_the_server(string? cookie, string rendered)
    {
        await using var app = await Start("Development");
        var client = app.GetTestClient();
        if (cookie is not null)
            client.DefaultRequestHeaders.Add("Cookie", $"{Theme.Cookie}={Uri.EscapeDataString(cookie)}");
        Assert.Contains($"data-bs-theme=\"{rendered}\"", await client.GetStringAsync("/dev/ui"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_the_theme_without_a_token_is_refused()
    {
        await using var app = await Start("Development");
        var answer = await app.GetTestClient().PostAsync("/account/theme", new FormUrlEncodedContent([new("theme", "dark")]));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_with_a_written_action_carries_the_token_and_switches_the_theme()
    {
        await using var app = await Start("Development");
        var client = app.GetTestClient();
        var page = await client.GetAsync("/dev/ui");
        var form = ThemeForm().Match(await page.Content.ReadAsStringAsync()).Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account/theme");
        request.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(value => value.Split(';')[0]).Where(value => value.Contains("Antiforgery", StringComparison.Ordinal)));
        request.Content = new FormUrlEncodedContent([new("theme", "dark"), new("returnUrl", "//elsewhere.test/"), new("__RequestVerificationToken", Token().Match(form).Groups[1].Value)]);
        var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location?.ToString());
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("fs-theme=dark", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_partial_request_gets_the_view_without_the_frame()
    {
        await using var app = await Start("Development");
        var client = app.GetTestClient();
        client.DefaultRequestHeaders.Add("HX-Request", "true");
        var html = await client.GetStringAsync("/dev/ui");
        Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
        Assert.Contains("Late by 1 day", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_what_every_outlook_means()
    {
        await using var app = await Start("Production");
        var html = await app.GetTestClient().GetStringAsync("/help");
        Assert.All(Tones.Outlooks, outlook => Assert.Contains(Tones.Of(outlook).Words, html, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("practice-admin", "/portal /portal/refills /portal/settings"), InlineData("rep", "/today /deliveries /orders /practices"), InlineData("nobody", ""), InlineData(null, "")]
    public void Each_role_finds_its_own_places(string? role, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', Navigation.For(role).Select(item => item.Address)));

    private static async Task<WebApplication> Start(string environment)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "FieldSupport.sln")))
            at = at.Parent;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = environment, ApplicationName = "FieldSupport.Web", ContentRootPath = Path.Combine(at.FullName, "src", "FieldSupport.Web"),
        });
        builder.WebHost.UseTestServer();
        builder.Services.AddControllersWithViews().ConfigureApplicationPartManager(parts =>
        {
            // Only the frame's own controllers: the others need the product's services.
            parts.FeatureProviders.Add(new Only());
        });
        builder.Services.AddUi();
        builder.Services.AddSingleton(new FieldSupport.Web.Composition.Settings());
        var app = builder.Build();
        app.UseUi();
        app.MapControllers();
        await app.StartAsync();
        return app;
    }

    private sealed class Only : Microsoft.AspNetCore.Mvc.ApplicationParts.IApplicationFeatureProvider<Microsoft.AspNetCore.Mvc.Controllers.ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<Microsoft.AspNetCore.Mvc.ApplicationParts.ApplicationPart> parts, Microsoft.AspNetCore.Mvc.Controllers.ControllerFeature feature)
        {
            Type[] kept = [typeof(ComponentGalleryController), typeof(HelpController), typeof(SwitchThemeController)];
            foreach (var other in feature.Controllers.Where(controller => !kept.Contains(controller.AsType())).ToList())
                feature.Controllers.Remove(other);
        }
    }

    [GeneratedRegex(@"<[a-z][^>]*\sstyle=", RegexOptions.None, 2000)]
    private static partial Regex InlineStyle();

    [GeneratedRegex("<script[^>]*>", RegexOptions.None, 2000)]
    private static partial Regex Scripts();

    [GeneratedRegex("<form method=\"post\" action=\"/account/theme\".*?</form>", RegexOptions.Singleline, 2000)]
    private static partial Regex ThemeForm();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"", RegexOptions.None, 2000)]
    private static partial Regex Token();
}

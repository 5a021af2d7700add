using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace FieldSupport.Web.Composition;

public static class AccessSetup
{
    private const string CookieOrToken = "CookieOrToken";

    /// <summary>Who is there and what they may: accounts, cookies, API tokens, the gate at every endpoint.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, Checked settings)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<CurrentUser>();
        services.AddScoped<UserCommands>();
        services.AddSingleton<IDenials, AuditedDenials>();

        services.AddDataProtection().SetApplicationName("FieldSupport")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(settings.KeyFolder, "cookies")));
        services.AddIdentityCore<User>(o =>
            {
                o.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
                o.User.RequireUniqueEmail = true;
                // Length is what counts; composition rules only make people write passwords down.
                o.Password.RequiredLength = 12;
                o.Password.RequireDigit = o.Password.RequireLowercase = o.Password.RequireUppercase = o.Password.RequireNonAlphanumeric = false;
                o.Lockout.MaxFailedAccessAttempts = 5;
                o.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            })
            .AddEntityFrameworkStores<FieldSupportDb>()
            .AddSignInManager()
            .AddDefaultTokenProviders();

        services.AddAuthentication(CookieOrToken)
            .AddPolicyScheme(CookieOrToken, null, o => o.ForwardDefaultSelector = context =>
                ApiTokenScheme.IsUsedBy(context.Request) ? ApiTokenScheme.Name : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenScheme>(ApiTokenScheme.Name, null)
            .AddCookie(IdentityConstants.ApplicationScheme, o =>
            {
                o.Cookie.Name = "fs-session";
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.LoginPath = "/account/sign-in";
                o.ReturnUrlParameter = "returnUrl";
                o.ExpireTimeSpan = TimeSpan.FromMinutes(30);
                o.SlidingExpiration = true;
                o.Events.OnRedirectToLogin = AskToSignIn;
                o.Events.OnRedirectToAccessDenied = context =>
                {
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return Task.CompletedTask;
                };
            });
        services.AddAuthorization(o => o.FallbackPolicy = o.DefaultPolicy = new AuthorizationPolicyBuilder().AddRequirements(new Gate()).Build());
        services.AddSingleton<IAuthorizationHandler, GateKeeper>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, GateAnswers>();
        return services;
    }

    /// <summary>Refusals and failures become answers. Before everything that may fail.</summary>
    public static WebApplication UseAnswers(this WebApplication app)
    {
        app.UseMiddleware<Answers>();
        return app;
    }

    /// <summary>Who is it, may they, did they mean it: in this order, before any endpoint.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<WhoActs>();
        app.UseRequestLocalization();
        app.UseAuthorization();
        app.UseMiddleware<OwnForms>();
        app.UseMiddleware<ReadableInput>();
        return app;
    }

    private static Task AskToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Path.StartsWithSegments("/api"))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (request.Headers["HX-Request"] == "true")
        {
            // A part of a page cannot show the sign-in: the whole page goes there.
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers["HX-Redirect"] = "/account/sign-in";
        }
        else
        {
            response.Redirect(context.RedirectUri);
        }
        return Task.CompletedTask;
    }
}

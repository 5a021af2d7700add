using System.Globalization;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace FieldSupport.Web.Ui;

/// <summary>On a controller: its pages are written in every language that we have. All others are English as a whole, their frame too.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TranslatedAttribute : Attribute;

/// <summary>
/// The language of a reader. Of a practice's people: what they chose, kept with their account and in a cookie for the page before it. Staff read
/// English. Only the language of words follows it: numbers and dates of forms and files are read and written as ever.
/// </summary>
public static class Language
{
    public const string Cookie = "fs-language", English = "en", Spanish = "es";

    private static readonly CultureInfo InEnglish = CultureInfo.GetCultureInfo("en-US"), InSpanish = CultureInfo.GetCultureInfo("es-US"), Pseudo = CultureInfo.GetCultureInfo(Say.Pseudo);

    /// <summary>For <c>lang</c> of the page under way.</summary>
    public static string Tag => Say.IsEnglish ? "en-US" : CultureInfo.CurrentUICulture.Name;

    /// <summary>What this reader reads, wherever it is written in it.</summary>
    public static CultureInfo Of(HttpContext context)
    {
        var services = context.RequestServices;
        var user = services.GetService<CurrentUser>();
        if (user is { IsSignedIn: true } && !Roles.IsOfAccount(user.Role)) return InEnglish;
        var said = (user is { IsSignedIn: true } ? user.Language : null) ?? context.Request.Cookies[Cookie];
        if (said == Say.Pseudo && !services.GetRequiredService<IHostEnvironment>().IsProduction()) return Pseudo;
        if (said is English or Spanish || user is { IsSignedIn: true }) return said == Spanish ? InSpanish : InEnglish;
        // A stranger's browser says what its owner reads; a person with an account says so themselves.
        return context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.ToString()).FirstOrDefault(l => Is(l, English) || Is(l, Spanish)) is { } first && Is(first, Spanish) ? InSpanish : InEnglish;
    }

    public static void Keep(HttpContext context, string language) => context.Response.Cookies.Append(Cookie, language, new CookieOptions
    {
        MaxAge = TimeSpan.FromDays(365), HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/",
    });

    internal static IServiceCollection AddLanguages(this IServiceCollection services) => services.Configure<RequestLocalizationOptions>(o =>
    {
        o.DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, InEnglish);
        o.SupportedCultures = [CultureInfo.InvariantCulture];
        o.SupportedUICultures = [InEnglish, InSpanish, Pseudo];
        o.RequestCultureProviders = [new OfThePage()];
    });

    /// <summary>What the framework says of a value that it could not bind.</summary>
    internal static void InTheReadersLanguage(this DefaultModelBindingMessageProvider messages)
    {
        messages.SetAttemptedValueIsInvalidAccessor((value, field) => Say.It("The value '{0}' is not valid for {1}.", value, field));
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(value => Say.It("The value '{0}' is not valid.", value));
        messages.SetUnknownValueIsInvalidAccessor(field => Say.It("The supplied value is invalid for {0}.", field));
        messages.SetValueMustBeANumberAccessor(field => Say.It("The field {0} must be a number.", field));
        messages.SetValueMustNotBeNullAccessor(value => Say.It("The value '{0}' is invalid.", value));
    }

    private static bool Is(string tag, string language) => tag.Equals(language, StringComparison.OrdinalIgnoreCase) || tag.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);

    private sealed class OfThePage : RequestCultureProvider
    {
        public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) => Task.FromResult<ProviderCultureResult?>(
            new(CultureInfo.InvariantCulture.Name, (httpContext.GetEndpoint()?.Metadata.GetMetadata<TranslatedAttribute>() is null ? InEnglish : Of(httpContext)).Name));
    }
}

using System.IO.Compression;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FieldSupport.Web.Ui;

public static class UiSetup
{
    /// <summary>Views beside their slices, the anti-forgery header, icons, the clock for <c>fs-time</c>. Call after AddControllersWithViews.</summary>
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddSingleton<Glyph>();
        services.Configure<RazorViewEngineOptions>(options => options.ViewLocationExpanders.Add(new FeatureViewLocations()));
        services.AddLanguages();
        services.AddAntiforgery(options =>
        {
            options.HeaderName = "RequestVerificationToken";
            options.SuppressXFrameOptionsHeader = true; // ContentPolicy writes it on every answer
        });
        // Not over TLS of our own (the default): DECISIONS 15.
        services.AddResponseCompression(options => options.MimeTypes = ["text/html", "application/json", "application/problem+json", "text/csv"]);
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services;
    }

    /// <summary>Security headers on every answer. Call before routing, error pages included.</summary>
    public static WebApplication UseUi(this WebApplication app)
    {
        app.UseContentPolicy();
        app.UseResponseCompression();
        return app;
    }
}

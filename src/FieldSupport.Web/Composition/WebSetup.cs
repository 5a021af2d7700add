using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Operations;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FieldSupport.Web.Composition;

public static class WebSetup
{
    /// <summary>The clock of the whole process: the system's, or one that started elsewhere (Development only).</summary>
    public static IServiceCollection AddClock(this IServiceCollection services, Checked settings)
    {
        services.TryAddSingleton<TimeProvider>(settings.Settings.Clock.StartAt is { } at ? new SimulatedClock(at) : TimeProvider.System);
        return services;
    }

    /// <summary>Controllers, and what this room needs to tell whether it is ready.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddControllersWithViews(o =>
        {
            // "Required" is a validator's word: decided after permission and scope, answered with 422.
            o.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
            o.ModelBindingMessageProvider.InTheReadersLanguage();
        });
        // A list of dates may bring as many ticks as it may have lines (the framework stops at 1,024).
        services.Configure<Microsoft.AspNetCore.Http.Features.FormOptions>(o => o.ValueCountLimit = Domain.Refills.PastedDates.MostRows + 100);
        services.Configure<ApiBehaviorOptions>(o => o.InvalidModelStateResponseFactory = context =>
        {
            var details = new ValidationProblemDetails(context.ModelState) { Status = StatusCodes.Status400BadRequest, Title = "That could not be read" };
            details.Extensions["code"] = "malformed";
            return new ObjectResult(details) { StatusCode = StatusCodes.Status400BadRequest, ContentTypes = { "application/problem+json" } };
        });
        services.AddSingleton<Features.Deliveries.RecentAnswers>();
        services.AddPortal().AddApi();
        services.AddScoped<IReadyCheck, DatabaseReady>();
        services.AddScoped<IReadyCheck, DiskReady>();
        return services;
    }

    /// <summary>Every endpoint. Refuses to go on when one of them does not say who may use it.</summary>
    public static WebApplication MapAll(this WebApplication app)
    {
        app.MapStaticAssets().Add(b => b.Metadata.Add(new AllowsAnyoneAttribute("a file of the look, the same for everybody")));
        app.MapControllers().WithStaticAssets();
        app.MapApiDescription();
        EndpointCheck.Run(((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints));
        return app;
    }
}

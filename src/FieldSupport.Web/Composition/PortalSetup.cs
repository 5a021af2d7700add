using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Features.Portal;

namespace FieldSupport.Web.Composition;

public static class PortalSetup
{
    /// <summary>What the portal's pages read with.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddScoped<Arrivals>();
        services.AddScoped<SafetyIntake>();
        services.AddScoped<PhotoShelf>();
        services.AddScoped<RefillBook>();
        services.AddScoped<RefillLines>();
        services.AddScoped<VisitDates>();
        services.AddScoped<LastAdministrator>();
        return services;
    }
}

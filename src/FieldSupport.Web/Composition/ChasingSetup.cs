using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Chasing;

namespace FieldSupport.Web.Composition;

public static class ChasingSetup
{
    /// <summary>The rules of the chase with the company's numbers, and what reads and writes around them.</summary>
    public static IServiceCollection AddChasing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(PolicySettings.Read(configuration));
        services.AddSingleton(p => new RiskCalendars(CarrierCalendar.Days, ShipFromCalendar.Default, p.GetRequiredService<Policy>()));
        services.AddSingleton<ClinicCalendars>();
        services.AddSingleton<DeliveryFactsReader>();
        services.AddSingleton<DeliveryJsonWriter>();
        services.AddScoped<Features.Deliveries.DeliveryDetailReader>();
        services.AddScoped<Features.Deliveries.DeliveryRowMarkup>();
        services.AddSingleton<NoticeRows>();
        services.AddSingleton<Unanswered>();
        services.AddTransient<Sweep>();
        return services;
    }
}

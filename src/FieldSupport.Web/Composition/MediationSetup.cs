using FieldSupport.Web.Mediation;
using FluentValidation;

namespace FieldSupport.Web.Composition;

public static class MediationSetup
{
    /// <summary>Messages, their handlers and validators, and what every message passes on its way.</summary>
    public static IServiceCollection AddMediation(this IServiceCollection services)
    {
        var assembly = typeof(MediationSetup).Assembly;
        MessageCheck.Run(assembly);
        services.AddScoped<UnreadableInput>();
        services.AddScoped<WithTheSave>();
        services.AddValidatorsFromAssembly(assembly, includeInternalTypes: true);
        services.AddMediatR(c =>
        {
            c.RegisterServicesFromAssembly(assembly);
            c.AddOpenBehavior(typeof(Authorise<,>));
            c.AddOpenBehavior(typeof(Validate<,>));
            c.AddOpenBehavior(typeof(Keep<,>));
            c.AddOpenBehavior(typeof(Commit<,>));
        });
        return services;
    }
}

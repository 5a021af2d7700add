using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FieldSupport.Web.Composition;

public static class DataSetup
{
    /// <summary>The database under the scope of the signed-in person, for handlers; jobs and commands open their own.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, Checked settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Settings);
        services.AddSingleton<IInterceptor, SqlitePragmas>();
        services.AddSingleton<IInterceptor, PostgresPatience>();
        services.AddSingleton<IInterceptor, SaveInterceptor>();
        services.AddSingleton<AuditSeal>();
        services.AddSingleton<AuditAnchors>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService<AnchorBeat>();
        services.AddSingleton<Databases>();
        services.AddSingleton<ChangeMark>();
        services.AddSingleton<KeptAnswers>();
        services.AddSingleton<Attachments>();
        services.AddSingleton<LinkedNotices>();
        services.AddSingleton<NoticeLinks>();
        services.AddSingleton<Turns>();
        services.AddScoped<CurrentScope>();
        services.AddScoped<FieldSupportDb>(p =>
        {
            var current = p.GetRequiredService<CurrentScope>();
            return p.GetRequiredService<Databases>().Open(current.Scope, current.Actor);
        });
        return services;
    }
}

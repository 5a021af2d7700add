using FieldSupport.Vault;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FieldSupport.Web.Composition;

public static class VaultSetup
{
    /// <summary>The vault beside the database; needs <see cref="DataSetup.AddData"/> and the clock.</summary>
    public static IServiceCollection AddVault(this IServiceCollection services, Checked settings)
    {
        services.AddSingleton(new VaultKeys(settings.KeyFolder));
        services.AddSingleton<IVaultAudit, VaultAudit>();
        services.AddSingleton(p => new VaultPlace(
            settings.IsSqlite, settings.ConnectionString, p.GetServices<IInterceptor>().OfType<DbConnectionInterceptor>().ToList()));
        services.AddSingleton<PatientVault>();
        services.AddSingleton<Migrator>();
        return services;
    }
}

using FieldSupport.Web.Data.Backups;

namespace FieldSupport.Web.Composition;

public static class BackupSetup
{
    /// <summary>Backup and restore; need <see cref="VaultSetup.AddVault"/> and <see cref="MailSetup.AddMail"/>.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services) => services.AddSingleton<MakeBackup>().AddSingleton<RestoreBackup>();
}

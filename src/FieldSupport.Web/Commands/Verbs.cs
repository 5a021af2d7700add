namespace FieldSupport.Web.Commands;

/// <summary>The only list of verbs; another verb is a file beside this one and a line here.</summary>
public static class Verbs
{
    public static readonly IVerb[] All =
    [
        new MigrateVerb(),
        new SeedVerb(),
        new ImportVerb(),
        new SweepVerb(),
        new SendVerb(),
        new DeliveriesVerb(),
        new AuditVerifyVerb(),
        new BackupVerb(),
        new RestoreVerb(),
        new KeysRotateVerb(),
        new UsersListVerb(),
        .. UserVerb.All,
        new TokensListVerb(),
        new RoutesVerb(),
        new ConfigCheckVerb(),
        new DoctorVerb(),
    ];
}

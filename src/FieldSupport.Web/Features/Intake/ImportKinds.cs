using FieldSupport.Web.Jobs;

namespace FieldSupport.Web.Features.Intake;

/// <summary>All kinds of files, by the name that the command line and the upload use.</summary>
public sealed class ImportKinds(IEnumerable<IImportKind> kinds)
{
    /// <summary>Names and formats without anything being composed: for help.</summary>
    public static IReadOnlyList<(string Kind, string Format)> Formats { get; } =
    [
        (ImportAccounts.KindName, ImportAccounts.FormatText), (ImportClosures.KindName, ImportClosures.FormatText), (ImportVisits.KindName, ImportVisits.FormatText),
        (ImportOrders.KindName, ImportOrders.FormatText), (ImportShipments.KindName, ImportShipments.FormatText), (ImportReceipts.KindName, ImportReceipts.FormatText),
        (ImportTracking.KindName, ImportTracking.FormatText),
    ];

    public IImportKind? Find(string kind) => kinds.FirstOrDefault(k => string.Equals(k.Kind, kind, StringComparison.OrdinalIgnoreCase));
}

public static class IntakeSetup
{
    /// <summary>The kinds of files. Another kind is a line here.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services) => services
        .AddSingleton<IImportKind, ImportAccounts>()
        .AddSingleton<IImportKind, ImportClosures>()
        .AddSingleton<IImportKind, ImportVisits>()
        .AddSingleton<IImportKind, ImportOrders>()
        .AddSingleton<IImportKind, ImportShipments>()
        .AddSingleton<IImportKind, ImportReceipts>()
        .AddSingleton<IImportKind, ImportTracking>()
        .AddSingleton<MessageStore>()
        .AddHostedService(p => p.GetRequiredService<MessageStore>())
        .AddSingleton<IStoredMessages, EasyPostMessages>()
        .AddSingleton<ImportKinds>();
}

using FieldSupport.Vault;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data.Backups;

/// <summary>Database, vault and audit of another place than this installation's: where a backup is laid out and looked at. Same keys, same clock.</summary>
internal sealed class RestoredPlace : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private RestoredPlace(ServiceProvider services) => _services = services;

    public static RestoredPlace At(Checked at, TimeProvider? clock = null) => new(new ServiceCollection()
        .AddLogging().AddSingleton(clock ?? TimeProvider.System).AddData(at).AddVault(at).BuildServiceProvider());

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The vault's tables as a backup had them.</summary>
    public Task BringVaultTo(string migration, CancellationToken stop) => Get<PatientVault>().Migrate(migration, stop);

    /// <summary>Whether this program knows a migration of the vault.</summary>
    public bool KnowsOfVault(string migration) => Get<PatientVault>().Knows(migration);

    /// <summary>How many values the vault holds, and how many do not open with the keys at hand.</summary>
    public async Task<(int Values, int Unreadable)> ProbeVault(CancellationToken stop)
    {
        await using var door = Get<PatientVault>().Open();
        return await door.Probe(stop);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

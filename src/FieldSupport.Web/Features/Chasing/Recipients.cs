using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Practices;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>
/// Who stands behind a slot of the ladder (contract.md §1): users by scope, the account's own contacts, else a setting. No address:
/// null, and the notice is parked where somebody sees it.
/// </summary>
public sealed class Recipients
{
    private readonly ILookup<string, User> _byRole;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Dictionary<(string Role, string Territory), string?> _ofTerritory = [];
    private readonly string? _logistics;

    private Recipients(IEnumerable<User> users, IReadOnlyDictionary<string, string> settings)
    {
        _byRole = users.ToLookup(u => u.Role);
        _settings = settings;
        _logistics = Join(_byRole["logistics"]);
    }

    public static async Task<Recipients> Load(FieldSupportDb db, Settings settings, CancellationToken cancellation) =>
        new(await db.Users.AsNoTracking().Where(u => !u.IsDisabled && u.Email != null).ToListAsync(cancellation), settings.Recipients);

    /// <summary>Mail addresses, comma-separated; null when nobody stands there.</summary>
    public string? AddressesOf(string slot, Account account) => slot switch
    {
        LadderSlot.Rep => OfTerritory("rep", account.TerritoryCode),
        LadderSlot.Manager => OfTerritory("manager", account.TerritoryCode),
        LadderSlot.Logistics => _logistics,
        LadderSlot.PracticeCoordinator => account.CoordinatorEmail ?? PracticeUsers(account),
        LadderSlot.PracticeClinicalLead => account.ClinicalLeadEmail ?? PracticeUsers(account),
        _ => _settings.TryGetValue(slot, out var address) && !string.IsNullOrWhiteSpace(address) ? address : null,
    };

    /// <summary>Why a slot told nobody, and what puts that right.</summary>
    public static string HowToFill(string slot) => $"Nobody stands behind the slot '{slot}': " + slot switch
    {
        LadderSlot.Rep or LadderSlot.Manager => $"add a user of role {slot} with the account's territory.",
        LadderSlot.Logistics => "add a user of role logistics.",
        LadderSlot.PracticeCoordinator => "give the account a coordinatorEmail by import, or add a practice user of it.",
        LadderSlot.PracticeClinicalLead => "give the account a clinicalLeadEmail by import, or add a practice user of it.",
        _ => $"set FieldSupport:Recipients:{slot}.",
    };

    // One sweep asks for the same few territories again and again.
    private string? OfTerritory(string role, string territory)
    {
        if (!_ofTerritory.TryGetValue((role, territory), out var addresses))
            _ofTerritory[(role, territory)] = addresses = Join(_byRole[role].Where(u => u.TerritoryCodes().Contains(territory)));
        return addresses;
    }

    private string? PracticeUsers(Account account) =>
        Join(_byRole["practice-admin"].Concat(_byRole["practice"]).Where(u => u.AccountId == account.Id));

    private static string? Join(IEnumerable<User> users)
    {
        var addresses = string.Join(", ", users.Select(u => u.Email).Order(StringComparer.OrdinalIgnoreCase));
        return addresses.Length == 0 ? null : addresses;
    }
}

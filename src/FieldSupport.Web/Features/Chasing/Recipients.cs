using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Practices;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>One person behind a slot.</summary>
/// <param name="Person">Whose notice it is: the address in lower case.</param>
/// <param name="Addresses">Where it goes; of a setting it may be several.</param>
/// <param name="InsteadOf">Whom this person stands in for while they are away; null: nobody.</param>
public sealed record Addressee(string Person, string Addresses, string? InsteadOf = null);

/// <summary>
/// Who stands behind a slot of the ladder (contract.md §1): users by scope, the account's own contacts, else a setting; for who is away
/// their deputy. Nobody: the notice is parked where somebody sees it.
/// </summary>
public sealed class Recipients
{
    /// <summary>A deputy may be away too; further than this nobody follows the chain.</summary>
    private const int MostDeputies = 3;

    private readonly ILookup<string, User> _byRole;
    private readonly Dictionary<string, User> _byId;
    private readonly ILookup<string, User> _byEmail;
    private readonly Dictionary<string, NoticePreference> _wishes;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<(string Role, string Territory), IReadOnlyList<Addressee>> _ofTerritory = [];

    private Recipients(List<User> users, List<NoticePreference> wishes, IReadOnlyDictionary<string, string> settings, DateTimeOffset now)
    {
        _byRole = users.ToLookup(u => u.Role);
        _byId = users.ToDictionary(u => u.Id);
        _byEmail = users.ToLookup(u => u.Email!, StringComparer.OrdinalIgnoreCase);
        _wishes = wishes.ToDictionary(w => w.UserId);
        (_settings, _now) = (settings, now);
    }

    public static async Task<Recipients> Load(FieldSupportDb db, Settings settings, DateTimeOffset now, CancellationToken cancellation) => new(
        await db.Users.AsNoTracking().Where(u => !u.IsDisabled && u.Email != null).ToListAsync(cancellation),
        await db.NoticePreferences.AsNoTracking().ToListAsync(cancellation), settings.Recipients, now);

    /// <summary>The people behind a slot; empty when nobody stands there.</summary>
    public IReadOnlyList<Addressee> Of(string slot, Account account) => slot switch
    {
        LadderSlot.Rep => OfTerritory(Roles.Rep, account),
        LadderSlot.Manager => OfTerritory(Roles.Manager, account),
        LadderSlot.Logistics => OfUsers(_byRole[Roles.Logistics], account),
        LadderSlot.PracticeCoordinator => account.CoordinatorEmail is { Length: > 0 } mail ? Named(mail, account) : PracticeUsers(account),
        LadderSlot.PracticeClinicalLead => account.ClinicalLeadEmail is { Length: > 0 } mail ? Named(mail, account) : PracticeUsers(account),
        _ => _settings.TryGetValue(slot, out var address) && !string.IsNullOrWhiteSpace(address) ? Named(address, account) : [],
    };

    /// <summary>All their mail addresses, comma-separated; null when nobody stands there.</summary>
    public string? AddressesOf(string slot, Account account) => Of(slot, account) is { Count: > 0 } people ? string.Join(", ", people.Select(p => p.Addresses)) : null;

    /// <summary>Who is told when this person does not answer; null where they named nobody who may see the account.</summary>
    public Addressee? DeputyOf(string person, Account account) =>
        _byEmail[person].Select(u => _wishes.GetValueOrDefault(u.Id)?.DeputyUserId).FirstOrDefault(d => d is not null) is { } id
        && _byId.TryGetValue(id, out var deputy) && Reaches(deputy, account) ? new Addressee(deputy.Email!.ToLowerInvariant(), deputy.Email!) : null;

    /// <summary>How a person wants to be told; null for the defaults and for who is no user.</summary>
    public NoticePreference? WishesOf(string person) => _byEmail[person].Select(u => _wishes.GetValueOrDefault(u.Id)).FirstOrDefault(w => w is not null);

    /// <summary>Why a slot told nobody, and what puts that right.</summary>
    public static string HowToFill(string slot) => $"Nobody stands behind the slot '{slot}': " + slot switch
    {
        LadderSlot.Rep or LadderSlot.Manager => $"add a user of role {slot} with the account's territory.",
        LadderSlot.Logistics => "add a user of role logistics.",
        LadderSlot.PracticeCoordinator => "give the account a coordinatorEmail by import, or add a practice user of it.",
        LadderSlot.PracticeClinicalLead => "give the account a clinicalLeadEmail by import, or add a practice user of it.",
        _ => $"set FieldSupport:Recipients:{slot}.",
    };

    /// <summary>Whether this person's role and scope show the account: nobody is told of what they may not see.</summary>
    public static bool Reaches(User user, Account account) => user.Role switch
    {
        Roles.Rep or Roles.Manager => user.TerritoryCodes().Contains(account.TerritoryCode),
        Roles.Practice or Roles.PracticeAdmin => user.AccountId == account.Id,
        Roles.Logistics => true,
        _ => false,
    };

    // One sweep asks for the same few territories again and again.
    private IReadOnlyList<Addressee> OfTerritory(string role, Account account)
    {
        if (!_ofTerritory.TryGetValue((role, account.TerritoryCode), out var people))
            _ofTerritory[(role, account.TerritoryCode)] = people = OfUsers(_byRole[role].Where(u => u.TerritoryCodes().Contains(account.TerritoryCode)), account);
        return people;
    }

    private IReadOnlyList<Addressee> PracticeUsers(Account account) =>
        OfUsers(_byRole[Roles.PracticeAdmin].Concat(_byRole[Roles.Practice]).Where(u => u.AccountId == account.Id), account);

    private IReadOnlyList<Addressee> OfUsers(IEnumerable<User> users, Account account) =>
        [.. users.OrderBy(u => u.Email, StringComparer.OrdinalIgnoreCase).Select(u => Standing(u, account)).DistinctBy(a => a.Person)];

    /// <summary>An address that the account or a setting names; if it is a user's, their absence counts as anywhere.</summary>
    private IReadOnlyList<Addressee> Named(string addresses, Account account) => _byEmail[addresses.Trim()].FirstOrDefault() is { } user
        ? [Standing(user, account)]
        : [new(addresses.Split(',')[0].Trim().ToLowerInvariant(), addresses)];

    private Addressee Standing(User user, Account account)
    {
        var stands = user;
        for (var i = 0; i < MostDeputies && _wishes.GetValueOrDefault(stands.Id) is { DeputyUserId: { } deputy } wishes && NoticeTiming.IsAway(wishes, _now); i++)
        {
            if (!_byId.TryGetValue(deputy, out var next) || next == user || !Reaches(next, account)) break;
            stands = next;
        }
        // A chain that ends with somebody who is away as well: better the person whose work it is than nobody.
        if (stands != user && _wishes.GetValueOrDefault(stands.Id) is { } last && NoticeTiming.IsAway(last, _now)) stands = user;
        return new Addressee(stands.Email!.ToLowerInvariant(), stands.Email!, stands == user ? null : user.DisplayName);
    }
}

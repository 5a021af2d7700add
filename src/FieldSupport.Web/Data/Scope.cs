namespace FieldSupport.Web.Data;

/// <summary>
/// Whose rows a context sees. A constructor argument of every context; the system scope exists only in Jobs, Commands and Data.
/// Everything that is not granted here is not there: foreign and absent look the same.
/// </summary>
public sealed record Scope
{
    private Scope() { }

    /// <summary>Sees every account's rows.</summary>
    public bool SeesAll { get; private init; }
    /// <summary>Sees education kits of every account, and nothing else on its way to them.</summary>
    public bool SeesKits { get; private init; }
    /// <summary>Territories whose accounts are seen (rep, manager).</summary>
    public string[] Territories { get; private init; } = [];
    /// <summary>The one account seen (practice).</summary>
    public Guid? AccountId { get; private init; }

    /// <summary>What it sees, as a text: of two scopes that see the same it is the same.</summary>
    public string Name => FormattableString.Invariant($"{SeesAll}|{SeesKits}|{AccountId}|{string.Join(',', Territories.Order(StringComparer.Ordinal))}");

    /// <summary>Which filters its context is built with.</summary>
    public ScopeKind Kind => this switch
    {
        { SeesAll: true } => ScopeKind.All,
        { SeesKits: false, AccountId: null, Territories.Length: 1 } => ScopeKind.OneTerritory,
        { SeesKits: false, AccountId: not null, Territories.Length: 0 } => ScopeKind.OneAccount,
        _ => ScopeKind.Other,
    };

    /// <summary>Jobs and the command line.</summary>
    public static Scope System { get; } = new() { SeesAll = true };
    /// <summary>Nobody signed in.</summary>
    public static Scope None { get; } = new();
    /// <summary>Roles that work for every account (logistics, specialist, safety, auditor, admin).</summary>
    public static Scope EveryAccount { get; } = new() { SeesAll = true };
    /// <summary>Materials: kits and stock of every account.</summary>
    public static Scope Kits { get; } = new() { SeesKits = true };
    public static Scope OfTerritories(IEnumerable<string> codes) => new() { Territories = codes.ToArray() };
    public static Scope OfAccount(Guid accountId) => new() { AccountId = accountId };
}

/// <summary>Scopes that are asked for in the same way.</summary>
public enum ScopeKind
{
    All,
    OneTerritory,
    OneAccount,
    /// <summary>Kits, several territories, or nothing.</summary>
    Other,
}

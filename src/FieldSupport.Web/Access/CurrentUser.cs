using FieldSupport.Web.Data;

namespace FieldSupport.Web.Access;

/// <summary>Who is signed in to this request, read from the database for each one: what was taken away is gone at once.</summary>
public sealed class CurrentUser
{
    private Person? _person;

    public bool IsSignedIn => _person is not null;
    public string Id => Someone.Id;
    public string Email => Someone.Email;
    public string DisplayName => Someone.DisplayName;
    public string Role => Someone.Role;
    public IReadOnlyList<string> Territories => Someone.Territories;
    public Guid? AccountId => Someone.AccountId;
    /// <summary>Chosen by the person; null: none was.</summary>
    public string? Language => Someone.Language;

    public bool May(Permission permission) => _person is not null && Permissions.Has(_person.Role, permission);

    internal void Is(Person person) => _person = person;

    private Person Someone => _person ?? throw new InvalidOperationException("Nobody is signed in.");

    internal sealed record Person(string Id, string Email, string DisplayName, string Role, string[] Territories, Guid? AccountId, string? Language = null)
    {
        /// <summary>A role that the table does not know, or that lacks what it is scoped by, sees nothing.</summary>
        public Scope Scope() => Role switch
        {
            _ when Roles.IsOfTerritories(Role) => Data.Scope.OfTerritories(Territories),
            _ when Roles.IsOfAccount(Role) => AccountId is { } account ? Data.Scope.OfAccount(account) : Data.Scope.None,
            Roles.Materials => Data.Scope.Kits,
            _ when Roles.All.Contains(Role) => Data.Scope.EveryAccount,
            _ => Data.Scope.None,
        };
    }
}

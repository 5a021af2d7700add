using FieldSupport.Web.Data;

namespace FieldSupport.Web.Access;

/// <summary>Whose rows this request, job item or command sees, and in whose name it acts. Nobody's until somebody sets it.</summary>
public sealed class CurrentScope
{
    public Scope Scope { get; private set; } = Scope.None;
    public Actor Actor { get; private set; } = Actor.Nobody;

    /// <summary>Set once, before the first use of the database in this service scope.</summary>
    public void Act(Scope scope, Actor actor)
    {
        Scope = scope;
        Actor = actor;
    }

    /// <summary>A person's role holds it, or this is a job or the command line.</summary>
    public bool May(Permission permission) =>
        // The very object: the scope of roles that see every account compares equal to the system's.
        ReferenceEquals(Scope, Scope.System) || (Actor.Role is { } role && Permissions.Has(role, permission));
}

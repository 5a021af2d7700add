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
}

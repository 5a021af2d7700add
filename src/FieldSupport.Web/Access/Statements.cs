using System.Reflection;

namespace FieldSupport.Web.Access;

/// <summary>What a message or an endpoint asks of whoever uses it: permissions, all of which are needed, or a reason why anyone may.</summary>
public sealed record Statement(IReadOnlyList<Permission> Permissions, string? AnonymousReason)
{
    /// <summary>Null when the message states nothing.</summary>
    public static Statement? OfMessage(Type message) =>
        message.GetCustomAttributes(inherit: false).OfType<IStatesPermission>().SingleOrDefault()?.Statement;

    /// <summary>Null when the endpoint states nothing. The nearest one counts: an action's before its controller's.</summary>
    public static Statement? OfEndpoint(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IStatesPermission>()?.Statement;
}

public interface IStatesPermission
{
    Statement? Statement { get; }
}

/// <summary>On a message, or on an action that sends none: the role needs this permission.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresAttribute(Permission permission) : Attribute, IStatesPermission
{
    public Statement Statement { get; } = new([permission], null);
}

/// <summary>On a message or an action: nobody needs to be signed in, and why that is right.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowsAnyoneAttribute(string reason) : Attribute, IStatesPermission
{
    public Statement Statement { get; } = new([], reason);
}

/// <summary>On an action: it asks what the messages that it sends ask, before anything of the request is read.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class SendsAttribute(params Type[] messages) : Attribute, IStatesPermission
{
    public Statement? Statement { get; } = Combine(messages);

    private static Statement? Combine(Type[] messages)
    {
        var statements = messages.Select(Access.Statement.OfMessage).ToList();
        if (statements.Count == 0 || statements.Contains(null)) return null;
        var permissions = statements.SelectMany(s => s!.Permissions).Distinct().ToList();
        return new Statement(permissions, permissions.Count == 0 ? statements[0]!.AnonymousReason : null);
    }
}

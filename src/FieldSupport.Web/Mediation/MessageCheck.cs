using System.Reflection;
using FieldSupport.Web.Access;
using MediatR;

namespace FieldSupport.Web.Mediation;

/// <summary>At start: every message states its permission and has its handler, or the application does not start.</summary>
public static class MessageCheck
{
    public static void Run(Assembly assembly) => Run(assembly.GetTypes());

    public static void Run(IReadOnlyCollection<Type> types)
    {
        var handled = types.Where(t => !t.IsAbstract)
            .SelectMany(t => t.GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>))
            .Select(i => i.GetGenericArguments()[0]).ToHashSet();
        foreach (var message in types.Where(IsMessage).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            var stated = message.GetCustomAttributes(inherit: false).OfType<IStatesPermission>().Count();
            if (stated == 0)
                throw new StartRefusedException($"{NameOf(message)} states no permission: put [Requires(…)] or [AllowsAnyone(\"why\")] on it.");
            if (stated > 1) throw new StartRefusedException($"{NameOf(message)} states its permission more than once.");
            if (!IsOurs(message)) throw new StartRefusedException($"{NameOf(message)} is neither an IQuery nor an ICommand.");
            if (message.IsDefined(typeof(KeptAttribute), inherit: false) && typeof(ICommandMessage).IsAssignableFrom(message))
                throw new StartRefusedException($"{NameOf(message)} changes something; its answer cannot be [Kept].");
            if (!handled.Contains(message)) throw new StartRefusedException($"{NameOf(message)} has no handler.");
        }
    }

    /// <summary><c>LogChase.Command</c>.</summary>
    public static string NameOf(Type message) =>
        message.DeclaringType is { } outer ? $"{outer.Name}.{message.Name}" : message.Name;

    private static bool IsMessage(Type type) => type is { IsAbstract: false, IsInterface: false } && typeof(IBaseRequest).IsAssignableFrom(type);

    private static bool IsOurs(Type type) => typeof(ICommandMessage).IsAssignableFrom(type)
        || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IQuery<>));
}

using System.Collections;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Hostile;

/// <summary>Every place where the application takes a text from a form or an address, as its own actions state them: "POST /settings Deputy".</summary>
internal static class TextFields
{
    public static IReadOnlyList<string> Of(Application application) =>
    [
        .. (from endpoint in application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let action = endpoint.Metadata.GetMetadata<ControllerActionDescriptor>()
            // The API has its own tests, and the gallery is there in Development only.
            where action is not null && !endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) && endpoint.RoutePattern.RawText!.TrimStart('/') != "dev/ui"
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
            from parameter in action.Parameters.OfType<ControllerParameterDescriptor>()
            where endpoint.RoutePattern.GetParameter(parameter.Name) is null && parameter.BindingInfo?.BindingSource?.Id is not ("Services" or "Body" or "Header")
            from field in Texts(parameter.ParameterType, parameter.ParameterType == typeof(string) ? parameter.BindingInfo?.BinderModelName ?? parameter.Name : "", [])
            select $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')} {field}").Distinct().Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Texts(Type type, string name, Type[] within)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return [name];
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return Texts(type.GetGenericArguments()[0], name + "[]", within);
        if (type.Assembly != typeof(Program).Assembly || type.IsEnum || within.Contains(type)) return [];
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true } && p.GetCustomAttribute<BindNeverAttribute>() is null)
            .SelectMany(p => Texts(p.PropertyType, name.Length == 0 ? p.Name : $"{name}.{p.Name}", [.. within, type]));
    }
}

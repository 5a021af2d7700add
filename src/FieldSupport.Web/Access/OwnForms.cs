using Microsoft.AspNetCore.Antiforgery;

namespace FieldSupport.Web.Access;

/// <summary>Every change must come from a form or script of ours. A token of the API is no cookie, and a webhook is signed: both are exempt.</summary>
internal sealed class OwnForms(RequestDelegate next, IAntiforgery antiforgery)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not null && Changes(context.Request.Method)
            && !ApiTokenScheme.IsUsedBy(context.Request) && !context.Request.Path.StartsWithSegments("/webhooks"))
        {
            await antiforgery.ValidateRequestAsync(context);
        }
        await next(context);
    }

    private static bool Changes(string method) =>
        !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));
}

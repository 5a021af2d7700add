using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace FieldSupport.Web.Composition;

public static class ApiSetup
{
    /// <summary>The API's own parts and its description.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddScoped<IdempotentCall>();
        services.AddScoped<ApiCommands>();
        services.Configure<ApiBehaviorOptions>(o =>
            // An empty refusal of the framework's gets its code where all answers are made.
            o.SuppressMapClientErrors = true);
        services.AddOpenApi("v1", o =>
        {
            o.ShouldInclude = d => d.RelativePath?.StartsWith("api/v1/", StringComparison.OrdinalIgnoreCase) == true;
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "FieldSupport API", Version = "v1",
                    Description = "Deliveries of a specialty drug on their way to a refill visit. A token carries its person's role and scope: what lies outside is 404. "
                        + "Every refusal is ProblemDetails with a `code`: 400 malformed, 401 no token, 403 not this role, 404 not in scope, 409 stale, 413 too large, 422 refused.",
                };
                document.Servers = [];
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token made by `tokens add`." },
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
                return Task.CompletedTask;
            });
            o.AddOperationTransformer((operation, context, _) =>
            {
                if (!HttpMethods.IsPost(context.Description.HttpMethod ?? "")) return Task.CompletedTask;
                operation.Parameters ??= [];
                operation.Parameters.Add(Header(IdempotentAttribute.Header, "The same key with the same body gives the same answer again; with another body 422."));
                operation.Parameters.Add(Header("If-Match", "The ETag of the delivery that the change rests on; 409 when it has changed since."));
                return Task.CompletedTask;
            });
        });
        return services;
    }

    /// <summary>The description, at its fixed address.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app) =>
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new AllowsAnyoneAttribute("describes public shapes only"));

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name, In = ParameterLocation.Header, Required = false, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}

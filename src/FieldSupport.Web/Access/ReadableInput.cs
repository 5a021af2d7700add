namespace FieldSupport.Web.Access;

/// <summary>
/// A NUL in a query or a form is nobody's typing: PostgreSQL cannot keep or compare it, SQLite would cut there. Malformed on both, after the
/// word on who may, before anything is looked up. (The server itself takes none in a path.)
/// </summary>
internal sealed class ReadableInput(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Query.Any(q => Holds(q.Key) || q.Value.Any(Holds))) throw Malformed();
        if (context.GetEndpoint() is not null && request.HasFormContentType && await Form(context) is { } form && form.Any(f => Holds(f.Key) || f.Value.Any(Holds))) throw Malformed();
        await next(context);
    }

    private static async Task<IFormCollection?> Form(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw Malformed();
        }
    }

    private static bool Holds(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;
    private static BadHttpRequestException Malformed() => new("A NUL, or a form that ends too early.", StatusCodes.Status400BadRequest);
}

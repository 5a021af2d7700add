namespace FieldSupport.Web.Composition;

/// <summary>
/// Where the program stands. Run from its source (<c>dotnet run</c>), it is Development, with the project's folder as its ground; published,
/// the folder of the program. Said here and not in launch settings, because those print a line on standard output, which is the answer's, and
/// because the caller's own folder stays the one that files on the command line are looked up in.
/// </summary>
public static class Ground
{
    /// <summary>Where contract.md §1 says that it listens, unless told otherwise.</summary>
    public const string Address = "http://localhost:5080";

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    public static WebApplicationOptions Options(string[] args)
    {
        var source = Source();
        var told = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
        return new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = Names(args, "contentRoot") || Environment.GetEnvironmentVariable("ASPNETCORE_CONTENTROOT") is not null ? null : source ?? AppContext.BaseDirectory,
            EnvironmentName = source is not null && string.IsNullOrEmpty(told) && !Names(args, "environment") ? Environments.Development : null,
        };
    }

    /// <summary>Listens where the contract says, unless the settings name an address.</summary>
    public static void ListenByDefault(this WebApplicationBuilder builder)
    {
        if (AddressKeys.Any(key => builder.Configuration.GetSection(key).Exists())) return;
        builder.WebHost.UseUrls(Address);
    }

    private static bool Names(string[] args, string option) =>
        args.Any(a => a.StartsWith("--" + option, StringComparison.OrdinalIgnoreCase) || a.StartsWith("/" + option, StringComparison.OrdinalIgnoreCase));

    private static string? Source()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (folder.GetFiles("FieldSupport.Web.csproj").Length > 0) return folder.FullName;
        return null;
    }
}

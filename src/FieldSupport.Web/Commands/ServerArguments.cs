namespace FieldSupport.Web.Commands;

/// <summary>
/// What may stand on the command line when no verb is called: settings by their full name (<c>--FieldSupport:DataFolder=…</c>) and the few
/// options of the host. Anything else is a slip, and a server that starts in spite of it hides the slip.
/// </summary>
public static class ServerArguments
{
    /// <summary>
    /// Names of the host and the web host, which have no colon; the tests' host hands all of its own over as arguments, sections with an empty value too.
    /// </summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "environment", "contentRoot", "applicationName", "urls", "http_ports", "https_ports", "https_port", "webroot", "server", "detailedErrors",
        "captureStartupErrors", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preferHostingUrls", "preventHostingStartup",
        "shutdownTimeoutSeconds", "startupAssembly", "staticWebAssets", "suppressStatusMessages", "forwardedHeaders_Enabled", "allowedHosts",
        "reloadConfigOnChange", "FieldSupport", "ConnectionStrings", "Logging", "Kestrel",
    };

    /// <returns>A sentence about the first argument that nobody would read; null: all are the server's.</returns>
    public static string? Problem(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var written = equals < 0 ? arg : arg[..equals];
            var name = written.TrimStart('-', '/');
            var isOption = written.StartsWith("--", StringComparison.Ordinal) || written.StartsWith('/');
            if (!isOption && equals < 0 && !written.StartsWith('-')) return $"'{arg}' stands behind options; a verb comes first.";
            // One dash alone is refused by the configuration too.
            if (written.StartsWith('-') && !isOption) return $"'{written}' is no option.";
            if (!name.Contains(':', StringComparison.Ordinal) && !Known.Contains(name))
                return name.Contains("__", StringComparison.Ordinal)
                    ? $"'{written}' is no option; with '__' a setting is written in the environment, here it is --{name.Replace("__", ":", StringComparison.Ordinal)}."
                    : $"'{written}' is no option.";
            if (equals < 0 && ++i >= args.Length) return $"'{written}' needs a value.";
        }
        return null;
    }
}

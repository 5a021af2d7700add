namespace FieldSupport.Testing;

/// <summary>The Chromium that the browser journeys drive: FIELDSUPPORT_CHROMIUM, else PATH, else Debian's package.</summary>
public static class ChromiumBrowser
{
    public const string Variable = "FIELDSUPPORT_CHROMIUM";

    private static readonly Lazy<Task<string>> Found = new(FindAsync);

    /// <summary>For Chromium as root, without a graphics card, and without any call home of its own.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    public static Task<string> PathAsync() => Found.Value;

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? named
                : throw new FileNotFoundException($"{Variable} names {named}, and there is no such file.");
        }

        return await DebianPackage.EnsureAsync(
            "the browser Chromium",
            ["chromium", "fonts-liberation"],
            () => Task.FromResult(ExternalCommand.FindOnPath("chromium", "chromium-browser", "google-chrome")),
            $"name an installed one in {Variable}");
    }
}

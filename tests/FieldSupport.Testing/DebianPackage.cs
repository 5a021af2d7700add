namespace FieldSupport.Testing;

/// <summary>
/// Finds a program the tests need, and installs its Debian package where that is allowed (root, with apt-get).
/// Elsewhere it says what is missing and how to get it: a test that cannot run is a failure, never a skip.
/// </summary>
internal static class DebianPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<T> EnsureAsync<T>(string what, IReadOnlyList<string> packages, Func<Task<T?>> find, string otherwise)
        where T : class
    {
        // Test projects run side by side: one installs, the others wait here and then find it whole, not half unpacked.
        using var turn = await TakeTurnAsync();
        if (await find() is { } present)
        {
            return present;
        }

        var install = $"apt-get update && apt-get install -y --no-install-recommends {string.Join(' ', packages)}";
        var toDo = $"The tests need {what}, and it is not on this machine. Run '{install}' as root, or {otherwise}.";
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException($"{toDo} (These tests install it themselves only when they run as root.)");
        }

        if (ExternalCommand.FindOnPath("apt-get") is not { } apt)
        {
            throw new InvalidOperationException($"{toDo} (There is no apt-get here to install it with.)");
        }

        await AptAsync(toDo, [apt, "update", "-q"]);
        await AptAsync(toDo, [apt, "install", "-q", "-y", "--no-install-recommends", .. packages]);
        return await find() ?? throw new InvalidOperationException($"{toDo} (apt-get installed {string.Join(", ", packages)}, yet it was not found.)");
    }

    private static async Task AptAsync(string toDo, IReadOnlyList<string> command)
    {
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive", ["LC_ALL"] = "C" };
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromSeconds(3))
        {
            var result = await ExternalCommand.TryAsync(command, Patience, environment);
            if (result.ExitCode == 0)
            {
                return;
            }

            // Somebody else's apt at work ("Could not get lock …"): it will be done soon.
            if (waited > Patience || !result.Output.Contains("get lock", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{toDo} ('{string.Join(' ', command)}' failed with {result.ExitCode}:\n{result.Output})");
            }

            await Task.Delay(TimeSpan.FromSeconds(3));
        }
    }

    private static async Task<FileStream> TakeTurnAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), $"fieldsupport-install-{Environment.UserName}.lock");
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(250))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }
        }
    }
}

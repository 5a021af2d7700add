using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace FieldSupport.E2E;

/// <summary>How the application is started for a journey. Unset means: as the application itself would have it.</summary>
public sealed record StartedApplicationOptions
{
    /// <summary>The timetable; off, so that no job writes between two clicks of a journey.</summary>
    public bool Jobs { get; init; }

    /// <summary>The simulated clock's first instant.</summary>
    public DateTimeOffset? ClockStartsAt { get; init; }

    /// <summary>The same for an application that is started more than once, and its verbs: asked at each start.</summary>
    public Func<DateTimeOffset>? Clock { get; init; }

    public string Environment { get; init; } = "Development";

    /// <summary>More settings, named as in appsettings.json (<c>FieldSupport:Database:Provider</c>).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);
}

/// <summary>
/// The built application in a process of its own, as a user starts it, with a data folder that is thrown away.
/// As a fixture it runs with the defaults; <see cref="StartAsync"/> starts one with other options.
/// </summary>
public sealed class StartedApplication : IAsyncLifetime, IAsyncDisposable
{
    private const int Terminate = 15;

    private static readonly string[] SettingPrefixes =
        ["FieldSupport__", "ConnectionStrings__", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "Kestrel__"];

    private StartedApplicationOptions options;
    private readonly TempFolder folder = new("app");
    private readonly StringBuilder output = new();
    private Process? process;
    private DeathWatch? watch;

    public StartedApplication()
        : this(new StartedApplicationOptions())
    {
    }

    private StartedApplication(StartedApplicationOptions options) => this.options = options;

    public Uri Address { get; private set; } = new("about:blank");

    public string DataFolder => folder.PathOf("data");

    public string KeyFolder => folder.PathOf("keys");

    public int ProcessId => process!.Id;

    /// <summary>The most memory it has held so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            process!.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>All the application has said so far, on both streams.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static async Task<StartedApplication> StartAsync(StartedApplicationOptions options)
    {
        var application = new StartedApplication(options);
        try
        {
            await application.InitializeAsync();
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public async Task InitializeAsync()
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
        Launch();
        await AnswersAsync();
    }

    /// <summary>Starts the process again, on the same folders and address, and does not wait until it answers.</summary>
    public void Launch()
    {
        if (process is { HasExited: false })
        {
            throw new InvalidOperationException("The application runs already.");
        }

        process?.Dispose();
        var start = StartInfo([]);
        start.Environment["ASPNETCORE_URLS"] = Address.ToString().TrimEnd('/');
        process = Begin(start);
        watch = DeathWatch.Start("kill -KILL \"$1\"", process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it as the power or the kernel would: SIGKILL, at whatever line it is.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        watch?.Cancel();
    }

    /// <summary>Waits until it answers.</summary>
    public async Task AnswersAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var sinceStart = Stopwatch.StartNew();
        while (true)
        {
            if (process!.HasExited)
            {
                throw new InvalidOperationException($"The application ended with {process.ExitCode} while starting. It said:\n{Output}");
            }

            if (sinceStart.Elapsed > options.Patience)
            {
                throw new TimeoutException($"The application did not answer {new Uri(Address, "healthz")} within {options.Patience.TotalSeconds:0} s. It said:\n{Output}");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri(Address, "healthz"));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }
    }

    /// <summary>A command-line verb against the same data folder: what it printed, and its exit code.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunVerbAsync(params string[] arguments) => RunVerbAsync(killAfter: null, arguments);

    /// <param name="killAfter">Ends the verb by SIGKILL after this long, unless it has ended itself; its exit code is then 137.</param>
    public async Task<(int ExitCode, string Output, string Error)> RunVerbAsync(TimeSpan? killAfter, params string[] arguments)
    {
        using var verb = Process.Start(StartInfo(arguments))!;
        verb.StandardInput.Close();
        var standard = verb.StandardOutput.ReadToEndAsync();
        var error = verb.StandardError.ReadToEndAsync();
        if (killAfter is { } moment)
        {
            await Task.WhenAny(verb.WaitForExitAsync(), Task.Delay(moment));
            verb.Kill();
        }

        using var limit = new CancellationTokenSource(options.Patience);
        try
        {
            await verb.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            verb.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', arguments)}' did not end within {options.Patience.TotalSeconds:0} s. It said:\n{await standard}{await error}");
        }

        return (verb.ExitCode, await standard, await error);
    }

    /// <summary>Ends it and starts it again on the same data, at another time.</summary>
    public async Task RestartAsync(DateTimeOffset clockStartsAt, bool jobs)
    {
        await StopAsync();
        options = options with { ClockStartsAt = clockStartsAt, Jobs = jobs };
        await InitializeAsync();
    }

    /// <summary>Asks it to end, as an operator would, and ends it when it does not.</summary>
    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            if (SendSignal(process.Id, Terminate) != 0 && !process.HasExited)
            {
                throw new InvalidOperationException($"The application (process {process.Id}) could not be asked to end.");
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
        }

        watch?.Cancel();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        process?.Dispose();
        folder.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private Process Begin(ProcessStartInfo start)
    {
        var started = new Process { StartInfo = start };
        void Keep(object _, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }

        started.OutputDataReceived += Keep;
        started.ErrorDataReceived += Keep;
        started.Start();
        started.StandardInput.Close();
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var project = Repository.PathOf("src", "FieldSupport.Web");
        var configuration = typeof(StartedApplication).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var built = Path.Combine(project, "bin", configuration, "net10.0", "FieldSupport.Web.dll");
        if (!File.Exists(built))
        {
            throw new FileNotFoundException($"The application is not built: {built}. Build the solution first.");
        }

        var start = new ProcessStartInfo("dotnet", [built, .. arguments])
        {
            WorkingDirectory = project,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The tester's own settings would make the journey another one.
        foreach (var foreign in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(foreign);
        }

        // Not as arguments, which belong to the verbs.
        start.Environment["ASPNETCORE_CONTENTROOT"] = project;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = options.Environment;
        start.Environment["FieldSupport__DataFolder"] = DataFolder;
        start.Environment["FieldSupport__KeyFolder"] = KeyFolder;
        start.Environment["FieldSupport__Jobs__Enabled"] = options.Jobs ? "true" : "false";
        if ((options.Clock?.Invoke() ?? options.ClockStartsAt) is { } instant)
        {
            start.Environment["FieldSupport__Clock__StartAt"] = instant.ToString("O", CultureInfo.InvariantCulture);
        }

        foreach (var (key, value) in options.Settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return start;
    }

    private static bool IsSetting(string variable) =>
        SettingPrefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);
}

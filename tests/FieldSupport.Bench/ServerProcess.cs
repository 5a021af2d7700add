using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FieldSupport.Testing;

namespace FieldSupport.Bench;

/// <summary>A server in a process of its own on a loopback port, ended with this one.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DeathWatch _watch;
    private readonly StringBuilder _said;

    private ServerProcess(Process process, StringBuilder said, int port)
    {
        (_process, _said, Port) = (process, said, port);
        _watch = DeathWatch.Start("kill -KILL \"$1\"", process.Id.ToString(CultureInfo.InvariantCulture));
    }

    public int Port { get; }

    /// <summary>The product as it is run, jobs off: what is measured is the taking in; the reading of what was stored comes after.</summary>
    public static Task<ServerProcess> ProductAsync(World world, bool jobs = false) =>
        StartAsync(Built("src", "FieldSupport.Web"), [], Environment(world, jobs));

    /// <summary>The product on the day of the world, where pages show what is near: a clock that starts elsewhere is refused in Production, and in nothing else do the two differ here.</summary>
    /// <param name="keepsAnswers">False: every page is read from the database, as if something were written before each of them.</param>
    public static Task<ServerProcess> ProductOnTheDayAsync(World world, bool jobs = false, bool keepsAnswers = true) =>
        StartAsync(Built("src", "FieldSupport.Web"), [], new Dictionary<string, string>(Environment(world, jobs))
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Staging", ["FieldSupport__KeepAnswers"] = keepsAnswers ? "true" : "false", ["FieldSupport__Demo"] = "false", ["FieldSupport__Clock__StartAt"] = World.Now.ToString("O", CultureInfo.InvariantCulture),
        });

    /// <summary>The floor: this very program as a bare server, with the product's settings of garbage collector and compiler.</summary>
    public static Task<ServerProcess> FloorAsync(World world, string verb = WebhookFloor.Verb) =>
        StartAsync(Built("tests", "FieldSupport.Bench"), [verb, world.Provider.ToString(), world.ConnectionString], new Dictionary<string, string>
        {
            ["DOTNET_gcServer"] = "1", ["DOTNET_TieredCompilation"] = "1",
        });

    public static Dictionary<string, string> Environment(World world, bool jobs) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_CONTENTROOT"] = Repository.PathOf("src", "FieldSupport.Web"),
        ["FieldSupport__Database__Provider"] = world.Provider.ToString(),
        ["ConnectionStrings__FieldSupport"] = world.ConnectionString,
        ["FieldSupport__DataFolder"] = Path.Combine(world.Folder, "data"),
        ["FieldSupport__KeyFolder"] = world.KeyFolder,
        ["FieldSupport__Jobs__Enabled"] = jobs ? "true" : "false",
        ["FieldSupport__Carriers__EasyPost__WebhookSecret"] = CarrierMessages.Secret,
    };

    /// <summary>A program of this repository, built as this one is.</summary>
    public static string Built(string room, string project)
    {
        // .../bin/<configuration>/net10.0/
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var file = Repository.PathOf(room, project, "bin", configuration, "net10.0", project + ".dll");
        return File.Exists(file) ? file : throw new FileNotFoundException($"It is not built: {file}");
    }

    private static async Task<ServerProcess> StartAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var port = FreePort.Next();
        // Not where the database lies: a server watches its own folder for changes.
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Path.GetDirectoryName(program)! };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var said = new StringBuilder();
        var process = new Process { StartInfo = start };
        void Keep(object _, DataReceivedEventArgs line)
        {
            lock (said) said.AppendLine(line.Data);
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process, said, port);
        var patience = Stopwatch.StartNew();
        while (!await AnswersAsync(port))
        {
            if (process.HasExited || patience.Elapsed > TimeSpan.FromSeconds(90)) throw new InvalidOperationException($"{Path.GetFileName(program)} did not start. It said:\n{server.Said}");
            await Task.Delay(50);
        }

        return server;
    }

    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _watch.Cancel();
        _process.Dispose();
    }
}

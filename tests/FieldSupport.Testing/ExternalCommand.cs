using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace FieldSupport.Testing;

/// <summary>Runs another program to its end, with a time limit, and keeps what it said.</summary>
public static class ExternalCommand
{
    public sealed record Result(int ExitCode, string Output);

    public static async Task<Result> TryAsync(
        IReadOnlyList<string> command, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        using var process = new Process { StartInfo = start };
        var said = new StringBuilder();
        void Keep(object _, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new Result(127, $"{command[0]}: {e.Message}");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', command)}' did not end within {limit.TotalSeconds:0} s. It said:\n{said}");
        }

        lock (said)
        {
            return new Result(process.ExitCode, said.ToString().Trim());
        }
    }

    public static async Task<string> RunAsync(
        IReadOnlyList<string> command, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
    {
        var result = await TryAsync(command, limit, environment);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {result.ExitCode}. It said:\n{result.Output}");
    }

    /// <summary>The full path of the first of these names that PATH has, or null.</summary>
    public static string? FindOnPath(params string[] names) =>
    (
        from name in names
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        select path
    ).FirstOrDefault();
}

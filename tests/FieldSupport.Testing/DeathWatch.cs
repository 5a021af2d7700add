using System.Diagnostics;

namespace FieldSupport.Testing;

/// <summary>
/// A shell that waits at the end of a pipe which only this process holds open, and runs its script when the pipe closes:
/// on <see cref="Release"/>, at the ordinary end of the process, and also when the process is killed and can clean up nothing itself.
/// </summary>
public sealed class DeathWatch
{
    private readonly Process shell;

    private DeathWatch(Process shell) => this.shell = shell;

    /// <param name="script">POSIX shell; its arguments are $1, $2 …</param>
    public static DeathWatch Start(string script, params string[] arguments)
    {
        // Own session and ignored signals: whoever ends the test run with Ctrl-C must not end the cleaner with it.
        // Output goes nowhere, so that no pipe of the test run is held open.
        string[] command = ["sh", "-c", "exec >/dev/null 2>&1; trap '' HUP INT TERM; cat; " + script, "sh", .. arguments];
        if (ExternalCommand.FindOnPath("setsid") is { } setsid)
        {
            command = [setsid, .. command];
        }

        var shell = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true })!;
        var watch = new DeathWatch(shell);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => watch.Release();
        return watch;
    }

    /// <summary>Lets the script run now and waits for its end.</summary>
    public void Release()
    {
        if (!shell.HasExited)
        {
            shell.StandardInput.Close();
            shell.WaitForExit(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>The watched thing has ended in order; the script is not needed any more.</summary>
    public void Cancel()
    {
        if (!shell.HasExited)
        {
            shell.Kill(entireProcessTree: true);
            shell.WaitForExit();
        }
    }
}

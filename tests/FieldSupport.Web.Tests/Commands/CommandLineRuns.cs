using System.Text.Json;
using FieldSupport.Testing;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>Runs verbs in this process, in folders of the test's own.</summary>
public abstract class CommandLineRuns : IDisposable
{
    protected TempFolder Folder { get; } = new("command");

    /// <summary>What every call is given, and may be given again behind it: the last word counts.</summary>
    protected string[] Host(string environment = "Development") =>
        [$"--environment={environment}", "--applicationName=FieldSupport.Web", $"--FieldSupport:DataFolder={Folder.PathOf("data")}", $"--FieldSupport:KeyFolder={Folder.PathOf("keys")}", "--FieldSupport:Demo=false"];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<(int Exit, string Out, string Error)> RunIn(string environment, Stream? input, params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        // The settings are put in by the composing, so that the words and options are exactly what a person would write.
        var exit = await CommandLine.Run(args, (rest, clock) => Composed.Compose([.. Host(environment), .. rest], clock, isServer: false), new Terminal(output, errors, () => input ?? Stream.Null, false));
        return (exit, output.ToString(), errors.ToString());
    }

    protected Task<(int Exit, string Out, string Error)> Run(params string[] args) => RunIn("Development", null, args);

    /// <summary>A database that is there, and empty.</summary>
    protected async Task Migrated() => Assert.Equal(0, (await Run("migrate")).Exit);

    protected static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

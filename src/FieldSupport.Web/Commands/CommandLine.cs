using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using FieldSupport.Web.Exchange.Csv;

namespace FieldSupport.Web.Commands;

/// <summary>Ends of a call (contract.md §3).</summary>
public static class ExitCode
{
    public const int Done = 0, Failed = 1, WrongUse = 2, Findings = 4;
}

/// <summary>One verb of contract.md §3: what it is called, what it takes, what it does.</summary>
public interface IVerb
{
    /// <summary>One word or two: <c>import</c>, <c>audit verify</c>.</summary>
    string Name { get; }
    /// <summary>What follows the name, as <c>--help</c> shows it.</summary>
    string Usage { get; }
    /// <summary>What it does, in a sentence or more.</summary>
    string Help { get; }
    IReadOnlyList<VerbOption> Options { get; }
    /// <summary>Words that must follow, and that may.</summary>
    (int Least, int Most) Words { get; }
    /// <summary>False for verbs that must work on a database that is not there or not brought up.</summary>
    bool NeedsSchema => true;
    /// <summary>Whether it may leave audit entries.</summary>
    bool Writes => false;
    /// <summary>Whether it makes folders and a database where there are none. What only reads refuses instead.</summary>
    bool MakesDatabase => Writes;
    Task<int> Run(VerbCall call);
}

/// <param name="Name">Without the dashes.</param>
/// <param name="Value">What its value is called; null for a switch.</param>
public sealed record VerbOption(string Name, string? Value, string Help);

/// <summary>Something wrong with the call itself: said on standard error with the usage, exit 2.</summary>
public sealed class WrongUseException(string message) : Exception(message);

/// <summary>Something that a person can put right; said without a stack trace, exit 1.</summary>
public class VerbFailedException(string message) : Exception(message);

/// <summary>The product's command line. No verb: not ours, the web application serves.</summary>
public static class CommandLine
{
    private static readonly VerbOption[] Common =
    [
        new("json", null, "prints one JSON document on standard output and nothing else"),
        new("as-of", "INSTANT", "sets the clock for this call, like 2027-02-04T08:00:00-06:00 (not in Production)"),
        new("help", null, "this text"),
    ];

    /// <summary>Passed on to the configuration: <c>--environment Production</c>, <c>--FieldSupport:DataFolder=…</c>.</summary>
    private static readonly string[] HostOptions = ["environment", "contentRoot", "applicationName"];

    /// <summary>Whether the arguments are ours: a verb, a question, or a slip to be told of; otherwise they are the web server's.</summary>
    public static bool Asks(string[] args) => args.Length > 0 && (IsWord(args[0]) || ServerArguments.Problem(args) is not null);

    /// <summary>Runs one verb. <paramref name="compose"/> builds the application for the configuration's arguments and the clock of the call, without starting it.</summary>
    public static async Task<int> Run(
        string[] args, Func<string[], TimeProvider?, WebApplication> compose, Terminal? terminal = null, CancellationToken cancel = default)
    {
        terminal ??= Terminal.OfProcess();
        // "help users" and "--help users" are what "users --help" is.
        while (args.Length > 1 && (args[0] == "help" || VerbHelp.Is(args[0])) && IsWord(args[1])) args = [.. args[1..], "--help"];
        if (Answered(args, terminal) is { } answered) return answered;
        var (verb, rest) = Find(args);
        if (verb is null)
        {
            await terminal.Error.WriteLineAsync($"'{string.Join(' ', args.Take(2).Where(IsWord))}' is no verb.");
            VerbHelp.WriteVerbs(terminal.Error);
            return ExitCode.WrongUse;
        }

        Checked? settings = null;
        try
        {
            var (words, options, host) = Parse(verb, rest);
            if (options.ContainsKey("help"))
            {
                VerbHelp.WriteVerb(terminal.Out, verb, Common);
                return ExitCode.Done;
            }
            if (words.Count < verb.Words.Least) throw new WrongUseException($"'{verb.Name}' needs more.");
            if (words.Count > verb.Words.Most) throw new WrongUseException($"'{words[verb.Words.Most]}' is too much.");
            TimeProvider? clock = null;
            if (options.TryGetValue("as-of", out var asOf))
                clock = new StandingClock(Instants.Read(asOf) ?? throw new WrongUseException($"--as-of '{asOf}' is not an instant with offset, like 2027-02-04T08:00:00-06:00."));
            await using var app = compose([.. host], clock);
            if (clock is not null && app.Environment.IsProduction()) throw new WrongUseException("--as-of is refused in Production.");
            var call = new VerbCall(verb, words, options, app.Services, terminal, cancel);
            settings = call.Get<Checked>();
            if (verb is not CheckVerb) foreach (var unknown in settings.Unknown) await terminal.Error.WriteLineAsync(unknown.ToString());
            await Footing.Prepare(call);
            var code = await verb.Run(call);
            if (verb.Writes) await Anchor(call);
            return code;
        }
        catch (WrongUseException e)
        {
            await terminal.Error.WriteLineAsync(e.Message);
            await terminal.Error.WriteLineAsync($"Usage: FieldSupport.Web {verb.Name} {verb.Usage}".TrimEnd());
            await terminal.Error.WriteLineAsync($"FieldSupport.Web {verb.Name} --help tells more.");
            return ExitCode.WrongUse;
        }
        catch (SettingsException e) when (verb is CheckVerb)
        {
            return await CheckVerb.Say([Checkup.Of(e)], rest.Contains("--json"), terminal.Out);
        }
        catch (Exception e) when (e is SettingsException or VerbFailedException or Mediation.StartRefusedException or Features.Intake.ImportConflictException)
        {
            await terminal.Error.WriteLineAsync(e.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("Stopped; what was not finished was not written.");
            return ExitCode.Failed;
        }
        catch (Exception e) when (settings is not null && DatabasePlace.Trouble(e, settings) is { } trouble)
        {
            await terminal.Error.WriteLineAsync(trouble);
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            // Unforeseen: all of it, since somebody has to find out why.
            await terminal.Error.WriteLineAsync(e.ToString());
            return ExitCode.Failed;
        }
    }

    /// <summary>Not an option in any of the forms that the configuration reads.</summary>
    private static bool IsWord(string arg) => arg.Length > 0 && arg[0] is not ('-' or '/') && !arg.Contains('=', StringComparison.Ordinal);

    /// <summary>What can be answered before anything is composed: help, version, a group of verbs, a slip; null: a verb is to run.</summary>
    private static int? Answered(string[] args, Terminal terminal)
    {
        if (args[0] == "help" || VerbHelp.Is(args[0]))
        {
            VerbHelp.WriteVerbs(terminal.Out);
            return ExitCode.Done;
        }
        if (args[0] == "--version")
        {
            terminal.Out.WriteLine(VerbHelp.Version);
            return ExitCode.Done;
        }
        if (!IsWord(args[0]))
        {
            terminal.Error.WriteLine(ServerArguments.Problem(args) ?? "No verb is named.");
            terminal.Error.WriteLine("FieldSupport.Web --help lists the verbs; a setting is written like --FieldSupport:DataFolder=PATH.");
            return ExitCode.WrongUse;
        }
        var group = VerbHelp.Group(args[0]);
        if (group.Length == 0 || Find(args).Verb is not null) return null;
        if (args.Skip(1).Any(VerbHelp.Is))
        {
            VerbHelp.WriteGroup(terminal.Out, args[0]);
            return ExitCode.Done;
        }
        terminal.Error.WriteLine(args.Length > 1 && IsWord(args[1])
            ? $"'{args[0]} {args[1]}' is no verb."
            : $"'{args[0]}' needs another word: {string.Join(", ", group.Select(v => v.Name[(args[0].Length + 1)..]))}.");
        VerbHelp.WriteGroup(terminal.Error, args[0]);
        return ExitCode.WrongUse;
    }

    /// <summary>What the call wrote is anchored now: the server, which does it by the minute, may not be running.</summary>
    private static async Task Anchor(VerbCall call)
    {
        if (!call.Get<AuditAnchors>().TakeTouched()) return;
        await using var db = call.Open();
        await call.Get<AuditChain>().Anchor(db, CancellationToken.None);
    }

    private static (IVerb? Verb, string[] Remaining) Find(string[] args)
    {
        if (args.Length > 1 && Array.Find(Verbs.All, v => v.Name == $"{args[0]} {args[1]}") is { } two) return (two, args[2..]);
        return Array.Find(Verbs.All, v => v.Name == args[0]) is { } one ? (one, args[1..]) : (null, args);
    }

    private static (List<string> Words, Dictionary<string, string> Options, List<string> Host) Parse(IVerb verb, string[] args)
    {
        var words = new List<string>();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var host = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            if (arg == "--")
            {
                words.AddRange(args[(i + 1)..]);
                break;
            }
            if (arg is "-h" or "-?") arg = "--help";
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                // A single dash is standard input; anything longer that begins with one is a slip.
                if (arg.Length > 1 && arg[0] == '-') throw new WrongUseException($"'{arg}' is no option of '{verb.Name}'.");
                words.Add(arg);
                continue;
            }
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arg[2..] : arg[2..equals];
            string? value = equals < 0 ? null : arg[(equals + 1)..];
            var isHost = name.Contains(':', StringComparison.Ordinal) || HostOptions.Contains(name, StringComparer.OrdinalIgnoreCase);
            var option = isHost ? null : verb.Options.Concat(Common).FirstOrDefault(o => o.Name == name)
                ?? throw new WrongUseException($"'--{name}' is no option of '{verb.Name}'.");
            if (isHost || option!.Value is not null)
            {
                if (value is null && ++i >= args.Length) throw new WrongUseException($"--{name} needs a value.");
                value ??= args[i];
            }
            else if (value is not null)
            {
                throw new WrongUseException($"--{name} takes no value.");
            }
            if (isHost) host.Add($"--{name}={value}");
            else if (!options.TryAdd(name, value ?? "")) throw new WrongUseException($"--{name} is given twice.");
        }
        return (words, options, host);
    }
}

public static class CommandLogging
{
    /// <summary>Everything that is logged goes to standard error, warnings and worse only: standard output is the answer's.</summary>
    public static void KeepStandardOutputClean(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(o => o.SingleLine = true);
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter((_, level) => level >= LogLevel.Warning);
    }
}

/// <summary>Where a call reads and writes.</summary>
/// <param name="IsWatched">A person looks at standard error: progress is worth showing.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, Func<Stream> In, bool IsWatched)
{
    public static Terminal OfProcess() => new(Console.Out, Console.Error, Console.OpenStandardInput, !Console.IsErrorRedirected);
}

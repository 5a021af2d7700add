using System.Globalization;
using System.Reflection;

namespace FieldSupport.Web.Commands;

/// <summary>What <c>--help</c> and <c>--version</c> print: of the program, of a group of verbs, of one verb.</summary>
public static class VerbHelp
{
    private const string Exits =
        """
        Exit codes: 0 done; 1 failed; 2 wrong use (an option, word, kind, scene, role, address or code that is missing or unknown: nothing
        was done); 4 findings (done or looked at, and something in it is to be put right).
        Settings come from the environment (FieldSupport__DataFolder=PATH) or the command line (--FieldSupport:DataFolder=PATH);
        config check --help lists them.
        """;

    /// <summary>Whether an argument asks for help.</summary>
    public static bool Is(string arg) => arg is "--help" or "-h" or "-?";

    /// <summary>Name and version, with the commit it was built from where that is known.</summary>
    public static string Version { get; } =
        "FieldSupport " + (typeof(VerbHelp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    /// <summary>The verbs of a group such as <c>users</c>; none where there is no such group.</summary>
    public static IVerb[] Group(string name) => Array.FindAll(Verbs.All, v => v.Name.StartsWith(name + " ", StringComparison.Ordinal));

    public static void WriteVerbs(TextWriter to)
    {
        to.WriteLine("FieldSupport.Web            serves the web application");
        to.WriteLine("FieldSupport.Web VERB       does one thing and ends");
        to.WriteLine("FieldSupport.Web --version  name and version");
        to.WriteLine();
        WriteLines(to, Verbs.All);
        to.WriteLine();
        to.WriteLine(Exits);
        to.WriteLine();
        to.WriteLine("FieldSupport.Web VERB --help tells more.");
    }

    public static void WriteGroup(TextWriter to, string name)
    {
        WriteLines(to, Group(name));
        to.WriteLine();
        to.WriteLine($"FieldSupport.Web {name} VERB --help tells more.");
    }

    public static void WriteVerb(TextWriter to, IVerb verb, IEnumerable<VerbOption> common)
    {
        to.WriteLine($"FieldSupport.Web {verb.Name} {verb.Usage}".TrimEnd());
        to.WriteLine();
        to.WriteLine(verb.Help);
        to.WriteLine();
        foreach (var option in verb.Options.Concat(common))
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"--" + option.Name + (option.Value is null ? "" : " " + option.Value),-26} {option.Help}"));
        to.WriteLine();
        to.WriteLine(Exits);
    }

    private static void WriteLines(TextWriter to, IEnumerable<IVerb> verbs)
    {
        foreach (var verb in verbs) to.WriteLine($"  {verb.Name + " " + verb.Usage,-58} {verb.Help.Split('.')[0]}");
    }
}

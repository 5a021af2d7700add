namespace FieldSupport.E2E.Processes;

/// <summary>Tests that start, kill and crowd real processes. After all others and one at a time: a busy machine would only make them slower, and journeys with them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "processes";

    /// <summary>A whole number from the environment, by which a long run is asked for.</summary>
    public static int Asked(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
}

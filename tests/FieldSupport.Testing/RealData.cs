using Xunit;

namespace FieldSupport.Testing;

/// <summary>
/// The folder of real payloads, which is not part of the repository: <c>FIELDSUPPORT_REAL_DATA</c>, else
/// <c>../shared/real-data</c> beside the repository. Absent data is a visible skip, never a silent pass.
/// </summary>
public static class RealData
{
    public const string Variable = "FIELDSUPPORT_REAL_DATA";

    public static string Folder { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "real-data"));

    public static bool Exists(string relative = "") => File.Exists(PathOf(relative)) || Directory.Exists(PathOf(relative));

    public static string PathOf(string relative) => Path.Combine(Folder, relative);

    /// <summary>Files below a folder of the data, ordinal order; empty when the folder is absent.</summary>
    public static IReadOnlyList<string> Files(string relative, string pattern = "*") =>
        Directory.Exists(PathOf(relative))
            ? [.. Directory.EnumerateFiles(PathOf(relative), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : [];

    internal static string? ReasonToSkip(string? relative) =>
        Exists(relative ?? "")
            ? null
            : $"The real data {(relative is null ? "folder" : $"'{relative}'")} is not on this machine: set {Variable} to its folder, or put it at ../shared/real-data beside the repository.";
}

/// <summary>A fact that needs real data; skipped with a sentence where the data is not on the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute(string? needs = null) => Skip = RealData.ReasonToSkip(needs);
}

/// <summary>A theory that needs real data; skipped with a sentence where the data is not on the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute(string? needs = null) => Skip = RealData.ReasonToSkip(needs);
}

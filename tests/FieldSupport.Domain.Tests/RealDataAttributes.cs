using Xunit;

namespace FieldSupport.Domain.Tests;

/// <summary>Where the real files are: FIELDSUPPORT_REAL_DATA, or shared/real-data beside the repository root. Null when absent.</summary>
internal static class RealDataFolder
{
    public const string Absent = "Real data is absent: set FIELDSUPPORT_REAL_DATA or place shared/real-data beside the repository.";

    public static string? Path { get; } = Find();

    public static string File(params string[] parts) =>
        System.IO.Path.Combine([Path ?? throw new InvalidOperationException(Absent), .. parts]);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("FIELDSUPPORT_REAL_DATA");
        if (!string.IsNullOrWhiteSpace(named)) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "FieldSupport.sln"))) continue;
            var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, "..", "shared", "real-data"));
            return Directory.Exists(beside) ? beside : null;
        }
        return null;
    }
}

/// <summary>A fact about the real files; reported as skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (RealDataFolder.Path is null) Skip = RealDataFolder.Absent;
    }
}

/// <summary>A theory about the real files; reported as skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (RealDataFolder.Path is null) Skip = RealDataFolder.Absent;
    }
}

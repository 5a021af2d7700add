namespace FieldSupport.Testing;

/// <summary>A folder of its own below the system's temporary folder, deleted on dispose with all it holds.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder(string name = "test") =>
        FullName = Directory.CreateTempSubdirectory($"fieldsupport-{name}-").FullName;

    public string FullName { get; }

    public string PathOf(params string[] parts) => Path.Combine([FullName, .. parts]);

    public string Write(string name, string content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(FullName))
        {
            Directory.Delete(FullName, recursive: true);
        }
    }
}

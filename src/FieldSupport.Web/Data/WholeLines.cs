using System.Text;

namespace FieldSupport.Web.Data;

/// <summary>
/// Lines at the end of a file, on the disk when the call returns. One writer at a time, of this process or another; half a line that a kill or a
/// full disk left behind is none and is cut off, or the next would be glued to it.
/// </summary>
public static class WholeLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="text">Ends with a line feed.</param>
    public static void Append(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = Open(path);
        while (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() == '\n') break;
            file.SetLength(file.Length - 1);
        }
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    private static FileStream Open(string path)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < Patience && File.Exists(path))
            {
                // Another's turn takes no longer than its line.
                Thread.Sleep(Pause);
            }
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>A notice that was handed to mail.</summary>
/// <param name="Notice">Its own Message-ID, whatever mail carried it, and a hash of whom it told: a slot's notice may be another person's next time.</param>
public sealed record SentLine(string Notice, DateTimeOffset AtUtc);

/// <summary>
/// What was handed to mail, outside the database: one line a notice: instant, Message-ID and a hash of the person, nothing else. A database that is restored from
/// a backup does not know of mails that went afterwards; this does, and they do not go again. One file a month, three are kept.
/// </summary>
public sealed class SentJournal(Checked settings, TimeProvider clock, ILogger<SentJournal> log)
{
    public const string FolderName = "mail-sent";
    private const string Carried = "before-restore.tsv", BackupWord = "backup";
    /// <summary>Lines before a backup's own that may not be marked in it yet: handed over and written here while the copy was made.</summary>
    private const int Margin = 1000;
    private const int Months = 3;

    private readonly Lock _gate = new();
    private (DateTime Written, Dictionary<string, DateTimeOffset> Lines)? _carried;

    private string Folder { get; } = Path.Combine(settings.DataFolder, FolderName);

    /// <summary>Notes what has just been handed over. It went already, so a disk that is full is said, and holds up nothing.</summary>
    public void Add(IEnumerable<Notice> notices)
    {
        try
        {
            Append(string.Concat(notices.Select(n => Line(NameOf(n), clock.GetUtcNow()))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError(e, "What was mailed could not be noted in {Folder}; after a restore it could go again.", Folder);
        }
    }

    /// <summary>Begins a backup: what is mailed from here on is not, or not surely, in it.</summary>
    public void Begin(Guid backup) => Append(Line($"{BackupWord} {backup:N}", clock.GetUtcNow()));

    /// <summary>When this notice went, if that was before the database was restored and is not in it.</summary>
    public DateTimeOffset? WentBefore(Notice notice)
    {
        var path = Path.Combine(Folder, Carried);
        lock (_gate)
        {
            var written = File.GetLastWriteTimeUtc(path);
            if (_carried?.Written != written)
                _carried = (written, File.Exists(path) ? ByNotice(Read(path)) : []);
            return _carried.Value.Lines.TryGetValue(NameOf(notice), out var at) ? at : null;
        }
    }

    /// <summary>What tells a notice from every other, over a restore too.</summary>
    public static string NameOf(Notice notice) => $"{notice.MessageId} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Person)).AsSpan(0, 8))}";

    public static Dictionary<string, DateTimeOffset> ByNotice(IEnumerable<SentLine> lines) => lines.DistinctBy(l => l.Notice).ToDictionary(l => l.Notice, l => l.AtUtc);

    /// <summary>What was mailed since a backup, as the journal in a data folder tells it; null where it does not know the backup.</summary>
    public static IReadOnlyList<SentLine>? Since(string dataFolder, Guid backup)
    {
        var folder = Path.Combine(dataFolder, FolderName);
        if (!Directory.Exists(folder)) return null;
        var before = new Queue<SentLine>();
        List<SentLine>? since = null;
        foreach (var line in Directory.EnumerateFiles(folder, "????-??.tsv").Order(StringComparer.Ordinal).SelectMany(Read))
        {
            if (line.Notice == $"{BackupWord} {backup:N}") since ??= [];
            else if (line.Notice.StartsWith(BackupWord + " ", StringComparison.Ordinal)) continue;
            else if (since is not null) since.Add(line);
            else
            {
                before.Enqueue(line);
                if (before.Count > Margin) before.Dequeue();
            }
        }
        return since is null ? null : [.. before, .. since];
    }

    /// <summary>Takes along what was mailed since the backup; several restores add up.</summary>
    public static void Carry(string dataFolder, IReadOnlyCollection<SentLine> lines)
    {
        if (lines.Count > 0) WholeLines.Append(Path.Combine(dataFolder, FolderName, Carried), string.Concat(lines.Select(l => Line(l.Notice, l.AtUtc))));
    }

    private void Append(string text)
    {
        var path = Path.Combine(Folder, $"{clock.GetUtcNow():yyyy-MM}.tsv");
        var isNew = !File.Exists(path);
        WholeLines.Append(path, text);
        if (!isNew) return;
        foreach (var old in Directory.EnumerateFiles(Folder, "????-??.tsv").OrderDescending(StringComparer.Ordinal).Skip(Months + 1)) File.Delete(old);
    }

    private static string Line(string id, DateTimeOffset at) => $"{at.UtcDateTime:O}\t{id}\n";

    /// <summary>The lines of a file; half a one at a kill is none.</summary>
    private static IEnumerable<SentLine> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var lines = new StreamReader(file, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
            if (line.Split('\t') is [var at, { Length: > 0 } id] && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
                yield return new SentLine(id, instant);
    }
}

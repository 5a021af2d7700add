using System.IO.Compression;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data.Backups;

/// <summary>What went into a backup of the database.</summary>
internal sealed record Copied(IReadOnlyList<BackupTable> Tables, string MainMigration, string VaultMigration, long AuditSequence, string AuditHash);

/// <summary>How a database is copied while it is written to, made again from the copy beside the one that is there, and put in its place.</summary>
internal interface IDatabaseCopy
{
    /// <summary>One moment of the whole database, vault and all; writers go on meanwhile.</summary>
    /// <param name="scratch">A path of a file that may be used and is deleted afterwards.</param>
    Task<Copied> Take(ZipArchive into, string scratch, Action<string> progress, CancellationToken stop);

    /// <summary>Where a copy can be made again without touching anything that is there.</summary>
    Checked Beside(string word);

    /// <summary>Makes the database of <paramref name="at"/> from a backup. Its schema is then that of the backup.</summary>
    Task Lay(BackupReader from, Checked at, Action<string> progress, CancellationToken stop);

    /// <summary>What is wrong with the laid database, in its own terms.</summary>
    Task<IReadOnlyList<string>> Problems(Checked at, BackupManifest manifest, CancellationToken stop);

    /// <summary>Whether the database of this installation holds anything.</summary>
    Task<bool> HoldsAnything(CancellationToken stop);

    /// <summary>Takes the database that is there out of the way, without losing it.</summary>
    /// <returns>Where it is now; null where there was none.</returns>
    /// <exception cref="VerbFailedException">Somebody uses it.</exception>
    Task<string?> SetAside(DateTimeOffset now, CancellationToken stop);

    /// <summary>Makes what was laid beside this installation's database.</summary>
    Task MoveIn(Checked laid, CancellationToken stop);

    /// <summary>Removes what was laid beside, where it still is.</summary>
    Task Drop(Checked laid);

    /// <summary>What restores that were cut short have left beside.</summary>
    Task<IReadOnlyList<Checked>> Leftovers(CancellationToken stop);

    /// <summary>Where databases are that were set aside, the latest last.</summary>
    Task<IReadOnlyList<string>> Asides(CancellationToken stop);
}

using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>
/// A photo lies on the disk before its form is sent, and a form that is never sent leaves it there. A form's hold on its photos ends after twelve
/// hours; what no row names a day after it was last attached goes. What lay there before a restore stays: the database that was set aside may name it.
/// </summary>
public sealed class ClearAttachments(Databases databases, Attachments attachments) : IJobWork
{
    private const int AtOnce = 200;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        var before = call.Now - Kept;
        var old = attachments.NotWrittenSince(before);
        if (old.Count == 0) return new JobReport(0, 0);
        await using var db = databases.Open(Scope.System, Actor.Job(call.Job));
        var restored = await db.Audit.AsNoTracking().Where(a => a.Kind == "backup" && a.Action == "backup.restored")
            .OrderByDescending(a => a.Sequence).Select(a => (DateTimeOffset?)a.AtUtc).FirstOrDefaultAsync(stop);
        var set = restored is { } at ? attachments.NotWrittenSince(at).ToHashSet(StringComparer.Ordinal) : [];
        var (gone, failures) = (0, new List<(string, string)>());
        foreach (var some in old.Where(name => !set.Contains(name)).Chunk(AtOnce))
        {
            var named = (await db.ReceiptPhotos.AsNoTracking().Where(p => EF.Parameter(some).Contains(p.Sha256)).Select(p => p.Sha256).ToListAsync(stop)).ToHashSet(StringComparer.Ordinal);
            foreach (var name in some.Where(name => !named.Contains(name)))
            {
                try
                {
                    if (call.IsDryRun || attachments.Remove(name, before)) gone++;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    failures.Add((name, $"This file could not be removed: {e.Message}"));
                }
            }
        }
        return new JobReport(old.Count, gone)
        {
            Failures = failures,
            Why = gone == 0 ? null : $"{gone} {(gone == 1 ? "photo" : "photos")} of forms that were never sent {(call.IsDryRun ? "would go" : gone == 1 ? "was removed" : "were removed")}.",
        };
    }
}

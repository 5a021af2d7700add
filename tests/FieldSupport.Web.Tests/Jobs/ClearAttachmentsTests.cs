using System.Text;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Jobs;

public sealed class ClearAttachmentsTests
{
    [Theory, OnBothDatabases]
    public async Task A_photo_that_no_row_names_goes_after_a_day_and_every_other_stays(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var (kept, left) = (await Attach(application, "kept"), await Attach(application, "left behind"));
        await Name(application, kept);
        await File.WriteAllTextAsync(Half(application), "half of one");
        Assert.Equal((0, 0), await Run(application));

        application.Clock.Advance(TimeSpan.FromHours(23));
        var late = await Attach(application, "attached just now");
        application.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((3, 2), await Run(application, isDryRun: true));
        Assert.Equal(4, Files(application).Count);
        Assert.Equal((3, 2), await Run(application));
        Assert.Equal(new[] { kept, late }.Order(), Files(application));
        Assert.Equal((1, 0), await Run(application));

        await using var db = application.Open();
        var runs = await db.JobRuns.AsNoTracking().Where(r => r.Job == "clear-attachments").ToListAsync();
        Assert.Contains(runs, r => r is { IsDryRun: false, Acted: 2 } && r.Why == "2 photos of forms that were never sent were removed.");
        Assert.DoesNotContain(left, Files(application));
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task Attached_again_it_counts_as_new_and_whoever_is_faster_keeps_it()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var store = application.Services.GetRequiredService<Attachments>();
        var again = await Attach(application, "twice");
        application.Clock.Advance(TimeSpan.FromDays(2));
        var before = application.Clock.GetUtcNow().AddDays(-1);
        Assert.Equal([again], store.NotWrittenSince(before));
        // Between the look and the removal.
        await Attach(application, "twice");
        Assert.False(store.Remove(again, before));
        Assert.Equal([again], Files(application));
        Assert.Equal((0, 0), await Run(application));

        // And a removal that was killed in the middle has removed nothing.
        var path = Path.Combine(application.DataFolder, "attachments", again);
        File.Move(path, Path.Combine(application.DataFolder, "attachments", ".going-" + again));
        await Run(application);
        Assert.Equal([again], Files(application));
    }

    /// <summary>The disk is full, or the folder is not ours: whatever it is, the file is the only one there is.</summary>
    [Fact]
    public async Task What_a_killed_removal_left_is_not_lost_where_it_cannot_be_put_back()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var kept = await Attach(application, "kept");
        await Name(application, kept);
        var (path, going) = (Path.Combine(application.DataFolder, "attachments", kept), Path.Combine(application.DataFolder, "attachments", ".going-" + kept));
        File.Move(path, going);
        Directory.CreateDirectory(path);
        application.Clock.Advance(TimeSpan.FromDays(2));
        await Assert.ThrowsAsync<IOException>(() => Run(application));
        Assert.True(File.Exists(going));
        Directory.Delete(path);
        Assert.Equal((1, 0), await Run(application));
        Assert.Equal([kept], Files(application));
    }

    [Fact]
    public async Task Of_many_at_once_none_that_was_attached_is_missing()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var store = application.Services.GetRequiredService<Attachments>();
        var before = SampleWorld.Now.AddDays(-1);
        using var enough = new CancellationTokenSource();
        var removing = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                foreach (var name in Files(application)) store.Remove(name, before);
            }
        });
        for (var i = 0; i < 300; i++)
        {
            var hash = await Attach(application, $"picture {i % 5}");
            // Out of the way for a moment only: it is new.
            var deadline = Environment.TickCount64 + 5_000;
            while (!File.Exists(Path.Combine(application.DataFolder, "attachments", hash)) && Environment.TickCount64 < deadline) await Task.Yield();
            Assert.True(File.Exists(Path.Combine(application.DataFolder, "attachments", hash)) || Environment.TickCount64 < deadline, $"the {i}th is gone");
        }
        await enough.CancelAsync();
        await removing;
        store.NotWrittenSince(before);
        Assert.Equal(5, Files(application).Count);
    }

    [Fact]
    public async Task What_lay_there_before_a_restore_stays()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var old = await Attach(application, "of the database that was set aside");
        application.Clock.Advance(TimeSpan.FromHours(1));
        await using (var db = application.Open())
        {
            db.Note("backup.restored", "backup", "b", "made yesterday");
            await db.SaveChangesAsync();
        }
        application.Clock.Advance(TimeSpan.FromHours(1));
        await Attach(application, "of a form after it");
        application.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal((2, 1), await Run(application));
        Assert.Equal([old], Files(application));
    }

    private static Task<string> Attach(Application application, string content) => application.Services.GetRequiredService<Attachments>().Write(Encoding.UTF8.GetBytes(content), default);

    private static async Task Name(Application application, string hash)
    {
        await using var db = application.Open();
        var shipment = await db.Shipments.FirstAsync();
        db.ReceiptPhotos.Add(new ReceiptPhoto
        {
            AccountId = shipment.AccountId, ShipmentId = shipment.Id, ShipmentNumber = shipment.Number, Ordinal = 1, Sha256 = hash, ContentType = "image/jpeg", Bytes = 4, AddedBy = "test", AddedAtUtc = SampleWorld.Now,
        });
        await db.SaveChangesAsync();
    }

    private static async Task<(int Seen, int Acted)> Run(Application application, bool isDryRun = false)
    {
        var (_, report) = await application.Services.GetRequiredService<JobShell>().Run(Timetable.ClearAttachments, JobTrigger.Person, default, isDryRun);
        Assert.Empty(report.Failures);
        return (report.Seen, report.Acted);
    }

    private static string Half(Application application) => Path.Combine(application.DataFolder, "attachments", ".half-20270204135900-0123456789abcdef0123456789abcdef");

    private static List<string> Files(Application application) =>
        [.. Directory.EnumerateFiles(Path.Combine(application.DataFolder, "attachments")).Select(f => Path.GetFileName(f)).Where(f => !f.StartsWith(".going-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}

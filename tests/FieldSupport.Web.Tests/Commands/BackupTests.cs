using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Backups;
using FieldSupport.Web.Tests.Exchange.Mail;
using FieldSupport.Web.Tests.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>A backup, and what is made of it: everything, once, or a refusal.</summary>
public sealed partial class BackupTests
{
    private const string Parcel = "7712000201", Noon = "2027-02-03 12:00 CT";

    [Theory, OnBothDatabases]
    public async Task Everything_is_there_again_on_another_machine_and_no_key_and_no_patient_detail_in_the_file(Database database)
    {
        await using var story = await OneParcel(database);
        await Photo(story);
        var file = story.PathOf("one.backup");

        var made = await story.Json($"backup {file} --as-of {Iso(Noon)} --json");
        Assert.Equal(1, made.GetProperty("attachments").GetInt32());
        await using var elsewhere = await story.Elsewhere();
        var looked = await elsewhere.Json($"restore {file} --verify --json");
        Assert.Equal((false, true, 1, 1), (looked.GetProperty("restored").GetBoolean(), looked.GetProperty("auditOk").GetBoolean(), looked.GetProperty("vaultValues").GetInt32(), looked.GetProperty("attachments").GetInt32()));
        Assert.Equal(1, (await elsewhere.Try("deliveries --json")).Exit);
        var restored = await elsewhere.Json($"restore {file} --json --as-of {Iso(Noon)}");

        Assert.Empty(restored.GetProperty("findings").EnumerateArray());
        Assert.Equal((await story.Json($"deliveries --as-of {Iso(Noon)} --json")).ToString(), (await elsewhere.Json($"deliveries --as-of {Iso(Noon)} --json")).ToString());
        Assert.True((await elsewhere.Json("audit verify --json")).GetProperty("ok").GetBoolean());
        Assert.Equal(["backup.restored"], await elsewhere.AuditOf("backup"));
        // The reference is recognised, so it was opened; and the photo is where its row says.
        Assert.Equal(1, (await elsewhere.Import("visits", Noon, "account,visit,visitOn,refillBy,reference\nLAKESIDE,V-B,2027-02-09,,R-V-B\n")).GetProperty("duplicates").GetInt32());
        Assert.Equal("a photo", await File.ReadAllTextAsync(Directory.GetFiles(elsewhere.PathOf("data", "attachments")).Single()));
        // Life goes on: what is new gets a number that nothing had before.
        await elsewhere.Visit("V-NEW", "2027-03-09", asOf: Noon);
        await elsewhere.Order("PO-NEW", "V-NEW", Noon, null);

        using var zip = ZipFile.OpenRead(file);
        foreach (var entry in zip.Entries)
        {
            using var text = new StreamReader(await entry.OpenAsync(), Encoding.Latin1);
            var content = await text.ReadToEndAsync();
            Assert.False(content.Contains("R-V-B", StringComparison.Ordinal), $"{entry.FullName} tells the practice's reference");
            foreach (var key in Directory.GetFiles(story.PathOf("keys"), "*.key")) Assert.False(content.Contains(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(key)), StringComparison.Ordinal), $"{entry.FullName} holds {Path.GetFileName(key)}");
        }
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory, OnBothDatabases]
    public async Task A_lost_database_is_restored_and_the_ladder_goes_on_without_a_double(Database database)
    {
        await using var sink = new SmtpSink();
        var mail = $"--FieldSupport:Mail:Mode=Smtp --FieldSupport:Mail:Host=127.0.0.1 --FieldSupport:Mail:Port={sink.Port}";
        await using var story = await OneParcel(database);
        await story.Sweep("2027-02-04 08:00 CT");
        var file = story.PathOf("lost.backup");
        // Notices of the first rung wait in the backup; they go after it, and so do those of the next.
        await story.Text($"backup {file} --as-of {Iso("2027-02-04 08:01 CT")}");
        await story.Text($"send --as-of {Iso("2027-02-04 08:02 CT")} {mail}");
        await story.Sweep("2027-02-05 08:00 CT");
        await story.Text($"send --as-of {Iso("2027-02-05 08:01 CT")} {mail}");
        var before = Ids(sink);
        Assert.NotEmpty(before);
        var told = (await story.Parcel(Parcel, "2027-02-05 09:00 CT")).Notices;
        await story.LoseDatabase();

        var restored = await story.Json($"restore {file} --as-of {Iso("2027-02-05 10:00 CT")} --json");
        Assert.True(restored.GetProperty("journalKnown").GetBoolean());
        Assert.True(restored.GetProperty("noticesSentSince").GetInt32() > 0);
        Assert.Equal(0, restored.GetProperty("noticesParked").GetInt32());
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());
        await story.Sweep("2027-02-05 10:05 CT");
        await story.Text($"send --as-of {Iso("2027-02-05 10:06 CT")} {mail}");
        await story.Text($"send --as-of {Iso("2027-02-05 11:06 CT")} {mail}");

        var after = Ids(sink);
        Assert.Equal(after.Distinct().Order(), after.Order());
        Assert.Equal(before.Order(), after.Order());
        // And it did climb: each rung was told to each person, in the database too.
        Assert.Equal(told.Select(n => (n.Rung, n.Recipient)).Order(), (await story.Parcel(Parcel, "2027-02-05 11:10 CT")).Notices.Select(n => (n.Rung, n.Recipient)).Order());
        await story.Sweep("2027-02-08 08:00 CT");
        await story.Text($"send --as-of {Iso("2027-02-08 08:01 CT")} {mail}");
        Assert.True(Ids(sink).Count > after.Count);
        Assert.Equal(Ids(sink).Count, Ids(sink).Distinct().Count());
    }

    [Theory, OnBothDatabases]
    public async Task Without_the_journal_of_sent_mail_what_waited_is_held_for_a_person_and_with_it_told_apart(Database database)
    {
        await using var story = await OneParcel(database);
        await story.Sweep("2027-02-04 08:00 CT");
        var file = story.PathOf("waiting.backup");
        await story.Text($"backup {file} --as-of {Iso("2027-02-04 08:01 CT")}");
        var mails = (await story.Mail("2027-02-04 08:02 CT")).Count;
        Assert.True(mails > 0);

        await using var alone = await story.Elsewhere();
        var (exit, said, _) = await alone.Try($"restore {file} --as-of {Iso("2027-02-04 09:00 CT")}");
        Assert.Equal(0, exit);
        Assert.Contains("they are parked", said, StringComparison.Ordinal);
        Assert.Equal(0, (await alone.Json($"send --as-of {Iso("2027-02-04 09:01 CT")} --json")).GetProperty("sent").GetInt32());
        Assert.All(await Notices(alone), n => Assert.True(n.State is NoticeState.Parked && n.LastError!.Contains("whether it went", StringComparison.Ordinal)));

        await using var told = await story.Elsewhere();
        var restored = await told.Json($"restore {file} --sent {story.PathOf("data")} --as-of {Iso("2027-02-04 09:00 CT")} --json");
        Assert.Equal((await Notices(told)).Count(n => n.State == NoticeState.Sent), restored.GetProperty("noticesSentSince").GetInt32());
        Assert.DoesNotContain(await Notices(told), n => n.State is NoticeState.Queued or NoticeState.Parked && n.Addresses is not null);
    }

    [Theory, OnBothDatabases]
    public async Task Every_write_that_was_acknowledged_before_a_backup_under_load_is_in_it(Database database)
    {
        await using var story = await OneParcel(database);
        await using var app = story.Compose(Noon);
        using var enough = new CancellationTokenSource();
        var acknowledged = new ConcurrentQueue<string>();
        var writers = Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, new Actor($"writer {w}", null));
                db.Note("test.written", "load", $"{w}-{i}");
                await db.SaveChangesAsync();
                acknowledged.Enqueue($"{w}-{i}");
            }
        })).ToList();
        var file = story.PathOf("load.backup");
        string[] before;
        try
        {
            while (acknowledged.Count < 60) await Task.Delay(20);
            before = [.. acknowledged];
            await app.Services.GetRequiredService<MakeBackup>().Run(file, _ => { }, default);
            var meanwhile = acknowledged.Count;
            while (acknowledged.Count < meanwhile + 30) await Task.Delay(20);
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(writers);
        }

        await using var elsewhere = await story.Elsewhere();
        Assert.Equal(0, (await elsewhere.Try($"restore {file}")).Exit);
        Assert.True((await elsewhere.Json("audit verify --json")).GetProperty("ok").GetBoolean());
        await using var there = elsewhere.Compose(Noon);
        await using var restored = there.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.CommandLine);
        var kept = (await restored.Audit.AsNoTracking().Where(a => a.Kind == "load").Select(a => a.Key!).ToListAsync()).ToHashSet();
        Assert.Empty(before.Except(kept));
        // And none that was written after its end.
        Assert.True(kept.Count < acknowledged.Count);
    }

    /// <summary>The file is looked at before any database is.</summary>
    [Fact]
    public async Task A_damaged_backup_is_refused_wherever_the_damage_is_and_nothing_is_written()
    {
        await using var story = await OneParcel(Database.Sqlite);
        var good = story.PathOf("good.backup");
        await story.Text($"backup {good}");
        var bytes = await File.ReadAllBytesAsync(good);
        await using var elsewhere = await story.Elsewhere();
        var bad = story.PathOf("bad.backup");
        await using var app = elsewhere.Compose(Noon);
        var restore = app.Services.GetRequiredService<RestoreBackup>();
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var changed = (byte[])bytes.Clone();
            // The first and the last bytes, and anywhere between.
            changed[i switch { < 8 => i, < 24 => bytes.Length - 1 - (i - 8) * 9, _ => random.Next(bytes.Length) }] ^= (byte)(1 << random.Next(8));
            await Refused(changed);
        }
        foreach (var length in new[] { 0, 1, 100, bytes.Length / 2, bytes.Length - 1 }) await Refused(bytes[..length]);
        await Refused([.. bytes, 0]);
        await Refused(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("account,visit,visitOn\n", 50))));

        var (exit, said, error) = await elsewhere.Try($"restore {bad}");
        Assert.Equal((1, ""), (exit, said));
        Assert.Contains("is damaged or is no backup", error, StringComparison.Ordinal);
        Assert.Equal(1, (await elsewhere.Try($"restore {bad} --verify")).Exit);
        Assert.False(Directory.Exists(elsewhere.PathOf("data")) && Directory.EnumerateFileSystemEntries(elsewhere.PathOf("data")).Any());

        async Task Refused(byte[] content)
        {
            await File.WriteAllBytesAsync(bad, content);
            await Assert.ThrowsAsync<BadBackupException>(() => restore.Run(bad, isRehearsal: false, mayReplace: true, null, _ => { }, default));
        }
    }

    [Theory, OnBothDatabases]
    public async Task Other_keys_another_kind_of_database_and_a_database_that_holds_something_are_refused(Database database)
    {
        await using var story = await OneParcel(database);
        var file = story.PathOf("kept.backup");
        await story.Text($"backup {file}");
        Assert.Equal(1, (await story.Try($"backup {file}")).Exit);

        await using var keyless = await story.Elsewhere(keys: story.PathOf("no-keys"));
        Assert.Contains("holds no audit.key", (await keyless.Try($"restore {file}")).Error, StringComparison.Ordinal);
        await using var stranger = await Begin(database);
        Assert.Contains("made with other keys", (await stranger.Try($"restore {file} --verify")).Error, StringComparison.Ordinal);
        await using var other = await story.Elsewhere(database == Database.Sqlite ? Database.Postgres : Database.Sqlite);
        Assert.Contains("FieldSupport:Database:Provider", (await other.Try($"restore {file}")).Error, StringComparison.Ordinal);

        await story.Visit("V-LATER", "2027-03-09");
        Assert.Contains("--replace", (await story.Try($"restore {file}")).Error, StringComparison.Ordinal);
        var (exit, said, error) = await story.Try($"restore {file} --replace");
        Assert.True(exit == 0, said + error);
        Assert.Contains("What was there before is now", said, StringComparison.Ordinal);
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());
        Assert.DoesNotContain("V-LATER", (await story.Json($"deliveries --as-of {Iso("2027-03-08 09:00 CT")} --json")).ToString(), StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_database_in_use_is_not_taken_away_from_under_a_server(Database database)
    {
        await using var story = await OneParcel(database);
        var file = story.PathOf("used.backup");
        await story.Text($"backup {file}");
        await using var server = story.Compose(Noon);
        await using var db = server.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.CommandLine);
        await db.Database.OpenConnectionAsync();
        Assert.True(await db.Accounts.AnyAsync());

        var (exit, _, error) = await story.Try($"restore {file} --replace");

        Assert.Equal(1, exit);
        Assert.Contains("is in use; nothing was changed", error, StringComparison.Ordinal);
        Assert.True(await db.Accounts.AnyAsync());
    }

    [Theory, OnBothDatabases]
    public async Task Ended_at_any_step_a_restore_leaves_what_was_there_and_can_be_done_again(Database database)
    {
        await using var story = await OneParcel(database);
        var file = story.PathOf("steps.backup");
        await story.Text($"backup {file}");
        await story.Visit("V-LATER", "2027-03-09");
        var steps = new List<string>();
        await using (var elsewhere = await story.Elsewhere())
        await using (var app = elsewhere.Compose(Noon))
            await app.Services.GetRequiredService<RestoreBackup>().Run(file, isRehearsal: false, mayReplace: false, null, steps.Add, default);
        // Up to the swap, of which RestoreSwapTests tells. On PostgreSQL each table is a step; the first that lays something out and the last two will do.
        var last = steps.IndexOf(RestoreBackup.SettingAside) + 1;
        Assert.True(last > 3);
        foreach (var end in Enumerable.Range(2, last - 1).Where(n => n == 2 || n > last - 2))
        {
            await using var app = story.Compose(Noon);
            var seen = 0;
            await Assert.ThrowsAsync<OperationCanceledException>(() => app.Services.GetRequiredService<RestoreBackup>().Run(
                file, isRehearsal: false, mayReplace: true, null, _ => { if (++seen == end) throw new OperationCanceledException(); }, default));
            Assert.Contains("V-LATER", (await story.Json($"deliveries --as-of {Iso("2027-03-08 09:00 CT")} --json")).ToString(), StringComparison.Ordinal);
        }
        Assert.Equal(0, (await story.Try($"restore {file} --replace")).Exit);
        Assert.Empty(Directory.EnumerateDirectories(story.PathOf("data"), ".restore_*"));
    }

    /// <summary>An older backup by mistake, then the newer one: what was written between the two contradicts it, and is gone.</summary>
    [Fact]
    public async Task An_older_backup_and_then_a_newer_one_leave_an_audit_that_verifies()
    {
        await using var story = await OneParcel(Database.Sqlite);
        var (older, newer) = (story.PathOf("older.backup"), story.PathOf("newer.backup"));
        await story.Text($"backup {older}");
        for (var i = 0; i < 4; i++) await story.Visit($"V-A{i}", $"2027-03-{9 + i:00}");
        await story.Text($"backup {newer}");
        Assert.Equal(0, (await story.Try($"restore {older} --replace --as-of {Iso(Noon)}")).Exit);
        await story.Visit("V-BETWEEN", "2027-03-16");
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());

        var (exit, said, error) = await story.Try($"restore {newer} --replace --as-of {Iso("2027-02-03 13:00 CT")}");

        Assert.True(exit == 0, said + error);
        var audit = await story.Json("audit verify --json");
        Assert.True(audit.GetProperty("ok").GetBoolean());
        // The first restore's own entry went with the second; its anchor has seen it.
        var restores = audit.GetProperty("restores").EnumerateArray().Select(r => (r.GetProperty("after").GetInt64(), r.GetProperty("backup").GetString())).ToList();
        Assert.Equal(2, restores.Count);
        Assert.True(restores[0].Item1 < restores[1].Item1, $"{restores[0]} {restores[1]}");
        Assert.Null(restores[0].Item2);
        Assert.StartsWith("newer.backup, made ", restores[1].Item2, StringComparison.Ordinal);
        Assert.Equal(3, (await story.Text("audit verify")).TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task A_damaged_database_is_set_aside_as_it_is_and_the_backup_takes_its_place()
    {
        await using var story = await OneParcel(Database.Sqlite);
        var file = story.PathOf("sound.backup");
        await story.Text($"backup {file}");
        await story.LoseDatabase();
        var database = story.PathOf("data", "fieldsupport.db");
        await File.WriteAllTextAsync(database, new string('x', 50_000));

        Assert.Contains("--replace", (await story.Try($"restore {file}")).Error, StringComparison.Ordinal);
        var (exit, said, error) = await story.Try($"restore {file} --replace --as-of {Iso(Noon)}");

        Assert.True(exit == 0, said + error);
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());
        Assert.StartsWith("xxx", await File.ReadAllTextAsync(Directory.GetFiles(story.PathOf("data"), "fieldsupport.db.replaced-*").Single()), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_line_at_the_end_is_cut_off_before_the_next()
    {
        using var folder = new TempFolder("lines");
        var path = folder.PathOf("deep", "lines.txt");
        WholeLines.Append(path, "one\n");
        File.AppendAllText(path, "tw");
        Parallel.For(0, 20, i => WholeLines.Append(path, $"line {i}\n"));
        var lines = File.ReadAllLines(path);
        Assert.Equal("one", lines[0]);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"line {i}").Order(StringComparer.Ordinal), lines[1..].Order(StringComparer.Ordinal));
    }

    private static async Task<StoryTeller> OneParcel(Database database)
    {
        var story = await Begin(database);
        await story.Visit("V-B", "2027-02-09");
        await story.Order("PO-B", "V-B", "2027-02-01 09:00 CT", "2027-02-01 10:00 CT");
        await story.Ship("PO-B", Parcel, "2027-02-02 15:00 CT", "2027-02-03 17:00 CT");
        await story.Scan(Parcel, "2027-02-02 20:00 CT", "IN_TRANSIT");
        return story;
    }

    /// <summary>A photo of the parcel, as the receipt's form leaves it.</summary>
    private static async Task Photo(StoryTeller story)
    {
        await using var app = story.Compose(Noon);
        await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, new Actor("test", null));
        var shipment = await db.Set<Shipment>().SingleAsync();
        var hash = await app.Services.GetRequiredService<Attachments>().Write(Encoding.UTF8.GetBytes("a photo"), default);
        db.Add(new ReceiptPhoto { AccountId = shipment.AccountId, ShipmentId = shipment.Id, ShipmentNumber = shipment.Number, Ordinal = 1, Sha256 = hash, ContentType = "image/jpeg", Bytes = 7, AddedBy = "test", AddedAtUtc = At(Noon) });
        await db.SaveChangesAsync();
    }

    private static async Task<List<Notice>> Notices(StoryTeller story)
    {
        await using var app = story.Compose(Noon);
        await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.CommandLine);
        return await db.Notices.AsNoTracking().ToListAsync();
    }

    private static List<string> Ids(SmtpSink sink) => [.. sink.Taken.Select(m => MessageId().Match(m).Value)];

    [GeneratedRegex("^Message-I[dD]: .*$", RegexOptions.Multiline)]
    private static partial Regex MessageId();
}

using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FieldSupport.Web.Tests.Data;

public sealed class AuditTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    [Theory, MemberData(nameof(Both))]
    public async Task A_change_stands_in_the_audit_with_old_and_new_values(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        var account = Lakeside();
        await using (var db = one.Open())
        {
            db.Accounts.Add(account);
            await db.SaveChangesAsync();
        }
        await using (var db = one.Open("rep@demo.test", "rep"))
        {
            (await db.Accounts.SingleAsync()).Name = "Lakeside Spasticity Clinic";
            await db.SaveChangesAsync();
            await db.SaveChangesAsync();
        }

        var (added, changed) = await Two(one);
        Assert.Equal((1, "account.added", "account", "LAKESIDE"), (added.Sequence, added.Action, added.Kind, added.Key));
        Assert.Contains("\"code\":[null,\"LAKESIDE\"]", added.Changes);
        Assert.DoesNotContain("version", added.Changes);
        Assert.Equal((2, "account.changed", "rep@demo.test", "rep"), (changed.Sequence, changed.Action, changed.Actor, changed.Role));
        Assert.Equal("""{"name":["Lakeside Neurology","Lakeside Spasticity Clinic"]}""", changed.Changes);
        Assert.Equal(OneDatabase.Start, changed.AtUtc);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_happened_is_named_and_carries_the_change_once(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var db = one.Open();
        var visit = new VisitSlot { Key = "V-1", VisitOn = new(2027, 2, 9), Account = Lakeside() };
        db.Visits.Add(visit);
        await db.SaveChangesAsync();
        visit.MoveTo(new(2027, 2, 11), "visits.csv");
        visit.Record("visit.confirmed");
        await db.SaveChangesAsync();

        var entries = await db.Audit.OrderBy(e => e.Sequence).Skip(2).ToListAsync();
        Assert.Equal(["visit.moved", "visit.confirmed"], entries.Select(e => e.Action));
        Assert.Equal("visits.csv", entries[0].Source);
        Assert.Equal("""{"visitOn":["2027-02-09","2027-02-11"]}""", entries[0].Changes);
        Assert.Null(entries[1].Changes);
        Assert.Empty(visit.Happenings);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_password_never_reaches_the_audit(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var db = one.Open();
        var user = new User { DisplayName = "Ann", Role = "rep", Email = "ann@demo.test", PasswordHash = "first-hash" };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        user.PasswordHash = "second-hash";
        user.SecurityStamp = "stamp-2";
        await db.SaveChangesAsync();
        user.ConcurrencyStamp = "only this";
        await db.SaveChangesAsync();

        var entries = await db.Audit.OrderBy(e => e.Sequence).ToListAsync();
        Assert.Equal(["user.added", "user.changed"], entries.Select(e => e.Action));
        Assert.DoesNotContain(entries, e => e.Changes!.Contains("hash\"", StringComparison.Ordinal) || e.Changes.Contains("stamp-2", StringComparison.Ordinal));
        Assert.Contains("\"passwordHash\":[\"***\",\"***\"]", entries[1].Changes);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_stale_writer_is_refused_and_leaves_no_entry(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var first = one.Open();
        first.Accounts.Add(Lakeside());
        await first.SaveChangesAsync();

        await using var second = one.Open();
        var theirs = await second.Accounts.SingleAsync();
        (await first.Accounts.SingleAsync()).Name = "First";
        await first.SaveChangesAsync();
        theirs.Name = "Second";
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync());
        Assert.Null(second.Database.CurrentTransaction);
        Assert.Empty(second.ChangeTracker.Entries<AuditEntry>());

        // The same context goes on after the refusal.
        await second.Entry(theirs).ReloadAsync();
        theirs.Name = "Third";
        await second.SaveChangesAsync();
        Assert.Equal(3, await second.Audit.CountAsync());
        Assert.True((await Verify(one)).Ok);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Several_saves_in_one_transaction_commit_or_vanish_together(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        foreach (var commit in new[] { false, true })
        {
            await using var db = one.Open();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var account = Lakeside();
            db.Accounts.Add(account);
            await db.SaveChangesAsync();
            account.Name = "Other";
            db.SaveChanges();
            db.Note("scene.loaded", "scene", "quiet-week");
            await db.SaveChangesAsync();
            if (commit) await transaction.CommitAsync();
        }

        Assert.Equal(new AuditVerdict(3, Ok: true, FirstBad: null, Problem: null), await Verify(one));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Eight_writers_at_once_make_one_chain(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++)
            {
                await using var db = one.Open($"writer-{writer}");
                var account = Lakeside($"A{writer}-{i}");
                db.Accounts.Add(account);
                if (i % 3 == 0) db.SaveChanges();
                else await db.SaveChangesAsync();
                if (i % 4 != 0) continue;
                await using var transaction = await db.Database.BeginTransactionAsync();
                account.Name = "Undone";
                await db.SaveChangesAsync();
                if (i == 4) await transaction.CommitAsync();
            }
        })));

        Assert.Equal(new AuditVerdict(8 * 13, Ok: true, FirstBad: null, Problem: null), await Verify(one));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_thousand_entries_in_one_save_stay_in_order(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var db = one.Open();
        for (var i = 0; i < 1000; i++) db.Accounts.Add(Lakeside($"C{i}"));
        await db.SaveChangesAsync();

        Assert.Equal(new AuditVerdict(1000, Ok: true, FirstBad: null, Problem: null), await Verify(one));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_database_itself_refuses_to_change_or_delete_entries(Engine engine)
    {
        await using var one = await WithEntries(engine, 2);
        foreach (var sql in new FormattableString[] { $"""UPDATE "Audit" SET "Actor" = 'nobody'""", $"""DELETE FROM "Audit" WHERE "Sequence" = 2""" })
        {
            var refusal = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => one.Execute(sql));
            Assert.Contains("append-only", refusal.Message);
        }
        if (engine == Engine.Postgres)
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => one.Execute($"""TRUNCATE "Audit" """));
        Assert.True((await Verify(one)).Ok);
    }

    public static TheoryData<Engine, string, long> Tamperings()
    {
        var all = new TheoryData<Engine, string, long>();
        foreach (var engine in Enum.GetValues<Engine>())
        {
            all.Add(engine, "actor", 4);
            all.Add(engine, "instant", 4);
            all.Add(engine, "deleted", 4);
            all.Add(engine, "first deleted", 1);
            all.Add(engine, "reordered", 4);
            all.Add(engine, "cut short", 8);
            all.Add(engine, "emptied", 1);
        }
        return all;
    }

    [Theory, MemberData(nameof(Tamperings))]
    public async Task The_first_entry_that_somebody_touched_is_found(Engine engine, string how, long firstBad)
    {
        await using var one = await WithEntries(engine, 9);
        Assert.True((await Verify(one)).Ok); // leaves an anchor
        if (engine == Engine.Sqlite)
        {
            await one.Execute($"""DROP TRIGGER "Audit_RefuseUpdate" """);
            await one.Execute($"""DROP TRIGGER "Audit_RefuseDelete" """);
        }
        else
        {
            await one.Execute($"""DROP TRIGGER "Audit_RefuseChange" ON "Audit" """);
        }

        foreach (var sql in how switch
        {
            "actor" => new FormattableString[] { $"""UPDATE "Audit" SET "Actor" = 'somebody else' WHERE "Sequence" = 4""" },
            "instant" when engine == Engine.Sqlite => [$"""UPDATE "Audit" SET "AtUtc" = "AtUtc" + 1 WHERE "Sequence" = 4"""],
            "instant" => [$"""UPDATE "Audit" SET "AtUtc" = "AtUtc" + interval '1 microsecond' WHERE "Sequence" = 4"""],
            "deleted" => [$"""DELETE FROM "Audit" WHERE "Sequence" = 4"""],
            "first deleted" => [$"""DELETE FROM "Audit" WHERE "Sequence" = 1"""],
            "reordered" =>
            [
                $"""UPDATE "Audit" SET "Sequence" = 100 WHERE "Sequence" = 4""",
                $"""UPDATE "Audit" SET "Sequence" = 4 WHERE "Sequence" = 5""",
                $"""UPDATE "Audit" SET "Sequence" = 5 WHERE "Sequence" = 100""",
            ],
            "cut short" => [$"""DELETE FROM "Audit" WHERE "Sequence" >= 8"""],
            _ => [$"""DELETE FROM "Audit" """],
        }) await one.Execute(sql);

        var verdict = await Verify(one);
        Assert.False(verdict.Ok);
        Assert.Equal(firstBad, verdict.FirstBad);
        Assert.NotNull(verdict.Problem);
    }

    [Fact]
    public async Task A_chain_cut_short_and_continued_contradicts_its_anchor()
    {
        await using var one = await WithEntries(Engine.Sqlite, 5);
        Assert.True((await Verify(one)).Ok);
        await one.Execute($"""DROP TRIGGER "Audit_RefuseDelete" """);
        await one.Execute($"""DELETE FROM "Audit" WHERE "Sequence" >= 4""");
        // With the key, new entries fit on the cut: only the anchor tells.
        await Note(one, 4);

        Assert.Equal(5, (await Verify(one)).FirstBad);
    }

    [Fact]
    public async Task An_anchor_that_somebody_else_wrote_is_found()
    {
        await using var one = await WithEntries(Engine.Sqlite, 2);
        Assert.True((await Verify(one)).Ok);
        var path = one.Get<AuditAnchors>().Path;
        await File.AppendAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"sequence\":2", "\"sequence\":1", StringComparison.Ordinal));

        var verdict = await Verify(one);
        Assert.False(verdict.Ok);
        Assert.Contains("Line 2", verdict.Problem);
    }

    [Fact]
    public async Task A_lost_key_is_said_and_not_replaced()
    {
        await using var one = await WithEntries(Engine.Sqlite, 2);
        var key = Path.Combine(one.Settings.KeyFolder, AuditSeal.KeyFileName);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        File.Delete(key);

        var fresh = new AuditChain(new AuditSeal(one.Settings), one.Get<AuditAnchors>());
        await using var db = one.Open();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => fresh.Verify(db));
        Assert.Contains("audit.key", refusal.Message);
        Assert.False(File.Exists(key));
    }

    [Fact]
    public async Task An_anchor_is_dropped_at_most_once_a_minute_and_at_shutdown()
    {
        await using var one = await WithEntries(Engine.Sqlite, 3);
        var beat = one.Services.GetServices<IHostedService>().OfType<AnchorBeat>().Single();
        await beat.StartAsync(default);
        Assert.Empty(one.Get<AuditAnchors>().Read());
        await beat.StopAsync(default);

        var line = Assert.Single(one.Get<AuditAnchors>().Read());
        Assert.Equal(3, line.Anchor!.Sequence);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Refusals_and_reads_of_the_vault_are_entries_of_their_own(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        var trail = one.Get<AuditTrail>();
        await trail.Denied(new Actor("rep@demo.test", "rep"), "cases.read");
        await trail.VaultRead(new Actor("practice@demo.test", "practice"), "treatment: shows the visit\0", "V-1");

        var (denied, read) = await Two(one);
        Assert.Equal(("access.denied", "rep@demo.test", "cases.read"), (denied.Action, denied.Actor, denied.Key));
        Assert.Equal(("vault.read", "V-1", "treatment: shows the visit\uFFFD"), (read.Action, read.Key, read.Reason));
        Assert.True((await Verify(one)).Ok);
    }

    private static Account Lakeside(string code = "LAKESIDE") =>
        new() { Code = code, Slug = code.ToLowerInvariant(), Name = "Lakeside Neurology", TerritoryCode = "TN-West", RecordedAtUtc = OneDatabase.Start };

    private static async Task<OneDatabase> WithEntries(Engine engine, int count)
    {
        var one = await OneDatabase.Create(engine);
        for (var i = 1; i <= count; i++) await Note(one, i);
        return one;
    }

    private static async Task Note(OneDatabase one, int i)
    {
        one.Clock.Advance(TimeSpan.FromSeconds(1));
        await one.Get<AuditTrail>().Note(new Actor("tester@demo.test", null), "thing.noted", "thing", $"T-{i}");
    }

    private static async Task<AuditVerdict> Verify(OneDatabase one)
    {
        await using var db = one.Open();
        return await one.Get<AuditChain>().Verify(db);
    }

    private static async Task<(AuditEntry, AuditEntry)> Two(OneDatabase one)
    {
        await using var db = one.Open();
        var entries = await db.Audit.OrderBy(e => e.Sequence).ToListAsync();
        Assert.Equal(2, entries.Count);
        return (entries[0], entries[1]);
    }
}

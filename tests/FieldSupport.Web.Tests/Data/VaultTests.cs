using System.Security.Cryptography;
using System.Text;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Testing;
using FieldSupport.Vault;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Data;

public sealed class VaultTests
{
    private const string Reference = "MRN 4417-Quillfeather";
    private static readonly Guid Lakeside = Guid.CreateVersion7();
    private static readonly Guid Northfork = Guid.CreateVersion7();
    private static readonly VaultPerson CommandLine = new("command-line", null);
    private static readonly VaultPerson Practice = new("practice@demo.test", "practice", Lakeside);
    private static readonly VaultPerson Specialist = new("specialist@demo.test", "specialist");

    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    [Theory, MemberData(nameof(Both))]
    public async Task The_practice_reads_its_own_reference_and_the_reading_is_on_record(Engine engine)
    {
        await using var one = await Stored(engine);
        await using var door = one.Get<PatientVault>().Open();
        Assert.Equal(Reference, await door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
        Assert.Equal(Reference, await door.ReadVisitReference("V-1", VaultPurpose.CaseWork, "appeal of CASE-7", Specialist));

        var entries = await Audit(one);
        Assert.Equal(["vault.stored", "vault.read", "vault.read"], entries.Select(e => e.Action));
        Assert.Equal(("practice@demo.test", "V-1", "PATIENT_CARE"), (entries[1].Actor, entries[1].Key, entries[1].Reason));
        Assert.Equal("CASE_WORK: appeal of CASE-7", entries[2].Reason);
        Assert.DoesNotContain(entries, e => $"{e.Key}{e.Reason}{e.Changes}{e.Source}".Contains("Quillfeather", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Another_practices_reference_is_as_if_it_were_not_there(Engine engine)
    {
        await using var one = await Stored(engine);
        await using var door = one.Get<PatientVault>().Open();
        var other = new VaultPerson("practice2@demo.test", "practice-admin", Northfork);

        Assert.Null(await door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, other));
        Assert.Null(await door.ReadVisitReference("V-404", VaultPurpose.PatientCare, null, other));
        Assert.Null(await door.DescribeVisitReference("V-1", other));
        Assert.Equal("vault.account", (await Assert.ThrowsAsync<VaultRefusal>(() => door.StoreVisitReference("V-9", Lakeside, "x", other))).Code);
        Assert.Equal("vault.account", (await Assert.ThrowsAsync<VaultRefusal>(() => door.StoreVisitReference("V-1", Northfork, "x", other))).Code);
        Assert.DoesNotContain(await Audit(one), e => e.Action == "vault.read");
    }

    [Theory]
    [InlineData("rep"), InlineData("manager"), InlineData("logistics"), InlineData("admin"), InlineData("materials"), InlineData("auditor"), InlineData("safety")]
    [InlineData(null), InlineData("practice"), InlineData("nonsense")]
    public async Task Nobody_else_reads_and_the_attempt_is_on_record(string? role)
    {
        await using var one = await Stored(Engine.Sqlite);
        await using var door = one.Get<PatientVault>().Open();
        var refusal = await Assert.ThrowsAsync<VaultRefusal>(
            () => door.ReadVisitReference("V-1", VaultPurpose.PatientCare, "curious", new("somebody", role)));

        Assert.Equal("vault.role", refusal.Code);
        var denied = (await Audit(one))[^1];
        Assert.Equal(("access.denied", "somebody", "vault.role"), (denied.Action, denied.Actor, denied.Key));
    }

    [Theory]
    [InlineData(VaultPurpose.CaseWork, " "), InlineData(VaultPurpose.PatientCare, "appeal"), InlineData((VaultPurpose)99, "appeal")]
    public async Task A_specialist_states_a_purpose_and_a_reason(VaultPurpose purpose, string reason)
    {
        await using var one = await Stored(Engine.Sqlite);
        await using var door = one.Get<PatientVault>().Open();

        Assert.Equal("vault.purpose", (await Assert.ThrowsAsync<VaultRefusal>(() => door.ReadVisitReference("V-1", purpose, reason, Specialist))).Code);
    }

    [Fact]
    public async Task The_auditor_sees_that_there_is_something_and_not_what()
    {
        await using var one = await Stored(Engine.Sqlite);
        await using var door = one.Get<PatientVault>().Open();
        var record = await door.DescribeVisitReference("V-1", new("auditor@demo.test", "auditor"));

        Assert.Equal(("V-1", OneDatabase.Start), (record!.VisitKey, record.StoredAtUtc));
        Assert.Equal("vault.role", (await Assert.ThrowsAsync<VaultRefusal>(() => door.DescribeVisitReference("V-1", new("rep@demo.test", "rep")))).Code);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_visit_and_its_reference_are_stored_together_or_not_at_all(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        foreach (var commit in new[] { false, true })
        {
            await using var db = one.Open();
            await using var door = one.Get<PatientVault>().Beside(db);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var account = new Account { Code = "LAKESIDE", Slug = "lakeside", Name = "Lakeside", TerritoryCode = "TN-West" };
            db.Visits.Add(new VisitSlot { Key = "V-1", Account = account });
            await db.SaveChangesAsync();
            Assert.True(await door.StoreVisitReference("V-1", Lakeside, Reference, CommandLine));
            account.Name = "Lakeside Neurology";
            await db.SaveChangesAsync();
            if (commit) await transaction.CommitAsync();
            else await transaction.RollbackAsync();

            Assert.Equal(commit ? Reference : null, await door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
        }

        Assert.Equal(
            ["account.added", "account.changed", "vault.read", "vault.stored", "visit.added"], (await Audit(one)).Select(e => e.Action).Order());
        await using var check = one.Open();
        Assert.True((await one.Get<AuditChain>().Verify(check)).Ok);
    }

    [Fact]
    public async Task Nothing_is_read_inside_a_transaction_that_may_take_the_record_back()
    {
        await using var one = await Stored(Engine.Sqlite);
        await using var db = one.Open();
        await using var door = one.Get<PatientVault>().Beside(db);
        await using var transaction = await db.Database.BeginTransactionAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Many_are_stored_compared_and_read_at_once(Engine engine)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var door = one.Get<PatientVault>().Open();
        var all = Enumerable.Range(0, 1200).Select(i => new VisitReferenceEntry($"V-{i}", Lakeside, $"MRN {i}")).ToList();
        Assert.Equal(1200, await door.StoreVisitReferences(all, CommandLine));
        Assert.Equal(0, await door.StoreVisitReferences(all, CommandLine));
        all[7] = all[7] with { Reference = "MRN 7b" };
        all[8] = all[8] with { VisitKey = "V-new" };

        var compared = await door.CompareVisitReferences(all, CommandLine);
        Assert.Equal((VaultComparison.Changed, VaultComparison.New, VaultComparison.Same), (compared["V-7"], compared["V-new"], compared["V-9"]));
        Assert.Equal(2, await door.StoreVisitReferences(all, CommandLine));
        var read = await door.ReadVisitReferences(all.Select(a => a.VisitKey).ToList(), VaultPurpose.PracticeExport, null, Practice);
        Assert.Equal(1200, read.Count);
        Assert.Equal("MRN 7b", read["V-7"]);
        Assert.Equal(1200, (await Audit(one)).Count(e => e.Action == "vault.read"));
    }

    [Theory]
    [InlineData(""), InlineData("  "), InlineData(null)]
    public async Task A_reference_must_say_something_and_not_too_much(string? reference)
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var door = one.Get<PatientVault>().Open();

        var refusal = await Assert.ThrowsAsync<VaultRefusal>(
            () => door.StoreVisitReference("V-1", Lakeside, reference ?? new string('x', VaultDoor.LongestReference + 1), CommandLine));
        Assert.Equal("vault.reference", refusal.Code);
        Assert.DoesNotContain("xxx", refusal.Message);
    }

    [Fact]
    public async Task The_database_file_and_the_log_of_changes_hold_no_plain_text()
    {
        await using var one = await Stored(Engine.Sqlite);
        using (var pool = new SqliteConnection(one.Settings.ConnectionString)) SqliteConnection.ClearPool(pool);
        var looked = 0;
        foreach (var file in Directory.EnumerateFiles(one.Settings.DataFolder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            looked += bytes.AsSpan().IndexOf("V-1"u8) >= 0 ? 1 : 0;
            foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
                Assert.True(bytes.AsSpan().IndexOf(encoding.GetBytes("Quillfeather")) < 0, file);
        }
        Assert.True(looked > 0, "the key of the visit should be found, or the search is blind");
        Assert.DoesNotContain(Directory.EnumerateFiles(one.Settings.DataFolder, "*", SearchOption.AllDirectories), f => f.EndsWith(".key", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_value_moved_to_another_row_does_not_open(Engine engine)
    {
        await using var one = await Stored(engine);
        await using var door = one.Get<PatientVault>().Open();
        await door.StoreVisitReference("V-2", Lakeside, "MRN 2", CommandLine);
        await one.Execute(engine == Engine.Sqlite
            ? (FormattableString)$"""UPDATE "vault_VisitReferences" SET "Reference" = (SELECT "Reference" FROM "vault_VisitReferences" WHERE "VisitKey" = 'V-1') WHERE "VisitKey" = 'V-2'"""
            : $"""UPDATE vault."VisitReferences" SET "Reference" = (SELECT "Reference" FROM vault."VisitReferences" WHERE "VisitKey" = 'V-1') WHERE "VisitKey" = 'V-2'""");

        await Assert.ThrowsAnyAsync<CryptographicException>(() => door.ReadVisitReference("V-2", VaultPurpose.PatientCare, null, Practice));
    }

    [Fact]
    public void A_value_opens_in_its_own_cell_only_and_unchanged_only()
    {
        using var folder = new TempFolder("keys");
        var cipher = new VaultCipher(new VaultKeys(folder.FullName));
        var cell = new VaultCell("VisitReferences", "Reference", Guid.CreateVersion7());
        var (value, _) = cipher.Seal(Reference, cell);

        Assert.Equal(Reference, cipher.Open(value, cell));
        Assert.NotEqual(value, cipher.Seal(Reference, cell).Value);
        foreach (var elsewhere in new[] { cell with { Table = "Cases" }, cell with { Column = "Name" }, cell with { RowId = Guid.CreateVersion7() } })
            Assert.ThrowsAny<CryptographicException>(() => cipher.Open(value, elsewhere));
        for (var i = 0; i < value.Length; i++)
        {
            var changed = value.ToArray();
            changed[i] ^= 1;
            Assert.ThrowsAny<Exception>(() => cipher.Open(changed, cell));
            Assert.ThrowsAny<Exception>(() => cipher.Open(value.AsSpan(0, i), cell));
        }
    }

    [Fact]
    public void Keys_are_the_owners_alone_and_one_whoever_makes_them()
    {
        using var folder = new TempFolder("keys");
        // Many first starts, each a race of its own: one alone hides the gap between looking and making.
        for (var round = 0; round < 40; round++)
        {
            var ids = new string[8];
            Parallel.For(0, 8, i => ids[i] = new VaultKeys(folder.PathOf($"round-{round}")).Current().Id);
            Assert.Single(ids.Distinct());
        }
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task After_a_rotation_old_values_read_and_are_brought_over(Engine engine)
    {
        await using var one = await Stored(engine);
        await using var door = one.Get<PatientVault>().Open();
        var keys = one.Get<VaultKeys>();
        var old = keys.Current().Id;
        var fresh = keys.Rotate();
        await door.StoreVisitReference("V-2", Lakeside, "MRN 2", CommandLine);

        Assert.Equal(Reference, await door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
        Assert.Equal(1, await door.Reseal());
        Assert.Equal(0, await door.Reseal());
        File.Delete(Path.Combine(one.Settings.KeyFolder, $"vault-{old}.key"));
        await using var later = new PatientVault(one.Get<VaultPlace>(), new VaultKeys(one.Settings.KeyFolder), one.Get<IVaultAudit>(), one.Clock).Open();
        Assert.Equal(Reference, await later.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
        Assert.Equal(fresh, (await later.DescribeVisitReference("V-1", Practice))!.KeyId);
    }

    [Fact]
    public async Task A_lost_key_is_said_and_not_replaced()
    {
        await using var one = await Stored(Engine.Sqlite);
        foreach (var file in Directory.EnumerateFiles(one.Settings.KeyFolder, "vault-*")) File.Delete(file);
        await using var door = new PatientVault(one.Get<VaultPlace>(), new VaultKeys(one.Settings.KeyFolder), one.Get<IVaultAudit>(), one.Clock).Open();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => door.StoreVisitReference("V-2", Lakeside, "MRN 2", CommandLine));
        Assert.Contains("KeyFolder", refusal.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => door.ReadVisitReference("V-1", VaultPurpose.PatientCare, null, Practice));
        Assert.Empty(Directory.EnumerateFiles(one.Settings.KeyFolder, "vault-*"));
    }

    private static async Task<OneDatabase> Stored(Engine engine)
    {
        var one = await OneDatabase.Create(engine);
        await using var door = one.Get<PatientVault>().Open();
        await door.StoreVisitReference("V-1", Lakeside, Reference, CommandLine);
        return one;
    }

    private static async Task<List<Domain.Operations.AuditEntry>> Audit(OneDatabase one)
    {
        await using var db = one.Open();
        return await db.Audit.OrderBy(e => e.Sequence).ToListAsync();
    }
}

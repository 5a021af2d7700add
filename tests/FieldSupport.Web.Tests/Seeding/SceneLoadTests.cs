using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Seeding;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Tests.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests.Seeding;

/// <summary>The scene through the importers, on both databases and on days on which fixed offsets would have drifted.</summary>
public sealed class SceneLoadTests
{
    /// <summary>Thanksgiving Friday, a Sunday, Independence Day observed, and an ordinary Tuesday.</summary>
    public static readonly TheoryData<Engine, string> AwkwardDays = new()
    {
        { Engine.Sqlite, "2026-11-27T09:10:00-06:00" }, { Engine.Sqlite, "2027-02-14T16:40:00-06:00" }, { Engine.Sqlite, "2027-07-05T07:05:00-05:00" },
        { Engine.Sqlite, "2027-03-02T11:20:00-06:00" }, { Engine.Postgres, "2026-11-27T22:30:00-06:00" }, { Engine.Postgres, "2027-03-02T06:30:00-06:00" },
    };

    [Theory, MemberData(nameof(AwkwardDays))]
    public async Task A_newcomer_finds_a_living_territory(Engine engine, string at)
    {
        await using var one = await OneDatabase.Create(engine);
        await using var services = Product(one, DateTimeOffset.Parse(at));
        var report = await services.GetRequiredService<SceneLoader>().Load(SceneFiles.Default, null, default);

        await using var db = one.Open();
        var west = await db.Deliveries.Where(d => d.TerritoryCode == "TN-West" && d.IsListed && d.Kind == DeliveryKind.Drug).ToListAsync();
        int Count(Outlook outlook) => west.Count(d => d.Outlook == outlook.ToString());
        Assert.True(Count(Outlook.Late) >= 1 && Count(Outlook.NoSignal) >= 1 && Count(Outlook.AtRisk) >= 1 && Count(Outlook.Watch) >= 1 && Count(Outlook.OnTrack) >= 6,
            string.Join(", ", west.Select(d => $"{d.Number} {d.Outlook}")));
        Assert.Contains(west, d => d.Outlook == nameof(Outlook.Delivered) && !db.Receipts.Any(r => r.ShipmentId == d.ShipmentId));

        // Nothing stands after the clock, and what was swept before has a past.
        Assert.False(await db.Orders.AnyAsync(o => o.RecordedAtUtc > report.AsOf));
        Assert.False(await db.Shipments.AnyAsync(s => s.RecordedAtUtc > report.AsOf || s.LabelAtUtc > report.AsOf));
        Assert.False(await db.TrackingEvents.AnyAsync(e => e.ReceivedAtUtc > report.AsOf || e.ReceivedAtUtc < e.AtUtc));
        Assert.True(await db.Stalls.AnyAsync(s => s.ClosedAtUtc == null && s.OpenedAtUtc < report.AsOf));
        Assert.True(await db.WorkItems.CountAsync(w => w.ResolvedAtUtc == null) >= 2);
        Assert.Equal(1, await db.Chases.CountAsync(c => c.BrokenAtUtc != null));
        Assert.True(await db.Chases.AnyAsync(c => c.PromisedByUtc > report.AsOf && c.EndedAtUtc == null));
        Assert.Equal(29, await db.Deliveries.CountAsync(d => d.Outlook == nameof(Outlook.Received)));
        Assert.Equal(3, await db.Shipments.CountAsync(s => s.Kind == DeliveryKind.Kit));
        Assert.Equal(1, await db.Shipments.CountAsync(s => s.ReplacesShipmentId != null));
        Assert.Equal(1, await db.Orders.CountAsync(o => o.State == OrderState.OnHold));
        Assert.Equal(DemoAccounts.All.Count, await db.Users.CountAsync());
        // Weeks-old deliveries are nobody's news.
        Assert.True(await db.Notices.CountAsync(n => n.Rung == RungName.Delivered) <= 20);
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var services = Product(one, new DateTimeOffset(2027, 3, 2, 17, 0, 0, TimeSpan.Zero), demo: true);
        await services.GetRequiredService<DemoStart>().Load();
        await using var db = one.Open();
        async Task<(int, int, int, long)> Seen() => (await db.Deliveries.CountAsync(), await db.TrackingEvents.CountAsync(), await db.Notices.CountAsync(), await db.Audit.MaxAsync(a => a.Sequence));
        var before = await Seen();
        await services.GetRequiredService<DemoStart>().Load();
        Assert.Equal(before, await Seen());
        var fault = await Assert.ThrowsAsync<SceneFault>(() => services.GetRequiredService<SceneLoader>().Load("quiet-week", null, default));
        Assert.Contains("empty one only", fault.Message);
        Assert.Equal(before, await Seen());
    }

    [Fact]
    public async Task A_loading_that_was_cut_off_is_told_at_the_next_start()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var services = Product(one, new DateTimeOffset(2027, 3, 2, 17, 0, 0, TimeSpan.Zero), demo: true);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => services.GetRequiredService<SceneLoader>().Load(SceneFiles.Default, _ => { if (++steps == 9) stop.Cancel(); }, stop.Token));
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => services.GetRequiredService<DemoStart>().Load());
        Assert.Contains("only in part", refused.Message);
    }

    [Fact]
    public async Task Nothing_is_loaded_where_the_demo_is_off()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var services = Product(one, new DateTimeOffset(2027, 3, 2, 17, 0, 0, TimeSpan.Zero), demo: false);
        await services.GetRequiredService<DemoStart>().Load();
        await using var db = one.Open();
        Assert.False(await db.Accounts.AnyAsync());
        Assert.False(await db.JobRuns.AnyAsync());
    }

    [Fact]
    public async Task References_of_visits_lie_in_the_vault_and_nowhere_else()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var services = Product(one, new DateTimeOffset(2027, 3, 2, 17, 0, 0, TimeSpan.Zero));
        await services.GetRequiredService<SceneLoader>().Load(SceneFiles.Default, null, default);

        await using var door = services.GetRequiredService<PatientVault>().Open();
        var kept = await door.ReadVisitReference("RV-SLOT-31", VaultPurpose.CaseWork, "looks whether the scene brought it", new VaultPerson("specialist@demo.test", "specialist"));
        Assert.Equal("REF-ZEBRA-0417", kept);
        await using (var db = one.Open()) await db.Database.ExecuteSqlAsync($"PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.DoesNotContain("REF-ZEBRA", Encoding.Latin1.GetString(await Bytes(one.SqliteFile)));
        Assert.DoesNotContain("REF-HERON", Encoding.Latin1.GetString(await Bytes(one.SqliteFile)));
    }

    [Fact]
    public async Task The_quiet_week_loads_too_and_opens_no_stall()
    {
        await using var one = await OneDatabase.Create(Engine.Sqlite);
        await using var services = Product(one, new DateTimeOffset(2027, 1, 12, 16, 0, 0, TimeSpan.Zero));
        await services.GetRequiredService<SceneLoader>().Load("quiet-week", null, default);
        await using var db = one.Open();
        Assert.Empty(await db.Stalls.Where(s => s.ClosedAtUtc == null).Select(s => s.DeliveryNumber + " " + s.Reasons).ToListAsync());
    }

    private static async Task<byte[]> Bytes(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static ServiceProvider Product(OneDatabase one, DateTimeOffset now, bool demo = true) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(new FakeTimeProvider(now))
        .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
        .AddData(one.Settings with { Demo = demo })
        .AddVault(one.Settings)
        .AddChasing(new ConfigurationBuilder().Build())
        .AddIntake()
        .AddSeeding()
        .BuildServiceProvider();
}

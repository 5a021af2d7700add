using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data;

/// <summary>
/// The one model for both databases. What it shows is decided by the <see cref="Scope"/> it is built with; rows of accounts
/// outside it are not there, for reading and so for changing too.
/// </summary>
public abstract class FieldSupportDb(DbContextOptions options, Scope scope) : IdentityUserContext<User>(options), IDataProtectionKeyContext
{
    public Scope Scope { get; } = scope;

    /// <summary>In whose name changes are written; the audit takes it from here.</summary>
    public Access.Actor Actor { get; set; } = Access.Actor.Nobody;

    /// <summary>Somebody waits for the answer: a locked database is told after seconds, not waited for.</summary>
    public bool IsAwaited { get; internal set; }

    /// <summary>
    /// One connection until the context goes, for SQLite: each opening takes longer than a small statement, since EF gives every connection its functions anew.
    /// A server's connections are few and cheap to take from their pool, so there each statement has its own.
    /// </summary>
    public Task StayOpen(CancellationToken cancellation)
    {
        if (!Database.IsSqlite() || Database.GetDbConnection().State == System.Data.ConnectionState.Open) return Task.CompletedTask;
        return Database.OpenConnectionAsync(cancellation);
    }

    /// <summary>An audit entry that belongs to no row's change; written with the next save, in its transaction.</summary>
    /// <param name="action">Dotted, past tense.</param>
    /// <param name="key">What people call the thing; never patient detail.</param>
    public void Note(string action, string kind, string key, string? reason = null, string? source = null) =>
        Notes.Add(new AuditNote(action, kind, key, reason, source));

    internal List<AuditNote> Notes { get; } = [];

    /// <summary>Many rows at a time, written with the next save.</summary>
    public BulkRows Bulk => _bulk ??= new BulkRows(this);

    private BulkRows? _bulk;
    internal bool HasBulk => _bulk is { Any: true };

    public DbSet<Account> Accounts => Set<Account>();
    public DbSet<Location> Locations => Set<Location>();
    public DbSet<Closure> Closures => Set<Closure>();
    public DbSet<Territory> Territories => Set<Territory>();
    public DbSet<VisitSlot> Visits => Set<VisitSlot>();
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<OrderLine> OrderLines => Set<OrderLine>();
    public DbSet<OrderHold> OrderHolds => Set<OrderHold>();
    public DbSet<ReceiptConfirmation> Receipts => Set<ReceiptConfirmation>();
    public DbSet<Shipment> Shipments => Set<Shipment>();
    public DbSet<ShipmentLine> ShipmentLines => Set<ShipmentLine>();
    public DbSet<TrackingEvent> TrackingEvents => Set<TrackingEvent>();
    public DbSet<InboundMessage> Messages => Set<InboundMessage>();
    public DbSet<WorkItem> WorkItems => Set<WorkItem>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<StalledDelivery> Stalls => Set<StalledDelivery>();
    public DbSet<StallReasonEntry> StallReasons => Set<StallReasonEntry>();
    public DbSet<RungEntry> Rungs => Set<RungEntry>();
    public DbSet<Notice> Notices => Set<Notice>();
    public DbSet<Chase> Chases => Set<Chase>();
    public DbSet<NoticePreference> NoticePreferences => Set<NoticePreference>();
    public DbSet<ReceiptPhoto> ReceiptPhotos => Set<ReceiptPhoto>();
    public DbSet<SafetyReport> SafetyReports => Set<SafetyReport>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();
    public DbSet<JobFailure> JobFailures => Set<JobFailure>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<NumberSeries> NumberSeries => Set<NumberSeries>();
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();
    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    // Read by the query filters; members of the context, so that each instance filters by its own scope.
    public bool SeesKits => Scope.SeesKits;
    public string[] SeenTerritories => Scope.Territories;
    public string SeenTerritory => Scope.Territories[0];
    public Guid? SeenAccountId => Scope.AccountId;
    public string ActorName => Actor.Name;

    protected override void ConfigureConventions(ModelConfigurationBuilder c)
    {
        if (Database.IsSqlite())
        {
            c.Properties<DateTimeOffset>().HaveConversion<UtcMicros>();
        }
        else
        {
            c.Properties<DateTimeOffset>().HaveConversion<UtcOffset>();
            c.Properties<decimal>().HavePrecision(18, 4);
        }
        c.Properties<OrderType>().HaveConversion<WireText<OrderType>>().HaveMaxLength(40);
        c.Properties<ServiceLevel>().HaveConversion<WireText<ServiceLevel>>().HaveMaxLength(40);
        c.Properties<OrderState>().HaveConversion<WireText<OrderState>>().HaveMaxLength(40);
        c.Properties<OrderLineState>().HaveConversion<WireText<OrderLineState>>().HaveMaxLength(40);
        c.Properties<HoldReason>().HaveConversion<WireText<HoldReason>>().HaveMaxLength(40);
        c.Properties<ReceiptCondition>().HaveConversion<WireText<ReceiptCondition>>().HaveMaxLength(40);
        c.Properties<DeliveryKind>().HaveConversion<WireText<DeliveryKind>>().HaveMaxLength(40);
        c.Properties<Milestone>().HaveConversion<WireText<Milestone>>().HaveMaxLength(40);
        c.Properties<ExceptionClass>().HaveConversion<WireText<ExceptionClass>>().HaveMaxLength(40);
        c.Properties<MessageState>().HaveConversion<WireText<MessageState>>().HaveMaxLength(40);
        c.Properties<WorkAnswer>().HaveConversion<WireText<WorkAnswer>>().HaveMaxLength(40);
        c.Properties<SafetyKind>().HaveConversion<WireText<SafetyKind>>().HaveMaxLength(40);
        c.Properties<SafetyState>().HaveConversion<WireText<SafetyState>>().HaveMaxLength(40);
        c.Properties<NoticeState>().HaveConversion<WireText<NoticeState>>().HaveMaxLength(40);
    }

    protected override void OnModelCreating(ModelBuilder b)
    {
        base.OnModelCreating(b);
        b.ApplyConfigurationsFromAssembly(typeof(FieldSupportDb).Assembly);

        // One model for each kind of scope: ModelOfScope.
        if (Scope.Kind != ScopeKind.All) Filter(b);

        foreach (var type in b.Model.GetEntityTypes().Where(t => typeof(Entity).IsAssignableFrom(t.ClrType)))
        {
            b.Entity(type.ClrType).Property(nameof(Entity.Id)).ValueGeneratedNever();
            b.Entity(type.ClrType).Property(nameof(Entity.Version)).IsConcurrencyToken();
            b.Entity(type.ClrType).Ignore(nameof(Entity.Happenings));
        }
        // Restrict everywhere: nothing disappears because something else did.
        foreach (var key in b.Model.GetEntityTypes().SelectMany(t => t.GetForeignKeys()).Where(k => !k.IsOwnership))
            key.DeleteBehavior = DeleteBehavior.Restrict;
    }

    private void Filter(ModelBuilder b)
    {
        switch (Scope.Kind)
        {
            case ScopeKind.OneTerritory:
                // As a choice of two, though the one is never so: a plain equality would lead SQLite from a territory's practices to all of its deliveries for each.
                b.Entity<Account>().HasQueryFilter(x => SeesKits || x.TerritoryCode == SeenTerritory);
                b.Entity<Delivery>().HasQueryFilter(x => x.TerritoryCode == SeenTerritory);
                break;
            case ScopeKind.OneAccount:
                b.Entity<Account>().HasQueryFilter(x => x.Id == SeenAccountId);
                b.Entity<Delivery>().HasQueryFilter(x => x.AccountId == SeenAccountId);
                break;
            default:
                b.Entity<Account>().HasQueryFilter(x => SeesKits || SeenTerritories.Contains(x.TerritoryCode) || x.Id == SeenAccountId);
                b.Entity<Delivery>().HasQueryFilter(x => (SeesKits && x.Kind == DeliveryKind.Kit) || SeenTerritories.Contains(x.TerritoryCode) || x.AccountId == SeenAccountId);
                break;
        }

        OfAccount<Location>(b, seenWithKits: true);
        OfAccount<Closure>(b, seenWithKits: true);
        OfAccount<VisitSlot>(b, seenWithKits: false);
        OfAccount<Order>(b, seenWithKits: false);
        OfAccount<OrderLine>(b, seenWithKits: false);
        OfAccount<OrderHold>(b, seenWithKits: false);
        OfAccount<ReceiptConfirmation>(b, seenWithKits: false);
        OfAccount<ReceiptPhoto>(b, seenWithKits: false);
        OfAccount<ShipmentLine>(b, seenWithKits: true);
        OfAccount<StalledDelivery>(b, seenWithKits: true);
        OfAccount<StallReasonEntry>(b, seenWithKits: true);
        OfAccount<RungEntry>(b, seenWithKits: true);
        OfAccount<Notice>(b, seenWithKits: true);
        OfAccount<Chase>(b, seenWithKits: true);
        OfAccount<Shipment>(b, seenWithKits: true);
        if (Scope.Kind == ScopeKind.Other) b.Entity<Shipment>().HasQueryFilter(x => (!SeesKits || x.Kind == DeliveryKind.Kit) && Accounts.Any(a => a.Id == x.AccountId));
        b.Entity<TrackingEvent>().HasQueryFilter(x => Shipments.Any(s => s.Id == x.ShipmentId));
        // What was told lies in the vault; the receipt is seen by the desk's readers and by whoever reported.
        b.Entity<SafetyReport>().HasQueryFilter(x => x.ReportedBy == ActorName);
        // Rows that belong to no account are for those who see every account.
        b.Entity<InboundMessage>().HasQueryFilter(x => false);
        b.Entity<WorkItem>().HasQueryFilter(x => false);
        b.Entity<JobRun>().HasQueryFilter(x => false);
        b.Entity<JobFailure>().HasQueryFilter(x => false);
    }

    /// <summary>What an account owns is seen with it. Where one account is seen, its rows say so themselves.</summary>
    private void OfAccount<T>(ModelBuilder b, bool seenWithKits) where T : class
    {
        if (Scope.Kind == ScopeKind.OneAccount) b.Entity<T>().HasQueryFilter(x => EF.Property<Guid>(x, nameof(Order.AccountId)) == SeenAccountId);
        else if (Scope.Kind == ScopeKind.OneTerritory || seenWithKits) b.Entity<T>().HasQueryFilter(x => Accounts.Any(a => a.Id == EF.Property<Guid>(x, nameof(Order.AccountId))));
        else b.Entity<T>().HasQueryFilter(x => !SeesKits && Accounts.Any(a => a.Id == EF.Property<Guid>(x, nameof(Order.AccountId))));
    }
}

/// <summary>An audit entry before it is sealed.</summary>
public sealed record AuditNote(string Action, string Kind, string Key, string? Reason = null, string? Source = null)
{
    /// <summary>JSON of what changed, for a row that the context does not track.</summary>
    internal string? Changes { get; init; }
}

/// <summary>The model on SQLite; exists to keep its migrations apart.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options, Scope scope) : FieldSupportDb(options, scope);

/// <summary>The model on PostgreSQL; exists to keep its migrations apart.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options, Scope scope) : FieldSupportDb(options, scope);

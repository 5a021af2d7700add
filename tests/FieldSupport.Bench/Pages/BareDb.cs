using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Bench;

/// <summary>The few columns that a bare page shows, mapped without filters, conventions or interceptors.</summary>
internal sealed class BareDb(DbContextOptions<BareDb> options) : DbContext(options)
{
    public DbSet<BareDelivery> Deliveries => Set<BareDelivery>();
    public DbSet<BareShipment> Shipments => Set<BareShipment>();

    protected override void OnModelCreating(ModelBuilder b)
    {
        b.Entity<BareDelivery>().ToTable("Deliveries").HasOne(d => d.Account).WithMany().HasForeignKey(d => d.AccountId);
        b.Entity<BareAccount>().ToTable("Accounts");
        b.Entity<BareShipment>().ToTable("Shipments").HasMany(s => s.Events).WithOne().HasForeignKey(e => e.ShipmentId);
        b.Entity<BareShipment>().HasOne(s => s.Account).WithMany().HasForeignKey(s => s.AccountId);
        b.Entity<BareShipment>().HasOne(s => s.Order).WithMany().HasForeignKey(s => s.OrderId);
        b.Entity<BareEvent>().ToTable("TrackingEvents");
        b.Entity<BareOrder>().ToTable("Orders");
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder b)
    {
        if (Database.IsSqlite()) b.Properties<DateTimeOffset>().HaveConversion<UtcMicros>();
    }
}

internal sealed class BareDelivery
{
    public Guid Id { get; set; }
    public required string Number { get; set; }
    public Guid AccountId { get; set; }
    public required BareAccount Account { get; set; }
    public string? Outlook { get; set; }
    public string? Severity { get; set; }
    public bool IsOpen { get; set; }
    public int SortRank { get; set; }
    public double SortSlack { get; set; }
    public DateTimeOffset? NeedByUtc { get; set; }
}

internal sealed class BareAccount
{
    public Guid Id { get; set; }
    public required string Name { get; set; }
}

internal sealed class BareShipment
{
    public Guid Id { get; set; }
    public required string Number { get; set; }
    public Guid AccountId { get; set; }
    public required BareAccount Account { get; set; }
    public Guid? OrderId { get; set; }
    public BareOrder? Order { get; set; }
    public required string Carrier { get; set; }
    public required string Tracking { get; set; }
    public List<BareEvent> Events { get; set; } = [];
}

internal sealed class BareOrder
{
    public Guid Id { get; set; }
    public required string Number { get; set; }
    public required string Po { get; set; }
}

internal sealed class BareEvent
{
    public Guid Id { get; set; }
    public Guid ShipmentId { get; set; }
    public DateTimeOffset AtUtc { get; set; }
    public string? Code { get; set; }
    public string? Text { get; set; }
    public string? City { get; set; }
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FieldSupport.Web.Data.Maps;

internal sealed class OrderMap : IEntityTypeConfiguration<Order>
{
    public void Configure(EntityTypeBuilder<Order> b)
    {
        b.HasIndex(x => x.Number).IsUnique();
        b.HasIndex(x => new { x.AccountId, x.Po }).IsUnique();
        b.HasIndex(x => x.Po);
        b.HasIndex(x => x.VisitId);
        b.HasIndex(x => new { x.State, x.Number });
        b.HasOne(x => x.Account).WithMany().HasForeignKey(x => x.AccountId);
        b.HasOne(x => x.Visit).WithMany().HasForeignKey(x => x.VisitId);
        b.HasMany(x => x.Lines).WithOne().HasForeignKey(x => x.OrderId);
        b.HasMany(x => x.Holds).WithOne().HasForeignKey(x => x.OrderId);
        b.HasMany(x => x.Shipments).WithOne(x => x.Order).HasForeignKey(x => x.OrderId);
    }
}

internal sealed class OrderLineMap : IEntityTypeConfiguration<OrderLine>
{
    public void Configure(EntityTypeBuilder<OrderLine> b) => b.HasIndex(x => new { x.OrderId, x.LineNo }).IsUnique();
}

internal sealed class OrderHoldMap : IEntityTypeConfiguration<OrderHold>
{
    public void Configure(EntityTypeBuilder<OrderHold> b) => b.HasIndex(x => new { x.OrderId, x.SinceUtc });
}

internal sealed class ReceiptMap : IEntityTypeConfiguration<ReceiptConfirmation>
{
    public void Configure(EntityTypeBuilder<ReceiptConfirmation> b)
    {
        // The same statement twice is one statement.
        b.HasIndex(x => new { x.ShipmentId, x.Ndc, x.Lot, x.Condition }).IsUnique();
        b.HasIndex(x => x.OrderId);
        b.HasIndex(x => x.Lot);
        b.HasOne(x => x.Shipment).WithMany(x => x.Receipts).HasForeignKey(x => x.ShipmentId);
    }
}

internal sealed class ReceiptPhotoMap : IEntityTypeConfiguration<ReceiptPhoto>
{
    public void Configure(EntityTypeBuilder<ReceiptPhoto> b) => b.HasIndex(x => new { x.ShipmentId, x.Ordinal }).IsUnique();
}

internal sealed class ShipmentMap : IEntityTypeConfiguration<Shipment>
{
    public void Configure(EntityTypeBuilder<Shipment> b)
    {
        b.HasIndex(x => x.Number).IsUnique();
        // Not unique: carriers use numbers again (domain.md §2.6); the label's day tells them apart.
        b.HasIndex(x => new { x.TrackingKey, x.Carrier, x.LabelAtUtc });
        b.HasIndex(x => x.OrderId);
        // Partial, or its statistics would say that a value of it finds nearly every row, and a database would rather read the table.
        b.HasIndex(x => x.ReplacesShipmentId).HasFilter("\"ReplacesShipmentId\" IS NOT NULL");
        b.HasIndex(x => new { x.AccountId, x.LabelAtUtc });
        b.HasOne(x => x.Account).WithMany().HasForeignKey(x => x.AccountId);
        b.HasOne(x => x.Location).WithMany().HasForeignKey(x => x.LocationId);
        b.HasOne<Shipment>().WithMany().HasForeignKey(x => x.ReplacesShipmentId);
        b.HasMany(x => x.Lines).WithOne().HasForeignKey(x => x.ShipmentId);
        b.HasMany(x => x.Events).WithOne().HasForeignKey(x => x.ShipmentId);
    }
}

internal sealed class ShipmentLineMap : IEntityTypeConfiguration<ShipmentLine>
{
    public void Configure(EntityTypeBuilder<ShipmentLine> b)
    {
        b.HasIndex(x => new { x.ShipmentId, x.OrderLineId }).IsUnique();
        b.HasIndex(x => x.OrderLineId);
    }
}

internal sealed class TrackingEventMap : IEntityTypeConfiguration<TrackingEvent>
{
    public void Configure(EntityTypeBuilder<TrackingEvent> b)
    {
        b.HasIndex(x => new { x.ShipmentId, x.Fingerprint }).IsUnique();
        b.HasIndex(x => new { x.WorkItemId, x.Fingerprint }).IsUnique();
        b.HasIndex(x => x.TrackingKey);
        b.HasIndex(x => x.Arrival);
    }
}

internal sealed class InboundMessageMap : IEntityTypeConfiguration<InboundMessage>
{
    public void Configure(EntityTypeBuilder<InboundMessage> b)
    {
        b.HasIndex(x => new { x.Source, x.ContentHash }).IsUnique();
        b.HasIndex(x => new { x.State, x.ReceivedAtUtc });
        // How old a feed is.
        b.HasIndex(x => new { x.Source, x.ReceivedAtUtc });
    }
}

internal sealed class WorkItemMap : IEntityTypeConfiguration<WorkItem>
{
    public void Configure(EntityTypeBuilder<WorkItem> b)
    {
        b.HasIndex(x => x.Number).IsUnique();
        b.HasIndex(x => x.OpenKey).IsUnique();
        b.HasIndex(x => new { x.OpenedAtUtc, x.Number }, "IX_WorkItems_Open").HasFilter("\"ResolvedAtUtc\" IS NULL");
        b.HasIndex(x => new { x.Reason, x.Source }, "IX_WorkItems_OpenReasons").HasFilter("\"ResolvedAtUtc\" IS NULL");
        // Closed ones alone: SQLite would take it for "not resolved" too, and sort.
        b.HasIndex(x => new { x.ResolvedAtUtc, x.Number }).HasFilter("\"ResolvedAtUtc\" IS NOT NULL");
        b.HasIndex(x => x.TrackingKey);
        b.HasIndex(x => x.ShipmentId);
    }
}

using FieldSupport.Domain.Chasing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FieldSupport.Web.Data.Maps;

internal sealed class DeliveryMap : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> b)
    {
        b.HasIndex(x => x.Number).IsUnique();
        // What is due, among any number of open ones: a partial index that a sweep walks from the oldest.
        b.HasIndex(x => x.NextCheckAtUtc).HasDatabaseName("IX_Deliveries_Due").HasFilter("\"IsOpen\"");
        b.HasIndex(x => new { x.SortRank, x.SortSlack, x.NeedByUtc, x.Number });
        b.HasIndex(x => new { x.TerritoryCode, x.SortRank, x.SortSlack, x.NeedByUtc, x.Number });
        b.HasIndex(x => new { x.AccountId, x.SortRank, x.SortSlack, x.NeedByUtc, x.Number });
        b.HasIndex(x => x.ShipmentId);
        b.HasIndex(x => x.OrderId);
        b.HasIndex(x => x.VisitId);
        b.HasIndex(x => x.WatchKey);
        b.HasIndex(x => x.PromisedByUtc, "IX_Deliveries_Promised").HasFilter("\"PromisedByUtc\" IS NOT NULL");
        b.HasIndex(x => new { x.TerritoryCode, x.PromisedByUtc }, "IX_Deliveries_PromisedOfTerritory").HasFilter("\"PromisedByUtc\" IS NOT NULL");
        b.HasIndex(x => x.PromiseBrokenAtUtc).HasDatabaseName("IX_Deliveries_PromiseBroken").HasFilter("\"PromiseBrokenAtUtc\" IS NOT NULL");
        b.HasIndex(x => x.HandledBy).HasDatabaseName("IX_Deliveries_Handled").HasFilter("\"HandledBy\" IS NOT NULL");
        b.HasIndex(x => x.RescueByUtc).HasDatabaseName("IX_Deliveries_Rescue").HasFilter("\"RescueByUtc\" IS NOT NULL");
        // Lists by need-by, open ones and finished ones apart: what is finished is of the past, and nobody wants to walk through it.
        b.HasIndex(x => new { x.NeedByUtc, x.Number }, "IX_Deliveries_OpenByNeedBy").HasFilter("\"IsOpen\"");
        b.HasIndex(x => new { x.TerritoryCode, x.NeedByUtc, x.Number }, "IX_Deliveries_OpenByTerritoryNeedBy").HasFilter("\"IsOpen\"");
        b.HasIndex(x => new { x.NeedByUtc, x.Number }, "IX_Deliveries_FinishedByNeedBy").HasFilter("NOT (\"IsOpen\")");
        b.HasIndex(x => new { x.TerritoryCode, x.NeedByUtc, x.Number }, "IX_Deliveries_FinishedByTerritoryNeedBy").HasFilter("NOT (\"IsOpen\")");
        b.HasIndex(x => new { x.SortRank, x.SortSlack, x.NeedByUtc, x.Number }, "IX_Deliveries_WithReasons").HasFilter("\"Reasons\" <> ''");
        b.HasIndex(x => new { x.SortRank, x.SortSlack, x.NeedByUtc, x.Number }, "IX_Deliveries_Kits").HasFilter("\"Kind\" = 'KIT'");
        // The line of counts above a list reads this and no row. Its filter is that of DeliveryRows.Listed, word for word.
        b.HasIndex(x => new { x.TerritoryCode, x.Outlook, x.Kind }, "IX_Deliveries_Counted")
            .HasFilter("\"IsOpen\" AND \"IsListed\" AND (\"ShipmentId\" IS NOT NULL OR \"OrderId\" IS NOT NULL OR \"Reasons\" <> '')");
        b.HasOne(x => x.Account).WithMany().HasForeignKey(x => x.AccountId);
        b.HasOne(x => x.Shipment).WithMany().HasForeignKey(x => x.ShipmentId);
        b.HasOne(x => x.Order).WithMany().HasForeignKey(x => x.OrderId);
        b.HasOne(x => x.Visit).WithMany().HasForeignKey(x => x.VisitId);
    }
}

internal sealed class StalledDeliveryMap : IEntityTypeConfiguration<StalledDelivery>
{
    public void Configure(EntityTypeBuilder<StalledDelivery> b)
    {
        // One open record a delivery (domain.md §3.1).
        b.HasIndex(x => x.DeliveryId).IsUnique().HasDatabaseName("IX_Stalls_OneOpen").HasFilter("\"ClosedAtUtc\" IS NULL");
        b.HasIndex(x => new { x.DeliveryId, x.OpenedAtUtc });
        b.HasOne(x => x.Delivery).WithMany().HasForeignKey(x => x.DeliveryId);
        b.HasMany(x => x.Entries).WithOne().HasForeignKey(x => x.StallId);
    }
}

internal sealed class StallReasonEntryMap : IEntityTypeConfiguration<StallReasonEntry>
{
    public void Configure(EntityTypeBuilder<StallReasonEntry> b) => b.HasIndex(x => new { x.StallId, x.Reason, x.OpenedAtUtc }).IsUnique();
}

internal sealed class RungEntryMap : IEntityTypeConfiguration<RungEntry>
{
    public void Configure(EntityTypeBuilder<RungEntry> b)
    {
        b.HasIndex(x => new { x.WatchKey, x.Rung, x.Round }).IsUnique();
        b.HasIndex(x => x.DeliveryId);
        // Tellings that wait for an answer, the first to run out first.
        b.HasIndex(x => x.AnswerDueAtUtc).HasDatabaseName("IX_Rungs_Unanswered").HasFilter("\"AnswerDueAtUtc\" IS NOT NULL");
    }
}

internal sealed class NoticeMap : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> b)
    {
        b.HasIndex(x => x.MessageId).IsUnique();
        b.HasIndex(x => new { x.WatchKey, x.Rung, x.Recipient, x.Round, x.Person }).IsUnique();
        b.HasIndex(x => x.DeliveryId);
        // A person's own notices, newest first; and when the last mail went to them.
        b.HasIndex(x => new { x.Person, x.QueuedAtUtc });
        b.HasIndex(x => new { x.Person, x.SentAtUtc });
        // The bell of every page: what was answered is not in it. Its filter is that of ListNotices.Waiting.
        b.HasIndex(x => new { x.Person, x.QueuedAtUtc }, "IX_Notices_Unanswered").HasFilter("\"AnsweredAtUtc\" IS NULL AND \"LinkHash\" IS NOT NULL");
        b.HasIndex(x => x.LinkHash).IsUnique().HasFilter("\"LinkHash\" IS NOT NULL");
        b.HasIndex(x => x.BundleId).HasFilter("\"BundleId\" IS NOT NULL");
        b.HasIndex(x => new { x.State, x.NextAttemptAtUtc }).HasDatabaseName("IX_Notices_Waiting").HasFilter("\"SentAtUtc\" IS NULL");
        b.HasIndex(x => x.QueuedAtUtc);
    }
}

internal sealed class NoticePreferenceMap : IEntityTypeConfiguration<NoticePreference>
{
    public void Configure(EntityTypeBuilder<NoticePreference> b) => b.HasIndex(x => x.UserId).IsUnique();
}

internal sealed class ChaseMap : IEntityTypeConfiguration<Chase>
{
    public void Configure(EntityTypeBuilder<Chase> b)
    {
        b.HasIndex(x => new { x.DeliveryId, x.LoggedAtUtc });
        b.HasOne(x => x.Delivery).WithMany().HasForeignKey(x => x.DeliveryId);
    }
}

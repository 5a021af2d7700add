using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FieldSupport.Web.Data.Maps;

internal sealed class AccountMap : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> b)
    {
        b.HasIndex(x => x.Code).IsUnique();
        b.HasIndex(x => x.Slug).IsUnique();
        b.HasIndex(x => new { x.TerritoryCode, x.Name });
        // Unique because the code is; said so, a list by practice needs no sorting.
        b.HasIndex(x => new { x.Name, x.Code }).IsUnique();
        b.HasMany(x => x.Locations).WithOne(x => x.Account).HasForeignKey(x => x.AccountId);
        b.HasMany(x => x.Closures).WithOne(x => x.Account).HasForeignKey(x => x.AccountId);
    }
}

internal sealed class LocationMap : IEntityTypeConfiguration<Location>
{
    public void Configure(EntityTypeBuilder<Location> b) => b.HasIndex(x => new { x.AccountId, x.Name }).IsUnique();
}

internal sealed class ClosureMap : IEntityTypeConfiguration<Closure>
{
    public void Configure(EntityTypeBuilder<Closure> b) => b.HasIndex(x => new { x.AccountId, x.On }).IsUnique();
}

internal sealed class TerritoryMap : IEntityTypeConfiguration<Territory>
{
    public void Configure(EntityTypeBuilder<Territory> b) => b.HasKey(x => x.Code);
}

internal sealed class VisitSlotMap : IEntityTypeConfiguration<VisitSlot>
{
    public void Configure(EntityTypeBuilder<VisitSlot> b)
    {
        b.HasIndex(x => x.Key).IsUnique();
        b.HasIndex(x => new { x.AccountId, x.VisitOn });
        b.HasIndex(x => x.VisitOn);
        b.HasOne(x => x.Account).WithMany().HasForeignKey(x => x.AccountId);
    }
}

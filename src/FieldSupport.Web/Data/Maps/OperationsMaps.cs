using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FieldSupport.Web.Data.Maps;

internal sealed class JobRunMap : IEntityTypeConfiguration<JobRun>
{
    public void Configure(EntityTypeBuilder<JobRun> b)
    {
        b.HasIndex(x => new { x.Job, x.StartedAtUtc });
        b.HasIndex(x => x.StartedAtUtc);
        b.HasMany(x => x.Failures).WithOne().HasForeignKey(x => x.JobRunId);
    }
}

internal sealed class JobFailureMap : IEntityTypeConfiguration<JobFailure>
{
    public void Configure(EntityTypeBuilder<JobFailure> b) => b.HasIndex(x => x.AtUtc);
}

internal sealed class AuditEntryMap : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> b)
    {
        b.HasKey(x => x.Sequence);
        b.Property(x => x.Sequence).ValueGeneratedNever();
        b.HasIndex(x => new { x.Key, x.Sequence });
        b.HasIndex(x => new { x.Kind, x.Sequence });
        b.HasIndex(x => x.AtUtc);
        b.HasIndex(x => new { x.Actor, x.Sequence });
    }
}

internal sealed class SafetyReportMap : IEntityTypeConfiguration<SafetyReport>
{
    public void Configure(EntityTypeBuilder<SafetyReport> b)
    {
        b.HasIndex(x => x.Number).IsUnique();
        // The desk's list: what waits first, by when it is due.
        b.HasIndex(x => new { x.State, x.DueAtUtc, x.Number });
        b.HasIndex(x => new { x.ReportedBy, x.AwareAtUtc });
    }
}

internal sealed class NumberSeriesMap : IEntityTypeConfiguration<NumberSeries>
{
    public void Configure(EntityTypeBuilder<NumberSeries> b)
    {
        b.HasKey(x => x.Name);
        b.Property(x => x.Next).IsConcurrencyToken();
    }
}

internal sealed class ApiTokenMap : IEntityTypeConfiguration<ApiToken>
{
    public void Configure(EntityTypeBuilder<ApiToken> b)
    {
        b.HasIndex(x => x.TokenHash).IsUnique();
        b.HasIndex(x => new { x.UserId, x.Name }).IsUnique();
    }
}

internal sealed class IdempotentRequestMap : IEntityTypeConfiguration<IdempotentRequest>
{
    public void Configure(EntityTypeBuilder<IdempotentRequest> b)
    {
        b.HasIndex(x => new { x.UserId, x.Key }).IsUnique();
        b.HasIndex(x => x.AtUtc);
    }
}

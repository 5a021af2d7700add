using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace FieldSupport.Vault;

/// <summary>A row with one sealed value; a rotation seals it anew.</summary>
internal interface ISealed
{
    Guid Id { get; }
    byte[] Sealed { get; set; }
    string KeyId { get; set; }
    VaultCell Cell { get; }
}

/// <summary>A practice's own reference for a visit, encrypted.</summary>
internal sealed class VisitReference : ISealed
{
    public const string Table = "VisitReferences";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string VisitKey { get; init; }
    public required Guid AccountId { get; set; }
    public required byte[] Reference { get; set; }
    /// <summary>Also in the value's header; here so that a rotation finds what is left to do.</summary>
    public required string KeyId { get; set; }
    public DateTimeOffset StoredAtUtc { get; set; }

    public VaultCell ReferenceCell => new(Table, nameof(Reference), Id);

    byte[] ISealed.Sealed { get => Reference; set => Reference = value; }
    VaultCell ISealed.Cell => ReferenceCell;
}

/// <summary>What somebody told of an adverse event or a product complaint, encrypted (domain.md §7.3). Its number is all that the rest of the product knows.</summary>
internal sealed class SafetyNarrative : ISealed
{
    public const string Table = "SafetyNarratives";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    /// <summary>SAF-1001. Unique; written once.</summary>
    public required string Number { get; init; }
    public required byte[] Narrative { get; set; }
    /// <summary>As <see cref="VisitReference.KeyId"/>.</summary>
    public required string KeyId { get; set; }
    public DateTimeOffset StoredAtUtc { get; init; }

    public VaultCell NarrativeCell => new(Table, nameof(Narrative), Id);

    byte[] ISealed.Sealed { get => Narrative; set => Narrative = value; }
    VaultCell ISealed.Cell => NarrativeCell;
}

/// <summary>The tables of the vault. Internal: the way in is <see cref="VaultDoor"/>.</summary>
internal abstract class VaultDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<VisitReference> VisitReferences => Set<VisitReference>();
    public DbSet<SafetyNarrative> SafetyNarratives => Set<SafetyNarrative>();

    protected override void OnModelCreating(ModelBuilder b)
    {
        var sqlite = Database.IsSqlite();
        if (!sqlite) b.HasDefaultSchema("vault");
        var reference = b.Entity<VisitReference>();
        reference.ToTable(sqlite ? "vault_" + VisitReference.Table : VisitReference.Table);
        reference.Property(x => x.Id).ValueGeneratedNever();
        reference.Ignore(x => x.ReferenceCell);
        reference.HasIndex(x => x.VisitKey).IsUnique();
        reference.HasIndex(x => x.KeyId);
        var narrative = b.Entity<SafetyNarrative>();
        narrative.ToTable(sqlite ? "vault_" + SafetyNarrative.Table : SafetyNarrative.Table);
        narrative.Property(x => x.Id).ValueGeneratedNever();
        narrative.Ignore(x => x.NarrativeCell);
        narrative.HasIndex(x => x.Number).IsUnique();
        narrative.HasIndex(x => x.KeyId);
        // Microseconds since 1970 on SQLite, as in the rest of the database; PostgreSQL refuses an offset other than zero.
        foreach (var stored in new[] { reference.Property(x => x.StoredAtUtc), narrative.Property(x => x.StoredAtUtc) })
        {
            if (sqlite)
                stored.HasConversion(v => (v.UtcTicks - DateTime.UnixEpoch.Ticks) / 10, v => new DateTimeOffset(DateTime.UnixEpoch.Ticks + v * 10, TimeSpan.Zero));
            else
                stored.HasConversion(v => v.ToUniversalTime(), v => v);
        }
    }

    public static DbContextOptionsBuilder<SqliteVaultDb> Sqlite(
        Action<DbContextOptionsBuilder<SqliteVaultDb>, Action<SqliteDbContextOptionsBuilder>> use)
    {
        var b = new DbContextOptionsBuilder<SqliteVaultDb>();
        use(b, o => o.MigrationsHistoryTable("vault_EFMigrationsHistory"));
        return b;
    }

    public static DbContextOptionsBuilder<PostgresVaultDb> Postgres(
        Action<DbContextOptionsBuilder<PostgresVaultDb>, Action<NpgsqlDbContextOptionsBuilder>> use)
    {
        var b = new DbContextOptionsBuilder<PostgresVaultDb>();
        use(b, o => o.MigrationsHistoryTable("__EFMigrationsHistory", "vault"));
        return b;
    }

    /// <summary>Nothing of a value may end in a log, whoever turns logging up.</summary>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.EnableSensitiveDataLogging(false);
}

internal sealed class SqliteVaultDb(DbContextOptions<SqliteVaultDb> options) : VaultDb(options);

internal sealed class PostgresVaultDb(DbContextOptions<PostgresVaultDb> options) : VaultDb(options);

/// <summary>Used by <c>scripts/add-migration</c> only.</summary>
internal sealed class SqliteVaultDesignTime : IDesignTimeDbContextFactory<SqliteVaultDb>
{
    public SqliteVaultDb CreateDbContext(string[] args) => new(VaultDb.Sqlite((b, o) => b.UseSqlite("Data Source=design-time.db", o)).Options);
}

/// <summary>Used by <c>scripts/add-migration</c> only.</summary>
internal sealed class PostgresVaultDesignTime : IDesignTimeDbContextFactory<PostgresVaultDb>
{
    public PostgresVaultDb CreateDbContext(string[] args) => new(VaultDb.Postgres((b, o) => b.UseNpgsql("Host=127.0.0.1;Database=design", o)).Options);
}

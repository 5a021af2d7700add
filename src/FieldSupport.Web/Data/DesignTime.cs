using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace FieldSupport.Web.Data;

/// <summary>Used by <c>scripts/add-migration</c> only. Carries the Identity schema version, which the model takes from the services.</summary>
internal static class DesignTime
{
    public static IServiceProvider Services() => new ServiceCollection()
        .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
        .BuildServiceProvider();
}

internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<SqliteDb>().UseSqlite("Data Source=design-time.db").UseApplicationServiceProvider(DesignTime.Services()).Options,
        Scope.System);
}

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<PostgresDb>().UseNpgsql("Host=127.0.0.1;Database=design").UseApplicationServiceProvider(DesignTime.Services()).Options,
        Scope.System);
}

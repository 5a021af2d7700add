using FieldSupport.Bench.Floor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FieldSupport.Bench
{
    /// <summary>
    /// The least that is still EF and Razor: fifty rows of the deliveries' own table along the index of the list, not tracked, in a table without a layout;
    /// and one parcel with its ten scans. Nobody signs in, nothing is joined, counted, scoped or asked of anybody.
    /// </summary>
    internal static class PageFloor
    {
        public const string Verb = "page-floor";

        public static async Task ServeAsync(string provider, string connectionString)
        {
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddDbContext<FloorDb>(o => _ = string.Equals(provider, nameof(DatabaseProvider.Sqlite), StringComparison.Ordinal) ? o.UseSqlite(connectionString) : o.UseNpgsql(connectionString));
            // The product's own pages come along with its assembly; none of them belongs here.
            builder.Services.AddControllersWithViews().ConfigureApplicationPartManager(parts =>
            {
                var own = typeof(PageFloor).Assembly;
                parts.ApplicationParts.Clear();
                parts.ApplicationParts.Add(new AssemblyPart(own));
                parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(own));
            });
            var app = builder.Build();
            app.MapControllers();
            await app.RunAsync();
        }
    }
}

namespace FieldSupport.Bench.Floor
{
    public sealed class FloorDelivery
    {
        public Guid Id { get; set; }
        public required string Number { get; set; }
        public required string TerritoryCode { get; set; }
        public string? Outlook { get; set; }
        public string? Severity { get; set; }
        public string? EstimateSource { get; set; }
        public int SortRank { get; set; }
        public double SortSlack { get; set; }
        public double? SlackHours { get; set; }
        public long? NeedBy { get; set; }
        public bool IsOpen { get; set; }
    }

    public sealed class FloorParcel
    {
        public Guid Id { get; set; }
        public required string Number { get; set; }
        public string? Carrier { get; set; }
        public string? Tracking { get; set; }
        public List<FloorScan> Scans { get; set; } = [];
    }

    public sealed class FloorScan
    {
        public Guid Id { get; set; }
        public Guid? ShipmentId { get; set; }
        public long Arrival { get; set; }
        public string? Code { get; set; }
        public string? Text { get; set; }
        public string? City { get; set; }
        public string? State { get; set; }
    }

    public sealed class FloorDb(DbContextOptions<FloorDb> options) : DbContext(options)
    {
        public DbSet<FloorDelivery> Deliveries => Set<FloorDelivery>();
        public DbSet<FloorParcel> Parcels => Set<FloorParcel>();

        protected override void OnModelCreating(ModelBuilder b)
        {
            var rows = b.Entity<FloorDelivery>().ToTable("Deliveries");
            if (Database.IsSqlite()) rows.Property(d => d.NeedBy).HasColumnName("NeedByUtc");
            // Another type there, and none that a floor needs converted.
            else rows.Ignore(d => d.NeedBy);
            b.Entity<FloorParcel>().ToTable("Shipments").HasMany(p => p.Scans).WithOne().HasForeignKey(s => s.ShipmentId);
            b.Entity<FloorScan>().ToTable("TrackingEvents");
        }
    }

    public sealed class FloorController(FloorDb db) : Controller
    {
        [HttpGet("/list")]
        public async Task<IActionResult> List() =>
            View("/Floor/FloorList.cshtml", await db.Deliveries.AsNoTracking().Where(d => d.IsOpen).OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).Take(50).ToListAsync(HttpContext.RequestAborted));

        [HttpGet("/parcel/{number}")]
        public async Task<IActionResult> Parcel(string number) =>
            View("/Floor/FloorParcel.cshtml", await db.Parcels.AsNoTracking().Include(p => p.Scans.OrderBy(s => s.Arrival)).SingleAsync(p => p.Number == number, HttpContext.RequestAborted));
    }
}

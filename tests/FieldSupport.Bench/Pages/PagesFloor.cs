using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FieldSupport.Bench;

/// <summary>
/// The pages that anybody would write first: one query of EF Core by an index, one Razor view without a layout. No sign-in, no scope, no
/// header, no filter, no count, no rule. Pooled contexts, nothing tracked.
/// </summary>
internal static class PagesFloor
{
    public const string Verb = "pages-floor";

    public static async Task ServeAsync(string provider, string connectionString)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDbContextPool<BareDb>(o => _ = string.Equals(provider, nameof(DatabaseProvider.Sqlite), StringComparison.Ordinal) ? o.UseSqlite(connectionString) : o.UseNpgsql(connectionString));
        builder.Services.AddControllersWithViews().ConfigureApplicationPartManager(parts =>
        {
            // The product is among this program's references; its pages are not what is served here.
            foreach (var part in parts.ApplicationParts.Where(p => p.Name.StartsWith("FieldSupport.Web", StringComparison.Ordinal)).ToList()) parts.ApplicationParts.Remove(part);
        });
        var app = builder.Build();
        app.MapControllers();
        await app.RunAsync();
    }
}

/// <summary>Public, or MVC does not find it.</summary>
public sealed class BareController : Controller
{
    [HttpGet("/list")]
    public async Task<IActionResult> List([FromServices] IServiceProvider services)
    {
        var db = services.GetRequiredService<BareDb>();
        return View("/Pages/BareList.cshtml", await db.Deliveries.AsNoTracking().Where(d => d.IsOpen).OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number)
            .Take(50).Include(d => d.Account).ToListAsync());
    }

    [HttpGet("/detail/{number}")]
    public async Task<IActionResult> Detail(string number, [FromServices] IServiceProvider services)
    {
        var db = services.GetRequiredService<BareDb>();
        return View("/Pages/BareDetail.cshtml", await db.Shipments.AsNoTracking().Include(s => s.Account).Include(s => s.Order).Include(s => s.Events).SingleAsync(s => s.Number == number));
    }
}

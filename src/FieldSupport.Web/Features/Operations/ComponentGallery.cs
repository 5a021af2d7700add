using FieldSupport.Web.Ui;
using FieldSupport.Web.Access;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Operations;

/// <summary>Every component in every state, for the accessibility run and for whoever writes a page. In Development only.</summary>
[AllowsAnyone("components with invented values; Development only")]
public sealed class ComponentGalleryController(IWebHostEnvironment environment, TimeProvider time) : Controller
{
    [HttpGet("/dev/ui")]
    public IActionResult Show(string? role)
    {
        if (!environment.IsDevelopment())
            return NotFound();
        ViewData["fs.role"] = role ?? "logistics";
        ModelState.AddModelError("Contact", "Say who you spoke to.");
        ModelState.AddModelError("FollowUp", "Choose a time that lies ahead.");
        return View("ComponentGallery", new ComponentGallery(time.GetUtcNow()));
    }
}

public sealed record ComponentGallery(DateTimeOffset Now)
{
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    public DateTimeOffset? In(double hours) => Now.AddHours(hours);
    public DateOnly Today => When.DayOf(Now, Zone);
}

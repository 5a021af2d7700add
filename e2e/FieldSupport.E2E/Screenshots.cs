namespace FieldSupport.E2E;

/// <summary>Pictures for people to look at, in a folder that is not tracked: artefacts/screens.</summary>
public static class Screenshots
{
    public static async Task<string> Take(IPage page, string name)
    {
        var path = Repository.PathOf("artefacts", "screens", $"{name}.png");
        await page.ScreenshotAsync(new() { Path = path, FullPage = true, Animations = ScreenshotAnimations.Disabled });
        return path;
    }
}

namespace FieldSupport.E2E;

/// <summary>Pictures for people to look at, in a folder that is not tracked: artefacts/screens. None with FIELDSUPPORT_SCREENSHOTS=0, where nobody will look.</summary>
public static class Screenshots
{
    public static async Task<string> Take(IPage page, string name)
    {
        var path = Repository.PathOf("artefacts", "screens", $"{name}.png");
        if (Environment.GetEnvironmentVariable("FIELDSUPPORT_SCREENSHOTS") != "0")
            await page.ScreenshotAsync(new() { Path = path, FullPage = true, Animations = ScreenshotAnimations.Disabled });
        return path;
    }
}

namespace FieldSupport.E2E;

/// <summary>Pictures for people to look at, in a folder that is not tracked: artefacts/screens. None with FIELDSUPPORT_SCREENSHOTS=0, where nobody will look.</summary>
public static class Screenshots
{
    public static async Task Take(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FIELDSUPPORT_SCREENSHOTS") == "0") return;
        await page.ScreenshotAsync(new() { Path = Repository.PathOf("artefacts", "screens", $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace FieldSupport.Web.Ui;

/// <summary>What a command leaves for the next page. <paramref name="UndoAddress"/> is posted to; a toast with undo stays until dismissed.</summary>
public sealed record Toast(string Words, string? UndoAddress = null, string Icon = "ok");

public static class Toasts
{
    public const string Key = "fs.toast";

    /// <summary>Leaves a toast for the page that follows the redirect.</summary>
    public static void Toast(this ITempDataDictionary tempData, string words, string? undoAddress = null, string icon = "ok") =>
        tempData[Key] = JsonSerializer.Serialize(new Toast(words, undoAddress, icon));

    /// <summary>Takes the waiting toast, which is gone afterwards. Plain words left under the key are a toast too.</summary>
    public static Toast? Take(ITempDataDictionary tempData)
    {
        if (tempData[Key] is not string left || left.Length == 0)
            return null;
        return left[0] == '{' ? JsonSerializer.Deserialize<Toast>(left) : new Toast(left);
    }
}

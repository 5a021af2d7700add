using System.Text.Json;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Ui;

/// <summary>What fs.js says by itself, for a page that is not English; the script looks each up by its English.</summary>
public static class ScriptWords
{
    public static IReadOnlyList<string> All { get; } =
    [
        "Copied", "Copy was refused: select the text instead", "There are changes.", "Show", "Not refreshed since {0}.", "Try again", "Turn single keys on", "Turn single keys off", "Error: ",
    ];

    public static string Json() => JsonSerializer.Serialize(All.ToDictionary(words => words, Say.It));
}

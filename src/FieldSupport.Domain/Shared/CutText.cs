namespace FieldSupport.Domain.Shared;

/// <summary>Texts that are too long to be kept or repeated whole. A character of two halves (an emoji) is left out rather than halved: half of one is no text, and PostgreSQL keeps none.</summary>
public static class CutText
{
    /// <summary>The first <paramref name="most"/> UTF-16 units, or one fewer; the text itself when it is no longer.</summary>
    public static string To(string text, int most) => text.Length <= most ? text : text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The same, with "…" where something was left out.</summary>
    public static string Short(string text, int most) => text.Length <= most ? text : To(text, most) + "…";
}

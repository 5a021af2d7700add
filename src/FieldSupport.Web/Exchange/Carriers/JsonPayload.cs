using System.Text.Json;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>Reading JSON whose shape nobody promised: what is missing or of another kind is null, never a fault.</summary>
internal static class JsonPayload
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = PayloadShape.MaxDepth };

    /// <summary>Opens a payload that is refused cleanly where it is broken.</summary>
    public static CarrierReading Open(string source, ReadOnlyMemory<byte> payload, Func<JsonElement, CarrierReading> read)
    {
        var shape = PayloadShape.OfJson(payload);
        if (shape.Error is { } error) return CarrierReading.Refused(source, error);
        using var document = JsonDocument.Parse(PayloadShape.ToUtf8(payload), Options);
        return read(document.RootElement);
    }

    public static JsonElement? Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) && child.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? child : null;

    public static JsonElement? Child(this JsonElement? element, string name) => element is { } e ? e.Child(name) : null;

    /// <summary>Text of a string or number, trimmed; null where it is neither or blank. A NUL, which PostgreSQL cannot keep, is marked; the raw message has it.</summary>
    public static string? Text(this JsonElement element, string name) => element.Child(name) is not { } child ? null : child.ValueKind switch
    {
        JsonValueKind.String => child.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim().Replace('\0', '\uFFFD') : null,
        JsonValueKind.Number => child.GetRawText(),
        _ => null,
    };

    public static string? Text(this JsonElement? element, string name) => element is { } e ? e.Text(name) : null;

    public static bool Is(this JsonElement element, string name) => element.Child(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The objects of an array; an object alone counts as an array of one.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.Child(name) is not { } child ? [] : child.ValueKind switch
    {
        JsonValueKind.Array => child.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object),
        JsonValueKind.Object => [child],
        _ => [],
    };

    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name) => element is { } e ? e.Items(name) : [];
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FieldSupport.Web.Features.Api;

/// <summary>ISO 8601 with an offset or Z; without one nobody knows which instant is meant, and it is refused as malformed.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null && Exchange.Csv.Instants.Read(text) is { } at ? at : throw new JsonException("Write an instant like 2027-02-01T10:05:00-06:00.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString("O", CultureInfo.InvariantCulture));
}

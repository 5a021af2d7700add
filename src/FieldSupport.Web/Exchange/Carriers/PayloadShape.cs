using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using System.Xml;
using FieldSupport.Web.Exchange.Csv;

namespace FieldSupport.Web.Exchange.Carriers;

public enum PayloadKind { Unknown, Json, Xml, Csv }

/// <summary>
/// What a payload looks like from outside, and whether it is well-formed: JSON names to the second level ("data.tracking"), the XML root,
/// the CSV header. Everything that can hurt a parser (depth, size, DTDs, broken text) is refused here, with its place.
/// </summary>
public sealed record PayloadShape
{
    public const int MaxDepth = 64, MaxBytes = 64 * 1024 * 1024, MaxMarkupBytes = 16 * 1024 * 1024;

    public required PayloadKind Kind { get; init; }
    public IReadOnlySet<string> Names { get; init; } = new HashSet<string>();
    /// <summary>String values at the root of a JSON object, the short ones: "object", "event".</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
    public string? RootElement { get; init; }
    public IReadOnlyList<string> Header { get; init; } = [];
    public ReadingError? Error { get; init; }

    public bool Has(string name) => Names.Contains(name);

    public static PayloadShape Of(ReadOnlyMemory<byte> payload)
    {
        var span = payload.Span;
        var utf16 = IsUtf16(span);
        var first = utf16 ? FirstChar16(span) : FirstChar8(span);
        return first switch
        {
            null => new PayloadShape { Kind = PayloadKind.Unknown, Error = new ReadingError(1, "1", "EMPTY", "The payload is empty.") },
            '{' or '[' => OfJson(payload),
            '<' => OfXml(payload),
            _ => OfText(payload),
        };
    }

    /// <summary>Reads it as JSON whatever it looks like: for addresses where nothing else may come.</summary>
    public static PayloadShape OfJson(ReadOnlyMemory<byte> payload)
    {
        PayloadShape Bad(ReadingError error) => new() { Kind = PayloadKind.Json, Error = error };
        if (payload.Length > MaxMarkupBytes) return Bad(TooLarge());
        var utf8 = ToUtf8(payload).Span;
        if (!Utf8.IsValid(utf8)) return Bad(At(utf8, ValidUpTo(utf8), "ENCODING_INVALID", "The text is not valid UTF-8."));
        var names = new HashSet<string>();
        var words = new Dictionary<string, string>();
        // The reader's own limit is higher, so that "too deep" can be told from "broken".
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
        string? parent = null, name = null;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= MaxDepth) return Bad(At(utf8, reader.TokenStartIndex, "JSON_TOO_DEEP", $"Nested deeper than {MaxDepth} levels."));
                // Half a surrogate pair is legal JSON and no text; found here, it has a place.
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && (reader.ValueIsEscaped || reader.CurrentDepth <= 2) && Text(ref reader) is var text)
                {
                    if (text is null) return Bad(At(utf8, reader.TokenStartIndex, "JSON_BAD_TEXT", "A string holds half a character."));
                    if (reader.TokenType == JsonTokenType.PropertyName)
                    {
                        name = text;
                        if (reader.CurrentDepth == 1) { names.Add(text); parent = text; }
                        else if (reader.CurrentDepth == 2) names.Add($"{parent}.{text}");
                    }
                    else if (reader.CurrentDepth == 1 && name is not null && text.Length <= 64) words[name] = text;
                }
            }
        }
        catch (JsonException e)
        {
            return Bad(new ReadingError((int)(e.LineNumber ?? 0) + 1, ((e.BytePositionInLine ?? 0) + 1).ToString(CultureInfo.InvariantCulture), "JSON_MALFORMED", "The text is not JSON from here on."));
        }
        return new PayloadShape { Kind = PayloadKind.Json, Names = names, Words = words };
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        try { return reader.GetString(); }
        catch (InvalidOperationException) { return null; }
    }

    private static PayloadShape OfXml(ReadOnlyMemory<byte> payload)
    {
        PayloadShape Bad(ReadingError error) => new() { Kind = PayloadKind.Xml, Error = error };
        if (payload.Length > MaxMarkupBytes) return Bad(TooLarge());
        string? root = null;
        try
        {
            using var reader = OpenXml(payload);
            while (reader.Read())
            {
                if (reader.Depth > MaxDepth) return Bad(new ReadingError(((IXmlLineInfo)reader).LineNumber, ((IXmlLineInfo)reader).LinePosition.ToString(CultureInfo.InvariantCulture), "XML_TOO_DEEP", $"Nested deeper than {MaxDepth} levels."));
                if (root is null && reader.NodeType == XmlNodeType.Element) root = reader.LocalName;
            }
        }
        catch (XmlException e)
        {
            // The parser tells no place for a refused document type; where it stands is plain to see.
            if (e.Message.Contains("DTD", StringComparison.OrdinalIgnoreCase))
            {
                var utf8 = ToUtf8(payload).Span;
                return Bad(At(utf8, Math.Max(utf8.IndexOf("<!DOCTYPE"u8), 0), "XML_DTD", "Document types and entities are refused."));
            }
            return Bad(new ReadingError(Math.Max(e.LineNumber, 1), Math.Max(e.LinePosition, 1).ToString(CultureInfo.InvariantCulture), "XML_MALFORMED", "The text is not well-formed XML from here on."));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or DecoderFallbackException)
        {
            return Bad(new ReadingError(1, "1", "ENCODING_INVALID", "The text is not in the encoding it names, or that encoding is not supported."));
        }
        return new PayloadShape { Kind = PayloadKind.Xml, RootElement = root };
    }

    private static PayloadShape OfText(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > MaxBytes) return new PayloadShape { Kind = PayloadKind.Unknown, Error = TooLarge() };
        using var reader = OpenText(new ReadOnlyMemoryStream(payload));
        var line = new char[4096];
        int length;
        try { length = reader.ReadBlock(line, 0, line.Length); }
        catch (DecoderFallbackException) { length = 0; }
        var header = new string(line, 0, length).TrimStart().Split('\n', 2)[0].Trim();
        var names = header.Split(',').Select(h => h.Trim().Trim('"').Trim()).ToList();
        // Any text may hold a semicolon; one among whose pieces is our own column is our table.
        if (Separators.Problem(header) is { } separated && Separators.Headings(header).Contains("tracking", StringComparer.OrdinalIgnoreCase))
            return new PayloadShape { Kind = PayloadKind.Unknown, Error = new ReadingError(1, null, Separators.Code, separated) };
        return new PayloadShape { Kind = names.Count > 1 ? PayloadKind.Csv : PayloadKind.Unknown, Header = names };
    }

    internal static XmlReader OpenXml(ReadOnlyMemory<byte> payload)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxMarkupBytes, MaxCharactersFromEntities = 1024,
            IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true,
        };
        // With UTF-16 the declaration may still say UTF-8; the byte order mark is the truth.
        return IsUtf16(payload.Span) ? XmlReader.Create(new StringReader(Decode16(payload.Span)), settings) : XmlReader.Create(new ReadOnlyMemoryStream(payload), settings);
    }

    internal static StreamReader OpenText(Stream stream) =>
        new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, bufferSize: 16 * 1024, leaveOpen: true);

    /// <summary>The payload as UTF-8 without a byte order mark.</summary>
    internal static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> payload) =>
        IsUtf16(payload.Span) ? Encoding.UTF8.GetBytes(Decode16(payload.Span)) : HasUtf8Mark(payload.Span) ? payload[3..] : payload;

    private static string Decode16(ReadOnlySpan<byte> bytes) => (bytes[0] == 0xFE ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(bytes[2..]);
    private static bool IsUtf16(ReadOnlySpan<byte> b) => b.Length >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF));
    private static bool HasUtf8Mark(ReadOnlySpan<byte> b) => b.Length >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF;

    private static char? FirstChar8(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in HasUtf8Mark(bytes) ? bytes[3..] : bytes)
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return (char)b;
        return null;
    }

    private static char? FirstChar16(ReadOnlySpan<byte> bytes)
    {
        var big = bytes[0] == 0xFE;
        for (var i = 2; i + 1 < bytes.Length; i += 2)
        {
            var c = (char)(big ? (bytes[i] << 8) | bytes[i + 1] : bytes[i] | (bytes[i + 1] << 8));
            if (!char.IsWhiteSpace(c)) return c;
        }
        return null;
    }

    private static ReadingError TooLarge() => new(null, null, "TOO_LARGE", "The payload is larger than any carrier sends.");

    private static int ValidUpTo(ReadOnlySpan<byte> utf8)
    {
        var (low, high) = (0, utf8.Length);
        while (low < utf8.Length)
        {
            if (Rune.DecodeFromUtf8(utf8[low..high], out _, out var used) != System.Buffers.OperationStatus.Done) break;
            low += used;
        }
        return low;
    }

    private static ReadingError At(ReadOnlySpan<byte> utf8, long index, string code, string message)
    {
        var before = utf8[..(int)index];
        var line = before.Count((byte)'\n') + 1;
        return new ReadingError(line, (before.Length - before.LastIndexOf((byte)'\n')).ToString(CultureInfo.InvariantCulture), code, message);
    }
}

/// <summary>A payload in memory, read as a stream without copying it.</summary>
internal sealed class ReadOnlyMemoryStream(ReadOnlyMemory<byte> bytes) : Stream
{
    private int position;
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => bytes.Length;
    public override long Position { get => position; set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override int Read(Span<byte> buffer)
    {
        var n = Math.Min(buffer.Length, bytes.Length - position);
        bytes.Span.Slice(position, n).CopyTo(buffer);
        position += n;
        return n;
    }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

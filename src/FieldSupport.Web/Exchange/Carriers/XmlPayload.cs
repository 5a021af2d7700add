using System.Xml;
using System.Xml.Linq;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>Reading XML by local names: namespaces change with each version of a carrier's interface.</summary>
internal static class XmlPayload
{
    public static CarrierReading Open(string source, ReadOnlyMemory<byte> payload, Func<XElement, CarrierReading> read)
    {
        var shape = PayloadShape.Of(payload);
        if (shape.Error is { } error) return CarrierReading.Refused(source, error);
        if (shape.Kind != PayloadKind.Xml) return CarrierReading.Refused(source, new ReadingError(1, "1", "XML_MALFORMED", "The text is not XML."));
        using var reader = PayloadShape.OpenXml(payload);
        return read(XDocument.Load(reader).Root!);
    }

    public static IEnumerable<XElement> Items(this XElement? element, string name) => element?.Elements().Where(e => e.Name.LocalName == name) ?? [];
    public static XElement? Child(this XElement? element, string name) => element.Items(name).FirstOrDefault();
    public static string? Text(this XElement? element, string name) => element.Child(name)?.Value.Trim() is { Length: > 0 } text ? text : null;
    public static IEnumerable<XElement> Deep(this XElement element, string name) => element.DescendantsAndSelf().Where(e => e.Name.LocalName == name);
}

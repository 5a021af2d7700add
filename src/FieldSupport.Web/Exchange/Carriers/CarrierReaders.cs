namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>All carrier formats. Another carrier is one reader more in <see cref="All"/>.</summary>
public static class CarrierReaders
{
    /// <summary>Asked in this order; the first that recognises the shape reads it.</summary>
    public static readonly IReadOnlyList<ICarrierReader> All =
        [new EasyPostReader(), new FedExJsonReader(), new UpsJsonReader(), new AfterShipReader(), new ShippoReader(), new FedExXmlReader(), new UspsXmlReader(), new OwnCsvReader()];

    /// <summary>Detects the source and reads; a payload nobody knows is the error FORMAT_UNKNOWN.</summary>
    public static CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context)
    {
        var shape = PayloadShape.Of(payload);
        if (shape.Error is { } error) return CarrierReading.Refused("unknown", error);
        return Detect(shape)?.Read(payload, context)
            ?? CarrierReading.Refused("unknown", new ReadingError(1, "1", "FORMAT_UNKNOWN", "No carrier or aggregator format that is known here."));
    }

    /// <summary>The reader of a shape, or null.</summary>
    public static ICarrierReader? Detect(PayloadShape shape) => All.FirstOrDefault(r => r.Recognises(shape));
}

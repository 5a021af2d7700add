using FieldSupport.Domain.Shipments;
using Xunit;

namespace FieldSupport.Domain.Tests.Shipments;

public sealed class Gs1Tests
{
    private const string Gtin = "00370121250319";
    private static readonly Gs1Reading Vector = new(Gtin, new DateOnly(2028, 5, 31), "L7A", "SN0001", LotMayRunOn: false);

    [Theory]
    [InlineData("01003701212503191728053110L7A<GS>21SN0001")] // domain.md §10
    [InlineData("01003701212503191728053110L7A\u001d21SN0001")]
    [InlineData("]d201003701212503191728053110L7A\u001d21SN0001")]
    [InlineData("\u001d01003701212503191728053110L7A\u001d21SN0001\r\n")]
    [InlineData("(01)00370121250319(17)280531(10)L7A(21)SN0001")]
    [InlineData("(01) 00370121250319 (17) 280531 (10) L7A (21) SN0001")]
    [InlineData("21SN0001<GS>01003701212503191728053110L7A")]
    [InlineData("0100370121250319112601011728053110L7A␝21SN0001")]
    public void A_carton_is_read_whatever_way_the_scanner_types_it(string scanned) => Assert.Equal(Vector, Gs1.Parse(scanned).Value);

    [Fact]
    public void Without_separators_the_last_field_ends_with_the_code() =>
        Assert.Equal(Vector with { Serial = null }, Gs1.Parse("01003701212503191728053110L7A").Value);

    [Fact]
    public void A_lot_that_may_have_swallowed_the_serial_number_says_so()
    {
        var reading = Gs1.Parse("01003701212503191728053110L7A21SN0001").Value;
        Assert.Equal(("L7A21SN0001", true), (reading.Lot, reading.LotMayRunOn));
    }

    [Fact]
    public void Day_00_is_the_last_of_the_month() => Assert.Equal(new DateOnly(2028, 2, 29), Gs1.Parse("0100370121250319" + "17280200").Value.ExpiryOn);

    [Theory]
    [InlineData("", "gs1.empty")]
    [InlineData("   ", "gs1.empty")]
    [InlineData("hello", "gs1.unknown")]
    [InlineData("https://example.org/01/00370121250319", "gs1.unknown")]
    [InlineData("01003701", "gs1.short")]
    [InlineData("0100370121250318", "gs1.check-digit")]
    [InlineData("010037012125031A", "gs1.short")]
    [InlineData("010037012125031917281301", "gs1.expiry")]
    [InlineData("010037012125031917280231", "gs1.expiry")]
    [InlineData("010037012125031910", "gs1.short")]
    [InlineData("0100370121250319101234567890123456789021ABC", "gs1.long")]
    [InlineData("0", "gs1.short")]
    public void What_is_no_code_of_a_carton_is_refused_in_a_sentence(string scanned, string code)
    {
        var refusal = Gs1.Parse(scanned).Refusal;
        Assert.Equal(code, refusal?.Code);
        Assert.EndsWith(".", refusal!.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("70121-2503-01", true)]
    [InlineData("70121-2503-1", true)]
    [InlineData("70121-2501-01", false)]
    [InlineData("70121-2505-02", false)]
    [InlineData("rubbish", false)]
    public void A_gtin_is_of_the_item_whose_ten_digits_it_holds(string ndc, bool isOf) => Assert.Equal(isOf, Gs1.IsOf(Gtin, ndc));
}

using System.Globalization;
using System.Text;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Carriers;

namespace FieldSupport.Web.Tests.Exchange;

public class OwnCsvReaderTests
{
    private const string Header = "carrier,tracking,eventAt,code,city,state,zip,signedBy";
    private static readonly ReadingContext Context = new(Utc("2027-02-05T12:00:00Z"), (_, _) => null);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    private static CarrierReading Read(string text) => CarrierReaders.Read(Encoding.UTF8.GetBytes(text), Context);

    [Fact]
    public void Rows_become_trackers_in_order_of_arrival()
    {
        var reading = Read($"{Header},eta\nfedex,7712,2027-02-03T20:00:00-06:00,DELIVERED,Nashville,TN,37201,R. Ortiz,\nfedex,7712,2027-02-02T21:14:00-06:00,in_transit,Memphis,TN,38101,,2027-02-03\nUPS,1Z,2027-02-02T10:00:00Z,EXCEPTION:weather,,,,,2027-02-03T22:00:00Z\n");
        Assert.Empty(reading.Errors);
        Assert.Equal(2, reading.Trackers.Count);
        var t = reading.Trackers[0];
        Assert.Equal(("Csv", "FedEx", "7712", Milestone.Delivered, Utc("2027-02-04T02:00:00Z"), "R. Ortiz"), (t.Source, t.Carrier, t.Tracking, t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.SignedBy));
        Assert.Equal(new DateOnly(2027, 2, 3), t.EstimateOn);
        var e = Assert.Single(reading.Trackers[1].Events);
        Assert.Equal((Milestone.Exception, ExceptionClass.Weather, Utc("2027-02-03T22:00:00Z")), (e.Milestone, e.Exception!.Value, e.EstimateAtUtc!.Value));
    }

    [Theory]
    [InlineData("\uFEFF", "utf-8")]
    [InlineData("", "utf-8")]
    [InlineData("\uFEFF", "utf-16")]
    [InlineData("\uFEFF", "utf-16BE")]
    public void Header_names_in_any_case_and_order_and_every_encoding(string mark, string encoding)
    {
        var text = mark + "CODE,Tracking,EVENTAT,\"Carrier\",signedby,City\r\nDELIVERED,7712,2027-02-03T10:00Z,FedEx,\"Zoë, \"\"Z\"\"\",\"a\r\nb\"\r\n";
        var reading = CarrierReaders.Read(Encoding.GetEncoding(encoding).GetBytes(text), Context);
        Assert.Empty(reading.Errors);
        Assert.Equal(("Zoë, \"Z\"", "a\r\nb"), (Assert.Single(reading.Trackers).SignedBy, reading.Trackers[0].Events[0].City));
    }

    [Theory]
    [InlineData("PICKED_UP", Milestone.PickedUp, false)]
    [InlineData("EXCEPTION", Milestone.Exception, false)]
    [InlineData("UNKNOWN", Milestone.Unknown, false)]
    [InlineData("DP", Milestone.Unknown, true)]
    [InlineData("EXCEPTION:ufo", Milestone.Unknown, true)]
    [InlineData("DELIVERED:weather", Milestone.Unknown, true)]
    [InlineData("RECOVERED", Milestone.Unknown, true)]
    [InlineData("DELIVERY_RETRACTED", Milestone.Unknown, true)]
    [InlineData("3", Milestone.Unknown, true)]
    public void A_code_is_a_milestone_or_unknown_and_flagged(string code, Milestone milestone, bool flagged)
    {
        var t = Assert.Single(Read($"{Header}\nFedEx,1,2027-02-03T10:00:00Z,{code},,,,\n").Trackers);
        Assert.Equal((milestone, flagged, code), (t.Events[0].Milestone, t.Flags.Contains(TrackingFlags.UnknownCode), t.Events[0].Code));
    }

    [Fact]
    public void A_local_time_is_read_at_its_place_or_assumed_UTC_and_flagged()
    {
        var rows = Read($"{Header}\nFedEx,1,2027-02-03T10:00:00,IN_TRANSIT,,,37201,\nFedEx,1,2027-02-03T10:00:00,IN_TRANSIT,,,,\n").Trackers[0];
        Assert.Equal([Utc("2027-02-03T16:00:00Z"), Utc("2027-02-03T10:00:00Z")], rows.Events.Select(e => e.AtUtc!.Value));
        Assert.Equal([TrackingFlags.ZoneAssumed], rows.Flags);
    }

    [Theory]
    [InlineData("FedEx,1,yesterday,DELIVERED,,,,", "eventAt", "TIME_INVALID")]
    [InlineData("FedEx,1,2027-02-03,DELIVERED,,,,", "eventAt", "TIME_INVALID")]
    [InlineData("FedEx,1,2027-02-30T10:00:00Z,DELIVERED,,,,", "eventAt", "TIME_INVALID")]
    [InlineData("FedEx,,2027-02-03T10:00:00Z,DELIVERED,,,,", "tracking", "FIELD_EMPTY")]
    [InlineData("FedEx,1,,DELIVERED,,,,", "eventAt", "FIELD_EMPTY")]
    [InlineData("FedEx,1", "eventAt", "FIELD_EMPTY")]
    [InlineData("FedEx,1,2027-02-03T10:00:00Z,DELIVERED,,,,,,,", "signedBy", "ROW_TOO_LONG")]
    public void A_bad_row_names_its_place_and_the_others_are_read(string row, string column, string code)
    {
        var reading = Read($"{Header}\nFedEx,1,2027-02-03T09:00:00Z,IN_TRANSIT,,,,\n\n{row}\nFedEx,1,2027-02-03T11:00:00Z,DELIVERED,,,,\n");
        Assert.Equal((4, column, code), (Assert.Single(reading.Errors).Line!.Value, reading.Errors[0].Column, reading.Errors[0].Code));
        Assert.Equal((2, Milestone.Delivered), (Assert.Single(reading.Trackers).Events.Count, reading.Trackers[0].Milestone!.Value));
    }

    [Theory]
    [InlineData("carrier,tracking,code\nFedEx,1,DELIVERED\n", "COLUMN_MISSING")]
    [InlineData("carrier,tracking,eventAt,code,Code\n", "COLUMN_TWICE")]
    public void A_header_that_cannot_be_read_is_one_error(string text, string code) => Assert.Equal(code, Assert.Single(Read(text).Errors).Code);

    [Fact]
    public void Broken_text_ends_the_file_with_an_error_after_the_good_rows()
    {
        var good = Encoding.UTF8.GetBytes($"{Header}\n" + string.Concat(Enumerable.Repeat("FedEx,1,2027-02-03T10:00:00Z,IN_TRANSIT,,,,\n", 2000)));
        var reading = CarrierReaders.Read((byte[])[.. good, 0xC3, 0x28, (byte)'\n'], Context);
        Assert.Equal("ENCODING_INVALID", Assert.Single(reading.Errors).Code);
        Assert.NotEmpty(reading.Trackers);
        var open = Read($"{Header}\nFedEx,1,2027-02-03T10:00:00Z,IN_TRANSIT,\"{new string('x', 10_000)}");
        Assert.Equal(("FIELD_TOO_LONG", 2), (Assert.Single(open.Errors).Code, open.Errors[0].Line));
    }

    [Fact]
    public void Two_hundred_thousand_rows_stream_without_being_held()
    {
        using var rows = new Endless(200_000);
        var read = new OwnCsvReader().Rows(rows, Context).Count(r => r.Error is null);
        Assert.Equal(200_000, read);
    }

    /// <summary>A file that is made while it is read.</summary>
    private sealed class Endless(int rows) : Stream
    {
        private byte[] pending = Encoding.UTF8.GetBytes(Header + "\n");
        private int at, made;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == pending.Length)
            {
                if (made == rows) return 0;
                pending = Encoding.UTF8.GetBytes($"FedEx,{++made},2027-02-03T10:00:00Z,IN_TRANSIT,Nashville,TN,37201,\n");
                at = 0;
            }
            var n = Math.Min(count, pending.Length - at);
            pending.AsSpan(at, n).CopyTo(buffer.AsSpan(offset));
            at += n;
            return n;
        }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

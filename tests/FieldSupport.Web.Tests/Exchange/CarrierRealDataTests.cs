using System.Globalization;
using System.Text;
using System.Text.Json;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Exchange.Carriers;

namespace FieldSupport.Web.Tests.Exchange;

/// <summary>Every file of real-data/tracking gives what its README concludes.</summary>
public class CarrierRealDataTests
{
    private static readonly ReadingContext Context = new(Utc("2026-11-01T12:00:00Z"), (_, _) => null);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static CarrierReading Read(string file) => CarrierReaders.Read(File.ReadAllBytes(RealData.PathOf("tracking/" + file)), Context);

    private static TrackerReading One(string file)
    {
        var reading = Read(file);
        Assert.Empty(reading.Errors);
        Assert.False(reading.Ignorable);
        return Assert.Single(reading.Trackers);
    }

    [RealDataFact]
    public void EasyPost_webhook_is_in_transit_since_Edison()
    {
        var t = One("easypost-webhook-fedex-in-transit.json");
        Assert.Equal(("EasyPost", "FedEx", "1", "trk_1", "in_transit"), (t.Source, t.Carrier, t.Tracking, t.UniqueId, t.RawStatus));
        Assert.Equal((Milestone.InTransit, Utc("2024-08-02T18:50:00Z")), (t.Milestone!.Value, t.LastMovementAtUtc!.Value));
        Assert.Equal((new DateOnly(2024, 8, 5), null), (t.EstimateOn, t.EstimateAtUtc));
        Assert.Null(t.DeliveredAtUtc);
        Assert.Null(t.SignedBy);
        Assert.False(t.IsReturn);
        Assert.Equal((7, 0), (t.Events.Count, t.Undated));
        Assert.Empty(t.Flags);
        Assert.Equal(new DateOnly(2024, 8, 5), t.State.EstimateOn);
        Assert.True(t.CountsForState);
    }

    [RealDataFact]
    public void EasyPost_raw_body_reads_like_the_event()
    {
        Assert.Equal(One("easypost-webhook-fedex-in-transit.json").Events, One("easypost-webhook-fedex-in-transit.raw-body.bin").Events, (a, b) => a with { Flags = [] } == b with { Flags = [] });
    }

    [RealDataFact]
    public void EasyPost_pre_transit_is_a_label_without_an_estimate()
    {
        var t = One("easypost-tracker-pre-transit.json");
        Assert.Equal(Milestone.LabelCreated, t.Milestone);
        Assert.Null(t.LastMovementAtUtc);
        Assert.Null(t.EstimateOn);
        Assert.Null(t.EstimateAtUtc);
        Assert.Equal(2, t.Events.Count);
        Assert.Empty(t.Flags);
    }

    [RealDataFact]
    public void EasyPost_delivered_and_signed_stays_delivered_whatever_its_estimate()
    {
        var t = One("easypost-tracker-usps-delivered-signed.json");
        Assert.Equal((Milestone.Delivered, Utc("2024-06-26T08:12:42Z"), "John Tester"), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.SignedBy));
        Assert.Equal(("CHARLESTON", "SC", "29407"), (t.State.DeliveredCity, t.State.DeliveredState, t.State.DeliveredZip));
        Assert.Equal(8, t.Events.Count);
        Assert.Empty(t.Flags);
        Assert.Equal("29407", t.DestinationZip);
    }

    [RealDataFact]
    public void EasyPost_newest_first_is_put_in_time_order()
    {
        var t = One("easypost-tracker-short-newest-first.json");
        Assert.Equal((Milestone.Delivered, Utc("2014-07-22T10:09:00Z")), (t.Milestone!.Value, t.DeliveredAtUtc!.Value));
        Assert.Null(t.Carrier);
        Assert.Equal([Milestone.LabelCreated, Milestone.InTransit, Milestone.Delivered], t.State.InOrder.Select(f => f.Milestone));
        Assert.True(t.DeliveredWithoutSignature);
    }

    [RealDataTheory]
    [InlineData("easypost-event-without-result.json")]
    [InlineData("easypost-event-not-a-tracker.json")]
    public void EasyPost_events_that_are_not_for_us_are_ignored(string file)
    {
        var reading = Read(file);
        Assert.True(reading.Ignorable);
        Assert.NotNull(reading.IgnoredBecause);
        Assert.Empty(reading.Errors);
        Assert.Empty(reading.Trackers);
    }

    [RealDataFact]
    public void FedEx_delivered_with_signature()
    {
        var t = One("fedex-xml-delivered_with_signature.xml");
        Assert.Equal(("FedEx", "449044304137821", "12013~449044304137821~FDEG", "DL"), (t.Carrier, t.Tracking, t.UniqueId, t.RawStatus));
        Assert.Equal((Milestone.Delivered, Utc("2014-01-02T18:23:29Z"), "AVILLALON"), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.SignedBy));
        Assert.Equal((11, Utc("2013-12-30T18:15:00Z")), (t.Events.Count, t.State.FirstMovementAtUtc!.Value));
        Assert.Equal(new DateOnly(2013, 12, 30), t.ShipOn);
        Assert.Empty(t.Flags);
    }

    [RealDataFact]
    public void FedEx_exception_needs_a_person_and_has_no_estimate()
    {
        var t = One("fedex-xml-shipment_exception.xml");
        Assert.Equal(("957794015041323", "SE"), (t.Tracking, t.RawStatus));
        Assert.Equal((Milestone.Exception, ExceptionClass.Unstated, Utc("2014-01-28T23:43:08Z")), (t.State.OpenException!.Milestone, t.State.OpenException.Exception!.Value, t.State.OpenException.AtUtc));
        Assert.Equal((Milestone.InTransit, Utc("2014-01-28T16:23:34Z")), (t.Milestone!.Value, t.LastMovementAtUtc!.Value));
        Assert.Equal((8, null, null), (t.Events.Count, t.EstimateOn, t.EstimateAtUtc));
        Assert.Equal([TrackingFlags.UnknownCode], t.Flags); // IP, in FedEx possession, is in no table
        Assert.Contains("Unable to deliver (099)", t.Events[0].Text, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void FedEx_in_transit_abroad_ignores_the_note_about_signature_images()
    {
        var t = One("fedex-xml-in_transit.xml");
        Assert.Equal((Milestone.InTransit, Utc("2014-11-18T07:13:00Z")), (t.Milestone!.Value, t.LastMovementAtUtc!.Value));
        Assert.Single(t.Events);
        Assert.Null(t.Events[0].State);
        Assert.Empty(t.Flags);
    }

    [RealDataFact]
    public void FedEx_one_number_of_three_shipments_is_never_merged()
    {
        var trackers = Read("fedex-xml-multiple_results.xml").Trackers;
        Assert.Equal(3, trackers.Count);
        Assert.Equal(3, trackers.Select(t => t.UniqueId).Distinct().Count());
        Assert.All(trackers, t => Assert.Equal(("123456789012", TrackingFlags.DuplicateNumber, null, false), (t.Tracking, Assert.Single(t.Flags), t.Milestone, t.CountsForState)));
        Assert.Equal([new DateOnly(2014, 11, 25), new DateOnly(2014, 11, 17), new DateOnly(2014, 11, 25)], trackers.Select(t => t.ShipOn!.Value));
    }

    [RealDataTheory]
    [InlineData("fedex-xml-not_found.xml", "123456789013", "NOT_FOUND")]
    [InlineData("fedex-xml-failure_code_9045.xml", "020207021381215", "CARRIER_ERROR")]
    [InlineData("fedex-xml-bad_tracking_number.xml", null, "BAD_NUMBER")]
    [InlineData("usps-xml-tracking_response_failure.xml", "9102901000462189604217", "NOT_FOUND")]
    public void A_refusal_is_a_flagged_tracker_without_a_milestone(string file, string? number, string flag)
    {
        var t = One(file);
        Assert.Equal((number, flag, null, false), (t.Tracking, Assert.Single(t.Flags), t.Milestone, t.CountsForState));
        Assert.NotNull(t.Message);
    }

    [RealDataFact]
    public void USPS_local_times_are_read_at_their_place()
    {
        var t = One("usps-xml-tracking_response.xml");
        Assert.Equal((Milestone.Delivered, Utc("2015-04-28T14:01:00Z"), null, true), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.SignedBy, t.DeliveredWithoutSignature));
        Assert.Equal((10, 0, new DateOnly(2015, 4, 28)), (t.Events.Count, t.Undated, t.EstimateOn!.Value));
        Assert.Equal([TrackingFlags.UnknownCode], t.Flags); // "Sorting Complete" says no movement
        Assert.Equal(Utc("2015-04-24T04:36:00Z"), t.State.LabelAtUtc);
        Assert.Equal(Milestone.PickedUp, t.State.InOrder[1].Milestone);
    }

    [RealDataFact]
    public void USPS_one_bad_item_does_not_lose_the_good_ones()
    {
        var reading = Read("usps-xml-tracking_response_batch.xml");
        Assert.Empty(reading.Errors);
        Assert.Equal([Milestone.Delivered, Milestone.Delivered, null, null], reading.Trackers.Select(t => t.Milestone));
        Assert.Equal([10, 2, 0, 0], reading.Trackers.Select(t => t.Events.Count));
        Assert.Equal([TrackingFlags.NotFound], reading.Trackers[2].Flags);
        Assert.Equal(("CJ422417033US", TrackingFlags.DuplicateNumber), (reading.Trackers[3].Tracking, Assert.Single(reading.Trackers[3].Flags)));
    }

    [RealDataFact]
    public void AfterShip_delivered_with_an_exception_that_is_over_and_two_without_news()
    {
        var reading = Read("aftership-GetTrackingsResult.json");
        Assert.Empty(reading.Errors);
        Assert.Equal(["FedEx", "UPS", "USPS"], reading.Trackers.Select(t => t.Carrier));
        var t = reading.Trackers[0];
        Assert.Equal((Milestone.Delivered, Utc("2018-08-01T17:19:47Z"), null), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.SignedBy));
        Assert.Equal(11, t.Events.Count);
        Assert.Single(t.Events, e => e.Milestone == Milestone.Exception);
        Assert.Null(t.State.OpenException);
        Assert.All(reading.Trackers, each => Assert.Empty(each.Flags));
        Assert.All(reading.Trackers.Skip(1), each => Assert.Equal((Milestone.Unknown, "Expired", 0, null), (each.Milestone!.Value, each.RawStatus, each.Events.Count, each.LastMovementAtUtc)));
    }

    [RealDataFact]
    public void AfterShip_just_registered_says_nothing_yet()
    {
        var t = One("aftership-CreateTrackingResult.json");
        Assert.Equal((null, "Pending", 0), (t.Milestone, t.RawStatus, t.Events.Count));
        Assert.Null(t.EstimateOn);
        Assert.Empty(t.Flags);
    }

    [RealDataFact]
    public void Shippo_delivered_on_its_estimated_day()
    {
        var t = One("shippo-track-usps-delivered.json");
        Assert.Equal(("USPS", "9205590164917337534322"), (t.Carrier, t.Tracking));
        Assert.Equal((Milestone.Delivered, Utc("2016-12-08T15:19:00Z"), new DateOnly(2016, 12, 8)), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.EstimateOn!.Value));
        Assert.Equal(11, t.Events.Count);
        Assert.Equal([Milestone.Unknown, Milestone.Unknown, Milestone.InTransit], t.Events.Take(3).Select(e => e.Milestone));
        Assert.Null(t.Events[0].City);
        Assert.Empty(t.Flags);
    }

    [RealDataFact]
    public void The_webhook_signature_gives_the_known_answer_and_none_of_its_variants()
    {
        using var known = JsonDocument.Parse(File.ReadAllBytes(RealData.PathOf("tracking/easypost-webhook-known-answer.json")));
        var (secret, header) = (known.RootElement.GetProperty("secret").GetString()!, known.RootElement.GetProperty("signature").GetString()!);
        var body = File.ReadAllBytes(RealData.PathOf("tracking/easypost-webhook-fedex-in-transit.raw-body.bin"));
        Assert.True(EasyPostSignature.Verify(body, header, secret));
        Assert.True(EasyPostSignature.Verify(body, header, secret.Normalize(NormalizationForm.FormKD)));
        Assert.False(EasyPostSignature.Verify([.. body, (byte)'\n'], header, secret));
        Assert.True(EasyPostSignature.Verify([.. body, (byte)'\n'], known.RootElement.GetProperty("with_trailing_newline_it_would_be").GetString(), secret));
        var again = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(":", ": ", StringComparison.Ordinal));
        Assert.False(EasyPostSignature.Verify(again, header, secret));
        string?[] wrong = [null, "", header[16..], "sha256=" + header[16..], header[..^1], header + "0", header[..16] + header[16..].ToUpperInvariant(), header.ToUpperInvariant(), " " + header];
        Assert.All(wrong, w => Assert.False(EasyPostSignature.Verify(body, w, secret)));
        Assert.False(EasyPostSignature.Verify(body, header, "secret"));
        Assert.False(EasyPostSignature.Verify(body, header, ""));
    }

    [RealDataFact]
    public void The_json_parser_cases_are_refused_with_a_place_or_read_and_never_throw()
    {
        var n = 0;
        foreach (var line in Encoding.UTF8.GetString(File.ReadAllBytes(RealData.PathOf("bad-input/json-parsing-cases.jsonl"))).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var test = JsonDocument.Parse(line);
            var (name, expect) = (test.RootElement.GetProperty("name").GetString(), test.RootElement.GetProperty("expect").GetString());
            var bytes = test.RootElement.GetProperty("base64").GetBytesFromBase64();
            var error = PayloadShape.OfJson(bytes).Error;
            if (expect == "accept") Assert.True(error is null, name);
            if (expect == "reject") Assert.True(error is { Line: > 0, Column: not null }, name);
            foreach (var reader in CarrierReaders.All) _ = reader.Read(bytes, Context);
            _ = CarrierReaders.Read(bytes, Context);
            n++;
        }
        Assert.Equal(159, n);
    }

    [RealDataFact]
    public void Every_file_of_the_folder_can_be_given_to_every_reader()
    {
        foreach (var file in RealData.Files("").Where(f => new FileInfo(f).Length < 2_000_000))
        {
            var bytes = File.ReadAllBytes(file);
            _ = CarrierReaders.Read(bytes, Context);
            foreach (var reader in CarrierReaders.All) _ = reader.Read(bytes, Context);
        }
    }

    [RealDataFact]
    public void Naughty_strings_pass_through_every_field_unchanged()
    {
        using var strings = JsonDocument.Parse(File.ReadAllBytes(RealData.PathOf("bad-input/naughty-strings.json")));
        foreach (var text in strings.RootElement.EnumerateArray().Select(s => s.GetString()!).Where(s => !string.IsNullOrWhiteSpace(s)))
        {
            var payload = JsonSerializer.SerializeToUtf8Bytes(new { @object = "Tracker", tracking_code = text, carrier = text, status = text, signed_by = text,
                tracking_details = new[] { new { datetime = text, message = text, status = text, tracking_location = new { city = text, state = text, zip = text } } } });
            var t = Assert.Single(CarrierReaders.Read(payload, Context).Trackers);
            Assert.Equal(text.Trim(), t.Tracking);
            Assert.Equal(text.Trim(), Assert.Single(t.Events).City);
        }
    }
}

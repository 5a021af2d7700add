using System.Globalization;
using System.Text;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Carriers;

namespace FieldSupport.Web.Tests.Exchange;

/// <summary>Small invented payloads, one behaviour each.</summary>
public class CarrierReaderTests
{
    private static readonly TimeZoneInfo Chicago = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private static readonly ReadingContext Context = new(Utc("2027-02-05T12:00:00Z"), (_, _) => null);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    private static CarrierReading Read(string payload, ReadingContext? context = null) => CarrierReaders.Read(Encoding.UTF8.GetBytes(payload), context ?? Context);
    private static TrackerReading One(string payload, ReadingContext? context = null)
    {
        var reading = Read(payload, context);
        Assert.Empty(reading.Errors);
        return Assert.Single(reading.Trackers);
    }

    private static string EasyPost(string status, string details, string extra = "") =>
        $$"""{"object":"Tracker","tracking_code":"7712","carrier":"FedEx","status":"{{status}}","created_at":"2027-02-01T00:00:00Z"{{extra}},"tracking_details":[{{details}}]}""";

    private static string Detail(string at, string status, string? sub = null) =>
        $$$"""{"datetime":"{{{at}}}","status":"{{{status}}}","status_detail":{{{(sub is null ? "null" : $"\"{sub}\"")}}},"tracking_location":{"city":"NASHVILLE","state":"TN","zip":"37201","country":"US"}}""";

    [Theory]
    [InlineData("delivered", "in_transit", "departed_facility")] // says delivered, scans say on its way
    [InlineData("in_transit", "delivered", null)]
    [InlineData("pre_transit", "in_transit", "departed_facility")]
    [InlineData("return_to_sender", "in_transit", "departed_facility")]
    [InlineData("delivered", "nonsense", null)]
    [InlineData("cancelled", "delivered", null)]
    public void A_status_that_its_events_do_not_support_reads_as_unknown(string status, string eventStatus, string? sub)
    {
        var t = One(EasyPost(status, Detail("2027-02-03T10:00:00Z", eventStatus, sub)));
        Assert.Contains(TrackingFlags.StatusContradictsEvents, t.Flags);
        Assert.Equal((Milestone.Unknown, null, null, false), (t.Milestone!.Value, t.DeliveredAtUtc, t.SignedBy, t.CountsForState));
        Assert.Single(t.Events);
    }

    [Theory]
    [InlineData("delivered", Milestone.Unknown, true)]
    [InlineData("in_transit", Milestone.Unknown, true)]
    [InlineData("pre_transit", Milestone.LabelCreated, false)]
    [InlineData("unknown", Milestone.Unknown, false)]
    public void A_status_without_one_event_is_a_claim(string status, Milestone milestone, bool flagged)
    {
        var t = One(EasyPost(status, ""));
        Assert.Equal((milestone, flagged), (t.Milestone!.Value, t.Flags.Contains(TrackingFlags.StatusContradictsEvents)));
    }

    [Theory]
    [InlineData("in_transit", "out_for_delivery")]
    [InlineData("out_for_delivery", "in_transit")]
    [InlineData("available_for_pickup", "in_transit")]
    public void On_its_way_is_on_its_way_whichever_scan_is_the_last(string status, string scan) => Assert.Empty(One(EasyPost(status, Detail("2027-02-03T10:00:00Z", scan))).Flags);

    [Theory]
    [InlineData("in_transit", "received_at_origin_facility", Milestone.PickedUp, null)]
    [InlineData("in_transit", "arrived_at_facility", Milestone.InTransit, null)]
    [InlineData("in_transit", "transferred_to_destination_carrier", Milestone.InTransit, null)]
    [InlineData("in_transit", "held", Milestone.Exception, ExceptionClass.Held)]
    [InlineData("unknown", "weather_delay", Milestone.Exception, ExceptionClass.Weather)]
    [InlineData("in_transit", "delayed", Milestone.Exception, ExceptionClass.Delay)]
    [InlineData("in_transit", "transit_exception", Milestone.Exception, ExceptionClass.Unstated)]
    [InlineData("failure", "delivery_exception", Milestone.DeliveryAttempted, null)]
    [InlineData("failure", "lost", Milestone.Lost, null)]
    [InlineData("failure", "expired", Milestone.Lost, null)]
    [InlineData("return_to_sender", "refused", Milestone.Returning, null)]
    [InlineData("cancelled", "cancelled", Milestone.Cancelled, null)]
    [InlineData("in_transit", "status_update", Milestone.EtaUpdate, null)]
    [InlineData("available_for_pickup", "arrived_at_pickup_location", Milestone.AvailableForPickup, null)]
    public void EasyPost_words_map_by_the_table(string status, string sub, Milestone milestone, ExceptionClass? kind)
    {
        var e = Assert.Single(One(EasyPost("unknown", Detail("2027-02-03T10:00:00Z", status, sub))).Events);
        Assert.Equal((milestone, kind, $"{status}/{sub}"), (e.Milestone, e.Exception, e.Code));
        Assert.Empty(e.Flags);
    }

    [Fact]
    public void A_new_word_is_unknown_flagged_and_not_dropped()
    {
        var t = One(EasyPost("in_transit", Detail("2027-02-03T10:00:00Z", "in_transit") + "," + Detail("2027-02-03T12:00:00Z", "teleported")));
        Assert.Equal((2, Milestone.InTransit, Utc("2027-02-03T10:00:00Z")), (t.Events.Count, t.Milestone!.Value, t.LastMovementAtUtc!.Value));
        Assert.Equal([TrackingFlags.UnknownCode], t.Flags);
        Assert.True(t.State.NewestIsUnknown);
    }

    [Fact]
    public void An_undated_and_a_future_event_stay_out_of_the_state()
    {
        var t = One(EasyPost("in_transit", string.Join(',', Detail("2027-02-03T10:00:00Z", "in_transit"), Detail("soon", "delivered"), Detail("2027-03-03T10:00:00Z", "delivered"))));
        Assert.Equal((3, 1, Milestone.InTransit, null), (t.Events.Count, t.Undated, t.Milestone!.Value, t.DeliveredAtUtc));
        Assert.Equal([TrackingFlags.BadTimestamp], t.Flags);
    }

    [Theory]
    [InlineData("2027-02-04T00:00:00Z", "2027-02-04", null)]
    [InlineData("2027-02-04", "2027-02-04", null)]
    [InlineData("2027-02-04T22:30:00Z", null, "2027-02-04T22:30:00Z")]
    [InlineData("2027-02-01T00:00:00Z", null, null)] // the tracker's creation
    [InlineData("tomorrow", null, null)]
    public void An_estimate_is_a_day_an_instant_or_nothing(string estimate, string? day, string? at)
    {
        var t = One(EasyPost("in_transit", Detail("2027-02-03T10:00:00Z", "in_transit"), $",\"est_delivery_date\":\"{estimate}\""));
        Assert.Equal((day, at is null ? null : Utc(at)), (t.EstimateOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (DateTimeOffset?)t.EstimateAtUtc));
        Assert.Equal((t.EstimateOn, t.EstimateAtUtc), (t.State.EstimateOn, t.State.EstimateAtUtc));
    }

    [Fact]
    public void FedEx_json_reads_scans_signature_and_estimate()
    {
        const string json = """
            {"transactionId":"1","output":{"completeTrackResults":[{"trackingNumber":"771234567890","trackResults":[{
              "trackingNumberInfo":{"trackingNumber":"771234567890","trackingNumberUniqueId":"12027~771234567890~FDEG","carrierCode":"FDXE"},
              "latestStatusDetail":{"code":"DL","description":"Delivered"},
              "dateAndTimes":[{"type":"SHIP","dateTime":"2027-02-01T00:00:00-06:00"},{"type":"ESTIMATED_DELIVERY","dateTime":"2027-02-03T17:00:00-06:00"}],
              "deliveryDetails":{"receivedByName":"R.ORTIZ"},
              "recipientInformation":{"address":{"postalCode":"37201","stateOrProvinceCode":"TN"}},
              "scanEvents":[
                {"date":"2027-02-03T09:41:00-06:00","eventType":"DL","eventDescription":"Delivered","scanLocation":{"city":"NASHVILLE","stateOrProvinceCode":"TN","postalCode":"37201","countryCode":"US"}},
                {"date":"2027-02-02T20:00:00-06:00","eventType":"SE","eventDescription":"Shipment exception","exceptionCode":"67","exceptionDescription":"Severe weather delay","scanLocation":{"city":"MEMPHIS","stateOrProvinceCode":"TN"}},
                {"date":"2027-02-01T18:00:00-06:00","eventType":"PU","eventDescription":"Picked up","scanLocation":{"city":"LOUISVILLE","stateOrProvinceCode":"KY"}}]}]}]}}
            """;
        var t = One(json);
        Assert.Equal(("FedExJson", "FedEx", "771234567890", "R.ORTIZ"), (t.Source, t.Carrier, t.Tracking, t.SignedBy));
        Assert.Equal((Milestone.Delivered, Utc("2027-02-03T15:41:00Z"), Utc("2027-02-03T23:00:00Z"), new DateOnly(2027, 2, 1)), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.EstimateAtUtc!.Value, t.ShipOn!.Value));
        Assert.Equal((Milestone.Exception, ExceptionClass.Weather), (t.Events[1].Milestone, t.Events[1].Exception!.Value));
        Assert.Empty(t.Flags);
    }

    [Theory]
    [InlineData("TRACKING.TRACKINGNUMBER.NOTFOUND", "NOT_FOUND")]
    [InlineData("TRACKING.TRACKINGNUMBER.INVALID", "BAD_NUMBER")]
    [InlineData("SYSTEM.UNEXPECTED.ERROR", "CARRIER_ERROR")]
    public void FedEx_json_refusals_are_flags(string code, string flag)
    {
        var t = One($$$"""{"output":{"completeTrackResults":[{"trackingNumber":"1","trackResults":[{"trackingNumberInfo":{"trackingNumber":"1"},"error":{"code":"{{{code}}}","message":"no"}}]}]}}""");
        Assert.Equal(("1", flag, null), (t.Tracking, Assert.Single(t.Flags), t.Milestone));
    }

    [Fact]
    public void FedEx_json_without_authorisation_is_a_flag_too() =>
        Assert.Equal([TrackingFlags.Auth], One("""{"transactionId":"1","errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"Access token expired."}]}""").Flags);

    [Fact]
    public void FedEx_json_one_number_with_two_unique_ids_is_two_parcels()
    {
        var reading = Read("""{"output":{"completeTrackResults":[{"trackingNumber":"1","trackResults":[{"trackingNumberInfo":{"trackingNumber":"1","trackingNumberUniqueId":"a"}},{"trackingNumberInfo":{"trackingNumber":"1","trackingNumberUniqueId":"b"}}]}]}}""");
        Assert.Equal(2, reading.Trackers.Count);
        Assert.All(reading.Trackers, t => Assert.Equal([TrackingFlags.DuplicateNumber], t.Flags));
    }

    private static string Ups(string activity, string current = "{}") =>
        $$$"""{"trackResponse":{"shipment":[{"inquiryNumber":"1Z1","package":[{"trackingNumber":"1Z1","deliveryDate":[{"type":"SDD","date":"20270204"}],"deliveryTime":{"type":"EOD","endTime":"170000"},"currentStatus":{{{current}}},"deliveryInformation":{"receivedBy":"ORTIZ"},"activity":[{{{activity}}}]}]}]}}""";

    private static string Activity(string type, string text, string day = "20270203", string time = "094100", string extra = "") =>
        $$$"""{"location":{"address":{"city":"NASHVILLE","stateProvince":"TN","postalCode":"37201","country":"US"}},"status":{"type":"{{{type}}}","code":"KB","description":"{{{text}}}"},"date":"{{{day}}}","time":"{{{time}}}"{{{extra}}}}""";

    [Fact]
    public void UPS_json_reads_local_times_at_their_place()
    {
        var t = One(Ups(Activity("D", "DELIVERED") + "," + Activity("I", "Departed", "20270202", "211400"), """{"description":"Delivered","code":"011"}"""), new ReadingContext(Context.ReceivedAtUtc, (_, _) => Chicago));
        Assert.Equal(("UpsJson", "UPS", "1Z1", "ORTIZ"), (t.Source, t.Carrier, t.Tracking, t.SignedBy));
        Assert.Equal((Milestone.Delivered, Utc("2027-02-03T15:41:00Z"), Utc("2027-02-04T23:00:00Z")), (t.Milestone!.Value, t.DeliveredAtUtc!.Value, t.EstimateAtUtc!.Value));
        Assert.Equal(Utc("2027-02-03T03:14:00Z"), t.Events[1].AtUtc);
        Assert.Empty(t.Flags);
    }

    [Theory]
    [InlineData("M", "Shipper created a label", Milestone.LabelCreated, null)]
    [InlineData("MV", "Voided", Milestone.Cancelled, null)]
    [InlineData("P", "Pickup Scan", Milestone.PickedUp, null)]
    [InlineData("I", "Arrived at Facility", Milestone.InTransit, null)]
    [InlineData("I", "Your package is ready for pickup", Milestone.AvailableForPickup, null)]
    [InlineData("O", "Out For Delivery", Milestone.OutForDelivery, null)]
    [InlineData("X", "A delivery attempt was made", Milestone.DeliveryAttempted, null)]
    [InlineData("X", "Severe weather conditions have delayed delivery", Milestone.Exception, ExceptionClass.Weather)]
    [InlineData("X", "The package is lost", Milestone.Lost, null)]
    [InlineData("X", "Something else", Milestone.Exception, ExceptionClass.Unstated)]
    [InlineData("RS", "Returned to shipper", Milestone.Returning, null)]
    [InlineData("W", "Warehouse", Milestone.Unknown, null)]
    public void UPS_type_letters_map_by_the_table(string type, string text, Milestone milestone, ExceptionClass? kind)
    {
        var e = Assert.Single(One(Ups(Activity(type, text))).Events);
        Assert.Equal((milestone, kind, type + "/KB"), (e.Milestone, e.Exception, e.Code));
        Assert.Empty(e.Flags);
    }

    [Fact]
    public void UPS_gmt_times_come_before_local_ones() =>
        Assert.Equal(Utc("2027-02-03T15:41:00Z"), One(Ups(Activity("I", "x", extra: ",\"gmtDate\":\"20270203\",\"gmtTime\":\"15:41:00\",\"gmtOffset\":\"-06:00\""))).LastMovementAtUtc);

    [Fact]
    public void UPS_refusals_are_flags()
    {
        Assert.Equal([TrackingFlags.NotFound], One("""{"trackResponse":{"shipment":[{"inquiryNumber":"1Z1","warnings":[{"code":"TW0001","message":"Tracking Information Not Found"}]}]}}""").Flags);
        Assert.Equal([TrackingFlags.Auth], One("""{"response":{"errors":[{"code":"250002","message":"Invalid Authentication Information."}]}}""").Flags);
        Assert.Equal([TrackingFlags.CarrierError], One("""{"response":{"errors":[{"code":"10001","message":"The system is busy."}]}}""").Flags);
    }

    [Fact]
    public void Shippo_webhook_without_eta_and_with_a_substatus()
    {
        var t = One("""{"event":"track_updated","test":false,"data":{"carrier":"ups","tracking_number":"1Z1","eta":null,"tracking_status":{"status":"TRANSIT","substatus":{"code":"delivery_attempted"},"status_date":"2027-02-03T10:00:00Z","location":null},"tracking_history":[]}}""");
        Assert.Equal((Milestone.DeliveryAttempted, "UPS", null, 1), (t.Milestone!.Value, t.Carrier, t.EstimateOn, t.Events.Count));
        Assert.Empty(t.Flags);
    }

    [Fact]
    public void Shippo_other_events_are_ignored() => Assert.True(Read("""{"event":"transaction_created","data":{"object_id":"1"}}""").Ignorable);

    [Fact]
    public void AfterShip_webhook_reads_its_msg()
    {
        var t = One("""{"event":"tracking_update","msg":{"id":"1","tracking_number":"9","slug":"ups","tag":"Exception","checkpoints":[{"tag":"InTransit","checkpoint_time":"2027-02-02T10:00:00-06:00","message":"Departed"},{"tag":"Exception","checkpoint_time":"2027-02-03T10:00:00-06:00","message":"Held by customs"}]}}""");
        Assert.Equal((Milestone.InTransit, ExceptionClass.Customs), (t.Milestone!.Value, t.State.OpenException!.Exception!.Value));
        Assert.Empty(t.Flags);
    }

    [Fact]
    public void AfterShip_refusals_are_flags() => Assert.Equal([TrackingFlags.NotFound], One("""{"meta":{"code":4004,"message":"Tracking does not exist."},"data":{}}""").Flags);

    private static string Usps(string events) => $"<TrackResponse><TrackInfo ID=\"94001\">{events}</TrackInfo></TrackResponse>";

    private static string UspsEvent(string text, string place = "", string time = "9:01 am") =>
        $"<TrackDetail><EventTime>{time}</EventTime><EventDate>February 3, 2027</EventDate><Event>{text}</Event>{place}</TrackDetail>";

    [Theory]
    [InlineData("Accepted at USPS Origin Facility", Milestone.PickedUp)]
    [InlineData("Departed USPS Facility", Milestone.InTransit)]
    [InlineData("Notice Left (No Authorized Recipient Available)", Milestone.DeliveryAttempted)]
    [InlineData("Return to Sender Processed", Milestone.Returning)]
    [InlineData("Delivered, To Original Sender", Milestone.Returned)]
    [InlineData("Delivered, Left with Individual", Milestone.Delivered)]
    [InlineData("Scheduled to be Delivered Tomorrow", Milestone.Unknown)]
    [InlineData("In Transit to Next Facility", Milestone.Unknown)] // no scan, and in no table
    public void USPS_texts_map_by_their_words(string text, Milestone milestone) => Assert.Equal(milestone, Assert.Single(One(Usps(UspsEvent(text))).Events).Milestone);

    [Fact]
    public void A_local_time_takes_the_place_then_the_ship_to_then_UTC_and_says_so()
    {
        var there = new ReadingContext(Context.ReceivedAtUtc, (_, _) => TimeZoneInfo.FindSystemTimeZoneById("America/Denver"));
        Assert.Equal(Utc("2027-02-03T15:01:00Z"), One(Usps(UspsEvent("Departed", "<EventState>TN</EventState><EventZIPCode>37201</EventZIPCode>")), there).LastMovementAtUtc);
        Assert.Equal(Utc("2027-02-03T16:01:00Z"), One(Usps(UspsEvent("Departed", "<EventState>TN</EventState>")), there).LastMovementAtUtc);
        var assumed = One(Usps(UspsEvent("Departed")));
        Assert.Equal((Utc("2027-02-03T09:01:00Z"), TrackingFlags.ZoneAssumed), (assumed.LastMovementAtUtc!.Value, Assert.Single(assumed.Flags)));
    }

    [Fact]
    public void A_day_without_a_time_is_an_undated_event() => Assert.Equal((1, null), (One(Usps(UspsEvent("Departed", time: ""))).Undated, One(Usps(UspsEvent("Departed", time: ""))).LastMovementAtUtc));

    [Fact]
    public void XML_bombs_and_outside_entities_are_refused_with_their_place()
    {
        const string bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>\n<TrackResponse>&lol2;</TrackResponse>";
        const string outside = "<!DOCTYPE TrackReply SYSTEM \"file:///etc/passwd\"><TrackReply/>";
        Assert.Equal(("XML_DTD", 2), (Assert.Single(Read(bomb).Errors).Code, Assert.Single(Read(bomb).Errors).Line));
        Assert.Equal("XML_DTD", Assert.Single(Read(outside).Errors).Code);
        Assert.Equal("XML_TOO_DEEP", Assert.Single(Read(string.Concat(Enumerable.Repeat("<a>", 20_000)))!.Errors).Code);
        Assert.Equal(("XML_MALFORMED", 2), (Assert.Single(Read("<TrackReply>\n<a></b>").Errors).Code, Assert.Single(Read("<TrackReply>\n<a></b>").Errors).Line));
    }

    [Fact]
    public void Deep_json_is_refused_with_its_place()
    {
        var error = Assert.Single(Read("{\"object\":\"Tracker\",\n\"a\":" + new string('[', 20_000) + new string(']', 20_000) + "}").Errors);
        Assert.Equal(("JSON_TOO_DEEP", 2), (error.Code, error.Line));
        Assert.Equal("JSON_TOO_DEEP", Assert.Single(Read(string.Concat(Enumerable.Repeat("{\"a\":", 20_000))).Errors).Code);
    }

    [Theory]
    [InlineData("", "EMPTY")]
    [InlineData("{\"object\":\"Tracker\",}", "JSON_MALFORMED")]
    [InlineData("{\"object\":\"\\uD800\"}", "JSON_BAD_TEXT")]
    [InlineData("{\"object\":\"Tracker\"}", "NUMBER_MISSING")]
    [InlineData("{\"hello\":1}", "FORMAT_UNKNOWN")]
    [InlineData("[]", "FORMAT_UNKNOWN")]
    [InlineData("hello", "FORMAT_UNKNOWN")]
    [InlineData("<html/>", "FORMAT_UNKNOWN")]
    public void What_cannot_be_read_is_one_clear_error(string payload, string code) => Assert.Equal(code, Assert.Single(Read(payload).Errors).Code);

    [Theory]
    [InlineData("""{"object":"Event","description":"tracker.updated","result":[]}""")]
    [InlineData("""{"object":"Event","description":7,"result":{"object":3}}""")]
    [InlineData("""{"object":"Tracker","tracking_code":7,"tracking_details":{"datetime":1,"tracking_location":"x"},"carrier_detail":[1]}""")]
    [InlineData("""{"tracking_status":"x","tracking_number":"1","tracking_history":7}""")]
    [InlineData("""{"data":{"trackings":[1,null,"x",{"tracking_number":{}}]}}""")]
    [InlineData("""{"output":{"completeTrackResults":"x"}}""")]
    [InlineData("""{"trackResponse":{"shipment":{"package":{"activity":{"status":"D"},"deliveryDate":1}}}}""")]
    [InlineData("""{"object":"Tracker","tracking_code":"1","tracking_details":[{"datetime":"0001-01-01T00:00:00+14:00","status":"delivered"},{"datetime":"9999-12-31T23:59:59","status":"delivered"}]}""")]
    public void Shapes_nobody_promised_never_throw(string payload) => _ = Read(payload);

    [Theory]
    [InlineData("FEDEX", "FedEx")]
    [InlineData("fedex-ground", "FedEx")]
    [InlineData("ups", "UPS")]
    [InlineData(" USPS ", "USPS")]
    [InlineData(" Blue Dart", "Blue Dart")]
    [InlineData(" ", null)]
    public void Names_of_carriers_are_one_whatever_the_source_writes(string written, string? name) => Assert.Equal(name, CarrierNames.Canonical(written));

    [Fact]
    public void Every_code_table_is_whole()
    {
        foreach (var name in new[] { "easypost", "shippo", "aftership", "fedex", "ups", "usps-words", "ups-words", "exception-words", "fedex-notices", "ups-notices", "usps-notices", "aftership-notices" })
            Assert.All(CarrierCodes.Of(name).All, row => Assert.True(row.Code.Length > 0 && row.Source.Length > 0 && (row.ValidTo is null || row.ValidTo >= row.ValidFrom)));
    }
}

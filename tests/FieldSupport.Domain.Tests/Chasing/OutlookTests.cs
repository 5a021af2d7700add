using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>domain.md §3.1 below the table: projected arrival, slack, severity and outlook. Visit Tue 2027-02-09, need-by Fri 02-05 16:00 CT, two-day must-ship-by Wed 02-03 17:00 ET.</summary>
public class OutlookTests
{
    private const string Visit = "2027-02-09";

    private static DeliveryFacts Moving(params string[] scans) => Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, ["P 2027-02-01 18:00", .. scans]);

    // ── projected arrival ──────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData("", "2027-02-02 12:00", "2027-02-03 16:00")] // first movement + 2
    [InlineData("", "2027-02-03 16:00", "2027-02-04 16:00")] // that close is no longer ahead
    [InlineData("", "2027-02-05 17:00", "2027-02-08 16:00")]
    [InlineData("I 2027-02-04 09:00", "2027-02-04 09:00", "2027-02-04 16:00")] // never before the last movement
    [InlineData("O 2027-02-02 08:00", "2027-02-02 09:00", "2027-02-02 16:00")] // out today
    [InlineData("O 2027-02-06 08:00", "2027-02-06 09:00", "2027-02-08 16:00")] // out on a Saturday: the next joint day
    [InlineData("A 2027-02-03 11:00", "2027-02-03 12:00", "2027-02-04 16:00")] // a failed attempt: at least the next carrier day
    [InlineData("O 2027-02-03 08:00|A 2027-02-03 11:00|O 2027-02-03 13:00", "2027-02-03 13:00", "2027-02-04 16:00")]
    [InlineData("A 2027-02-05 11:00", "2027-02-05 12:00", "2027-02-08 16:00")]
    [InlineData("A 2027-02-03 11:00|O 2027-02-04 08:00", "2027-02-04 08:00", "2027-02-04 16:00")]
    [InlineData("V 2027-02-03 11:00", "2027-02-03 11:00", "2027-02-03 16:00")]
    [InlineData("D 2027-02-03 11:00|I 2027-02-03 14:00", "2027-02-03 14:00", "2027-02-03 16:00")] // a delivery taken back
    [InlineData("Z 2027-02-03 11:00", "2027-02-03 12:00", null)]
    [InlineData("Z 2027-02-03 11:00|I 2027-02-03 11:30", "2027-02-03 12:00", null)]
    [InlineData("R 2027-02-03 11:00", "2027-02-03 12:00", null)]
    [InlineData("R 2027-02-03 11:00|B 2027-02-04 11:00", "2027-02-04 12:00", null)]
    public void The_service_says_when_it_arrives(string scans, string nowCt, string? arrivesCt)
    {
        var answer = Moving(scans.Split('|', StringSplitOptions.RemoveEmptyEntries)).AtCt(nowCt);
        Assert.Equal(arrivesCt is null ? null : Ct(arrivesCt), answer.ProjectedArrival);
        Assert.Equal(arrivesCt is null ? "none" : "service", answer.EstimateSource);
    }

    [Theory]
    [InlineData("2027-02-01 16:59", "2027-02-03 16:00")]
    [InlineData("2027-02-01 17:00", "2027-02-04 16:00")] // counts for the 2nd
    public void A_label_in_its_grace_arrives_by_its_operating_day(string labelEt, string arrivesCt) =>
        Assert.Equal(Ct(arrivesCt), Ask.Parcel(Visit, labelEt, ServiceLevel.TwoDay).At(Et(labelEt)).ProjectedArrival);

    [Theory]
    [InlineData("2027-02-04 10:30", null, "2027-02-04 10:30", "carrier")] // an hour before the close: at its word
    [InlineData("2027-02-04 20:00", null, "2027-02-04 16:00", "carrier")] // later than the close counts as the close
    [InlineData(null, "2027-02-04", "2027-02-04 16:00", "carrier")]
    [InlineData(null, "2027-02-06", "2027-02-08 16:00", "carrier")] // Saturday
    [InlineData("2027-02-06 10:00", null, "2027-02-08 16:00", "carrier")]
    [InlineData("2027-02-02 12:00", null, "2027-02-03 16:00", "service")] // no longer ahead
    [InlineData(null, "2027-02-01", "2027-02-03 16:00", "service")]
    [InlineData(null, "2027-02-02", "2027-02-02 16:00", "carrier")] // today still lies ahead
    public void The_carriers_newest_estimate_goes_first_while_it_lies_ahead(string? atCt, string? on, string arrivesCt, string source)
    {
        var answer = Moving().With(Ask.Estimate("2027-02-02 08:00", atCt is null ? null : Ct(atCt), on)).AtCt("2027-02-02 12:00");
        Assert.Equal((Ct(arrivesCt), source), (answer.ProjectedArrival!.Value, answer.EstimateSource));
    }

    [Theory]
    [InlineData("Z 2027-02-02 09:00")]
    [InlineData("R 2027-02-02 09:00")]
    public void What_the_carrier_estimates_of_a_parcel_that_is_gone_says_nothing(string scan) =>
        Assert.Null(Moving(scan).With(Ask.Estimate("2027-02-02 10:00", on: "2027-02-03")).AtCt("2027-02-02 12:00").ProjectedArrival);

    [Fact]
    public void Nothing_is_projected_without_a_label()
    {
        Assert.Null(Ask.Order(Visit, "2027-01-25 10:00").AtCt("2027-01-26 10:00").ProjectedArrival);
        Assert.Null(Ask.Visit(Visit).AtCt("2027-01-26 10:00").ProjectedArrival);
        Assert.Null((Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay) with { LabelAtUtc = null }).AtCt("2027-02-01 10:00").ProjectedArrival);
    }

    // ── slack ──────────────────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData("2027-02-02 12:00", 2, 48.0)]
    [InlineData("2027-02-03 16:00", 1, 24.0)]
    [InlineData("2027-02-04 16:00", 0, 0.0)]
    [InlineData("2027-02-05 16:00", -1, -72.0)]
    public void Slack_is_clinic_days_and_plain_hours_from_arrival_to_need_by(string nowCt, int days, double hours)
    {
        var answer = Moving().AtCt(nowCt);
        Assert.Equal((days, hours), (answer.SlackDays, answer.SlackHours));
    }

    [Theory]
    [InlineData("2027-01-29 12:00", 3)]
    [InlineData("2027-01-30 12:00", 3)]
    [InlineData("2027-02-02 12:00", 1)]
    [InlineData("2027-02-03 12:00", 0)]
    public void Without_a_label_slack_is_ship_from_days_to_must_ship_by(string nowCt, int days)
    {
        var answer = Ask.Order(Visit, "2027-01-25 10:00").AtCt(nowCt);
        Assert.Equal((days, null), (answer.SlackDays, answer.SlackHours));
    }

    // ── later than need-by when unknown ────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void An_unknown_arrival_counts_as_later_when_the_text_says_so_and_only_then()
    {
        Assert.True(Moving("Z 2027-02-02 09:00").AtCt("2027-02-02 09:00").IsLater);
        Assert.True(Moving("R 2027-02-02 09:00").AtCt("2027-02-02 09:00").IsLater);
        Assert.True(Moving("Z 2027-02-02 09:00", "I 2027-02-02 10:00").AtCt("2027-02-02 10:00").IsLater);
        // label past its grace: not yet later while must-ship-by can be made and more than a day is left
        var label = Ask.Parcel(Visit, "2027-01-29 10:00", ServiceLevel.TwoDay);
        Assert.False(label.At(Et("2027-02-03 17:00").AddTicks(-1)).IsLater);
        Assert.True(label.At(Et("2027-02-03 23:59")).IsLater); // must-ship-by missed without a movement
        // an order: one day left
        var order = Ask.Order(Visit, "2027-01-25 10:00", ServiceLevel.Overnight); // must-ship-by Thu 02-04 17:00 ET
        Assert.False(order.At(Et("2027-02-04 17:00").AddTicks(-1)).IsLater);
        Assert.True(order.At(Et("2027-02-04 17:00")).IsLater);
        // a visit without an order: one day left
        Assert.False(Ask.Visit(Visit).At(Ct("2027-02-04 00:00").AddTicks(-1)).IsLater);
        Assert.True(Ask.Visit(Visit).AtCt("2027-02-04 00:00").IsLater);
    }

    [Fact]
    public void A_label_past_its_grace_with_a_day_left_is_not_later_while_its_order_can_still_make_must_ship_by()
    {
        var label = Ask.Parcel(Visit, "2027-02-03 10:00", ServiceLevel.Overnight); // grace ends 23:00 ET, must-ship-by Thu 17:00 ET
        var early = label.At(Et("2027-02-04 16:59"));
        Assert.Equal((Severity.Medium, Outlook.NoSignal, 1), (early.Severity, early.Outlook, early.DaysLeft));
        var missed = label.At(Et("2027-02-04 17:00"));
        Assert.Equal((Severity.Critical, Outlook.Late), (missed.Severity, missed.Outlook));
    }

    // ── severity ───────────────────────────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void Severity_is_null_without_a_reason_and_the_gates_severity_is_not()
    {
        var answer = Moving().AtCt("2027-02-02 12:00");
        Assert.Null(answer.Severity);
        Assert.Equal(Severity.Medium, answer.GateSeverity);
    }

    [Theory]
    // need-by passed without delivery by then
    [InlineData("O 2027-02-05 15:00", "2027-02-05 15:59", Severity.Watch)]
    [InlineData("O 2027-02-05 15:00", "2027-02-05 16:00", Severity.Critical)]
    [InlineData("D 2027-02-05 16:01", "2027-02-09 15:00", Severity.Critical)] // came after it
    // at most one day left and later
    [InlineData("A 2027-02-05 11:00", "2027-02-05 11:00", Severity.Critical)]
    [InlineData("R 2027-02-03 11:00", "2027-02-03 11:00", Severity.High)] // two left, T = 4
    [InlineData("R 2027-02-03 11:00", "2027-02-04 00:00", Severity.Critical)] // T = 3
    [InlineData("Z 2027-02-03 11:00", "2027-02-03 23:59", Severity.High)]
    [InlineData("Z 2027-02-03 11:00", "2027-02-04 00:00", Severity.Critical)]
    // watch: arrives in time and moved within 12 hours, unless not out on the need-by day
    [InlineData("X:Address 2027-02-02 09:00", "2027-02-02 05:59", null)]
    [InlineData("I 2027-02-02 21:00|X:Address 2027-02-02 22:00", "2027-02-03 08:59", Severity.Watch)]
    [InlineData("I 2027-02-02 21:00|X:Address 2027-02-02 22:00", "2027-02-03 09:00", Severity.Medium)] // slack 2 is room
    [InlineData("I 2027-02-05 06:00", "2027-02-05 09:59", Severity.Watch)]
    [InlineData("I 2027-02-05 06:00", "2027-02-05 10:00", Severity.High)] // NOT_OUT_ON_NEED_BY_DAY; slack 0
    // high: three days left without room
    [InlineData("I 2027-02-03 04:00|X:Address 2027-02-03 05:00", "2027-02-03 16:00", Severity.Medium)] // slack 1 is room
    [InlineData("I 2027-02-03 04:00|X:Address 2027-02-03 05:00", "2027-02-03 19:00", Severity.High)] // COMMIT_MISSED asks for 2
    // medium, low
    [InlineData("X:Address 2027-02-01 19:00", "2027-02-02 09:00", Severity.Medium)]
    public void Severity_is_the_first_line_that_matches(string scans, string nowCt, Severity? severity) =>
        Assert.Equal(severity, Moving(scans.Split('|')).AtCt(nowCt).Severity);

    [Theory]
    [InlineData("2027-02-16", Severity.Medium)] // need-by 02-11 (02-15 is Presidents' Day): 7 left from 02-02
    [InlineData("2027-02-17", Severity.Low)] // 8
    public void Medium_is_up_to_seven_days_left(string visit, Severity severity)
    {
        var parcel = Ask.Parcel(visit, "2027-02-01 10:00", ServiceLevel.Ground, "P 2027-02-01 18:00", "X:Address 2027-02-01 19:00");
        Assert.Equal((severity, severity == Severity.Medium ? 7 : 8), (parcel.AtCt("2027-02-02 09:00").Severity, parcel.AtCt("2027-02-02 09:00").DaysLeft));
    }

    [Fact]
    public void An_order_before_its_must_ship_by_has_room()
    {
        var order = Ask.Order(Visit, "2027-01-25 10:00");
        Assert.Equal((Severity.Medium, 3), (order.At(Et("2027-02-02 17:00")).Severity, order.At(Et("2027-02-02 17:00")).DaysLeft));
        Assert.Equal(Severity.High, order.At(Et("2027-02-03 17:00")).Severity);
        Assert.Equal(Severity.Critical, order.At(Ct("2027-02-04 00:00")).Severity);
        Assert.Equal(Severity.High, Ask.Visit(Visit).AtCt("2027-02-02 12:00").Severity); // a visit without an order has none
        Assert.Equal(Severity.Medium, Ask.Visit(Visit).AtCt("2027-02-01 12:00").Severity);
    }

    [Theory]
    [InlineData("2027-02-03 12:00", Severity.High)] // T = 4, days left 2: a delivery that is short is no room
    [InlineData("2027-02-04 00:00", Severity.Critical)] // T = 3
    [InlineData("2027-02-01 23:00", Severity.Medium)]
    public void A_discrepancy_grows_with_the_visit(string nowCt, Severity severity)
    {
        var parcel = Ask.Parcel(Visit, "2027-01-28 10:00", ServiceLevel.TwoDay, "P 2027-01-28 18:00", "D 2027-02-01 10:00") with { ReceiptAtUtc = Ct("2027-02-01 12:00"), HasOpenDiscrepancy = true };
        Assert.Equal((severity, Outlook.AtRisk), (parcel.AtCt(nowCt).Severity, parcel.AtCt(nowCt).Outlook));
    }

    // ── outlook ────────────────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData("", "2027-02-02 12:00", Outlook.OnTrack)]
    [InlineData("X:Delay 2027-02-02 09:00", "2027-02-02 12:00", Outlook.AtRisk)] // an exception that no movement followed
    [InlineData("X:Weather 2027-02-02 09:00", "2027-02-02 09:00", Outlook.AtRisk)]
    [InlineData("X:Weather 2027-02-02 09:00|I 2027-02-02 11:00", "2027-02-02 12:00", Outlook.OnTrack)]
    [InlineData("U 2027-02-02 09:00", "2027-02-02 12:00", Outlook.NoSignal)] // the newest event is unknown
    [InlineData("U 2027-02-02 09:00|I 2027-02-02 10:00", "2027-02-02 12:00", Outlook.OnTrack)]
    [InlineData("A 2027-02-02 11:00", "2027-02-02 12:00", Outlook.AtRisk)]
    [InlineData("I 2027-02-03 06:00", "2027-02-03 16:00", Outlook.Watch)] // slack 1
    [InlineData("I 2027-02-04 06:00", "2027-02-04 16:00", Outlook.AtRisk)] // slack 0
    [InlineData("I 2027-02-05 06:00", "2027-02-05 16:00", Outlook.Late)]
    [InlineData("", "2027-02-03 19:00", Outlook.NoSignal)]
    [InlineData("Z 2027-02-02 11:00", "2027-02-02 12:00", Outlook.Late)]
    [InlineData("R 2027-02-02 11:00", "2027-02-02 12:00", Outlook.Late)]
    [InlineData("D 2027-02-03 11:00", "2027-02-03 12:00", Outlook.Delivered)]
    [InlineData("D 2027-02-08 11:00", "2027-02-08 12:00", Outlook.Delivered)] // however late it came
    public void The_outlook_is_the_first_line_that_matches(string scans, string nowCt, Outlook outlook) =>
        Assert.Equal(outlook, Moving(scans.Split('|', StringSplitOptions.RemoveEmptyEntries)).AtCt(nowCt).Outlook);

    [Fact]
    public void A_label_without_a_movement_is_watched_and_a_receipt_ends_it()
    {
        Assert.Equal(Outlook.Watch, Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.TwoDay).AtCt("2027-02-01 12:00").Outlook);
        var received = Moving("D 2027-02-03 11:00") with { ReceiptAtUtc = Ct("2027-02-03 12:00") };
        var answer = received.AtCt("2027-02-03 12:00");
        Assert.Equal((Outlook.Received, true, null), (answer.Outlook, answer.IsFinished, answer.NextLook));
        Assert.Equal(Outlook.Received, (Moving() with { ReceiptAtUtc = Ct("2027-02-03 12:00") }).AtCt("2027-02-03 12:00").Outlook); // a person's word, without a scan
        Assert.Equal(Outlook.OnTrack, Ask.Order("2027-05-25", "2027-02-01 10:00").AtCt("2027-02-01 12:00").Outlook);
        Assert.Equal(Outlook.AtRisk, Ask.Visit(Visit).AtCt("2027-01-26 08:00").Outlook);
    }

    [Fact]
    public void A_hold_shows_as_on_hold_while_it_can_still_make_it()
    {
        var held = Ask.Order(Visit, "2027-01-25 10:00") with { OpenHolds = [new HoldFact(HoldReason.LicenseExpired, Et("2027-01-26 09:00"))] };
        Assert.Equal(Outlook.OnHold, held.At(Et("2027-01-26 10:00")).Outlook); // not yet a reason
        Assert.Equal(Outlook.OnHold, held.At(Et("2027-01-27 10:00")).Outlook);
        Assert.Equal(Outlook.OnHold, held.At(Et("2027-02-02 00:00").AddTicks(-1)).Outlook); // slack 2
        Assert.Equal(Outlook.Watch, held.At(Et("2027-02-02 00:00")).Outlook); // slack 1
        Assert.Equal(Outlook.AtRisk, held.At(Et("2027-02-03 09:00")).Outlook); // slack 0
        Assert.Equal(Outlook.Late, held.At(Et("2027-02-03 17:00")).Outlook);
        Assert.Equal(Outlook.Watch, (held with { AcknowledgedAtUtc = null }).At(Et("2027-01-27 10:00")).Outlook); // not the only reason
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>domain.md §3.1, row by row: when each reason opens, to the tick, and what clears it. Visit Tue 2027-02-09: T-10 01-26, need-by Fri 02-05 16:00 CT.</summary>
public class ReasonTests
{
    private const string Visit = "2027-02-09";

    // ── before a label ─────────────────────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void A_visit_that_no_order_covers_is_a_reason_from_T_10_at_eight()
    {
        Ask.Visit(Visit).Opens(StallReason.OrderNotPlaced, Ct("2027-01-26 08:00"));
        Ask.Order(Visit, "2027-01-20 10:00").IsNotOpen(StallReason.OrderNotPlaced, Ct("2027-01-27 08:00"));
    }

    [Theory]
    [InlineData("2027-01-20 10:00", "2027-01-21 17:00")] // Wednesday: end of Thursday
    [InlineData("2027-01-20 16:59", "2027-01-21 17:00")]
    [InlineData("2027-01-20 17:00", "2027-01-22 17:00")] // from the cut-off on it counts for Thursday
    [InlineData("2027-01-22 12:00", "2027-01-25 17:00")] // over the weekend
    [InlineData("2027-01-23 12:00", "2027-01-26 17:00")] // Saturday counts for Monday
    [InlineData("2026-12-24 12:00", "2026-12-28 17:00")] // 12-25 is a carrier closure
    [InlineData("2027-02-01 12:00", "2027-02-02 17:00")] // T = 6: not late
    [InlineData("2027-02-02 12:00", "2027-02-02 16:00")] // T = 5: four working hours
    [InlineData("2027-02-02 15:30", "2027-02-03 10:30")]
    [InlineData("2027-02-02 23:00", "2027-02-03 12:00")]
    [InlineData("2027-02-06 09:00", "2027-02-08 12:00")] // Saturday
    public void An_acknowledgement_is_due(string submittedEt, string dueEt)
    {
        var order = Ask.Order(Visit, submittedEt, acknowledged: false);
        order.Opens(StallReason.OrderNotAcknowledged, Et(dueEt));
        (order with { AcknowledgedAtUtc = Et(dueEt) }).IsNotOpen(StallReason.OrderNotAcknowledged, Et(dueEt).AddDays(9));
        (order with { OrderHasLabel = true }).IsNotOpen(StallReason.OrderNotAcknowledged, Et(dueEt).AddDays(9));
    }

    [Fact]
    public void A_stock_order_has_no_visit_and_still_wants_an_acknowledgement() =>
        Ask.Order(null, "2027-01-20 10:00", acknowledged: false).Opens(StallReason.OrderNotAcknowledged, Et("2027-01-21 17:00"));

    [Theory]
    [InlineData(HoldReason.CreditHold, "2027-01-21 10:00")] // one business day
    [InlineData(HoldReason.Allocation, "2027-01-21 10:00")]
    [InlineData(HoldReason.DscsaData, "2027-01-21 10:00")]
    [InlineData(HoldReason.PricingContract, "2027-01-22 10:00")] // two
    [InlineData(HoldReason.LicenseExpired, "2027-01-20 17:00")] // same day
    [InlineData(HoldReason.LicenseUnverified, "2027-01-20 17:00")]
    [InlineData(HoldReason.AddressMismatch, "2027-01-20 17:00")]
    [InlineData(HoldReason.QuantityReview, "2027-01-20 14:00")] // four working hours
    [InlineData(HoldReason.DuplicatePo, "2027-01-20 14:00")]
    [InlineData(HoldReason.Backorder, "2027-02-02 17:00")] // no clear time: one business day before must-ship-by (02-03)
    [InlineData(HoldReason.QualityHold, "2027-02-02 17:00")]
    [InlineData(HoldReason.Recall, "2027-02-02 17:00")]
    [InlineData(HoldReason.Coverage, "2027-02-02 17:00")]
    public void A_hold_is_a_reason_once_older_than_its_clear_time_or_close_to_must_ship_by(HoldReason reason, string fromEt)
    {
        var held = Ask.Order(Visit, "2027-01-20 09:00") with { OpenHolds = [new HoldFact(reason, Et("2027-01-20 10:00"))] };
        held.Opens(StallReason.OrderOnHold, Et(fromEt));
        held.IsOpen(StallReason.OrderOnHold, Et("2027-02-02 17:00"));
        (held with { OpenHolds = [] }).IsNotOpen(StallReason.OrderOnHold, Et("2027-02-02 17:00"));
    }

    [Fact]
    public void A_hold_set_within_a_business_day_of_must_ship_by_is_a_reason_at_once() =>
        (Ask.Order(Visit, "2027-01-20 09:00") with { OpenHolds = [new HoldFact(HoldReason.Coverage, Et("2027-02-03 09:00"))] })
            .IsOpen(StallReason.OrderOnHold, Et("2027-02-03 09:00"));

    [Theory]
    [InlineData("2027-02-03", false)] // arrives 02-05, need-by
    [InlineData("2027-02-04", true)]
    [InlineData("2027-01-30", false)] // a Saturday ships on Monday
    [InlineData("2027-02-06", true)]
    public void A_promised_ship_day_that_arrives_after_need_by_is_a_reason(string promised, bool open)
    {
        var order = Ask.Order(Visit, "2027-01-20 09:00") with { IsBackordered = true, PromisedShipOn = D(promised) };
        Assert.Equal(open, order.AtCt("2027-01-21 09:00").Reasons.Contains(StallReason.BackorderPastNeedBy));
    }

    [Fact]
    public void A_back_order_without_a_date_is_a_reason_from_the_day_T_is_10()
    {
        var order = Ask.Order(Visit, "2027-01-20 09:00") with { IsBackordered = true };
        order.Opens(StallReason.BackorderPastNeedBy, Ct("2027-01-26 00:00"));
        (order with { PromisedShipOn = D("2027-02-03") }).IsNotOpen(StallReason.BackorderPastNeedBy, Ct("2027-01-26 00:00"));
        (order with { VisitOn = null }).IsNotOpen(StallReason.BackorderPastNeedBy, Ct("2027-01-26 00:00"));
    }

    [Theory]
    [InlineData(ServiceLevel.TwoDay, "2027-02-02 17:00", "2027-02-03 17:00")]
    [InlineData(ServiceLevel.Overnight, "2027-02-03 17:00", "2027-02-04 17:00")]
    [InlineData(ServiceLevel.ThreeDay, "2027-02-01 17:00", "2027-02-02 17:00")]
    [InlineData(ServiceLevel.Ground, "2027-01-28 17:00", "2027-01-29 17:00")]
    [InlineData(ServiceLevel.CourierSameDay, "2027-02-04 17:00", "2027-02-05 17:00")]
    public void An_order_without_a_label_is_due_a_day_before_and_missed_at_must_ship_by(ServiceLevel service, string dueEt, string shipByEt)
    {
        var order = Ask.Order(Visit, "2027-01-20 09:00", service);
        order.Opens(StallReason.LabelDue, Et(dueEt));
        order.IsOpen(StallReason.LabelDue, Et(shipByEt).AddTicks(-1));
        order.IsNotOpen(StallReason.LabelDue, Et(shipByEt));
        order.Opens(StallReason.MissedMustShipBy, Et(shipByEt));
        Ask.Order(null, "2027-01-20 09:00", service).IsNotOpen(StallReason.MissedMustShipBy, Et(shipByEt));
    }

    // ── must-ship-by with a label ──────────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void A_label_in_time_without_movement_misses_must_ship_by_at_one_to_midnight()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-03 16:59", ServiceLevel.TwoDay);
        parcel.Opens(StallReason.MissedMustShipBy, Et("2027-02-03 23:59"));
        parcel.With("P 2027-02-03 22:59").IsNotOpen(StallReason.MissedMustShipBy, Et("2027-02-04 12:00")); // 23:59 ET
    }

    [Fact]
    public void A_label_from_the_cut_off_on_has_missed_it_until_a_movement_makes_need_by_after_all()
    {
        var late = Ask.Parcel(Visit, "2027-02-03 17:00", ServiceLevel.TwoDay);
        late.IsOpen(StallReason.MissedMustShipBy, Et("2027-02-03 17:00"));
        late.With("P 2027-02-03 20:00").IsNotOpen(StallReason.MissedMustShipBy, Ct("2027-02-03 20:00")); // moved on the 3rd: arrives 02-05
        late.With("P 2027-02-04 07:00").IsOpen(StallReason.MissedMustShipBy, Ct("2027-02-04 07:00")); // arrives 02-08
        late.With(["P 2027-02-04 07:00"]).With(Ask.Estimate("2027-02-04 08:00", on: "2027-02-05")).IsNotOpen(StallReason.MissedMustShipBy, Ct("2027-02-04 08:00"));
    }

    // ── pickup grace, for every service ────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData(ServiceLevel.CourierSameDay, "2027-02-03 09:00", "2027-02-03 11:00")]
    [InlineData(ServiceLevel.CourierSameDay, "2027-02-05 18:00", "2027-02-05 20:00")]
    [InlineData(ServiceLevel.Overnight, "2027-02-03 09:00", "2027-02-03 23:00")]
    [InlineData(ServiceLevel.OvernightAm, "2027-02-03 16:59", "2027-02-03 23:00")]
    [InlineData(ServiceLevel.Overnight, "2027-02-03 17:00", "2027-02-04 23:00")]
    [InlineData(ServiceLevel.Overnight, "2027-02-05 18:00", "2027-02-08 23:00")] // Friday evening
    [InlineData(ServiceLevel.Overnight, "2026-11-25 18:00", "2026-11-27 23:00")] // Thanksgiving between
    [InlineData(ServiceLevel.TwoDay, "2027-02-03 12:00", "2027-02-04 12:00")]
    [InlineData(ServiceLevel.TwoDay, "2027-02-03 17:00", "2027-02-05 00:00")] // from 00:00 of the 4th
    [InlineData(ServiceLevel.ThreeDay, "2027-02-05 12:00", "2027-02-08 12:00")] // Friday: the weekend does not count
    [InlineData(ServiceLevel.Ground, "2027-02-05 17:30", "2027-02-09 00:00")]
    [InlineData(ServiceLevel.Ground, "2027-02-06 09:00", "2027-02-09 00:00")] // Saturday counts for Monday
    [InlineData(ServiceLevel.TwoDay, "2026-11-25 12:00", "2026-11-27 12:00")] // the 26th is closed
    [InlineData(ServiceLevel.TwoDay, "2027-03-12 12:00", "2027-03-15 12:00")] // over the change to daylight saving
    public void A_label_that_is_not_picked_up_within_its_grace_is_a_reason(ServiceLevel service, string labelEt, string graceEt)
    {
        var parcel = Ask.Parcel("2027-05-25", labelEt, service);
        parcel.Opens(StallReason.LabelNotPickedUp, Et(graceEt));
        Assert.Null(parcel.At(Et(graceEt)).ProjectedArrival);
        Assert.NotNull(parcel.At(Et(graceEt).AddTicks(-1)).ProjectedArrival);
        Assert.Equal(Outlook.NoSignal, parcel.At(Et(graceEt)).Outlook);
        var moved = parcel with { Tracking = TrackingTimeline.Read(parcel.Tracking.InOrder.Append(new TrackingFact { AtUtc = Et(graceEt), ReceivedAtUtc = Et(graceEt), Arrival = 2, Milestone = Milestone.PickedUp })) };
        moved.IsNotOpen(StallReason.LabelNotPickedUp, Et(graceEt));
        (parcel with { Tracking = new TrackingState() }).Opens(StallReason.LabelNotPickedUp, Et(graceEt)); // no event at all
        parcel.With("U 2027-02-03 11:00", "X:Address 2027-02-03 11:00").IsOpen(StallReason.LabelNotPickedUp, Et(graceEt)); // neither is a movement
    }

    // ── silence ────────────────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    // planned day far away: hours of carrier days alone, and not before ten
    [InlineData(ServiceLevel.Ground, "2027-02-01 12:00", "2027-02-03 12:00")]
    [InlineData(ServiceLevel.Ground, "2027-02-01 09:59", "2027-02-03 10:00")]
    [InlineData(ServiceLevel.Ground, "2027-02-04 12:00", "2027-02-08 12:00")] // Thursday: Friday, Monday
    [InlineData(ServiceLevel.Ground, "2027-02-06 12:00", "2027-02-10 00:00+10h")] // Saturday: all of Monday and Tuesday
    [InlineData(ServiceLevel.ThreeDay, "2027-02-01 20:00", "2027-02-03 10:00")] // 36 h end at 08:00
    [InlineData(ServiceLevel.TwoDay, "2027-02-01 12:00", "2027-02-02 12:00")]
    [InlineData(ServiceLevel.Ground, "2026-11-24 12:00", "2026-11-27 12:00")] // Thanksgiving
    public void A_parcel_is_silent_after_its_hours_of_carrier_days(ServiceLevel service, string lastCt, string silentCt)
    {
        var parcel = Ask.Parcel(null, "2026-11-20 10:00", service, "P " + lastCt);
        var at = silentCt.EndsWith("+10h", StringComparison.Ordinal) ? Ct(silentCt[..16]).AddHours(10) : Ct(silentCt);
        parcel.Opens(StallReason.NoScan, at);
        parcel.With("X:Weather " + lastCt, "E " + lastCt, "U " + lastCt).Opens(StallReason.NoScan, at); // none is a scan
        parcel.With("I " + ZonedText(at)).IsNotOpen(StallReason.NoScan, at);
    }

    private static string ZonedText(DateTimeOffset at) => FieldSupport.Domain.Shared.ZonedTime.In(Central, at).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    // TWO_DAY first moved Mon 02-01: planned Wed 02-03; the last joint day before it is Tue 02-02
    [InlineData("2027-02-01 23:59", "2027-02-02 23:59")] // does not wait
    [InlineData("2027-02-02 00:00", "2027-02-03 10:00")] // waits for the planned day
    [InlineData("2027-02-02 12:00", "2027-02-03 12:00")]
    public void A_parcel_that_moved_on_the_last_day_before_its_planned_day_waits_for_it(string lastCt, string silentCt) =>
        Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "I " + lastCt).Opens(StallReason.NoScan, Ct(silentCt));

    [Fact]
    public void An_overnight_parcel_of_friday_is_not_silent_before_monday_at_ten()
    {
        var parcel = Ask.Parcel("2027-05-25", "2027-02-05 10:00", ServiceLevel.Overnight, "P 2027-02-05 17:00"); // 12 h would end on Monday at 05:00
        parcel.Opens(StallReason.NoScan, Ct("2027-02-08 10:00"));
        // GROUND, planned Mon 02-08 (first moved Mon 02-01), moved on Fri 02-05 at 02:00: 48 h end on Tue 02:00, not before ten
        Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.Ground, "P 2027-02-01 18:00", "I 2027-02-05 02:00").Opens(StallReason.NoScan, Ct("2027-02-09 10:00"));
    }

    [Fact]
    public void The_wait_for_the_planned_day_ends_with_the_need_by_day()
    {
        // GROUND first moved 02-03: planned 02-10, but need-by is Fri 02-05. Last moved Thu 02-04 11:00: 48 h end on Mon, later than the wait.
        Ask.Parcel(Visit, "2027-02-03 10:00", ServiceLevel.Ground, "P 2027-02-03 18:00", "I 2027-02-04 11:00").Opens(StallReason.NoScan, Ct("2027-02-08 11:00"));
        // TWO_DAY first moved Wed 02-03 21:00, closed clinic Fri 02-05: planned Mon 02-08; visit 02-10 has its need-by on Mon 02-08.
        var clinic = Clinic("Mon-Fri 08:00-16:00", "2027-02-05");
        var parcel = Ask.Parcel("2027-02-10", "2027-02-03 10:00", ServiceLevel.TwoDay, "P 2027-02-03 21:00", "I 2027-02-04 09:00") with { Clinic = clinic };
        parcel.Opens(StallReason.NoScan, Ct("2027-02-08 10:00")); // Thursday is the last joint day before Monday
        // The same for a visit on Tue 02-09: need-by Thu 02-04 is the planned day; moved on it, 24 h later.
        (parcel with { VisitOn = D("2027-02-09") }).Opens(StallReason.NoScan, Ct("2027-02-05 10:00"));
    }

    [Fact]
    public void Silence_and_a_missed_commitment_stay_beside_lost_and_end_when_the_parcel_is_back()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00");
        var at = Ct("2027-02-04 12:00");
        foreach (var reason in new[] { StallReason.NoScan, StallReason.CommitMissed })
        {
            parcel.IsOpen(reason, at);
            parcel.With("Z 2027-02-04 11:00").IsOpen(reason, at);
            parcel.With("Z 2027-02-04 11:00", "I 2027-02-04 11:30").IsNotOpen(reason, at.AddDays(9)); // recovered
            parcel.With("R 2027-02-02 11:00").IsOpen(reason, at); // on its way back
            parcel.With("R 2027-02-02 11:00", "B 2027-02-03 11:00").IsNotOpen(reason, at.AddDays(9));
            parcel.With("D 2027-02-04 11:00").IsNotOpen(reason, at);
        }
    }

    // ── commitment ─────────────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData(ServiceLevel.TwoDay, "2027-02-01 10:00", null, "2027-02-03 19:00")]
    [InlineData(ServiceLevel.TwoDay, "2027-02-01 17:00", null, "2027-02-04 19:00")] // the label counts for the 2nd
    [InlineData(ServiceLevel.Overnight, "2027-02-01 10:00", null, "2027-02-02 19:00")]
    [InlineData(ServiceLevel.OvernightAm, "2027-02-01 10:00", null, "2027-02-02 12:30")]
    [InlineData(ServiceLevel.ThreeDay, "2027-02-01 10:00", null, "2027-02-04 19:00")]
    [InlineData(ServiceLevel.Ground, "2027-02-01 10:00", null, "2027-02-08 22:00")]
    [InlineData(ServiceLevel.Overnight, "2027-02-05 18:00", null, "2027-02-09 19:00")] // Friday evening counts for Monday
    [InlineData(ServiceLevel.TwoDay, "2027-02-01 10:00", "2027-02-02 12:00", "2027-02-02 14:00")] // the carrier's word goes before the service's
    [InlineData(ServiceLevel.TwoDay, "2027-02-01 10:00", "2027-02-06 12:00", "2027-02-08 18:00")] // Saturday: Monday's receiving close + 2 h
    [InlineData(ServiceLevel.TwoDay, "2027-02-10 10:00", "2027-02-15 17:00", "2027-02-16 18:00")] // clinic closed on Presidents' Day
    [InlineData(ServiceLevel.TwoDay, "2026-11-24 10:00", null, "2026-11-30 18:00")] // the 26th is closed, the clinic on the 27th too
    public void A_commitment_is_missed_two_hours_after_it(ServiceLevel service, string labelEt, string? committedCt, string missedCt)
    {
        var parcel = Ask.Parcel("2027-05-25", labelEt, service) with { CommittedAtUtc = committedCt is null ? null : Ct(committedCt) };
        parcel.Opens(StallReason.CommitMissed, Ct(missedCt));
    }

    [Fact]
    public void A_courier_commits_by_booking_or_not_at_all()
    {
        var courier = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.CourierSameDay, "P 2027-02-01 10:00");
        courier.IsNotOpen(StallReason.CommitMissed, Ct("2027-03-01 10:00"));
        Assert.Null(courier.AtCt("2027-02-01 11:00").Committed);
        (courier with { CommittedAtUtc = Ct("2027-02-01 13:00") }).Opens(StallReason.CommitMissed, Ct("2027-02-01 15:00"));
    }

    [Fact]
    public void A_default_commitment_is_in_the_ship_tos_zone()
    {
        var parcel = Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.Overnight) with { Clinic = ClinicIn("Pacific/Honolulu", "Mon-Fri 08:00-16:00") };
        Assert.Equal(T("2027-02-02T17:00:00-10:00"), parcel.AtCt("2027-02-01 10:00").Committed);
        parcel.Opens(StallReason.CommitMissed, T("2027-02-02T19:00:00-10:00"));
    }

    // ── arrival after need-by, the need-by day ─────────────────────────────────────────────────────────────────────

    [Fact]
    public void An_arrival_after_need_by_is_a_reason_from_the_label_on_and_ends_when_the_estimate_fits()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-04 10:00", ServiceLevel.TwoDay); // arrives Mon 02-08
        parcel.IsOpen(StallReason.EtaPastNeedBy, Et("2027-02-04 10:00"));
        parcel.With(Ask.Estimate("2027-02-04 11:00", on: "2027-02-05")).IsNotOpen(StallReason.EtaPastNeedBy, Ct("2027-02-04 11:00"));
        var fine = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00");
        fine.IsNotOpen(StallReason.EtaPastNeedBy, Ct("2027-02-01 18:00"));
        fine.With(Ask.Estimate("2027-02-02 11:00", on: "2027-02-08")).IsOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 11:00"));
        fine.With(Ask.Estimate("2027-02-02 11:00", at: Ct("2027-02-05 23:00"))).IsNotOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 11:00")); // by clinic date
        fine.With(Ask.Estimate("2027-02-02 11:00", on: "2027-02-06")).IsOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 11:00")); // a Saturday means Monday
        (fine.With(Ask.Estimate("2027-02-02 11:00", on: "2027-02-08")) with { VisitOn = null }).IsNotOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 11:00"));
    }

    [Fact]
    public void What_the_carrier_announces_of_a_label_past_its_grace_counts_when_it_is_bad_news()
    {
        var label = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay);
        var bad = label.With(Ask.Estimate("2027-02-01 11:00", on: "2027-02-08"));
        bad.IsOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 12:00"));
        Assert.Null(bad.AtCt("2027-02-02 12:00").ProjectedArrival);
        label.With(Ask.Estimate("2027-02-01 11:00", on: "2027-02-04")).IsNotOpen(StallReason.EtaPastNeedBy, Ct("2027-02-02 12:00"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("O 2027-02-05 08:30", false)]
    [InlineData("V 2027-02-05 09:59", false)]
    [InlineData("I 2027-02-05 09:59", true)]
    [InlineData("O 2027-02-04 23:59", true)] // not of that day
    [InlineData("V 2027-02-04 12:00", true)]
    [InlineData("D 2027-02-05 09:00", false)]
    public void A_parcel_must_be_out_by_ten_on_its_need_by_day(string? scan, bool open)
    {
        var parcel = Ask.Parcel(Visit, "2027-02-03 10:00", ServiceLevel.TwoDay, "P 2027-02-03 18:00");
        if (scan is not null) parcel = parcel.With(scan);
        parcel.IsNotOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-05 10:00").AddTicks(-1));
        Assert.Equal(open, parcel.AtCt("2027-02-05 10:00").Reasons.Contains(StallReason.NotOutOnNeedByDay));
    }

    [Fact]
    public void It_is_cleared_by_that_days_scan_or_the_delivery_and_by_nothing_else()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-03 10:00", ServiceLevel.TwoDay, "P 2027-02-03 18:00");
        parcel.With("O 2027-02-05 11:00").IsNotOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-05 11:00"));
        parcel.With("O 2027-02-05 11:00", "A 2027-02-05 15:00", "O 2027-02-08 08:00").IsNotOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-08 08:00"));
        parcel.With("O 2027-02-08 08:00").IsOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-08 08:00"));
        parcel.With("Z 2027-02-04 08:00", "I 2027-02-04 09:00").IsOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-05 10:00")); // recovered
        parcel.With("D 2027-02-08 09:00").IsNotOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-08 09:00"));
        (parcel with { VisitOn = null }).IsNotOpen(StallReason.NotOutOnNeedByDay, Ct("2027-02-05 12:00"));
    }

    // ── exceptions, attempts, returns, losses ──────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData("X:Address", 0)]
    [InlineData("X:Damage", 0)]
    [InlineData("X:Held", 0)]
    [InlineData("X:Missort", 0)]
    [InlineData("X:Customs", 0)]
    [InlineData("X:Unstated", 0)]
    [InlineData("X", 0)] // no class stated
    [InlineData("X:Weather", 4)]
    [InlineData("X:Delay", null)]
    public void A_carriers_exception_counts_by_its_class(string exception, int? hours)
    {
        var parcel = Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.Ground, "P 2027-02-01 18:00", exception + " 2027-02-02 09:00");
        if (hours is { } wait) parcel.Opens(StallReason.CarrierException, Ct("2027-02-02 09:00").AddHours(wait));
        else parcel.IsNotOpen(StallReason.CarrierException, Ct("2027-02-03 09:00"));
        parcel.With("I 2027-02-02 14:00").IsNotOpen(StallReason.CarrierException, Ct("2027-02-02 14:00"));
        if (hours is not null) parcel.With("L 2027-02-02 14:00", "E 2027-02-02 14:00").IsOpen(StallReason.CarrierException, Ct("2027-02-02 14:00"));
        Assert.Equal(Outlook.AtRisk, parcel.AtCt("2027-02-02 09:30").Outlook); // an exception that no movement followed
    }

    [Fact]
    public void A_later_exception_neither_hides_an_earlier_one_nor_starts_a_storms_hours_again()
    {
        var parcel = Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.Ground, "P 2027-02-01 18:00");
        parcel.With("X:Address 2027-02-02 09:00", "X:Delay 2027-02-02 11:00").IsOpen(StallReason.CarrierException, Ct("2027-02-02 12:00"));
        // A carrier's clock may run ahead: at once is when we know.
        parcel.With(new TrackingFact { AtUtc = Ct("2027-02-02 10:00"), ReceivedAtUtc = Ct("2027-02-02 09:00"), Arrival = 9, Milestone = Milestone.Exception, Exception = ExceptionClass.Damage })
            .Opens(StallReason.CarrierException, Ct("2027-02-02 09:00"));
        parcel.With("X:Weather 2027-02-02 09:00", "X:Weather 2027-02-02 12:00").Opens(StallReason.CarrierException, Ct("2027-02-02 13:00"));
        parcel.With("X:Weather 2027-02-02 09:00", "I 2027-02-02 11:00", "X:Weather 2027-02-02 12:00").Opens(StallReason.CarrierException, Ct("2027-02-02 16:00"));
    }

    [Fact]
    public void A_failed_attempt_stands_until_delivered()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "A 2027-02-03 11:00");
        parcel.IsOpen(StallReason.DeliveryAttemptFailed, Ct("2027-02-03 11:00"));
        parcel.With("O 2027-02-04 08:00").IsOpen(StallReason.DeliveryAttemptFailed, Ct("2027-02-04 08:00"));
        parcel.With("D 2027-02-04 09:00").IsNotOpen(StallReason.DeliveryAttemptFailed, Ct("2027-02-04 09:00"));
    }

    [Fact]
    public void A_return_or_a_loss_stands_until_the_replacement_is_delivered()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00");
        foreach (var (log, reason) in new[] { ("R 2027-02-03 11:00", StallReason.ReturnToSender), ("Z 2027-02-03 11:00", StallReason.Lost) })
        {
            var gone = parcel.With(log);
            gone.IsOpen(reason, Ct("2027-02-03 11:00"));
            (gone with { IsSuperseded = true }).IsOpen(reason, Ct("2027-02-03 12:00"));
            Assert.Empty((gone with { IsSuperseded = true, ReplacementDelivered = true }).AtCt("2027-02-03 12:00").Reasons);
        }
        parcel.With("R 2027-02-03 11:00", "B 2027-02-04 11:00").IsOpen(StallReason.ReturnToSender, Ct("2027-02-09 11:00"));
        parcel.With("Z 2027-02-03 11:00", "D 2027-02-04 11:00").IsOpen(StallReason.Lost, Ct("2027-02-09 11:00")); // recovered is not delivered
    }

    [Theory]
    [InlineData("P 2027-02-01 18:00", "2027-02-02 18:00", "2027-02-05 18:00")] // Tue + 3 = Fri, same hour
    [InlineData("P 2027-02-04 12:00", "2027-02-05 12:00", "2027-02-10 12:00")] // Fri + 3 = Wed
    [InlineData("P 2026-11-23 12:00", "2026-11-24 12:00", "2026-11-30 12:00")] // Tue, Wed, (Thu), Fri, Mon
    public void Silence_of_three_carrier_days_is_a_loss_that_a_movement_ends(string scan, string silentCt, string lostCt)
    {
        var parcel = Ask.Parcel(null, "2026-11-20 10:00", ServiceLevel.TwoDay, scan);
        parcel.Opens(StallReason.NoScan, Ct(silentCt));
        parcel.Opens(StallReason.Lost, Ct(lostCt));
        var found = parcel.With("I " + lostCt);
        found.IsNotOpen(StallReason.Lost, Ct(lostCt));
        Assert.NotNull(found.AtCt(lostCt).ProjectedArrival);
        Assert.Null(parcel.AtCt(lostCt).ProjectedArrival);
    }

    [Fact]
    public void A_parcel_that_falls_silent_on_its_way_back_is_lost_too()
    {
        var parcel = Ask.Parcel("2027-05-25", "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "R 2027-02-04 12:00");
        parcel.Opens(StallReason.NoScan, Ct("2027-02-05 12:00"));
        parcel.Opens(StallReason.Lost, Ct("2027-02-10 12:00"));
        parcel.With("B 2027-02-05 09:00").IsNotOpen(StallReason.Lost, Ct("2027-02-20 12:00"));
    }

    // ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────

    [Theory]
    [InlineData("2027-02-09", "2027-02-03 11:00", "2027-02-04 16:00")] // T = 4: receiving close of the next clinic day
    [InlineData("2027-02-09", "2027-02-03 03:00", "2027-02-04 16:00")] // outside a window says nothing yet
    [InlineData("2027-02-16", "2027-02-05 11:00", "2027-02-08 16:00")] // Friday
    [InlineData("2027-02-09", "2027-02-04 11:00", "2027-02-04 15:00")] // T = 3: four hours of receiving windows
    [InlineData("2027-02-09", "2027-02-04 14:00", "2027-02-05 10:00")]
    [InlineData("2027-02-09", "2027-02-05 15:00", "2027-02-08 11:00")] // over the weekend
    [InlineData("2027-02-09", "2027-02-04 16:00", "2027-02-05 12:00")] // the close itself still counts as inside
    [InlineData("2027-02-09", "2027-02-04 18:00", "2027-02-04 18:00")] // outside: at once
    [InlineData("2027-02-09", "2027-02-06 10:00", "2027-02-06 10:00")] // Saturday
    [InlineData("2027-02-09", "2027-02-10 10:00", "2027-02-10 14:00")] // after the visit
    [InlineData(null, "2027-02-04 11:00", "2027-02-05 16:00")] // stock
    public void A_receipt_is_due(string? visit, string deliveredCt, string dueCt)
    {
        var parcel = Ask.Parcel(visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "D " + deliveredCt);
        if (Ct(dueCt) > Ct(deliveredCt)) parcel.Opens(StallReason.DeliveredNotConfirmed, Ct(dueCt));
        else parcel.IsOpen(StallReason.DeliveredNotConfirmed, Ct(dueCt));
        (parcel with { ReceiptAtUtc = Ct(dueCt) }).IsNotOpen(StallReason.DeliveredNotConfirmed, Ct(dueCt).AddDays(30));
    }

    [Fact]
    public void A_lunch_closure_does_not_count_as_receiving_time()
    {
        var clinic = Clinic("Mon-Fri 08:00-12:00,13:00-16:00");
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00") with { Clinic = clinic };
        parcel.With("D 2027-02-04 11:00").Opens(StallReason.DeliveredNotConfirmed, Ct("2027-02-04 16:00"));
        parcel.With("D 2027-02-04 12:30").IsOpen(StallReason.DeliveredNotConfirmed, Ct("2027-02-04 12:30")); // outside a window
    }

    [Theory]
    [InlineData("37201", null, null, false)]
    [InlineData("37201-1234", null, null, false)]
    [InlineData("37202", null, null, true)]
    [InlineData("37202", "Nashville", "TN", true)] // the ZIP decides
    [InlineData(null, "NASHVILLE", "tn", false)]
    [InlineData(null, "Memphis", "TN", true)]
    [InlineData(null, "Nashville", "GA", true)]
    [InlineData(null, null, null, false)] // unknown place: the receipt will tell
    public void A_delivery_at_another_place_is_a_reason_at_once(string? zip, string? city, string? state, bool elsewhere)
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00")
            .With(new TrackingFact { AtUtc = Ct("2027-02-03 11:00"), ReceivedAtUtc = Ct("2027-02-03 11:00"), Arrival = 9, Milestone = Milestone.Delivered, Zip = zip, City = city, State = state });
        var answer = parcel.AtCt("2027-02-03 11:00");
        Assert.Equal(elsewhere, answer.Reasons.Contains(StallReason.DeliveredElsewhere));
        Assert.Equal(elsewhere ? Outlook.AtRisk : Outlook.Delivered, answer.Outlook);
        (parcel with { ReceiptAtUtc = Ct("2027-02-03 12:00") }).IsNotOpen(StallReason.DeliveredElsewhere, Ct("2027-02-03 12:00")); // found
    }

    [Fact]
    public void What_the_practice_says_it_did_not_get_is_never_quiet()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "D 2027-02-03 11:00") with { PracticeSaysNotReceived = true };
        // A form that states "wrong address" for every pack is a statement, not a receipt.
        foreach (var facts in new[] { parcel, parcel with { ReceiptAtUtc = Ct("2027-02-03 15:00") }, parcel with { Tracking = Ask.Log("P 2027-02-01 18:00") } })
        {
            var answer = facts.AtCt("2027-02-03 15:00");
            Assert.Contains(StallReason.DeliveredElsewhere, answer.Reasons);
            Assert.Equal(Outlook.AtRisk, answer.Outlook);
            Assert.False(answer.IsFinished);
            Assert.Equal(Severity.Critical, facts.AtCt("2027-02-05 16:00").Severity); // need-by passed with nothing on the shelf
        }
    }

    [Fact]
    public void A_delivery_clears_every_reason_of_the_way()
    {
        var worst = Ask.Parcel(Visit, "2027-02-04 10:00", ServiceLevel.TwoDay, "P 2027-02-05 18:00", "A 2027-02-08 08:00", "X:Address 2027-02-08 09:00");
        Assert.True(worst.AtCt("2027-02-09 12:00").Reasons.Count >= 5);
        var delivered = worst.With("D 2027-02-08 11:00");
        Assert.Equal([StallReason.DeliveredNotConfirmed], delivered.AtCt("2027-02-09 12:00").Reasons);
        Assert.Empty(delivered.AtCt("2027-02-08 11:00").Reasons);
        Assert.Equal([StallReason.DiscrepancyOpen], (delivered with { ReceiptAtUtc = Ct("2027-02-08 12:00"), HasOpenDiscrepancy = true }).AtCt("2027-02-08 12:00").Reasons);
    }

    [Fact]
    public void A_discrepancy_stays_until_its_replacement_is_confirmed_not_just_delivered()
    {
        var parcel = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "D 2027-02-03 11:00") with
        {
            ReceiptAtUtc = Ct("2027-02-03 12:00"), HasOpenDiscrepancy = true, IsSuperseded = true, ReplacementDelivered = true,
        };
        parcel.IsOpen(StallReason.DiscrepancyOpen, Ct("2027-02-04 12:00"));
        Assert.Empty((parcel with { HasOpenDiscrepancy = false }).AtCt("2027-02-04 12:00").Reasons);
    }

    // ── kits and stock ─────────────────────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void A_kit_parcel_knows_four_reasons_and_never_rises_above_low()
    {
        var label = Ask.Parcel(null, "2027-02-01 10:00", ServiceLevel.Ground) with { Kind = DeliveryKind.Kit };
        StallReason[] allowed = [StallReason.LabelNotPickedUp, StallReason.NoScan, StallReason.ReturnToSender, StallReason.Lost];
        foreach (var kit in new[] { label, label.With("P 2027-02-01 18:00"), label.With("P 2027-02-01 18:00", "X:Address 2027-02-02 09:00", "A 2027-02-02 10:00"),
            label.With("R 2027-02-02 10:00"), label.With("P 2027-02-01 18:00", "Z 2027-02-02 10:00"), label.With("P 2027-02-01 18:00", "D 2027-02-02 10:00") })
        {
            for (var now = Ct("2027-02-01 10:00"); now < Ct("2027-03-01 10:00"); now = now.AddHours(5))
            {
                var answer = kit.At(now);
                Assert.Empty(answer.Reasons.Except(allowed));
                Assert.True(answer.Severity is null or Severity.Low);
                Assert.Same(LadderStep.Nothing, ChaseLadder.Climb(kit, answer, new HashSet<string>(), now));
                Assert.Empty(RescueOptions.Of(kit, answer, RiskCalendars.Default, now));
            }
        }
        label.Opens(StallReason.LabelNotPickedUp, Et("2027-02-02 10:00"));
        label.With("P 2027-02-01 18:00").Opens(StallReason.NoScan, Ct("2027-02-03 18:00"));
        label.With("P 2027-02-01 18:00").Opens(StallReason.Lost, Ct("2027-02-08 18:00"));
        label.With("R 2027-02-02 10:00").IsOpen(StallReason.ReturnToSender, Ct("2027-02-02 10:00"));
    }

    [Fact]
    public void A_stock_order_has_no_need_by_and_is_low()
    {
        var order = Ask.Order(null, "2027-01-20 10:00", acknowledged: false).AtCt("2027-02-20 10:00");
        Assert.Equal((null, null, null, null), (order.NeedBy, order.MustShipBy, order.DaysLeft, order.SlackDays));
        Assert.Equal(Severity.Low, order.Severity);
        var parcel = Ask.Parcel(null, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00", "Z 2027-02-03 10:00").AtCt("2027-02-04 10:00");
        Assert.Equal(Severity.Low, parcel.Severity);
        Assert.Empty(Ask.Parcel(null, "2027-02-01 10:00", ServiceLevel.TwoDay, "P 2027-02-01 18:00").AtCt("2027-02-01 18:00").Reasons);
    }

    [Fact]
    public void A_cancelled_label_is_over_unless_something_came()
    {
        var cancelled = Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, "C 2027-02-01 18:00");
        var answer = cancelled.AtCt("2027-02-20 18:00");
        Assert.Equal((null, true, null), (answer.Outlook, answer.IsFinished, answer.NextLook));
        Assert.Empty(answer.Reasons);
        Assert.Equal(Outlook.Received, (cancelled with { ReceiptAtUtc = Ct("2027-02-03 10:00") }).AtCt("2027-02-04 10:00").Outlook);
    }
}

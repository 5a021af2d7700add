using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>The ladder of domain.md §3.2, gate by gate, and §3.3's options. Visit Tue 2027-02-09, need-by Fri 02-05, must-ship-by (two-day) Wed 02-03.</summary>
public class LadderTests
{
    private const string Visit = "2027-02-09";
    private static readonly HashSet<string> Nothing = [];

    private static DeliveryFacts Moving(params string[] scans) => Ask.Parcel(Visit, "2027-02-01 10:00", ServiceLevel.TwoDay, ["P 2027-02-01 18:00", .. scans]);

    private static bool Holds(EscalationRung rung, DeliveryFacts facts, DateTimeOffset now) => ChaseLadder.GateHolds(rung, facts, facts.At(now), now);

    private static LadderStep Climb(DeliveryFacts facts, DateTimeOffset now, IReadOnlySet<string>? told = null) => ChaseLadder.Climb(facts, facts.At(now), told ?? Nothing, now);

    [Fact]
    public void T_10_wants_a_submitted_order_and_a_licence_through_need_by()
    {
        var order = Ask.Order(Visit, "2027-01-25 10:00");
        Assert.True(Holds(EscalationRung.T10, order with { LicenseExpiresOn = D("2027-02-05") }, Ct("2027-01-26 08:00")));
        Assert.False(Holds(EscalationRung.T10, order with { LicenseExpiresOn = D("2027-02-04") }, Ct("2027-01-26 08:00")));
        Assert.False(Holds(EscalationRung.T10, order with { LicenseExpiresOn = null }, Ct("2027-01-26 08:00"))); // unknown is not fine
        Assert.False(Holds(EscalationRung.T10, Ask.Visit(Visit), Ct("2027-01-26 08:00")));
    }

    [Fact]
    public void An_answer_is_asked_for_the_newest_rung_while_anything_is_wrong()
    {
        string[] Asking(DeliveryFacts facts, string now, params string[] told) => [.. ChaseLadder.Asking(told, facts, facts.At(Ct(now)), Ct(now))];
        var held = Ask.Order(Visit, "2027-01-25 10:00") with { OpenHolds = [new HoldFact(HoldReason.Coverage, Ct("2027-01-29 07:00"))] };
        Assert.Equal(["T-7"], Asking(held, "2027-01-29 09:00", "T-10", "T-7"));
        Assert.Empty(Asking(held, "2027-01-29 09:00"));
        // Nothing is open and the gate holds: nobody has to say anything. With a reason open somebody has, though the gate holds.
        var moving = Moving();
        Assert.Empty(Asking(moving, "2027-02-02 08:00", "T-5"));
        Assert.Equal(["T-5"], Asking(moving.With(Ask.Estimate("2027-02-02 07:00", on: "2027-02-08")), "2027-02-02 08:00", "T-7", "T-5"));
        // The overdue acknowledgement while the order is not acknowledged.
        var silent = Ask.Order(Visit, "2027-01-25 10:00") with { AcknowledgedAtUtc = null };
        Assert.Equal(["T-7", RungName.AckOverdue], Asking(silent, "2027-01-29 09:00", "T-7", RungName.AckOverdue));
        Assert.Equal(["T-7"], Asking(held, "2027-01-29 09:00", "T-7", RungName.AckOverdue));
        // What was replaced, and what is over.
        Assert.Empty(Asking(held with { IsSuperseded = true }, "2027-01-29 09:00", "T-7"));
        Assert.Empty(Asking(Moving("D 2027-02-03 11:00") with { ReceiptAtUtc = Ct("2027-02-03 12:00") }, "2027-02-05 16:00", "T-3"));
    }

    [Fact]
    public void T_7_wants_an_acknowledged_order_without_hold_that_is_promised_in_time()
    {
        var order = Ask.Order(Visit, "2027-01-25 10:00");
        var now = Ct("2027-01-29 08:00");
        Assert.True(Holds(EscalationRung.T7, order, now));
        Assert.False(Holds(EscalationRung.T7, order with { AcknowledgedAtUtc = null }, now));
        Assert.False(Holds(EscalationRung.T7, order with { OpenHolds = [new HoldFact(HoldReason.Coverage, now)] }, now));
        Assert.True(Holds(EscalationRung.T7, order with { PromisedShipOn = D("2027-02-03") }, now));
        Assert.False(Holds(EscalationRung.T7, order with { PromisedShipOn = D("2027-02-04") }, now));
        Assert.False(Holds(EscalationRung.T7, Ask.Visit(Visit), now));
        Assert.True(Holds(EscalationRung.T7, Ask.Parcel(Visit, "2027-01-28 10:00", ServiceLevel.TwoDay) with { AcknowledgedAtUtc = null }, now)); // a label says more
    }

    [Fact]
    public void T_5_wants_movement_and_an_arrival_in_time()
    {
        var now = Ct("2027-02-02 08:00");
        Assert.True(Holds(EscalationRung.T5, Moving(), now));
        Assert.False(Holds(EscalationRung.T5, Ask.Parcel(Visit, "2027-02-01 16:00", ServiceLevel.TwoDay), now));
        Assert.False(Holds(EscalationRung.T5, Moving().With(Ask.Estimate("2027-02-02 07:00", on: "2027-02-08")), now));
        Assert.False(Holds(EscalationRung.T5, Moving("Z 2027-02-02 07:00"), now));
        Assert.False(Holds(EscalationRung.T5, Ask.Order(Visit, "2027-01-25 10:00"), now));
    }

    [Theory]
    [InlineData("I 2027-02-03 20:01", true)]
    [InlineData("I 2027-02-03 20:00", false)] // twelve hours are over
    [InlineData("O 2027-02-03 08:00", true)]
    [InlineData("O 2027-02-03 08:00|I 2027-02-03 12:00", false)]
    [InlineData("D 2027-02-03 08:00", true)]
    [InlineData("D 2027-02-03 08:00|I 2027-02-03 12:00", false)] // taken back
    [InlineData("A 2027-02-03 21:00", true)]
    [InlineData("I 2027-02-03 20:01|Z 2027-02-04 07:00", false)]
    public void T_3_wants_it_delivered_out_or_arriving_with_a_scan_in_the_last_twelve_hours(string scans, bool holds) =>
        Assert.Equal(holds, Holds(EscalationRung.T3, Moving(scans.Split('|')), Ct("2027-02-04 08:00")));

    [Fact]
    public void T_2_wants_the_delivery_and_T_1_and_T_0_the_receipt()
    {
        var delivered = Moving("D 2027-02-05 11:00");
        Assert.True(Holds(EscalationRung.T2, delivered, Ct("2027-02-05 16:00")));
        Assert.False(Holds(EscalationRung.T2, Moving("O 2027-02-05 11:00"), Ct("2027-02-05 16:00")));
        foreach (var (rung, at) in new[] { (EscalationRung.T1, "2027-02-08 08:00"), (EscalationRung.T0, "2027-02-09 08:00") })
        {
            Assert.False(Holds(rung, delivered, Ct(at)));
            var received = delivered with { ReceiptAtUtc = Ct("2027-02-05 12:00") };
            Assert.True(Holds(rung, received, Ct(at)));
            Assert.False(Holds(rung, received with { HasOpenDiscrepancy = true }, Ct(at)));
        }
    }

    [Fact]
    public void A_list_holds_all_earlier_rungs_people()
    {
        string[] all = ["practice-coordinator", "rep", "logistics", "partner-service", "manager", "practice-clinical-lead", "head-of-logistics", "field-head", "medical-affairs", "safety"];
        foreach (var (rung, count) in new[] { (EscalationRung.T10, 2), (EscalationRung.T7, 3), (EscalationRung.T5, 5), (EscalationRung.T3, 7), (EscalationRung.T2, 7), (EscalationRung.T1, 9), (EscalationRung.T0, 10) })
            Assert.Equal(all[..count], ChaseLadder.RecipientsOf(rung));
    }

    [Fact]
    public void A_rung_reached_late_is_told_at_once_and_the_earlier_ones_that_failed_are_superseded()
    {
        var step = Climb(Ask.Visit(Visit), Ct("2027-02-04 09:00"));
        Assert.Equal("T-3", Assert.Single(step.Tell).Rung);
        Assert.Equal(["T-10", "T-7", "T-5"], step.Superseded);
        Assert.Same(LadderStep.Nothing, Climb(Ask.Visit(Visit), Ct("2027-02-04 09:00"), new HashSet<string> { "T-3", "T-10", "T-7", "T-5" }));
    }

    [Fact]
    public void A_gate_that_fails_is_told_while_no_reason_is_open()
    {
        var order = Ask.Order(Visit, "2027-01-28 10:00", acknowledged: false); // not yet due
        var answer = order.AtCt("2027-01-29 08:00");
        Assert.Empty(answer.Reasons);
        var call = Assert.Single(Climb(order, Ct("2027-01-29 08:00")).Tell);
        Assert.Equal(("T-7", Severity.Medium), (call.Rung, call.Severity));
        Assert.Equal("T-10", Assert.Single(Climb(Ask.Visit(Visit), Ct("2027-01-26 08:00")).Tell).Rung);
        Assert.Same(LadderStep.Nothing, Climb(Ask.Visit(Visit), Ct("2027-01-26 08:00").AddTicks(-1)));
    }

    [Fact]
    public void A_gate_that_held_in_the_morning_and_fails_by_night_is_told_by_night()
    {
        var moving = Moving("I 2027-02-04 07:00"); // T-3 is Thu 02-04
        Assert.Same(LadderStep.Nothing, Climb(moving, Ct("2027-02-04 18:55")));
        Assert.Equal("T-3", Assert.Single(Climb(moving, Ct("2027-02-04 19:00")).Tell).Rung);
        Assert.Equal("T-3", Assert.Single(Climb(moving, Ct("2027-02-05 15:55")).Tell).Rung);
    }

    [Fact]
    public void T_2_is_told_at_need_by_itself_and_is_critical()
    {
        var parcel = Moving("O 2027-02-05 11:00");
        Assert.Same(LadderStep.Nothing, Climb(parcel, Ct("2027-02-05 16:00").AddTicks(-1)));
        var call = Assert.Single(Climb(parcel, Ct("2027-02-05 16:00")).Tell);
        Assert.Equal(("T-2", Severity.Critical), (call.Rung, call.Severity));
    }

    [Fact]
    public void Stock_a_replaced_parcel_and_a_finished_one_climb_nothing()
    {
        var now = Ct("2027-02-08 09:00");
        Assert.Same(LadderStep.Nothing, Climb(Moving() with { VisitOn = null }, now));
        Assert.Same(LadderStep.Nothing, Climb(Moving() with { IsSuperseded = true }, now));
        Assert.Same(LadderStep.Nothing, Climb(Moving("C 2027-02-02 09:00"), now));
        var received = Moving("D 2027-02-03 09:00") with { ReceiptAtUtc = Ct("2027-02-03 10:00") };
        Assert.Equal("DELIVERED", Assert.Single(Climb(received, now).Tell).Rung);
        Assert.Same(LadderStep.Nothing, Climb(received, now, new HashSet<string> { "DELIVERED" }));
    }

    // ── §3.3 ───────────────────────────────────────────────────────────────────────────────────────────────────────

    private static IReadOnlyList<Rescue> Rescue(DeliveryFacts facts, DateTimeOffset now) => RescueOptions.Of(facts, facts.At(now), RiskCalendars.Default, now);

    [Fact]
    public void Overnight_can_be_decided_until_the_last_cut_off_that_arrives_before_the_visit()
    {
        var lost = Moving("Z 2027-02-04 09:00");
        Rescue At(string et) => Rescue(lost, Et(et)).Single(r => r.Option == RescueOption.ReshipOvernight);
        Assert.Equal((Ct("2027-02-05 16:00"), Et("2027-02-05 17:00"), false), (At("2027-02-04 16:59").Arrival!.Value, At("2027-02-04 16:59").DecideBy!.Value, At("2027-02-04 16:59").NeedByMissed));
        Assert.Equal((Ct("2027-02-08 16:00"), true, true), (At("2027-02-04 17:00").Arrival!.Value, At("2027-02-04 17:00").NeedByMissed, At("2027-02-04 17:00").IsFeasible));
        Assert.True(At("2027-02-05 16:59").IsFeasible);
        Assert.Equal((false, null), (At("2027-02-05 17:00").IsFeasible, At("2027-02-05 17:00").DecideBy));
        // The cut-off that still makes need-by is a day earlier; once it has passed only the last one is left.
        Assert.Equal((Et("2027-02-04 17:00"), null), (At("2027-02-04 16:59").DecideInTimeBy, At("2027-02-04 17:00").DecideInTimeBy));
        Rescue Courier(string et) => Rescue(lost, Et(et)).Single(r => r.Option == RescueOption.CourierSameDay);
        Assert.Equal((Ct("2027-02-05 16:00"), Ct("2027-02-08 16:00")), (Courier("2027-02-04 16:59").DecideInTimeBy, Courier("2027-02-04 16:59").DecideBy));
        Assert.Null(Courier("2027-02-05 17:01").DecideInTimeBy);
    }

    [Fact]
    public void A_parcel_at_another_door_or_one_that_came_short_still_gets_rescue()
    {
        var elsewhere = Moving("D 2027-02-03 11:00") with { PracticeSaysNotReceived = true };
        Assert.Contains(Rescue(elsewhere, Ct("2027-02-03 13:00")), r => r.Option == RescueOption.ReshipOvernight && r.IsFeasible);
        var brief = Moving("D 2027-02-03 11:00") with { ReceiptAtUtc = Ct("2027-02-03 12:00"), HasOpenDiscrepancy = true };
        Assert.Contains(Rescue(brief, Ct("2027-02-03 13:00")), r => r.Option == RescueOption.ReshipOvernight && r.IsFeasible);
        Assert.Empty(Rescue(Moving("D 2027-02-03 11:00"), Ct("2027-02-04 16:00"))); // delivered, only not confirmed
    }

    [Fact]
    public void A_visit_moves_to_the_last_clinic_day_before_refill_by_at_most()
    {
        var lost = Moving("Z 2027-02-04 09:00");
        RescueOption[] Options(string? refillBy) => [.. Rescue(lost with { RefillByOn = refillBy is null ? null : D(refillBy) }, Ct("2027-02-04 09:00")).Select(r => r.Option)];
        Assert.DoesNotContain(RescueOption.RescheduleVisit, Options(null)); // not known
        Assert.DoesNotContain(RescueOption.RescheduleVisit, Options("2027-02-10")); // the 9th is the last safe day already
        Assert.Contains(RescueOption.RescheduleVisit, Options("2027-02-11"));
    }

    [Fact]
    public void The_clinical_plan_is_what_is_left_and_waiting_for_the_parcel_is_no_option()
    {
        Assert.Equal([RescueOption.UpgradeOrIntercept, RescueOption.ReshipOvernight, RescueOption.CourierSameDay, RescueOption.LocalStock, RescueOption.ClinicalPlan],
            Rescue(Moving("O 2027-02-09 08:00"), Ct("2027-02-09 09:00")).Select(r => r.Option));
        Assert.DoesNotContain(RescueOption.ClinicalPlan, Rescue(Moving("Z 2027-02-04 09:00"), Ct("2027-02-04 09:00")).Select(r => r.Option));
    }

    [Fact]
    public void Transfers_between_sites_wait_for_counsel()
    {
        var lost = Moving("Z 2027-02-04 09:00");
        var now = Ct("2027-02-04 09:00");
        Assert.DoesNotContain(Rescue(lost, now), r => r.Option == RescueOption.TransferBetweenSites);
        var enabled = RiskCalendars.Default with { Policy = RiskCalendars.Default.Policy with { TransfersEnabled = true } };
        Assert.Contains(RescueOptions.Of(lost, DeliveryRisk.Assess(lost, enabled, now), enabled, now), r => r.Option == RescueOption.TransferBetweenSites);
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Chasing.Stories;

/// <summary>Stories 1 to 7 of domain.md §9, played with their instants.</summary>
public class AcceptanceStoryTests
{
    private static readonly string[] UpToT3 =
        ["practice-coordinator", "rep", "logistics", "partner-service", "manager", "practice-clinical-lead", "head-of-logistics"];

    // ── 1 Normal ───────────────────────────────────────────────────────────────────────────────────────────────────

    private static Story Story1()
    {
        var story = Story.OfVisit("2027-01-13").Ordered("2026-12-28 15:30", "2026-12-28 16:05");
        var parcel = story.Ship(Et("2027-01-04 12:00"));
        parcel.Scan(Et("2027-01-04 12:00"), Milestone.LabelCreated).Scan(Et("2027-01-04 18:30"), Milestone.PickedUp)
            .Scan(Ct("2027-01-05 04:10"), Milestone.InTransit).Scan(Ct("2027-01-05 21:00"), Milestone.InTransit).Scan(Ct("2027-01-06 08:10"), Milestone.OutForDelivery)
            .Scan(Ct("2027-01-06 09:41"), Milestone.Delivered, signedBy: "R. Ortiz");
        parcel.ReceiptAt = Ct("2027-01-06 10:30");
        return story;
    }

    [Fact]
    public void Story_1_a_normal_delivery_has_no_stall_and_no_chase_and_tells_rep_and_coordinator_once()
    {
        var diary = Story1().Run(Et("2026-12-28 15:30"), Ct("2027-01-20 09:00"));
        Assert.Empty(diary.Reasons);
        Assert.Empty(diary.Chases);
        Assert.Empty(diary.Superseded);
        var delivered = Assert.Single(diary.Notices);
        Assert.Equal((Ct("2027-01-06 09:41"), "DELIVERED"), (delivered.At, delivered.Call.Rung));
        Assert.Equal(["practice-coordinator", "rep"], delivered.Call.Recipients);
        Assert.Equal(Outlook.Received, diary.Answers["parcel 0"].Outlook);
        Assert.True(diary.Answers["parcel 0"].IsFinished);
    }

    [Fact]
    public void Story_1_dates_and_gates()
    {
        var story = Story1();
        var asked = story.Ask(Ct("2027-01-04 08:00"));
        Assert.Equal(Ct("2027-01-11 16:00"), asked.NeedBy);
        Assert.Equal(Et("2027-01-07 17:00"), asked.MustShipBy);
        Assert.Equal(3, asked.SlackDays); // ship-from days from 01-04 to 01-07
        Assert.Null(asked.ProjectedArrival);
        Assert.Equal(Outlook.OnTrack, asked.Outlook);
        Assert.Null(asked.Severity);
        foreach (var (rung, at) in new[] { (EscalationRung.T10, "2026-12-29 08:00"), (EscalationRung.T7, "2027-01-04 08:00"), (EscalationRung.T5, "2027-01-06 08:00"),
            (EscalationRung.T3, "2027-01-08 08:00"), (EscalationRung.T2, "2027-01-11 16:00"), (EscalationRung.T1, "2027-01-12 08:00"), (EscalationRung.T0, "2027-01-13 08:00") })
        {
            var now = Ct(at);
            var watched = story.WatchedAt(now).Single();
            var answer = story.Ask(watched, now);
            Assert.Equal(now, answer.Clocks.ReachedAt(rung));
            Assert.Equal(rung, ChaseLadder.CurrentRung(answer, now));
            Assert.NotEqual(rung, ChaseLadder.CurrentRung(answer, now.AddTicks(-1)));
            Assert.True(ChaseLadder.GateHolds(rung, story.FactsOf(watched, now), answer, now), rung.ToString());
        }
    }

    // ── 2 Stalled in transit ───────────────────────────────────────────────────────────────────────────────────────

    private static Story Story2()
    {
        var story = Story.OfVisit("2027-02-09").Ordered("2027-01-22 10:00", "2027-01-22 11:00");
        var parcel = story.Ship(Et("2027-02-01 12:00"), committedAt: Ct("2027-02-03 17:00"));
        parcel.Scan(Et("2027-02-01 12:00"), Milestone.LabelCreated).Scan(Et("2027-02-01 18:00"), Milestone.PickedUp)
            .Scan(Ct("2027-02-02 04:30"), Milestone.InTransit).Scan(Ct("2027-02-02 21:14"), Milestone.InTransit).Scan(Ct("2027-02-04 08:30"), Milestone.InTransit)
            .Scan(Ct("2027-02-04 11:05"), Milestone.Delivered);
        parcel.ReceiptAt = Ct("2027-02-04 12:30");
        return story;
    }

    [Fact]
    public void Story_2_reasons_open_at_their_instants_and_the_T_3_list_is_told_once()
    {
        var diary = Story2().Run(Et("2027-01-22 10:00"), Ct("2027-02-20 09:00"));
        Assert.Equal([
            new Entry(Ct("2027-02-03 19:00"), "parcel 0", "+COMMIT_MISSED"),
            new Entry(Ct("2027-02-03 21:14"), "parcel 0", "+NO_SCAN"),
            new Entry(Ct("2027-02-04 08:30"), "parcel 0", "-NO_SCAN"),
            new Entry(Ct("2027-02-04 11:05"), "parcel 0", "-COMMIT_MISSED")], diary.Reasons);
        Assert.Equal([("T-3", Ct("2027-02-04 08:00")), ("DELIVERED", Ct("2027-02-04 11:05"))], diary.Notices.Select(n => (n.Call.Rung, n.At)));
        Assert.Equal(UpToT3, diary.Notices[0].Call.Recipients);
        Assert.Equal(Severity.High, diary.Notices[0].Call.Severity);
    }

    [Fact]
    public void Story_2_what_is_shown_at_each_instant()
    {
        var story = Story2();
        Assert.Empty(story.Ask(Ct("2027-02-03 19:00").AddTicks(-1)).Reasons);

        var missed = story.Ask(Ct("2027-02-03 19:00"));
        Assert.Equal([StallReason.CommitMissed], missed.Reasons);
        Assert.Equal((Severity.High, 2), (missed.Severity, missed.DaysLeft));
        Assert.Equal(Ct("2027-02-03 21:14"), missed.NextLook);

        var t3 = story.Ask(Ct("2027-02-04 08:00"));
        Assert.Equal([StallReason.NoScan, StallReason.CommitMissed], t3.Reasons);
        Assert.Equal((Severity.High, Outlook.NoSignal), (t3.Severity, t3.Outlook));
        Assert.Equal((Ct("2027-02-05 16:00"), Et("2027-02-03 17:00"), Ct("2027-02-03 17:00")), (t3.NeedBy, t3.MustShipBy, t3.Committed));
        Assert.Equal((Ct("2027-02-04 16:00"), "service", 24.0, 1), (t3.ProjectedArrival, t3.EstimateSource, t3.SlackHours, t3.SlackDays));
        var reship = story.RescueAt("parcel 0", Ct("2027-02-04 08:00")).Single(r => r.Option == RescueOption.ReshipOvernight);
        Assert.Equal((Ct("2027-02-05 16:00"), true, false), (reship.Arrival!.Value, reship.IsFeasible, reship.NeedByMissed));
        Assert.Equal(Et("2027-02-05 17:00"), reship.DecideBy); // Friday's parcel comes on Monday, the day before the visit

        var scanned = story.Ask(Ct("2027-02-04 08:30"));
        Assert.Equal([StallReason.CommitMissed], scanned.Reasons);
        Assert.Equal(Severity.Watch, scanned.Severity);
        Assert.Empty(story.RescueAt("parcel 0", Ct("2027-02-04 08:30")));

        var delivered = story.Ask(Ct("2027-02-04 11:05"));
        Assert.Empty(delivered.Reasons);
        Assert.Equal(Outlook.Delivered, delivered.Outlook);
        Assert.Equal("CARRIER_DELAY", StallCause.Of([StallReason.CommitMissed, StallReason.NoScan]));
        Assert.Equal(new TimeSpan(35, 16, 0), story.FactsOf("parcel 0", Ct("2027-02-04 11:05")).Tracking.LongestSilence);
    }

    // ── 3 Lost, reshipped over a DST change ────────────────────────────────────────────────────────────────────────

    private static Story Story3()
    {
        var story = Story.OfVisit("2027-03-16", "2027-03-23").Ordered("2027-03-01 10:00", "2027-03-01 11:00");
        var first = story.Ship(Et("2027-03-09 12:00"));
        first.Scan(Et("2027-03-09 12:00"), Milestone.LabelCreated).Scan(Et("2027-03-09 18:00"), Milestone.PickedUp)
            .Scan(Ct("2027-03-10 22:10"), Milestone.InTransit).Scan(Et("2027-03-12 14:20"), Milestone.Lost)
            .Scan(Ct("2027-03-18 10:00"), Milestone.Delivered);
        var second = story.Ship(Et("2027-03-12 15:30"), service: ServiceLevel.Overnight);
        second.Scan(Et("2027-03-12 15:30"), Milestone.LabelCreated).Scan(Et("2027-03-12 18:20"), Milestone.PickedUp)
            .Scan(Ct("2027-03-15 07:50"), Milestone.OutForDelivery).Scan(Ct("2027-03-15 09:20"), Milestone.Delivered);
        second.ReceiptAt = Ct("2027-03-15 09:50");
        first.ReplacedBy = second;
        return story;
    }

    [Fact]
    public void Story_3_lost_is_critical_and_overnight_is_feasible_until_the_cut_off_though_need_by_is_missed()
    {
        var story = Story3();
        var lost = story.Ask("parcel 0", Et("2027-03-12 14:20"));
        Assert.Contains(StallReason.Lost, lost.Reasons);
        Assert.Contains(StallReason.NoScan, lost.Reasons);
        Assert.Contains(StallReason.CommitMissed, lost.Reasons);
        Assert.Equal((Severity.Critical, Outlook.Late), (lost.Severity, lost.Outlook));
        Assert.Equal((null, "none"), (lost.ProjectedArrival, lost.EstimateSource));
        Assert.Equal(Ct("2027-03-12 16:00"), lost.NeedBy);

        Rescue Option(RescueOption option, DateTimeOffset at) => story.RescueAt("parcel 0", at).Single(r => r.Option == option);
        var reship = Option(RescueOption.ReshipOvernight, Et("2027-03-12 14:20"));
        Assert.Equal((Ct("2027-03-15 16:00"), Et("2027-03-12 17:00"), true, true), (reship.Arrival, reship.DecideBy, reship.IsFeasible, reship.NeedByMissed));
        Assert.Equal(TimeSpan.FromHours(-5), reship.Arrival!.Value.Offset);
        Assert.Equal(new DateOnly(2027, 3, 22), story.Clinic.DayOf(Option(RescueOption.RescheduleVisit, Et("2027-03-12 14:20")).Arrival!.Value));

        story.Parcels.RemoveAt(1); // nobody decided
        story.Parcels[0].ReplacedBy = null;
        Assert.True(Option(RescueOption.ReshipOvernight, Et("2027-03-12 17:00").AddTicks(-1)).IsFeasible);
        Assert.False(Option(RescueOption.ReshipOvernight, Et("2027-03-12 17:00")).IsFeasible);
    }

    [Fact]
    public void Story_3_the_replacement_closes_the_record_and_the_first_parcel_stays_out_of_it_when_it_turns_up()
    {
        var story = Story3();
        var diary = story.Run(Et("2027-03-01 10:00"), Ct("2027-03-25 09:00"));
        Assert.Contains(new Entry(Et("2027-03-12 14:20"), "parcel 0", "+LOST"), diary.Reasons);
        Assert.Contains(new Entry(Ct("2027-03-15 09:20"), "parcel 0", "-LOST"), diary.Reasons);
        Assert.DoesNotContain(diary.Reasons, r => r.At > Ct("2027-03-15 09:50"));
        var delivered = Assert.Single(diary.Notices, n => n.Call.Rung == "DELIVERED");
        Assert.Equal((Ct("2027-03-15 09:20"), "parcel 1"), (delivered.At, delivered.Watched));
        Assert.Contains(diary.Notices, n => n.Call.Rung == "T-2" && n.At == Ct("2027-03-12 16:00") && n.Call.Severity == Severity.Critical);
        Assert.Contains(diary.Notices, n => n.Call.Rung == "T-1" && n.At == Ct("2027-03-15 08:00") && n.Call.Recipients.Contains("medical-affairs"));
        Assert.DoesNotContain(diary.Notices, n => n.Call.Rung == "T-0");
        Assert.Equal(Milestone.Recovered, story.FactsOf("parcel 0", Ct("2027-03-18 10:00")).Tracking.Milestone);
        Assert.Null(diary.Answers["parcel 0"].Outlook);
        Assert.True(diary.Answers["parcel 0"].IsFinished);
        Assert.Equal(Outlook.Received, diary.Answers["parcel 1"].Outlook);
    }

    [Fact]
    public void A_replaced_parcel_is_offered_no_second_replacement() =>
        Assert.Empty(Story3().RescueAt("parcel 0", Et("2027-03-12 15:30")));

    // ── 4 Holiday trap ─────────────────────────────────────────────────────────────────────────────────────────────

    private static Story Story4()
    {
        var story = Story.OfVisit("2026-12-01").Ordered("2026-11-16 10:00", "2026-11-16 11:00");
        story.Ship(Et("2026-11-24 12:00")).Scan(Et("2026-11-24 12:00"), Milestone.LabelCreated);
        return story;
    }

    [Fact]
    public void Story_4_label_due_then_must_ship_by_missed_then_an_arrival_after_the_holiday()
    {
        var story = Story4();
        Assert.Empty(story.Ask(Et("2026-11-20 17:00").AddTicks(-1)).Reasons);
        var due = story.Ask(Et("2026-11-20 17:00"));
        Assert.Equal([StallReason.LabelDue], due.Reasons);
        Assert.Equal((Severity.Medium, Outlook.Watch), (due.Severity, due.Outlook));
        Assert.Equal([StallReason.LabelDue], story.Ask(Et("2026-11-23 17:00").AddTicks(-1)).Reasons);

        var missed = story.Ask(Et("2026-11-23 17:00"));
        Assert.Equal([StallReason.MissedMustShipBy], missed.Reasons);
        Assert.Equal((Severity.High, Outlook.Late), (missed.Severity, missed.Outlook));

        var labelled = story.Ask(Et("2026-11-24 12:00"));
        Assert.Equal([StallReason.MissedMustShipBy, StallReason.EtaPastNeedBy], labelled.Reasons);
        Assert.Equal(Ct("2026-11-30 16:00"), labelled.ProjectedArrival);
        Assert.Equal((Severity.Critical, Outlook.Late, 1), (labelled.Severity, labelled.Outlook, labelled.DaysLeft));
        var reship = story.RescueAt("parcel 0", Et("2026-11-24 12:00")).Single(r => r.Option == RescueOption.ReshipOvernight);
        Assert.Equal((Ct("2026-11-25 16:00"), true, false), (reship.Arrival!.Value, reship.IsFeasible, reship.NeedByMissed));
        Assert.Equal(Et("2026-11-24 17:00"), (story.FactsOf("parcel 0", Et("2026-11-24 12:00")) with { Service = ServiceLevel.Overnight }) is var facts
            ? new DeliveryClocks(facts, story.World).MustShipBy : null);
    }

    [Fact]
    public void Story_4_accepted_before_the_cut_off_both_reasons_clear_on_pickup()
    {
        var story = Story4();
        story.Parcels.Clear();
        story.Ship(Et("2026-11-24 12:00"), service: ServiceLevel.Overnight)
            .Scan(Et("2026-11-24 12:00"), Milestone.LabelCreated).Scan(Et("2026-11-24 18:10"), Milestone.PickedUp);
        var pickedUp = story.Ask(Et("2026-11-24 18:10"));
        Assert.Empty(pickedUp.Reasons);
        Assert.Equal(Ct("2026-11-25 16:00"), pickedUp.ProjectedArrival);
    }

    [Fact]
    public void Story_4_the_rungs_fall_on_open_days()
    {
        var diary = Story4().Run(Et("2026-11-16 10:00"), Ct("2026-11-24 12:00"));
        Assert.Equal([("T-5", Ct("2026-11-20 08:00")), ("T-3", Ct("2026-11-24 08:00"))], diary.Notices.Select(n => (n.Call.Rung, n.At)));
        Assert.Equal(UpToT3[..5], diary.Notices[0].Call.Recipients);
    }

    // ── 5 Duplicates and out-of-order ──────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void Story_5_late_and_doubled_events_never_move_a_delivery_back()
    {
        var story = Story.OfVisit("2027-02-25").Ordered("2027-02-08 10:00", "2027-02-08 11:00");
        story.Clinic = ClinicIn("America/Denver", "Mon-Fri 08:00-16:00");
        story.Service = ServiceLevel.Ground;
        var parcel = story.Ship(T("2027-02-15T16:05:00Z"));
        parcel.Scan(T("2027-02-15T16:05:00Z"), Milestone.LabelCreated).Scan(T("2027-02-16T00:30:00Z"), Milestone.PickedUp)
            .Scan(T("2027-02-17T17:12:00Z"), Milestone.Delivered, signedBy: "M. K.")
            .Scan(T("2027-02-16T09:40:00Z"), Milestone.InTransit, receivedAt: T("2027-02-17T18:00:00Z"))
            .Scan(T("2027-02-17T14:55:00Z"), Milestone.OutForDelivery, receivedAt: T("2027-02-17T18:20:00Z"));
        parcel.ReceiptAt = T("2027-02-18T16:00:00Z");
        var diary = story.Run(Et("2027-02-08 10:00"), T("2027-03-01T16:00:00Z"));
        Assert.Empty(diary.Reasons);
        var notice = Assert.Single(diary.Notices);
        Assert.Equal(("DELIVERED", T("2027-02-17T17:12:00Z")), (notice.Call.Rung, notice.At));
        foreach (var at in new[] { "2027-02-17T17:12:00Z", "2027-02-17T18:00:00Z", "2027-02-17T18:20:00Z" })
        {
            var facts = story.FactsOf("parcel 0", T(at));
            Assert.Equal((Milestone.Delivered, T("2027-02-17T10:12:00-07:00")), (facts.Tracking.Milestone!.Value, facts.ArrivedAtUtc!.Value));
            Assert.Equal(Outlook.Delivered, story.Ask(T(at)).Outlook);
        }
    }

    // ── 6 Back-order ───────────────────────────────────────────────────────────────────────────────────────────────

    private static Story Story6()
    {
        var story = Story.OfVisit("2027-04-20", "2027-04-27").Ordered("2027-04-12 10:00", "2027-04-12 14:00");
        story.BackorderedAt = Et("2027-04-12 14:00");
        story.Promises.Add((Et("2027-04-12 14:00"), D("2027-04-19")));
        story.HasAlternatePack = true;
        return story;
    }

    [Fact]
    public void Story_6_a_back_order_promised_too_late_is_high_on_import()
    {
        var story = Story6();
        Assert.Empty(story.Ask(Et("2027-04-12 14:00").AddTicks(-1)).Reasons);
        var told = story.Ask(Et("2027-04-12 14:00"));
        Assert.Equal([StallReason.BackorderPastNeedBy], told.Reasons);
        Assert.Equal(Severity.High, told.Severity);
        Assert.Equal((Ct("2027-04-16 16:00"), Et("2027-04-14 17:00")), (told.NeedBy, told.MustShipBy));
        Assert.Null(told.ProjectedArrival); // no label
        Assert.Equal(D("2027-04-21"), told.Clocks.ArrivalDay(D("2027-04-19"), ServiceLevel.TwoDay));
        Assert.Equal(D("2027-04-20"), told.Clocks.ArrivalDay(D("2027-04-19"), ServiceLevel.Overnight));
    }

    [Fact]
    public void Story_6_options_in_order_and_overnight_shown_as_not_acceptable()
    {
        var rescue = Story6().RescueAt("order", Et("2027-04-12 14:00"));
        Assert.Equal([RescueOption.LocalStock, RescueOption.AlternatePack, RescueOption.RescheduleVisit], rescue.Where(r => r.IsFeasible).Select(r => r.Option));
        var overnight = Assert.Single(rescue, r => !r.IsFeasible);
        Assert.Equal((RescueOption.ReshipOvernight, Ct("2027-04-20 16:00"), (DateTimeOffset?)null), (overnight.Option, overnight.Arrival!.Value, overnight.DecideBy));
        Assert.Equal(D("2027-04-26"), Calendars().DayOf(rescue[^1].Arrival!.Value));
        Assert.Equal(rescue.Select(r => r.Option).Order(), rescue.Select(r => r.Option));
        static ClinicCalendar Calendars() => Shared.Calendars.Story;
    }

    [Fact]
    public void Story_6_a_new_date_that_fits_clears_it()
    {
        var story = Story6();
        story.Promises.Add((Et("2027-04-13 09:00"), D("2027-04-14")));
        Assert.Empty(story.Ask(Et("2027-04-13 09:00")).Reasons);
    }

    // ── 7 Never acknowledged ───────────────────────────────────────────────────────────────────────────────────────

    [Fact]
    public void Story_7_an_order_that_nobody_acknowledges_is_chased_and_closed_by_the_855()
    {
        var story = Story.OfVisit("2027-05-25").Ordered("2027-05-07 16:45");
        story.AcknowledgedAt = Et("2027-05-12 10:05");
        var diary = story.Run(Et("2027-05-07 16:45"), Et("2027-05-13 12:00"));
        Assert.Equal([new Entry(Et("2027-05-10 17:00"), "order", "+ORDER_NOT_ACKNOWLEDGED"), new Entry(Et("2027-05-12 10:05"), "order", "-ORDER_NOT_ACKNOWLEDGED")], diary.Reasons);
        var manager = Assert.Single(diary.Notices);
        Assert.Equal(("ACK_OVERDUE", Et("2027-05-11 17:00")), (manager.Call.Rung, manager.At));
        Assert.Equal(["manager"], manager.Call.Recipients);
        Assert.NotNull(manager.Call.Task);
        Assert.Equal(Et("2027-05-19 17:00"), diary.Answers["order"].MustShipBy);
        Assert.Empty(story.Ask(Et("2027-05-10 17:00").AddTicks(-1)).Reasons);
    }
}

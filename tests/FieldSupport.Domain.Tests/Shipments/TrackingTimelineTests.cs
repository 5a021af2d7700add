using System.Globalization;
using FieldSupport.Domain.Shipments;
using Xunit;
using FsCheck.Xunit;

namespace FieldSupport.Domain.Tests.Shipments;

public class TrackingTimelineTests
{
    private static readonly DateTimeOffset Start = new(2027, 2, 15, 16, 0, 0, TimeSpan.Zero);

    private static TrackingFact Event(double hours, Milestone milestone, long arrival = 0, ExceptionClass? exception = null) => new()
    {
        AtUtc = Start.AddHours(hours), Milestone = milestone, ReceivedAtUtc = Start.AddHours(hours), Arrival = arrival,
        Exception = exception ?? (milestone == Milestone.Exception ? ExceptionClass.Unstated : null),
    };

    /// <summary>"L0 P1 I2": letter and hour of each event.</summary>
    private static List<TrackingFact> Log(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, i) =>
        Event(double.Parse(word[1..], CultureInfo.InvariantCulture), word[0] switch
        {
            'L' => Milestone.LabelCreated, 'P' => Milestone.PickedUp, 'I' => Milestone.InTransit, 'O' => Milestone.OutForDelivery,
            'V' => Milestone.AvailableForPickup, 'A' => Milestone.DeliveryAttempted, 'X' => Milestone.Exception, 'E' => Milestone.EtaUpdate,
            'D' => Milestone.Delivered, 'R' => Milestone.Returning, 'B' => Milestone.Returned, 'Z' => Milestone.Lost, 'C' => Milestone.Cancelled,
            'U' => Milestone.Unknown, _ => throw new ArgumentException(word, nameof(text)),
        }, i))];

    [Theory]
    [InlineData("", null)]
    [InlineData("U0", Milestone.Unknown)]
    [InlineData("X0", Milestone.Unknown)]
    [InlineData("E0", Milestone.Unknown)]
    [InlineData("L0", Milestone.LabelCreated)]
    [InlineData("L0 U1", Milestone.LabelCreated)]
    [InlineData("L0 P1 I2 X3 E4 U5", Milestone.InTransit)]
    [InlineData("I2 P1 L0", Milestone.InTransit)]
    [InlineData("P1 L1.15", Milestone.PickedUp)] // a label scan after the pickup scan is harmless
    [InlineData("L0 P1 O2 D3", Milestone.Delivered)]
    [InlineData("D3 O2 P1", Milestone.Delivered)] // older ones arriving late never move it back
    [InlineData("D3 D4", Milestone.Delivered)]
    [InlineData("D3 X4 E5 U6 L7", Milestone.Delivered)]
    [InlineData("D3 Z4", Milestone.Delivered)]
    [InlineData("D3 C4", Milestone.Delivered)]
    [InlineData("D3 I4", Milestone.DeliveryRetracted)]
    [InlineData("D3 A4", Milestone.DeliveryRetracted)]
    [InlineData("D3 I4 O5", Milestone.DeliveryRetracted)]
    [InlineData("D3 I4 D5", Milestone.Delivered)]
    [InlineData("D3 I4 Z5", Milestone.Lost)]
    [InlineData("D3 I4 R5", Milestone.Returning)]
    [InlineData("D3 R4", Milestone.Returning)]
    [InlineData("D3 B4", Milestone.Returned)]
    [InlineData("P1 R2 I3", Milestone.Returning)]
    [InlineData("P1 R2 D3", Milestone.Returning)]
    [InlineData("P1 R2 I3 B4", Milestone.Returned)]
    [InlineData("P1 R2 B4 I5", Milestone.Returned)]
    [InlineData("P1 Z2", Milestone.Lost)]
    [InlineData("P1 Z2 L3 X4 U5", Milestone.Lost)]
    [InlineData("P1 Z2 I3", Milestone.Recovered)]
    [InlineData("P1 Z2 D3", Milestone.Recovered)]
    [InlineData("P1 Z2 I3 D4", Milestone.Recovered)]
    [InlineData("P1 Z2 R3 B4", Milestone.Recovered)]
    [InlineData("P1 Z2 I3 Z4", Milestone.Recovered)]
    [InlineData("L0 C1", Milestone.Cancelled)]
    [InlineData("L0 C1 I2", Milestone.Cancelled)]
    [InlineData("I2 P2", Milestone.InTransit)] // one instant: the milestone's rank decides
    [InlineData("D2 I2", Milestone.Delivered)]
    public void The_state_is_that_of_the_last_event_that_decides(string log, Milestone? expected) =>
        Assert.Equal(expected, TrackingTimeline.Read(Log(log)).Milestone);

    [Fact]
    public void Story_5_duplicates_and_late_arrivals_give_one_delivery_at_its_first_scan()
    {
        var log = Log("L0 P8.5 D49 D49 I18 O47");
        var state = TrackingTimeline.Read(log);
        Assert.Equal(Milestone.Delivered, state.Milestone);
        Assert.Equal(Start.AddHours(49), state.DeliveredAtUtc);
        Assert.Equal(Start, state.LabelAtUtc);
        Assert.Equal(Start.AddHours(8.5), state.FirstMovementAtUtc);
        Assert.Equal([Milestone.LabelCreated, Milestone.PickedUp, Milestone.InTransit, Milestone.OutForDelivery, Milestone.Delivered, Milestone.Delivered], state.InOrder.Select(f => f.Milestone));
        for (var n = 3; n <= log.Count; n++) Assert.Equal(Milestone.Delivered, TrackingTimeline.Read(log.Take(n)).Milestone);
    }

    [Fact]
    public void Story_2_the_silent_gap_is_35_hours_16_minutes()
    {
        TrackingFact At(string utc, Milestone m) => new() { AtUtc = DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture), Milestone = m, ReceivedAtUtc = Start, Arrival = 0 };
        var state = TrackingTimeline.Read([At("2027-02-01T23:00:00Z", Milestone.PickedUp), At("2027-02-03T03:14:00Z", Milestone.InTransit),
            At("2027-02-03T20:00:00Z", Milestone.Exception), At("2027-02-04T14:30:00Z", Milestone.InTransit), At("2027-02-04T17:05:00Z", Milestone.Delivered)]);
        Assert.Equal(new TimeSpan(35, 16, 0), state.LongestSilence);
        Assert.Equal(DateTimeOffset.Parse("2027-02-03T03:14:00Z", CultureInfo.InvariantCulture), state.SilenceFromUtc);
        Assert.Equal(DateTimeOffset.Parse("2027-02-04T14:30:00Z", CultureInfo.InvariantCulture), state.SilenceToUtc);
    }

    [Fact]
    public void A_delivery_that_is_taken_back_has_no_delivered_time_until_delivered_again()
    {
        var signed = Log("P1 D3")[1] with { SignedBy = "R. Ortiz", Zip = "37201" };
        var retracted = TrackingTimeline.Read([.. Log("P1"), signed, .. Log("I4")]);
        Assert.Null(retracted.DeliveredAtUtc);
        Assert.Null(retracted.SignedBy);
        Assert.Null(retracted.DeliveredZip);
        Assert.Equal(Start.AddHours(4), retracted.RetractedAtUtc);
        var again = TrackingTimeline.Read([.. Log("P1"), signed, .. Log("I4 D6")]);
        Assert.Equal(Start.AddHours(6), again.DeliveredAtUtc);
        Assert.Null(again.SignedBy);
        Assert.Null(again.RetractedAtUtc);
    }

    [Fact]
    public void The_signature_may_come_with_a_second_delivered_event()
    {
        var log = Log("P1 D3 D4");
        log[2] = log[2] with { SignedBy = "M. K.", City = "Denver", State = "CO", Zip = "80202" };
        var state = TrackingTimeline.Read(log);
        Assert.Equal(Start.AddHours(3), state.DeliveredAtUtc);
        Assert.Equal(("M. K.", "Denver", "CO", "80202"), (state.SignedBy, state.DeliveredCity, state.DeliveredState, state.DeliveredZip));
    }

    [Theory]
    [InlineData("L0 X1 E2 U3", null, null)] // none of these is a scan
    [InlineData("L0 P1 L2 X3 U4", 1.0, Milestone.PickedUp)]
    [InlineData("P1 A5", 5.0, Milestone.DeliveryAttempted)]
    [InlineData("P1 R5 I7", 7.0, Milestone.InTransit)]
    [InlineData("P1 Z9", 1.0, Milestone.PickedUp)]
    public void The_last_scan_is_the_latest_physical_movement(string log, double? hour, Milestone? kind)
    {
        var state = TrackingTimeline.Read(Log(log));
        Assert.Equal(hour is { } h ? Start.AddHours(h) : null, state.LastMovementAtUtc);
        Assert.Equal(kind, state.LastMovement);
    }

    [Theory]
    [InlineData("P1 X2", 2.0)]
    [InlineData("P1 X2 L3 E4 U5", 2.0)]
    [InlineData("P1 X2 X3", 3.0)]
    [InlineData("X2 P1", 2.0)]
    [InlineData("P1 X2 I3", null)]
    [InlineData("P1 I2 X2", 2.0)] // the same instant is not later
    [InlineData("P1 D2 X3", null)]
    public void An_exception_stays_open_until_a_movement_follows_it(string log, double? hour) =>
        Assert.Equal(hour is { } h ? Start.AddHours(h) : null, TrackingTimeline.Read(Log(log)).OpenException?.AtUtc);

    [Theory]
    [InlineData("P1 A2", 2.0)]
    [InlineData("P1 A2 I3 A4 O5", 4.0)]
    [InlineData("P1 A2 D3", null)]
    [InlineData("P1 A2 R3 D4", 2.0)]
    public void A_failed_attempt_stands_until_a_delivery(string log, double? hour) =>
        Assert.Equal(hour is { } h ? Start.AddHours(h) : null, TrackingTimeline.Read(Log(log)).AttemptedAtUtc);

    [Fact]
    public void The_moments_of_a_lost_and_found_parcel_stay_known()
    {
        var state = TrackingTimeline.Read(Log("L0 P1 O2 V3 Z4 I5"));
        Assert.Equal((Start.AddHours(4), Start.AddHours(5)), (state.LostAtUtc!.Value, state.RecoveredAtUtc!.Value));
        Assert.Equal((Start.AddHours(2), Start.AddHours(3)), (state.LastOutForDeliveryAtUtc!.Value, state.LastAvailableForPickupAtUtc!.Value));
        var returned = TrackingTimeline.Read(Log("P1 R2 R3 B4"));
        Assert.Equal((Start.AddHours(2), Start.AddHours(4)), (returned.ReturningAtUtc!.Value, returned.ReturnedAtUtc!.Value));
        Assert.Equal(Start.AddHours(1), TrackingTimeline.Read(Log("L0 C1")).CancelledAtUtc);
    }

    [Fact]
    public void The_estimate_is_that_of_the_latest_event_in_time_that_gives_one()
    {
        var log = Log("P1 I5 E3 I6");
        log[1] = log[1] with { EstimateOn = new DateOnly(2027, 2, 18) };
        log[2] = log[2] with { EstimateOn = new DateOnly(2027, 2, 17) }; // arrived later, says less
        var state = TrackingTimeline.Read(log);
        Assert.Equal((new DateOnly(2027, 2, 18), Start.AddHours(5)), (state.EstimateOn!.Value, state.EstimateGivenAtUtc!.Value));
        Assert.Null(state.EstimateAtUtc);
    }

    [Fact]
    public void An_unmapped_newest_event_is_seen_but_moves_nothing()
    {
        var state = TrackingTimeline.Read(Log("P1 U2"));
        Assert.True(state.NewestIsUnknown);
        Assert.Equal(Start.AddHours(1), state.LastMovementAtUtc);
        Assert.False(TrackingTimeline.Read(Log("U1 P2")).NewestIsUnknown);
    }

    [Theory]
    [InlineData(24, false)]
    [InlineData(24.01, true)]
    [InlineData(-24 * 365, false)]
    public void An_event_more_than_24_hours_ahead_of_its_receipt_has_a_bad_timestamp(double hours, bool bad) =>
        Assert.Equal(bad, TrackingTimeline.IsBadTimestamp(Start.AddHours(hours), Start, null, TimeZoneInfo.Utc));

    [Theory]
    [InlineData("2027-02-14T04:59:59Z", true)] // 23:59:59 on the 13th in New York
    [InlineData("2027-02-14T05:00:00Z", false)]
    public void An_event_before_the_ship_from_day_of_its_order_has_a_bad_timestamp(string at, bool bad) =>
        Assert.Equal(bad, TrackingTimeline.IsBadTimestamp(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), Start, new DateOnly(2027, 2, 14),
            TimeZoneInfo.FindSystemTimeZoneById("America/New_York")));

    [Fact]
    public void The_ends_of_the_calendar_are_judged_too()
    {
        Assert.True(TrackingTimeline.IsBadTimestamp(DateTimeOffset.MaxValue, Start, null, TimeZoneInfo.Utc));
        Assert.False(TrackingTimeline.IsBadTimestamp(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, null, TimeZoneInfo.Utc));
        Assert.True(TrackingTimeline.IsBadTimestamp(DateTimeOffset.MinValue, Start, new DateOnly(2027, 1, 1), TimeZoneInfo.FindSystemTimeZoneById("America/New_York")));
    }

    [Fact]
    public void The_fingerprint_looks_at_the_instant_and_the_six_fields_only()
    {
        var one = TrackingTimeline.Fingerprint("FedEx", "7712", new DateTimeOffset(2027, 2, 3, 3, 14, 0, TimeSpan.Zero), "DP", "Nashville", "TN");
        Assert.Equal(one, TrackingTimeline.Fingerprint("FEDEX", " 7712 ", new DateTimeOffset(2027, 2, 2, 21, 14, 0, TimeSpan.FromHours(-6)), "DP", "NASHVILLE", "tn"));
        Assert.Matches("^[0-9a-f]{64}$", one);
        string?[] others = [TrackingTimeline.Fingerprint("UPS", "7712", Start, "DP", "Nashville", "TN"), TrackingTimeline.Fingerprint("FedEx", "7712", null, "DP", "Nashville", "TN"),
            TrackingTimeline.Fingerprint("FedEx", "7712", Start, "AR", "Nashville", "TN"), TrackingTimeline.Fingerprint("FedEx", "7712", Start, "DP", "NashvilleT", "N"), one];
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Property(MaxTest = 500)]
    public bool Any_order_and_any_repetition_of_the_same_events_give_the_same_state(int[] numbers, int seed)
    {
        var log = numbers.Select((n, i) => Event(Math.Abs((long)n) % 7, (Milestone)(Math.Abs((long)n / 7) % 14), i)).ToList();
        var random = new Random(seed);
        var mixed = log.Concat(log.Where(_ => random.Next(2) == 0)).OrderBy(_ => random.Next()).ToList();
        var (a, b) = (TrackingTimeline.Read(log), TrackingTimeline.Read(mixed));
        return a.InOrder.SequenceEqual(b.InOrder) && (a with { InOrder = [] }) == (b with { InOrder = [] });
    }

    [Property(MaxTest = 500)]
    public bool The_same_event_arriving_again_under_a_later_arrival_changes_nothing(int[] numbers, int seed)
    {
        var log = numbers.Select((n, i) => Event(Math.Abs((long)n) % 7, (Milestone)(Math.Abs((long)n / 7) % 14), i)).ToList();
        var random = new Random(seed);
        var again = log.Where(_ => random.Next(2) == 0).Select((f, i) => f with { Arrival = 1000 + i }).ToList();
        var (a, b) = (TrackingTimeline.Read(log), TrackingTimeline.Read([.. log, .. again]));
        // The open exception is the same event, whichever of its arrivals stands for it.
        static TrackingState Bare(TrackingState s) => s with { InOrder = [], OpenException = s.OpenException is { } x ? x with { Arrival = 0 } : null };
        return Bare(a) == Bare(b);
    }
}

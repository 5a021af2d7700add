using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Tests.Shared;
using Xunit;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>Facts in few words, and the questions that every table asks of them.</summary>
internal static class Ask
{
    /// <summary>A parcel for a visit (need-by two clinic days before, 16:00 Central) of the story calendar; scans as "P 2027-02-01 18:00", Central.</summary>
    public static DeliveryFacts Parcel(string? visitOn, string labelEt, ServiceLevel service, params string[] scans) => new()
    {
        Shape = DeliveryShape.Parcel, Kind = DeliveryKind.Drug, Clinic = Calendars.Story, VisitOn = visitOn is null ? null : Calendars.D(visitOn), Service = service,
        SubmittedAtUtc = Calendars.Et(labelEt).AddDays(-3), AcknowledgedAtUtc = Calendars.Et(labelEt).AddDays(-2), OrderHasLabel = true,
        LicenseExpiresOn = new DateOnly(2030, 1, 1), LabelAtUtc = Calendars.Et(labelEt), ShipToZip = "37201", ShipToCity = "Nashville", ShipToState = "TN",
        Tracking = Log([.. scans.Prepend("L " + FieldSupport.Domain.Shared.ZonedTime.In(Calendars.Central, Calendars.Et(labelEt)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture))]),
    };

    public static DeliveryFacts Order(string? visitOn, string submittedEt, ServiceLevel service = ServiceLevel.TwoDay, bool acknowledged = true) => new()
    {
        Shape = DeliveryShape.UnshippedOrder, Kind = DeliveryKind.Drug, Clinic = Calendars.Story, VisitOn = visitOn is null ? null : Calendars.D(visitOn), Service = service,
        SubmittedAtUtc = Calendars.Et(submittedEt), AcknowledgedAtUtc = acknowledged ? Calendars.Et(submittedEt) : null, LicenseExpiresOn = new DateOnly(2030, 1, 1),
    };

    public static DeliveryFacts Visit(string visitOn) => new()
    {
        Shape = DeliveryShape.UncoveredVisit, Kind = DeliveryKind.Drug, Clinic = Calendars.Story, VisitOn = Calendars.D(visitOn), LicenseExpiresOn = new DateOnly(2030, 1, 1),
    };

    /// <summary>The same parcel with further scans.</summary>
    public static DeliveryFacts With(this DeliveryFacts facts, params string[] scans) =>
        facts with { Tracking = TrackingTimeline.Read(facts.Tracking.InOrder.Concat(Events(scans))) };

    public static DeliveryFacts With(this DeliveryFacts facts, params TrackingFact[] events) =>
        facts with { Tracking = TrackingTimeline.Read(facts.Tracking.InOrder.Concat(events)) };

    public static TrackingState Log(params string[] scans) => TrackingTimeline.Read(Events(scans));

    /// <summary>Letter, optional exception class after a colon, Central wall clock.</summary>
    public static IEnumerable<TrackingFact> Events(params string[] scans) => scans.Select((scan, i) =>
    {
        var word = scan.Split(' ', 2);
        var kind = word[0].Split(':');
        var at = Calendars.Ct(word[1]);
        return new TrackingFact
        {
            AtUtc = at, ReceivedAtUtc = at, Arrival = i,
            Exception = kind.Length > 1 ? Enum.Parse<ExceptionClass>(kind[1]) : null,
            Zip = kind[0] == "D" ? "37201" : null,
            Milestone = kind[0] switch
            {
                "L" => Milestone.LabelCreated, "P" => Milestone.PickedUp, "I" => Milestone.InTransit, "O" => Milestone.OutForDelivery,
                "V" => Milestone.AvailableForPickup, "A" => Milestone.DeliveryAttempted, "X" => Milestone.Exception, "E" => Milestone.EtaUpdate,
                "D" => Milestone.Delivered, "R" => Milestone.Returning, "B" => Milestone.Returned, "Z" => Milestone.Lost, "C" => Milestone.Cancelled,
                "U" => Milestone.Unknown, _ => throw new ArgumentException(scan, nameof(scans)),
            },
        };
    });

    public static TrackingFact Estimate(string givenCt, DateTimeOffset? at = null, string? on = null) => new()
    {
        AtUtc = Calendars.Ct(givenCt), ReceivedAtUtc = Calendars.Ct(givenCt), Arrival = 99, Milestone = Milestone.EtaUpdate,
        EstimateAtUtc = at, EstimateOn = on is null ? null : Calendars.D(on),
    };

    public static Assessment At(this DeliveryFacts facts, DateTimeOffset now) => DeliveryRisk.Assess(facts, RiskCalendars.Default, now);

    public static Assessment AtCt(this DeliveryFacts facts, string now) => facts.At(Calendars.Ct(now));

    /// <summary>Open at this instant, and not one tick before.</summary>
    public static void Opens(this DeliveryFacts facts, StallReason reason, DateTimeOffset at)
    {
        Assert.DoesNotContain(reason, facts.At(at.AddTicks(-1)).Reasons);
        Assert.Contains(reason, facts.At(at).Reasons);
    }

    public static void IsOpen(this DeliveryFacts facts, StallReason reason, DateTimeOffset at) => Assert.Contains(reason, facts.At(at).Reasons);

    public static void IsNotOpen(this DeliveryFacts facts, StallReason reason, DateTimeOffset at) => Assert.DoesNotContain(reason, facts.At(at).Reasons);
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>What a story is told about.</summary>
/// <param name="Ahead">CLINIC days to the visit, roughly; null: no visit.</param>
public sealed record Telling(SceneClock Clock, ScenePractice Practice, Lane Lane, string Po, ServiceLevel Service, int? Ahead)
{
    public DateTimeOffset Now => Clock.Now;
    public DateOnly Today => Practice.Clinic.DayOf(Now);
    public ShipFromCalendar ShipFrom => Clock.Calendars.ShipFrom;

    public Journey Travel(int shipDaysAgo, ServiceLevel? service = null) =>
        new(Clock, Practice, Lane, service ?? Service, Clock.ShipDay(shipDaysAgo), Po, "Front desk");

    /// <summary>CLINIC days to the visit to try, the wished one first, then further and further away from it.</summary>
    public IEnumerable<int?> Visits(int least, int spread = 6)
    {
        if (Ahead is not { } wished) return [null];
        return new[] { wished }.Concat(Enumerable.Range(1, spread).SelectMany(i => new[] { wished + i, wished - i })).Where(n => n >= least).Select(n => (int?)n);
    }

    /// <summary>An order that was placed and answered well before its label.</summary>
    public Story Ordered(int? visitIn, DateOnly labelOn)
    {
        var submitted = ShipFrom.At(ShipFrom.Days.Add(labelOn, -2), new TimeOnly(14, 20));
        return Booked(visitIn) with { Service = Service, SubmittedAt = submitted, AcknowledgedAt = submitted + TimeSpan.FromMinutes(75), BookedAt = submitted - TimeSpan.FromDays(9) };
    }

    public Story Booked(int? visitIn)
    {
        DateOnly? visit = visitIn is { } n ? Practice.Clinic.Days.Add(Today, n) : null;
        return new Story { VisitOn = visit, RefillByOn = visit is { } on ? Practice.Clinic.Days.OnOrAfter(on.AddDays(8)) : null, BookedAt = Now - TimeSpan.FromDays(24) };
    }
}

/// <summary>
/// What can have happened to a delivery, each as ways it may have gone, likeliest first. The layout takes the first way that gives the
/// wanted outlook; so a story only has to be believable, whatever the calendar does to it.
/// </summary>
public static class Stories
{
    /// <summary>A way, and what must hold beside its outlook for it to be the story it claims to be.</summary>
    public sealed record Way(Story Story, Func<Assessment, bool> IsIt);

    private static readonly Dictionary<string, Func<Telling, IEnumerable<Way>>> All = new(StringComparer.Ordinal)
    {
        ["on-the-way"] = OnTheWay,
        ["slack-one"] = SlackOne,
        ["weather-late"] = WeatherLate,
        ["silent"] = Silent,
        ["no-pickup"] = NoPickup,
        ["held"] = Held,
        ["attempted"] = Attempted,
        ["uncovered"] = Uncovered,
        ["drafted"] = Drafted,
        ["unacknowledged"] = Unacknowledged,
        ["to-be-shipped"] = ToBeShipped,
        ["on-hold"] = OnHold,
        ["backorder"] = Backorder,
        ["delivered"] = Delivered,
        ["receipt-overdue"] = ReceiptOverdue,
        ["short"] = Short,
        ["lost-replaced"] = LostAndReplaced,
    };

    public static IReadOnlyCollection<string> Names => All.Keys;

    public static IEnumerable<Way> Ways(string story, Telling telling) =>
        All.TryGetValue(story, out var tell) ? tell(telling) : throw new SceneFault($"There is no story '{story}'; there are {string.Join(", ", All.Keys)}.");

    private static bool Any(Assessment _) => true;

    /// <summary>Ship-from days ago on which the label may have been made, likeliest first.</summary>
    private static int[] Ago(params int[] days) => days;

    private static IEnumerable<Way> OnTheWay(Telling t) =>
        // Not all at the same station of their way.
        from back in t.Service == ServiceLevel.Ground ? Ago(3, 2, 4, 1, 0) : t.Po[^1] % 2 == 0 ? Ago(2, 1, 0, 3, 4) : Ago(1, 0, 2, 3, 4)
        let journey = t.Travel(back)
        let scans = journey.Until(t.Now)
        where scans.Count > 1 && journey.DeliveredAt > t.Now
        from visit in t.Visits(least: 3)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, scans) }, a => a.Reasons.Count == 0);

    private static IEnumerable<Way> SlackOne(Telling t) =>
        from back in Ago(1, 0, 2, 3)
        let journey = t.Travel(back)
        let scans = journey.Until(t.Now)
        where scans.Count > 1 && journey.DeliveredAt > t.Now
        from visit in t.Visits(least: 3)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, scans) }, a => a.SlackDays == 1);

    /// <summary>Held at the hub by weather; the carrier's new estimate is a day past need-by.</summary>
    private static IEnumerable<Way> WeatherLate(Telling t)
    {
        var joint = BusinessCalendar.Both(t.Clock.Calendars.CarrierDays, t.Practice.Clinic.Days);
        foreach (var back in Ago(2, 1, 3, 4, 5))
        {
            var journey = t.Travel(back);
            var scans = journey.Until(t.Now - TimeSpan.FromHours(5)).Where(s => s.Milestone is not (Milestone.OutForDelivery or Milestone.Delivered)).Take(4).ToList();
            if (scans.Count < 3) continue;
            foreach (var visit in t.Visits(least: 2, spread: 5))
            {
                var story = t.Ordered(visit, journey.LabelOn);
                var needBy = t.Practice.Clinic.DayOf(ShippingDates.NeedBy(story.VisitOn!.Value, t.Practice.Clinic, t.Clock.Calendars.Policy.NeedByClinicDays));
                var storm = scans[^1] with
                {
                    At = scans[^1].At + TimeSpan.FromHours(5), Milestone = Milestone.Exception, Exception = ExceptionClass.Weather, EstimateOn = joint.Next(needBy),
                };
                yield return new Way(story with { Parcel = Box(journey, [.. scans, storm]) }, a => a.Reasons.Contains(StallReason.EtaPastNeedBy) && a.NeedBy > t.Now);
            }
        }
    }

    private static IEnumerable<Way> Silent(Telling t) =>
        from back in Ago(2, 3, 4, 5, 6, 7)
        from service in new[] { t.Service, ServiceLevel.TwoDay, ServiceLevel.Ground }.Distinct()
        let journey = t.Travel(back, service)
        let scans = journey.Until(t.Now).Where(s => s.Milestone is not (Milestone.OutForDelivery or Milestone.Delivered)).Take(4).ToList()
        where scans.Count > 2
        from visit in t.Visits(least: 4)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Service = service, Parcel = Box(journey, scans) }, a => a.Reasons.Contains(StallReason.NoScan) && !a.Reasons.Contains(StallReason.Lost));

    private static IEnumerable<Way> NoPickup(Telling t) =>
        from back in Ago(3, 2, 4, 5, 1)
        let journey = t.Travel(back)
        from visit in t.Visits(least: 5, spread: 9)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, [journey.Scans[0]]) }, a => a.Reasons.Contains(StallReason.LabelNotPickedUp));

    /// <summary>On its way, and held since: an address that the carrier could not read.</summary>
    private static IEnumerable<Way> Held(Telling t) =>
        from back in Ago(1, 2, 0, 3)
        let journey = t.Travel(back)
        let scans = journey.Until(t.Now - TimeSpan.FromMinutes(50)).Where(s => s.Milestone is not (Milestone.OutForDelivery or Milestone.Delivered)).ToList()
        where scans.Count > 2
        let problem = scans[^1] with { At = scans[^1].At + TimeSpan.FromMinutes(40), Milestone = Milestone.Exception, Exception = ExceptionClass.Address }
        from visit in t.Visits(least: 3)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, [.. scans, problem]) },
            a => a.Reasons.Contains(StallReason.CarrierException) && !a.Reasons.Contains(StallReason.NoScan));

    private static IEnumerable<Way> Attempted(Telling t) =>
        // A slower service may be silent for longer over a holiday on which only the carrier works.
        from service in new[] { t.Service, ServiceLevel.ThreeDay, ServiceLevel.Ground }.Distinct()
        from back in Ago(2, 3, 4, 5, 6, 7)
        let journey = t.Travel(back, service)
        let attemptAt = journey.DeliveredAt
        where attemptAt <= t.Now
        let scans = journey.Until(t.Now).Where(s => s.Milestone != Milestone.Delivered).Append(journey.AtClinic(attemptAt, Milestone.DeliveryAttempted)).ToList()
        from visit in t.Visits(least: 3)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Service = service, Parcel = Box(journey, scans) }, a => a.Reasons.Contains(StallReason.DeliveryAttemptFailed));

    private static IEnumerable<Way> Uncovered(Telling t) =>
        from visit in t.Visits(least: 4)
        select new Way(t.Booked(visit), a => a.Reasons.Contains(StallReason.OrderNotPlaced));

    /// <summary>Booked early; an order was prepared, and the practice has not submitted it yet.</summary>
    private static IEnumerable<Way> Drafted(Telling t) =>
        from visit in t.Visits(least: 12)
        select new Way(t.Booked(visit) with { Service = t.Service, DraftedAt = t.ShipFrom.At(t.Clock.ShipDay(1), new TimeOnly(13, 45)) }, a => a.Reasons.Count == 0);

    private static IEnumerable<Way> Unacknowledged(Telling t) =>
        from back in Ago(3, 2, 4)
        let submitted = t.ShipFrom.At(t.Clock.ShipDay(back), new TimeOnly(15, 30))
        from visit in t.Visits(least: 8)
        select new Way(t.Booked(visit) with { Service = t.Service, SubmittedAt = submitted, BookedAt = submitted - TimeSpan.FromDays(6) },
            a => a.Reasons is [StallReason.OrderNotAcknowledged]);

    private static IEnumerable<Way> ToBeShipped(Telling t) =>
        from back in Ago(2, 3)
        let submitted = t.ShipFrom.At(t.Clock.ShipDay(back), new TimeOnly(10, 45))
        from visit in t.Visits(least: 8)
        let story = t.Booked(visit) with
        {
            Service = t.Service, SubmittedAt = submitted, AcknowledgedAt = submitted + TimeSpan.FromMinutes(95), BookedAt = submitted - TimeSpan.FromDays(5),
            PromisedShipOn = t.ShipFrom.Days.Add(t.Clock.ShipDay(0), 3),
        }
        select new Way(story, a => a.Reasons.Count == 0 && a.SlackDays > 3);

    private static IEnumerable<Way> OnHold(Telling t) =>
        from back in Ago(3, 2)
        let submitted = t.ShipFrom.At(t.Clock.ShipDay(back), new TimeOnly(9, 40))
        from visit in t.Visits(least: 8)
        let story = t.Booked(visit) with
        {
            Service = t.Service, SubmittedAt = submitted, AcknowledgedAt = submitted + TimeSpan.FromMinutes(50), BookedAt = submitted - TimeSpan.FromDays(5),
            Hold = HoldReason.CreditHold, HoldSince = t.ShipFrom.At(t.Clock.ShipDay(back - 1), new TimeOnly(8, 50)),
        }
        select new Way(story, Any);

    private static IEnumerable<Way> Backorder(Telling t) =>
        from visit in t.Visits(least: 4)
        let submitted = t.ShipFrom.At(t.Clock.ShipDay(3), new TimeOnly(11, 15))
        let story = t.Booked(visit)
        let promised = t.ShipFrom.Days.OnOrAfter(ShippingDates.NeedBy(story.VisitOn!.Value, t.Practice.Clinic, t.Clock.Calendars.Policy.NeedByClinicDays) is var need ? t.Practice.Clinic.DayOf(need) : default)
        select new Way(story with
        {
            Service = t.Service, SubmittedAt = submitted, AcknowledgedAt = submitted + TimeSpan.FromMinutes(120), IsBackordered = true, PromisedShipOn = promised,
            BookedAt = submitted - TimeSpan.FromDays(5),
        }, a => a.Reasons.Contains(StallReason.BackorderPastNeedBy) && !a.Reasons.Contains(StallReason.MissedMustShipBy));

    private static IEnumerable<Way> Delivered(Telling t) =>
        from back in Ago(2, 1, 3, 4, 5, 6, 7, 8)
        let journey = t.Travel(back)
        where journey.DeliveredAt <= t.Now - TimeSpan.FromMinutes(20)
        from visit in t.Visits(least: 4)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, journey.Scans) }, a => a.Reasons.Count == 0);

    private static IEnumerable<Way> ReceiptOverdue(Telling t) =>
        from back in Ago(3, 4, 5, 6, 2)
        let journey = t.Travel(back)
        where journey.DeliveredAt <= t.Now
        from visit in t.Visits(least: 3)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, journey.Scans) }, a => a.Reasons.Contains(StallReason.DeliveredNotConfirmed));

    private static IEnumerable<Way> Short(Telling t) =>
        from back in Ago(2, 3, 4, 5, 6)
        let journey = t.Travel(back)
        let stated = journey.DeliveredAt + TimeSpan.FromMinutes(50)
        where stated <= t.Now
        from visit in t.Visits(least: 4)
        select new Way(t.Ordered(visit, journey.LabelOn) with { Parcel = Box(journey, journey.Scans) with { Receipt = new ReceiptStatement(stated, IsShort: true) } },
            a => a.Reasons.Contains(StallReason.DiscrepancyOpen));

    /// <summary>The first box is declared lost; another was sent in its place and is on its way.</summary>
    private static IEnumerable<Way> LostAndReplaced(Telling t) =>
        from back in Ago(1, 0, 2)
        let second = t.Travel(back)
        let scans = second.Until(t.Now)
        where scans.Count > 1 && second.DeliveredAt > t.Now
        let first = t.Travel(back + 4)
        let lostAt = t.ShipFrom.At(second.LabelOn, new TimeOnly(9, 25))
        let toHub = first.Scans.Take(4).ToList()
        let lost = toHub[^1] with { At = lostAt, Milestone = Milestone.Lost }
        from visit in t.Visits(least: 4)
        select new Way(t.Ordered(visit, first.LabelOn) with { Parcel = Box(first, [.. toHub, lost]), Replacement = Box(second, scans) },
            a => a.Reasons.Contains(StallReason.Lost));

    private static Parcel Box(Journey journey, IReadOnlyList<Scan> scans) => new(journey.Service, journey.LabelAt, scans) { CommittedAt = journey.CommittedAt };
}

using FieldSupport.Domain.Orders;

namespace FieldSupport.Domain.Shared;

/// <summary>
/// Every default of domain.md that a company may set otherwise (<c>FieldSupport:Policy:*</c>). Numbers only; the rules that use them read like the text.
/// </summary>
public sealed record Policy
{
    /// <summary>CLINIC days between need-by and the visit (§1.6).</summary>
    public int NeedByClinicDays { get; init; } = 2;
    /// <summary>T-n at which a visit without an order is a reason, and T at which a back-order without a date is one (§3.1).</summary>
    public int OrderNotPlacedClinicDays { get; init; } = 10;
    /// <summary>Clinic time of the morning evaluation (§3.2).</summary>
    public TimeOnly MorningRound { get; init; } = new(8, 0);
    /// <summary>Clinic time before which silence says nothing, and by which a parcel is out on its need-by day (§2.7, §3.1).</summary>
    public TimeOnly OutForDeliveryBy { get; init; } = new(10, 0);
    /// <summary>Working hours to acknowledge an order that is submitted late (§3.1).</summary>
    public double LateOrderAckWorkingHours { get; init; } = 4;
    /// <summary>T at submission up to which an order counts as late (§3.1).</summary>
    public int LateOrderClinicDays { get; init; } = 5;
    /// <summary>Hours after the committed delivery (§3.1).</summary>
    public double CommitMissedAfterHours { get; init; } = 2;
    /// <summary>Hours for which a weather exception is waited out (§3.1).</summary>
    public double WeatherGraceHours { get; init; } = 4;
    /// <summary>CARRIER days of open NO_SCAN after which a parcel counts as lost (§3.1).</summary>
    public int LostAfterCarrierDays { get; init; } = 3;
    /// <summary>Hours within which a movement calms (severity WATCH, gate T-3).</summary>
    public double RecentMovementHours { get; init; } = 12;
    /// <summary>T at delivery up to which a receipt is due within hours (§2.5).</summary>
    public int UrgentReceiptClinicDays { get; init; } = 3;
    /// <summary>Hours of receiving windows for such a receipt (§2.5).</summary>
    public double UrgentReceiptHours { get; init; } = 4;
    /// <summary>Working hours within which a notice of severity HIGH is to be answered (§3.2).</summary>
    public double AnswerWorkingHoursAtHigh { get; init; } = 2;
    /// <summary>Minutes within which one of severity CRITICAL is (§3.2).</summary>
    public int AnswerMinutesAtCritical { get; init; } = 30;
    /// <summary>Days for which the link in a notice's mail acknowledges it.</summary>
    public int AnswerLinkDays { get; init; } = 14;
    /// <summary>Minutes after a mail within which what else comes up for that person waits, to go as one; Critical never waits. 0: nothing waits, but what is due together goes together.</summary>
    public int BundleMinutes { get; init; } = 15;
    /// <summary>Hours for which a delivery may be put aside at most (§3.1).</summary>
    public int SnoozeHours { get; init; } = 24;
    /// <summary>Seconds for which a message to a practice can be taken back.</summary>
    public int MessageUndoSeconds { get; init; } = 60;
    /// <summary>Restricted by law and to be cleared with counsel first (§3.3).</summary>
    public bool TransfersEnabled { get; init; }
    /// <summary>Longest time drug may stay in a pump, days (§1.5).</summary>
    public int MaxRefillIntervalDays { get; init; } = 180;
    /// <summary>Days before refill-by at which a visit is aimed for (§1.5).</summary>
    public int RefillBufferDays { get; init; } = 7;
    /// <summary>Numbers of each service level, by its wire name; what is missing here stands in <see cref="ServiceTerms.Defaults"/>.</summary>
    public IReadOnlyDictionary<ServiceLevel, ServiceTerms> Services { get; init; } = ServiceTerms.Defaults;

    /// <summary>Terms of a service level.</summary>
    public ServiceTerms Of(ServiceLevel service) => Services.TryGetValue(service, out var terms) ? terms : ServiceTerms.Defaults[service];

    /// <summary>CARRIER days of transit.</summary>
    public int TransitDays(ServiceLevel service) => Of(service).TransitDays;
}

/// <summary>One row of the service-level table of domain.md §2.7.</summary>
/// <param name="TransitDays">CARRIER days.</param>
/// <param name="PickupGraceHours">Hours from label to first movement; what they run on depends on the service.</param>
/// <param name="MaxSilenceHours">Hours of CARRIER days without a movement.</param>
/// <param name="CommitAt">Time of the commitment in the ship-to's zone; null: per booking.</param>
public sealed record ServiceTerms(int TransitDays, double PickupGraceHours, double MaxSilenceHours, TimeOnly? CommitAt)
{
    public static IReadOnlyDictionary<ServiceLevel, ServiceTerms> Defaults { get; } = new Dictionary<ServiceLevel, ServiceTerms>
    {
        [ServiceLevel.CourierSameDay] = new(0, 2, 3, null),
        [ServiceLevel.OvernightAm] = new(1, 6, 12, new TimeOnly(10, 30)),
        [ServiceLevel.Overnight] = new(1, 6, 12, new TimeOnly(17, 0)),
        [ServiceLevel.TwoDay] = new(2, 24, 24, new TimeOnly(17, 0)),
        [ServiceLevel.ThreeDay] = new(3, 24, 36, new TimeOnly(17, 0)),
        [ServiceLevel.Ground] = new(5, 24, 48, new TimeOnly(20, 0)),
    };
}

using System.Buffers;
using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Compliance;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>
/// What a notice may say (domain.md §3.2): account, order, parcel, dates and options. It has no place for anything of the vault,
/// and none for refill-by.
/// </summary>
public sealed record NoticeFacts
{
    /// <summary>As the ledger writes it: T-3, DELIVERED, ACK_OVERDUE.</summary>
    public required string Rung { get; init; }
    public required string AccountName { get; init; }
    public required string DeliveryNumber { get; init; }
    public string? Order { get; init; }
    public string? Po { get; init; }
    public string? Carrier { get; init; }
    public string? Tracking { get; init; }
    public DateOnly? VisitOn { get; init; }
    public DateTimeOffset? NeedBy { get; init; }
    public DateTimeOffset? MustShipBy { get; init; }
    /// <summary>The estimate; null is unknown.</summary>
    public DateTimeOffset? Projected { get; init; }
    /// <summary>carrier, service or none.</summary>
    public string? EstimateSource { get; init; }
    public Severity? Severity { get; init; }
    /// <summary>Sentences of <c>ReasonWords</c>.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
    public DateTimeOffset? LastScanAt { get; init; }
    public string? LastScanPlace { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    /// <summary>Lines of <see cref="NoticeText.RescueLine"/>.</summary>
    public IReadOnlyList<string> Rescue { get; init; } = [];
    public string? Task { get; init; }
    /// <summary>Absolute address of the delivery's page.</summary>
    public required string Link { get; init; }
    /// <summary>Zone of the receiving location.</summary>
    public required TimeZoneInfo Zone { get; init; }
    /// <summary>Zone of the ship-from site, for the must-ship-by; null: the location's.</summary>
    public TimeZoneInfo? ShipFromZone { get; init; }
    /// <summary>The instant of the assessment.</summary>
    public required DateTimeOffset AsOf { get; init; }
}

/// <summary>Subject and plain text of a notice.</summary>
public sealed record NoticeMail(string Subject, string Body);

/// <summary>Builds a notice's words (ui.md §3: need-by, estimate, slack, runway). Pure: the same facts give the same mail.</summary>
public static class NoticeText
{
    private static readonly CultureInfo Words = CultureInfo.GetCultureInfo("en-US");

    public static NoticeMail Of(NoticeFacts facts) => facts.Rung switch
    {
        RungName.Delivered => new NoticeMail(OneLine($"{facts.DeliveryNumber} for {facts.AccountName} was delivered"), Delivered(facts)),
        RungName.AckOverdue => new NoticeMail(
            OneLine($"{Tag(facts.Severity)}{facts.DeliveryNumber} for {facts.AccountName}: order not acknowledged"), Chase(facts)),
        _ => new NoticeMail(OneLine($"{Tag(facts.Severity)}{facts.DeliveryNumber} for {facts.AccountName}: {Headline(facts)}"), Chase(facts)),
    };

    /// <summary>"Reship overnight: arrives Thu Feb 4, 4:00 pm CT; decide by Wed Feb 3, 5:00 pm ET (logistics decides)".</summary>
    public static string RescueLine(Rescue rescue, TimeZoneInfo clinicZone, TimeZoneInfo shipFromZone, bool hidesDates = false)
    {
        var text = new StringBuilder(RescueName(rescue.Option));
        var dates = new List<string>();
        if (!hidesDates)
        {
            if (rescue.Arrival is { } arrival) dates.Add($"arrives {Instant(arrival, clinicZone)}{(rescue.NeedByMissed ? ", after need-by" : "")}");
            var zone = rescue.Option == RescueOption.ReshipOvernight ? shipFromZone : clinicZone;
            if (rescue.DecideInTimeBy is { } inTime) dates.Add($"decide by {Instant(inTime, zone)} to make need-by");
            if (rescue.DecideBy is { } by) dates.Add($"{(rescue.DecideInTimeBy is null ? "decide" : "at the latest")} by {Instant(by, zone)}{(rescue.DecideInTimeBy is null ? "" : ", before the visit")}");
        }
        if (dates.Count > 0) text.Append(": ").AppendJoin("; ", dates);
        text.Append(" (").Append(rescue.DecidedBy).Append(rescue.DecidedBy.Contains(" and ", StringComparison.Ordinal) ? " decide" : " decides");
        if (!rescue.IsFeasible) text.Append("; no longer in time");
        return text.Append(')').ToString();
    }

    /// <summary>Words of an option.</summary>
    public static string RescueName(RescueOption option) => option switch
    {
        RescueOption.UpgradeOrIntercept => "Upgrade or hold at the depot",
        RescueOption.ReshipOvernight => "Reship overnight",
        RescueOption.CourierSameDay => "Same-day courier",
        RescueOption.LocalStock => "Local stock",
        RescueOption.TransferBetweenSites => "Transfer between sites",
        RescueOption.AlternatePack => "Other fill size, same concentration",
        RescueOption.RescheduleVisit => "Reschedule the visit",
        RescueOption.ClinicalPlan => "The practice's own clinical plan",
        _ => option.ToString(),
    };

    private static string Headline(NoticeFacts facts)
    {
        if (facts.NeedBy is not { } needBy) return facts.Reasons.Count > 0 ? facts.Reasons[0] : "needs a look";
        if (facts.AsOf > needBy) return $"not delivered by need-by, {Day(DayOf(needBy, facts.Zone))}";
        if (facts.Projected is null && facts.EstimateSource is not null) return $"estimate unknown, need-by {Day(DayOf(needBy, facts.Zone))}";
        if (facts.Projected > needBy) return $"estimate after need-by, {Day(DayOf(needBy, facts.Zone))}";
        return $"need-by {Day(DayOf(needBy, facts.Zone))}";
    }

    private static string Chase(NoticeFacts facts)
    {
        var text = new StringBuilder();
        text.Append(facts.Rung == RungName.AckOverdue ? "The order has not been acknowledged." : $"Check {facts.Rung} before the refill visit did not hold.");
        if (facts.Severity is { } severity) text.Append(" Severity: ").Append(severity.ToString().ToUpperInvariant()).Append('.');
        text.Append("\n\n");
        if (facts.Task is { } task) text.Append("To do: ").Append(Plain(task)).Append("\n\n");
        if (facts.Reasons.Count > 0)
        {
            text.Append("Why:\n");
            foreach (var reason in facts.Reasons) text.Append("- ").Append(Plain(reason)).Append('\n');
            text.Append('\n');
        }
        Dates(text, facts);
        if (facts.Rescue.Count > 0)
        {
            text.Append("\nWhat can still be done:\n");
            foreach (var line in facts.Rescue) text.Append("- ").Append(Plain(line)).Append('\n');
        }
        // A mail that speaks of the therapy says which safety information holds; one that speaks of a parcel does not (DECISIONS 51).
        if (text.ToString().Contains("clinical plan", StringComparison.OrdinalIgnoreCase))
            text.Append('\n').Append(SafetyInformation.Reference(BaseOf(facts.Link))).Append('\n');
        return Close(text, facts);
    }

    private static string BaseOf(string link) => link.LastIndexOf("/deliveries/", StringComparison.Ordinal) is > 0 and var at ? link[..at] : "";

    private static string Delivered(NoticeFacts facts)
    {
        var text = new StringBuilder();
        text.Append("The carrier reports the parcel as delivered");
        if (facts.DeliveredAt is { } at) text.Append(", ").Append(Instant(at, facts.Zone));
        text.Append(". Please count it, check its condition and confirm the receipt.\n\n");
        Dates(text, facts);
        return Close(text, facts);
    }

    private static void Dates(StringBuilder text, NoticeFacts facts)
    {
        Line(text, "Account", facts.AccountName);
        Line(text, "Delivery", facts.DeliveryNumber);
        Line(text, "Order", facts.Order is null ? null : facts.Po is null ? facts.Order : $"{facts.Order} (PO {facts.Po})");
        Line(text, "Parcel", facts.Tracking is null ? null : $"{facts.Carrier ?? "carrier unknown"} {facts.Tracking}");
        if (facts.VisitOn is { } visit)
        {
            var days = visit.DayNumber - DayOf(facts.AsOf, facts.Zone).DayNumber;
            Line(text, "Refill visit", Day(visit));
            Line(text, "Runway", days switch { < 0 => "the visit has passed", 0 => "the visit is today", 1 => "1 day", _ => $"{days} days" });
        }
        Line(text, "Need-by", facts.NeedBy is { } needBy ? Instant(needBy, facts.Zone) : null);
        if (facts.DeliveredAt is { } delivered)
        {
            Line(text, "Delivered", Instant(delivered, facts.Zone));
            return;
        }
        if (facts.Tracking is null) Line(text, "Must ship by", facts.MustShipBy is { } ship ? Instant(ship, facts.ShipFromZone ?? facts.Zone) : null);
        Line(text, "Estimate", facts.Projected is { } eta ? $"{Instant(eta, facts.Zone)}{Source(facts.EstimateSource)}" : "unknown");
        Line(text, "Slack", facts is { NeedBy: { } by, Projected: { } arrival } ? Slack(by - arrival) : "unknown");
        if (facts.Tracking is not null)
            Line(text, "Last scan", facts.LastScanAt is { } scan
                ? $"{Ago(facts.AsOf - scan)}, {Instant(scan, facts.Zone)}{(string.IsNullOrWhiteSpace(facts.LastScanPlace) ? "" : ", " + facts.LastScanPlace)}"
                : "none yet");
    }

    private static string Close(StringBuilder text, NoticeFacts facts) =>
        text.Append("\nDelivery: ").Append(Plain(facts.Link))
            .Append("\nAs of ").Append(Instant(facts.AsOf, facts.Zone)).Append(". Do not reply with patient information.\n").ToString();

    private static void Line(StringBuilder text, string name, string? value)
    {
        if (value is not null) text.Append(name).Append(": ").Append(Plain(value)).Append('\n');
    }

    private static string Tag(Severity? severity) => severity is Severity.Critical or Severity.High ? $"[{severity.Value.ToString().ToUpperInvariant()}] " : "";
    private static string Source(string? source) => source switch { "carrier" => " (carrier)", "service" => " (by the service level)", _ => "" };

    private static string Slack(TimeSpan slack) => slack < TimeSpan.Zero
        ? $"none: {Length(-slack)} after need-by"
        : Length(slack);

    private static string Ago(TimeSpan span) => span < TimeSpan.FromMinutes(1) ? "just now" : $"{Length(span)} ago";

    private static string Length(TimeSpan span) => span < TimeSpan.FromHours(1) ? $"{(int)span.TotalMinutes} min"
        : span < TimeSpan.FromHours(48) ? $"{(int)span.TotalHours} h" : $"{(int)span.TotalDays} days";

    private static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => ZonedTime.DayOf(zone, at);
    private static string Day(DateOnly day) => day.ToString("ddd MMM d", Words);

    private static string Instant(DateTimeOffset at, TimeZoneInfo zone) =>
        $"{Day(DayOf(at, zone))}, {ZonedTime.In(zone, at).ToString("h:mm tt", Words).ToLowerInvariant()} {ZoneWord(at, zone)}";

    private static string ZoneWord(DateTimeOffset at, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(at);
        var standard = zone.IsDaylightSavingTime(at) ? offset - TimeSpan.FromHours(1) : offset;
        if (!zone.Id.StartsWith("America/", StringComparison.Ordinal) || !zone.SupportsDaylightSavingTime)
            return offset == TimeSpan.Zero ? "UTC" : string.Create(Words, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset.Duration():hh\\:mm}");
        return standard.TotalHours switch { -5 => "ET", -6 => "CT", -7 => "MT", -8 => "PT", -9 => "AKT", _ => string.Create(Words, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset.Duration():hh\\:mm}") };
    }

    /// <summary>Names come from imports: a line break in one must not become a line of the mail.</summary>
    public static string Plain(string text) =>
        text.AsSpan().ContainsAny(Breaks) ? string.Concat(text.Select(c => Breaks.Contains(c) ? ' ' : c)).Trim() : text.Trim();

    /// <summary>Control characters and Unicode's own line ends.</summary>
    private static readonly SearchValues<char> Breaks = SearchValues.Create([.. Enumerable.Range(0, 256).Select(c => (char)c).Where(char.IsControl), '\u2028', '\u2029']);

    /// <summary>As a subject: one line, not too long.</summary>
    public static string OneLine(string text) => Cut.To(Plain(text), 180);
}

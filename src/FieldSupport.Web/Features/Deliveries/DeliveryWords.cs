using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Catalogue;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>What of an answer its label needs; from a list's row or from a live assessment.</summary>
public sealed record StateFacts(
    string? Outlook, double? SlackHours, int? SlackDays, string Reasons, DateTimeOffset? NeedByUtc, DateTimeOffset? EstimateUtc,
    DateTimeOffset? LabelAtUtc, DateTimeOffset? LastMovementAtUtc, DateTimeOffset? DeliveredAtUtc, string? UnknownCode, HoldReason? Hold, TimeZoneInfo Zone)
{
    public static StateFacts Of(DeliveryRow row) => new(
        row.Outlook, row.SlackHours, row.SlackDays, row.Reasons, row.NeedByUtc, row.EstimateUtc,
        row.LabelAtUtc, row.LastMovementAtUtc, row.DeliveredAtUtc, row.UnknownCode, row.Hold, row.Zone);

    public static StateFacts Of(WatchedDelivery delivery, Assessment assessment)
    {
        var newest = delivery.Events.Where(e => !e.IsExcluded).OrderBy(e => e.AtUtc).ThenBy(e => e.Arrival).LastOrDefault();
        var facts = delivery.Facts;
        return new StateFacts(
            assessment.Outlook?.ToString(), assessment.SlackHours, assessment.SlackDays, string.Join(',', assessment.Reasons.Select(r => WireName.Of(r))),
            assessment.NeedBy, assessment.ProjectedArrival, facts.LabelAtUtc, facts.Tracking.LastMovementAtUtc, facts.ArrivedAtUtc,
            facts.Tracking.NewestIsUnknown ? newest?.Code ?? newest?.Text : null,
            facts.OpenHolds.OrderBy(h => h.SinceUtc).Select(h => (HoldReason?)h.Reason).FirstOrDefault(), facts.Clinic.Zone);
    }
}

/// <summary>States, reasons and quantities in the words of ui.md §3.</summary>
public static class DeliveryWords
{
    /// <summary>"Late by 1 day", "No scan for 31 h", "6 h slack", "On hold: license".</summary>
    public static string State(StateFacts f, DateTimeOffset now)
    {
        switch (f.Outlook)
        {
            case "Late" when f.SlackDays is < 0 and { } days: return $"Late by {Days(-days)}";
            case "Late" when f.NeedByUtc is { } needBy && now > needBy: return $"Need-by passed {When.Span(now - needBy)} ago";
            case "Late" when f.EstimateUtc is null: return "Late, estimate unknown";
            case "NoSignal" when f.UnknownCode is { } code: return $"Carrier says: '{code}'";
            case "NoSignal" when Has(f, "LABEL_NOT_PICKED_UP") && f.LabelAtUtc is { } label: return $"No scan since label, {When.Span(now - label)}";
            case "NoSignal" when f.LastMovementAtUtc is { } last: return $"No scan for {Hours(now - last)}";
            case "AtRisk" when Has(f, "DELIVERED_ELSEWHERE"): return "Delivered elsewhere";
            case "AtRisk" when Has(f, "DISCREPANCY_OPEN"): return "Discrepancy open";
            case "AtRisk" when Has(f, "ORDER_NOT_PLACED"): return "No order yet";
            case "AtRisk" when f.SlackHours is >= 0 and < 1: return "No slack";
            case "AtRisk" when f.SlackHours is >= 0 and < 24 and { } hours: return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(hours):0} h slack");
            case "AtRisk" when f.SlackDays is >= 0 and { } left: return $"At risk, {Slack(f, left)}";
            case "Watch" when f.SlackDays is >= 2 and { } room: return $"Watch, {Slack(f, room)}";
            case "Watch" when f.SlackDays is >= 0 and { } left: return Slack(f, left);
            case "OnTrack" when f.SlackDays is >= 0 and { } left: return Slack(f, left);
            case "Delivered" when f.DeliveredAtUtc is { } at:
                return When.DayOf(at, f.Zone) == When.DayOf(now, f.Zone)
                    ? $"Delivered {When.Clock(at, f.Zone)}, unconfirmed" : $"Delivered {When.Day(When.DayOf(at, f.Zone))}, unconfirmed";
            // Coverage is a matter of reimbursement: on this side of the wall it is a hold like any other.
            case "OnHold" when f.Hold is { } hold && hold != HoldReason.Coverage: return $"On hold: {ReasonWords.HoldWords(hold)}";
            default: return Tones.Of(f.Outlook).Words;
        }
    }

    /// <summary>Why, in one sentence each; "No scan for 31 h, Memphis TN".</summary>
    public static IReadOnlyList<string> Why(DeliveryRow row, DateTimeOffset now)
    {
        var words = new List<string>();
        foreach (var reason in row.Reasons.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            words.Add(reason switch
            {
                "NO_SCAN" when row.LastMovementAtUtc is { } last => $"No scan for {Hours(now - last)}{At(row)}",
                "LABEL_NOT_PICKED_UP" when row.LabelAtUtc is { } label => $"Label made {When.Span(now - label)} ago, not picked up",
                "CARRIER_EXCEPTION" => $"The carrier reports an exception{At(row)}",
                "DELIVERED_NOT_CONFIRMED" when row.DeliveredAtUtc is { } at => $"Delivered {When.Span(now - at)} ago, not confirmed",
                "ORDER_ON_HOLD" when row.Hold is { } hold && hold != HoldReason.Coverage => $"On hold: {ReasonWords.HoldWords(hold)}",
                "ORDER_NOT_PLACED" when row.VisitOn is { } visit => $"No order covers the visit on {When.Day(visit)}",
                _ => ReasonWords.Of(reason),
            });
        }
        if (words.Count == 0 && row.IsParcel)
        {
            words.Add(row.DeliveredAtUtc is not null ? row.SignedBy is { } who ? $"Signed by {who}" : "Nobody has confirmed it yet"
                : row.LastMovementAtUtc is { } last ? $"Last scan {When.Relative(last, now)}{At(row)}"
                : row.LabelAtUtc is { } label ? $"Label made {When.Relative(label, now)}, not picked up yet" : "No scan yet");
        }
        else if (words.Count == 0 && row.IsOrder)
        {
            words.Add("Not shipped yet");
        }
        return words;
    }

    /// <summary>"2 × 20 mL", "4 packs"; null when nothing is known of what is in it.</summary>
    public static string? Packs(string? ndc, int packs, int lines) =>
        packs == 0 ? null
        : lines == 1 && ndc is not null && Presentations.Find(ndc) is { FillMl: { } fill } ? string.Create(CultureInfo.InvariantCulture, $"{packs}\u00a0×\u00a0{fill:0.#}\u00a0mL")
        : packs == 1 ? "1 pack" : string.Create(CultureInfo.InvariantCulture, $"{packs} packs");

    public static string Service(ServiceLevel service) => service switch
    {
        ServiceLevel.CourierSameDay => "same-day courier", ServiceLevel.OvernightAm => "overnight by morning", ServiceLevel.Overnight => "overnight",
        ServiceLevel.TwoDay => "2-day", ServiceLevel.ThreeDay => "3-day", _ => "ground",
    };

    /// <summary>Where an estimate comes from, for brackets: "carrier", "by the service".</summary>
    public static string? Source(string? source, string? carrier) => source switch { "carrier" => carrier ?? "carrier", "service" => "by service", _ => null };

    public static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    /// <summary>"Mon–Thu 8 am–12 pm, 1–4 pm; Fri 8 am–3 pm".</summary>
    public static string Hours(ReceivingHours hours)
    {
        DayOfWeek[] week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];
        var parts = new List<string>();
        for (var first = 0; first < week.Length; first++)
        {
            var windows = hours.On(week[first]);
            if (windows.Count == 0) continue;
            var last = first;
            while (last + 1 < week.Length && windows.SequenceEqual(hours.On(week[last + 1]))) last++;
            parts.Add($"{week[first].ToString()[..3]}{(last > first ? $"–{week[last].ToString()[..3]}" : "")} {string.Join(", ", windows.Select(Window))}");
            first = last;
        }
        return string.Join("; ", parts);
    }

    /// <summary>"8 am–12 pm", "1–4 pm".</summary>
    public static string Window(ReceivingWindow window)
    {
        static string Half(TimeOnly time) => time.Hour < 12 ? " am" : " pm";
        static string Time(TimeOnly time) => time.ToString(time.Minute == 0 ? "%h" : "h:mm", CultureInfo.InvariantCulture);
        return $"{Time(window.Opens)}{(Half(window.Opens) == Half(window.Closes) ? "" : Half(window.Opens))}–{Time(window.Closes)}{Half(window.Closes)}";
    }

    /// <summary>For <c>tel:</c>.</summary>
    public static string Dial(string phone) => "tel:" + string.Concat(phone.Where(c => char.IsAsciiDigit(c) || c == '+'));

    /// <summary>Before a label there is no estimate to have slack to: what is counted are ship-from days until it must ship (domain.md §3.1).</summary>
    private static string Slack(StateFacts f, int days) => (f.EstimateUtc, days) switch
    {
        (null, 0) => "must ship today",
        (null, _) => $"{Days(days)} left to ship",
        (_, 0) => "due the day it must be there",
        _ => $"{Days(days)} slack",
    };
    private static bool Has(StateFacts f, string reason) => f.Reasons.Split(',').Contains(reason, StringComparer.Ordinal);
    private static string At(DeliveryRow row) => row.City is null ? "" : row.State is null ? $", {row.City}" : $", {row.City} {row.State}";
    /// <summary>Silence is told in hours, as the limits of the services are.</summary>
    public static string Hours(TimeSpan span) => span < TimeSpan.FromHours(1) ? When.Span(span) : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h");
}

using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Chasing;

/// <summary>Slots of the ladder as mail, JSON and settings name them (contract.md §1).</summary>
public static class LadderSlot
{
    public const string PracticeCoordinator = "practice-coordinator";
    public const string Rep = "rep";
    public const string Logistics = "logistics";
    public const string PartnerService = "partner-service";
    public const string Manager = "manager";
    public const string PracticeClinicalLead = "practice-clinical-lead";
    public const string HeadOfLogistics = "head-of-logistics";
    public const string FieldHead = "field-head";
    public const string MedicalAffairs = "medical-affairs";
    public const string Safety = "safety";
}

/// <summary>What the ladder asks to be told now.</summary>
/// <param name="Rung">T-10 … T-0, DELIVERED or ACK_OVERDUE.</param>
/// <param name="Recipients">Slots, each told once.</param>
/// <param name="Task">What somebody is to do; null for DELIVERED.</param>
/// <param name="Severity">By the list of domain.md §3.1; null for DELIVERED.</param>
public sealed record RungCall(string Rung, IReadOnlyList<string> Recipients, string? Task, Severity? Severity);

/// <summary>One step of the ladder: rungs to tell, and earlier ones that a later rung overtook.</summary>
public sealed record LadderStep(IReadOnlyList<RungCall> Tell, IReadOnlyList<string> Superseded)
{
    public static LadderStep Nothing { get; } = new([], []);
}

/// <summary>
/// The escalation ladder of domain.md §3.2. Pure: given what the ledger already holds, says what is due at this instant; running it
/// on its own output adds nothing.
/// </summary>
public static class ChaseLadder
{
    private static readonly (EscalationRung Rung, string[] Adds, string Task)[] Table =
    [
        (EscalationRung.T10, [LadderSlot.PracticeCoordinator, LadderSlot.Rep], "Place the order, or renew the license."),
        (EscalationRung.T7, [LadderSlot.Logistics], "Clear the hold, or find stock."),
        (EscalationRung.T5, [LadderSlot.PartnerService, LadderSlot.Manager], "Prepare a rescue option and confirm the clinic's receiving hours."),
        (EscalationRung.T3, [LadderSlot.PracticeClinicalLead, LadderSlot.HeadOfLogistics], "Carry out the rescue: reship overnight by the cut-off."),
        (EscalationRung.T2, [], "Start a second rescue; the practice checks its local stock."),
        (EscalationRung.T1, [LadderSlot.FieldHead, LadderSlot.MedicalAffairs], "The practice decides: local stock, transfer or reschedule."),
        (EscalationRung.T0, [LadderSlot.Safety], "The practice follows its clinical plan. Record the outcome and ask the adverse-event question."),
    ];

    /// <summary>What is due now.</summary>
    /// <param name="told">Rungs that the ledger holds already, told or superseded.</param>
    public static LadderStep Climb(DeliveryFacts facts, Assessment assessment, IReadOnlySet<string> told, DateTimeOffset now)
    {
        if (facts.Kind != DeliveryKind.Drug) return LadderStep.Nothing;
        var tell = new List<RungCall>();
        var superseded = new List<string>();

        if (facts.Shape == DeliveryShape.Parcel && facts.Tracking.DeliveredAtUtc is not null && !told.Contains(RungName.Delivered))
            tell.Add(new RungCall(RungName.Delivered, [LadderSlot.PracticeCoordinator, LadderSlot.Rep], null, null));

        if (assessment.Reasons.Contains(StallReason.OrderNotAcknowledged) && now >= assessment.Clocks.AcknowledgementOverdueAt && !told.Contains(RungName.AckOverdue))
            tell.Add(new RungCall(RungName.AckOverdue, [LadderSlot.Manager], "Call the partner: the order has not been acknowledged.", assessment.GateSeverity));

        if (facts.VisitOn is not null && !facts.IsSuperseded && !assessment.IsFinished && CurrentRung(assessment, now) is { } current && !told.Contains(RungName.Of(current))
            && !GateHolds(current, facts, assessment, now))
        {
            tell.Add(new RungCall(RungName.Of(current), RecipientsOf(current), Table.First(r => r.Rung == current).Task, assessment.GateSeverity));
            foreach (var earlier in Table.Select(r => r.Rung).Where(r => r < current))
                if (!told.Contains(RungName.Of(earlier)) && !GateHolds(earlier, facts, assessment, now)) superseded.Add(RungName.Of(earlier));
        }
        return tell.Count == 0 && superseded.Count == 0 ? LadderStep.Nothing : new LadderStep(tell, superseded);
    }

    /// <summary>Everybody on a rung's list: its own people and those of all earlier rungs.</summary>
    public static IReadOnlyList<string> RecipientsOf(EscalationRung rung) =>
        Table.TakeWhile(r => r.Rung <= rung).SelectMany(r => r.Adds).ToList();

    /// <summary>
    /// Who else is told because nobody stands behind one of the slots: the people whom the next rung adds, and so on until somebody is there
    /// (contract.md §1). A slot of the company never brings in one of the practice.
    /// </summary>
    public static IReadOnlyList<string> InPlaceOf(IReadOnlyList<string> slots, Func<string, bool> isThere)
    {
        var added = new List<string>();
        foreach (var empty in slots.Where(s => !isThere(s)))
        {
            foreach (var (_, adds, _) in Table.SkipWhile(r => !r.Adds.Contains(empty)).Skip(1))
            {
                var level = adds.Where(s => !IsOfPractice(s) || IsOfPractice(empty)).ToList();
                added.AddRange(level.Where(s => !slots.Contains(s) && !added.Contains(s)));
                if (level.Exists(s => isThere(s))) break;
            }
        }
        return added;
    }

    /// <summary>
    /// Who is told because nobody told so far has answered: the people whom the next rung adds, or the first rung after it where somebody
    /// stands. Empty at the top of the ladder. Among the company alone nobody of the practice is brought in.
    /// </summary>
    public static IReadOnlyList<string> NextLevel(IReadOnlyCollection<string> told, Func<string, bool> isThere)
    {
        var last = Array.FindLastIndex(Table, r => r.Adds.Any(told.Contains));
        var companyOnly = !told.Any(IsOfPractice);
        foreach (var (_, adds, _) in Table.Skip(last + 1))
        {
            var level = adds.Where(s => !told.Contains(s) && !(companyOnly && IsOfPractice(s))).ToList();
            if (level.Exists(s => isThere(s))) return level;
        }
        return [];
    }

    /// <summary>The rung after this instant, whether its gate will hold or not; null when none is ahead.</summary>
    public static DateTimeOffset? NextRungAt(Assessment assessment, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var (rung, _, _) in Table)
            if (assessment.Clocks.ReachedAt(rung) is { } at && at > now && (next is null || at < next)) next = at;
        return next;
    }

    /// <summary>
    /// Of the rungs told for this visit those whose answer still matters: the newest of the ladder, while its gate fails or any reason is open,
    /// and the overdue acknowledgement while that is one.
    /// </summary>
    public static IReadOnlyList<string> Asking(IReadOnlyCollection<string> told, DeliveryFacts facts, Assessment assessment, DateTimeOffset now)
    {
        if (facts.Kind != DeliveryKind.Drug || facts.VisitOn is null || facts.IsSuperseded || assessment.IsFinished) return [];
        var asking = new List<string>();
        foreach (var (rung, _, _) in Table.Reverse())
        {
            if (!told.Contains(RungName.Of(rung))) continue;
            if (assessment.Reasons.Count > 0 || !GateHolds(rung, facts, assessment, now)) asking.Add(RungName.Of(rung));
            break;
        }
        if (told.Contains(RungName.AckOverdue) && assessment.Reasons.Contains(StallReason.OrderNotAcknowledged)) asking.Add(RungName.AckOverdue);
        return asking;
    }

    /// <summary>Place on the ladder, the later the higher; null for what is no rung of it.</summary>
    public static int? PlaceOf(string rung) => Array.FindIndex(Table, r => RungName.Of(r.Rung) == rung) is >= 0 and var place ? place : null;

    private static bool IsOfPractice(string slot) => slot is LadderSlot.PracticeCoordinator or LadderSlot.PracticeClinicalLead;

    /// <summary>The last rung whose time has come; null before the first.</summary>
    public static EscalationRung? CurrentRung(Assessment assessment, DateTimeOffset now)
    {
        EscalationRung? current = null;
        foreach (var (rung, _, _) in Table)
            if (assessment.Clocks.ReachedAt(rung) is { } at && now >= at) current = rung;
        return current;
    }

    /// <summary>Whether the gate of a rung holds on the facts now known.</summary>
    public static bool GateHolds(EscalationRung rung, DeliveryFacts facts, Assessment assessment, DateTimeOffset now)
    {
        // At another door, or short of what the visit needs, is not there (domain.md §3.1: both keep their reason though the carrier delivered).
        // What a parcel was to replace may come after all: the gates are the order's.
        var received = assessment.Outlook == Outlook.Received || facts.OriginalConfirmed;
        var delivered = received || facts.OriginalDelivered || (facts.ArrivedAtUtc is not null
            && !assessment.Reasons.Contains(StallReason.DeliveredElsewhere) && !assessment.Reasons.Contains(StallReason.DiscrepancyOpen));
        var arrivesInTime = assessment.ProjectedArrival is { } eta && assessment.Clocks.NeedByDay is { } day && facts.Clinic.DayOf(eta) <= day;
        var lastMove = facts.Tracking.LastMovementAtUtc;
        return rung switch
        {
            EscalationRung.T10 => facts.SubmittedAtUtc is not null && facts.LicenseExpiresOn is { } license && license >= assessment.Clocks.NeedByDay,
            EscalationRung.T7 => delivered || facts.Shape == DeliveryShape.Parcel
                || (facts.AcknowledgedAtUtc is not null && facts.OpenHolds.Count == 0 && PromiseMakesIt(facts, assessment)),
            EscalationRung.T5 => delivered || (lastMove is not null && arrivesInTime),
            EscalationRung.T3 => delivered || facts.Tracking.Milestone == Milestone.OutForDelivery
                || (arrivesInTime && lastMove is { } last && now - last < TimeSpan.FromHours(assessment.Clocks.Policy.RecentMovementHours)),
            EscalationRung.T2 => delivered,
            _ => received,
        };
    }

    private static bool PromiseMakesIt(DeliveryFacts facts, Assessment assessment) =>
        facts.PromisedShipOn is null || assessment.MustShipBy is not { } ship || facts.PromisedShipOn <= DateOnly.FromDateTime(ship.DateTime);
}

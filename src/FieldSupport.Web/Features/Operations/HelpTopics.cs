using FieldSupport.Web.Access;

namespace FieldSupport.Web.Features.Operations;

/// <summary>One thing that somebody wants to get done.</summary>
/// <param name="Address">Where it is done; a page that the audience may open.</param>
public sealed record HelpTask(string Heading, string Text, string Address, string LinkWords);

/// <summary>What one kind of reader comes with, and how to get it done.</summary>
/// <param name="Key">In the address: <c>/help?for=rep</c>.</param>
public sealed record HelpTopic(string Key, string Name, string Question, IReadOnlyList<HelpTask> Tasks, string? Note = null)
{
    /// <summary>Those who treat, and those who hear of treatment: the safety information stands below.</summary>
    public bool SpeaksOfTherapy => Key is "practice" or "safety";
}

/// <summary>Help by role, in the words of the screens.</summary>
public static class HelpTopics
{
    private static readonly HelpTask SeeToday = new(
        "See what needs you", "Today lists what is late, has no signal, is at risk or is worth watching, the most urgent first. A broken promise stands above all. What is on track is counted, not listed.",
        "/today", "Open Today");
    private static readonly HelpTask LogChase = new(
        "Log a chase", "Press Chase on a row, then say whom you asked, what they said and what they promised by when. Until then it stands under “Being chased”. If the promise passes and the delivery has not come, it is back on top. The newest chase can be undone.",
        "/today", "Pick one on Today");
    private static readonly HelpTask FindOne = new(
        "Find one delivery", "Search takes order, PO, tracking and lot numbers, with or without punctuation, and names of practices.", "/search", "Search");
    private static readonly HelpTask ReadDeliveries = new(
        "Look through everything", "Deliveries holds all that must arrive: parcels, orders not shipped yet, and visits that no order covers. Filter by state, reason, carrier, practice or need-by, sort by risk, need-by or practice; the address keeps the filter, so it can be bookmarked.",
        "/deliveries", "Open Deliveries");
    private static readonly HelpTask Export = new(
        "Take a list along", "Set the filters you want, then press Export: a CSV file with exactly these rows.", "/deliveries", "Open Deliveries");

    private static readonly HelpTask Answer = new(
        "Say that you have it", "Notices holds what you were told, by mail or there. “I have it”, on the page or from the mail's link, tells the others that you take care of it; a logged chase says the same. If nobody answers within half an hour when critical, or two working hours when high, the next level is told, and your deputy.",
        "/notices", "Open Notices");
    private static readonly HelpTask HowTold = new(
        "Choose when you are told", "Settings holds your quiet hours, a daily digest for what can wait, your deputy, and when you are away. Critical notices come at once, at any hour.", "/settings", "Open Settings");
    private static readonly HelpTask WorkIt = new(
        "Tell the practice, put aside, hand over, close", "On a delivery's page “Tell the practice” mails an approved text; you have a minute to take it back. “Put aside, hand over or close” hides it for some hours, gives it to a colleague who is told, or closes it for a reason that you write down.", "/deliveries", "Open Deliveries");

    private static readonly HelpTask ReportProblem = new(
        "Report a problem", "You heard of a health problem of a patient, or of something wrong with the product? Report it at once, with whatever you know: “Report a problem” stands at the foot of every page and in your account menu. You get a number; only safety reads what you wrote.",
        "/report-a-problem", "Report a problem");

    public static IReadOnlyList<HelpTopic> All { get; } =
    [
        new("rep", "Sales representative", "Which delivery will miss its refill, and what do I do about it now?",
        [
            SeeToday, LogChase, Answer, WorkIt,
            new("Understand a parcel", "A shipment's page draws its scans against need-by, says every open reason in words, and lists what can still make it and until when. Logistics decides on a rescue; you tell the practice.", "/deliveries", "Open Deliveries"),
            HowTold, ReportProblem, FindOne, Export,
        ], "You see deliveries, orders, practices and dates. Nothing here names a patient, and no note should."),
        new("manager", "Regional manager", "Where is the territory slipping, and who needs help?",
        [
            SeeToday,
            new("See one practice", "A practice's page holds its contacts, receiving hours, license and everything it waits for.", "/practices", "Open Practices"),
            LogChase, Answer, WorkIt, HowTold, ReportProblem, ReadDeliveries, Export,
        ], "Notices of severity rise to you when a check of the ladder does not hold; each says what was checked and what can still be done."),
        new("logistics", "Logistics desk", "Which box can still be saved today, and by which option?",
        [
            new("Decide in time", "Your Today holds every territory. Broken promises stand on top; then the row whose rescue must be decided first, with the option and its “decide by”; what no rescue can be decided for follows by risk. What somebody chases stands below, under “Being chased”, with its own deadlines.", "/today", "Open Today"),
            new("Match a message", "The work-list holds what no shipment fits, what nobody understands and what contradicts itself. Match it to its shipment; later messages of the same number follow by themselves. If it is not ours, close it and say why.", "/unmatched", "Open the work-list"),
            new("Quarantine and return", "A lost parcel that turns up again is not used: arrange its return, then close the task with how it ended. Its order stays as it is.", "/unmatched?reason=QUARANTINE", "See open quarantines"),
            new("Pass on a complaint", "Packs that came damaged, leaking, tampered with or too warm or cold stand on the work-list as a product complaint, for you and for safety.", "/unmatched?reason=PRODUCT_COMPLAINT", "See open complaints"),
            LogChase, Answer, WorkIt, HowTold, ReportProblem, FindOne,
        ]),
        new("practice", "Practice", "Is my order coming in time, and is there anything you need from me?",
        [
            new("See what arrives", "Your portal shows each box with its state in plain words, when we expect it and when it must be there. Where we do not know, it says so.", "/portal", "Open the portal"),
            new("Enter your refill dates", "Press Enter many on Refill dates and paste the column from your schedule, or choose a CSV file: one refill a line, in the way you write dates. You see how each line was read before anything is booked. A weekend or closed day is booked only if you tick it. Undo takes back what was just entered.", "/portal/refills/enter", "Enter refill dates"),
            new("Move or cancel a refill", "Press Move or cancel beside the refill. You are told what the new day means for its order and its box, old and new. A cancelled refill leaves its order as it is: call one of your people if you do not need it.", "/portal/refills", "Open Refill dates"),
            new("Calculate a refill date", "State the fill of the pump and see each step to the visit. It is date arithmetic, not medical advice; the date on the pump's printout overrides it. What you enter is not stored.", "/portal/refills/calculator", "Open the calculator"),
            new("Hours, closed days and people", "People & hours holds when you take deliveries, when you are closed, whom we reach and who has access. Administrators of your practice change it; what is on its way is dated anew. A removed colleague is out at once.", "/portal/settings", "Open People & hours"),
            new("Confirm receipt", "When a box is in your hands, open it on the portal and press Confirm receipt: count the packs, scan the code or enter lot and expiry as printed, add a photo if something is wrong, and say who received it. It asks once whether you heard of a problem. That is what ends our watch.", "/portal", "Pick the box on the portal"),
            new("Say that something is wrong", "On the same page state packs as short, damaged, leaking or too warm or frozen. If the carrier says delivered and you do not have it, press “It has not arrived here”. Our logistics desk sees it at once.", "/portal", "Pick the box on the portal"),
            new("Read a box's state", "“In time”: we expect it before it must be there. “In time, we keep an eye on it”: by one working day, or something asks for a look. “Cutting it close”: no full day is left, or the carrier reports trouble. “Will be late”: expected after it must be there, or that time has passed. “We don't know”: no estimate can be trusted; we chase it. “Delivered, please confirm”: the carrier says so, nobody has counted the packs yet.", "/portal", "Open the portal"),
            new("Español", "The portal speaks Spanish too: open the menu with your initials and press Español, or do it on the sign-in page. It is kept with your account. Mail, this help and the safety information are in English.", "/portal", "Open the portal"),
            Answer, HowTold, ReportProblem,
            new("A box marked “do not use”", "It was lost and has turned up again. Keep it apart; our logistics desk arranges its return.", "/portal", "Open the portal"),
        ]),
        new("specialist", "Reimbursement specialist", "Which order must arrive by when?",
        [
            new("See an order", "An order's page holds its lines, stage, holds, shipments and need-by.", "/orders", "Open Orders"),
            ReadDeliveries, FindOne,
        ], "Cases have no page yet."),
        new("operations", "Operations", "Is it running, and are the feeds fresh?",
        [
            new("See that it runs", "Status names every job with its last run and its next. A run that should have happened and did not stands on top, and every admin gets a mail about it. Feeds say when each last brought something.", "/status", "Open Status"),
            new("Run a job", "“Run now” does what the timetable would do; “Dry run” says what it would do and writes nothing. A run too many does no harm.", "/status#jobs", "See the jobs"),
            new("Send a notice that did not go", "The table of notices says why and who can put it right. When that is done, press “Queue again”: it goes once, as the same mail, to whoever stands in its slot now.", "/status#notices", "See the notices"),
            new("Keep a backup", "“backup FILE” writes everything but the keys into one file while people work; keep it, and a copy of the key folder, on other machines. “restore FILE --verify” rehearses. After a loss: stop the server, “restore FILE”, start it; nothing that was mailed goes again.", "/status", "Open Status"),
            new("Work at the terminal", "The program is its own command line: “--help” lists the verbs, “doctor” and “config check” name what is wrong and what to do, “users add” invites somebody.", "/status", "Open Status"),
        ]),
        new("auditor", "Auditor", "Who saw or changed what, and can it be proved?",
        [
            new("Read the record", "The audit lists every change, denial and read of patient detail, newest first; filter by kind, key, person, action or day.", "/audit", "Open the audit"),
            new("Prove that nothing was altered", "Verify walks the chain of seals and compares it with its anchors; it names the first entry that does not fit.", "/audit", "Open the audit"),
            new("Take it along", "Export writes the filtered record as a CSV file.", "/audit", "Open the audit"),
            ReadDeliveries,
        ]),
        new("safety", "Safety", "Which reports wait for us, and which is due first?",
        [
            new("Work what was reported", "Safety lists what waits, the one due first on top; due is the same clock time on the next federal business day after somebody told us. Open one to read what was told, then press “Take over”: it is yours. Every reading is on record.", "/safety", "Open Safety"),
            new("See complaints from a receipt", "Packs that came damaged, leaking, tampered with or too warm or cold stand on the work-list too, with product, lot, packs, condition, practice and parcel. Logistics closes it with your number once you have taken it over.", "/unmatched?reason=PRODUCT_COMPLAINT", "See open complaints"),
            ReportProblem, ReadDeliveries,
        ], "You alone read what was told. The reporter keeps a number and sees whether it was taken over."),
        new("materials", "Education materials", "Which kits are on their way?",
        [
            new("See kit parcels", "Kits travel in the same list as everything else; the filter shows them alone.", "/deliveries?kind=kit", "See kits on their way"),
        ]),
    ];

    /// <summary>The topic of a role; null for somebody who is not signed in.</summary>
    public static HelpTopic? Of(string? role) => role switch
    {
        Roles.PracticeAdmin => Find("practice"),
        Roles.Admin => Find("operations"),
        null => null,
        _ => Find(role),
    };

    public static HelpTopic? Find(string? key) => All.FirstOrDefault(t => string.Equals(t.Key, key, StringComparison.OrdinalIgnoreCase));
}

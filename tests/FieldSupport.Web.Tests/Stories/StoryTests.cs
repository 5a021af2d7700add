using System.Text.Json;
using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Stories;

/// <summary>Stories 1 to 5 and 7 of domain.md §9, through imports, the webhook and sweeps at rising instants, on both databases.</summary>
public sealed class StoryTests
{
    private static readonly string[] UpToT3 =
        ["head-of-logistics", "logistics", "manager", "partner-service", "practice-clinical-lead", "practice-coordinator", "rep"];

    [Theory, OnBothDatabases]
    public async Task Story_1_a_normal_order_makes_no_stall_and_two_delivered_notices(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-1", "2027-01-13");
        await story.Order("LR-881", "V-1", "2026-12-28 15:30 ET", "2026-12-28 16:05 ET");
        var order = Assert.Single(await story.All("2026-12-28 16:10 ET"));
        Assert.Equal((null, At("2027-01-11 16:00 CT"), At("2027-01-07 17:00 ET")), (order.Milestone, order.At("needBy")!.Value, order.At("mustShipBy")!.Value));
        foreach (var gate in new[] { "2026-12-28 16:10 ET", "2026-12-29 08:00 CT", "2027-01-04 08:00 CT" }) Assert.Equal((0, 0, 0, 0), (await story.Sweep(gate)).Counts);

        await story.Ship("LR-881", "7712000001", "2027-01-04 12:00 ET");
        await story.Scan("7712000001", "2027-01-04 18:30 ET", "PICKED_UP");
        await story.Scan("7712000001", "2027-01-05 14:00 CT", "IN_TRANSIT");
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-01-06 08:00 CT")).Counts);
        await story.Scan("7712000001", "2027-01-06 08:10 CT", "OUT_FOR_DELIVERY");
        await story.Scan("7712000001", "2027-01-06 09:41 CT", "DELIVERED", signedBy: "R. Ortiz");
        Assert.Equal((0, 0, 0, 2), (await story.Sweep("2027-01-06 09:45 CT")).Counts);
        await story.Receipt("LR-881", "7712000001", "2027-01-06 10:30 CT");
        foreach (var later in new[] { "2027-01-06 10:31 CT", "2027-01-08 08:00 CT", "2027-01-11 16:00 CT", "2027-01-12 08:00 CT", "2027-01-13 08:00 CT" })
            Assert.Equal((0, 0, 0, 0), (await story.Sweep(later)).Counts);

        var parcel = Assert.Single(await story.All("2027-01-13 09:00 CT"));
        Assert.Equal(("Received", null, "DELIVERED", "R. Ortiz"), (parcel.Outlook, parcel.Severity, parcel.Milestone, parcel.Text("signedBy")));
        Assert.Equal(["practice-coordinator", "rep"], parcel.Told("DELIVERED"));
        Assert.Equal(2, parcel.Notices.Count);
        Assert.Null(parcel.Rung);
        Assert.Equal(At("2027-01-06 10:30 CT"), parcel.At("receivedAtUtc"));
        // One entry a transition, in the order of the state machine, behind the one that says where it came from.
        Assert.Equal(["order.imported", "order.submitted", "order.acknowledged", "order.released", "order.shipped", "order.delivered", "order.receipt-confirmed"], await story.AuditOf("order"));
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());
    }

    [Theory, OnBothDatabasesForEach(Feed.Import, Feed.Webhook)]
    public async Task Story_2_a_parcel_that_falls_silent_is_told_at_T_3_and_calms_down_by_a_scan(Database database, Feed feed)
    {
        await using var story = await Begin(database, feed);
        await story.Visit("V-2", "2027-02-09");
        await story.Order("LR-902", "V-2", "2027-01-22 10:00 ET", "2027-01-22 11:00 ET");
        await story.Ship("LR-902", "7712000002", "2027-02-01 12:00 ET", committed: "2027-02-03 17:00 CT");
        await story.Scan("7712000002", "2027-02-01 18:00 ET", "PICKED_UP");
        await story.Scan("7712000002", "2027-02-02 04:30 CT", "IN_TRANSIT");
        await story.Scan("7712000002", "2027-02-02 21:14 CT", "IN_TRANSIT");
        foreach (var quiet in new[] { "2027-02-02 08:00 CT", "2027-02-03 08:00 CT", "2027-02-03 18:59 CT" }) Assert.Equal((0, 0, 0, 0), (await story.Sweep(quiet)).Counts);

        var missed = await story.Sweep("2027-02-03 19:00 CT");
        Assert.Equal((1, 0, 0, 0), missed.Counts);
        Assert.Equal("High", Assert.Single(missed.Stalls).Severity);
        Assert.Equal(["COMMIT_MISSED"], missed.Stalls[0].Reasons);
        var silent = await story.Sweep("2027-02-03 21:14 CT");
        Assert.Equal((0, 0, 0, 0), silent.Counts);
        Assert.Equal(["COMMIT_MISSED", "NO_SCAN"], Assert.Single(silent.Stalls).Reasons);

        Assert.Equal((0, 0, 1, 7), (await story.Sweep("2027-02-04 08:00 CT")).Counts);
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-02-04 08:00 CT")).Counts);
        var t3 = await story.Parcel("7712000002", "2027-02-04 08:00 CT");
        Assert.Equal(("NoSignal", "High", "T-3", 24.0), (t3.Outlook, t3.Severity, t3.Rung, t3.SlackHours));
        Assert.Equal(UpToT3, t3.Told("T-3"));
        Assert.All(t3.Notices, n => Assert.Equal(At("2027-02-04 08:00 CT"), n.At));
        Assert.Equal((At("2027-02-05 16:00 CT"), At("2027-02-03 17:00 ET"), At("2027-02-03 17:00 CT"), At("2027-02-04 16:00 CT")),
            (t3.At("needBy")!.Value, t3.At("mustShipBy")!.Value, t3.At("committedAt")!.Value, t3.At("projectedArrival")!.Value));
        Assert.Equal((true, At("2027-02-05 16:00 CT"), At("2027-02-05 17:00 ET")), t3.Rescue("RESHIP_OVERNIGHT"));

        await story.Scan("7712000002", "2027-02-04 08:30 CT", "IN_TRANSIT", city: "Jackson");
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-02-04 08:30 CT")).Counts);
        var calmer = await story.Parcel("7712000002", "2027-02-04 08:30 CT");
        Assert.Equal("Watch", calmer.Severity);
        Assert.Equal(["COMMIT_MISSED"], calmer.Reasons);
        Assert.Empty(calmer.RescueOptions);

        await story.Scan("7712000002", "2027-02-04 11:05 CT", "DELIVERED");
        Assert.Equal((0, 1, 0, 2), (await story.Sweep("2027-02-04 11:05 CT")).Counts);
        await story.Receipt("LR-902", "7712000002", "2027-02-04 12:30 CT");
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-02-04 12:31 CT")).Counts);
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-02-09 08:00 CT")).Counts);
        var record = Assert.Single(await story.Stalls());
        Assert.Equal(("CARRIER_DELAY", 35 * 60 + 16, "High", At("2027-02-03 19:00 CT"), At("2027-02-04 11:05 CT")),
            (record.Cause, record.SilentGapMinutes, record.WorstSeverity, record.OpenedAtUtc, record.ClosedAtUtc));
        var notices = (await story.Parcel("7712000002", "2027-02-09 08:00 CT")).Json.GetProperty("notices").EnumerateArray().Select(n => n.GetProperty("messageId").GetString()!).ToList();
        Assert.Equal(9, notices.Distinct().Count());
        foreach (var sending in new[] { "2027-02-09 08:01 CT", "2027-02-09 08:02 CT" }) Assert.Equal(notices.Order(), (await story.Mail(sending)).Order());
    }

    [Theory, OnBothDatabasesForEach(Feed.Import, Feed.Webhook)]
    public async Task Story_3_a_lost_parcel_is_critical_until_its_replacement_is_there(Database database, Feed feed)
    {
        await using var story = await Begin(database, feed);
        await story.Visit("V-3", "2027-03-16", refillBy: "2027-03-23");
        await story.Order("LR-903", "V-3", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        await story.Ship("LR-903", "7712000003", "2027-03-09 12:00 ET");
        await story.Scan("7712000003", "2027-03-09 18:00 ET", "PICKED_UP");
        await story.Scan("7712000003", "2027-03-10 22:10 CT", "IN_TRANSIT");
        await story.Sweep("2027-03-11 08:00 CT");
        await story.Scan("7712000003", "2027-03-12 14:20 ET", "LOST");
        await story.Sweep("2027-03-12 14:20 ET");
        var lost = await story.Parcel("7712000003", "2027-03-12 14:20 ET");
        Assert.Equal(("Late", "Critical", "LOST"), (lost.Outlook, lost.Severity, lost.Milestone));
        Assert.Contains("LOST", lost.Reasons);
        Assert.Null(lost.At("projectedArrival"));
        Assert.Equal((true, At("2027-03-15 16:00 CT"), At("2027-03-12 17:00 ET")), lost.Rescue("RESHIP_OVERNIGHT"));
        Assert.True(lost.Json.GetProperty("rescue").EnumerateArray().First(r => r.GetProperty("option").GetString() == "RESHIP_OVERNIGHT").GetProperty("needByMissed").GetBoolean());
        Assert.Equal(At("2027-03-22 16:00 CT"), lost.Rescue("RESCHEDULE_VISIT")!.Value.Arrival);
        Assert.False((await story.Parcel("7712000003", "2027-03-12 17:00 ET")).Rescue("RESHIP_OVERNIGHT")!.Value.Feasible);

        await story.Ship("LR-903", "7712000033", "2027-03-12 15:30 ET", service: "OVERNIGHT");
        await story.Scan("7712000033", "2027-03-12 18:20 ET", "PICKED_UP");
        var replacement = await story.Parcel("7712000033", "2027-03-12 18:30 ET");
        Assert.Equal(lost.Number, replacement.Text("replaces"));
        Assert.Equal(At("2027-03-15 16:00 CT"), replacement.At("projectedArrival"));
        await story.Sweep("2027-03-12 16:00 CT");
        await story.Sweep("2027-03-15 08:00 CT");
        await story.Scan("7712000033", "2027-03-15 09:20 CT", "DELIVERED");
        await story.Receipt("LR-903", "7712000033", "2027-03-15 09:50 CT");
        await story.Sweep("2027-03-15 09:50 CT");
        Assert.Equal("Received", (await story.Parcel("7712000033", "2027-03-15 10:00 CT")).Outlook);
        Assert.All(await story.Stalls(), s => Assert.NotNull(s.ClosedAtUtc));

        await story.Scan("7712000003", "2027-03-18 10:00 CT", "DELIVERED");
        await story.Sweep("2027-03-18 10:00 CT");
        var found = await story.Parcel("7712000003", "2027-03-18 10:05 CT");
        Assert.Equal("RECOVERED", found.Milestone);
        Assert.Null(found.At("deliveredAtUtc"));
        Assert.Equal(2, (await story.OrderPacks("LR-903")));
        var task = Assert.Single(await story.Work());
        Assert.Equal(("QUARANTINE", null), (task.Reason, task.ResolvedAtUtc));
        Assert.Contains($"{found.Number} to Lakeside Rehab was lost and has turned up again, with 2 packs.", task.Summary, StringComparison.Ordinal);
        // Its packs are no stock, whatever somebody says of them; the order was received and stays so.
        Assert.Equal("QUARANTINED", await story.RefusedReceipt("LR-903", "7712000003", "2027-03-18 10:30 CT"));
        await story.Scan("7712000003", "2027-03-19 09:00 CT", "IN_TRANSIT");
        await story.Sweep("2027-03-19 09:00 CT");
        Assert.Equal("RECOVERED", (await story.Parcel("7712000003", "2027-03-19 09:05 CT")).Milestone);
        Assert.Single(await story.Work());
        Assert.Equal("RECEIPT_CONFIRMED", await story.OrderState("LR-903"));
        Assert.Equal(2, await story.PacksOnHand("LR-903"));
    }

    [Theory, OnBothDatabases]
    public async Task Story_4_a_label_made_too_late_for_the_holiday_is_seen_when_it_is_made(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-4", "2026-12-01", asOf: "2026-11-20 09:10 CT");
        await story.Order("LR-904", "V-4", "2026-11-20 10:30 ET", "2026-11-20 11:00 ET");
        Assert.Equal((0, 0, 0), ((await story.Sweep("2026-11-20 16:59 ET")).Opened, 0, 0));
        var due = await story.Sweep("2026-11-20 17:00 ET");
        Assert.Equal(["LABEL_DUE"], Assert.Single(due.Stalls).Reasons);
        Assert.Equal("Medium", due.Stalls[0].Severity);
        Assert.Equal((At("2026-11-25 16:00 CT"), At("2026-11-23 17:00 ET")), (due.Stalls[0].At("needBy")!.Value, due.Stalls[0].At("mustShipBy")!.Value));
        Assert.Equal(["MISSED_MUST_SHIP_BY"], Assert.Single((await story.Sweep("2026-11-23 17:00 ET")).Stalls).Reasons);

        await story.Ship("LR-904", "7712000004", "2026-11-24 12:00 ET");
        await story.Sweep("2026-11-24 12:00 ET");
        var label = await story.Parcel("7712000004", "2026-11-24 12:00 ET");
        Assert.Equal(["ETA_PAST_NEED_BY", "MISSED_MUST_SHIP_BY"], label.Reasons);
        Assert.Equal(("Late", "Critical"), (label.Outlook, label.Severity));
        Assert.Equal(At("2026-11-30 16:00 CT"), label.At("projectedArrival"));
        Assert.Equal(At("2026-11-25 16:00 CT"), label.Rescue("RESHIP_OVERNIGHT")!.Value.Arrival);

        await story.Ship("LR-904", "7712000044", "2026-11-24 16:00 ET", service: "OVERNIGHT");
        await story.Scan("7712000044", "2026-11-24 18:00 ET", "PICKED_UP");
        await story.Sweep("2026-11-24 18:00 ET");
        var overnight = await story.Parcel("7712000044", "2026-11-24 18:00 ET");
        Assert.Empty(overnight.Reasons);
        Assert.Equal((At("2026-11-25 16:00 CT"), At("2026-11-24 17:00 ET")), (overnight.At("projectedArrival")!.Value, overnight.At("mustShipBy")!.Value));
    }

    [Theory, OnBothDatabasesForEach(Feed.Import, Feed.Webhook)]
    public async Task Story_5_doubled_and_disordered_events_never_move_the_state_back(Database database, Feed feed)
    {
        await using var story = await Begin(database, feed);
        await story.Visit("V-5", "2027-02-25", account: "FRONTRANGE");
        await story.Order("FR-905", "V-5", "2027-02-05 10:00 ET", "2027-02-05 11:00 ET", "GROUND", "FRONTRANGE");
        await story.Ship("FR-905", "7712000005", "2027-02-15T16:05:00Z");
        Task Arrives(string at, string code, string received, string? signer = null) => story.Scan("7712000005", at, code, received, signer, "Denver", "CO", "80202");
        await Arrives("2027-02-15T16:05:00Z", "LABEL_CREATED", "2027-02-15T16:10:00Z");
        await Arrives("2027-02-16T00:30:00Z", "PICKED_UP", "2027-02-16T00:40:00Z");
        await story.Sweep("2027-02-16T01:00:00Z");
        await Arrives("2027-02-17T17:12:00Z", "DELIVERED", "2027-02-17T17:15:00Z", "M. K.");
        Assert.Equal((0, 0, 0, 2), (await story.Sweep("2027-02-17T17:16:00Z")).Counts);
        Assert.Equal("DELIVERED", (await story.Parcel("7712000005", "2027-02-17T17:16:00Z")).Milestone);
        await Arrives("2027-02-17T17:12:00Z", "DELIVERED", "2027-02-17T17:20:00Z", "M. K.");
        await story.Sweep("2027-02-17T17:21:00Z");
        await Arrives("2027-02-16T09:40:00Z", "IN_TRANSIT", "2027-02-17T17:25:00Z");
        await story.Sweep("2027-02-17T17:26:00Z");
        Assert.Equal("DELIVERED", (await story.Parcel("7712000005", "2027-02-17T17:26:00Z")).Milestone);
        await Arrives("2027-02-17T14:55:00Z", "OUT_FOR_DELIVERY", "2027-02-17T17:30:00Z");
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-02-17T17:31:00Z")).Counts);

        var parcel = await story.Parcel("7712000005", "2027-02-17T17:31:00Z");
        Assert.Equal(["LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"], parcel.Events);
        Assert.Equal(1, parcel.Json.GetProperty("duplicateEvents").GetInt32());
        Assert.Equal(("DELIVERED", At("2027-02-17 10:12 MT"), At("2027-02-23 16:00 MT")), (parcel.Milestone, parcel.At("deliveredAtUtc")!.Value, parcel.At("needBy")!.Value));
        Assert.Equal(2, parcel.Notices.Count);
        Assert.Empty(await story.Stalls());
    }

    [Theory, OnBothDatabases]
    public async Task Story_7_an_order_nobody_acknowledges_is_seen_and_the_manager_hears_a_day_later(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-7", "2027-05-25");
        await story.Order("LR-907", "V-7", "2027-05-07 16:45 ET", acknowledged: null);
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-05-10 16:59 ET")).Counts);
        var open = await story.Sweep("2027-05-10 17:00 ET");
        Assert.Equal((1, 0, 0, 0), open.Counts);
        Assert.Equal(["ORDER_NOT_ACKNOWLEDGED"], Assert.Single(open.Stalls).Reasons);
        Assert.Equal((At("2027-05-21 16:00 CT"), At("2027-05-19 17:00 ET")), (open.Stalls[0].At("needBy")!.Value, open.Stalls[0].At("mustShipBy")!.Value));
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-05-11 08:00 CT")).Counts);
        Assert.Equal((0, 0, 1, 1), (await story.Sweep("2027-05-11 17:00 ET")).Counts);
        Assert.Equal((0, 0, 0, 0), (await story.Sweep("2027-05-11 17:00 ET")).Counts);
        var told = Assert.Single((await story.All("2027-05-11 17:00 ET")).Single().Notices);
        Assert.Equal(("manager", At("2027-05-11 17:00 ET")), (told.Recipient, told.At));

        await story.Acknowledge("LR-907", "V-7", "2027-05-07 16:45 ET", "2027-05-12 10:05 ET");
        Assert.Equal((0, 1, 0, 0), (await story.Sweep("2027-05-12 10:05 ET")).Counts);
        Assert.Equal((null, 0), ((await story.All("2027-05-12 10:05 ET")).Single().Severity, (await story.Sweep("2027-05-14 08:00 CT")).Notices));
    }

    [Theory, OnBothDatabases]
    public async Task Nothing_dated_after_the_clock_is_looked_at(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-8", "2027-02-09");
        await story.Order("LR-908", "V-8", "2027-01-22 10:00 ET", "2027-01-22 11:00 ET");
        await story.Ship("LR-908", "7712000008", "2027-02-01 12:00 ET");
        await story.Scan("7712000008", "2027-02-01 18:00 ET", "PICKED_UP");
        await story.Scan("7712000008", "2027-02-03 11:00 CT", "DELIVERED");
        await story.Sweep("2027-02-03 11:05 CT");
        // Back in time: the order was acknowledged and not shipped; before it, an uncovered visit that is nobody's concern yet.
        var then = Assert.Single(await story.All("2027-01-25 09:00 CT"));
        Assert.Equal((null, "OnTrack"), (then.Milestone, then.Outlook));
        Assert.Empty(then.Notices);
        Assert.Empty(await story.All("2027-01-21 09:00 CT"));
        Assert.Equal("PICKED_UP", (await story.Parcel("7712000008", "2027-02-02 09:00 CT")).Milestone);
    }
}

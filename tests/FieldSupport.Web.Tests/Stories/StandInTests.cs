using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Stories;

/// <summary>Second parcels, late beginnings, second thoughts of carriers: what stands in for what, and what does not.</summary>
public sealed class StandInTests
{
    private const string First = "7712000201", Second = "7712000202", Third = "7712000203";

    /// <summary>Visit 2027-03-16, need-by Fri 03-12, T-3 = 03-11, T-1 = 03-15; two packs on their way since 03-02.</summary>
    private static async Task<StoryTeller> Shipped(Database database)
    {
        var story = await Begin(database);
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Order("ST-1", "V-S", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        await story.Ship("ST-1", First, "2027-03-02 12:00 ET");
        await story.Scan(First, "2027-03-02 18:00 ET", "PICKED_UP");
        return story;
    }

    [Theory, OnBothDatabases]
    public async Task An_order_whose_submission_lies_ahead_of_our_clock_is_watched_from_then_on(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-S", "2027-06-01", asOf: "2027-05-07 09:00 CT");
        await story.Import("orders", "2027-05-07 16:40 ET",
            $"account,po,type,visit,ndc,quantity,service,submittedAt\nLAKESIDE,ST-0,REFILL,V-S,70121-2503-01,2,TWO_DAY,{Iso("2027-05-07 16:45 ET")}\n");
        await story.Sweep("2027-05-07 16:41 ET");
        Assert.DoesNotContain(await story.All("2027-05-07 16:41 ET"), d => d.Text("po") == "ST-0");
        await story.Sweep("2027-05-10 17:00 ET");
        Assert.Contains("ORDER_NOT_ACKNOWLEDGED", Assert.Single(await story.All("2027-05-10 17:00 ET"), d => d.Text("po") == "ST-0").Reasons);
        await story.Sweep("2027-05-11 17:00 ET");
        Assert.Equal(["manager"], Assert.Single(await story.All("2027-05-11 17:00 ET"), d => d.Text("po") == "ST-0").Told("ACK_OVERDUE"));
    }

    [Theory, OnBothDatabases]
    public async Task An_estimate_that_changes_without_a_scan_is_believed_though_the_carrier_does_not_date_it(Database database)
    {
        await using var story = await Shipped(database);
        await story.Import("tracking", "2027-03-03 10:00 CT", FedEx("2027-03-04T16:00:00-06:00"));
        await story.Sweep("2027-03-03 10:05 CT");
        Assert.Empty((await story.Parcel(First, "2027-03-03 10:05 CT")).Reasons);
        await story.Import("tracking", "2027-03-03 16:00 CT", FedEx("2027-03-15T16:00:00-05:00"));
        await story.Sweep("2027-03-03 16:05 CT");
        var parcel = await story.Parcel(First, "2027-03-03 16:05 CT");
        Assert.Equal(["ETA_PAST_NEED_BY"], parcel.Reasons);
        Assert.Equal(("Late", At("2027-03-15 16:00 CT")), (parcel.Outlook, parcel.At("projectedArrival")));
        // An older telling that comes late is overtaken.
        await story.Scan(First, "2027-03-03 15:00 CT", "IN_TRANSIT");
        await story.Import("tracking", "2027-03-03 16:30 CT", FedEx("2027-03-05T16:00:00-06:00"));
        await story.Sweep("2027-03-03 16:35 CT");
        Assert.Equal(["ETA_PAST_NEED_BY"], (await story.Parcel(First, "2027-03-03 16:35 CT")).Reasons);
        // Told again, it says nothing new.
        Assert.Equal(0, (await story.Import("tracking", "2027-03-03 17:00 CT", FedEx("2027-03-15T16:00:00-05:00"))).GetProperty("accepted").GetInt32());

        static string FedEx(string estimate) =>
            """{"output":{"completeTrackResults":[{"trackingNumber":"7712000201","trackResults":[{"latestStatusDetail":{"code":"IT"},"dateAndTimes":[{"type":"ESTIMATED_DELIVERY","dateTime":"@when"}],"scanEvents":[{"date":"2027-03-03T08:00:00-06:00","eventType":"AR","eventDescription":"Arrived","scanLocation":{"city":"MEMPHIS","stateOrProvinceCode":"TN","postalCode":"38118","countryCode":"US"}}]}]}]}}"""
                .Replace("@when", estimate, StringComparison.Ordinal);
    }

    [Theory, OnBothDatabases]
    public async Task A_corrected_label_time_is_the_same_parcel(Database database)
    {
        await using var story = await Shipped(database);
        var report = await story.Import("shipments", "2027-03-03 12:00 ET", $"po,carrier,tracking,service,labelAt,committedAt\nST-1,FedEx,{First},,{Iso("2027-03-02 11:40 ET")},\n");
        Assert.Equal(1, report.GetProperty("accepted").GetInt32());
        var only = Assert.Single(await story.All("2027-03-03 12:00 ET"));
        Assert.Equal((First, "PICKED_UP"), (only.Tracking, only.Milestone));
        Assert.Contains("shipment.changed", await story.AuditOf("shipment"));
    }

    [Theory, OnBothDatabases]
    public async Task Scans_that_waited_for_the_right_label_time_are_the_parcels_once_it_is_put_right(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Order("ST-1", "V-S", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        const string header = "po,carrier,tracking,service,labelAt,committedAt\n";
        await story.Import("shipments", "2027-03-02 12:00 ET", $"{header}ST-1,FedEx,{First},,{Iso("2027-03-12 12:00 ET")},\n");
        await story.Scan(First, "2027-03-02 18:00 ET", "PICKED_UP");
        Assert.Single(await story.Work(), w => w.ResolvedAtUtc is null);
        await story.Import("shipments", "2027-03-03 12:00 ET", $"{header}ST-1,FedEx,{First},,{Iso("2027-03-02 12:00 ET")},\n");
        Assert.Equal("PICKED_UP", (await story.Parcel(First, "2027-03-03 12:00 ET")).Milestone);
        Assert.DoesNotContain(await story.Work(), w => w.ResolvedAtUtc is null);
    }

    [Theory, OnBothDatabases]
    public async Task A_replacement_of_a_box_that_came_before_it_has_its_own_ladder(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-04 10:00 CT", "DELIVERED");
        await story.Ship("ST-1", Second, "2027-03-08 12:00 ET");
        await story.Scan(Second, "2027-03-08 18:00 ET", "PICKED_UP");
        await story.Sweep("2027-03-11 08:00 CT");
        Assert.Equal(7, (await story.Parcel(Second, "2027-03-11 08:00 CT")).Told("T-3").Count());
    }

    [Theory, OnBothDatabases]
    public async Task A_reshipment_replaces_the_lost_box_not_the_newest(Database database)
    {
        await using var story = await Shipped(database);
        await story.Ship("ST-1", Second, "2027-03-02 13:00 ET");
        await story.Scan(Second, "2027-03-03 10:00 CT", "LOST");
        await story.Ship("ST-1", Third, "2027-03-03 12:00 ET");
        Assert.Equal((await story.Parcel(Second, "2027-03-03 12:00 ET")).Number, (await story.Parcel(Third, "2027-03-03 12:00 ET")).Text("replaces"));
    }

    [Theory, OnBothDatabases]
    public async Task A_key_that_stands_twice_in_a_file_with_other_values_is_refused(Database database)
    {
        await using var story = await Shipped(database);
        var head = "po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy\n";
        string Row(string at) => $"ST-1,{First},70121-2503-01,1,L7A,2028-05-31,GOOD,{Iso(at)},I. Cole\n";
        Assert.Equal(["TWICE_IN_FILE"], await story.Refused("receipts", "2027-03-04 16:00 CT", head + Row("2027-03-04 10:00 CT") + Row("2027-03-04 15:00 CT")));
        var labels = "po,carrier,tracking,service,labelAt,committedAt\n";
        Assert.Equal(["TWICE_IN_FILE"], await story.Refused("shipments", "2027-03-04 16:00 CT",
            $"{labels}ST-1,FedEx,{First},,{Iso("2027-03-02 11:00 ET")},\nST-1,FedEx,{First},,{Iso("2027-03-02 13:00 ET")},\n"));
    }

    [Theory, OnBothDatabases]
    public async Task A_second_box_does_not_end_the_watch_of_the_first_before_its_packs_are_counted(Database database)
    {
        await using var story = await Shipped(database);
        await story.Ship("ST-1", Second, "2027-03-02 13:00 ET");
        await story.Scan(Second, "2027-03-02 18:00 ET", "PICKED_UP");
        await story.Scan(Second, "2027-03-04 10:00 CT", "DELIVERED");
        await story.Sweep("2027-03-08 08:00 CT");
        Assert.Contains("NO_SCAN", (await story.Parcel(First, "2027-03-08 08:00 CT")).Reasons);
        Assert.Contains(await story.Stalls(), s => s.ClosedAtUtc is null && s.Reasons.Contains("NO_SCAN", StringComparison.Ordinal));

        await story.Receipt("ST-1", Second, "2027-03-08 09:00 CT");
        await story.Sweep("2027-03-08 09:05 CT");
        Assert.All(await story.Stalls(), s => Assert.NotNull(s.ClosedAtUtc));
    }

    [Theory, OnBothDatabases]
    public async Task A_replaced_label_that_is_voided_leaves_nothing_to_ship(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Order("ST-1", "V-S", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        await story.Ship("ST-1", First, "2027-03-02 12:00 ET");
        await story.Ship("ST-1", Second, "2027-03-02 14:00 ET", service: "OVERNIGHT");
        await story.Scan(First, "2027-03-02 15:00 ET", "CANCELLED");
        await story.Scan(Second, "2027-03-02 18:00 ET", "PICKED_UP");
        await story.Scan(Second, "2027-03-03 10:00 CT", "DELIVERED");
        await story.Receipt("ST-1", Second, "2027-03-03 11:00 CT");
        await story.Sweep("2027-03-03 11:05 CT");
        Assert.DoesNotContain(await story.All("2027-03-03 11:05 CT"), d => d.Tracking is null);
        Assert.Equal(0, (await story.Sweep("2027-03-15 08:00 CT")).Notices);
        Assert.Equal("RECEIPT_CONFIRMED", await story.OrderState("ST-1"));
    }

    [Theory, OnBothDatabases]
    public async Task What_was_replaced_and_comes_after_all_is_told_and_stills_the_ladder(Database database)
    {
        await using var story = await Shipped(database);
        await story.Ship("ST-1", Second, "2027-03-11 12:00 ET", service: "OVERNIGHT");
        await story.Scan(Second, "2027-03-11 18:00 ET", "PICKED_UP");
        await story.Scan(First, "2027-03-11 15:00 CT", "DELIVERED");
        await story.Receipt("ST-1", First, "2027-03-11 15:30 CT");
        await story.Sweep("2027-03-11 15:35 CT");
        Assert.Equal(["practice-coordinator", "rep"], (await story.Parcel(First, "2027-03-11 15:35 CT")).Told("DELIVERED"));
        Assert.Equal("RECEIPT_CONFIRMED", await story.OrderState("ST-1"));
        foreach (var at in new[] { "2027-03-12 16:00 CT", "2027-03-15 08:00 CT", "2027-03-16 08:00 CT" }) Assert.Equal(0, (await story.Sweep(at)).Notices);
        // The other box is still on its way, and nobody loses sight of it.
        Assert.Contains("NO_SCAN", (await story.Parcel(Second, "2027-03-16 08:00 CT")).Reasons);
    }

    [Theory, OnBothDatabases]
    public async Task A_promise_about_a_box_at_another_door_is_broken_when_it_passes(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-04 10:00 CT", "DELIVERED", city: "Aurora", state: "CO", zip: "80010");
        await story.Sweep("2027-03-04 10:05 CT");
        await story.Promise(First, "2027-03-04 10:30 CT", "2027-03-05 12:00 CT");
        await story.Sweep("2027-03-04 11:00 CT");
        Assert.Equal((At("2027-03-05 12:00 CT"), null), await story.PromiseOf(First));
        await story.Sweep("2027-03-05 12:00 CT");
        Assert.Equal(At("2027-03-05 12:00 CT"), (await story.PromiseOf(First)).BrokenAt);
        // Found and confirmed: kept after all.
        await story.Receipt("ST-1", First, "2027-03-05 13:00 CT");
        await story.Sweep("2027-03-05 13:05 CT");
        Assert.Equal((null, null), await story.PromiseOf(First));
    }

    [Theory, OnBothDatabases]
    public async Task Where_nobody_stands_behind_a_slot_the_next_level_is_told_too(Database database)
    {
        await using var story = await Begin(database);
        await story.Text("users disable rep@company.test");
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Sweep("2027-03-02 08:00 CT");
        Assert.Equal(["logistics", "practice-coordinator", "rep"], (await story.Delivery("V-S", "2027-03-02 08:00 CT")).Told("T-10"));
        // A rung is told once, whoever it reached.
        Assert.Equal(0, (await story.Sweep("2027-03-02 09:00 CT")).Notices);
    }

    [Theory, OnBothDatabases]
    public async Task More_packs_than_a_parcel_holds_are_refused_good_or_not(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-04 10:00 CT", "DELIVERED");
        await story.Receipt("ST-1", First, "2027-03-04 11:00 CT");
        Assert.Equal("TOO_MANY_PACKS", await story.RefusedReceipt("ST-1", First, "2027-03-05 11:00 CT", "DAMAGED", packs: 1));
        await story.Receipt("ST-1", First, "2027-03-05 11:00 CT", packs: 1);
        await story.Receipt("ST-1", First, "2027-03-05 11:00 CT", "DAMAGED", packs: 1);
        await story.Sweep("2027-03-05 11:05 CT");
        Assert.Equal(["DISCREPANCY_OPEN"], (await story.Parcel(First, "2027-03-05 11:05 CT")).Reasons);
    }

    [Theory, OnBothDatabases]
    public async Task Two_losses_in_a_row_both_end_when_the_third_parcel_comes(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-04 10:00 CT", "LOST");
        await story.Ship("ST-1", Second, "2027-03-04 12:00 ET");
        await story.Scan(Second, "2027-03-04 18:00 ET", "PICKED_UP");
        await story.Scan(Second, "2027-03-05 10:00 CT", "LOST");
        await story.Ship("ST-1", Third, "2027-03-08 12:00 ET");
        await story.Scan(Third, "2027-03-08 18:00 ET", "PICKED_UP");
        await story.Sweep("2027-03-08 18:05 ET");
        Assert.Contains("LOST", (await story.Parcel(First, "2027-03-08 18:05 ET")).Reasons);
        await story.Scan(Third, "2027-03-10 10:00 CT", "DELIVERED");
        await story.Receipt("ST-1", Third, "2027-03-10 11:00 CT");
        await story.Sweep("2027-03-10 11:05 CT");
        Assert.All(await story.All("2027-03-10 11:05 CT"), d => Assert.Empty(d.Reasons));
        Assert.All(await story.Stalls(), s => Assert.NotNull(s.ClosedAtUtc));
    }

    [Theory, OnBothDatabases]
    public async Task Two_replacements_that_were_voided_leave_the_first_box_to_stand_for_itself(Database database)
    {
        await using var story = await Shipped(database);
        await story.Ship("ST-1", Second, "2027-03-03 12:00 ET");
        await story.Ship("ST-1", Third, "2027-03-03 13:00 ET", service: "OVERNIGHT");
        Assert.Equal((await story.Parcel(Second, "2027-03-03 13:00 ET")).Number, (await story.Parcel(Third, "2027-03-03 13:00 ET")).Text("replaces"));
        // What replaced the voided one stands in for the first.
        await story.Scan(Second, "2027-03-03 14:00 ET", "CANCELLED");
        await story.Scan(Third, "2027-03-03 15:00 ET", "CANCELLED");
        // It moves its order again, and nothing is left to ship.
        await story.Scan(First, "2027-03-04 10:00 CT", "DELIVERED");
        Assert.Equal("DELIVERED", await story.OrderState("ST-1"));
        Assert.DoesNotContain(await story.All("2027-03-04 10:05 CT"), d => d.Tracking is null);
        // The next label is its replacement.
        await story.Ship("ST-1", "7712000204", "2027-03-08 12:00 ET");
        Assert.Equal((await story.Parcel(First, "2027-03-08 12:00 ET")).Number, (await story.Parcel("7712000204", "2027-03-08 12:00 ET")).Text("replaces"));
    }

    [Theory, OnBothDatabases]
    public async Task Of_two_tellings_about_one_scan_the_one_made_later_counts_whichever_comes_first(Database database)
    {
        await using var story = await Shipped(database);
        // Need-by is Fri 03-12. Told at 16:00: the 15th; told at noon, and kept from us until the evening: the 4th.
        await story.Import("tracking", "2027-03-03 16:05 CT", EasyPost("2027-03-03T22:00:00Z", "2027-03-15T21:00:00Z"));
        await story.Import("tracking", "2027-03-03 20:00 CT", EasyPost("2027-03-03T18:00:00Z", "2027-03-04T22:00:00Z"));
        await story.Sweep("2027-03-03 20:05 CT");
        Assert.Equal(("Late", At("2027-03-15 16:00 CT")), ((await story.Parcel(First, "2027-03-03 20:05 CT")).Outlook, (await story.Parcel(First, "2027-03-03 20:05 CT")).At("projectedArrival")));
        // One that was made later still is believed.
        await story.Import("tracking", "2027-03-03 21:00 CT", EasyPost("2027-03-04T02:30:00Z", "2027-03-05T22:00:00Z"));
        await story.Sweep("2027-03-03 21:05 CT");
        Assert.Empty((await story.Parcel(First, "2027-03-03 21:05 CT")).Reasons);

    }

    private static string EasyPost(string told, string estimate) =>
        """{"object":"Tracker","id":"trk_1","tracking_code":"7712000201","carrier":"FedEx","status":"in_transit","updated_at":"@told","est_delivery_date":"@when","tracking_details":[{"object":"TrackingDetail","message":"Arrived","status":"in_transit","datetime":"2027-03-03T14:00:00Z","tracking_location":{"city":"MEMPHIS","state":"TN","zip":"38118","country":"US"}}]}"""
            .Replace("@told", told, StringComparison.Ordinal).Replace("@when", estimate, StringComparison.Ordinal);

    [Theory, OnBothDatabases]
    public async Task An_estimate_that_was_confirmed_since_is_not_overtaken_by_what_was_told_before(Database database)
    {
        await using var story = await Shipped(database);
        await story.Import("tracking", "2027-03-03 09:05 CT", EasyPost("2027-03-03T15:00:00Z", "2027-03-15T21:00:00Z"));
        await story.Import("tracking", "2027-03-03 16:05 CT", EasyPost("2027-03-03T22:00:00Z", "2027-03-15T21:00:00Z"));
        await story.Import("tracking", "2027-03-03 20:00 CT", EasyPost("2027-03-03T18:00:00Z", "2027-03-04T22:00:00Z"));
        await story.Sweep("2027-03-03 20:05 CT");
        Assert.Equal(("Late", At("2027-03-15 16:00 CT")), ((await story.Parcel(First, "2027-03-03 20:05 CT")).Outlook, (await story.Parcel(First, "2027-03-03 20:05 CT")).At("projectedArrival")));
    }

    [Theory, OnBothDatabases]
    public async Task An_estimate_that_changed_while_nobody_knew_the_parcel_comes_to_it_with_its_scans(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Order("ST-1", "V-S", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        await story.Import("tracking", "2027-03-03 09:05 CT", EasyPost("2027-03-03T15:00:00Z", "2027-03-04T22:00:00Z"));
        await story.Import("tracking", "2027-03-03 16:05 CT", EasyPost("2027-03-03T22:00:00Z", "2027-03-15T21:00:00Z"));
        await story.Ship("ST-1", First, "2027-03-02 12:00 ET");
        // And what was told before it stays overtaken.
        await story.Import("tracking", "2027-03-03 19:00 CT", EasyPost("2027-03-03T18:00:00Z", "2027-03-05T22:00:00Z"));
        await story.Sweep("2027-03-03 20:05 CT");
        Assert.Equal(("Late", At("2027-03-15 16:00 CT")), ((await story.Parcel(First, "2027-03-03 20:05 CT")).Outlook, (await story.Parcel(First, "2027-03-03 20:05 CT")).At("projectedArrival")));
    }

    [Theory, OnBothDatabases]
    public async Task A_scan_dated_ahead_of_our_clock_swallows_no_later_estimate(Database database)
    {
        await using var story = await Shipped(database);
        await story.Import("tracking", "2027-03-03 07:50 CT", EasyPost("2027-03-03T13:45:00Z", "2027-03-04T22:00:00Z"));
        await story.Import("tracking", "2027-03-03 07:55 CT", EasyPost("2027-03-03T13:55:00Z", "2027-03-15T21:00:00Z"));
        await story.Sweep("2027-03-03 16:05 CT");
        Assert.Equal("Late", (await story.Parcel(First, "2027-03-03 16:05 CT")).Outlook);
    }

    [Theory, OnBothDatabases]
    public async Task A_box_that_stands_for_itself_again_moves_its_order_as_far_as_it_has_come(Database database)
    {
        await using var story = await Shipped(database);
        await story.Ship("ST-1", Second, "2027-03-03 12:00 ET");
        await story.Scan(First, "2027-03-04 10:00 CT", "DELIVERED");
        Assert.Equal("SHIPPED", await story.OrderState("ST-1"));
        await story.Scan(Second, "2027-03-04 14:00 ET", "CANCELLED");
        Assert.Equal("DELIVERED", await story.OrderState("ST-1"));
    }

    [Theory, OnBothDatabases]
    public async Task A_lost_box_whose_replacement_is_voided_makes_the_order_lost_again(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-03 10:00 CT", "LOST");
        await story.Ship("ST-1", Second, "2027-03-03 12:00 ET");
        Assert.Equal("SHIPPED", await story.OrderState("ST-1"));
        await story.Scan(Second, "2027-03-04 14:00 ET", "CANCELLED");
        Assert.Equal("LOST", await story.OrderState("ST-1"));
    }

    [Theory, OnBothDatabases]
    public async Task A_box_that_was_counted_came_though_its_label_was_voided(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-03 10:00 CT", "CANCELLED");
        Assert.Contains(await story.All("2027-03-03 10:00 CT"), d => d.Tracking is null);
        await story.Receipt("ST-1", First, "2027-03-04 10:00 CT");
        Assert.Equal("RECEIPT_CONFIRMED", await story.OrderState("ST-1"));
        Assert.Equal(0, (await story.Sweep("2027-03-11 08:00 CT")).Notices);
        Assert.All(await story.All("2027-03-11 08:00 CT"), d => Assert.Equal("Received", d.Outlook));
    }

    [Theory, OnBothDatabases]
    public async Task A_replacement_that_was_counted_ends_the_loss_though_its_label_was_voided(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan(First, "2027-03-03 10:00 CT", "LOST");
        await story.Ship("ST-1", Second, "2027-03-03 12:00 ET");
        await story.Scan(Second, "2027-03-03 18:00 ET", "CANCELLED");
        await story.Receipt("ST-1", Second, "2027-03-04 10:00 CT");
        Assert.Equal("RECEIPT_CONFIRMED", await story.OrderState("ST-1"));
        await story.Sweep("2027-03-11 08:00 CT");
        Assert.All(await story.All("2027-03-11 08:00 CT"), d => Assert.Empty(d.Reasons));
    }

    [Theory, OnBothDatabases]
    public async Task A_past_visit_that_is_moved_to_another_past_day_alarms_nobody(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-OLD", "2027-02-09", asOf: "2027-03-01 09:00 CT");
        await story.Visit("V-OLD", "2027-02-10", asOf: "2027-03-01 09:05 CT");
        Assert.Equal(0, (await story.Sweep("2027-03-01 09:10 CT")).Notices);
        Assert.Empty(await story.All("2027-03-01 09:10 CT"));
    }

    [Theory, OnBothDatabases]
    public async Task A_visit_whose_order_is_dated_ahead_of_our_clock_stops_asking_for_one_at_that_minute(Database database)
    {
        await using var story = await Begin(database);
        await story.Visit("V-S", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Sweep("2027-03-03 08:00 CT");
        Assert.Equal(["ORDER_NOT_PLACED"], (await story.Delivery("V-S", "2027-03-03 08:00 CT")).Reasons);
        await story.Import("orders", "2027-03-03 10:00 CT",
            $"account,po,type,visit,ndc,quantity,service,submittedAt\nLAKESIDE,ST-1,REFILL,V-S,70121-2503-01,2,TWO_DAY,{Iso("2027-03-03 10:07 CT")}\n");
        await story.Due("2027-03-03 10:01 CT");
        Assert.Contains(await story.Stalls(), s => s.ClosedAtUtc is null);
        await story.Due("2027-03-03 10:07 CT");
        Assert.All(await story.Stalls(), s => Assert.NotNull(s.ClosedAtUtc));
    }

    [Theory, OnBothDatabases]
    public async Task An_orders_number_or_po_finds_its_parcels_where_it_is_no_deliverys_own(Database database)
    {
        await using var story = await Shipped(database);
        var number = (await story.Parcel(First, "2027-03-03 12:00 ET")).Number;
        Assert.Equal(number, (await story.Delivery("ST-1", "2027-03-03 12:00 ET")).Number);
        Assert.Equal(number, (await story.Delivery("ORD-20001", "2027-03-03 12:00 ET")).Number);
        // Before its label the order is a delivery of that number itself.
        Assert.Equal("ORD-20001", (await story.Delivery("ORD-20001", "2027-03-01 12:00 ET")).Number);
    }
}

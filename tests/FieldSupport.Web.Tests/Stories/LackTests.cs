using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Stories;

/// <summary>A watch ends by the drug being there, all of it, and by nothing that merely looks like it.</summary>
public sealed class LackTests
{
    /// <summary>Visit 2027-03-16, need-by Fri 03-12, T-3 = 03-11; two packs on their way since 03-02.</summary>
    private static async Task<StoryTeller> Shipped(Database database)
    {
        var story = await Begin(database);
        await story.Visit("V-L", "2027-03-16", asOf: "2027-03-01 09:00 CT");
        await story.Order("LK-1", "V-L", "2027-03-01 10:00 ET", "2027-03-01 11:00 ET");
        await story.Ship("LK-1", "7712000101", "2027-03-02 12:00 ET");
        await story.Scan("7712000101", "2027-03-02 18:00 ET", "PICKED_UP");
        return story;
    }

    [Theory, OnBothDatabases]
    public async Task A_surplus_never_stands_in_for_what_is_damaged(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan("7712000101", "2027-03-04 10:00 CT", "DELIVERED");
        await story.Receipt("LK-1", "7712000101", "2027-03-04 11:00 CT", packs: 1);
        await story.Receipt("LK-1", "7712000101", "2027-03-04 11:00 CT", "DAMAGED", packs: 1);
        await story.Receipt("LK-1", "7712000101", "2027-03-04 11:00 CT", "OVER", lot: "L8", packs: 1);
        await story.Sweep("2027-03-04 11:05 CT");
        var parcel = await story.Parcel("7712000101", "2027-03-04 11:05 CT");
        Assert.Equal(["DISCREPANCY_OPEN"], parcel.Reasons);
        // The T-3 gate does not take a broken pack for a delivery.
        Assert.Equal(7, (await story.Sweep("2027-03-11 08:00 CT")).Notices);
        Assert.Equal("T-3", (await story.Parcel("7712000101", "2027-03-11 08:00 CT")).Rung);

        // One pack comes in its place: only that one has to be confirmed, and then all is there.
        await story.Ship("LK-1", "7712000102", "2027-03-11 12:00 ET", service: "OVERNIGHT");
        await story.Scan("7712000102", "2027-03-11 18:00 ET", "PICKED_UP");
        await story.Scan("7712000102", "2027-03-12 09:00 CT", "DELIVERED");
        await story.Receipt("LK-1", "7712000102", "2027-03-12 10:00 CT", packs: 1);
        await story.Sweep("2027-03-12 10:05 CT");
        Assert.All(await story.All("2027-03-12 10:05 CT"), d => Assert.Equal(("Received", ""), (d.Outlook, string.Join(',', d.Reasons))));
        Assert.Equal(0, (await story.Sweep("2027-03-15 08:00 CT")).Notices);
    }

    [Theory, OnBothDatabases]
    public async Task A_visit_that_moves_is_told_of_anew_for_its_new_day(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan("7712000101", "2027-03-05 10:00 CT", "LOST");
        Assert.Equal(7, (await story.Sweep("2027-03-11 08:00 CT")).Notices);
        await story.Visit("V-L", "2027-03-30", asOf: "2027-03-11 09:00 CT");
        Assert.Equal(0, (await story.Sweep("2027-03-11 09:05 CT")).Notices);
        // T-3 of the new day is 03-25; nothing was done, and everybody hears of it again, by a mail of its own.
        Assert.Equal(7, (await story.Sweep("2027-03-25 08:00 CT")).Notices);
        Assert.Equal(0, (await story.Sweep("2027-03-25 08:00 CT")).Notices);
        Assert.Equal(14, (await story.Parcel("7712000101", "2027-03-25 08:00 CT")).Told("T-3").Count());
        Assert.Equal((await story.Mail("2027-03-25 08:01 CT")).Count, (await story.Mail("2027-03-25 08:02 CT")).Distinct().Count());
    }

    [Theory, OnBothDatabases]
    public async Task A_reason_that_opens_clears_and_opens_at_one_instant_is_open(Database database)
    {
        await using var story = await Shipped(database);
        const string at = "2027-03-11 07:30 CT";
        foreach (var (hour, code, isOpen) in new[] { ("06:00", "EXCEPTION:address", true), ("06:30", "IN_TRANSIT", false), ("07:00", "EXCEPTION:address", true) })
        {
            await story.Scan("7712000101", $"2027-03-11 {hour} CT", code);
            await story.Sweep(at);
            var reasons = (await story.Parcel("7712000101", at)).Reasons;
            Assert.NotEmpty(reasons);
            Assert.Equal(isOpen, reasons.Contains("CARRIER_EXCEPTION"));
        }
    }

    [Theory, OnBothDatabases]
    public async Task At_another_door_is_told_at_T_3(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan("7712000101", "2027-03-04 10:00 CT", "DELIVERED", city: "Aurora", state: "CO", zip: "80010");
        await story.Sweep("2027-03-04 10:05 CT");
        Assert.Equal(["DELIVERED_ELSEWHERE"], (await story.Parcel("7712000101", "2027-03-04 10:05 CT")).Reasons);
        Assert.Equal(UpToT5, (await Told(story, "2027-03-09 08:00 CT")).Told("T-5"));
        Assert.Equal(7, (await Told(story, "2027-03-11 08:00 CT")).Told("T-3").Count());
    }

    [Theory, OnBothDatabases]
    public async Task A_receipt_of_next_year_confirms_nothing_before_its_day(Database database)
    {
        await using var story = await Shipped(database);
        await story.Receipt("LK-1", "7712000101", "2028-03-04 11:00 CT", asOf: "2027-03-04 11:00 CT");
        await story.Sweep("2027-03-11 08:00 CT");
        var parcel = await story.Parcel("7712000101", "2027-03-11 08:00 CT");
        Assert.Equal(("Late", "T-3", null), (parcel.Outlook, parcel.Rung, parcel.At("receivedAtUtc")));
    }

    [Theory, OnBothDatabases]
    public async Task After_a_voided_replacement_the_next_one_replaces_the_lost_parcel(Database database)
    {
        await using var story = await Shipped(database);
        await story.Scan("7712000101", "2027-03-05 10:00 CT", "LOST");
        await story.Sweep("2027-03-05 10:05 CT");
        var lost = await story.Parcel("7712000101", "2027-03-05 10:05 CT");
        await story.Ship("LK-1", "7712000102", "2027-03-05 12:00 ET");
        await story.Scan("7712000102", "2027-03-05 15:00 ET", "CANCELLED");
        await story.Sweep("2027-03-05 15:05 ET");
        await story.Ship("LK-1", "7712000103", "2027-03-08 12:00 ET");
        await story.Scan("7712000103", "2027-03-08 18:00 ET", "PICKED_UP");
        Assert.Equal(lost.Number, (await story.Parcel("7712000103", "2027-03-08 18:05 ET")).Text("replaces"));
        await story.Scan("7712000103", "2027-03-10 10:00 CT", "DELIVERED");
        await story.Receipt("LK-1", "7712000103", "2027-03-10 11:00 CT");
        await story.Sweep("2027-03-10 11:05 CT");
        Assert.All(await story.Stalls(), s => Assert.NotNull(s.ClosedAtUtc));
        Assert.Equal(0, (await story.Sweep("2027-03-15 08:00 CT")).Notices);
    }

    private static readonly string[] UpToT5 = ["logistics", "manager", "partner-service", "practice-coordinator", "rep"];

    private static async Task<Shown> Told(StoryTeller story, string asOf)
    {
        await story.Sweep(asOf);
        return await story.Parcel("7712000101", asOf);
    }
}

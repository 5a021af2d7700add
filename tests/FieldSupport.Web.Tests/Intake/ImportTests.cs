using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Data;
using Microsoft.EntityFrameworkCore;
using static FieldSupport.Web.Tests.Intake.ImportWorld;

namespace FieldSupport.Web.Tests.Intake;

public sealed class ImportTests
{
    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task Accounts_come_in_once_and_a_second_time_change_nothing(Engine engine)
    {
        await using var world = await Create(engine);

        Assert.Equal((2, 2, 0, 0), Counts(await world.Import<ImportAccounts>(Accounts, commit: false)));
        await using (var db = world.Open()) Assert.Equal(0, await db.Accounts.CountAsync() + await db.Audit.CountAsync());
        Assert.Equal((2, 2, 0, 0), Counts(await world.Good<ImportAccounts>(Accounts)));
        Assert.Equal((2, 0, 2, 0), Counts(await world.Good<ImportAccounts>(Accounts)));

        await using var after = world.Open();
        var lakeside = await after.Accounts.Include(a => a.Locations).SingleAsync(a => a.Code == "LAKESIDE");
        Assert.Equal(("lakeside", "TN-West", new DateOnly(2028, 12, 31)), (lakeside.Slug, lakeside.TerritoryCode, lakeside.LicenseExpiresOn!.Value));
        Assert.True(Assert.Single(lakeside.Locations).IsPrimary);
        Assert.Equal(["KY-East", "TN-West"], await after.Territories.Select(t => t.Code).Order().ToListAsync());
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task An_empty_cell_changes_nothing_and_another_value_stands_in_the_audit(Engine engine)
    {
        await using var world = await Shipped(engine);
        const string columns = "account,name,location,street,city,state,zip,timeZone,receiving,territory\n";

        var report = await world.Good<ImportAccounts>(columns + "lakeside,,main,,,,,,Mon-Thu 08:00-12:00,tn-east\n");

        Assert.Equal((1, 1, 0, 0), Counts(report));
        await using var db = world.Open();
        var account = await db.Accounts.Include(a => a.Locations).SingleAsync(a => a.Code == "LAKESIDE");
        Assert.Equal(("Lakeside Rehab", "tn-east", "1 Lake St"), (account.Name, account.TerritoryCode, account.Locations[0].Street));
        Assert.Contains(await db.Audit.ToListAsync(), e => e.Kind == "location" && e.Changes!.Contains("Mon-Fri 08:00-16:00") && e.Changes.Contains("Mon-Thu 08:00-12:00"));
        Assert.All(await db.Deliveries.Where(d => d.AccountId == account.Id).ToListAsync(), d => Assert.Equal("tn-east", d.TerritoryCode));
    }

    [Fact]
    public async Task More_rows_of_an_account_are_more_locations()
    {
        await using var world = await Create(Engine.Sqlite);
        var two = Accounts + "LAKESIDE,Lakeside Rehab,Annex,9 Lake St,Memphis,TN,381031234,America/Chicago,Tue 08:00-12:00,TN-West,,,,,,\n";
        await world.Good<ImportAccounts>(two);
        await using var db = world.Open();
        Assert.Equal([("Annex", false), ("Main", true)], (await db.Locations.Where(l => l.Account!.Code == "LAKESIDE").OrderBy(l => l.Name).ToListAsync()).Select(l => (l.Name, l.IsPrimary)));
    }

    [Fact]
    public async Task Bad_cells_are_named_with_line_and_column_and_nothing_is_written()
    {
        await using var world = await Create(Engine.Sqlite);
        var text = Accounts
            + "B,Bee,Main,1 St,X,Tenn,123,Central Time,Mon 9-5pm,T,,,31.12.2028,,nobody,\n"
            + "C,,Main,1 St,X,TN,38103,America/Chicago,Mon 08:00-16:00,T,,,,,,\n";
        Assert.Equal(
            [
                (4, "coordinatorEmail", "BAD_EMAIL"), (4, "licenseExpires", "BAD_DATE"), (4, "receiving", "BAD_RECEIVING"), (4, "state", "BAD_STATE"),
                (4, "timeZone", "UNKNOWN_TIME_ZONE"), (4, "zip", "BAD_ZIP"), (5, "name", "MISSING"),
            ],
            (await world.Errors<ImportAccounts>(text)).Order());
        await using (var db = world.Open()) Assert.Equal(0, await db.Accounts.CountAsync());

        var report = await world.Import<ImportAccounts>(text, skipBad: true);
        Assert.Equal((true, (4, 2, 0, 2)), (report.Committed, Counts(report)));
        await using (var db = world.Open()) Assert.Equal(2, await db.Accounts.CountAsync());
    }

    [Fact]
    public async Task A_formula_and_spaces_in_a_name_are_kept_as_they_are()
    {
        await using var world = await Create(Engine.Sqlite);
        await world.Good<ImportAccounts>(Accounts.Replace("Lakeside Rehab", "\"=cmd|' /C calc'!A0 <b> \"", StringComparison.Ordinal));
        await using var db = world.Open();
        Assert.Equal("=cmd|' /C calc'!A0 <b> ", await db.Accounts.Where(a => a.Code == "LAKESIDE").Select(a => a.Name).SingleAsync());
    }

    [Fact]
    public async Task Closures_wake_what_is_open_at_their_clinic()
    {
        await using var world = await Shipped(Engine.Sqlite);
        await Asleep(world);
        Assert.Equal((2, 2, 0, 0), Counts(await world.Good<ImportClosures>("account,date,reason\nLAKESIDE,2027-02-05,Inventory\nLAKESIDE,2027-02-08,\n")));
        Assert.Equal((2, 0, 2, 0), Counts(await world.Good<ImportClosures>("account,date,reason\nLAKESIDE,2027-02-05,\nLAKESIDE,2027-02-08,\n")));
        Assert.Equal([(2, "account", "UNKNOWN_ACCOUNT"), (3, "date", "BAD_DATE")], await world.Errors<ImportClosures>("account,date,reason\nNOBODY,2027-02-05,\nLAKESIDE,5 Feb,\n"));
        await using var db = world.Open();
        Assert.All(await db.Deliveries.Where(d => d.Account!.Code == "LAKESIDE").ToListAsync(), d => Assert.Equal(world.Database.Clock.GetUtcNow(), d.NextCheckAtUtc));
        Assert.All(await db.Deliveries.Where(d => d.Account!.Code == "NORTHFORK").ToListAsync(), d => Assert.NotEqual(world.Database.Clock.GetUtcNow(), d.NextCheckAtUtc));
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task A_new_day_moves_the_visit_and_wakes_all_that_hangs_on_it(Engine engine)
    {
        await using var world = await Shipped(engine);
        await Asleep(world);
        Assert.Equal((1, 1, 0, 0), Counts(await world.Good<ImportVisits>("account,visit,visitOn\nLAKESIDE,V-1,2027-02-11\n")));
        await using var db = world.Open();
        var visit = await db.Visits.SingleAsync(v => v.Key == "V-1");
        Assert.Equal((new DateOnly(2027, 2, 11), new DateOnly(2027, 2, 16)), (visit.VisitOn, visit.RefillByOn!.Value));
        Assert.Contains(await db.Audit.ToListAsync(), e => e.Action == "visit.moved" && e.Key == "V-1" && e.Reason == "2027-02-09 → 2027-02-11");
        var awake = await db.Deliveries.Where(d => d.NextCheckAtUtc == world.Database.Clock.GetUtcNow()).OrderBy(d => d.Number).ToListAsync();
        Assert.Equal(["ORD-20001", "SHP-88001", "V-1"], awake.Select(d => d.Number));
        Assert.All(awake, d => Assert.True(d.IsOpen && d.IsListed));
        Assert.Equal(["order:ORD-20001", "order:ORD-20001", "visit:V-1"], awake.Select(d => d.WatchKey));
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task A_visit_that_is_over_when_it_comes_in_is_kept_with_a_warning_and_lacks_no_order(Engine engine)
    {
        await using var world = await Create(engine);
        await world.Good<ImportAccounts>(ImportWorld.Accounts);
        world.Database.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 9, 5, 30, 0, TimeSpan.Zero)); // still the 8th at the clinic
        var report = await world.Good<ImportVisits>("account,visit,visitOn\nLAKESIDE,V-1,2026-02-09\nLAKESIDE,V-2,2027-02-07\nLAKESIDE,V-3,2027-02-08\n");
        Assert.Equal([(2, "visitOn", "VISIT_IS_OVER"), (3, "visitOn", "VISIT_IS_OVER")], ((List<ImportError>)report.Result["warnings"]!).Select(w => (w.Line, w.Column, w.Code)));
        await using (var db = world.Open())
            Assert.Equal(["V-3"], await db.Deliveries.Select(d => d.Number).ToListAsync());
        // A slip of the year put right: watched like any other, once.
        for (var i = 0; i < 2; i++) await world.Good<ImportVisits>("account,visit,visitOn\nLAKESIDE,V-1,2027-02-19\n");
        await using var after = world.Open();
        Assert.Equal(["V-1", "V-3"], await after.Deliveries.OrderBy(d => d.Number).Select(d => d.Number).ToListAsync());
    }

    [Fact]
    public async Task A_visit_twice_in_a_file_with_different_days_is_refused_and_a_move_is_said()
    {
        await using var world = await Create(Engine.Sqlite);
        await world.Good<ImportAccounts>(ImportWorld.Accounts);
        const string head = "account,visit,visitOn\n";
        Assert.Equal([(3, "visitOn", "TWICE_IN_FILE")], await world.Errors<ImportVisits>(head + "LAKESIDE,V-1,2027-03-08\nLAKESIDE,V-1,2027-03-09\n"));
        await world.Good<ImportVisits>(head + "LAKESIDE,V-1,2027-03-08\nLAKESIDE,V-1,2027-03-08\n");
        Assert.Equal([(3, "visitOn", "TWICE_IN_FILE")], await world.Errors<ImportVisits>(head + "LAKESIDE,V-1,2027-03-08\nLAKESIDE,V-1,2027-03-09\n"));
        var moved = await world.Good<ImportVisits>(head + "LAKESIDE,V-1,2027-03-09\n");
        Assert.Equal((2, "visitOn", "VISIT_MOVES", "2027-03-08 → 2027-03-09; its orders are dated anew."), ((List<ImportError>)moved.Result["warnings"]!).Select(w => (w.Line, w.Column, w.Code, w.Message)).Single());
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task A_reference_lies_in_the_vault_and_nowhere_else(Engine engine)
    {
        await using var world = await Shipped(engine);
        const string text = "account,visit,visitOn,refillBy,reference\nLAKESIDE,V-1,,,MRN-4711\nLAKESIDE,V-3,2027-03-09,,MRN-4712\n";
        Assert.Equal((2, 2, 0, 0), Counts(await world.Import<ImportVisits>(text, commit: false)));
        Assert.Equal((2, 2, 0, 0), Counts(await world.Good<ImportVisits>(text)));
        Assert.Equal((2, 0, 2, 0), Counts(await world.Good<ImportVisits>(text)));
        Assert.Equal((2, "reference", "TOO_LONG"), Assert.Single(await world.Errors<ImportVisits>($"account,visit,visitOn,refillBy,reference\nLAKESIDE,V-1,,,{new string('x', 300)}\n")));

        await using var db = world.Open();
        var lakeside = await db.Accounts.Where(a => a.Code == "LAKESIDE").Select(a => a.Id).SingleAsync();
        await using var door = world.Database.Get<FieldSupport.Vault.PatientVault>().Open();
        Assert.Equal("MRN-4712", await door.ReadVisitReference("V-3", FieldSupport.Vault.VaultPurpose.PatientCare, null, new("nurse@demo.test", "practice", lakeside)));
        Assert.DoesNotContain(await db.Audit.ToListAsync(), e => (e.Changes + e.Reason + e.Key).Contains("MRN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_visit_key_belongs_to_one_account()
    {
        await using var world = await Shipped(Engine.Sqlite);
        Assert.Equal(
            [(2, "visit", "VISIT_OF_OTHER_ACCOUNT"), (3, "visit", "RESERVED_KEY"), (4, "visitOn", "MISSING")],
            await world.Errors<ImportVisits>("account,visit,visitOn\nNORTHFORK,V-1,2027-02-11\nLAKESIDE,SHP-1,2027-02-11\nLAKESIDE,V-9,\n"));
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task Orders_take_their_states_and_a_second_reading_changes_nothing(Engine engine)
    {
        await using var world = await Shipped(engine);
        Assert.Equal((2, 0, 2, 0), Counts(await world.Good<ImportOrders>(Orders)));
        await using var db = world.Open();
        var order = await db.Orders.Include(o => o.Lines).SingleAsync(o => o.Account!.Code == "LAKESIDE");
        Assert.Equal((OrderState.Shipped, "ORD-20001", 2, OrderLineState.Shipped), (order.State, order.Number, order.Lines[0].QuantityPacks, order.Lines[0].State));
        Assert.Equal(
            ["order.imported", "order.submitted", "order.acknowledged", "order.released", "order.shipped"],
            await db.Audit.Where(e => e.Kind == "order" && e.Key == "ORD-20001").OrderBy(e => e.Sequence).Select(e => e.Action).ToListAsync());
        Assert.All(await db.Audit.Where(e => e.Kind == "order").ToListAsync(), e => Assert.Equal("file:test.csv", e.Source));
    }

    [Fact]
    public async Task Past_draft_only_the_partners_answer_is_taken()
    {
        await using var world = await Shipped(Engine.Sqlite);
        Assert.Equal(
            [(2, "service", "PO_ALREADY_USED"), (3, "quantity", "PO_ALREADY_USED"), (3, null, "ORDER_INCOMPLETE")],
            (await world.Errors<ImportOrders>(OrderColumns
                + "LAKESIDE,LR-881,REFILL,V-1,70121-2503-01,2,OVERNIGHT,,,\nNORTHFORK,LR-881,,,70121-2501-01,5,,,,\n")).Take(2).Append((3, null, "ORDER_INCOMPLETE")));
        var report = await world.Good<ImportOrders>(OrderColumns + "NORTHFORK,LR-881,,,,,,,2027-01-27T15:00:00Z,2027-02-02\n");
        Assert.Equal((1, 1, 0, 0), Counts(report));
        await using var db = world.Open();
        var order = await db.Orders.Include(o => o.Lines).SingleAsync(o => o.Account!.Code == "NORTHFORK");
        Assert.Equal((OrderState.Acknowledged, new DateOnly(2027, 2, 2), OrderLineState.Accepted), (order.State, order.PromisedShipOn!.Value, order.Lines[0].State));
    }

    [Fact]
    public async Task A_draft_grows_changes_and_is_submitted()
    {
        await using var world = await Shipped(Engine.Sqlite);
        await world.Good<ImportOrders>(OrderColumns + "LAKESIDE,D-1,REFILL,V-1,70121-2503-01,1,GROUND,,,\n");
        await using (var db = world.Open()) Assert.False(await db.Deliveries.AnyAsync(d => d.Order!.Po == "D-1"));
        var report = await world.Good<ImportOrders>(OrderColumns
            + "LAKESIDE,D-1,REFILL,V-1,70121-2503-1,3,TWO_DAY,2027-02-01T09:00:00Z,,\nLAKESIDE,D-1,REFILL,V-1,70121250101,1,TWO_DAY,2027-02-01T09:00:00Z,,\n");
        Assert.Equal((2, 2, 0, 0), Counts(report));
        await using var after = world.Open();
        var order = await after.Orders.Include(o => o.Lines.OrderBy(l => l.LineNo)).SingleAsync(o => o.Po == "D-1");
        Assert.Equal((OrderState.Submitted, ServiceLevel.TwoDay), (order.State, order.Service));
        Assert.Equal([("70121-2503-01", 3), ("70121-2501-01", 1)], order.Lines.Select(l => (l.Ndc, l.QuantityPacks)));
        Assert.Equal(1, await after.Deliveries.CountAsync(d => d.OrderId == order.Id));
    }

    [Fact]
    public async Task Order_rows_are_refused_with_their_place()
    {
        await using var world = await Shipped(Engine.Sqlite);
        Assert.Equal(
            [
                (2, "visit", "MISSING"), (3, "visit", "VISIT_NOT_ALLOWED"), (4, "visit", "UNKNOWN_VISIT"), (5, "ndc", "WRONG_CONCENTRATION"), (6, "ndc", "UNKNOWN_NDC"),
                (7, "quantity", "BAD_NUMBER"), (8, "submittedAt", "BAD_INSTANT"), (9, "type", "BAD_WORD"), (10, null, "ORDER_INCOMPLETE"), (11, "service", "CONTRADICTS_EARLIER_ROW"),
            ],
            await world.Errors<ImportOrders>(OrderColumns
                + "LAKESIDE,P1,REFILL,,70121-2503-01,1,GROUND,,,\n"
                + "LAKESIDE,P2,SCREENING,V-1,70121-2496-05,1,GROUND,,,\n"
                + "LAKESIDE,P3,REFILL,V-2,70121-2503-01,1,GROUND,,,\n"
                + "LAKESIDE,P4,REFILL,V-1,70121-2496-05,1,GROUND,,,\n"
                + "LAKESIDE,P5,REFILL,V-1,70121-9999-01,1,GROUND,,,\n"
                + "LAKESIDE,P6,REFILL,V-1,70121-2503-01,0,GROUND,,,\n"
                + "LAKESIDE,P7,REFILL,V-1,70121-2503-01,1,GROUND,2010-10-14T12:00:00.000Z-0300,,\n"
                + "LAKESIDE,P8,RUSH,V-1,70121-2503-01,1,GROUND,,,\n"
                + "LAKESIDE,P9,REFILL,V-1,70121-2503-01,1,GROUND,,,\n"
                + "LAKESIDE,P9,REFILL,V-1,70121-2501-01,1,OVERNIGHT,,,\n"));
    }

    [Fact]
    public async Task More_than_five_screening_ampules_are_worth_a_word()
    {
        await using var world = await Shipped(Engine.Sqlite);
        var report = await world.Good<ImportOrders>(OrderColumns + "LAKESIDE,S-1,SCREENING,,70121-2496-05,6,GROUND,2027-02-01T09:00:00Z,,\n");
        Assert.Equal("QUANTITY_REVIEW", Assert.Single((List<ImportError>)report.Result["warnings"]!).Code);
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task A_label_ships_what_is_open_and_the_next_one_replaces_it(Engine engine)
    {
        await using var world = await Shipped(engine);
        Assert.Equal((1, 0, 1, 0), Counts(await world.Good<ImportShipments>(Shipments)));
        Assert.Equal((1, 1, 0, 0), Counts(await world.Good<ImportShipments>(Shipments.Replace("2027-02-03T17", "2027-02-04T17", StringComparison.Ordinal))));
        await world.Good<ImportShipments>(ShipmentColumns + "LR-881,UPS,1Z 99,OVERNIGHT,2027-02-03T12:00:00-05:00,,LAKESIDE\n");

        await using var db = world.Open();
        var parcels = await db.Shipments.Include(s => s.Lines).OrderBy(s => s.Number).ToListAsync();
        Assert.Equal(["SHP-88001", "SHP-88002"], parcels.Select(p => p.Number));
        Assert.Equal(("FedEx", "77120001", ServiceLevel.TwoDay, 2), (parcels[0].Carrier, parcels[0].TrackingKey, parcels[0].Service, parcels[0].Lines.Single().Packs));
        Assert.NotNull(parcels[0].SupersededAtUtc);
        Assert.Equal((parcels[0].Id, 2, ServiceLevel.Overnight), (parcels[1].ReplacesShipmentId, parcels[1].Lines.Single().Packs, parcels[1].Service));
        Assert.Equal(["ORD-20001", "ORD-20002", "SHP-88001", "SHP-88002", "V-1", "V-2"], await db.Deliveries.OrderBy(d => d.Number).Select(d => d.Number).ToListAsync());
    }

    [Fact]
    public async Task A_label_without_acknowledgement_ships_the_order_and_its_acknowledgement_stays_unknown()
    {
        await using var world = await Shipped(Engine.Sqlite);
        await world.Good<ImportShipments>(ShipmentColumns + "LR-881,UPS,1Z99,,2027-02-03T12:00:00-05:00,,NORTHFORK\n");
        await using var db = world.Open();
        var order = await db.Orders.SingleAsync(o => o.Account!.Code == "NORTHFORK");
        Assert.Equal((OrderState.Shipped, null), (order.State, order.AcknowledgedAtUtc));
        Assert.Contains(await db.Audit.ToListAsync(), e => e.Action == "order.shipped" && e.Reason == "label without acknowledgement");
    }

    [Fact]
    public async Task Shipment_rows_are_refused_with_their_place()
    {
        await using var world = await Shipped(Engine.Sqlite);
        await world.Good<ImportOrders>(OrderColumns + "LAKESIDE,D-1,REFILL,V-1,70121-2503-01,1,GROUND,,,\n");
        Assert.Equal(
            [(2, "po", "AMBIGUOUS_PO"), (3, "po", "UNKNOWN_ORDER"), (4, "po", "ORDER_IS_DRAFT"), (5, "labelAt", "BAD_INSTANT"), (6, "committedAt", "COMMITTED_BEFORE_LABEL")],
            await world.Errors<ImportShipments>(ShipmentColumns
                + "LR-881,UPS,1Z1,,2027-02-03T12:00:00Z,,\nNONE,UPS,1Z1,,2027-02-03T12:00:00Z,,\nD-1,UPS,1Z1,,2027-02-03T12:00:00Z,,\n"
                + "LR-881,UPS,1Z1,,2027-02-03 12:00,,LAKESIDE\nLR-881,UPS,1Z1,,2027-02-03T12:00:00Z,2027-02-02T12:00:00Z,LAKESIDE\n"));
    }

    [Theory, InlineData(Engine.Sqlite), InlineData(Engine.Postgres)]
    public async Task All_packs_good_confirm_the_receipt(Engine engine)
    {
        await using var world = await Shipped(engine);
        const string half = ReceiptColumns + "LR-881,77120001,70121-2503-01,1,L7A,2028-05-31,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n";
        await world.Good<ImportReceipts>(half);
        await using (var db = world.Open()) Assert.Equal(OrderState.Shipped, (await db.Orders.SingleAsync(o => o.Number == "ORD-20001")).State);
        Assert.Equal((1, 0, 1, 0), Counts(await world.Good<ImportReceipts>(half)));
        await world.Good<ImportReceipts>(half.Replace("L7A", "L7B", StringComparison.Ordinal));
        await using var after = world.Open();
        var order = await after.Orders.Include(o => o.Lines).SingleAsync(o => o.Number == "ORD-20001");
        Assert.Equal((OrderState.ReceiptConfirmed, OrderLineState.Received), (order.State, order.Lines[0].State));
        Assert.Equal((3, "packs", "TOO_MANY_PACKS"), Assert.Single(await world.Errors<ImportReceipts>(half + "LR-881,77120001,70121-2503-01,1,L7C,2028-05-31,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n")));
    }

    [Fact]
    public async Task A_discrepancy_row_makes_a_discrepancy_and_expired_packs_are_not_confirmed()
    {
        await using var world = await Shipped(Engine.Sqlite);
        Assert.Equal(
            [(2, "expiry", "EXPIRED"), (3, "tracking", "UNKNOWN_PARCEL"), (4, "ndc", "NOT_IN_PARCEL"), (5, "lot", "MISSING"), (6, "condition", "BAD_WORD")],
            await world.Errors<ImportReceipts>(ReceiptColumns
                + "LR-881,77120001,70121-2503-01,1,L7A,2027-02-02,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"
                + "LR-881,99,70121-2503-01,1,L7A,2028-02-02,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"
                + "LR-881,77120001,70121-2501-01,1,L7A,2028-02-02,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"
                + "LR-881,77120001,70121-2503-01,1,,2028-02-02,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"
                + "LR-881,77120001,70121-2503-01,1,L,2028-02-02,FINE,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"));
        var report = await world.Good<ImportReceipts>(ReceiptColumns
            + "LR-881,77120001,70121-2503-01,1,L7A,2027-03-01,GOOD,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n"
            + "LR-881,77120001,70121-2503-01,1,L7A,2027-03-01,DAMAGED,2027-02-03T10:30:00-06:00,R. Ortiz,LAKESIDE\n");
        Assert.Single((List<ImportError>)report.Result["warnings"]!, w => w.Code == "SHORT_DATED");
        await using var db = world.Open();
        Assert.Equal(OrderState.Discrepancy, (await db.Orders.SingleAsync(o => o.Number == "ORD-20001")).State);
    }

    [Fact]
    public async Task A_practices_file_holds_its_own_rows_only()
    {
        await using var world = await Shipped(Engine.Sqlite);
        var report = await world.Import<ImportVisits>("account,visit,visitOn\nNORTHFORK,V-3,2027-03-01\n", account: "LAKESIDE");
        Assert.Equal("OTHER_ACCOUNT", Assert.Single(report.Errors).Code);
    }

    /// <summary>As after a sweep that found nothing to do for a year.</summary>
    private static async Task Asleep(ImportWorld world)
    {
        await using var db = world.Open();
        foreach (var row in await db.Deliveries.ToListAsync())
        {
            row.NextCheckAtUtc = OneDatabase.Start.AddYears(1);
            row.IsListed = false;
        }
        await db.SaveChangesAsync();
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Data;
using FieldSupport.Web.Tests.Exchange.Mail;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Jobs;

/// <summary>A visit without an order three days before need-by is HIGH; who does not answer brings in the next level (domain.md §3.2).</summary>
public sealed class UnansweredTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    /// <summary>Told at 8:00 am CT, five clinic days before the visit.</summary>
    private static async Task<JobWorld> Told(Engine engine, MailSettings? mail = null, Func<FieldSupportDb, Task>? more = null)
    {
        var world = await JobWorld.Create(engine, mail: mail);
        world.Settings.Settings.Recipients["head-of-logistics"] = "head@company.test";
        world.Settings.Settings.Recipients["field-head"] = "field@company.test";
        world.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 2, 14, 0, 0, TimeSpan.Zero));
        await world.AddVisit("V-1", new DateOnly(2027, 2, 9));
        if (more is not null)
        {
            await using var db = world.Open();
            await more(db);
            await db.SaveChangesAsync();
        }
        await world.Run(Timetable.EvaluateDeliveries);
        return world;
    }

    private static async Task<List<Notice>> Notices(JobWorld world)
    {
        await using var db = world.Open();
        return await db.Notices.AsNoTracking().OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Recipient).ThenBy(n => n.Person).ToListAsync();
    }

    private static async Task<RungEntry> Rung(JobWorld world)
    {
        await using var db = world.Open();
        return await db.Rungs.AsNoTracking().SingleAsync(r => r.Outcome == "TOLD");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Nobody_answers_and_the_next_level_is_told_once_until_nobody_is_left(Engine engine)
    {
        await using var world = await Told(engine);
        var first = await Notices(world);
        Assert.Equal((await Rung(world)).AnswerDueAtUtc, world.Clock.GetUtcNow().AddHours(2));
        Assert.DoesNotContain(first, n => n.Recipient == "field-head");

        world.Clock.Advance(TimeSpan.FromMinutes(119));
        await world.Run(Timetable.EvaluateDeliveries);
        Assert.Equal(first.Count, (await Notices(world)).Count);

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Run(Timetable.EvaluateDeliveries);
        await world.Run(Timetable.EvaluateDeliveries);
        var second = (await Notices(world)).Where(n => n.Level == 1).ToList();
        Assert.Equal(["field-head", "medical-affairs"], second.Select(n => n.Recipient).Where(r => r != "practice-clinical-lead"));
        var told = second.Single(n => n.Recipient == "field-head");
        Assert.StartsWith("Unanswered: ", told.Subject, StringComparison.Ordinal);
        Assert.StartsWith("Nobody has answered check T-5 of 8:00 am CT in time.", told.Body, StringComparison.Ordinal);
        Assert.Equal(first[0].Rung, told.Rung);

        for (var i = 0; i < 6; i++)
        {
            world.Clock.Advance(TimeSpan.FromHours(2));
            await world.Run(Timetable.EvaluateDeliveries);
        }
        var all = await Notices(world);
        Assert.Equal(all.Count, all.Select(n => (n.Rung, n.Recipient, n.Person)).Distinct().Count());
        Assert.Null((await Rung(world)).AnswerDueAtUtc);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_was_told_calmly_is_waited_for_from_the_look_that_finds_it_high(Engine engine)
    {
        await using var world = await ToldCalmly(engine);
        var first = await Notices(world);
        Assert.Equal(("MEDIUM", (DateTimeOffset?)null), ((await Rung(world)).Severity, (await Rung(world)).AnswerDueAtUtc));

        world.Clock.Advance(TimeSpan.FromMinutes(30));
        var seen = world.Clock.GetUtcNow();
        await Backorder(world);
        await world.Run(Timetable.EvaluateDeliveries, isDryRun: true);
        Assert.Null((await Rung(world)).AnswerDueAtUtc);
        await world.Run(Timetable.EvaluateDeliveries);
        Assert.Equal(("T-7", seen.AddHours(2)), ((await Rung(world)).Rung, (await Rung(world)).AnswerDueAtUtc));
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.Run(Timetable.ClimbLadder);
        Assert.Equal(seen.AddHours(2), (await Rung(world)).AnswerDueAtUtc);
        Assert.Equal(first.Count, (await Notices(world)).Count);

        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.Run(Timetable.EvaluateDeliveries);
        Assert.Equal(["manager", "partner-service"], (await Notices(world)).Where(n => n.Level == 1).Select(n => n.Recipient));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Whose_calm_news_wait_for_a_digest_is_told_before_an_answer_is_waited_for(Engine engine)
    {
        await using var world = await ToldCalmly(engine);
        await using (var db = world.Open())
        {
            var desk = await db.Users.SingleAsync(u => u.Email == "logistics@demo.test");
            db.NoticePreferences.Add(new NoticePreference { UserId = desk.Id, Email = desk.Email!, TimeZone = "America/Chicago", DigestsLesser = true, DigestAt = new(7, 0) });
            await db.SaveChangesAsync();
        }
        async Task<Notice> Desk() => (await Notices(world)).Single(n => n.Recipient == "logistics");
        await world.Send();
        Assert.Equal((NoticeState.Queued, true), ((await Desk()).State, (await Desk()).NextAttemptAtUtc > world.Clock.GetUtcNow().AddHours(20)));

        world.Clock.Advance(TimeSpan.FromMinutes(30));
        await Backorder(world);
        await world.Run(Timetable.EvaluateDeliveries);
        await world.Send();
        Assert.Equal((NoticeState.Sent, "HIGH"), ((await Desk()).State, (await Desk()).Severity));
    }

    /// <summary>A rung is told once for all deliveries of an order; who was told of one is waited for when another gets worse, also once the first has come.</summary>
    [Theory, MemberData(nameof(Both))]
    public async Task Another_delivery_under_the_same_telling_that_gets_worse_is_waited_for_too(Engine engine)
    {
        await using var world = await ToldCalmly(engine);
        var now = world.Clock.GetUtcNow();
        await using (var db = world.Open())
        {
            var first = await db.Orders.AsNoTracking().SingleAsync();
            var second = new Order
            {
                AccountId = first.AccountId, Number = "ORD-2", Po = "PO-2", Type = OrderType.Refill, Service = ServiceLevel.TwoDay, State = OrderState.Backordered, VisitId = first.VisitId,
                SubmittedAtUtc = now.AddDays(-4), AcknowledgedAtUtc = now.AddDays(-3), RecordedAtUtc = now.AddDays(-4), PromisedShipOn = new DateOnly(2027, 3, 8),
            };
            second.Lines.Add(new OrderLine { OrderId = second.Id, AccountId = first.AccountId, LineNo = 1, Ndc = "70121-2503-01", QuantityPacks = 2, State = OrderLineState.Accepted });
            db.Orders.Add(second);
            db.Deliveries.Add(new Delivery
            {
                AccountId = first.AccountId, TerritoryCode = "TN-West", Number = "ORD-2", WatchKey = "visit:V-1", OrderId = second.Id, VisitId = first.VisitId, Kind = DeliveryKind.Drug, RecordedAtUtc = now, NextCheckAtUtc = now,
            });
            await db.SaveChangesAsync();
        }
        await world.Run(Timetable.EvaluateDeliveries);
        Assert.Equal(("T-7", now.AddHours(2)), ((await Rung(world)).Rung, (await Rung(world)).AnswerDueAtUtc));
        await using (var db = world.Open())
        {
            (await db.Deliveries.SingleAsync(d => d.Number == "ORD-1")).IsOpen = false;
            await db.SaveChangesAsync();
        }
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.Run(Timetable.EvaluateDeliveries);
        Assert.Equal([("manager", "ORD-2"), ("partner-service", "ORD-2")], (await Notices(world)).Where(n => n.Level == 1).Select(n => (n.Recipient, n.DeliveryNumber)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_was_answered_while_it_was_calm_has_its_answer(Engine engine)
    {
        await using var world = await ToldCalmly(engine);
        await using (var db = world.Open())
        {
            (await db.Rungs.SingleAsync(r => r.Outcome == "TOLD")).Answer("logistics@demo.test", world.Clock.GetUtcNow());
            await db.SaveChangesAsync();
        }
        world.Clock.Advance(TimeSpan.FromMinutes(30));
        await Backorder(world);
        await world.Run(Timetable.EvaluateDeliveries);
        var rung = await Rung(world);
        Assert.Equal(("logistics@demo.test", (DateTimeOffset?)null), (rung.AnsweredBy, rung.AnswerDueAtUtc));
    }

    /// <summary>An order on hold, told seven clinic days before the visit (T-7, Fri Feb 26, 8:00 am CT): a week is left.</summary>
    private static async Task<JobWorld> ToldCalmly(Engine engine)
    {
        var world = await JobWorld.Create(engine);
        world.Settings.Settings.Recipients["partner-service"] = "service@3pl.test";
        world.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 26, 14, 0, 0, TimeSpan.Zero));
        var now = world.Clock.GetUtcNow();
        var visit = await world.AddVisit("V-1", new DateOnly(2027, 3, 9), watched: false);
        await using (var db = world.Open())
        {
            (await db.Accounts.SingleAsync()).LicenseExpiresOn = new DateOnly(2027, 12, 31);
            db.Users.Add(new User { UserName = "logistics@demo.test", Email = "logistics@demo.test", DisplayName = "Wes", Role = "logistics" });
            var order = new Order
            {
                AccountId = visit.AccountId, Number = "ORD-1", Po = "PO-1", Type = OrderType.Refill, Service = ServiceLevel.TwoDay, State = OrderState.OnHold, VisitId = visit.Id,
                SubmittedAtUtc = now.AddDays(-4), AcknowledgedAtUtc = now.AddDays(-3), RecordedAtUtc = now.AddDays(-4),
            };
            order.Lines.Add(new OrderLine { OrderId = order.Id, AccountId = visit.AccountId, LineNo = 1, Ndc = "70121-2503-01", QuantityPacks = 2, State = OrderLineState.Accepted });
            order.Holds.Add(new OrderHold { OrderId = order.Id, AccountId = visit.AccountId, Reason = HoldReason.CreditHold, SinceUtc = now.AddHours(-1) });
            db.Orders.Add(order);
            db.Deliveries.Add(new Delivery
            {
                AccountId = visit.AccountId, TerritoryCode = "TN-West", Number = "ORD-1", WatchKey = "visit:V-1", OrderId = order.Id, VisitId = visit.Id, Kind = DeliveryKind.Drug,
                RecordedAtUtc = now, NextCheckAtUtc = now,
            });
            await db.SaveChangesAsync();
        }
        await world.Run(Timetable.EvaluateDeliveries);
        return world;
    }

    /// <summary>The partner promises a day on which it cannot come in time any more.</summary>
    private static async Task Backorder(JobWorld world)
    {
        await using var db = world.Open();
        (await db.Orders.SingleAsync()).PromisedShipOn = new DateOnly(2027, 3, 8);
        (await db.Deliveries.SingleAsync()).NextCheckAtUtc = world.Clock.GetUtcNow();
        await db.SaveChangesAsync();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Two_nodes_that_escalate_at_once_tell_once(Engine engine)
    {
        await using var world = await Told(engine);
        await using var other = world.Another();
        other.Settings.Settings.Recipients["field-head"] = "field@company.test";
        world.Clock.Advance(TimeSpan.FromHours(2));
        await Task.WhenAll(Task.Run(() => world.Run(Timetable.EvaluateDeliveries)), Task.Run(() => other.Run(Timetable.EvaluateDeliveries)));
        var all = await Notices(world);
        Assert.Equal(all.Count, all.Select(n => (n.Rung, n.Recipient, n.Person)).Distinct().Count());
        Assert.Equal(1, (await Rung(world)).Level);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Trouble_that_is_over_tells_nobody_else(Engine engine)
    {
        await using var world = await Told(engine);
        var first = await Notices(world);
        await using (var db = world.Open())
        {
            (await db.Visits.SingleAsync()).CancelledAtUtc = world.Clock.GetUtcNow();
            await db.SaveChangesAsync();
        }
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.Run(Timetable.ClimbLadder);
        Assert.Equal(first.Count, (await Notices(world)).Count);
        Assert.Null((await Rung(world)).AnswerDueAtUtc);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_deputy_is_told_in_place_of_who_is_away_and_beside_the_next_level_of_who_is_silent(Engine engine)
    {
        await using (var away = await Told(engine, more: db => Nurses(db, awayFrom: new DateOnly(2027, 2, 1))))
        {
            var told = (await Notices(away)).Single(n => n.Recipient == "practice-coordinator");
            Assert.Equal("lou@lakeside.test", told.Person);
            Assert.StartsWith("You stand in for Imani, who is away.", told.Body, StringComparison.Ordinal);
        }

        await using var silent = await Told(engine, more: db => Nurses(db, awayFrom: null));
        Assert.Equal("desk@lakeside.test", (await Notices(silent)).Single(n => n.Recipient == "practice-coordinator").Person);
        silent.Clock.Advance(TimeSpan.FromHours(2));
        await silent.Run(Timetable.EvaluateDeliveries);
        Assert.Equal((1, "lou@lakeside.test"), (await Notices(silent)).Where(n => n.Recipient == "practice-coordinator").Select(n => (n.Level, n.Person)).Last());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_deputy_who_may_not_see_the_practice_is_told_nothing(Engine engine)
    {
        await using var world = await Told(engine, more: db => Nurses(db, awayFrom: new DateOnly(2027, 2, 1), foreign: true));
        Assert.Equal("desk@lakeside.test", (await Notices(world)).Single(n => n.Recipient == "practice-coordinator").Person);
    }

    /// <summary>The coordinator is a user with a deputy.</summary>
    private static async Task Nurses(FieldSupportDb db, DateOnly? awayFrom, bool foreign = false)
    {
        var account = await db.Accounts.SingleAsync();
        var imani = new User { UserName = "desk@lakeside.test", Email = "desk@lakeside.test", DisplayName = "Imani", Role = "practice-admin", AccountId = account.Id };
        var lou = new User { UserName = "lou@lakeside.test", Email = "Lou@lakeside.test", DisplayName = "Lou", Role = "practice", AccountId = foreign ? Guid.NewGuid() : account.Id };
        db.Users.AddRange(imani, lou);
        db.NoticePreferences.Add(new NoticePreference { UserId = imani.Id, Email = imani.Email, TimeZone = "America/Chicago", DeputyUserId = lou.Id, AwayFrom = awayFrom });
        // The lead has an address of their own, or the slot would fall to both.
        account.ClinicalLeadEmail = "lead@lakeside.test";
    }
}

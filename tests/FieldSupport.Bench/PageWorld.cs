using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace FieldSupport.Bench;

/// <summary>
/// What the pages show, in the shares of an ordinary week: of a hundred open deliveries one is late, one silent, three at risk, five to be watched, five
/// delivered and unconfirmed, the rest on track; some are chased, a promise is broken now and then; a tenth of the visits lies in the coming fortnight. A
/// representative has one territory of a hundred, logistics sees all of them, and both have been told much and have answered most of it.
/// </summary>
internal static class PageWorld
{
    /// <summary>Part of the name of a kept file, beside that of the deliveries.</summary>
    public const string Shape = "p2";

    public const string Password = "Bench-pass-1!", Logistics = "logistics@company.test", Representative = "rep.t-001@company.test", Administrator = "admin@company.test";

    /// <summary>One parcel in so many has ten scans.</summary>
    public const int ManyScansEvery = 100, ManyScansAt = 7;

    private static readonly DateOnly Today = new(2027, 2, 3);

    public static IEnumerable<object> Users()
    {
        var hash = new PasswordHasher<User>().HashPassword(null!, Password);
        foreach (var code in OpenDeliveries.ManyCodes)
            foreach (var role in (string[])["rep", "manager"])
                yield return Person($"{role}.{code.ToLowerInvariant()}@company.test", role, code, hash);
        yield return Person(Logistics, "logistics", "", hash);
        yield return Person(Administrator, "admin", "", hash);
    }

    private static User Person(string mail, string role, string territories, string hash) => new()
    {
        UserName = mail, NormalizedUserName = mail.ToUpperInvariant(), Email = mail, NormalizedEmail = mail.ToUpperInvariant(), DisplayName = mail, Role = role,
        Territories = territories, SecurityStamp = "bench", ConcurrencyStamp = "bench", PasswordHash = hash, LockoutEnabled = true,
    };

    /// <summary>Changes a row of a delivery under way to what has been found out about it, and gives what else lies beside it.</summary>
    public static IEnumerable<object> Seen(object row, int i, Func<long> arrival)
    {
        // Scattered, so that neighbours differ and every practice has some of everything.
        var lot = (int)((i * 2_654_435_761L >> 4) % 1000);
        switch (row)
        {
            case VisitSlot visit:
                visit.VisitOn = VisitOn(i, lot);
                visit.RefillByOn = visit.VisitOn.AddDays(7);
                break;
            case Shipment shipment when i % ManyScansEvery == ManyScansAt:
                for (var n = 1; n < 10; n++)
                    yield return new TrackingEvent
                    {
                        ShipmentId = shipment.Id, Source = "easypost", Carrier = "FedEx", TrackingKey = shipment.TrackingKey, Fingerprint = Text($"{i:x16}ff{n:x6}").PadRight(64, '0'),
                        AtUtc = World.Now.AddHours(-16 + n), ReceivedAtUtc = World.Now.AddHours(-16 + n), Arrival = arrival(), Milestone = Milestone.InTransit,
                        Code = "IT", Text = "Arrived at carrier facility", City = "Memphis", State = "TN", Zip = "38116",
                    };
                break;
            case Delivery delivery:
                Assess(delivery, i, lot);
                if (lot >= 100) break;
                foreach (var notice in Told(delivery, i)) yield return notice;
                break;
        }
    }

    /// <summary>What needs somebody is wanted within days, the rest within months.</summary>
    private static DateOnly VisitOn(int i, int lot) => Today.AddDays(lot < 100 ? 2 + (i % 9) : 2 + (i % 20 * 7) + (i / 20 % 7));

    private static void Assess(Delivery delivery, int i, int lot)
    {
        (delivery.Outlook, delivery.SortRank, delivery.Reasons, delivery.Severity) = lot switch
        {
            < 10 => ("Late", 10, "ETA_PAST_NEED_BY", "HIGH"), < 20 => ("NoSignal", 20, "NO_SCAN", "HIGH"), < 50 => ("AtRisk", 30, "CARRIER_EXCEPTION", "MEDIUM"),
            < 100 => ("Watch", 40, "NO_SCAN", "LOW"), < 150 => ("Delivered", 70, "", null), < 155 => ("OnHold", 75, "", null), _ => ("OnTrack", 60, "", (string?)null),
        };
        var slack = lot switch { < 10 => -10 - (i % 50), < 50 => i % 24, < 100 => 24 + (i % 24), _ => 48 + (i % 400) };
        delivery.SlackHours = delivery.SortSlack = slack;
        delivery.SlackDays = slack / 24;
        delivery.NeedByUtc = new DateTimeOffset(VisitOn(i, lot).AddDays(-1).ToDateTime(new TimeOnly(22, 0)), TimeSpan.Zero);
        delivery.ProjectedArrivalUtc = delivery.NeedByUtc?.AddHours(-slack);
        if (lot < 50 && i % 5 == 0) delivery.PromisedByUtc = World.Now.AddHours(3 + (i % 40));
        else if (lot < 50 && i % 17 == 0) (delivery.PromisedByUtc, delivery.PromiseBrokenAtUtc) = (World.Now.AddHours(-5), World.Now.AddHours(-4));
        if (lot < 50) (delivery.RescueByUtc, delivery.RescueOption) = (World.Now.AddMinutes(200 + (i % 4000)), "RESHIP_OVERNIGHT");
    }

    /// <summary>Two people told of it during the last days; what is answered is as old as what is not.</summary>
    private static IEnumerable<object> Told(Delivery delivery, int i)
    {
        var at = World.Now.AddMinutes(-30 - (i % 14_000));
        var waits = i % 400 == 0;
        yield return new RungEntry
        {
            AccountId = delivery.AccountId, WatchKey = delivery.WatchKey, Rung = "T-5", DeliveryId = delivery.Id, Outcome = "TOLD", TaskText = "Ask the carrier.", AtUtc = at, Severity = delivery.Severity,
            AnswerDueAtUtc = waits ? World.Now.AddHours(2) : null, AnsweredAtUtc = waits ? null : at.AddMinutes(20), AnsweredBy = waits ? null : Logistics,
        };
        foreach (var (slot, person) in ((string, string)[])[("logistics", Logistics), ("rep", $"rep.{delivery.TerritoryCode.ToLowerInvariant()}@company.test")])
            yield return new Notice
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = "T-5", Recipient = slot, Person = person,
                Addresses = person, MessageId = Text($"<{delivery.Number}.T-5.{slot}@fieldsupport.example>"), Subject = Text($"[{delivery.Severity}] {delivery.Number}"), Body = new string('x', 700),
                Severity = delivery.Severity, State = NoticeState.Sent, QueuedAtUtc = at, SentAtUtc = at, Attempts = 1, LinkHash = Text($"{slot}{i:x16}").PadRight(64, '0'),
                AnsweredAtUtc = waits ? null : at.AddMinutes(20),
            };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

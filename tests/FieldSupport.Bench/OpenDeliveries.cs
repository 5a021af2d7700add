using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;

namespace FieldSupport.Bench;

/// <summary>
/// Open deliveries with what stands behind them: practice, visit, order, parcel, scans. The due ones lie evenly among the others, and a
/// sweep has something to do with each: of ten, six fell silent (a record opens), two were delivered (two mails), one order was not
/// acknowledged (a record, two rungs, four mails), one label was not picked up five days before the visit (a record, a rung, five mails).
/// </summary>
internal static class OpenDeliveries
{
    /// <summary>Part of the name of a kept file: raise it with every change of what is made here.</summary>
    public const string Shape = "v3";

    private const int Practices = 2_000;
    private static readonly string[] Codes = ["TN-West", "KY-East", "IL-North", "TX-Gulf", "OH-South"];
    private static readonly string[] Zones = ["America/Chicago", "America/New_York", "America/Denver", "America/Los_Angeles"];
    private static readonly DateOnly Today = new(2027, 2, 3);

    public static IEnumerable<object> Territories => Codes.Concat(ManyCodes).Select(code => (object)new Territory { Code = code, Name = code });

    /// <summary>Of a world for pages: a representative has a hundredth of it.</summary>
    public static string[] ManyCodes { get; } = [.. Enumerable.Range(1, 100).Select(n => Text($"T-{n:000}"))];

    /// <param name="isForPages">A hundred territories, and every outlook that people look at, in the shares of an ordinary week.</param>
    public static IEnumerable<object> Make(int size, int due, bool isForPages = false)
    {
        var codes = isForPages ? ManyCodes : Codes;
        var accounts = new Account[Practices];
        var locations = new Location[Practices];
        for (var i = 0; i < Practices; i++)
        {
            accounts[i] = new Account
            {
                Code = Text($"PRACTICE{i:0000}"), Slug = Text($"practice{i:0000}"), Name = Text($"Neurology Practice {i:0000}"), TerritoryCode = codes[i % codes.Length],
                LicenseNumber = Text($"L-{i:00000}"), LicenseState = "TN", LicenseExpiresOn = new DateOnly(2029, 12, 31),
                CoordinatorEmail = Text($"coordinator{i:0000}@practice.test"), ClinicalLeadEmail = Text($"lead{i:0000}@practice.test"), RecordedAtUtc = World.Now.AddDays(-400),
            };
            locations[i] = new Location
            {
                AccountId = accounts[i].Id, Name = "Main", Street = Text($"{i + 1} Sample Street"), City = "Memphis", State = "TN", Zip = Text($"{38000 + (i % 900):00000}"),
                TimeZone = Zones[i % Zones.Length], Receiving = (i % 3) switch { 0 => "Mon-Fri 08:00-16:00", 1 => "Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00", _ => "Mon-Fri 07:30-17:00" },
                IsPrimary = true,
            };
            yield return accounts[i];
            yield return locations[i];
            if (i % 10 == 0) yield return new Closure { AccountId = accounts[i].Id, On = Today.AddDays(20 + (i % 7)), Reason = "Staff day", RecordedAtUtc = World.Now.AddDays(-30) };
        }

        foreach (var user in isForPages ? PageWorld.Users() : Users()) yield return user;

        var step = size / due;
        var arrival = 0L;
        for (var i = 0; i < size; i++)
        {
            var isDue = i % step == step - 1 && i / step < due;
            var kind = isDue ? (i / step % 10) switch { < 6 => Kind.Silent, < 8 => Kind.Delivered, 8 => Kind.NotAcknowledged, _ => Kind.NotPickedUp } : Kind.UnderWay;
            // A prime, so that neighbours belong to different practices.
            var practice = (int)((long)i * 7919 % Practices);
            foreach (var row in One(i, kind, accounts[practice], locations[practice], () => ++arrival))
            {
                yield return row;
                if (!isForPages || kind != Kind.UnderWay) continue;
                foreach (var more in PageWorld.Seen(row, i, () => ++arrival)) yield return more;
            }
        }
    }

    private static readonly Dictionary<(string, string, DateOnly), DeliveryClocks> Known = [];

    private static DeliveryClocks Clocks(Location location, DateOnly visitOn)
    {
        if (!Known.TryGetValue((location.TimeZone, location.Receiving, visitOn), out var clocks))
            Known[(location.TimeZone, location.Receiving, visitOn)] = clocks = new DeliveryClocks(
                new DeliveryFacts { Shape = DeliveryShape.Parcel, Kind = DeliveryKind.Drug, Clinic = new ClinicCalendars().Of(location, []), VisitOn = visitOn, Service = ServiceLevel.TwoDay },
                RiskCalendars.Default);
        return clocks;
    }

    private enum Kind { UnderWay, Silent, Delivered, NotAcknowledged, NotPickedUp }

    private static IEnumerable<object> Users()
    {
        foreach (var role in (string[])["rep", "manager"])
            foreach (var code in Codes)
                yield return Person($"{role}.{code.ToLowerInvariant()}@company.test", role, code);
        yield return Person("logistics@company.test", "logistics", "");
    }

    private static User Person(string mail, string role, string territories) => new()
    {
        UserName = mail, NormalizedUserName = mail.ToUpperInvariant(), Email = mail, NormalizedEmail = mail.ToUpperInvariant(), DisplayName = mail, Role = role,
        Territories = territories, SecurityStamp = "bench", ConcurrencyStamp = "bench",
    };

    private static IEnumerable<object> One(int i, Kind kind, Account account, Location location, Func<long> arrival)
    {
        var now = World.Now;
        // Wednesday to the Wednesday two weeks later (nine clinic days and Presidents' Day); a week later; five clinic days later.
        var visitOn = kind switch
        {
            Kind.NotAcknowledged => Today.AddDays(7), Kind.NotPickedUp => Today.AddDays(7), Kind.Delivered or Kind.Silent => Today.AddDays(14), _ => Today.AddDays(21 + (i % 20)),
        };
        var visit = new VisitSlot { AccountId = account.Id, Key = Text($"V-{i:0000000}"), VisitOn = visitOn, RefillByOn = visitOn.AddDays(7), RecordedAtUtc = now.AddDays(-30) };
        var acknowledged = kind != Kind.NotAcknowledged;
        var shipped = acknowledged;
        var order = new Order
        {
            AccountId = account.Id, Number = Text($"ORD-{1_000_000 + i}"), Po = Text($"PO-{i:0000000}"), Type = OrderType.Refill, Service = ServiceLevel.TwoDay,
            State = shipped ? OrderState.Shipped : OrderState.Submitted, VisitId = visit.Id, SubmittedAtUtc = now.AddDays(-9), AcknowledgedAtUtc = acknowledged ? now.AddDays(-8) : null,
            RecordedAtUtc = now.AddDays(-9),
        };
        var line = new OrderLine
        {
            OrderId = order.Id, AccountId = account.Id, LineNo = 1, Ndc = "70121-2503-01", QuantityPacks = 2, State = shipped ? OrderLineState.Shipped : OrderLineState.Open,
        };
        yield return visit;
        yield return order;
        yield return line;

        Shipment? shipment = null;
        if (shipped)
        {
            var tracking = Text($"77{i:0000000000}");
            var label = kind is Kind.UnderWay ? now.AddHours(-20) : now.AddDays(-5).AddHours(1);
            shipment = new Shipment
            {
                AccountId = account.Id, LocationId = location.Id, Number = Text($"SHP-{1_000_000 + i}"), Kind = DeliveryKind.Drug, OrderId = order.Id, Carrier = "FedEx",
                Tracking = tracking, TrackingKey = tracking, Service = ServiceLevel.TwoDay, LabelAtUtc = label, RecordedAtUtc = label,
                Milestone = kind switch { Kind.Delivered => Milestone.Delivered, Kind.NotPickedUp => Milestone.LabelCreated, _ => Milestone.InTransit },
            };
            yield return shipment;
            yield return new ShipmentLine { ShipmentId = shipment.Id, AccountId = account.Id, OrderLineId = line.Id, Ndc = line.Ndc, Packs = 2 };
            foreach (var scan in Scans(i, kind, shipment, location, arrival)) yield return scan;
        }

        // The look before this one stored what the visit's day says, and that has not changed since.
        var clocks = Clocks(location, visitOn);
        var delivery = new Delivery
        {
            AccountId = account.Id, TerritoryCode = account.TerritoryCode, Number = shipment?.Number ?? order.Number, Kind = DeliveryKind.Drug, ShipmentId = shipment?.Id,
            OrderId = order.Id, VisitId = visit.Id, WatchKey = order.Number, RecordedAtUtc = now.AddDays(-5), Outlook = "OnTrack", SortRank = 60, SortSlack = 40 + (i % 200),
            NeedByUtc = clocks.NeedBy?.ToUniversalTime(), MustShipByUtc = clocks.MustShipBy?.ToUniversalTime(), ProjectedArrivalUtc = now.AddDays(2), EstimateSource = "service", SlackHours = 40 + (i % 200), SlackDays = 4,
            AssessedAtUtc = now.AddHours(-15),
            NextCheckAtUtc = kind == Kind.UnderWay ? now.AddSeconds(60 + (i % 900_000)) : now.AddSeconds(-(i % 300)),
        };
        yield return delivery;
        if (kind != Kind.UnderWay || i % 10 != 0) yield break;

        // A ledger and an outbox that are not empty.
        yield return new RungEntry { AccountId = account.Id, WatchKey = delivery.WatchKey, Rung = "T-10", DeliveryId = delivery.Id, Outcome = "TOLD", TaskText = "Place the order, or renew the license.", AtUtc = now.AddDays(-3) };
        yield return new Notice
        {
            AccountId = account.Id, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, WatchKey = delivery.WatchKey, Rung = "T-10", Recipient = "rep",
            Addresses = "rep@company.test", MessageId = Text($"<{delivery.Number}.T-10.rep@fieldsupport.example>"), Subject = Text($"[MEDIUM] {delivery.Number} for {account.Name}"),
            Body = new string('x', 700), Severity = "MEDIUM", State = NoticeState.Sent, QueuedAtUtc = now.AddDays(-3), SentAtUtc = now.AddDays(-3), Attempts = 1,
        };
    }

    private static IEnumerable<TrackingEvent> Scans(int i, Kind kind, Shipment shipment, Location location, Func<long> arrival)
    {
        (Milestone Milestone, TimeSpan After)[] scans = kind switch
        {
            Kind.UnderWay => [(Milestone.PickedUp, TimeSpan.FromHours(4))],
            Kind.NotPickedUp => [(Milestone.LabelCreated, TimeSpan.Zero), (Milestone.EtaUpdate, TimeSpan.FromHours(1)), (Milestone.EtaUpdate, TimeSpan.FromHours(5))],
            Kind.Delivered =>
            [
                (Milestone.LabelCreated, TimeSpan.Zero), (Milestone.PickedUp, TimeSpan.FromHours(5)), (Milestone.InTransit, TimeSpan.FromHours(30)),
                (Milestone.InTransit, TimeSpan.FromHours(70)), (Milestone.OutForDelivery, TimeSpan.FromHours(112)), (Milestone.Delivered, TimeSpan.FromHours(117)),
            ],
            _ =>
            [
                (Milestone.LabelCreated, TimeSpan.Zero), (Milestone.PickedUp, TimeSpan.FromHours(5)), (Milestone.InTransit, TimeSpan.FromHours(12)),
                (Milestone.InTransit, TimeSpan.FromHours(18)), (Milestone.InTransit, TimeSpan.FromHours(24)), (Milestone.EtaUpdate, TimeSpan.FromHours(26)),
            ],
        };
        var n = 0;
        foreach (var (milestone, after) in scans)
            yield return new TrackingEvent
            {
                ShipmentId = shipment.Id, Source = "easypost", Carrier = "FedEx", TrackingKey = shipment.TrackingKey, Fingerprint = Text($"{i:x16}{n++:x8}").PadRight(64, '0'),
                AtUtc = shipment.LabelAtUtc + after, ReceivedAtUtc = shipment.LabelAtUtc + after + TimeSpan.FromMinutes(3), Arrival = arrival(), Milestone = milestone,
                Code = WordOf(milestone), Text = "Arrived at carrier facility", City = "Memphis", State = "TN", Zip = location.Zip,
            };
    }

    private static string WordOf(Milestone milestone) => milestone switch { Milestone.PickedUp => "PU", Milestone.Delivered => "DL", Milestone.OutForDelivery => "OD", _ => "IT" };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

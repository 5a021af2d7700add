using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Pages;

/// <summary>One delivery of each state in TN-West, on top of <see cref="SampleWorld"/>; swept, so that lists hold answers. It is Thu Feb 4 2027, 8:00 am CT.</summary>
internal sealed class PagesWorld
{
    public const string Late = "SHP-70001", NoSignal = "SHP-70002", AtRisk = "SHP-70003", Watch = "SHP-70004", OnTrack = "SHP-70005", Delivered = "SHP-70006";
    public const string Held = "ORD-70007", Unknown = "SHP-70008", Uncovered = "V-RIDGE-9", ForeignLate = "SHP-70011";
    public const string Rep = "rep@demo.test", Rep2 = "rep2@demo.test", Manager = "manager@demo.test", Logistics = "logistics@demo.test";

    /// <summary>In no address, no page and no mail that sales see.</summary>
    public static readonly DateOnly RefillBy = new(2027, 3, 30);

    private static readonly DateTimeOffset Now = SampleWorld.Now;
    private long _arrival;

    public static async Task<Application> StartAsync(Database database, Action<IServiceCollection>? services = null)
    {
        var application = await Application.StartAsync(database, services: services);
        await new PagesWorld().AddAsync(application);
        await SweepAsync(application);
        return application;
    }

    public static Task SweepAsync(Application application) => application.Services.GetRequiredService<Sweep>().Run(new SweepRequest(OnlyDue: false), CancellationToken.None);

    private async Task AddAsync(Application application)
    {
        await using var db = application.Open();
        // The parcels of the sample world have no scans; here they would only be noise.
        foreach (var row in await db.Deliveries.ToListAsync()) { row.IsOpen = false; row.IsListed = false; }
        var ridge = Practice(db, "RIDGEVIEW", "ridgeview", "Ridgeview Rehab Clinic", "TN-West", "Memphis", "America/Chicago", "(901) 555-0142");
        var cedar = Practice(db, "CEDARBEND", "cedar-bend", "Cedar Bend Neurology", "TN-West", "Jackson", "America/Chicago", "(731) 555-0118");
        var pike = Practice(db, "PIKE", "pike", "Pike County Pain", "KY-East", "Pikeville", "America/New_York", null);

        Parcel(db, ridge, Late, new(2027, 2, 8), hoursAgo: 20, Scan(-18, Milestone.PickedUp, "Louisville", "KY"), Scan(-9, Milestone.InTransit, "Memphis", "TN"));
        Parcel(db, cedar, NoSignal, new(2027, 2, 12), hoursAgo: 75);
        Parcel(db, ridge, AtRisk, new(2027, 2, 9), hoursAgo: 22, Scan(-20, Milestone.PickedUp, "Louisville", "KY"), Scan(-8, Milestone.Exception, "Memphis", "TN", "Weather delay", ExceptionClass.Weather));
        Parcel(db, cedar, Watch, new(2027, 2, 9), hoursAgo: 40, Scan(-37, Milestone.PickedUp, "Louisville", "KY"), Scan(-10, Milestone.InTransit, "Nashville", "TN"));
        Parcel(db, ridge, OnTrack, new(2027, 2, 18), hoursAgo: 40, Scan(-37, Milestone.PickedUp, "Louisville", "KY"), Scan(-10, Milestone.InTransit, "Nashville", "TN"));
        Parcel(db, cedar, Delivered, new(2027, 2, 9), hoursAgo: 64, Scan(-60, Milestone.PickedUp, "Louisville", "KY"), Scan(-17, Milestone.Delivered, "Jackson", "TN", signedBy: "D. Ruiz"));
        Parcel(db, ridge, Unknown, new(2027, 2, 17), hoursAgo: 40, Scan(-37, Milestone.PickedUp, "Louisville", "KY"), Scan(-3, Milestone.Unknown, "Memphis", "TN", "OC"));
        Parcel(db, pike, ForeignLate, new(2027, 2, 8), hoursAgo: 20, Scan(-18, Milestone.PickedUp, "Louisville", "KY"), Scan(-9, Milestone.InTransit, "Lexington", "KY"));

        var held = Order(db, cedar, Held, Visit(db, cedar, new(2027, 2, 22)));
        held.State = OrderState.OnHold;
        held.Holds.Add(new OrderHold { OrderId = held.Id, AccountId = cedar.Id, Reason = HoldReason.Coverage, SinceUtc = Now.AddDays(-1) });
        Watched(db, cedar, Held, d => { d.OrderId = held.Id; d.VisitId = held.VisitId; });

        var visit = Visit(db, ridge, new(2027, 2, 15), Uncovered);
        Watched(db, ridge, Uncovered, d => d.VisitId = visit.Id);
        await db.SaveChangesAsync();
    }

    private static Account Practice(FieldSupportDb db, string code, string slug, string name, string territory, string city, string zone, string? phone)
    {
        var account = new Account
        {
            Code = code, Slug = slug, Name = name, TerritoryCode = territory, Phone = phone, CoordinatorEmail = $"desk@{slug}.test", LicenseNumber = "L-1", LicenseState = "TN",
            LicenseExpiresOn = new DateOnly(2027, 12, 31), RecordedAtUtc = Now.AddDays(-60),
        };
        account.Locations.Add(new Location
        {
            AccountId = account.Id, Name = "Main", Street = "2 Sample Street", City = city, State = territory[..2], Zip = "38103", TimeZone = zone,
            Receiving = "Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-15:00", IsPrimary = true,
        });
        account.Closures.Add(new Closure { AccountId = account.Id, On = new DateOnly(2027, 2, 26), Reason = "Inventory", RecordedAtUtc = Now.AddDays(-60) });
        db.Add(account);
        return account;
    }

    private static VisitSlot Visit(FieldSupportDb db, Account account, DateOnly on, string? key = null)
    {
        var visit = new VisitSlot { AccountId = account.Id, Key = key ?? $"V-{account.Code}-{on:MMdd}", VisitOn = on, RefillByOn = RefillBy, RecordedAtUtc = Now.AddDays(-30) };
        db.Add(visit);
        return visit;
    }

    private static Order Order(FieldSupportDb db, Account account, string number, VisitSlot visit)
    {
        var order = new Order
        {
            AccountId = account.Id, Number = number, Po = "PO-" + number[4..], Type = OrderType.Refill, Service = ServiceLevel.TwoDay, State = OrderState.Shipped,
            VisitId = visit.Id, SubmittedAtUtc = Now.AddDays(-5), AcknowledgedAtUtc = Now.AddDays(-4), RecordedAtUtc = Now.AddDays(-5),
        };
        order.Lines.Add(new OrderLine { OrderId = order.Id, AccountId = account.Id, LineNo = 1, Ndc = "70121-2503-01", QuantityPacks = 2, State = OrderLineState.Accepted });
        db.Add(order);
        return order;
    }

    private void Parcel(FieldSupportDb db, Account account, string number, DateOnly visitOn, double hoursAgo, params TrackingEvent[] scans)
    {
        var order = Order(db, account, "ORD-" + number[4..], Visit(db, account, visitOn, $"V-{number}"));
        var tracking = "77" + number[4..] + "0000";
        var shipment = new Shipment
        {
            AccountId = account.Id, LocationId = account.Locations[0].Id, Number = number, Kind = DeliveryKind.Drug, OrderId = order.Id, Carrier = "FedEx", Tracking = tracking, TrackingKey = tracking,
            Service = ServiceLevel.TwoDay, LabelAtUtc = Now.AddHours(-hoursAgo), RecordedAtUtc = Now.AddHours(-hoursAgo), LastMovementAtUtc = scans.LastOrDefault(s => s.Milestone is not (Milestone.Exception or Milestone.Unknown))?.AtUtc,
            DeliveredAtUtc = scans.LastOrDefault(s => s.Milestone == Milestone.Delivered)?.AtUtc, SignedBy = scans.LastOrDefault()?.SignedBy,
        };
        shipment.Lines.Add(new ShipmentLine { ShipmentId = shipment.Id, AccountId = account.Id, OrderLineId = order.Lines[0].Id, Ndc = "70121-2503-01", Packs = 2 });
        foreach (var scan in scans)
        {
            scan.ShipmentId = shipment.Id;
            scan.TrackingKey = tracking;
            scan.Arrival = ++_arrival;
            scan.Fingerprint = $"{number}-{_arrival}";
            shipment.Events.Add(scan);
        }
        db.Add(shipment);
        Watched(db, account, number, d => { d.ShipmentId = shipment.Id; d.OrderId = order.Id; d.VisitId = order.VisitId; });
    }

    private static TrackingEvent Scan(double hours, Milestone milestone, string city, string state, string? text = null, ExceptionClass? exception = null, string? signedBy = null) => new()
    {
        Source = "easypost", Carrier = "FedEx", TrackingKey = "", Fingerprint = "", AtUtc = Now.AddHours(hours), ReceivedAtUtc = Now.AddHours(hours), Milestone = milestone, Exception = exception,
        Code = milestone == Milestone.Unknown ? text : null, Text = text, City = city, State = state, SignedBy = signedBy,
    };

    private static void Watched(FieldSupportDb db, Account account, string number, Action<Delivery> of)
    {
        var delivery = new Delivery { AccountId = account.Id, TerritoryCode = account.TerritoryCode, Number = number, WatchKey = "watch " + number, RecordedAtUtc = Now.AddDays(-4) };
        of(delivery);
        db.Add(delivery);
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FieldSupport.Web.Tests;

/// <summary>
/// The smallest world with two of everything: LAKESIDE (TN-West) and NORTHFORK (KY-East), each with a location, a visit, an order, a
/// parcel on its way and its delivery; and the demo accounts.
/// </summary>
public static class SampleWorld
{
    public static readonly DateTimeOffset Now = new(2027, 2, 4, 14, 0, 0, TimeSpan.Zero);

    public const string Nurse = "nurse@lakeside.test";

    /// <summary>Of a password's hash: in the product it is the default of Identity.</summary>
    public const int HashRounds = 10;

    /// <summary>What stands in addresses for each side; key: the literal before the parameter and its name.</summary>
    public sealed record Side(string Account, string Slug, string Visit, string Order, string Po, string Shipment);

    public static readonly Side Lakeside = new("LAKESIDE", "lakeside", "V-LAKE-1", "ORD-90001", "LR-1", "SHP-90001");
    public static readonly Side Northfork = new("NORTHFORK", "northfork", "V-NORTH-1", "ORD-90002", "NF-1", "SHP-90002");

    public static async Task AddAsync(FieldSupportDb db)
    {
        Add(db, Lakeside, "Lakeside Neurology", "TN-West", "Memphis", "TN", "38103", "America/Chicago", "770000000001");
        Add(db, Northfork, "North Fork Pain and Spasticity", "KY-East", "Pikeville", "KY", "41501", "America/New_York", "770000000002");
        await DemoAccounts.AddAsync(db);
        var hash = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = HashRounds })).HashPassword(null!, DemoAccounts.Password);
        foreach (var user in db.Users.Local) user.PasswordHash = hash;
        // The one role that no demo account has.
        var like = db.Users.Local.Single(u => u.Email == "practice@demo.test");
        db.Users.Add(new User
        {
            UserName = Nurse, NormalizedUserName = Nurse.ToUpperInvariant(), Email = Nurse, NormalizedEmail = Nurse.ToUpperInvariant(), EmailConfirmed = true,
            DisplayName = "Noor Haddad", Role = Roles.Practice, AccountId = like.AccountId, PasswordHash = like.PasswordHash,
            SecurityStamp = Guid.NewGuid().ToString("N"), LockoutEnabled = true,
        });
        await db.SaveChangesAsync();
    }

    private static void Add(
        FieldSupportDb db, Side side, string name, string territory, string city, string state, string zip, string zone, string tracking)
    {
        var account = new Account { Code = side.Account, Slug = side.Slug, Name = name, TerritoryCode = territory, RecordedAtUtc = Now.AddDays(-60) };
        var location = new Location
        {
            AccountId = account.Id, Name = "Main", Street = "1 Sample Street", City = city, State = state, Zip = zip, TimeZone = zone,
            Receiving = "Mon-Fri 08:00-16:00", IsPrimary = true,
        };
        var visit = new VisitSlot
        {
            AccountId = account.Id, Key = side.Visit, VisitOn = new DateOnly(2027, 2, 9), RefillByOn = new DateOnly(2027, 2, 16), RecordedAtUtc = Now.AddDays(-30),
        };
        var order = new Order
        {
            AccountId = account.Id, Number = side.Order, Po = side.Po, Type = OrderType.Refill, Service = ServiceLevel.TwoDay, State = OrderState.Shipped,
            VisitId = visit.Id, SubmittedAtUtc = Now.AddDays(-5), AcknowledgedAtUtc = Now.AddDays(-4), RecordedAtUtc = Now.AddDays(-5),
        };
        order.Lines.Add(new OrderLine
        {
            OrderId = order.Id, AccountId = account.Id, LineNo = 1, Ndc = "70121-2503-01", QuantityPacks = 2, State = OrderLineState.Shipped,
        });
        var shipment = new Shipment
        {
            AccountId = account.Id, LocationId = location.Id, Number = side.Shipment, Kind = DeliveryKind.Drug, OrderId = order.Id, Carrier = "FedEx",
            Tracking = tracking, TrackingKey = tracking, Service = ServiceLevel.TwoDay, LabelAtUtc = Now.AddDays(-2), Milestone = Milestone.InTransit,
            LastMovementAtUtc = Now.AddHours(-10), RecordedAtUtc = Now.AddDays(-2),
        };
        var delivery = new Delivery
        {
            AccountId = account.Id, TerritoryCode = territory, Number = side.Shipment, Kind = DeliveryKind.Drug, ShipmentId = shipment.Id, OrderId = order.Id,
            VisitId = visit.Id, WatchKey = side.Order, RecordedAtUtc = Now.AddDays(-2),
        };
        db.AddRange(account, location, visit, order, shipment, delivery);
    }
}

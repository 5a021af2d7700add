using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// Keeps the list of what is watched in step with the facts, in the transaction that changes them: who is on it, and that the next sweep
/// looks. It opens and wakes; closing is the sweep's alone.
/// </summary>
public sealed class WatchRoster(FieldSupportDb db, DateTimeOffset now)
{
    private readonly HashSet<Guid> _orders = [], _visits = [], _shipments = [], _accounts = [];
    private readonly Dictionary<Guid, string> _territories = [];

    /// <summary>A new parcel. Give the order and the visit where it has them.</summary>
    public void Add(Shipment shipment, Account account, Order? order, VisitSlot? visit)
    {
        var row = Row(account, shipment.Number, Key(order, visit, shipment.Number));
        row.Kind = shipment.Kind;
        row.ShipmentId = shipment.Id;
        row.OrderId = order?.Id;
        row.VisitId = visit?.Id;
        db.Deliveries.Add(row);
        if (order is not null) Changed(order);
    }

    /// <summary>The unshipped rest of an order, from its submission on.</summary>
    public void Add(Order order, Account account, VisitSlot? visit)
    {
        var row = Row(account, order.Number, Key(order, visit, order.Number));
        row.OrderId = order.Id;
        row.VisitId = visit?.Id;
        db.Deliveries.Add(row);
        Changed(order);
    }

    /// <summary>A visit, which waits for an order that covers it.</summary>
    public void Add(VisitSlot visit, Account account)
    {
        var row = Row(account, visit.Key, Key(null, visit, visit.Key));
        row.VisitId = visit.Id;
        db.Deliveries.Add(row);
    }

    /// <summary>Facts of an order changed: it, its parcels and its visit are looked at.</summary>
    public void Changed(Order order)
    {
        _orders.Add(order.Id);
        if (order.VisitId is { } visit) _visits.Add(visit);
    }

    public void Changed(VisitSlot visit) => _visits.Add(visit.Id);

    /// <summary>Facts of a parcel changed: it and all that hangs on its order are looked at.</summary>
    public void Changed(Shipment shipment)
    {
        _shipments.Add(shipment.Id);
        if (shipment.OrderId is { } order) _orders.Add(order);
    }

    /// <summary>Calendar, licence or contacts of an account changed: what is open there is looked at.</summary>
    public void Changed(Account account) => _accounts.Add(account.Id);

    /// <summary>The account has another territory: its rows follow.</summary>
    public void Moved(Account account)
    {
        _territories[account.Id] = account.TerritoryCode;
        _accounts.Add(account.Id);
    }

    /// <summary>Writes the wakings; after the save, in its transaction. A new version makes a sweep that read before us look again.</summary>
    public async Task Write(CancellationToken cancel)
    {
        var version = Guid.NewGuid();
        foreach (var (account, territory) in _territories)
            await db.Deliveries.Where(d => d.AccountId == account).ExecuteUpdateAsync(s => s
                .SetProperty(d => d.TerritoryCode, territory).SetProperty(d => d.Version, version), cancel);
        foreach (var some in _accounts.Chunk(500))
            await db.Deliveries.Where(d => EF.Parameter(some).Contains(d.AccountId) && d.IsOpen).ExecuteUpdateAsync(s => s
                .SetProperty(d => d.NextCheckAtUtc, now).SetProperty(d => d.Version, version), cancel);
        foreach (var some in _orders.Chunk(500)) await Wake(db.Deliveries.Where(d => EF.Parameter(some).Contains(d.OrderId!.Value)), version, cancel);
        foreach (var some in _visits.Chunk(500)) await Wake(db.Deliveries.Where(d => EF.Parameter(some).Contains(d.VisitId!.Value)), version, cancel);
        foreach (var some in _shipments.Chunk(500)) await Wake(db.Deliveries.Where(d => EF.Parameter(some).Contains(d.ShipmentId!.Value)), version, cancel);
        _orders.Clear();
        _visits.Clear();
        _shipments.Clear();
        _accounts.Clear();
        _territories.Clear();
    }

    private Task<int> Wake(IQueryable<Delivery> rows, Guid version, CancellationToken cancel) => rows.ExecuteUpdateAsync(s => s
        .SetProperty(d => d.NextCheckAtUtc, now).SetProperty(d => d.IsOpen, true).SetProperty(d => d.IsListed, true)
        .SetProperty(d => d.Version, version), cancel);

    private Delivery Row(Account account, string number, string watchKey) => new()
    {
        AccountId = account.Id, TerritoryCode = account.TerritoryCode, Number = number, WatchKey = watchKey,
        Kind = DeliveryKind.Drug, RecordedAtUtc = now, NextCheckAtUtc = now,
    };

    private static string Key(Order? order, VisitSlot? visit, string parcel) =>
        order is not null ? "order:" + order.Number : visit is not null ? "visit:" + visit.Key : "parcel:" + parcel;
}

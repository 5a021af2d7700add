using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shipments;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Finds the order that a row means: a PO is unique within its account, so that one PO may be two accounts' orders.</summary>
public sealed class OrdersByPo
{
    private readonly Dictionary<string, List<Order>> _orders = new(StringComparer.Ordinal);

    public static async Task<OrdersByPo> Load(Reading reading)
    {
        var found = new OrdersByPo();
        var db = reading.Db;
        foreach (var some in reading.Good.Select(r => r.Raw("po").Trim()).Distinct().Chunk(300))
        {
            var orders = await db.Orders.Where(o => some.Contains(o.Po))
                .Include(o => o.Account!.Locations).Include(o => o.Visit).Include(o => o.Lines)
                .Include(o => o.Shipments).ThenInclude(s => s.Lines).Include(o => o.Shipments).ThenInclude(s => s.Receipts)
                .AsSplitQuery().ToListAsync(reading.Cancel);
            foreach (var order in orders)
            {
                if (!found._orders.TryGetValue(order.Po, out var same)) found._orders.Add(order.Po, same = []);
                same.Add(order);
            }
        }
        return found;
    }

    /// <summary>The order, or null with the row refused.</summary>
    public Order? Of(Reading reading, RowCheck row)
    {
        var po = row.NeedCode("po", 64);
        var account = row.Code("account", 64)?.ToUpperInvariant() ?? reading.Options.Account?.ToUpperInvariant();
        if (po is null) return null;
        if (account is not null && reading.Options.Account is { } only && !string.Equals(account, only, StringComparison.OrdinalIgnoreCase))
            return row.Bad<Order>("account", "OTHER_ACCOUNT", $"This file may only hold rows of {only.ToUpperInvariant()}.");
        var orders = _orders.GetValueOrDefault(po, []).Where(o => account is null || o.Account!.Code == account).ToList();
        return orders.Count switch
        {
            1 => orders[0],
            0 => row.Bad<Order>("po", "UNKNOWN_ORDER", account is null ? $"There is no order with PO '{row.Shown("po")}'." : $"{account} has no order with PO '{row.Shown("po")}'."),
            _ => row.Bad<Order>("po", "AMBIGUOUS_PO", $"PO '{row.Shown("po")}' is used by {string.Join(" and ", orders.Select(o => o.Account!.Code).Order(StringComparer.Ordinal))}; add the column 'account'."),
        };
    }
}

/// <summary>Tracking numbers as they are compared.</summary>
public static class TrackingNumbers
{
    /// <summary>Letters and digits, upper case.</summary>
    public static string Key(string tracking) => new(tracking.Where(char.IsLetterOrDigit).Select(char.ToUpperInvariant).ToArray());
}

using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Refills;

/// <summary>From a booked visit back to the days by which the drug must be there, shipped and ordered (domain.md §1.6, §2.7, §8).</summary>
public static class ShippingDates
{
    /// <summary>need_by: <paramref name="bufferDays"/> CLINIC days before the booked visit, at receiving close.</summary>
    public static DateTimeOffset NeedBy(DateOnly visitOn, ClinicCalendar clinic, int bufferDays = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bufferDays);
        // Only a buffer of 0 can leave a day that is closed.
        return clinic.ReceivingClose(clinic.Days.OnOrBefore(clinic.Days.Add(visitOn, -bufferDays)));
    }

    /// <summary>
    /// must_ship_by: need-by rolled back to a day that is both CARRIER and CLINIC day, back <paramref name="transitDays"/> CARRIER days, rolled
    /// back to an operating day of the ship-from place, at its cut-off, but never later than need-by itself. Refuses negative transit days.
    /// </summary>
    public static DateTimeOffset MustShipBy(
        DateTimeOffset needBy, ServiceLevel service, BusinessCalendar carrierDays, ClinicCalendar clinic, ShipFromCalendar shipFrom,
        Func<ServiceLevel, int> transitDays)
    {
        var transit = transitDays(service);
        ArgumentOutOfRangeException.ThrowIfNegative(transit, nameof(transitDays));
        var deliverOn = BusinessCalendar.Both(carrierDays, clinic.Days).OnOrBefore(clinic.DayOf(needBy));
        var shipOn = shipFrom.Days.OnOrBefore(carrierDays.Add(deliverOn, -transit));
        var cutOff = shipFrom.CutOffOf(shipOn);
        return cutOff <= needBy ? cutOff : ZonedTime.In(shipFrom.Zone, needBy);
    }

    /// <summary>order_by: one ship-from business day before must-ship-by, at the cut-off.</summary>
    public static DateTimeOffset OrderBy(DateTimeOffset mustShipBy, ShipFromCalendar shipFrom) =>
        shipFrom.CutOffOf(shipFrom.Days.Previous(shipFrom.DayOf(mustShipBy)));

    /// <summary>The latest day a visit may be moved to (§3.3): the last CLINIC day before refill_by.</summary>
    public static DateOnly LatestSafeVisitOn(DateOnly refillBy, ClinicCalendar clinic) => clinic.Days.Previous(refillBy);
}

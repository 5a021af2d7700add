using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;
using static FieldSupport.Domain.Tests.Shared.Calendars;

namespace FieldSupport.Domain.Tests.Refills;

/// <summary>The calendar dates of the acceptance stories (domain.md §9) and rows of §10.</summary>
public class ShippingDatesTests
{
    private static readonly ShipFromCalendar ShipFrom = ShipFromCalendar.Default;

    private static DateTimeOffset MustShipBy(DateTimeOffset needBy, ServiceLevel service, ClinicCalendar? clinic = null) =>
        ShippingDates.MustShipBy(needBy, service, CarrierCalendar.Days, clinic ?? Story, ShipFrom, TransitDays);

    [Theory]
    [InlineData("2027-01-13", "2027-01-11")] // story 1
    [InlineData("2027-02-09", "2027-02-05")] // story 2
    [InlineData("2027-03-16", "2027-03-12")] // story 3
    [InlineData("2026-12-01", "2026-11-25")] // story 4
    [InlineData("2027-04-20", "2027-04-16")] // story 6
    [InlineData("2027-05-25", "2027-05-21")] // story 7
    public void Need_by_is_receiving_close_two_clinic_days_before_the_visit(string visit, string needBy) =>
        Assert.Equal(Ct(needBy + " 16:00"), ShippingDates.NeedBy(D(visit), Story));

    [Fact]
    public void Need_by_is_in_the_clinics_own_zone() =>
        Assert.Equal(T("2027-02-23T16:00:00-07:00"), ShippingDates.NeedBy(D("2027-02-25"), ClinicIn("America/Denver", "Mon-Fri 08:00-16:00"))); // story 5

    [Theory]
    [InlineData("2027-01-13", -10, "2026-12-29")] // story 1
    [InlineData("2027-01-13", -7, "2027-01-04")]
    [InlineData("2027-01-13", -5, "2027-01-06")]
    [InlineData("2027-01-13", -3, "2027-01-08")]
    [InlineData("2027-01-13", -1, "2027-01-12")]
    [InlineData("2027-02-09", -5, "2027-02-02")] // story 2
    [InlineData("2027-02-09", -3, "2027-02-04")]
    [InlineData("2027-03-16", -1, "2027-03-15")] // story 3
    [InlineData("2026-12-01", -1, "2026-11-30")] // story 4
    [InlineData("2026-12-01", -3, "2026-11-24")]
    [InlineData("2026-12-01", -5, "2026-11-20")]
    [InlineData("2027-05-25", -10, "2027-05-11")] // story 7
    public void Rungs_fall_on_clinic_days(string visit, int n, string day)
    {
        Assert.Equal(D(day), Story.Days.Add(D(visit), n));
        Assert.Equal(-n, Story.Days.Count(D(day), D(visit)));
    }

    [Theory]
    [InlineData("2027-01-11", ServiceLevel.TwoDay, "2027-01-07")] // story 1
    [InlineData("2026-11-25", ServiceLevel.TwoDay, "2026-11-23")] // story 4
    [InlineData("2026-11-25", ServiceLevel.Overnight, "2026-11-24")]
    [InlineData("2027-04-16", ServiceLevel.TwoDay, "2027-04-14")] // story 6
    [InlineData("2027-05-21", ServiceLevel.TwoDay, "2027-05-19")] // story 7
    [InlineData("2027-01-04", ServiceLevel.TwoDay, "2026-12-30")] // over the year end
    [InlineData("2027-03-15", ServiceLevel.Overnight, "2027-03-12")] // over the change to daylight saving
    [InlineData("2027-01-11", ServiceLevel.Ground, "2027-01-04")]
    public void Must_ship_by_steps_back_over_carrier_days(string needBy, ServiceLevel service, string shipOn) =>
        Assert.Equal(Et(shipOn + " 17:00"), MustShipBy(Ct(needBy + " 16:00"), service));

    [Fact]
    public void A_need_by_on_a_day_the_clinic_or_the_carrier_is_closed_rolls_back()
    {
        Assert.Equal(Et("2026-11-24 17:00"), MustShipBy(Ct("2026-11-28 16:00"), ServiceLevel.Overnight));
        var openOnHolidays = new ClinicCalendar(Central, Hours("Mon-Sun 08:00-16:00"), new HashSet<DateOnly>(), closedOnFederalHolidays: false);
        Assert.Equal(Et("2026-11-24 17:00"), MustShipBy(Ct("2026-11-26 16:00"), ServiceLevel.Overnight, openOnHolidays));
    }

    [Fact]
    public void Must_ship_by_is_never_later_than_need_by_itself()
    {
        var mornings = Clinic("Mon-Fri 08:00-12:00");
        Assert.Equal(Ct("2027-02-05 12:00"), MustShipBy(Ct("2027-02-05 12:00"), ServiceLevel.CourierSameDay, mornings));
        Assert.Equal(Et("2027-02-05 17:00"), MustShipBy(Ct("2027-02-05 16:00"), ServiceLevel.CourierSameDay));
    }

    [Theory]
    [InlineData("2026-11-23 17:00", "2026-11-20 17:00")] // story 4: LABEL_DUE from there
    [InlineData("2027-01-07 17:00", "2027-01-06 17:00")]
    [InlineData("2027-03-15 13:00", "2027-03-12 17:00")]
    public void Order_by_is_the_cut_off_of_the_ship_from_day_before(string mustShipBy, string orderBy) =>
        Assert.Equal(Et(orderBy), ShippingDates.OrderBy(Et(mustShipBy), ShipFrom));

    [Fact]
    public void Story_3_an_overnight_parcel_of_friday_arrives_on_monday_and_the_visit_may_move_to_the_22nd()
    {
        Assert.Equal(D("2027-03-15"), CarrierCalendar.Days.Add(D("2027-03-12"), TransitDays(ServiceLevel.Overnight)));
        Assert.Equal(D("2027-03-22"), ShippingDates.LatestSafeVisitOn(D("2027-03-23"), Story));
    }

    [Fact]
    public void Story_4_two_carrier_days_over_thanksgiving_end_on_the_closed_friday_and_wait_for_monday()
    {
        var planned = CarrierCalendar.Days.Add(D("2026-11-24"), 2);
        Assert.Equal(D("2026-11-27"), planned);
        Assert.Equal(D("2026-11-30"), BusinessCalendar.Both(CarrierCalendar.Days, Story.Days).OnOrAfter(planned));
    }

    [Fact]
    public void Story_6_a_back_order_shipped_on_the_19th_arrives_after_need_by()
    {
        Assert.Equal(D("2027-04-21"), CarrierCalendar.Days.Add(D("2027-04-19"), TransitDays(ServiceLevel.TwoDay)));
        Assert.Equal(D("2027-04-20"), CarrierCalendar.Days.Add(D("2027-04-19"), TransitDays(ServiceLevel.Overnight)));
        Assert.Equal(D("2027-04-26"), ShippingDates.LatestSafeVisitOn(D("2027-04-27"), Story));
    }

    [Fact]
    public void Story_7_the_acknowledgement_is_due_at_the_end_of_the_next_ship_from_day()
    {
        var countsFor = ShipFrom.OperatingDay(Et("2027-05-07 16:45"));
        Assert.Equal(Et("2027-05-10 17:00"), ShipFrom.CutOffOf(ShipFrom.Days.Next(countsFor)));
        Assert.Equal(Et("2027-05-11 17:00"), ShipFrom.CutOffOf(ShipFrom.Days.Add(countsFor, 2)));
    }

    [Fact]
    public void Negative_days_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ShippingDates.NeedBy(D("2027-01-13"), Story, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ShippingDates.MustShipBy(Ct("2027-01-11 16:00"), ServiceLevel.TwoDay, CarrierCalendar.Days, Story, ShipFrom, _ => -1));
    }

    [Fact]
    public void Without_a_buffer_need_by_is_the_visit_day_or_the_open_day_before() =>
        Assert.Equal(Ct("2027-02-05 16:00"), ShippingDates.NeedBy(D("2027-02-07"), Story, 0));

    [Property(MaxTest = 500)]
    public bool Nothing_has_to_ship_after_it_is_needed(ushort day, byte service, byte zone, byte hours)
    {
        string[] zones = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Guam"];
        string[] windows = ["Mon-Fri 08:00-16:00", "Mon-Thu 07:00-08:00", "Tue 08:00-12:00,13:00-20:00", "Sat,Mon 06:00-10:00"];
        var clinic = ClinicIn(zones[zone % zones.Length], windows[hours % windows.Length], "2026-11-27");
        var level = (ServiceLevel)(service % 6);
        var needBy = ShippingDates.NeedBy(D("2026-01-01").AddDays(day % 1500), clinic);
        var mustShipBy = MustShipBy(needBy, level, clinic);
        return mustShipBy <= needBy && ShippingDates.OrderBy(mustShipBy, ShipFrom) < mustShipBy
            && MustShipBy(needBy, ServiceLevel.Ground, clinic) <= mustShipBy;
    }
}

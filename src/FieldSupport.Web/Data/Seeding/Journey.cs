using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>Where one carrier scans parcels on the way to one territory.</summary>
public sealed record Lane(Place Origin, Place Hub, Place Relay);

public sealed record Place(string City, string State, string Zip)
{
    public TimeZoneInfo Zone { get; } = PlaceZone.Of(Zip, State) ?? throw new SceneFault($"The place {City} {State} {Zip} lies in no known time zone.");
}

/// <summary>
/// The whole way of a parcel that nothing happens to: picked up on the evening of its label, sorted at a hub at night, a scan or two a
/// carrier day, out in the morning of its day and handed over. What has not happened yet is cut off by the caller.
/// </summary>
public sealed class Journey
{
    private readonly SceneClock _clock;
    private readonly ScenePractice _to;
    private readonly Lane _lane;
    private readonly int _seed;
    private int _drawn;

    public Journey(SceneClock clock, ScenePractice to, Lane lane, ServiceLevel service, DateOnly labelOn, string po, string signer)
    {
        (_clock, _to, _lane) = (clock, to, lane);
        _seed = po.Aggregate(17, (sum, c) => unchecked(sum * 31 + c)) & 0xFFFF;
        var calendars = clock.Calendars;
        Service = service;
        LabelOn = labelOn;
        LabelAt = calendars.ShipFrom.At(labelOn, new TimeOnly(12 + Draw(4), Draw(60)));
        var arrivesOn = calendars.CarrierDays.Add(labelOn, calendars.Policy.TransitDays(service));
        var joint = BusinessCalendar.Both(calendars.CarrierDays, to.Clinic.Days);
        ArrivesOn = joint.OnOrAfter(arrivesOn);
        CommittedAt = to.Clinic.At(ArrivesOn, calendars.Policy.Of(service).CommitAt ?? new TimeOnly(17, 0));
        Scans = Way(signer);
    }

    public ServiceLevel Service { get; }
    public DateOnly LabelOn { get; }
    public DateTimeOffset LabelAt { get; }
    public DateOnly ArrivesOn { get; }
    public DateTimeOffset CommittedAt { get; }
    public IReadOnlyList<Scan> Scans { get; }
    public DateTimeOffset DeliveredAt => Scans[^1].At;

    /// <summary>Those up to an instant.</summary>
    public List<Scan> Until(DateTimeOffset at) => Scans.Where(s => s.At <= at).ToList();

    public Scan AtClinic(DateTimeOffset at, Milestone milestone) => new(at, milestone, _to.City, _to.State, _to.Zip);

    private List<Scan> Way(string signer)
    {
        var days = _clock.Calendars.CarrierDays;
        var next = LabelOn.AddDays(1);
        var way = new List<Scan>
        {
            new(LabelAt, Milestone.LabelCreated, _lane.Origin.City, _lane.Origin.State, _lane.Origin.Zip),
            At(_lane.Origin, LabelOn, 17, 40, Milestone.PickedUp),
            At(_lane.Origin, LabelOn, 21, 15, Milestone.InTransit),
            At(_lane.Hub, next, 1, 40, Milestone.InTransit),
        };
        for (var day = next; day < ArrivesOn; day = day.AddDays(1))
        {
            if (!days.IsBusinessDay(day)) continue;
            way.Add(At(day == next ? _lane.Hub : _lane.Relay, day, 9, 5, Milestone.InTransit));
            way.Add(At(_lane.Relay, day, 20, 20, Milestone.InTransit));
        }
        way.Add(At(_lane.Relay, ArrivesOn, 4, 35, Milestone.InTransit));
        way.Add(AtClinic(_to.Clinic.At(ArrivesOn, Time(7, 5)), Milestone.OutForDelivery));
        // Inside the receiving hours, an hour and more after they begin.
        var opens = _to.Clinic.Hours.On(ArrivesOn.DayOfWeek)[0].Opens;
        way.Add(AtClinic(_to.Clinic.At(ArrivesOn, opens.AddMinutes(65 + Draw(80))), Milestone.Delivered) with { SignedBy = signer });
        return way;
    }

    private Scan At(Place place, DateOnly day, int hour, int minute, Milestone milestone) =>
        new(ZonedTime.At(place.Zone, day, Time(hour, minute)), milestone, place.City, place.State, place.Zip);

    private TimeOnly Time(int hour, int minute) => new TimeOnly(hour, minute).AddMinutes(Draw(25));

    /// <summary>The same for the same order, so that a scene reads the same however often it is laid out.</summary>
    private int Draw(int below) => (_seed * 7 + 131 * ++_drawn * (_drawn + _seed % 13)) % below;
}

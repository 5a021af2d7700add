using System.Globalization;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Tests.Shared;

namespace FieldSupport.Domain.Tests.Chasing.Histories;

/// <summary>One random delivery history over a random calendar; the same seed gives the same history. Every instant is a multiple of five minutes.</summary>
internal sealed class RandomHistory
{
    private static readonly string[] Zones = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu"];

    private static readonly (DayOfWeek[] Days, (int, int)[] Windows)[][] Weeks =
    [
        [([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday], [(480, 960)])],
        [([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday], [(480, 720), (780, 960)]), ([DayOfWeek.Friday], [(480, 720)])],
        [([DayOfWeek.Monday, DayOfWeek.Wednesday, DayOfWeek.Friday], [(450, 900)])],
        [([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday], [(540, 1020)])],
        [([DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday], [(600, 1080)])],
        [([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday], [(420, 570)])],
    ];

    private readonly Random _random;

    public RandomHistory(int seed)
    {
        _random = new Random(seed);
        var zone = Zones[_random.Next(Zones.Length)];
        var week = Weeks[_random.Next(Weeks.Length)];
        var visitOn = new DateOnly(2026, 12, 1).AddDays(_random.Next(380));
        var closed = new HashSet<DateOnly>();
        for (var i = _random.Next(5); i > 0; i--) closed.Add(visitOn.AddDays(-_random.Next(25)));
        Calendar = new NaiveWorld(Shared.Calendars.Zone(zone), week.SelectMany(w => w.Days.Select(d => (d, w.Windows))).ToDictionary(w => w.d, w => w.Windows), closed);
        visitOn = NaiveWorld.OnOrAfter(visitOn, Calendar.IsClinicDay);

        var kind = Chance(4) ? DeliveryKind.Kit : DeliveryKind.Drug;
        var isStock = kind == DeliveryKind.Kit || Chance(7);
        Story = new Story
        {
            Clinic = new ClinicCalendar(Shared.Calendars.Zone(zone), Shared.Calendars.Hours(Text(week)), closed), Kind = kind, VisitOn = isStock ? null : visitOn,
            LicenseExpiresOn = Chance(5) ? null : visitOn.AddDays(Chance(5) ? -5 : 300), Service = Pick(ServiceLevel.TwoDay, ServiceLevel.TwoDay, ServiceLevel.Overnight,
                ServiceLevel.Overnight, ServiceLevel.OvernightAm, ServiceLevel.ThreeDay, ServiceLevel.Ground, ServiceLevel.CourierSameDay),
        };
        From = Round(Calendar.At(visitOn.AddDays(-18), 0));
        To = Round(Calendar.At(visitOn.AddDays(6), 720));
        Story.VisitKnownAt = Chance(85) ? From : From.AddDays(_random.Next(17)).AddMinutes(5 * _random.Next(288));
        if (kind == DeliveryKind.Kit || Chance(96)) Order(visitOn, kind);
    }

    public Story Story { get; }
    public NaiveWorld Calendar { get; }
    public DateTimeOffset From { get; }
    public DateTimeOffset To { get; }

    private bool Chance(int percent) => _random.Next(100) < percent;
    private T Pick<T>(params T[] of) => of[_random.Next(of.Length)];
    private TimeSpan Hours(double from, double to) => TimeSpan.FromMinutes(5 * _random.Next((int)(from * 12), (int)(to * 12) + 1));
    private static DateTimeOffset Round(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % NaiveWorld.Step.Ticks, TimeSpan.Zero);

    private void Order(DateOnly visitOn, DeliveryKind kind)
    {
        var service = Story.Service;
        var transit = NaiveWorld.Transit(service);
        var submitted = From + Hours(0, Chance(70) ? 9 * 24 : 17 * 24);
        if (kind == DeliveryKind.Drug)
        {
            Story.SubmittedAt = submitted;
            if (Chance(80)) Story.AcknowledgedAt = submitted + Hours(0, Chance(70) ? 20 : 120);
            if (Chance(12))
            {
                Story.BackorderedAt = submitted + Hours(0, 30);
                for (var i = _random.Next(3); i > 0; i--)
                    Story.Promises.Add((Story.BackorderedAt.Value + Hours(0, 60), Chance(80) ? visitOn.AddDays(-_random.Next(8)) : null));
            }
            for (var i = Chance(18) ? _random.Next(1, 3) : 0; i > 0; i--)
            {
                var since = submitted + Hours(0, 80);
                Story.Holds.Add((Pick(Enum.GetValues<HoldReason>()), since, Chance(70) ? since + Hours(0.5, 110) : null));
            }
        }
        if (!Chance(88)) return;
        // Around the day on which it has to leave.
        var label = Round(Calendar.At(visitOn.AddDays(-4 - transit), 0)) + Hours(-72, 60);
        if (label < submitted) label = submitted + Hours(0.5, 40);
        var parcel = Parcel(label, service);
        var gone = parcel.Events.Find(e => e.Milestone is Milestone.Lost or Milestone.Returning);
        if (gone is null || !Chance(60)) return;
        var second = Parcel(gone.ReceivedAtUtc + Hours(1, 30), Pick(ServiceLevel.Overnight, ServiceLevel.OvernightAm, ServiceLevel.CourierSameDay));
        parcel.ReplacedBy = second;
    }

    private StoryParcel Parcel(DateTimeOffset label, ServiceLevel service)
    {
        var parcel = new StoryParcel
        {
            LabelAt = label, LabelKnownAt = Chance(75) ? null : label + Hours(0, 8), Service = service,
            CommittedAt = Chance(40) ? label + Hours(10, 24 * (NaiveWorld.Transit(service) + 1.5)) : null,
        };
        Story.Parcels.Add(parcel);
        if (Chance(90)) Scan(parcel, label, Milestone.LabelCreated);
        if (!Chance(90)) return parcel;
        var at = label + Hours(0.5, Chance(80) ? 12 : 60);
        Scan(parcel, at, Milestone.PickedUp);
        var pace = Chance(75) ? 14 : 60;
        for (var i = 0; i < 12; i++)
        {
            at += Hours(0.25, pace);
            var dice = _random.Next(100);
            if (dice < 48) Scan(parcel, at, Milestone.InTransit);
            else if (dice < 56) Scan(parcel, at, Milestone.Exception);
            else if (dice < 62) Scan(parcel, at, Milestone.EtaUpdate);
            else if (dice < 65) Scan(parcel, at, Milestone.Unknown);
            else if (dice < 76) Scan(parcel, at, Milestone.OutForDelivery);
            else if (dice < 80) Scan(parcel, at, Milestone.DeliveryAttempted);
            else if (dice < 82) Scan(parcel, at, Milestone.AvailableForPickup);
            else if (dice < 84) { Scan(parcel, at, Milestone.Lost); if (Chance(60)) break; }
            else if (dice < 86) { Scan(parcel, at, Milestone.Returning); if (Chance(50)) Scan(parcel, at + Hours(5, 60), Milestone.Returned); if (Chance(70)) break; }
            else if (dice < 87) { Scan(parcel, at, Milestone.Cancelled); break; }
            else
            {
                Scan(parcel, at, Milestone.Delivered);
                Receive(parcel, at);
                if (Chance(93)) break;
            }
        }
        return parcel;
    }

    private void Scan(StoryParcel parcel, DateTimeOffset at, Milestone milestone)
    {
        var received = Chance(70) ? at + Hours(0, 0.5) : Chance(8) ? at - Hours(0, 2) : at + Hours(0.5, Chance(90) ? 9 : 40);
        if (received < parcel.KnownAt) received = parcel.KnownAt;
        var estimate = milestone == Milestone.EtaUpdate || (milestone is Milestone.PickedUp or Milestone.InTransit && Chance(25)) ? at + Hours(-20, 110) : (DateTimeOffset?)null;
        var onlyDay = Chance(50);
        parcel.Scan(at, milestone, milestone == Milestone.Exception ? Chance(10) ? null : Pick(Enum.GetValues<ExceptionClass>()) : null,
            zip: milestone == Milestone.Delivered ? Chance(94) ? Story.Place : "38103" : null,
            estimate: onlyDay ? null : estimate,
            estimateOn: onlyDay && estimate is { } e ? Calendar.Local(e).Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null, receivedAt: received);
    }

    private void Receive(StoryParcel parcel, DateTimeOffset delivered)
    {
        if (Chance(72)) parcel.ReceiptAt = delivered + Hours(0, 50);
        if (parcel.ReceiptAt is { } receipt && Chance(9)) (parcel.ShortFrom, parcel.ShortUntil) = (receipt, Chance(50) ? receipt + Hours(2, 90) : null);
        else if (Chance(5)) (parcel.NotReceivedFrom, parcel.FoundAt) = (delivered + Hours(0.5, 20), Chance(50) ? delivered + Hours(21, 90) : null);
    }

    private static string Text((DayOfWeek[] Days, (int Opens, int Closes)[] Windows)[] week)
    {
        static string Clock(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
        return string.Join("; ", week.Select(w => string.Join(",", w.Days.Select(d => d.ToString()[..3])) + " " + string.Join(",", w.Windows.Select(x => Clock(x.Opens) + "-" + Clock(x.Closes)))));
    }
}

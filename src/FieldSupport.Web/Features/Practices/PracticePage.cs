using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Practices;

public sealed class PracticePageController(ISender sender) : Controller
{
    [HttpGet("/practices/{slug}"), Sends(typeof(PracticePage.Query))]
    public async Task<IActionResult> Show(string slug, CancellationToken cancellationToken) =>
        View(nameof(PracticePage), (await sender.Send(new PracticePage.Query(slug), cancellationToken)).OrAbsent());
}

/// <summary>One practice: whom to ask, when it receives, which refills come, and how its deliveries went.</summary>
public static class PracticePage
{
    private const int WeeksAhead = 8, WeeksBack = 12;

    [Requires(Permission.ReadPractices)]
    public sealed record Query(string Slug) : IQuery<Page?>;

    /// <summary>A week of the record. Open: due by now and not there; unknown counts for neither.</summary>
    public sealed record Week(DateOnly Monday, int InTime, int Late, int Missing);

    public sealed record OrderLine(string Number, OrderState State, OrderType Type, DateOnly? VisitOn);

    public sealed record Page
    {
        public required Account Account { get; init; }
        public required Location? Location { get; init; }
        public required ClinicCalendar? Clinic { get; init; }
        public required IReadOnlyList<Closure> Closures { get; init; }
        public required IReadOnlyList<RunwayItem> Ahead { get; init; }
        public required IReadOnlyList<DeliveryRow> Deliveries { get; init; }
        public required IReadOnlyList<OrderLine> Orders { get; init; }
        public required IReadOnlyList<Week> Record { get; init; }
        public required DateOnly Today { get; init; }
        public required DateTimeOffset Now { get; init; }
        public required bool MayChase { get; init; }
        public required bool MayReadDeliveries { get; init; }

        public TimeZoneInfo Zone => Clinic?.Zone ?? TimeZoneInfo.Utc;
        public LicenseStanding License => LicenseStanding.Of(Account.LicenseExpiresOn, Today);
        public int DaysAhead => WeeksAhead * 7;
    }

    internal sealed class Handler(FieldSupportDb db, ClinicCalendars clinics, CurrentScope current, TimeProvider clock) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Slug == query.Slug, cancellationToken);
            if (account is null) return null;
            var now = clock.GetUtcNow();
            var location = await db.Locations.AsNoTracking().Where(l => l.AccountId == account.Id).OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).FirstOrDefaultAsync(cancellationToken);
            var closures = await db.Closures.AsNoTracking().Where(c => c.AccountId == account.Id).OrderBy(c => c.On).ToListAsync(cancellationToken);
            var clinic = location is null ? null : clinics.Of(location, closures.Select(c => c.On));
            var today = clinic?.DayOf(now) ?? DateOnly.FromDateTime(now.UtcDateTime);
            var until = today.AddDays(WeeksAhead * 7);
            // Safety reads practices and nothing that is on its way to them.
            var may = current.May(Permission.ReadDeliveries);

            var visits = !may ? [] : await db.Visits.AsNoTracking()
                .Where(v => v.AccountId == account.Id && v.CancelledAtUtc == null && v.VisitOn >= today && v.VisitOn <= until).OrderBy(v => v.VisitOn).ThenBy(v => v.Key).Take(60)
                .Select(v => new
                {
                    v.Id, v.VisitOn,
                    // What replaced a parcel answers for the refill.
                    Of = db.Deliveries.Where(d => d.VisitId == v.Id && d.IsListed && d.Shipment!.SupersededAtUtc == null).OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).Select(d => d.Number).FirstOrDefault(),
                }).ToListAsync(cancellationToken);
            var numbers = visits.Where(v => v.Of is not null).Select(v => v.Of!).ToArray();
            var ofVisits = !may ? [] : await db.Deliveries.AsNoTracking().Where(d => numbers.Contains(d.Number)).OrderBy(d => d.Number).Take(60).Select(DeliveryRows.Row).ToDictionaryAsync(d => d.Number, cancellationToken);
            var deliveries = !may ? [] : await db.Listed().AsNoTracking().Where(d => d.AccountId == account.Id && d.IsOpen).ByRisk().Take(50).Select(DeliveryRows.Row).ToListAsync(cancellationToken);
            var orders = !may ? [] : await db.Orders.AsNoTracking().Where(o => o.AccountId == account.Id).OrderByDescending(o => o.Number).Take(10)
                .Select(o => new OrderLine(o.Number, o.State, o.Type, o.Visit!.VisitOn)).ToListAsync(cancellationToken);
            var from = now.AddDays(-7 * WeeksBack);
            var past = !may ? [] : await db.Deliveries.AsNoTracking()
                .Where(d => d.AccountId == account.Id && d.IsListed && d.ShipmentId != null && d.NeedByUtc >= from && d.NeedByUtc <= now && d.Shipment!.SupersededAtUtc == null)
                .OrderBy(d => d.NeedByUtc).ThenBy(d => d.Number).Take(1000)
                .Select(d => new { NeedBy = d.NeedByUtc!.Value, d.Shipment!.DeliveredAtUtc, d.Outlook }).ToListAsync(cancellationToken);

            return new Page
            {
                Account = account, Location = location, Clinic = clinic, Closures = [.. closures.Where(c => c.On >= today)],
                Ahead = [.. visits.Select(v => Runway(v.VisitOn, v.Of is null ? null : ofVisits.GetValueOrDefault(v.Of)))],
                Deliveries = deliveries, Orders = orders, Today = today, Now = now,
                Record = [.. Enumerable.Range(0, WeeksBack).Select(i => Monday(today).AddDays(-7 * (WeeksBack - 1 - i))).Select(monday =>
                {
                    var week = past.Where(p => Monday(When.DayOf(p.NeedBy, clinic?.Zone ?? TimeZoneInfo.Utc)) == monday).ToList();
                    return new Week(monday, week.Count(p => p.DeliveredAtUtc <= p.NeedBy), week.Count(p => p.DeliveredAtUtc > p.NeedBy), week.Count(p => p.DeliveredAtUtc is null));
                })],
                MayChase = current.May(Permission.LogChase), MayReadDeliveries = may,
            };

            RunwayItem Runway(DateOnly visitOn, DeliveryRow? row)
            {
                var packs = row is null ? null : DeliveryWords.Packs(row.Ndc, row.Packs, row.Lines);
                DateOnly? arrives = (row?.DeliveredAtUtc ?? row?.EstimateUtc) is { } at ? When.DayOf(at, clinic?.Zone ?? TimeZoneInfo.Utc) : null;
                var isCovered = row is { IsParcel: true } or { IsOrder: true };
                return new RunwayItem(packs ?? (isCovered ? "" : "no order yet"), visitOn, arrives, row?.Outlook, isCovered ? row!.Address : null);
            }
        }

        private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }
}

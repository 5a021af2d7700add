using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Deliveries;

public sealed class TodayController(ISender sender, CurrentUser user, RiskCalendars calendars, TimeProvider clock) : Controller
{
    [HttpGet("/today"), Sends(typeof(Today.Query), typeof(OutlookCounts.Query), typeof(RefillsAhead.Query))]
    public async Task<IActionResult> Show(string? outlook, CancellationToken cancellationToken)
    {
        var answer = await sender.Send(new Today.Query(outlook, user.May(Permission.WorkOrders)), cancellationToken);
        var counts = await sender.Send(new OutlookCounts.Query(new DeliveryFilter()), cancellationToken);
        var now = clock.GetUtcNow();
        // The clock most of one's practices live by; with nothing to show, the ship-from place's.
        var zone = answer.Rows.GroupBy(r => r.Row.ZoneId).OrderByDescending(g => g.Count()).FirstOrDefault()?.First().Row.Zone ?? calendars.ShipFrom.Zone;
        var today = ZonedTime.DayOf(zone, now);
        var ahead = await sender.Send(new RefillsAhead.Query(today, 14), cancellationToken);
        return View(nameof(Today), new Today.Page(
            outlook, answer, counts, ahead, today, zone, now, Roles.IsOfTerritories(user.Role) ? string.Join(", ", user.Territories) : "Every territory"));
    }
}

/// <summary>What needs somebody now, the most urgent first (ui.md §3, §4.1).</summary>
public static class Today
{
    private const int Most = 50;
    /// <summary>Up to a delivery whose receipt is overdue; what is on track is counted, not listed.</summary>
    private const int LastRankThatNeedsSomeone = 50;

    /// <param name="Outlook">Only these; any outlook may be asked for, on track too.</param>
    /// <param name="ByRescue">Rescue deadline first, for those who decide on it.</param>
    [Requires(Permission.SeeToday), Kept]
    public sealed record Query(string? Outlook, bool ByRescue) : IQuery<Answer>;

    /// <param name="HasMore">There are more than the page shows.</param>
    public sealed record Answer(IReadOnlyList<DeliveryLine> Rows, bool HasMore, DateTimeOffset? NextNeedBy, TimeZoneInfo? NextZone);

    public sealed record Page(
        string? Outlook, Answer Answer, IReadOnlyList<OutlookCount> Counts, IReadOnlyList<WeekDay> Ahead, DateOnly Day, TimeZoneInfo Zone, DateTimeOffset Now,
        string Territory)
    {
        public IReadOnlyList<DeliveryLine> Needing => [.. Answer.Rows.Where(r => !r.Row.IsBeingChased(Now) && !r.Row.IsPutAside(Now))];
        public IReadOnlyList<DeliveryLine> Chased => [.. Answer.Rows.Where(r => r.Row.IsBeingChased(Now) || r.Row.IsPutAside(Now)).OrderBy(r => r.Row.IsPutAside(Now) ? r.Row.SnoozedUntilUtc : r.Row.PromisedByUtc)];
        public int CountOf(string outlook) => Counts.FirstOrDefault(c => c.Outlook == outlook)?.Count ?? 0;
    }

    internal sealed class Handler(FieldSupportDb db, CurrentScope current, RiskCalendars calendars, TimeProvider clock) : IQueryHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            // A broken promise above all, one that is still running below: the page draws those apart.
            var ranked = Parts(query, now).OrderBy(d => d.SnoozedUntilUtc > now ? 2 : d.PromiseBrokenAtUtc != null ? 0 : d.PromisedByUtc > now ? 2 : 1);
            if (query.ByRescue) ranked = ranked.ThenBy(d => d.RescueByUtc > now ? 0 : 1).ThenBy(d => d.RescueByUtc > now ? d.RescueByUtc : null);
            var rows = await ranked
                .ThenBy(d => d.SortRank).ThenBy(d => d.SortSlack).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number)
                .AsNoTracking().Take(Most + 1).Select(DeliveryRows.Row).ToListAsync(cancellationToken);
            var mayChase = current.May(Permission.LogChase);
            var lines = rows.Take(Most).Select(r => new DeliveryLine(r, now, mayChase, query.ByRescue ? RescueDeadline.Of(r, now, calendars.ShipFrom.Zone) : null)).ToList();
            var next = lines.Count > 0 ? null : await db.Listed().Where(d => d.IsOpen && d.NeedByUtc > now).OrderBy(d => d.NeedByUtc).ThenBy(d => d.Number)
                .AsNoTracking().Select(DeliveryRows.Row).FirstOrDefaultAsync(cancellationToken);
            return new Answer(lines, rows.Count > Most, next?.NeedByUtc, next?.Zone);
        }

        /// <summary>
        /// What the list may hold, at most a page of each part, each part read from an index in its own order: so the database sorts a few hundred rows,
        /// however many are watched. What is put aside is a part of its own: it stands below the others and must not fill their page. One statement.
        /// </summary>
        private IQueryable<Delivery> Parts(Query query, DateTimeOffset now)
        {
            var open = db.Listed().Where(d => d.IsOpen);
            var wanted = string.IsNullOrWhiteSpace(query.Outlook) ? open.Where(d => d.SortRank <= LastRankThatNeedsSomeone) : open.OfOutlook(query.Outlook.Trim());
            var broken = (string.IsNullOrWhiteSpace(query.Outlook) ? open : wanted).Where(d => d.PromiseBrokenAtUtc != null);
            // Promises are few, and have an index of their own. A rank that could be looked up would tempt the database to walk all that needs somebody instead.
            var chased = open.Where(d => d.PromiseBrokenAtUtc == null && d.PromisedByUtc > now);
            var idle = wanted.Where(d => d.PromiseBrokenAtUtc == null && (d.PromisedByUtc == null || d.PromisedByUtc <= now));
            // Only what somebody has to decide about has a deadline: no rank is asked, which would tempt the database away from the deadlines' index.
            var saved = Awake(open.Where(d => d.RescueByUtc > now && d.PromiseBrokenAtUtc == null && (d.PromisedByUtc == null || d.PromisedByUtc <= now)), now);
            if (query.Outlook?.Trim() is { Length: > 0 } outlook) (chased, saved) = (chased.Where(d => (d.Outlook ?? "") == outlook), saved.Where(d => (d.Outlook ?? "") == outlook));
            else chased = chased.Where(d => d.SortRank + 0 <= LastRankThatNeedsSomeone);
            var parts = Some(Awake(broken, now).ByRisk()).Concat(Some(Asleep(broken, now).ByRisk())).Concat(Some(chased.OrderBy(d => d.PromisedByUtc)))
                // Shown only where the others do not fill the page. Then they are fewer than it, and some pages by risk hold enough of what is put aside.
                .Concat(Asleep(idle.ByRisk().Take(4 * (Most + 1)), now));
            return !query.ByRescue ? parts.Concat(Some(Awake(idle, now).ByRisk())) : parts
                .Concat(Some(saved.OrderBy(d => d.RescueByUtc)))
                // Among the first by risk most have a deadline ahead. Where those fill the page, none of the others is shown; where they do not, they are fewer than
                // the page, so some pages by risk hold enough of the others. To look for them among all would be to read every delivery at risk.
                .Concat(Awake(idle, now).ByRisk().Take(4 * (Most + 1)).Where(d => d.RescueByUtc == null || d.RescueByUtc <= now));
        }

        private static IQueryable<Delivery> Awake(IQueryable<Delivery> part, DateTimeOffset now) => part.Where(d => d.SnoozedUntilUtc == null || d.SnoozedUntilUtc <= now);

        private static IQueryable<Delivery> Asleep(IQueryable<Delivery> part, DateTimeOffset now) => part.Where(d => d.SnoozedUntilUtc > now);

        private static IQueryable<Delivery> Some(IQueryable<Delivery> part) => part.Take(Most + 1);
    }
}

/// <summary>Refill visits of the coming days, each day with the worst outlook of what must be there for them.</summary>
public static class RefillsAhead
{
    /// <summary>Watch; better ones leave the day plain.</summary>
    private const int LastRankWithAStripe = 40;

    [Requires(Permission.SeeToday), Kept]
    public sealed record Query(DateOnly From, int Days) : IQuery<IReadOnlyList<WeekDay>>;

    internal sealed class Handler(FieldSupportDb db, RecentAnswers recent) : IQueryHandler<Query, IReadOnlyList<WeekDay>>
    {
        public Task<IReadOnlyList<WeekDay>> Handle(Query query, CancellationToken cancellationToken) =>
            recent.Of(db.Scope, FormattableString.Invariant($"refills {query.From:O} {query.Days}"), TimeSpan.FromMinutes(1), days => days.Sum(d => d.Count), () => Read(query, cancellationToken));

        private async Task<IReadOnlyList<WeekDay>> Read(Query query, CancellationToken cancellationToken)
        {
            var until = query.From.AddDays(query.Days);
            var counts = await db.Visits.AsNoTracking().Where(v => v.CancelledAtUtc == null && v.VisitOn >= query.From && v.VisitOn < until)
                .GroupBy(v => v.VisitOn).Select(g => new { Day = g.Key, Count = g.Count() }).ToDictionaryAsync(d => d.Day, d => d.Count, cancellationToken);
            // From the few that need somebody, not from every visit. What replaced a parcel answers for the refill.
            var worst = await db.Deliveries.AsNoTracking()
                .Where(d => d.IsOpen && d.IsListed && d.SortRank <= LastRankWithAStripe && d.VisitId != null && d.Shipment!.SupersededAtUtc == null
                    && d.Visit!.CancelledAtUtc == null && d.Visit.VisitOn >= query.From && d.Visit.VisitOn < until)
                .GroupBy(d => d.Visit!.VisitOn).Select(g => new { Day = g.Key, Rank = g.Min(d => d.SortRank) }).ToDictionaryAsync(d => d.Day, d => d.Rank, cancellationToken);
            return [.. Enumerable.Range(0, query.Days).Select(i => query.From.AddDays(i)).Select(day => new WeekDay(
                day, counts.GetValueOrDefault(day), worst.GetValueOrDefault(day) switch { 10 => "Late", 20 => "NoSignal", 15 => "NoSignal", 30 => "AtRisk", 40 => "Watch", _ => null },
                day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || FederalHolidays.Contains(day)))];
        }
    }
}

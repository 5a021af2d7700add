using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class ShowPortalController(ISender sender) : Controller
{
    [HttpGet("/portal"), Sends(typeof(ShowPortal.Query))]
    public async Task<IActionResult> Show() => View(nameof(ShowPortal), (await sender.Send(new ShowPortal.Query())).OrAbsent());
}

/// <summary>The practice's first page: what needs them, what arrives, what refills are ahead, whom to call.</summary>
public static class ShowPortal
{
    /// <summary>More open deliveries than these are counted, not drawn.</summary>
    private const int Most = 100;
    private const int MostVisits = 12;

    [Requires(Permission.UsePortal)]
    public sealed record Query : IQuery<Page?>;

    /// <param name="Deeds">What the practice has to do, most urgent first.</param>
    public sealed record Page(
        string Account, DateTimeOffset Now, TimeZoneInfo Zone, IReadOnlyList<Deed> Deeds, IReadOnlyList<Arrival> Arriving, int NotShown,
        IReadOnlyList<Refill> Refills, IReadOnlyList<WeekDay> Fortnight, IReadOnlyList<HelpingPerson> People);

    /// <summary>One thing to do; without an address a person has to call.</summary>
    public sealed record Deed(string Words, string Detail, string? Action, string? Address, string Icon, string Tone);

    public sealed record Refill(DateOnly On, string? Order, PlainState? State, DateOnly? RefillBy);

    internal sealed class Handler(FieldSupportDb db, Arrivals arrivals, ClinicCalendars calendars) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = arrivals.Now;
            // The scope shows exactly one account to whoever may use the portal.
            var account = await db.Accounts.AsNoTracking().Include(a => a.Locations).OrderBy(a => a.Code).FirstOrDefaultAsync(cancellationToken);
            var location = account?.Locations.Find(l => l.IsPrimary) ?? account?.Locations.FirstOrDefault();
            if (account is null || location is null) return null;
            var closures = await db.Closures.AsNoTracking().Where(c => c.AccountId == account.Id).Select(c => c.On).ToListAsync(cancellationToken);
            var clinic = calendars.Of(location, closures);
            var today = ZonedTime.DayOf(clinic.Zone, now);

            var open = db.Deliveries.AsNoTracking().Where(d => d.AccountId == account.Id && d.IsListed && d.IsOpen);
            var count = await open.CountAsync(cancellationToken);
            var rows = await open.OrderBy(d => d.SortRank).ThenBy(d => d.SortSlack).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number).Take(Most).ToListAsync(cancellationToken);
            var all = await arrivals.Of(rows, cancellationToken);

            var visits = await db.Visits.AsNoTracking().Where(v => v.AccountId == account.Id && v.CancelledAtUtc == null && v.VisitOn >= today && v.RecordedAtUtc <= now)
                .OrderBy(v => v.VisitOn).ThenBy(v => v.Key).Take(200).Select(v => new { v.Id, v.VisitOn, v.RefillByOn }).ToListAsync(cancellationToken);
            var next = visits.Take(MostVisits).Select(v => v.Id).ToArray();
            var orders = (await db.Orders.AsNoTracking().Where(o => o.VisitId != null && next.Contains(o.VisitId.Value) && o.SubmittedAtUtc != null
                    && o.State != OrderState.Cancelled && o.State != OrderState.Rejected)
                .OrderBy(o => o.Number).Select(o => new { VisitId = o.VisitId!.Value, o.Number, o.State }).ToListAsync(cancellationToken)).ToLookup(o => o.VisitId);
            var byOrder = all.Where(a => a.Order is not null).ToLookup(a => a.Order!);

            var refills = visits.Take(MostVisits).Select(v =>
            {
                var order = orders[v.Id].FirstOrDefault();
                var state = order is null ? null : byOrder[order.Number].FirstOrDefault()?.State
                    ?? (order.State is OrderState.ReceiptConfirmed or OrderState.Closed ? new PlainState(Say.It("Received"), "Received") : null);
                return new Refill(v.VisitOn, order?.Number, state, v.RefillByOn);
            }).ToList();
            var perDay = visits.GroupBy(v => v.VisitOn).ToDictionary(g => g.Key, g => g.Count());
            var worst = all.Where(a => a is { VisitOn: not null, State.Outlook: "Late" or "AtRisk" or "NoSignal" }).GroupBy(a => a.VisitOn!.Value).ToDictionary(g => g.Key, g => g.First().State.Outlook);
            var fortnight = Enumerable.Range(0, 14).Select(i => today.AddDays(i))
                .Select(d => new WeekDay(d, perDay.GetValueOrDefault(d), worst.GetValueOrDefault(d), !clinic.Days.IsBusinessDay(d))).ToList();

            var deeds = Deeds(all, now);
            var closed = visits.Where(v => !clinic.Days.IsBusinessDay(v.VisitOn)).GroupBy(v => v.VisitOn).ToList();
            foreach (var day in closed.Take(3))
                deeds.Add(new(Say.It("A refill is booked on {0}, when you are closed", When.Day(day.Key)), Say.It("Move it, or leave it if you open specially."), Say.It("Look at it"), $"/portal/refills?q={day.Key:yyyy-MM-dd}", "calendar", "watch"));
            if (visits.Count == 0)
                deeds.Add(new(Say.It("Enter your refill dates"), Say.It("None is ahead. Each date that you enter is watched until its box is with you."), Say.It("Enter refill dates"), "/portal/refills/enter", "refill", "watch"));
            return new Page(
                account.Name, now, clinic.Zone, deeds,
                all.Where(a => a.Shape != DeliveryShape.UncoveredVisit && a is { NeedsReceipt: false, IsReceived: false }).ToList(), count - rows.Count,
                refills, fortnight, await arrivals.People(account.TerritoryCode, cancellationToken));
        }

        private static List<Deed> Deeds(IReadOnlyList<Arrival> all, DateTimeOffset now)
        {
            var deeds = new List<Deed>();
            foreach (var a in all)
            {
                if (a.Shape == DeliveryShape.UncoveredVisit && a.State.Outlook is "Late" or "AtRisk")
                {
                    deeds.Add(new(
                        a.VisitOn is { } on ? Say.It("Order for the refill visit on {0}", When.Day(on)) : Say.It("Order for a refill visit"),
                        a.MustShipBy is { } ship ? Say.It("No order covers it yet. It has to ship by {0}.", When.Absolute(ship, now, a.Zone)) : Say.It("No order covers it yet."), null, null, "order", "risk"));
                }
                foreach (var hold in a.Holds)
                {
                    if (a.Order is null || PortalWords.WhatToDo(hold) is not { } what) continue;
                    if (deeds.Exists(d => d.Address == $"/portal/orders/{a.Order}" && d.Detail == what)) continue;
                    deeds.Add(new(hold == HoldReason.Coverage ? Say.It("{0} is on hold", a.Order) : Say.It("{0} is on hold: {1}", a.Order, Say.It(ReasonWords.HoldWords(hold))), what, Say.It("See the order"), $"/portal/orders/{a.Order}", "hold", "idle"));
                }
                if (a.Milestone == Domain.Shipments.Milestone.AvailableForPickup)
                    deeds.Add(new(Say.It("{0} waits at the carrier", a.Order ?? a.Number), Say.It("{0} {1}: somebody has to pick it up or ask for a new delivery.", a.Carrier, a.Tracking), Say.It("See the order"), Address(a), "pin", "risk"));
                else if (a.Milestone == Domain.Shipments.Milestone.DeliveryAttempted)
                    deeds.Add(new(Say.It("{0} found nobody for {1}", a.Carrier, a.Order ?? a.Number), Say.It("Make sure that somebody can receive it at the next try."), Say.It("See the order"), Address(a), "risk", "risk"));
            }
            foreach (var a in all.Where(a => a is { NeedsReceipt: true, Order: not null }).OrderBy(a => a.DeliveredAt))
            {
                if (a.State.Outlook == "AtRisk") continue; // said already, with what was wrong; our desk is on it
                deeds.Add(new(Say.It("Confirm receipt: {0}", a.Order ?? a.Number), a.Packs.Length == 0 ? Say.It("arrived {0}.", When.Absolute(a.DeliveredAt!.Value, now, a.Zone)) : Say.It("{0}, arrived {1}.", a.Packs, When.Absolute(a.DeliveredAt!.Value, now, a.Zone)),
                    Say.It("Confirm receipt"), $"/portal/shipments/{a.Shipment}/receive", "delivered", "done"));
            }
            return deeds;
        }

        private static string? Address(Arrival a) => a.Order is null ? null : $"/portal/orders/{a.Order}";
    }
}

using System.Text;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.WorkList;

public sealed class ShowUnmatchedController(ISender sender) : Controller
{
    [HttpGet("/unmatched/{number}"), Sends(typeof(ShowUnmatched.Query))]
    public async Task<IActionResult> Show(string number) => View(nameof(ShowUnmatched), (await sender.Send(new ShowUnmatched.Query(number))).OrAbsent());
}

/// <summary>One thing that a person has to look at: what is wrong, what was understood, what the carrier wrote word for word, whose it may be.</summary>
public static class ShowUnmatched
{
    /// <summary>Longer messages are cut on the page; the whole of it stays stored.</summary>
    private const int MostCharacters = 100_000;
    private const int MostCandidates = 10;

    [Requires(Permission.SeeWorkList)]
    public sealed record Query(string Number) : IQuery<Page?>;

    public sealed record Page(
        WorkItem Item, string? ShipmentNumber, IReadOnlyList<TrackingEvent> Events, DateTimeOffset? ReceivedAtUtc, string? Raw, bool IsRawCut,
        IReadOnlyList<Candidate> Candidates, bool MayMatch)
    {
        public MatchUnmatched.Form Form { get; init; } = new();
        public CloseUnmatched.Form Close { get; init; } = new();
    }

    /// <param name="Why">Same number, or same place and time.</param>
    public sealed record Candidate(string Number, string Account, string City, string State, string? Order, string Carrier, string Tracking, DateTimeOffset LabelAtUtc, Milestone? Milestone, string Why);

    internal sealed class Handler(FieldSupportDb db, CurrentScope current) : IQueryHandler<Query, Page?>
    {
        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            var item = await db.WorkItems.AsNoTracking().SingleOrDefaultAsync(w => w.Number == query.Number, cancellationToken);
            if (item is null) return null;
            var events = await db.TrackingEvents.AsNoTracking().Where(e => e.WorkItemId == item.Id).OrderByDescending(e => e.AtUtc).ThenByDescending(e => e.Arrival).Take(200).ToListAsync(cancellationToken);
            var shipment = item.ShipmentId is null ? null : await db.Shipments.Where(s => s.Id == item.ShipmentId).Select(s => s.Number).SingleOrDefaultAsync(cancellationToken);
            var message = item.MessageId is null ? null : await db.Messages.AsNoTracking().Where(m => m.Id == item.MessageId).Select(m => new { m.Body, m.ReceivedAtUtc }).SingleOrDefaultAsync(cancellationToken);
            var raw = message is null ? null : Text(message.Body);
            return new Page(
                item, shipment, events, message?.ReceivedAtUtc, Cut.To(raw, MostCharacters), raw is { Length: > MostCharacters },
                item.ResolvedAtUtc is null && item.ShipmentId is null ? await Candidates(item, events, cancellationToken) : [], item.ResolvedAtUtc is null && current.May(Permission.MatchWork))
            {
                Form = new() { Version = item.Version }, Close = new() { Version = item.Version },
            };
        }

        private async Task<List<Candidate>> Candidates(WorkItem item, List<TrackingEvent> events, CancellationToken cancellationToken)
        {
            var found = new List<Candidate>();
            if (item.TrackingKey is { } key)
                found.AddRange(await Rows(db.Shipments.Where(s => s.TrackingKey == key), "Same number", cancellationToken));
            // Same town at about the same time: where the carrier says it was last, and a label made shortly before.
            var first = events.Count == 0 ? (DateTimeOffset?)null : events[^1].AtUtc;
            var about = item.ShipOn is { } ship ? new DateTimeOffset(ship.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero) : first;
            var zips = events.Select(e => e.Zip).Where(z => !string.IsNullOrEmpty(z)).Select(z => Cut.To(z, 5)!).Distinct().ToArray();
            var cities = events.Select(e => e.City?.Trim().ToUpperInvariant()).Where(c => !string.IsNullOrEmpty(c)).Distinct().ToArray();
            // A carrier's placeholder for "no date" lies at the end of the calendar, and nothing near it.
            if (about is { Year: > 1900 and < 9000 } at && found.Count < MostCandidates)
            {
                var (from, to) = (at.AddDays(-5), at.AddDays(5));
                var near = db.Shipments.Where(s => s.LabelAtUtc >= from && s.LabelAtUtc <= to
                    && (zips.Contains(s.Location!.Zip.Substring(0, 5)) || cities.Contains(s.Location!.City.ToUpper())));
                if (item.Carrier is { } carrier) near = near.Where(s => s.Carrier == carrier);
                found.AddRange((await Rows(near, "Same place and time", cancellationToken)).Where(n => found.TrueForAll(f => f.Number != n.Number)));
            }
            return found.Take(MostCandidates).ToList();
        }

        private static async Task<List<Candidate>> Rows(IQueryable<Shipment> shipments, string why, CancellationToken cancellationToken) =>
            await shipments.AsNoTracking().OrderByDescending(s => s.LabelAtUtc).ThenBy(s => s.Number).Take(MostCandidates)
                .Select(s => new Candidate(s.Number, s.Account!.Name, s.Location!.City, s.Location.State, s.Order!.Number, s.Carrier, s.Tracking, s.LabelAtUtc, s.Milestone, why))
                .ToListAsync(cancellationToken);

        /// <summary>As text, whatever it was; bytes that are none are shown as the replacement sign.</summary>
        private static string Text(byte[] body) => body switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(body, 2, body.Length - 2),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(body, 2, body.Length - 2),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(body, 3, body.Length - 3),
            _ => Encoding.UTF8.GetString(body),
        };
    }
}

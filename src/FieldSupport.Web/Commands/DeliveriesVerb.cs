using System.Text.Json;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary><c>deliveries</c>: all of them, finished ones too, assessed at the clock of the call.</summary>
public sealed class DeliveriesVerb : IVerb
{
    private const int Page = 200;

    public string Name => "deliveries";
    public string Usage => "[--number N]";
    public string Help => "Lists all deliveries, finished ones too, assessed at the clock of the call, whether a sweep has run or not.\nExit 4: --number names none.";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [new("number", "N", "a shipment's number, an order's number or PO with all its parcels, or a visit's key")];

    public async Task<int> Run(VerbCall call)
    {
        var now = call.Now;
        var wanted = call.Value("number");
        var count = 0;
        var writer = call.Get<DeliveryJsonWriter>();
        await using var db = call.Open();
        // Written page by page: a million deliveries never stand in memory.
        await using var json = call.IsJson ? new StreamingJson(call.Out, now) : null;
        await Add(wanted is null ? db.Deliveries : db.Deliveries.Where(d => d.Number == wanted));
        if (wanted is not null && count == 0)
        {
            // No delivery's own number: perhaps that of an order, or a PO, whose parcels are meant.
            var orders = await db.Orders.Where(o => o.Number == wanted || o.Po == wanted).Select(o => o.Id).Take(Page).ToArrayAsync(call.Cancel);
            if (orders.Length > 0) await Add(db.Deliveries.Where(d => orders.Contains(d.OrderId!.Value)));
        }
        if (wanted is null || count > 0) return ExitCode.Done;
        await call.Error.WriteLineAsync(await Absent(db, writer, wanted, now, call.Cancel));
        return ExitCode.Findings;

        async Task Add(IQueryable<Delivery> these)
        {
            string? after = null;
            List<Delivery> rows;
            do
            {
                var query = these.AsNoTracking().Where(d => d.RecordedAtUtc <= now);
                if (after is not null) query = query.Where(d => d.Number.CompareTo(after) > 0);
                rows = await query.OrderBy(d => d.Number).Take(Page).ToListAsync(call.Cancel);
                if (rows.Count == 0) return;
                after = rows[^1].Number;
                foreach (var one in await writer.Write(db, rows, now, hidesRefillBy: false, call.Cancel))
                {
                    count++;
                    if (json is not null) json.Add(one);
                    else await call.Out.WriteLineAsync($"{one.Number,-12} {one.Po ?? "-",-12} {one.Account,-12} {one.Outlook ?? "-",-9} {one.Severity ?? "-",-8} need-by {one.NeedBy?.ToString("yyyy-MM-dd HH:mm zzz") ?? "-",-23} {string.Join(", ", one.Reasons)}");
                }
            }
            while (rows.Count == Page);
        }
    }

    /// <summary>Why nothing is listed under a number: a visit is known long before it is anybody's concern.</summary>
    private static async Task<string> Absent(FieldSupportDb db, DeliveryJsonWriter writer, string wanted, DateTimeOffset now, CancellationToken cancel)
    {
        var visit = await db.Visits.AsNoTracking().Where(v => v.Key == wanted && v.RecordedAtUtc <= now).FirstOrDefaultAsync(cancel);
        if (visit is null) return $"There is no delivery {wanted} at this clock.";
        var named = $"The visit {wanted} on {visit.VisitOn:yyyy-MM-dd} is known, but not listed";
        if (visit.CancelledAtUtc <= now) return $"{named}: it was cancelled.";
        var row = await db.Deliveries.AsNoTracking().Where(d => d.Number == wanted && d.VisitId == visit.Id).FirstOrDefaultAsync(cancel);
        if (row is not null && await writer.ListedFrom(db, row, now, cancel) is { } from)
            return $"{named} yet: it has no order, and appears on {from:yyyy-MM-dd} at {from:HH:mm zzz} if none comes.";
        var orders = await db.Orders.AsNoTracking().Where(o => o.VisitId == visit.Id && o.RecordedAtUtc <= now).OrderBy(o => o.Number).Select(o => o.Number).ToListAsync(cancel);
        return orders.Count == 0 ? $"{named} at this clock." : $"{named} by its key: look at its order, {string.Join(", ", orders)}, or the order's parcels.";
    }

    private sealed class StreamingJson : IAsyncDisposable
    {
        private readonly TextWriter _to;
        private bool _first = true;

        public StreamingJson(TextWriter to, DateTimeOffset asOf)
        {
            _to = to;
            _to.WriteLine($"{{\n  \"asOf\": {JsonSerializer.Serialize(asOf, VerbCall.Json)},\n  \"deliveries\": [");
        }

        public void Add(DeliveryJson delivery)
        {
            if (!_first) _to.WriteLine(",");
            _first = false;
            _to.Write(JsonSerializer.Serialize(delivery, VerbCall.Json));
        }

        public async ValueTask DisposeAsync()
        {
            await _to.WriteLineAsync("]\n}");
            await _to.FlushAsync();
        }
    }
}

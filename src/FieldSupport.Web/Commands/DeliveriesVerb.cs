using System.Text.Json;
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
    public IReadOnlyList<VerbOption> Options { get; } = [new("number", "N", "one delivery: a shipment's or order's number, or a visit's key")];

    public async Task<int> Run(VerbCall call)
    {
        var now = call.Now;
        var wanted = call.Value("number");
        var count = 0;
        var writer = call.Get<DeliveryJsonWriter>();
        await using var db = call.Open();
        // Written page by page: a million deliveries never stand in memory.
        await using var json = call.IsJson ? new StreamingJson(call.Out, now) : null;
        string? after = null;
        while (true)
        {
            var query = db.Deliveries.AsNoTracking().Where(d => d.RecordedAtUtc <= now);
            if (wanted is not null) query = query.Where(d => d.Number == wanted);
            if (after is not null) query = query.Where(d => d.Number.CompareTo(after) > 0);
            var rows = await query.OrderBy(d => d.Number).Take(Page).ToListAsync(call.Cancel);
            if (rows.Count == 0) break;
            after = rows[^1].Number;
            foreach (var one in await writer.Write(db, rows, now, hidesRefillBy: false, call.Cancel))
            {
                count++;
                if (json is not null) json.Add(one);
                else await call.Out.WriteLineAsync($"{one.Number,-12} {one.Account,-12} {one.Outlook ?? "-",-9} {one.Severity ?? "-",-8} need-by {one.NeedBy?.ToString("yyyy-MM-dd HH:mm zzz") ?? "-",-23} {string.Join(", ", one.Reasons)}");
            }
            if (rows.Count < Page) break;
        }
        if (wanted is null || count > 0) return ExitCode.Done;
        await call.Error.WriteLineAsync($"There is no delivery {wanted} at this clock.");
        return ExitCode.Findings;
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

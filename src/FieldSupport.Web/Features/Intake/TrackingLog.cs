using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>One dated event on its way into the log.</summary>
public sealed class Scan
{
    public required string Source { get; init; }
    public required string Carrier { get; init; }
    public required string Tracking { get; init; }
    public required string Key { get; init; }
    public required EventReading Event { get; init; }
    public Guid? MessageId { get; set; }
    /// <summary>Decided for its record as a whole; else the event's own time decides.</summary>
    public Parcel? Parcel { get; set; }
    /// <summary>Its record is one that a person must look at: kept there, out of every state.</summary>
    public Guid? WorkItemId { get; set; }
    /// <summary>Not known before; set by the log.</summary>
    public bool IsNew { get; set; }
    public bool IsBadTimestamp { get; set; }
}

/// <summary>
/// The event log of all parcels (domain.md §2.6): events in, each once; then the parcels they concern are read anew from their whole logs.
/// One reader of one file or message; its caller holds the transaction. Nothing is tracked between two batches, so memory does not grow
/// with the file.
/// </summary>
public sealed class TrackingLog(FieldSupportDb db, DateTimeOffset receivedAt, DateTimeOffset now, string source, bool isPreview, ShipFromCalendar shipFrom)
{
    private const int RecountAtOnce = 500;

    private readonly WorkItems _work = new(db, now);
    private readonly WatchRoster _roster = new(db, now);
    // A preview may not write, so it remembers what it would have written.
    private readonly HashSet<UInt128> _seen = [];
    private readonly HashSet<Guid> _seenOwners = [];
    private readonly Dictionary<Guid, Touch> _touched = [];
    private long _arrival = -1;

    public WorkItems Work => _work;
    /// <summary>How often what is taken now came; more than once for a message that was sent again before anybody read it.</summary>
    public int Times { get; set; } = 1;
    public ShipFromCalendar ShipFrom => shipFrom;

    public Task<ParcelMatch> Parcels(IEnumerable<string> keys, CancellationToken cancel) => ParcelMatch.Load(db, keys, shipFrom.Zone, cancel);

    /// <summary>BAD_TIMESTAMP, of a parcel whose order is known or not.</summary>
    public bool IsBad(DateTimeOffset at, Parcel? parcel) => TrackingTimeline.IsBadTimestamp(at, receivedAt, parcel?.SubmittedOn, shipFrom.Zone);

    /// <summary>Puts a batch into the log; says of each event whether it was new. Saves what it asks of people.</summary>
    public async Task Take(IReadOnlyList<Scan> scans, ParcelMatch parcels, CancellationToken cancel)
    {
        if (_arrival < 0) _arrival = await db.TrackingEvents.MaxAsync(e => (long?)e.Arrival, cancel) ?? 0;
        foreach (var scan in scans)
        {
            var at = scan.Event.AtUtc!.Value;
            // A time in the future says nothing about which use of a number is meant; the day of receipt does.
            if (scan.Parcel is null && scan.WorkItemId is null)
                scan.Parcel = parcels.At(scan.Carrier, scan.Key, at > receivedAt + TrackingTimeline.AheadOfReceipt ? receivedAt : at);
            scan.IsBadTimestamp = IsBad(at, scan.Parcel);
        }
        await Ask(scans, cancel);

        var rows = scans.Select(Row).ToList();
        var added = isPreview ? await WouldAdd(rows, cancel) : await BulkRows.InsertNewAsync(db, rows, cancel);
        for (var i = 0; i < rows.Count; i++)
        {
            scans[i].IsNew = added.Contains(rows[i].Id);
            if (scans[i].WorkItemId is not null || scans[i].Parcel is not { } parcel) continue;
            var touch = _touched.GetValueOrDefault(parcel.Id);
            _touched[parcel.Id] = scans[i].IsNew ? touch with { HasNew = true } : touch with { Duplicates = touch.Duplicates + Times };
        }
        await AskAboutEvents(scans, cancel);
        await Save(cancel);
    }

    /// <summary>Remembers when the source made the newest telling with an estimate of a parcel; taken, confirmed or overtaken alike.</summary>
    public async Task EstimateTold(Parcel parcel, DateTimeOffset told, CancellationToken cancel)
    {
        if (isPreview || told <= parcel.EstimateToldAtUtc) return;
        await db.Shipments.Where(s => s.Id == parcel.Id && (s.EstimateToldAtUtc == null || s.EstimateToldAtUtc < told))
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EstimateToldAtUtc, told), cancel);
    }

    /// <summary>Saves what is asked of people so far.</summary>
    public async Task Save(CancellationToken cancel)
    {
        if (!isPreview) await db.SaveChangesAsync(cancel);
        // In a preview the number series goes on counting in memory only, and the items are forgotten.
        db.ChangeTracker.Clear();
    }

    /// <summary>Reads every parcel that something new came for from its whole log, moves its order, wakes its deliveries.</summary>
    /// <returns>How many parcels something new came for.</returns>
    public async Task<int> Recount(CancellationToken cancel)
    {
        var fresh = 0;
        if (isPreview) return _touched.Count(t => t.Value.HasNew);
        foreach (var some in _touched.Where(t => t.Value.HasNew).Select(t => t.Key).Chunk(RecountAtOnce))
        {
            var shipments = await db.Shipments.Where(s => EF.Parameter(some).Contains(s.Id)).ToListAsync(cancel);
            var events = db.TrackingEvents.AsNoTracking().Where(e => EF.Parameter(some).Contains(e.ShipmentId!.Value) && !e.IsExcluded);
            var logs = (await ManyRows.ReadAsync(db, ParcelDigest.Scans(events), cancel)).ToLookup(e => e.ShipmentId!.Value, ParcelDigest.Fact);
            var states = shipments.ToDictionary(s => s.Id, s => TrackingTimeline.Read(logs[s.Id]));
            await LoadOrders(shipments.Where(s => s.OrderId is not null && ParcelDigest.MayMoveOrder(s, states[s.Id])).ToList(), cancel);
            foreach (var shipment in shipments)
            {
                ParcelDigest.Apply(shipment, states[shipment.Id], now, source);
                shipment.DuplicateEvents += _touched[shipment.Id].Duplicates;
                _roster.Changed(shipment);
            }
            await Quarantine.Ask(db, _work, shipments, source, cancel);
            fresh += shipments.Count;
            await Save(cancel);
        }
        // Duplicates have no side effects: the count, and nobody is woken.
        foreach (var group in _touched.Where(t => t.Value is { HasNew: false, Duplicates: > 0 }).GroupBy(t => t.Value.Duplicates, t => t.Key))
        {
            var version = Guid.CreateVersion7();
            foreach (var some in group.Chunk(500))
                await db.Shipments.Where(s => some.Contains(s.Id)).ExecuteUpdateAsync(s => s
                    .SetProperty(x => x.DuplicateEvents, x => x.DuplicateEvents + group.Key).SetProperty(x => x.Version, version), cancel);
        }
        await _roster.Write(cancel);
        _touched.Clear();
        return fresh;
    }

    /// <summary>The orders of these parcels, with all that decides where they stand.</summary>
    private async Task LoadOrders(List<Shipment> moving, CancellationToken cancel)
    {
        if (moving.Count == 0) return;
        var orders = moving.Select(s => s.OrderId!.Value).Distinct().ToArray();
        await db.Orders.Include(o => o.Lines).Include(o => o.Shipments).ThenInclude(s => s.Lines).Include(o => o.Shipments).ThenInclude(s => s.Receipts).Where(o => EF.Parameter(orders).Contains(o.Id)).AsSplitQuery().LoadAsync(cancel);
    }

    /// <summary>Where no parcel has the number: one question a number, which keeps its events until somebody or a shipment's import answers it.</summary>
    private async Task Ask(IReadOnlyList<Scan> scans, CancellationToken cancel)
    {
        var lost = scans.Where(s => s.Parcel is null && s.WorkItemId is null).ToList();
        await _work.Know(lost.Select(s => NoShipmentKey(s.Carrier, s.Key)), cancel);
        foreach (var scan in lost)
        {
            var (id, _) = await _work.Ask(NoShipmentKey(scan.Carrier, scan.Key), number => new WorkItem
            {
                Number = number, Reason = WorkItems.NoShipment, Source = scan.Source, Carrier = scan.Carrier, Tracking = scan.Tracking, TrackingKey = scan.Key, Milestone = scan.Event.Milestone,
                MessageId = scan.MessageId, OpenKey = "",
                Summary = $"No shipment is known with {scan.Carrier} {scan.Tracking} at the time of these scans. Match it to its parcel, or import the shipment.",
            }, cancel);
            scan.WorkItemId = id;
        }
    }

    /// <summary>Single events of known parcels that nobody understands, or that cannot be: kept and shown, out of the state.</summary>
    private async Task AskAboutEvents(IReadOnlyList<Scan> scans, CancellationToken cancel)
    {
        var odd = scans.Where(s => s is { IsNew: true, Parcel: not null, WorkItemId: null }
            && (s.IsBadTimestamp || s.Event.Flags.Contains(TrackingFlags.UnknownCode))).ToList();
        await _work.Know(odd.SelectMany(s => new[] { CodeKey(s), TimeKey(s) }), cancel);
        foreach (var scan in odd)
        {
            WorkItem Item(string number, string reason, string summary) => new()
            {
                Number = number, Reason = reason, Source = scan.Source, Carrier = scan.Carrier, Tracking = scan.Tracking, TrackingKey = scan.Key, Milestone = scan.Event.Milestone,
                RawStatus = scan.Event.Code, MessageId = scan.MessageId, ShipmentId = scan.Parcel!.Id, OpenKey = "", Summary = summary,
            };
            if (scan.Event.Flags.Contains(TrackingFlags.UnknownCode))
                await _work.Ask(CodeKey(scan), number => Item(number, TrackingFlags.UnknownCode,
                    $"{scan.Source} sent the code '{Short(scan.Event.Code)}' for {scan.Carrier}, first on {scan.Parcel!.Number}, and nobody has said what it means. Until then it counts as no movement."), cancel);
            if (scan.IsBadTimestamp)
                await _work.Ask(TimeKey(scan), number => Item(number, TrackingFlags.BadTimestamp,
                    $"{scan.Parcel!.Number} got a scan dated {scan.Event.AtUtc:yyyy-MM-dd HH:mm} UTC, which lies before its order or in the future. It is kept and counts for nothing."), cancel);
        }
    }

    private TrackingEvent Row(Scan scan)
    {
        var read = scan.Event;
        var flags = read.Flags.AsEnumerable();
        if (scan.IsBadTimestamp) flags = flags.Append(TrackingFlags.BadTimestamp).Distinct();
        return new TrackingEvent
        {
            ShipmentId = scan.WorkItemId is null ? scan.Parcel!.Id : null, WorkItemId = scan.WorkItemId, MessageId = scan.MessageId, Source = scan.Source,
            Carrier = scan.Carrier, TrackingKey = scan.Key, Fingerprint = TrackingTimeline.Fingerprint(scan.Carrier, scan.Key, read.AtUtc, read.Code, read.City, read.State),
            AtUtc = read.AtUtc!.Value, ReceivedAtUtc = receivedAt, Arrival = ++_arrival, Milestone = read.Milestone, Exception = read.Exception, Code = read.Code, Text = read.Text,
            City = read.City, State = read.State, Zip = read.Zip, SignedBy = read.SignedBy, EstimateOn = read.EstimateOn, EstimateAtUtc = read.EstimateAtUtc,
            IsExcluded = scan.IsBadTimestamp, Flags = string.Join(',', flags) is { Length: > 0 } text ? text : null,
        };
    }

    private async Task<HashSet<Guid>> WouldAdd(List<TrackingEvent> rows, CancellationToken cancel)
    {
        var owners = rows.Select(r => r.ShipmentId ?? r.WorkItemId!.Value).Where(_seenOwners.Add).ToList();
        foreach (var some in owners.Chunk(500))
        {
            var known = db.TrackingEvents.AsNoTracking()
                .Where(e => some.Contains(e.ShipmentId!.Value) || (e.ShipmentId == null && some.Contains(e.WorkItemId!.Value)))
                .Select(e => new { e.ShipmentId, e.WorkItemId, e.Fingerprint }).AsAsyncEnumerable();
            await foreach (var one in known.WithCancellation(cancel)) _seen.Add(Mark(one.ShipmentId ?? one.WorkItemId!.Value, one.Fingerprint));
        }
        return rows.Where(r => _seen.Add(Mark(r.ShipmentId ?? r.WorkItemId!.Value, r.Fingerprint))).Select(r => r.Id).ToHashSet();
    }

    /// <summary>Half of the hash is enough to tell a file's events apart, mixed with whose they are.</summary>
    private static UInt128 Mark(Guid owner, string fingerprint)
    {
        Span<byte> bytes = stackalloc byte[16];
        owner.TryWriteBytes(bytes);
        var mine = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return mine ^ UInt128.Parse(fingerprint.AsSpan(0, 32), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    }

    internal static string NoShipmentKey(string carrier, string key) => $"{WorkItems.NoShipment}|{carrier}|{key}";
    private static string CodeKey(Scan scan) => $"{TrackingFlags.UnknownCode}|{scan.Source}|{scan.Carrier}|{Short(scan.Event.Code)}";
    private static string TimeKey(Scan scan) => $"{TrackingFlags.BadTimestamp}|{scan.Parcel!.Number}";
    internal static string Short(string? text) => Cut.Shown(text ?? "", 80);

    private readonly record struct Touch(bool HasNew, int Duplicates);
}

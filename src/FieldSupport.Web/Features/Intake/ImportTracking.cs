using System.Security.Cryptography;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Carrier and aggregator payloads, the source detected, or our own CSV, which streams: its length costs time, no memory.</summary>
public sealed class ImportTracking(TimeProvider clock, RiskCalendars calendars) : IImportKind
{
    public const string KindName = "tracking", FormatText =
        "one payload of EasyPost, Shippo, AfterShip, FedEx (XML, JSON), UPS or USPS, or CSV carrier,tracking,eventAt,code,city,state,zip,signedBy[,eta]";

    private const int HeadBytes = 64 * 1024, RowsAtOnce = 1000;
    /// <summary>A longer list would grow with the file and nobody reads it; counts and errors go on.</summary>
    private const int TrackersListed = 2000, FactsHeld = 20_000;

    public string Kind => KindName;
    public string Format => FormatText;

    public async Task<ImportReport> Run(FieldSupportDb db, Stream file, ImportOptions options, CancellationToken cancel)
    {
        var now = CsvKind.Instant(clock.GetUtcNow());
        var report = new ImportReport(Kind, null);
        var head = new byte[HeadBytes];
        var length = await file.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancel);
        var start = head.AsMemory(0, length);
        await using var transaction = options.Commit ? await db.Database.BeginTransactionAsync(cancel) : null;
        var log = new TrackingLog(db, now, now, "file:" + options.Source, isPreview: !options.Commit, calendars.ShipFrom);
        try
        {
            var csv = new OwnCsvReader();
            if (LooksLikeText(start.Span) && csv.Recognises(PayloadShape.Of(start)))
                await TakeCsv(db, log, csv, new Joined(start, file), options, report, now, cancel);
            else
                await TakePayload(db, log, start, file, options, report, now, cancel);
            report.Errors.Sort(static (a, b) => a.Line.CompareTo(b.Line));
            if (transaction is null || report.Detected is null || (report.Rejected > 0 && !options.SkipBad)) return report;
            await log.Recount(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException e)
        {
            throw new ImportConflictException(e);
        }
        report.Committed = true;
        return report;
    }

    private static async Task TakePayload(
        FieldSupportDb db, TrackingLog log, ReadOnlyMemory<byte> start, Stream file, ImportOptions options, ImportReport report, DateTimeOffset now, CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        await whole.WriteAsync(start, cancel);
        var block = new byte[HeadBytes];
        // One byte more than a payload may have is enough to refuse it.
        for (int n; whole.Length <= PayloadShape.MaxMarkupBytes && (n = await file.ReadAsync(block, cancel)) > 0;) await whole.WriteAsync(block.AsMemory(0, n), cancel);
        var body = whole.ToArray();

        var reading = CarrierReaders.Read(body, new ReadingContext(now, (carrier, tracking) => Zone(db, carrier, tracking)));
        report.Detected = reading.Source == "unknown" ? null : reading.Source;
        foreach (var error in reading.Errors) Refuse(report, error);
        if (reading.IgnoredBecause is { } because) report.Result["ignored"] = because;
        if (report.Detected is null)
        {
            report.Result["trackers"] = Array.Empty<TrackerSeen>();
            return;
        }
        var (messageId, wasKnown) = await Keep(db, report.Detected, body, now, options, cancel);
        var parcels = await log.Parcels(reading.Trackers.Select(t => TrackingNumbers.Key(t.Tracking ?? "")), cancel);
        var taken = await TrackerIntake.Take(db, log, reading, parcels, messageId, wasKnown, now, cancel);
        report.Read += taken.Read;
        (report.Accepted, report.Duplicates) = (taken.Accepted, taken.Duplicates);
        report.Result["trackers"] = taken.Trackers;
        var odd = new OddScans();
        foreach (var tracker in taken.Trackers.Where(t => t.Matched is null)) odd.Unmatched($"{tracker.Carrier} {tracker.Tracking}".Trim(), tracker.Events);
        foreach (var read in reading.Trackers.SelectMany(t => t.Events).Where(e => e.Flags.Contains(TrackingFlags.UnknownCode))) odd.Unknown(read.Code);
        odd.Tell(report, options.Commit);
    }

    private static async Task TakeCsv(
        FieldSupportDb db, TrackingLog log, OwnCsvReader csv, Joined file, ImportOptions options, ImportReport report, DateTimeOffset now, CancellationToken cancel)
    {
        report.Detected = csv.Source;
        var trackers = new Listed();
        var odd = new OddScans();
        var batch = new List<Scan>(RowsAtOnce);
        Guid? message = null;

        async Task Flush()
        {
            // What was read for these rows; rows read ahead stand in the block before.
            if (file.TakeBlock() is { Length: > 0 } block) message = (await Keep(db, csv.Source, block, now, options, cancel)).Id;
            foreach (var scan in batch) scan.MessageId = message;
            await log.Take(batch, await log.Parcels(batch.Select(s => s.Key), cancel), cancel);
            foreach (var scan in batch)
            {
                if (scan.IsNew) report.Accepted++;
                else report.Duplicates++;
                trackers.Add(scan, now);
                if (scan.Parcel is null) odd.Unmatched($"{scan.Carrier} {scan.Tracking}", 1);
                if (scan.Event.Flags.Contains(TrackingFlags.UnknownCode)) odd.Unknown(scan.Event.Code);
            }
            batch.Clear();
            options.Progress?.Invoke(report.Read);
        }

        foreach (var row in csv.Rows(file, new ReadingContext(now, (carrier, tracking) => Zone(db, carrier, tracking))))
        {
            if (row.Error is { } error)
            {
                if (row.Line > 1 || error.Code is not ("EMPTY" or "COLUMN_MISSING" or "COLUMN_TWICE")) report.Read++;
                else report.Detected = null;
                Refuse(report, error);
                continue;
            }
            report.Read++;
            batch.Add(new Scan { Source = csv.Source, Carrier = row.Carrier!, Tracking = row.Tracking!, Key = TrackingNumbers.Key(row.Tracking!), Event = row.Event! });
            if (batch.Count == RowsAtOnce) await Flush();
        }
        if (report.Detected is not null) await Flush();
        report.Result["trackers"] = trackers.Seen(csv.Source);
        odd.Tell(report, options.Commit);
        if (trackers.IsCut) report.Result["trackersCut"] = true;
    }

    private static void Refuse(ImportReport report, ReadingError error)
    {
        report.Rejected++;
        report.Refuse(error.Line ?? 1, error.Column, error.Code, error.Message);
    }

    /// <summary>The message, verbatim, once. A preview keeps nothing and only asks.</summary>
    private static async Task<(Guid Id, bool WasKnown)> Keep(FieldSupportDb db, string source, byte[] body, DateTimeOffset now, ImportOptions options, CancellationToken cancel)
    {
        var from = "import:" + source;
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var known = await db.Messages.Where(m => m.Source == from && m.ContentHash == hash).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(cancel);
        if (known is { } id) return (id, true);
        var message = new InboundMessage
        {
            Source = from, ContentHash = hash, Body = body, ReceivedAtUtc = now, State = MessageState.Processed, ProcessedAtUtc = now, Attempts = 1, Note = TrackingLog.Short(options.Source),
        };
        if (!options.Commit) return (message.Id, false);
        db.Messages.Add(message);
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        return (message.Id, false);
    }

    /// <summary>The zone of where a number's parcels go, where that is one zone.</summary>
    internal static TimeZoneInfo? Zone(FieldSupportDb db, string carrier, string tracking) => ParcelMatch.Zone(db, carrier, TrackingNumbers.Key(tracking));

    private static bool LooksLikeText(ReadOnlySpan<byte> start)
    {
        foreach (var b in start)
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF or 0xFF or 0xFE or 0)) return b is not ((byte)'{' or (byte)'[' or (byte)'<');
        return false;
    }

    /// <summary>What of a file moved nothing, in sentences: accepted is not yet understood.</summary>
    private sealed class OddScans
    {
        private const int MostNamed = 5, MostHeld = 1000;
        private readonly HashSet<string> _numbers = [], _codes = [];
        private int _unmatched, _unknown;

        public void Unmatched(string number, int scans) => Count(ref _unmatched, scans, _numbers, number);
        public void Unknown(string? code) => Count(ref _unknown, 1, _codes, TrackingLog.Short(code));

        private static void Count(ref int total, int more, HashSet<string> names, string name)
        {
            total += more;
            if (names.Count < MostHeld) names.Add(name);
        }

        public void Tell(ImportReport report, bool isWritten)
        {
            if (_numbers.Count > 0)
                report.Note($"Not matched to a shipment: {Named(_numbers, "the number", "numbers")}. {Scans(_unmatched)} {(_unmatched == 1 ? isWritten ? "is" : "would be" : isWritten ? "are" : "would be")} kept on the work-list and move nothing until a shipments file or a person says whose they are.");
            if (_unknown > 0)
                report.Note($"{Scans(_unknown)} came with {Named(_codes, "a code that nobody has explained", "codes that nobody has explained")}: kept and shown, counting as no movement.");
        }

        private static string Scans(int scans) => scans == 1 ? "1 scan" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{scans:n0} scans");

        private static string Named(HashSet<string> names, string one, string many) =>
            (names.Count == 1 ? one : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(names.Count == MostHeld ? "at least " : "")}{names.Count:n0} {many}"))
            + " (" + string.Join(", ", names.Order(StringComparer.Ordinal).Take(MostNamed)) + (names.Count > MostNamed ? ", …)" : ")");
    }

    /// <summary>The trackers of a CSV file for the report, read from the file's own rows.</summary>
    private sealed class Listed
    {
        private readonly Dictionary<(string, string, string?), One> _all = [];
        private int _facts;

        public bool IsCut { get; private set; }

        public void Add(Scan scan, DateTimeOffset now)
        {
            var key = (scan.Carrier, scan.Key, scan.Parcel?.Number);
            if (!_all.TryGetValue(key, out var one))
            {
                if (IsCut || _all.Count == TrackersListed || _facts >= FactsHeld)
                {
                    IsCut = true;
                    return;
                }
                _all.Add(key, one = new One(scan.Carrier, scan.Tracking, scan.Parcel?.Number));
            }
            one.Events++;
            foreach (var flag in scan.Event.Flags) if (!one.Flags.Contains(flag)) one.Flags.Add(flag);
            if (scan.IsBadTimestamp && !one.Flags.Contains(TrackingFlags.BadTimestamp)) one.Flags.Add(TrackingFlags.BadTimestamp);
            if (scan.IsBadTimestamp || scan.Event.ToFact(now, one.Events) is not { } fact) return;
            if (_facts++ >= FactsHeld)
            {
                // A state read from half its events would be a wrong one.
                IsCut = one.IsCut = true;
                return;
            }
            one.Facts.Add(fact);
        }

        public IReadOnlyList<TrackerSeen> Seen(string source) => [.. _all.Values.Where(o => !o.IsCut).Select(o =>
        {
            var state = TrackingTimeline.Read(o.Facts);
            return new TrackerSeen(source, o.Carrier, o.Tracking, null, TrackerIntake.Word(state.Milestone), null, state.LastMovementAtUtc, state.DeliveredAtUtc, state.SignedBy,
                TrackerIntake.Estimate(state.EstimateOn, state.EstimateAtUtc), o.Events, 0, o.Flags, o.Matched);
        })];

        private sealed class One(string carrier, string tracking, string? matched)
        {
            public string Carrier { get; } = carrier;
            public string Tracking { get; } = tracking;
            public string? Matched { get; } = matched;
            public int Events { get; set; }
            public bool IsCut { get; set; }
            public List<string> Flags { get; } = [];
            public List<TrackingFact> Facts { get; } = [];
        }
    }

    /// <summary>
    /// The head that was looked at, then the rest; remembers what went through since it was last asked, so that the file is kept verbatim, in
    /// blocks, without ever lying in memory as a whole.
    /// </summary>
    private sealed class Joined(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private readonly MemoryStream _block = new();
        private int _at;

        public byte[] TakeBlock()
        {
            var bytes = _block.ToArray();
            _block.SetLength(0);
            return bytes;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int n;
            if (_at < head.Length)
            {
                n = Math.Min(buffer.Length, head.Length - _at);
                head.Span.Slice(_at, n).CopyTo(buffer);
                _at += n;
            }
            else
            {
                n = rest.Read(buffer);
            }
            _block.Write(buffer[..n]);
            return n;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

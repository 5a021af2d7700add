using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>One row of our own CSV: an event, or what is wrong with it. Line is where the row begins.</summary>
public sealed record OwnCsvRow(int Line, string? Carrier, string? Tracking, EventReading? Event, ReadingError? Error);

/// <summary>Our own CSV (contract.md §3), rows in order of arrival; read row by row, so its length does not matter.</summary>
public sealed class OwnCsvReader : ICarrierReader
{
    private const int MaxField = 4096;
    private static readonly string[] Required = ["carrier", "tracking", "eventAt", "code"], Optional = ["city", "state", "zip", "signedBy", "eta"];

    public string Source => "Csv";

    public bool Recognises(PayloadShape shape) => shape.Kind == PayloadKind.Csv
        && shape.Header.Contains("carrier", StringComparer.OrdinalIgnoreCase) && shape.Header.Contains("tracking", StringComparer.OrdinalIgnoreCase)
        && (shape.Header.Contains("eventAt", StringComparer.OrdinalIgnoreCase) || shape.Header.Contains("code", StringComparer.OrdinalIgnoreCase));

    public CarrierReading Read(ReadOnlyMemory<byte> payload, ReadingContext context)
    {
        var drafts = new Dictionary<(string, string), TrackerDraft>();
        var errors = new List<ReadingError>();
        foreach (var row in Rows(new ReadOnlyMemoryStream(payload), context))
        {
            if (row.Error is { } error) errors.Add(error);
            if (row is not { Event: { } read, Carrier: { } carrier, Tracking: { } tracking }) continue;
            if (!drafts.TryGetValue((carrier, tracking), out var draft)) drafts[(carrier, tracking)] = draft = new TrackerDraft(Source, context, carrier, tracking);
            draft.Event(read);
        }
        return new CarrierReading { Source = Source, Trackers = [.. drafts.Values.Select(d => d.Done())], Errors = errors };
    }

    /// <summary>The rows one by one; a bad row is an error among the others, a file that cannot be read on ends with one.</summary>
    public IEnumerable<OwnCsvRow> Rows(Stream stream, ReadingContext context)
    {
        using var text = PayloadShape.OpenText(stream);
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null, IgnoreBlankLines = true, MaxFieldSize = MaxField, DetectDelimiter = false, TrimOptions = TrimOptions.Trim,
        });
        if (!Next(csv, out var fault))
        {
            yield return new OwnCsvRow(1, null, null, null, fault ?? new ReadingError(1, null, "EMPTY", "The file is empty."));
            yield break;
        }
        var header = csv.Record!.Select(h => h.Trim().Trim('\uFEFF')).ToArray();
        var index = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < header.Length; i++)
            if (!index.TryAdd(header[i], i) && Required.Concat(Optional).Contains(header[i], StringComparer.OrdinalIgnoreCase))
            {
                yield return new OwnCsvRow(1, null, null, null, new ReadingError(1, header[i], "COLUMN_TWICE", $"The column {header[i]} is there twice."));
                yield break;
            }
        if (Required.Where(r => !index.ContainsKey(r)).ToList() is { Count: > 0 } missing)
        {
            yield return new OwnCsvRow(1, null, null, null, new ReadingError(1, missing[0], "COLUMN_MISSING", $"The header lacks {string.Join(", ", missing)}."));
            yield break;
        }
        var zones = new Dictionary<(string, string), TimeZoneInfo?>();
        while (Next(csv, out fault))
        {
            var line = csv.RawRow - csv.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n');
            yield return Row(csv.Record!, header, index, line, context, zones);
        }
        if (fault is not null) yield return new OwnCsvRow(fault.Line ?? 0, null, null, null, fault);
    }

    private static bool Next(CsvParser csv, out ReadingError? fault)
    {
        fault = null;
        var line = csv.RawRow + 1;
        try { return csv.Read(); }
        catch (DecoderFallbackException) { fault = new ReadingError(line, null, "ENCODING_INVALID", "The text is not valid UTF-8 from about here on."); }
        catch (MaxFieldSizeException) { fault = new ReadingError(line, null, "FIELD_TOO_LONG", $"A field is longer than {MaxField} characters; a quote may be open."); }
        catch (CsvHelperException e) { fault = new ReadingError(line, null, "CSV_MALFORMED", e.Message.Split('\n')[0].Trim()); }
        return false;
    }

    private static OwnCsvRow Row(string[] cells, string[] header, Dictionary<string, int> index, int line, ReadingContext context, Dictionary<(string, string), TimeZoneInfo?> zones)
    {
        OwnCsvRow Bad(string column, string code, string message) => new(line, null, null, null, new ReadingError(line, index.TryGetValue(column, out var i) ? header[i] : column, code, message));
        string? Cell(string column) => index.TryGetValue(column, out var i) && i < cells.Length && cells[i].Trim() is { Length: > 0 } cell ? cell : null;

        if (cells.Length > header.Length) return Bad(header[^1], "ROW_TOO_LONG", $"The row has {cells.Length} fields, the header {header.Length}.");
        foreach (var column in Required)
            if (Cell(column) is null) return Bad(column, "FIELD_EMPTY", $"{column} is empty.");
        var (carrier, tracking) = (CarrierNames.Canonical(Cell("carrier"))!, Cell("tracking")!);
        TimeZoneInfo? ShipTo()
        {
            if (!zones.TryGetValue((carrier, tracking), out var zone)) zones[(carrier, tracking)] = zone = context.ShipToZone(carrier, tracking);
            return zone;
        }

        var time = CarrierTime.Parse(Cell("eventAt"));
        var flags = new List<string>();
        var at = time.Instant;
        if (time.Local is { } local)
        {
            var zone = PlaceZone.Of(Cell("zip"), Cell("state")) ?? ShipTo();
            if (zone is null) flags.Add(TrackingFlags.ZoneAssumed);
            at = CarrierTime.ToUtc(local, zone ?? TimeZoneInfo.Utc);
        }
        if (at is null) return Bad("eventAt", "TIME_INVALID", "eventAt is no ISO 8601 date and time.");
        if (TrackingTimeline.IsBadTimestamp(at.Value, context.ReceivedAtUtc, null, TimeZoneInfo.Utc)) flags.Add(TrackingFlags.BadTimestamp);

        (DateOnly? On, DateTimeOffset? AtUtc) eta = Cell("eta") is not { } word ? default : CarrierTime.Day(word) is { } day ? (day, null) : Instant(word, ShipTo);
        if (Cell("eta") is not null && eta is { On: null, AtUtc: null }) return Bad("eta", "TIME_INVALID", "eta is neither a day nor an ISO 8601 date and time.");

        var (milestone, exception) = Code(Cell("code")!);
        if (milestone is null) flags.Add(TrackingFlags.UnknownCode);
        return new OwnCsvRow(line, carrier, tracking, new EventReading
        {
            AtUtc = at, Milestone = milestone ?? Milestone.Unknown, Exception = exception, Code = Cell("code"), City = Cell("city"), State = Cell("state"), Zip = Cell("zip"),
            SignedBy = milestone == Milestone.Delivered ? TrackerDraft.Signer(Cell("signedBy")) : null, EstimateOn = eta.On, EstimateAtUtc = eta.AtUtc, Flags = flags,
        }, null);
    }

    private static (DateOnly?, DateTimeOffset?) Instant(string text, Func<TimeZoneInfo?> shipTo)
    {
        var time = CarrierTime.Parse(text);
        return time.Local is { } local ? shipTo() is { } zone ? (null, CarrierTime.ToUtc(local, zone)) : (DateOnly.FromDateTime(local), null) : (null, time.Instant);
    }

    /// <summary>What an event's code may say; the two states of a whole log are no event's.</summary>
    public static IReadOnlyList<Milestone> Milestones { get; } = [.. Enum.GetValues<Milestone>().Except([Milestone.Recovered, Milestone.DeliveryRetracted])];

    /// <summary>A milestone's word, EXCEPTION with its class; null for any other word.</summary>
    private static (Milestone?, ExceptionClass?) Code(string code)
    {
        var colon = code.IndexOf(':', StringComparison.Ordinal);
        var milestone = WireName.Parse<Milestone>(colon < 0 ? code : code[..colon]);
        if (milestone is { } said && !Milestones.Contains(said)) return default;
        if (milestone != Milestone.Exception) return colon < 0 ? (milestone, null) : default;
        if (colon < 0) return (milestone, ExceptionClass.Unstated);
        return WireName.Parse<ExceptionClass>(code[(colon + 1)..]) is { } kind ? (milestone, kind) : default;
    }
}

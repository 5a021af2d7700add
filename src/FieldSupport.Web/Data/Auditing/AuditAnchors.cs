using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>A link of the chain as it was seen at some instant, kept outside the database.</summary>
public sealed record AuditAnchor(
    [property: JsonPropertyName("sequence")] long Sequence,
    [property: JsonPropertyName("hash")] string Hash,
    [property: JsonPropertyName("atUtc")] DateTimeOffset AtUtc,
    [property: JsonPropertyName("mac")] string Mac)
{
    /// <summary>The database was restored from a backup that ended here: what was written after it and seen by earlier anchors is gone, and that is on record. Its hash binds all before it; earlier anchors may be of a table that is gone.</summary>
    [JsonPropertyName("restored"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRestore { get; init; }
}

/// <summary>
/// The file of anchors: one line each, appended. A table that was cut short or written anew, even by somebody with the key,
/// contradicts them.
/// </summary>
public sealed class AuditAnchors(Checked settings, AuditSeal seal, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private int _touched = 1;
    private (long Sequence, string Hash)? _last;

    /// <summary>In the data folder: backups take it along, the database does not hold it. Who goes over to PostgreSQL in the same folder begins another chain.</summary>
    public string Path { get; } = PathIn(settings);

    public static string PathIn(Checked settings) => System.IO.Path.Combine(settings.DataFolder, "anchors", settings.IsSqlite ? "audit-anchors.jsonl" : "audit-anchors-postgres.jsonl");

    /// <summary>Entries were written; the next beat drops an anchor.</summary>
    public void Touch() => Volatile.Write(ref _touched, 1);

    /// <summary>Whether entries were written since the last call.</summary>
    public bool TakeTouched() => Interlocked.Exchange(ref _touched, 0) == 1;

    /// <summary>Appends one anchor; one that says what the last line says is left out.</summary>
    public void Append(long sequence, string hash)
    {
        lock (_gate)
        {
            if (_last is null && Read() is [.., { Anchor: { } there }]) _last = (there.Sequence, there.Hash);
            if (_last == (sequence, hash)) return;
            Write(sequence, hash, isRestore: false);
        }
    }

    /// <summary>Notes that the table ends here again since a backup was restored; earlier anchors bind no longer.</summary>
    public void AppendRestore(long sequence, string hash)
    {
        lock (_gate) Write(sequence, hash, isRestore: true);
    }

    private void Write(long sequence, string hash, bool isRestore)
    {
        var at = AuditSeal.Rounded(clock.GetUtcNow());
        var line = JsonSerializer.Serialize(new AuditAnchor(sequence, hash, at, MacOf(sequence, hash, at, isRestore)) { IsRestore = isRestore }) + "\n";
        WholeLines.Append(Path, line);
        _last = (sequence, hash);
    }

    private string MacOf(long sequence, string hash, DateTimeOffset at, bool isRestore) => seal.Mac(sequence, isRestore ? hash + " restored" : hash, at);

    /// <summary>Every line of the file in order; the anchor is null where the line is none, or was not written with our key.</summary>
    public IReadOnlyList<(int Line, AuditAnchor? Anchor)> Read()
    {
        if (!File.Exists(Path)) return [];
        var read = new List<(int, AuditAnchor?)>();
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var lines = new StreamReader(file, Encoding.UTF8);
        for (var number = 1; lines.ReadLine() is { } line; number++)
            if (line.Length > 0) read.Add((number, Parse(line)));
        return read;
    }

    private AuditAnchor? Parse(string line)
    {
        try
        {
            var anchor = JsonSerializer.Deserialize<AuditAnchor>(line);
            return anchor is { Hash: not null } && anchor.Mac == MacOf(anchor.Sequence, anchor.Hash, anchor.AtUtc, anchor.IsRestore) ? anchor : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Drops an anchor a minute while entries are written, and one at shutdown.</summary>
public sealed class AnchorBeat(Databases databases, AuditChain chain, AuditAnchors anchors, TimeProvider clock, ILogger<AnchorBeat> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _one = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Beat(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process: StopAsync drops the last one.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Beat(cancellationToken);
    }

    private async Task Beat(CancellationToken stop)
    {
        // A host that is stopped by two (its own end and whoever ends it) stops when the last anchor is written, for both.
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            if (!anchors.TakeTouched()) return;
            await using var db = databases.Open(Scope.System, Access.Actor.Job("anchor-audit"));
            await chain.Anchor(db, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            anchors.Touch();
            log.LogError(e, "No audit anchor could be written to {Path}; the next minute tries again.", anchors.Path);
        }
        finally
        {
            _one.Release();
        }
    }
}

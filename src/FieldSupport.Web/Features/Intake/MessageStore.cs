using System.Security.Cryptography;
using System.Threading.Channels;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// Stores messages verbatim before they are answered. All that wait are written in one transaction by one writer, so that many senders at once
/// cost one flush to disk; each is answered when its own batch is committed. What waits is bounded: past that, and while the database is locked
/// or away, the sender is told to come again.
/// </summary>
public sealed class MessageStore(Databases databases, TimeProvider clock, ILogger<MessageStore> log) : BackgroundService
{
    private const int AtOnce = 256, MostWaiting = 4096;
    private const long MostWaitingBytes = 64L << 20;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private long _waitingBytes;

    /// <summary>Returns once the message is on disk.</summary>
    /// <returns>The message's key; whether the very same had come before.</returns>
    /// <exception cref="MessageNotStoredException">The database could not take it; the sender is to try again.</exception>
    public async Task<(Guid Id, bool WasKnown)> Store(string source, byte[] body, CancellationToken cancel)
    {
        var one = new Waiting(source, Convert.ToHexStringLower(SHA256.HashData(body)), body, CsvKind.Instant(clock.GetUtcNow()), new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Interlocked.Add(ref _waitingBytes, body.Length) > MostWaitingBytes || !_waiting.Writer.TryWrite(one))
        {
            Interlocked.Add(ref _waitingBytes, -body.Length);
            throw new MessageNotStoredException(null);
        }
        // Who hangs up is not waited for; what was accepted is stored all the same.
        return await one.Done.Task.WaitAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What has been accepted is written even while the process stops.
        await using var _ = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None)) await WriteAllThatWait();
    }

    /// <summary>One context for as long as batch follows batch; none is held while nothing comes.</summary>
    private async Task WriteAllThatWait()
    {
        var batch = new List<Waiting>(AtOnce);
        FieldSupportDb? db = null;
        try
        {
            while (true)
            {
                while (batch.Count < AtOnce && _waiting.Reader.TryRead(out var one)) batch.Add(one);
                if (batch.Count == 0) return;
                try
                {
                    if (db is null)
                    {
                        db = Open();
                        await db.Database.OpenConnectionAsync();
                    }
                    await Write(db, batch);
                }
                catch (Exception e)
                {
                    if (db is not null) await db.DisposeAsync();
                    db = null;
                    await Settle(batch, e);
                }
                Interlocked.Add(ref _waitingBytes, -batch.Sum(b => (long)b.Body.Length));
                batch.Clear();
            }
        }
        finally
        {
            if (db is not null) await db.DisposeAsync();
        }
    }

    /// <summary>What becomes of a batch that could not be stored: one bad row holds up no other; a database that is away holds up all of them, once.</summary>
    private async Task Settle(List<Waiting> batch, Exception why)
    {
        if (DatabaseTrouble.IsBusy(why) || batch.Count == 1)
        {
            Refuse(batch, why);
            return;
        }
        log.LogWarning("{Count} messages could not be stored together ({Error}); trying one by one.", batch.Count, why.Message);
        for (var i = 0; i < batch.Count; i++)
        {
            try
            {
                await using var db = Open();
                await Write(db, [batch[i]]);
            }
            catch (Exception e) when (DatabaseTrouble.IsBusy(e))
            {
                Refuse(batch[i..], e);
                return;
            }
            catch (Exception e)
            {
                Refuse([batch[i]], e);
            }
        }
    }

    private FieldSupportDb Open() => databases.Open(Scope.System, new Actor("webhook", null), isAwaited: true);

    private void Refuse(List<Waiting> some, Exception why)
    {
        log.LogError(why, "{Count} messages from {Source} could not be stored; the sender is told to try again.", some.Count, some[0].Source);
        foreach (var one in some) one.Done.TrySetException(new MessageNotStoredException(why));
    }

    private static async Task Write(FieldSupportDb db, List<Waiting> batch)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        // The same message twice in a batch is one row, as it would be in two. By key, so that two nodes meet the same rows in the same order.
        var calls = batch.GroupBy(one => one.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        var rows = calls.ConvertAll(same => new InboundMessage
        {
            Source = same[0].Source, ContentHash = same[0].Hash, Body = same[0].Body, ReceivedAtUtc = same[0].ReceivedAtUtc, State = MessageState.Stored, Repeats = same.Count - 1,
        });
        var stands = await BulkRows.InsertOrChangeAsync(db, rows, CountedAgain, Named, CancellationToken.None);
        var answers = calls.Select((same, i) => (Calls: same, Id: stands[same[0].Name], IsNews: stands[same[0].Name] == rows[i].Id)).ToList();
        await transaction.CommitAsync();

        // The first of a new message is news, its double in the same batch is not.
        foreach (var (same, id, isNews) in answers)
            for (var i = 0; i < same.Count; i++) same[i].Done.TrySetResult((id, !isNews || i > 0));
    }

    private const string Named = "\"Source\" || '|' || \"ContentHash\"";

    /// <summary>The carrier says the same once more: counted, read or not, and its events with it by the reading that counts doubles always.</summary>
    private static readonly string CountedAgain = $"""
        ("Source", "ContentHash") DO UPDATE SET "Repeats" = "Messages"."Repeats" + excluded."Repeats" + 1, "Version" = excluded."Version",
        "Attempts" = CASE WHEN "Messages"."State" = '{WireName.Of(MessageState.Processed)}' THEN 0 ELSE "Messages"."Attempts" END,
        "State" = CASE WHEN "Messages"."State" = '{WireName.Of(MessageState.Processed)}' THEN '{WireName.Of(MessageState.Stored)}' ELSE "Messages"."State" END
        """;

    private sealed record Waiting(string Source, string Hash, byte[] Body, DateTimeOffset ReceivedAtUtc, TaskCompletionSource<(Guid, bool)> Done)
    {
        public string Name { get; } = $"{Source}|{Hash}";
    }
}

/// <summary>The message is not on disk; nothing may be promised to its sender.</summary>
public sealed class MessageNotStoredException(Exception? inner) : Exception("The message could not be stored.", inner);

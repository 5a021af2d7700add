using System.Security.Cryptography;
using System.Threading.Channels;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// Stores messages verbatim before they are answered. All that wait are written in one transaction by one writer, so that many senders at once
/// cost one flush to disk; each is answered when its own batch is committed.
/// </summary>
public sealed class MessageStore(Databases databases, TimeProvider clock, ILogger<MessageStore> log) : BackgroundService
{
    private const int AtOnce = 256, MostWaiting = 4096;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Returns once the message is on disk.</summary>
    /// <returns>The message's key; whether the very same had come before.</returns>
    /// <exception cref="MessageNotStoredException">The database could not take it; the sender is to try again.</exception>
    public async Task<(Guid Id, bool WasKnown)> Store(string source, byte[] body, CancellationToken cancel)
    {
        var one = new Waiting(source, Convert.ToHexStringLower(SHA256.HashData(body)), body, CsvKind.Instant(clock.GetUtcNow()), new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _waiting.Writer.WriteAsync(one, cancel);
        }
        catch (ChannelClosedException e)
        {
            throw new MessageNotStoredException(e);
        }
        return await one.Done.Task.WaitAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What has been accepted is written even while the process stops.
        await using var _ = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        var batch = new List<Waiting>(AtOnce);
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < AtOnce && _waiting.Reader.TryRead(out var one)) batch.Add(one);
            try
            {
                await Write(batch);
            }
            catch (Exception e)
            {
                log.LogWarning("{Count} messages could not be stored together ({Error}); trying one by one.", batch.Count, e.Message);
                foreach (var one in batch.Where(o => !o.Done.Task.IsCompleted)) await WriteAlone(one);
            }
            batch.Clear();
        }
    }

    private async Task WriteAlone(Waiting one)
    {
        try
        {
            await Write([one]);
        }
        catch (Exception e)
        {
            log.LogError(e, "A message from {Source} could not be stored; its sender is told to try again.", one.Source);
            one.Done.TrySetException(new MessageNotStoredException(e));
        }
    }

    private async Task Write(IReadOnlyList<Waiting> batch)
    {
        await using var db = databases.Open(Scope.System, new Actor("webhook", null));
        var answers = new Dictionary<(string, string), (Guid Id, bool WasKnown)>();
        foreach (var group in batch.GroupBy(b => b.Source))
        {
            var hashes = group.Select(b => b.Hash).Distinct().ToArray();
            foreach (var known in await db.Messages.AsNoTracking().Where(m => m.Source == group.Key && hashes.Contains(m.ContentHash)).Select(m => new { m.Id, m.ContentHash }).ToListAsync())
                answers[(group.Key, known.ContentHash)] = (known.Id, true);
        }
        var results = new List<(Waiting, Guid, bool)>(batch.Count);
        foreach (var one in batch)
        {
            var key = (one.Source, one.Hash);
            if (answers.TryGetValue(key, out var before))
            {
                results.Add((one, before.Id, true));
                continue;
            }
            var message = new InboundMessage { Source = one.Source, ContentHash = one.Hash, Body = one.Body, ReceivedAtUtc = one.ReceivedAtUtc, State = MessageState.Stored };
            db.Messages.Add(message);
            answers[key] = (message.Id, false);
            results.Add((one, message.Id, false));
        }
        await db.SaveChangesAsync();
        // The carrier says the same once more: counted, read or not, and its events with it by the reading that counts doubles always.
        foreach (var times in results.Where(r => r.Item3).GroupBy(r => r.Item2).GroupBy(g => g.Count(), g => g.Key))
        {
            var again = times.ToArray();
            var version = Guid.CreateVersion7();
            await db.Messages.Where(m => again.Contains(m.Id)).ExecuteUpdateAsync(s => s.SetProperty(m => m.Repeats, m => m.Repeats + times.Key).SetProperty(m => m.Version, version));
            await db.Messages.Where(m => again.Contains(m.Id) && m.State == MessageState.Processed)
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.State, MessageState.Stored).SetProperty(m => m.Attempts, 0).SetProperty(m => m.Version, version));
        }
        foreach (var (one, id, wasKnown) in results) one.Done.TrySetResult((id, wasKnown));
    }

    private sealed record Waiting(string Source, string Hash, byte[] Body, DateTimeOffset ReceivedAtUtc, TaskCompletionSource<(Guid, bool)> Done);
}

/// <summary>The message is not on disk; nothing may be promised to its sender.</summary>
public sealed class MessageNotStoredException(Exception inner) : Exception("The message could not be stored.", inner);

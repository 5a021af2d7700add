using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>
/// Reads stored messages, oldest first, each in a transaction of its own with its mark "processed": killed at any line, the next run does it again or
/// finds it done. A message that fails three times is parked and shown to a person; it holds up no other.
/// </summary>
public sealed class EasyPostMessages(Databases databases, RiskCalendars calendars, DueSignal due, ILogger<EasyPostMessages> log) : IStoredMessages
{
    private const int AtOnce = 100, MostAttempts = 3;

    public async Task<JobReport> Process(JobCall call, CancellationToken stop)
    {
        var actor = Actor.Job(call.Job);
        var (seen, acted, refused) = (0, 0, 0);
        var failures = new List<(string, string)>();
        var after = (At: DateTimeOffset.MinValue, Id: Guid.Empty);
        var wasBusy = false;
        while (true)
        {
            List<(Guid Id, DateTimeOffset At)> batch;
            await using (var db = databases.Open(Scope.System, actor))
            {
                // Behind the last one seen, so that one that fails is met once a run.
                var rows = await db.Messages.AsNoTracking().Where(m => m.State == MessageState.Stored && m.Source == EasyPostWebhookController.Source)
                    .Where(m => m.ReceivedAtUtc > after.At || (m.ReceivedAtUtc == after.At && m.Id.CompareTo(after.Id) > 0))
                    .OrderBy(m => m.ReceivedAtUtc).ThenBy(m => m.Id).Take(AtOnce).Select(m => new { m.Id, m.ReceivedAtUtc }).ToListAsync(stop);
                batch = rows.ConvertAll(r => (r.Id, r.ReceivedAtUtc));
            }
            if (batch.Count == 0) break;
            foreach (var (id, at) in batch)
            {
                after = (at, id);
                seen++;
                try
                {
                    switch (await One(id, actor, call.Now, stop))
                    {
                        case MessageState.Processed: acted++; break;
                        case MessageState.Parked or MessageState.Ignored: refused++; break;
                    }
                }
                catch (DbUpdateConcurrencyException)
                {
                    // Somebody else has just done it.
                }
                catch (Exception e) when (DatabaseTrouble.IsBusy(e) && !wasBusy)
                {
                    // Not the message's fault and no attempt of its: it waits as it is. A second time it is the run that cannot go on.
                    wasBusy = true;
                    failures.Add(($"message {id}", $"The database was busy: {e.Message}"));
                }
                catch (Exception e) when (e is not OperationCanceledException && !DatabaseTrouble.IsBusy(e))
                {
                    log.LogError(e, "Message {Id} could not be read.", id);
                    failures.Add(($"message {id}", await Failed(id, actor, call.Now, e, stop)));
                }
            }
        }
        if (acted > 0) due.Signal();
        return new JobReport(seen, acted) { Refused = refused, Failures = failures };
    }

    private async Task<MessageState> One(Guid id, Actor actor, DateTimeOffset now, CancellationToken stop)
    {
        await using var db = databases.Open(Scope.System, actor);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var message = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == id, stop);
        if (message.State != MessageState.Stored) return message.State;
        var (state, note) = await Read(db, message, CsvKind.Instant(now), stop);
        var version = Guid.CreateVersion7();
        var marked = await db.Messages.Where(m => m.Id == id && m.Version == message.Version).ExecuteUpdateAsync(s => s
            .SetProperty(m => m.State, state).SetProperty(m => m.Note, note).SetProperty(m => m.ProcessedAtUtc, state == MessageState.Parked ? message.ProcessedAtUtc : now)
            .SetProperty(m => m.Attempts, message.Attempts + 1).SetProperty(m => m.Repeats, 0).SetProperty(m => m.Version, version), stop);
        // Read at last: nobody has to look any more.
        if (message.Note is not null && state == MessageState.Processed && note is null && await db.WorkItems.SingleOrDefaultAsync(w => w.OpenKey == UnreadableKey(message), stop) is { } asked)
        {
            WorkItems.Resolve(asked, "Read later", actor.Name, CsvKind.Instant(now), WorkAnswer.Found);
            await db.SaveChangesAsync(stop);
        }
        if (marked != 1) throw new DbUpdateConcurrencyException("Another process has read this message meanwhile.");
        await transaction.CommitAsync(stop);
        return state;
    }

    private async Task<(MessageState, string?)> Read(FieldSupportDb db, InboundMessage message, DateTimeOffset now, CancellationToken stop)
    {
        var reader = new EasyPostReader();
        var shape = PayloadShape.OfJson(message.Body);
        if (!reader.Recognises(shape)) return (MessageState.Ignored, "JSON, but neither an event nor a tracker.");
        var reading = reader.Read(message.Body, new ReadingContext(message.ReceivedAtUtc, (carrier, tracking) => ImportTracking.Zone(db, carrier, tracking)));
        if (reading.Ignorable) return (MessageState.Ignored, reading.IgnoredBecause);

        var scans = new TrackingLog(db, message.ReceivedAtUtc, now, message.Source, isPreview: false, calendars.ShipFrom);
        var parcels = await scans.Parcels(reading.Trackers.Select(t => TrackingNumbers.Key(t.Tracking ?? "")), stop);
        if (message.ProcessedAtUtc is null) await TrackerIntake.Take(db, scans, reading, parcels, message.Id, wasKnown: false, message.ReceivedAtUtc, stop);
        if (message.Repeats > 0)
        {
            scans.Times = message.Repeats;
            await TrackerIntake.Take(db, scans, reading, parcels, message.Id, wasKnown: true, message.ReceivedAtUtc, stop);
        }
        if (reading.Errors.Count > 0) await Ask(scans, message, string.Join(" ", reading.Errors.Select(e => e.Message)), stop);
        await scans.Save(stop);
        await scans.Recount(stop);
        return reading.Errors.Count > 0 && reading.Trackers.Count == 0
            ? (MessageState.Parked, TrackingLog.Short(reading.Errors[0].Message))
            : (MessageState.Processed, reading.Errors.Count > 0 ? TrackingLog.Short(reading.Errors[0].Message) : null);
    }

    private static string UnreadableKey(InboundMessage message) => $"{WorkItems.Unreadable}|{message.Id}";

    private static async Task Ask(TrackingLog scans, InboundMessage message, string what, CancellationToken stop)
    {
        var key = UnreadableKey(message);
        await scans.Work.Know([key], stop);
        await scans.Work.Ask(key, number => new WorkItem
        {
            Number = number, Reason = WorkItems.Unreadable, Source = message.Source, MessageId = message.Id, OpenKey = "",
            Summary = $"A message of EasyPost could not be understood: {TrackingLog.Short(what)} It is kept as it came.",
        }, stop);
    }

    /// <summary>Counts the attempt; the third one parks the message and asks a person.</summary>
    private async Task<string> Failed(Guid id, Actor actor, DateTimeOffset now, Exception e, CancellationToken stop)
    {
        var why = e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message;
        await using var db = databases.Open(Scope.System, actor);
        var message = await db.Messages.SingleAsync(m => m.Id == id, stop);
        if (message.State != MessageState.Stored) return why;
        message.Attempts++;
        message.Note = TrackingLog.Short(why);
        if (message.Attempts >= MostAttempts)
        {
            message.State = MessageState.Parked;
            var scans = new TrackingLog(db, message.ReceivedAtUtc, CsvKind.Instant(now), message.Source, isPreview: false, calendars.ShipFrom);
            await Ask(scans, message, why, stop);
        }
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            // It came again at this very moment; the next run reads it, and this attempt does not count.
            return why;
        }
        return message.State == MessageState.Parked ? $"Parked after {message.Attempts} attempts: {why}" : why;
    }
}

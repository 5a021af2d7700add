using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Jobs;

/// <summary>
/// An alert is an error in the log, a failure on the status page, a /readyz that says no, and a mail to every admin; once for each missed run.
/// The mail goes from here, since the missing job may be the one that sends.
/// </summary>
public sealed class WatchTheTimetable(Databases databases, TimetableRunning running, NoticeSender sender, ILogger<WatchTheTimetable> log) : IJobWork
{
    /// <summary>The slot that stands for the admins in the outbox.</summary>
    public const string Operations = "operations";

    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        await using var db = databases.Open(Scope.System, Actor.Job(call.Job));
        var abandoned = await JobShell.MarkAbandoned(db, job: null, call.Now, stop);
        var missed = await MissedRuns.Now(db, call.Now, running.SinceUtc, stop);
        var alerts = new List<(string, string)>();
        foreach (var miss in missed)
        {
            if (await db.JobFailures.AnyAsync(f => f.Item == miss.Line.Name && f.Error == miss.Sentence, stop)) continue;
            log.LogError("{Alert}", miss.Sentence);
            alerts.Add((miss.Line.Name, miss.Sentence));
        }
        var told = await Tell(db, missed, call.Now, stop);
        string? trouble = null;
        if (told > 0) trouble = (await sender.SendWaiting(isDryRun: false, stop)).Trouble;
        return new JobReport(Timetable.Lines.Count, alerts.Count + abandoned)
        {
            Failures = alerts,
            Why = missed.Count > 0 ? $"{missed.Count} jobs do not run as they should.{(trouble is null ? "" : $" The mail about it waits: {trouble}")}"
                : abandoned > 0 ? $"{abandoned} runs had been abandoned." : null,
        };
    }

    /// <summary>One mail for each missed run, in the outbox first; its key decides that it was told.</summary>
    private static async Task<int> Tell(FieldSupportDb db, IReadOnlyList<MissedRun> missed, DateTimeOffset now, CancellationToken stop)
    {
        if (missed.Count == 0) return 0;
        var admins = string.Join(", ", await db.Users.AsNoTracking().Where(u => u.Role == Roles.Admin && !u.IsDisabled && u.Email != null).OrderBy(u => u.Email).Select(u => u.Email).ToListAsync(stop));
        var told = 0;
        foreach (var miss in missed)
        {
            var (key, rung) = ("timetable:" + miss.Line.Name, "missed since " + (miss.LastAtUtc?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "ever"));
            if (await db.Notices.AnyAsync(n => n.WatchKey == key && n.Rung == rung && n.Recipient == Operations, stop)) continue;
            db.Notices.Add(new Notice
            {
                // About no account: seen by those who see every account.
                AccountId = Guid.Empty, DeliveryId = Guid.Empty, DeliveryNumber = miss.Line.Name, WatchKey = key, Rung = rung, Recipient = Operations,
                Addresses = admins.Length == 0 ? null : admins, MessageId = MessageIds.Of(miss.Line.Name, rung, Operations), Severity = WireName.Of(Severity.High),
                Subject = $"[FieldSupport] {miss.Line.Name} does not run",
                Body = $"{miss.Sentence}\n\nWhat it does: {miss.Line.Purpose}\n\nUntil it runs, nobody may be told of a late delivery. Look at the status page (/status): is the process up, is the database reached, do other jobs run? \"Run now\" there runs it once.\n",
                State = admins.Length == 0 ? NoticeState.Parked : NoticeState.Queued, QueuedAtUtc = now, NextAttemptAtUtc = now,
                LastError = admins.Length == 0 ? "There is no admin with a mail address." : null,
            });
            told++;
        }
        await db.SaveChangesAsync(stop);
        return told;
    }
}

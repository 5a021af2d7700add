using AutoMapper;
using AutoMapper.QueryableExtensions;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Operations;

/// <summary>Whether the machinery lives: feeds, queues, jobs, parked notices, the audit chain (ui.md §2).</summary>
public sealed class ShowStatusController(ISender sender, CurrentUser user) : Controller
{
    /// <param name="audit"><c>check</c>: walk the audit chain now; it takes a moment, so it is asked for.</param>
    [HttpGet("/status"), Sends(typeof(ShowStatus.Query))]
    public async Task<IActionResult> Show(string? audit, CancellationToken stop)
    {
        ViewData["MayRun"] = user.May(Permission.RunJobs);
        return View("ShowStatus", await sender.Send(new ShowStatus.Query(string.Equals(audit, "check", StringComparison.Ordinal)), stop));
    }
}

public static class ShowStatus
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromHours(24);

    [Requires(Permission.SeeStatus)]
    public sealed record Query(bool ChecksAudit) : IQuery<Page>;

    public sealed record Page
    {
        public required DateTimeOffset Now { get; init; }
        public required bool JobsRunHere { get; init; }
        public required IReadOnlyList<string> Alerts { get; init; }
        public required IReadOnlyList<Feed> Feeds { get; init; }
        public required IReadOnlyList<Queue> Queues { get; init; }
        public required IReadOnlyList<Job> Jobs { get; init; }
        public required IReadOnlyList<JobRun> Runs { get; init; }
        public required IReadOnlyList<Failure> Failures { get; init; }
        public required IReadOnlyList<StuckNotice> Notices { get; init; }
        public required IReadOnlyList<StuckMessage> Messages { get; init; }
        public required long AuditEntries { get; init; }
        public AuditVerdict? Audit { get; init; }
    }

    /// <param name="LastAtUtc">Null: it is set up and has never brought anything.</param>
    public sealed record Feed(string Source, DateTimeOffset? LastAtUtc, int LastDay, bool IsFresh);
    public sealed record Queue(string Name, int Count, DateTimeOffset? OldestAtUtc, string Meaning, bool IsTrouble);
    public sealed record Job(TimetableLine Line, JobRun? Last, DateTimeOffset? NextDueUtc, string? Alert);
    public sealed record Failure(string Job, string Item, string Error, DateTimeOffset AtUtc);

    /// <summary>Columns of a <see cref="Notice"/>.</summary>
    public sealed class StuckNotice
    {
        public required string DeliveryNumber { get; init; }
        public required string Rung { get; init; }
        public required string Recipient { get; init; }
        public NoticeState State { get; init; }
        public string? Addresses { get; init; }
        public int Attempts { get; init; }
        public string? LastError { get; init; }
        public DateTimeOffset QueuedAtUtc { get; init; }
        public DateTimeOffset? NextAttemptAtUtc { get; init; }
        public required string MessageId { get; init; }

        public NoticeOwner Owner => NoticeOwner.Of(Recipient, Addresses is not null, State == NoticeState.Parked);
        public bool IsAboutDelivery => Recipient != WatchTheTimetable.Operations;
        public string QueueAgain => $"/status/notices/{Uri.EscapeDataString(MessageId.Trim('<', '>'))}/queue-again";
    }

    /// <summary>Columns of an <see cref="InboundMessage"/>.</summary>
    public sealed class StuckMessage
    {
        public Guid Id { get; init; }
        public required string Source { get; init; }
        public DateTimeOffset ReceivedAtUtc { get; init; }
        public int Attempts { get; init; }
        public string? Note { get; init; }
    }

    public sealed class Mirror : Profile
    {
        public Mirror()
        {
            CreateMap<InboundMessage, StuckMessage>();
            CreateMap<Notice, StuckNotice>();
        }
    }

    internal sealed class Handler(FieldSupportDb db, AutoMapper.IConfigurationProvider mirrors, TimeProvider clock, TimetableRunning running, Checked settings, AuditChain chain) : IQueryHandler<Query, Page>
    {
        public async Task<Page> Handle(Query request, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var missed = await MissedRuns.Now(db, now, running.SinceUtc, cancellationToken);
            return new Page
            {
                Now = now,
                JobsRunHere = settings.Settings.Jobs.Enabled,
                Alerts = missed.Select(m => m.Sentence).ToList(),
                Feeds = await Feeds(now, cancellationToken),
                Queues = await Queues(now, cancellationToken),
                Jobs = await Jobs(now, missed, cancellationToken),
                Runs = await db.JobRuns.AsNoTracking().Where(r => r.StartedAtUtc <= now && (r.Acted > 0 || r.Failed > 0 || r.IsDryRun || r.Outcome != JobOutcome.Done))
                    .OrderByDescending(r => r.StartedAtUtc).ThenByDescending(r => r.Id).Take(30).ToListAsync(cancellationToken),
                Failures = await db.JobFailures.AsNoTracking().Where(f => f.AtUtc <= now && f.AtUtc > now.AddDays(-7))
                    .OrderByDescending(f => f.AtUtc).ThenByDescending(f => f.Id).Take(50)
                    .Select(f => new Failure(db.JobRuns.Where(r => r.Id == f.JobRunId).Select(r => r.Job).First(), f.Item, f.Error, f.AtUtc)).ToListAsync(cancellationToken),
                Notices = await db.Notices.AsNoTracking().Where(n => n.State == NoticeState.Parked || n.State == NoticeState.Failed)
                    .OrderByDescending(n => n.QueuedAtUtc).ThenByDescending(n => n.Id).Take(100)
                    .ProjectTo<StuckNotice>(mirrors).ToListAsync(cancellationToken),
                Messages = await db.Messages.AsNoTracking().Where(m => m.State == MessageState.Parked)
                    .OrderByDescending(m => m.ReceivedAtUtc).ThenByDescending(m => m.Id).Take(50)
                    .ProjectTo<StuckMessage>(mirrors).ToListAsync(cancellationToken),
                AuditEntries = await db.Audit.LongCountAsync(cancellationToken),
                Audit = request.ChecksAudit ? await chain.Verify(db, cancellationToken) : null,
            };
        }

        private async Task<IReadOnlyList<Feed>> Feeds(DateTimeOffset now, CancellationToken stop)
        {
            var day = now - FreshFor;
            var feeds = new List<Feed>();
            // From source to source along the index, so that the age of a feed costs the same after a year of messages.
            for (var source = await Next("", stop); source is not null; source = await Next(source, stop))
            {
                var mine = db.Messages.Where(m => m.Source == source && m.ReceivedAtUtc <= now);
                var last = await mine.MaxAsync(m => (DateTimeOffset?)m.ReceivedAtUtc, stop);
                feeds.Add(new Feed(Words(source), last, await mine.CountAsync(m => m.ReceivedAtUtc > day, stop), last > day));
            }
            var webhook = Words(EasyPostWebhookController.Source);
            if (!string.IsNullOrEmpty(settings.Settings.Carriers.EasyPost.WebhookSecret) && !feeds.Exists(f => f.Source == webhook)) feeds.Add(new Feed(webhook, null, 0, false));
            return feeds.OrderBy(f => f.IsFresh).ThenBy(f => f.Source, StringComparer.Ordinal).ToList();
        }

        private Task<string?> Next(string after, CancellationToken stop) =>
            db.Messages.Where(m => string.Compare(m.Source, after) > 0).OrderBy(m => m.Source).Select(m => (string?)m.Source).FirstOrDefaultAsync(stop);

        private static string Words(string source) => source.StartsWith("webhook:", StringComparison.Ordinal) ? $"Webhook: {source["webhook:".Length..]}"
            : source.StartsWith("import:", StringComparison.Ordinal) ? $"Imported files: {source["import:".Length..]}" : $"Messages: {source}";

        private async Task<IReadOnlyList<Queue>> Queues(DateTimeOffset now, CancellationToken stop)
        {
            var notices = await db.Notices.Where(n => n.SentAtUtc == null).GroupBy(n => n.State)
                .Select(g => new { State = g.Key, Count = g.Count(), Oldest = g.Min(n => n.QueuedAtUtc) }).ToDictionaryAsync(g => g.State, stop);
            var messages = await db.Messages.Where(m => m.State == MessageState.Stored || m.State == MessageState.Parked).GroupBy(m => m.State)
                .Select(g => new { State = g.Key, Count = g.Count(), Oldest = g.Min(m => m.ReceivedAtUtc) }).ToDictionaryAsync(g => g.State, stop);
            var work = await db.WorkItems.Where(w => w.ResolvedAtUtc == null).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Oldest = g.Min(w => w.OpenedAtUtc) }).SingleOrDefaultAsync(stop);
            var due = await db.Deliveries.Where(d => d.IsOpen && d.NextCheckAtUtc < now).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Oldest = g.Min(d => d.NextCheckAtUtc) }).SingleOrDefaultAsync(stop);
            var patience = now.AddMinutes(-10);

            Queue OfNotices(NoticeState state, string name, string meaning) => notices.TryGetValue(state, out var some)
                ? new Queue(name, some.Count, some.Oldest, meaning, state != NoticeState.Queued || some.Oldest < patience) : new Queue(name, 0, null, meaning, false);
            Queue OfMessages(MessageState state, string name, string meaning) => messages.TryGetValue(state, out var some)
                ? new Queue(name, some.Count, some.Oldest, meaning, state == MessageState.Parked || some.Oldest < patience) : new Queue(name, 0, null, meaning, false);
            return
            [
                new Queue("Deliveries due for a look", due?.Count ?? 0, due?.Oldest, "looked at by the next evaluation", due?.Oldest < patience),
                OfNotices(NoticeState.Queued, "Notices queued", "go with the next sending"),
                OfNotices(NoticeState.Failed, "Notices failed", "are tried again by themselves"),
                OfNotices(NoticeState.Parked, "Notices parked", "wait for a person: no address, or refused for good"),
                OfMessages(MessageState.Stored, "Messages stored", "are read by the next processing"),
                OfMessages(MessageState.Parked, "Messages parked", "wait for a person: they could not be read"),
                new Queue("Work-list", work?.Count ?? 0, work?.Oldest, "waits for a person who can match it", false),
            ];
        }

        private async Task<IReadOnlyList<Job>> Jobs(DateTimeOffset now, IReadOnlyList<MissedRun> missed, CancellationToken stop)
        {
            var jobs = new List<Job>();
            foreach (var line in Timetable.Lines)
            {
                // One index read a line; the list of lines is short and fixed.
                var last = await db.JobRuns.AsNoTracking().Where(r => r.Job == line.Name && r.StartedAtUtc <= now)
                    .OrderByDescending(r => r.StartedAtUtc).ThenByDescending(r => r.Id).FirstOrDefaultAsync(stop);
                var byTimetable = await db.JobRuns.AsNoTracking().Where(r => r.Job == line.Name && r.StartedAtUtc <= now && r.Trigger == JobTrigger.Timetable && !r.IsDryRun)
                    .OrderByDescending(r => r.StartedAtUtc).Select(r => (DateTimeOffset?)(r.DueAtUtc ?? r.StartedAtUtc)).FirstOrDefaultAsync(stop);
                jobs.Add(new Job(line, last, byTimetable + line.Every, missed.FirstOrDefault(m => m.Line == line)?.Sentence));
            }
            return jobs;
        }
    }
}

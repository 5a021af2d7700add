using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Domain.Tests.Chasing.Histories;

/// <summary>
/// Plays one random history as the product does: an evaluation every five minutes of what is due or has news. Returns everything that went
/// against the text, as sentences; empty is good.
/// </summary>
internal sealed class HistoryRun(int seed)
{
    private readonly RandomHistory _history = new(seed);
    private readonly List<string> _wrong = [];

    public int Evaluations { get; private set; }
    public int ReasonsOpened { get; private set; }
    public int RungsTold { get; private set; }
    public int GatesT3Failed { get; private set; }

    public IReadOnlyList<string> Play()
    {
        try
        {
            var steady = Steady();
            NineHoursOff(steady);
            AnyOrderEndsTheSame(steady);
        }
        catch (InvalidOperationException e)
        {
            Wrong(_history.From, "-", e.ToString());
        }
        return _wrong;
    }

    private void Wrong(DateTimeOffset at, string watched, string what)
    {
        if (_wrong.Count < 5) _wrong.Add($"seed {seed}, {_history.Story.Clinic.At(_history.Story.Clinic.DayOf(at), TimeOnly.MinValue):yyyy-MM-dd} {at:u}, {watched}: {what}");
    }

    private Diary Steady()
    {
        var story = _history.Story;
        var diary = new Diary
        {
            OnAnswer = (watched, before, answer, now, heard) =>
            {
                Evaluations++;
                if (!heard && before is { IsFinished: false } && answer.IsFinished) Wrong(now, watched, "the watch ended without a fact");
                if (!answer.IsFinished && answer.NextLook is null && story.VisitOn is not null && story.Kind == DeliveryKind.Drug) Wrong(now, watched, "nobody will look again though it is awaited");
                if (answer.NextLook <= now) Wrong(now, watched, "the next look does not lie ahead");
            },
        };
        var happenings = new Queue<DateTimeOffset>(story.Happenings().Where(h => h > _history.From).Order());
        var oracles = new Dictionary<string, Oracle>();
        var heard = true;
        var tick = 0;
        var rungs = story.VisitOn is { } visit && story.Kind == DeliveryKind.Drug ? Oracle.Rungs(_history.Calendar, visit) : [];
        var t3 = rungs.Find(r => r.Rung == "T-3").At;
        var told = 0;
        for (var now = _history.From; now <= _history.To; now += NaiveWorld.Step)
        {
            while (happenings.TryPeek(out var next) && next <= now) { happenings.Dequeue(); heard = true; }
            var isDue = heard || diary.Answers.Values.Any(a => a.NextLook <= now);
            var isT3 = now == t3;
            // Every hour, whenever the product looks, and in the step before it learns something new.
            var compares = isDue || isT3 || tick++ % 12 == seed % 12 || (happenings.TryPeek(out var coming) && coming <= now + NaiveWorld.Step) || diary.NextLook <= now + NaiveWorld.Step;
            if (isDue) diary.Evaluate(story, now, everything: heard);
            if (heard)
            {
                oracles.Clear();
                foreach (var one in story.WatchedAt(now)) oracles[one] = new Oracle(_history.Calendar, story.FactsOf(one, now));
                if (!diary.Answers.Keys.Order().SequenceEqual(oracles.Keys.Order())) Wrong(now, "-", "not everything is watched");
            }
            heard = false;
            // Nobody is told of a gate that holds, of a rung whose time is past, or without those on its list.
            var current = rungs.FindLast(r => r.At <= now);
            foreach (var notice in diary.Notices.Skip(told).Where(n => n.Call.Rung is not (RungName.Delivered or RungName.AckOverdue)))
                if (notice.Call.Rung != current.Rung || notice.Call.Recipients.Count != current.People || oracles[notice.Watched].GateAt(current.Rung, now))
                    Wrong(now, notice.Watched, $"{notice.Call.Rung} was told to {notice.Call.Recipients.Count} though {current.Rung} is the rung, or its gate holds");
            told = diary.Notices.Count;
            if (!compares) continue;
            foreach (var (one, oracle) in oracles)
            {
                var stored = diary.Answers[one];
                if (stored.IsFinished && oracle.IsFinished && !isDue) continue; // compared when it ended
                var expected = oracle.ReasonsAt(now);
                if (!expected.SequenceEqual(stored.Reasons)) Wrong(now, one, $"the text says [{string.Join(", ", expected)}], the product [{string.Join(", ", stored.Reasons)}]");
                if (stored.IsFinished != oracle.IsFinished) Wrong(now, one, "finished: " + stored.IsFinished);
                if ((stored.Severity is null) != (expected.Count == 0)) Wrong(now, one, "a severity without a reason, or a reason without a severity");
                if (current.Rung is null || oracle.IsFinished || story.FactsOf(one, now).IsSuperseded || oracle.GateAt(current.Rung, now)) continue;
                // At 08:00 and on every event: by the step in which it fails.
                if (!diary.Ledger.Contains(current.Rung)) Wrong(now, one, $"the gate {current.Rung} fails and nobody was told");
                if (!isT3) continue;
                GatesT3Failed++;
                if (!diary.Notices.Any(n => n.Call.Rung == "T-3" && n.At == now)) Wrong(now, one, "the gate T-3 fails at 08:00 and nobody was told then");
            }
        }

        var (reasons, notices, superseded) = (diary.Reasons.Count, diary.Notices.Count, diary.Superseded.Count);
        diary.Evaluate(story, _history.To, everything: true);
        diary.Evaluate(story, _history.To, everything: true);
        if ((reasons, notices, superseded) != (diary.Reasons.Count, diary.Notices.Count, diary.Superseded.Count)) Wrong(_history.To, "-", "running again added something");
        ReasonsOpened = diary.Reasons.Count(r => r.What[0] == '+');
        RungsTold = diary.Notices.Count;
        return diary;
    }

    private void NineHoursOff(Diary steady)
    {
        var story = _history.Story;
        var random = new Random(seed);
        var windows = new List<(DateTimeOffset Start, DateTimeOffset End)>();
        for (var at = _history.From.AddMinutes(5 * random.Next(600)); at.AddHours(9) < _history.To; at = at.AddHours(9).AddMinutes(5 * random.Next(12, 900))) windows.Add((at, at.AddHours(9)));
        var late = story.Run(_history.From, _history.To, NaiveWorld.Step, now => windows.Exists(w => now >= w.Start && now < w.End));

        foreach (var notice in late.Notices)
            if (!steady.Notices.Any(n => n.Call.Rung == notice.Call.Rung && n.At <= notice.At)) Wrong(notice.At, notice.Watched, $"{notice.Call.Rung} was told only because nobody looked for nine hours");
        foreach (var notice in steady.Notices.Where(n => !late.Ledger.Contains(n.Call.Rung)))
        {
            var window = windows.Find(w => notice.At >= w.Start && notice.At < w.End);
            if (window == default) { Wrong(notice.At, notice.Watched, $"{notice.Call.Rung} was missed outside the hours off"); continue; }
            if (notice.Call.Task is null || notice.Call.Rung == RungName.AckOverdue) continue;
            foreach (var one in story.WatchedAt(window.End))
            {
                var facts = story.FactsOf(one, window.End);
                var answer = DeliveryRisk.Assess(facts, story.World, window.End);
                if (!facts.IsSuperseded && !answer.IsFinished && ChaseLadder.CurrentRung(answer, window.End) is { } rung && RungName.Of(rung) == notice.Call.Rung
                    && !ChaseLadder.GateHolds(rung, facts, answer, window.End)) Wrong(window.End, one, $"{notice.Call.Rung} still fails after the hours off and was not told");
            }
        }
        foreach (var (one, answer) in steady.Answers)
            if (!late.Answers.TryGetValue(one, out var other) || !other.Reasons.SequenceEqual(answer.Reasons) || other.Outlook != answer.Outlook) Wrong(_history.To, one, "ended otherwise after hours off");
    }

    private void AnyOrderEndsTheSame(Diary steady)
    {
        var random = new Random(seed);
        foreach (var (one, answer) in steady.Answers)
        {
            var facts = _history.Story.FactsOf(one, _history.To);
            var log = facts.Tracking.InOrder.Concat(facts.Tracking.InOrder.Where(_ => random.Next(2) == 0)).ToArray();
            random.Shuffle(log);
            var again = DeliveryRisk.Assess(facts with { Tracking = TrackingTimeline.Read(log) }, _history.Story.World, _history.To);
            if (!again.Reasons.SequenceEqual(answer.Reasons) || again.Outlook != answer.Outlook || again.Severity != answer.Severity || again.ProjectedArrival != answer.ProjectedArrival)
                Wrong(_history.To, one, "another order of arrival ended otherwise");
        }
    }
}

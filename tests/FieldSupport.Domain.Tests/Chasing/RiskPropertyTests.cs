using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Tests.Chasing.Histories;
using FsCheck.Xunit;
using Xunit;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>What holds for every delivery at every instant; facts are drawn from random histories.</summary>
public class RiskPropertyTests
{
    private sealed record Moment(Story Story, string Watched, DeliveryFacts Facts, DateTimeOffset Now, Random Random)
    {
        public Assessment Answer(DateTimeOffset at) => DeliveryRisk.Assess(Facts, Story.World, at);
        public override string ToString() => Watched + " " + Now.ToString("u", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<Moment> Moments(int seed, int count = 4)
    {
        var history = new RandomHistory(seed);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var now = history.From + TimeSpan.FromMinutes(random.Next((int)(history.To - history.From).TotalMinutes));
            foreach (var one in history.Story.WatchedAt(now)) yield return new Moment(history.Story, one, history.Story.FactsOf(one, now), now, random);
        }
    }

    private static string Shown(Assessment a, DeliveryFacts facts, DateTimeOffset now)
    {
        // What is finished counts no days any more.
        if (a.IsFinished) return $"[{string.Join(",", a.Reasons)}] {a.Outlook}";
        var rung = ChaseLadder.CurrentRung(a, now);
        var holds = rung is { } r && ChaseLadder.GateHolds(r, facts, a, now);
        return $"[{string.Join(",", a.Reasons)}] {a.Severity} gate {a.GateSeverity} {a.Outlook} {a.ProjectedArrival:u} {a.EstimateSource} slack {a.SlackDays} left {a.DaysLeft} T {a.DaysToVisit} later {a.IsLater} {rung} {holds} {a.IsFinished}";
    }

    private static IEnumerable<DateTimeOffset?> LimitsOf(DeliveryFacts f, Assessment a)
    {
        var c = a.Clocks;
        DateTimeOffset?[] limits = [c.NeedBy, c.MustShipBy, c.GraceEnds, c.SilentFrom, c.LostFrom, c.CommitMissedFrom, c.AcknowledgeBy, c.AcknowledgementOverdueAt, c.LabelDueFrom,
            c.PickedUpBy, c.ReceiptDue, c.ExceptionFrom, c.OutBy, a.ProjectedArrival, f.Tracking.EstimateAtUtc, f.Tracking.LastMovementAtUtc?.AddHours(12)];
        return [.. limits, .. Enum.GetValues<EscalationRung>().Select(c.ReachedAt), .. f.OpenHolds.Select(c.HoldIsOldFrom)];
    }

    [Property(MaxTest = 100)]
    public void The_answer_holds_until_its_next_look(int seed)
    {
        foreach (var m in Moments(seed))
        {
            var answer = m.Answer(m.Now);
            Assert.True(answer.NextLook is null || answer.NextLook > m.Now);
            var shown = Shown(answer, m.Facts, m.Now);
            var until = answer.NextLook ?? m.Now.AddDays(40);
            var instants = LimitsOf(m.Facts, answer).Where(at => at is not null).SelectMany(at => new[] { at!.Value, at.Value.AddTicks(-1) })
                .Append(until.AddTicks(-1)).Concat(Enumerable.Range(0, 5).Select(_ => m.Now + (until - m.Now) * m.Random.NextDouble()));
            foreach (var at in instants.Where(at => at > m.Now && at < until))
                Assert.True(shown == Shown(m.Answer(at), m.Facts, at), $"{seed} {m}: {shown}{Environment.NewLine}{at:O}: {Shown(m.Answer(at), m.Facts, at)}");
        }
    }

    [Property(MaxTest = 60)]
    public void Without_news_a_reason_opens_once_at_most(int seed)
    {
        foreach (var m in Moments(seed, 2))
        {
            var closed = new HashSet<StallReason>();
            var before = m.Answer(m.Now);
            for (var looks = 0; looks < 80 && before.NextLook is { } next; looks++)
            {
                var answer = m.Answer(next);
                Assert.DoesNotContain(answer.Reasons.Except(before.Reasons), closed.Contains);
                closed.UnionWith(before.Reasons.Except(answer.Reasons));
                before = answer;
            }
        }
    }

    [Property(MaxTest = 150)]
    public void Less_slack_never_calms(int seed)
    {
        foreach (var m in Moments(seed).Where(m => m.Facts is { VisitOn: not null, Kind: DeliveryKind.Drug }))
        {
            var later = m.Facts with { VisitOn = m.Facts.Clinic.Days.Add(m.Facts.VisitOn!.Value, m.Random.Next(1, 6)) };
            var (less, more) = (m.Answer(m.Now), DeliveryRisk.Assess(later, m.Story.World, m.Now));
            Assert.True(less.GateSeverity <= more.GateSeverity, $"{seed} {m}: {less.GateSeverity} with less slack, {more.GateSeverity} with more");
            if (more.Reasons.Any(r => r is not StallReason.DeliveredNotConfirmed)) Assert.NotEmpty(less.Reasons);
        }
    }

    [Property(MaxTest = 150)]
    public void Unknown_is_never_on_track(int seed)
    {
        foreach (var m in Moments(seed).Where(m => m.Facts.Shape == DeliveryShape.Parcel))
        {
            var answer = m.Answer(m.Now);
            if (answer.IsFinished || answer.Outlook == Outlook.Delivered) continue;
            if (answer.ProjectedArrival is null || m.Facts.Tracking.NewestIsUnknown) Assert.NotEqual(Outlook.OnTrack, answer.Outlook);
            if (answer.ProjectedArrival is null && m.Facts.Kind == DeliveryKind.Drug) Assert.NotEmpty(answer.Reasons);
            if (answer.ProjectedArrival is null && answer.DaysLeft <= 1 && !(m.Now < answer.MustShipBy)) Assert.True(answer.Outlook is Outlook.Late or Outlook.AtRisk, $"{seed} {m}: {answer.Outlook}");
            if (answer.Reasons.Count > 0) Assert.NotEqual(Outlook.OnTrack, answer.Outlook);
        }
    }

    [Property(MaxTest = 100)]
    public void The_ladder_adds_nothing_to_its_own_output_and_critical_reaches_more_than_one_person(int seed)
    {
        foreach (var m in Moments(seed))
        {
            var answer = m.Answer(m.Now);
            var step = ChaseLadder.Climb(m.Facts, answer, new HashSet<string>(), m.Now);
            var ledger = step.Tell.Select(t => t.Rung).Concat(step.Superseded).ToHashSet();
            var again = ChaseLadder.Climb(m.Facts, answer, ledger, m.Now);
            Assert.Empty(again.Tell);
            Assert.Empty(again.Superseded);
            Assert.Equal(ledger.Count, step.Tell.Count + step.Superseded.Count);
            foreach (var call in step.Tell)
            {
                Assert.Equal(call.Recipients.Count, call.Recipients.Distinct().Count());
                if (call.Severity == Severity.Critical && call.Rung != RungName.AckOverdue) Assert.True(call.Recipients.Count >= 2);
            }
        }
    }

    [Property(MaxTest = 100)]
    public void Rescue_is_offered_in_order_and_ends_at_the_clinical_plan_never_at_waiting(int seed)
    {
        foreach (var m in Moments(seed))
        {
            var answer = m.Answer(m.Now);
            var rescue = RescueOptions.Of(m.Facts, answer, m.Story.World, m.Now);
            Assert.Equal(rescue.Select(r => r.Option).Order(), rescue.Select(r => r.Option));
            if (rescue.Count == 0) continue;
            Assert.True(answer.Severity < Severity.Watch);
            Assert.Contains(rescue, r => r.IsFeasible && r.Option is not (RescueOption.LocalStock or RescueOption.UpgradeOrIntercept));
            foreach (var r in rescue.Where(r => r.Option is RescueOption.ReshipOvernight or RescueOption.CourierSameDay && r.IsFeasible))
            {
                Assert.True(r.DecideBy > m.Now && r.Arrival > m.Now);
                Assert.True(m.Facts.Clinic.DayOf(r.Arrival!.Value) < m.Facts.VisitOn);
                Assert.Equal(r.Arrival > answer.NeedBy, r.NeedByMissed);
            }
        }
    }
}

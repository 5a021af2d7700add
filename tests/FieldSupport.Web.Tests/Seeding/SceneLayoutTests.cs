using System.Collections.Concurrent;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data.Seeding;

namespace FieldSupport.Web.Tests.Seeding;

/// <summary>The scene's promise (contract.md §2), asked of the rule itself on every day of a year and at three times of day and one that wanders.</summary>
public sealed class SceneLayoutTests
{
    private static readonly TimeZoneInfo Central = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private static readonly DateOnly First = new(2026, 11, 22), Last = new(2027, 12, 31);

    public static IEnumerable<DateTimeOffset> EveryDay() =>
        from n in Enumerable.Range(0, Last.DayNumber - First.DayNumber + 1)
        from time in new[] { new TimeOnly(6, 30), new TimeOnly(12, 0), new TimeOnly(22, 0), new TimeOnly(n * 7 % 24, n * 11 % 60) }
        select ZonedTime.At(Central, First.AddDays(n), time);

    [Fact]
    public void The_storm_keeps_its_promise_on_every_day_and_at_every_time_of_day()
    {
        var broken = new ConcurrentQueue<string>();
        Parallel.ForEach(EveryDay(), now =>
        {
            try
            {
                var layout = SceneLayout.Build(SceneFiles.Default, now, RiskCalendars.Default);
                var seen = layout.Deliveries.Where(d => d.Practice.Territory == "TN-West" && d.Kind == DeliveryKind.Drug)
                    .Select(d => (Facts: d.Story.Facts(d.Practice), Answer: DeliveryRisk.Assess(d.Story.Facts(d.Practice), RiskCalendars.Default, now))).ToList();
                int Count(Outlook outlook) => seen.Count(s => s.Answer.Outlook == outlook);
                if (Count(Outlook.Late) < 1 || Count(Outlook.NoSignal) < 1 || Count(Outlook.AtRisk) < 1 || Count(Outlook.Watch) < 1 || Count(Outlook.OnTrack) < 6
                    || !seen.Exists(s => s.Answer.Outlook == Outlook.Delivered && s.Facts.ReceiptAtUtc is null))
                    broken.Enqueue($"{now:yyyy-MM-dd ddd HH:mm}: {string.Join(", ", seen.GroupBy(s => s.Answer.Outlook).Select(g => $"{g.Key} {g.Count()}"))}");
            }
            catch (SceneFault fault)
            {
                broken.Enqueue($"{now:yyyy-MM-dd ddd HH:mm}: {fault.Message}");
            }
        });
        Assert.True(broken.IsEmpty, $"{broken.Count} instants:\n" + string.Join("\n", broken.Order().Take(60)));
    }

    [Fact]
    public void The_quiet_week_has_nothing_to_chase_on_any_day()
    {
        var broken = new ConcurrentQueue<string>();
        Parallel.ForEach(EveryDay().Where((_, i) => i % 5 == 0), now =>
        {
            try
            {
                var layout = SceneLayout.Build("quiet-week", now, RiskCalendars.Default);
                foreach (var delivery in layout.Deliveries)
                    if (DeliveryRisk.Assess(delivery.Story.Facts(delivery.Practice, delivery.Kind), RiskCalendars.Default, now).Reasons is { Count: > 0 } reasons)
                        broken.Enqueue($"{now:yyyy-MM-dd ddd HH:mm}: {delivery.Row.Place} {string.Join(' ', reasons)}");
            }
            catch (SceneFault fault)
            {
                broken.Enqueue($"{now:yyyy-MM-dd ddd HH:mm}: {fault.Message}");
            }
        });
        Assert.True(broken.IsEmpty, string.Join("\n", broken.Order().Take(40)));
    }

    [Fact]
    public void Nothing_of_a_scene_is_dated_after_its_clock_and_scans_come_in_their_order()
    {
        foreach (var now in EveryDay().Where((_, i) => i % 37 == 0))
        {
            var layout = SceneLayout.Build(SceneFiles.Default, now, RiskCalendars.Default);
            foreach (var (delivery, parcel) in layout.Deliveries.SelectMany(d => new[] { d.Story.Parcel, d.Story.Replacement }.OfType<Parcel>().Select(p => (d, p))))
            {
                Assert.All(parcel.Scans, s => Assert.True(s.At <= layout.Now, $"{delivery.Row.Place}: {s.At:u} is after {now:u}"));
                Assert.Equal(parcel.Scans.OrderBy(s => s.At), parcel.Scans);
                Assert.True(delivery.Story.SubmittedAt is null || delivery.Story.SubmittedAt < parcel.LabelAt);
            }
            Assert.All(layout.Deliveries, d => Assert.True((d.Story.AcknowledgedAt ?? d.Story.BookedAt) <= layout.Now && d.Story.BookedAt < layout.Now && (d.Story.HoldSince ?? now) <= now, d.Row.Place));
            Assert.All(SceneSteps.Of(layout), s => Assert.True(s.At <= layout.Now));
        }
    }

    [Fact]
    public void The_same_clock_lays_out_the_same_scene()
    {
        var now = new DateTimeOffset(2027, 2, 16, 15, 0, 0, TimeSpan.Zero);
        string Text() => string.Join("\n", SceneSteps.Of(SceneLayout.Build(SceneFiles.Default, now, RiskCalendars.Default)).Where(s => s.Kind is "orders" or "tracking").Select(s => $"{s.At:u} {s.Csv}"));
        Assert.Equal(Text(), Text());
    }

    [Fact]
    public void A_scene_that_nobody_wrote_is_refused_with_the_names_of_those_there_are()
    {
        var fault = Assert.Throws<SceneFault>(() => SceneLayout.Build("calm-sea", First.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), RiskCalendars.Default));
        Assert.Contains("quiet-week, storm-before-refill", fault.Message);
    }
}

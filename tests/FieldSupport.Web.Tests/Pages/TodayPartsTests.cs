using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Features.Deliveries;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Pages;

/// <summary>Today is put together from parts, each read from its own index. It shows what one plain look at every delivery would show.</summary>
public sealed class TodayPartsTests
{
    private const int Page = 50;
    private static readonly DateTimeOffset Now = SampleWorld.Now;
    private static readonly (string? Outlook, int Rank)[] Outlooks = [("Late", 10), ("NoSignal", 20), (null, DeliverySort.NotYetAssessed), ("AtRisk", 30), ("Watch", 40), ("Delivered", 50), ("OnTrack", 60)];

    [Theory, OnBothDatabases]
    public async Task What_is_put_aside_in_a_storm_does_not_hide_what_is_not(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var asleep = Enumerable.Range(0, 250).Select(i => Made(i, "Late", 10, slack: i - 1000, snoozed: 5)).ToList();
        var awake = Enumerable.Range(300, 3).Select(i => Made(i, "AtRisk", 30, slack: i)).ToList();
        var broken = Enumerable.Range(400, 60).Select(i => Made(i, "Late", 10, slack: -2000, snoozed: 5, broken: true)).Append(Made(500, "OnTrack", 60, slack: 90, broken: true)).ToList();
        await Watch(application, [.. asleep, .. awake, .. broken]);
        foreach (var (who, byRescue) in new[] { (PagesWorld.Rep, false), (PagesWorld.Logistics, true) })
        {
            var rows = (await application.Send(new Today.Query(null, byRescue), who)).Rows.Select(r => r.Row.Number).ToList();
            Assert.Equal([.. broken.TakeLast(1).Select(d => d.Number), .. awake.Select(d => d.Number)], rows.Take(4));
            Assert.Equal(Page, rows.Distinct().Count());
        }
    }

    [Theory, OnBothDatabases]
    public async Task The_parts_together_are_what_one_look_at_all_of_them_finds(Database database)
    {
        await using var application = await Application.StartAsync(database);
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            // From few to many, awake or put aside for the most part.
            var (many, aside, deadlines) = (seed % 3 == 0 ? 30 : 260, seed % 2 == 0 ? 0.7 : 0.1, seed < 4 ? 0.2 : 0.8);
            var all = Enumerable.Range(seed * 1000, many).Select(i =>
            {
                var (outlook, rank) = Outlooks[random.Next(Outlooks.Length)];
                return Made(i, outlook, rank, random.Next(-500, 500) + i / 10_000.0, random.NextDouble() < aside ? random.Next(1, 20) : random.Next(3) == 0 ? -1 : null,
                    random.Next(12) == 0, random.Next(5) == 0 ? random.Next(-3, 9) : null, rank <= 50 && random.NextDouble() < deadlines ? random.Next(-5, 48) : null);
            }).ToList();
            await Watch(application, all);
            foreach (var outlook in new[] { null, "Late", "OnTrack" })
            {
                foreach (var (who, byRescue) in new[] { (PagesWorld.Rep, false), (PagesWorld.Logistics, true) })
                {
                    var answer = await application.Send(new Today.Query(outlook, byRescue), who);
                    var plain = Plain(all, outlook, byRescue);
                    var case_ = $"seed {seed}, {outlook ?? "all"}, {who}";
                    var shown = answer.Rows.Select(r => r.Row.Number).ToList();
                    Assert.True(plain.Count > Page == answer.HasMore && shown.Count == Math.Min(Page, plain.Count), $"{case_}: {shown.Count} of {plain.Count}");
                    Assert.Equal(shown.Count, shown.Distinct().Count());
                    var needing = plain.Take(Page).Where(d => Group(d) < 2).Select(d => d.Number).ToList();
                    Assert.True(needing.SequenceEqual(shown.Take(needing.Count)), $"{case_}: {string.Join(' ', needing)} but {string.Join(' ', shown)}");
                    Assert.Empty(shown.Except(plain.Select(d => d.Number)));
                }
            }
        }
    }

    private static List<Delivery> Plain(IEnumerable<Delivery> all, string? outlook, bool byRescue)
    {
        var ranked = all.Where(d => outlook is null ? d.SortRank <= 50 || d.PromiseBrokenAtUtc is not null : d.Outlook == outlook).OrderBy(Group);
        if (byRescue) ranked = ranked.ThenBy(d => d.RescueByUtc > Now ? 0 : 1).ThenBy(d => d.RescueByUtc > Now ? d.RescueByUtc : null);
        return [.. ranked.ThenBy(d => d.SortRank).ThenBy(d => d.SortSlack).ThenBy(d => d.NeedByUtc).ThenBy(d => d.Number, StringComparer.Ordinal)];
    }

    /// <summary>A broken promise, what needs somebody, what is put aside or promised.</summary>
    private static int Group(Delivery d) => d.SnoozedUntilUtc > Now ? 2 : d.PromiseBrokenAtUtc is not null ? 0 : d.PromisedByUtc > Now ? 2 : 1;

    /// <param name="snoozed">Hours from now, as the others.</param>
    private static Delivery Made(int number, string? outlook, int rank, double slack, int? snoozed = null, bool broken = false, int? promised = null, int? rescue = null) => new()
    {
        Number = $"SHP-{number:D6}", WatchKey = $"watch {number}", TerritoryCode = "TN-West", Reasons = "NO_SCAN", Outlook = outlook, SortRank = rank, SortSlack = slack, NeedByUtc = Now.AddDays(2),
        RecordedAtUtc = Now.AddDays(-4), NextCheckAtUtc = Now.AddHours(1), SnoozedUntilUtc = snoozed is { } s ? Now.AddHours(s) : null,
        PromiseBrokenAtUtc = broken ? Now.AddHours(-1) : null, PromisedByUtc = broken ? Now.AddHours(-2) : promised is { } p ? Now.AddHours(p).AddMinutes(number % 50) : null,
        RescueByUtc = rescue is { } r ? Now.AddHours(r).AddSeconds(number) : null, RescueOption = rescue is null ? null : "RESHIP_OVERNIGHT",
    };

    private static async Task Watch(Application application, IReadOnlyCollection<Delivery> rows)
    {
        await using var db = application.Open();
        await db.Deliveries.ExecuteUpdateAsync(d => d.SetProperty(x => x.IsOpen, false));
        var account = await db.Accounts.Where(a => a.TerritoryCode == "TN-West").OrderBy(a => a.Code).Select(a => a.Id).FirstAsync();
        foreach (var row in rows) row.AccountId = account;
        db.Deliveries.AddRange(rows);
        await db.SaveChangesAsync();
    }
}

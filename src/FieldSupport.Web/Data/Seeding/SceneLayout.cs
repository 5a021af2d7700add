using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>One delivery of a scene with the story that was found for it.</summary>
/// <param name="Wanted">The outlook that the scene promises.</param>
/// <param name="IsHistory">Received weeks ago; there for the practice's record.</param>
public sealed record SceneDelivery(SceneRow Row, ScenePractice Practice, Story Story, Outlook Wanted, bool IsHistory, DeliveryKind Kind = DeliveryKind.Drug)
{
    public string Po => Kind == DeliveryKind.Kit ? "" : Row["po"];
}

/// <summary>A scene laid out at one instant: pure, so that any day can be tried without a database.</summary>
/// <param name="Now">The clock that it was laid out against.</param>
public sealed record SceneLayout(string Name, DateTimeOffset Now, SceneClock Clock, IReadOnlyList<ScenePractice> Practices, IReadOnlyList<SceneDelivery> Deliveries)
{
    // Somebody who starts the demo looks at it for a while: the promise holds now and shortly after, and for hours where the calendar lets it.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10), Hours = TimeSpan.FromHours(4);

    public ScenePractice Practice(string code) => Practices.FirstOrDefault(p => p.Code == code) ?? throw new SceneFault($"There is no practice '{code}'.");

    /// <exception cref="SceneFault">A row cannot be what it promises on this day, or says something nobody understands.</exception>
    public static SceneLayout Build(string scene, DateTimeOffset now, RiskCalendars calendars)
    {
        if (!SceneFiles.Names.Contains(scene)) throw new SceneFault($"There is no scene '{scene}'; there are {string.Join(", ", SceneFiles.Names)}.");
        // Whole seconds: what files write is what is meant.
        now = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var clock = new SceneClock(now, calendars);
        var practices = PracticesAt(clock);
        var layout = new SceneLayout(scene, now, clock, practices, []);
        var lanes = Lanes();
        var deliveries = new List<SceneDelivery>();
        foreach (var row in SceneFiles.Of(scene, "history")) deliveries.Add(Past(row, layout, lanes));
        foreach (var row in SceneFiles.Of(scene, "deliveries")) deliveries.Add(Find(row, layout, lanes, DeliveryKind.Drug));
        foreach (var row in SceneFiles.Of(scene, "kits")) deliveries.Add(Find(row, layout, lanes, DeliveryKind.Kit));
        return layout with { Deliveries = deliveries };
    }

    private static List<ScenePractice> PracticesAt(SceneClock clock)
    {
        var closed = SceneFiles.OfAll("closures").ToLookup(r => r["account"], r => DateOnly.ParseExact(clock.Text(r, r["date"]), "yyyy-MM-dd", CultureInfo.InvariantCulture));
        return SceneFiles.OfAll("accounts").Select(row =>
        {
            if (!ReceivingHours.TryParse(row["receiving"], out var hours, out var error)) throw new SceneFault($"{row.Place}: {error}");
            var zone = ZonedTime.Find(row["timeZone"]) ?? throw new SceneFault($"{row.Place}: '{row["timeZone"]}' is no time zone.");
            var expires = DateOnly.ParseExact(clock.Text(row, row["licenseExpires"]), "yyyy-MM-dd", CultureInfo.InvariantCulture);
            return new ScenePractice(row["account"], row["territory"], row["city"], row["state"], row["zip"], new ClinicCalendar(zone, hours!, closed[row["account"]].ToHashSet()), expires);
        }).ToList();
    }

    private static Dictionary<(string Carrier, string Territory), Lane> Lanes() => SceneFiles.OfAll("places").GroupBy(r => (r["carrier"], r["territory"])).ToDictionary(g => g.Key, g =>
    {
        Place Role(string role) => g.Where(r => r["role"] == role).Select(r => new Place(r["city"], r["state"], r["zip"])).FirstOrDefault()
            ?? throw new SceneFault($"{g.First().Place}: {g.Key} has no {role}.");
        return new Lane(Role("origin"), Role("hub"), Role("relay"));
    });

    private static SceneDelivery Find(SceneRow row, SceneLayout layout, Dictionary<(string, string), Lane> lanes, DeliveryKind kind)
    {
        var practice = layout.Practice(row["account"]);
        var isKit = kind == DeliveryKind.Kit;
        var lane = lanes[(row.Or("carrier") ?? "FedEx", practice.Territory)];
        var telling = new Telling(layout.Clock, practice, lane, isKit ? row["tracking"] : row["po"], row.Or("service") is null ? ServiceLevel.TwoDay : row.Word<ServiceLevel>("service"),
            isKit || row.Or("ahead") is null ? null : row.Whole("ahead"));
        var wanted = row.Word<Outlook>("wanted");
        Story? shortLived = null;
        var tried = 0;
        foreach (var way in Stories.Ways(row["story"], telling))
        {
            tried++;
            // Education kits were not ordered through an order, and nobody confirms them.
            var story = isKit ? way.Story with { SubmittedAt = null, AcknowledgedAt = null, VisitOn = null, RefillByOn = null } : way.Story;
            var facts = story.Facts(practice, kind);
            if (!Is(layout.Now, way.IsIt) || !Is(layout.Now + Soon, null) || !ReplacementIsFine(story)) continue;
            if (Is(layout.Now + Hours, null)) return new SceneDelivery(row, practice, story, wanted, IsHistory: false, kind);
            shortLived ??= story;

            bool Is(DateTimeOffset at, Func<Assessment, bool>? too)
            {
                var answer = DeliveryRisk.Assess(facts, layout.Clock.Calendars, at);
                return answer.Outlook == wanted && (too is null || too(answer));
            }
        }
        return shortLived is not null
            ? new SceneDelivery(row, practice, shortLived, wanted, IsHistory: false, kind)
            : throw new SceneFault($"{row.Place}: '{row["story"]}' cannot be {wanted} at {SceneClock.Iso(layout.Now)}; {tried} ways were tried.");

        bool ReplacementIsFine(Story story) => story.Replacement is null
            || DeliveryRisk.Assess(story.FactsOfReplacement(practice), layout.Clock.Calendars, layout.Now).Outlook is Outlook.OnTrack or Outlook.Watch;
    }

    /// <summary>A delivery that was received; a late one lay at the hub for two days.</summary>
    private static SceneDelivery Past(SceneRow row, SceneLayout layout, Dictionary<(string, string), Lane> lanes)
    {
        var practice = layout.Practice(row["account"]);
        var shipFrom = layout.Clock.Calendars.ShipFrom;
        var service = row.Word<ServiceLevel>("service");
        var by = row["receivedBy"];
        var labelOn = shipFrom.Days.OnOrBefore(layout.Clock.Today.AddDays(-row.Whole("daysAgo") - 3));
        Journey Travel(DateOnly on) => new(layout.Clock, practice, lanes[(row["carrier"], practice.Territory)], service, on, row["po"], by);
        var journey = Travel(labelOn);
        var scans = journey.Scans;
        var visitOn = practice.Clinic.Days.Add(journey.ArrivesOn, 4);
        if (row.Or("late") is not null)
        {
            var start = Travel(shipFrom.Days.Add(labelOn, -2));
            var hub = start.Scans.Take(4).ToList();
            var storm = hub[^1] with { At = hub[^1].At + TimeSpan.FromHours(6), Milestone = Milestone.Exception, Exception = ExceptionClass.Weather };
            scans = [.. hub, storm, .. journey.Scans.TakeLast(3)];
            visitOn = practice.Clinic.Days.Add(journey.ArrivesOn, 1);
            journey = start;
        }
        var submitted = shipFrom.At(shipFrom.Days.Add(journey.LabelOn, -2), new TimeOnly(13, 10));
        var story = new Story
        {
            VisitOn = visitOn, RefillByOn = practice.Clinic.Days.OnOrAfter(visitOn.AddDays(8)), BookedAt = submitted - TimeSpan.FromDays(8), Service = service,
            SubmittedAt = submitted, AcknowledgedAt = submitted + TimeSpan.FromMinutes(65),
            Parcel = new Parcel(service, journey.LabelAt, scans)
            {
                CommittedAt = journey.CommittedAt, Receipt = new ReceiptStatement(scans[^1].At + TimeSpan.FromMinutes(40), IsShort: false),
            },
        };
        var answer = DeliveryRisk.Assess(story.Facts(practice), layout.Clock.Calendars, layout.Now);
        return answer.Outlook == Outlook.Received && scans[^1].At < layout.Now - TimeSpan.FromDays(6)
            ? new SceneDelivery(row, practice, story, Outlook.Received, IsHistory: true)
            : throw new SceneFault($"{row.Place}: is {answer.Outlook} and not yet history at {SceneClock.Iso(layout.Now)}.");
    }
}

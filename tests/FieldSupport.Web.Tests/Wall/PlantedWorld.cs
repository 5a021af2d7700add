using System.Globalization;
using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Api;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Wall;

/// <summary>
/// <see cref="PagesWorld"/> with something planted wherever sales must not look (domain.md §7.2): in the vault a reference for each visit, on each
/// visit a refill-by unlike any other day, and in everything that only the desk reads (messages, work-list, failures) one word. Brought in by
/// the product's own import, then swept, worked and mailed.
/// </summary>
internal sealed class PlantedWorld : IAsyncDisposable
{
    /// <summary>Begins every reference; in no sentence of ours.</summary>
    public const string Patient = "Quokkaföhn";
    /// <summary>In what logistics reads and sales does not.</summary>
    public const string Desk = "Numbatwald";
    /// <summary>In what staff noted of a call, on every delivery; no practice reads it.</summary>
    public const string Call = "Bilbyruf";
    public const string WorkItem = "WRK-7001";
    /// <summary>In what the rep and the practice told safety, once; it comes back to nobody but safety.</summary>
    public const string Narrative = "Pademelonzug";
    public const string Report = "SAF-1001";
    /// <summary>Told by a rep, a practice, with a chase, and by five others.</summary>
    public const int Reports = 8;

    private PlantedWorld(Application application, LogCapture log) => (Application, Log) = (application, log);

    public Application Application { get; }
    public LogCapture Log { get; }

    /// <summary>References by visit key.</summary>
    public Dictionary<string, string> References { get; } = [];

    /// <summary>Refill-by of each visit, and every day that follows from one.</summary>
    public HashSet<DateOnly> Days { get; } = [];

    /// <summary>Patient detail, which no answer of the product shows to anybody yet.</summary>
    public LeakDetector OfPatients { get; private set; } = null!;

    /// <summary>All that sales must not see.</summary>
    public LeakDetector OfSales { get; private set; } = null!;

    /// <summary>All that a practice must not see, beside its own references.</summary>
    public LeakDetector OfPractices { get; private set; } = null!;

    /// <summary>What the desk sees and sales does not: proof that the crawl would find it.</summary>
    public LeakDetector OfTheDesk { get; private set; } = null!;

    /// <param name="listens">Keeps every line that is logged; it takes its time.</param>
    public static async Task<PlantedWorld> StartAsync(Database database, bool listens = false)
    {
        var log = new LogCapture();
        var world = new PlantedWorld(await PagesWorld.StartAsync(database, listens ? log.AddTo : null), log);
        await world.ImportAsync();
        await world.PlantAtTheDeskAsync();
        await world.TellAsync();
        await PagesWorld.SweepAsync(world.Application);
        await world.FollowAsync();
        world.OfPatients = new LeakDetector([.. world.References.Values, Patient, Narrative], []);
        world.OfPractices = new LeakDetector([.. world.References.Values, Patient, Narrative, Call], []);
        world.OfTheDesk = new LeakDetector([Desk], world.Days);
        world.OfSales = new LeakDetector([.. world.References.Values, Patient, Narrative, Desk], world.Days);
        return world;
    }

    private async Task ImportAsync()
    {
        await using var db = Application.Open();
        var visits = await db.Visits.Include(v => v.Account).OrderBy(v => v.Key).ToListAsync();
        var file = new StringBuilder("account,visit,visitOn,refillBy,reference\n");
        var day = new DateOnly(2027, 6, 14);
        foreach (var visit in visits)
        {
            var reference = $"{Patient} <{visits.IndexOf(visit) + 41}> & Söhne/7%";
            References.Add(visit.Key, reference);
            Days.Add(day);
            file.Append(CultureInfo.InvariantCulture, $"{visit.Account!.Code},{visit.Key},,{day:yyyy-MM-dd},{reference}\n");
            day = day.AddDays(1);
        }
        var kind = Application.Services.GetRequiredService<ImportKinds>().Find("visits")!;
        foreach (var commit in new[] { false, true, true })
        {
            await using var fresh = Application.Open();
            var report = await kind.Run(fresh, new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), new ImportOptions(commit, false, "visits.csv", null), default);
            Assert.Empty(report.Errors);
            // The answer of an import is printed and may be kept: it repeats nothing either.
            Assert.Empty(new LeakDetector([Patient], []).Find(System.Text.Json.JsonSerializer.Serialize(report)));
        }
        // A refused row names the column, not what stood in it.
        await using var again = Application.Open();
        var refused = await kind.Run(
            again, new MemoryStream(Encoding.UTF8.GetBytes($"account,visit,visitOn,reference\nRIDGEVIEW,V-NEW,2027-03-01,{Patient}{new string('x', 300)}\nNOWHERE,V-NEWER,2027-03-01,{Patient}\n")),
            new ImportOptions(true, false, "visits.csv", null), default);
        Assert.Equal(2, refused.Rejected);
        Assert.Empty(new LeakDetector([Patient], []).Find(System.Text.Json.JsonSerializer.Serialize(refused)));
    }

    /// <summary>A rep and a practice tell safety what happened, by every way there is.</summary>
    private async Task TellAsync()
    {
        var (rep, practice) = (await Application.SignedIn(PagesWorld.Rep), await Application.SignedIn("practice@demo.test"));
        foreach (var (client, address, fields) in new (HttpClient, string, (string, string?)[])[]
        {
            (rep, "/report-a-problem", [("What", $"{Narrative} <1> has a fever"), ("About", PagesWorld.AtRisk)]),
            (practice, "/report-a-problem", [("What", $"{Narrative} & Söhne, one ampule leaked")]),
            (rep, $"/deliveries/{PagesWorld.AtRisk}/chase", [("Whom", "practice"), ("Channel", "phone"), ("Note", "Nobody at the dock."), ("Due", "none"), ("Safety.Heard", "yes"), ("Safety.What", $"{Narrative} in hospital")]),
        })
        {
            var answer = await client.PostAsync(address, Application.Form(fields));
            Assert.True(answer.StatusCode == System.Net.HttpStatusCode.SeeOther, $"{address}: {answer.StatusCode}");
        }
        // Each of the others too, so that everybody has a receipt to look at.
        foreach (var who in new[] { PagesWorld.Manager, PagesWorld.Logistics, "specialist@demo.test", "auditor@demo.test", "admin@demo.test" })
            Assert.True((await Application.Send(new ReportProblem.Command(new() { What = $"{Narrative} again" }), who)).IsDone);
        await using var db = Application.Open();
        var picture = await Application.Services.GetRequiredService<Attachments>().Write(Encoding.UTF8.GetBytes("a picture"), default);
        foreach (var shipment in await db.Shipments.ToListAsync())
        {
            db.ReceiptPhotos.Add(new ReceiptPhoto
            {
                AccountId = shipment.AccountId, ShipmentId = shipment.Id, ShipmentNumber = shipment.Number, Ordinal = 1, Sha256 = picture, ContentType = "image/jpeg", Bytes = 9, AddedBy = "test",
                AddedAtUtc = Application.Clock.GetUtcNow(),
            });
        }
        await db.SaveChangesAsync();
        Application.Clock.Advance(TimeSpan.FromMilliseconds(1));
    }

    private async Task PlantAtTheDeskAsync()
    {
        await using var db = Application.Open();
        var now = Application.Clock.GetUtcNow();
        var message = new InboundMessage
        {
            Source = "easypost", ContentHash = new string('a', 64), Body = Encoding.UTF8.GetBytes($$"""{"note":"{{Desk}}"}"""), ReceivedAtUtc = now.AddHours(-8), State = MessageState.Parked, Note = Desk,
        };
        db.Add(message);
        foreach (var scan in await db.TrackingEvents.ToListAsync()) scan.MessageId = message.Id;
        db.WorkItems.Add(new WorkItem
        {
            Number = WorkItem, Reason = "NO_SHIPMENT", Source = "easypost", Carrier = "FedEx", Tracking = "999", TrackingKey = "999", Summary = $"{Desk} matches no shipment.",
            RawStatus = Desk, OpenKey = "planted", OpenedAtUtc = now.AddHours(-8), MessageId = message.Id,
        });
        foreach (var delivery in await db.Deliveries.ToListAsync())
        {
            db.Chases.Add(new Chase
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, Whom = "carrier", Channel = "phone", Contact = $"{Call} at the depot",
                Note = $"They grumble: {Call}", LoggedBy = PagesWorld.Rep, LoggedAtUtc = now.AddDays(-1),
            });
        }
        var run = new JobRun { Job = Timetable.SendNotices.Name, Trigger = JobTrigger.Timetable, StartedAtUtc = now.AddHours(-1), FinishedAtUtc = now.AddHours(-1), Outcome = JobOutcome.Done, Seen = 1, Failed = 1, Node = "test" };
        run.Failures.Add(new JobFailure { JobRunId = run.Id, Item = Desk, Error = Desk, AtUtc = now.AddHours(-1) });
        db.Add(run);
        await db.SaveChangesAsync();
    }

    /// <summary>What may be done to a visit by its refill-by, as those read it who may.</summary>
    private async Task FollowAsync()
    {
        var answer = await Application.Send(new ListDeliveries.Query(null, 200, null, null, null), PagesWorld.Logistics);
        var moves = answer.Deliveries.SelectMany(d => d.Rescue).Where(r => r.Option == WireName.Of(RescueOption.RescheduleVisit)).ToList();
        Assert.True(moves.Count >= 8, "visits that can be moved");
        foreach (var move in moves) Days.Add(DateOnly.FromDateTime(move.Arrival!.Value.DateTime));
    }

    /// <summary>The door, as a specialist with a reason and as the practice itself; its reading is on record.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAtTheDoorAsync(VaultPerson reader)
    {
        await using var door = Application.Services.GetRequiredService<PatientVault>().Open();
        return await door.ReadVisitReferences([.. References.Keys], reader.Role == Roles.Specialist ? VaultPurpose.CaseWork : VaultPurpose.PatientCare, "A claim is open", reader);
    }

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}

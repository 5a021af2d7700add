using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Data.Seeding;

/// <summary>What the database holds, as far as a scene is concerned.</summary>
public enum SceneState
{
    /// <summary>No account: a scene may be loaded.</summary>
    Empty,
    /// <summary>Something is there, and it is not for a scene to change it.</summary>
    InUse,
    /// <summary>A loading was begun and never came to its end.</summary>
    HalfLoaded,
}

/// <summary>What was loaded.</summary>
public sealed record SceneReport(string Scene, DateTimeOffset AsOf, int Practices, int Deliveries, int Received, int Scans, int Chases, int Notices);

/// <summary>
/// Loads a scene into an empty database, through the importers and at the instants at which its files would have come in; sweeps along the
/// way, so that stalls and notices have a past; and asks at the end whether every delivery is what the scene promises. A run row says that
/// it is under way: killed in between, the next start sees that and says so.
/// </summary>
public sealed class SceneLoader(IServiceProvider services, Databases databases, RiskCalendars calendars, Checked settings, TimeProvider clock)
{
    private const string JobName = "load-scene:";
    private const string Source = "scene";

    /// <summary>Clinic mornings and afternoons on which the territory was swept before now.</summary>
    private static readonly TimeOnly[] Rounds = [new(8, 5), new(14, 5)];
    private const int DaysSwept = 6;

    private static readonly Actor Loader = Actor.CommandLine;

    public async Task<SceneState> Look(CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        if (await db.JobRuns.AnyAsync(r => r.Job.StartsWith(JobName) && r.Outcome != JobOutcome.Done, cancel)) return SceneState.HalfLoaded;
        return await db.Accounts.AnyAsync(cancel) ? SceneState.InUse : SceneState.Empty;
    }

    /// <exception cref="SceneFault">Production, a database in use or half loaded, or a scene that does not keep its promise.</exception>
    public async Task<SceneReport> Load(string scene, Action<string>? progress, CancellationToken cancel)
    {
        // Its people sign in with a password that everybody knows.
        if (settings.IsProduction) throw new SceneFault("Scenes are refused in Production: their accounts have a public password.");
        switch (await Look(cancel))
        {
            case SceneState.InUse: throw new SceneFault("The database holds accounts already; a scene is loaded into an empty one only. Nothing was changed.");
            case SceneState.HalfLoaded: throw new SceneFault(HalfLoaded());
        }
        // Laid out before anything is written: what cannot be promised today stops here.
        var layout = SceneLayout.Build(scene, clock.GetUtcNow(), calendars);
        foreach (var kind in SceneSteps.Of(layout).Select(s => s.Kind).Distinct().Where(k => k is not (SceneStep.Desk or SceneStep.Kits))) Importer(kind, layout.Now);
        var run = await Begin(scene, cancel);
        await Territories(cancel);
        await Play(layout, progress, cancel);
        var chases = await Chases(layout, cancel);
        var notices = await SweepAt(layout.Now, cancel);
        await Keeps(layout, cancel);
        var scans = layout.Deliveries.Sum(d => (d.Story.Parcel?.Scans.Count ?? 0) + (d.Story.Replacement?.Scans.Count ?? 0));
        await End(run, scans, cancel);
        return new SceneReport(scene, layout.Now, layout.Practices.Count, layout.Deliveries.Count(d => !d.IsHistory), layout.Deliveries.Count(d => d.IsHistory), scans, chases, notices);
    }

    /// <summary>What is wrong with a database in which a loading was cut off, and what to do.</summary>
    public string HalfLoaded() => "A demo scene was loaded only in part: the process ended before it was done. "
        + (settings.IsSqlite ? $"Delete the database in {settings.DataFolder} and start again." : "Drop the database and start again.");

    private async Task<Guid> Begin(string scene, CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        var run = new JobRun { Job = JobName + scene, StartedAtUtc = clock.GetUtcNow(), Outcome = JobOutcome.Running, Trigger = JobTrigger.CommandLine, Node = Environment.MachineName };
        db.JobRuns.Add(run);
        await db.SaveChangesAsync(cancel);
        return run.Id;
    }

    private async Task End(Guid id, int acted, CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        var run = await db.JobRuns.SingleAsync(r => r.Id == id, cancel);
        (run.Outcome, run.FinishedAtUtc, run.Seen, run.Acted) = (JobOutcome.Done, clock.GetUtcNow(), acted, acted);
        await db.SaveChangesAsync(cancel);
    }

    private async Task Territories(CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        foreach (var row in SceneFiles.OfAll("territories")) db.Territories.Add(new Territory { Code = row["territory"], Name = row["name"] });
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Every file at its instant, and a sweep at every round of the last days in between.</summary>
    private async Task Play(SceneLayout layout, Action<string>? progress, CancellationToken cancel)
    {
        var rounds = new Queue<DateTimeOffset>(RoundsBefore(layout));
        var steps = SceneSteps.Of(layout);
        var isFirstRound = true;
        for (var i = 0; i < steps.Count; i++)
        {
            while (rounds.TryPeek(out var round) && round < steps[i].At) await Sweep(rounds.Dequeue());
            await Take(steps[i], cancel);
            if (i == 0)
            {
                await using var db = databases.Open(Scope.System, Loader);
                await DemoAccounts.AddAsync(db, cancel);
                await db.SaveChangesAsync(cancel);
            }
            progress?.Invoke($"{i + 1} of {steps.Count} steps");
        }
        while (rounds.TryDequeue(out var round)) await Sweep(round);

        async Task Sweep(DateTimeOffset at)
        {
            // What was received weeks ago needs no mail today.
            if (isFirstRound) await Overtake(layout, at, cancel);
            isFirstRound = false;
            await SweepAt(at, cancel);
        }
    }

    private static IEnumerable<DateTimeOffset> RoundsBefore(SceneLayout layout)
    {
        var zone = layout.Practices[0].Clinic.Zone;
        var today = ZonedTime.DayOf(zone, layout.Now);
        return from back in Enumerable.Range(0, DaysSwept)
               from time in Rounds
               let at = ZonedTime.At(zone, today.AddDays(-back), time).ToUniversalTime()
               where at < layout.Now - TimeSpan.FromMinutes(10) && at > layout.Now - TimeSpan.FromDays(DaysSwept)
               orderby at
               select at;
    }

    private async Task Overtake(SceneLayout layout, DateTimeOffset at, CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        var past = layout.Deliveries.Where(d => d.IsHistory).Select(d => d.Po).ToArray();
        var rows = await db.Deliveries.Where(d => d.ShipmentId != null && past.Contains(d.Order!.Po)).ToListAsync(cancel);
        foreach (var row in rows)
            db.Rungs.Add(new RungEntry { AccountId = row.AccountId, WatchKey = row.WatchKey, Rung = RungName.Delivered, DeliveryId = row.Id, Outcome = "SUPERSEDED", AtUtc = at });
        await db.SaveChangesAsync(cancel);
    }

    private async Task<int> SweepAt(DateTimeOffset at, CancellationToken cancel)
    {
        var sweep = ActivatorUtilities.CreateInstance<Sweep>(services, new StandingClock(at));
        var report = await sweep.Run(new SweepRequest(OnlyDue: false), cancel);
        return report.Failures.Count == 0 ? report.Notices
            : throw new SceneFault($"The sweep at {SceneClock.Iso(at)} failed: {string.Join("; ", report.Failures.Take(3).Select(f => $"{f.Number}: {f.Error}"))}");
    }

    private async Task Take(SceneStep step, CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        switch (step.Kind)
        {
            case SceneStep.Desk:
                foreach (var row in step.Rows) await Desk(db, step.At, row, cancel);
                return;
            case SceneStep.Kits:
                foreach (var row in step.Rows) await Kit(db, step.At, row, cancel);
                return;
        }
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(step.Csv));
        var report = await Importer(step.Kind, step.At).Run(db, file, new ImportOptions(Commit: true, SkipBad: false, $"{Source}-{step.Kind}.csv"), cancel);
        if (report.Committed && report.Rejected == 0 && report.Errors.Count == 0) return;
        throw new SceneFault($"The {step.Kind} of {SceneClock.Iso(step.At)} were refused: "
            + string.Join("; ", report.Errors.Take(5).Select(e => $"line {e.Line} {e.Column} {e.Code}: {e.Message}")));
    }

    /// <summary>The importer of a kind with that instant for its clock, as <c>--as-of</c> gives it to a whole process.</summary>
    private IImportKind Importer(string kind, DateTimeOffset at)
    {
        var known = services.GetRequiredService<ImportKinds>().Find(kind) ?? throw new SceneFault($"Files of the kind '{kind}' cannot be read.");
        return (IImportKind)ActivatorUtilities.CreateInstance(services, known.GetType(), new StandingClock(at));
    }

    /// <summary>A hold, or without a reason a back-order, as the partner's order desk states it.</summary>
    private static async Task Desk(FieldSupportDb db, DateTimeOffset at, string[] cells, CancellationToken cancel)
    {
        var (account, po) = (cells[0], cells[1]);
        var order = await db.Orders.Include(o => o.Lines).SingleAsync(o => o.Po == po && o.Account!.Code == account, cancel);
        if (cells[2].Length > 0)
        {
            var reason = WireName.Parse<HoldReason>(cells[2])!.Value;
            db.OrderHolds.Add(new OrderHold { OrderId = order.Id, AccountId = order.AccountId, Reason = reason, SinceUtc = DateTimeOffset.Parse(cells[3]) });
            order.MoveTo(OrderState.OnHold, cells[2], Source);
        }
        else
        {
            foreach (var line in order.Lines) line.State = OrderLineState.Backordered;
            order.MoveTo(OrderState.Backordered, "BACKORDER", Source);
        }
        await db.SaveChangesAsync(cancel);
        var roster = new WatchRoster(db, at);
        roster.Changed(order);
        await roster.Write(cancel);
    }

    private static async Task Kit(FieldSupportDb db, DateTimeOffset at, string[] cells, CancellationToken cancel)
    {
        var code = cells[0];
        var account = await db.Accounts.Include(a => a.Locations).SingleAsync(a => a.Code == code, cancel);
        var shipment = new Shipment
        {
            AccountId = account.Id, LocationId = account.Locations.First(l => l.IsPrimary).Id, Number = await Numbers.Next(db, Numbers.Shipments, cancel),
            // Scenes write numbers without blanks and punctuation, so the number is its own key.
            Kind = DeliveryKind.Kit, Carrier = cells[1], Tracking = cells[2], TrackingKey = cells[2], Service = WireName.Parse<ServiceLevel>(cells[3])!.Value,
            LabelAtUtc = DateTimeOffset.Parse(cells[4]), CommittedAtUtc = DateTimeOffset.Parse(cells[5]), RecordedAtUtc = at,
        };
        shipment.Record("shipment.kit-sent", null, Source);
        db.Shipments.Add(shipment);
        new WatchRoster(db, at).Add(shipment, account, null, null);
        await db.SaveChangesAsync(cancel);
    }

    private async Task<int> Chases(SceneLayout layout, CancellationToken cancel)
    {
        var rows = SceneFiles.Of(layout.Name, "chases").Select(row => (Row: row, Of: layout.Deliveries.FirstOrDefault(d => d.Kind == DeliveryKind.Drug && d.Po == row["po"])
            ?? throw new SceneFault($"{row.Place}: there is no delivery of '{row["po"]}'."))).ToList();
        foreach (var (row, of) in rows.OrderBy(r => layout.Clock.At(r.Row, "loggedAt", r.Of.Practice.Clinic)))
        {
            var by = DemoAccounts.All.FirstOrDefault(d => d.Email == row["by"]) ?? throw new SceneFault($"{row.Place}: '{row["by"]}' is none of the demo accounts.");
            await using var db = databases.Open(Scope.System, new Actor(by.Email, by.Role));
            var delivery = await DeliveryOf(db, of, cancel);
            var at = layout.Clock.At(row, "loggedAt", of.Practice.Clinic)!.Value.ToUniversalTime();
            var before = await db.Chases.Where(c => c.DeliveryId == delivery.Id && c.EndedAtUtc == null && c.PromisedByUtc != null).ToListAsync(cancel);
            var chase = new Chase
            {
                AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, Whom = row["whom"], Channel = row["channel"], Contact = row.Or("contact"),
                Note = row["note"], Promise = row.Or("promise"), PromisedByUtc = layout.Clock.At(row, "promisedBy", of.Practice.Clinic)?.ToUniversalTime(), LoggedBy = by.Email, LoggedAtUtc = at,
            };
            delivery.LogChase(chase, before);
            db.Chases.Add(chase);
            await db.SaveChangesAsync(cancel);
        }
        return rows.Count;
    }

    /// <summary>Its first parcel, else its order, else its visit.</summary>
    private static async Task<Delivery> DeliveryOf(FieldSupportDb db, SceneDelivery of, CancellationToken cancel)
    {
        var account = of.Practice.Code;
        IQueryable<Delivery> rows = db.Deliveries.Where(d => db.Accounts.Any(a => a.Id == d.AccountId && a.Code == account));
        if (of.Story.Parcel is not null)
        {
            var tracking = of.Row["tracking"];
            return await rows.SingleAsync(d => d.Shipment!.Tracking == tracking, cancel);
        }
        if (of.Story.SubmittedAt is not null) return await rows.SingleAsync(d => d.ShipmentId == null && d.Order!.Po == of.Po, cancel);
        var visit = of.Row["visit"];
        return await rows.SingleAsync(d => d.Number == visit, cancel);
    }

    /// <summary>The stored answers against what the scene promises.</summary>
    private async Task Keeps(SceneLayout layout, CancellationToken cancel)
    {
        await using var db = databases.Open(Scope.System, Loader);
        var broken = new List<string>();
        foreach (var delivery in layout.Deliveries)
        {
            var row = await DeliveryOf(db, delivery, cancel);
            if (row.Outlook != delivery.Wanted.ToString()) broken.Add($"{row.Number} ({delivery.Row.Place}) is {row.Outlook ?? "nothing"} ({row.Reasons}), not {delivery.Wanted}");
        }
        if (broken.Count > 0) throw new SceneFault("The scene does not keep its promise: " + string.Join("; ", broken));
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Stories;

/// <summary>
/// Tells a story of domain.md §9 as an outside program would: files through <c>import</c>, <c>sweep</c> and <c>deliveries</c>, each with
/// <c>--as-of</c>, on a database of its own. Times are written like "2027-02-03 19:00 CT".
/// </summary>
public sealed class StoryTeller : IAsyncDisposable
{
    private readonly TempFolder _folder = new("story");
    private readonly string _keys;
    private readonly Database _database;
    private readonly string _connection;
    private readonly string[] _settings;
    private readonly EasyPostFeed? _feed;

    private StoryTeller(Database database, Feed feed, string? postgres, string? keys = null)
    {
        _database = database;
        _keys = keys ?? _folder.PathOf("keys");
        _connection = postgres ?? $"Data Source={_folder.PathOf("data", "fieldsupport.db")}";
        _settings =
        [
            "--environment=Test", "--applicationName=FieldSupport.Web", $"--FieldSupport:Database:Provider={database}", $"--ConnectionStrings:FieldSupport={_connection}",
            $"--FieldSupport:DataFolder={_folder.PathOf("data")}", $"--FieldSupport:KeyFolder={_keys}", "--FieldSupport:Demo=false",
            "--FieldSupport:Recipients:partner-service=service@3pl.test", "--FieldSupport:Recipients:head-of-logistics=head@company.test",
            "--FieldSupport:Recipients:field-head=field@company.test", "--FieldSupport:Recipients:medical-affairs=medical@company.test",
            "--FieldSupport:Recipients:safety=safety@company.test",
        ];
        if (feed == Feed.Webhook) _feed = new EasyPostFeed(_settings);
    }

    /// <summary>An empty database with a rep, a manager and a logistics specialist of TN-West.</summary>
    public static async Task<StoryTeller> Begin(Database database, Feed feed = Feed.Import)
    {
        var teller = new StoryTeller(database, feed, database == Database.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : null);
        await teller.Text("migrate");
        await teller.Import("accounts", "2026-11-20 09:00 CT",
            "account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires,coordinatorEmail,clinicalLeadEmail\n"
            + "LAKESIDE,Lakeside Rehab,Main,1 Lake St,Memphis,TN,38103,America/Chicago,Mon-Fri 08:00-16:00,TN-West,L-1,TN,2028-12-31,coordinator@lakeside.test,lead@lakeside.test\n"
            + "FRONTRANGE,Front Range Clinic,Main,5 Peak Ave,Denver,CO,80202,America/Denver,Mon-Fri 08:00-16:00,TN-West,L-2,CO,2028-12-31,coordinator@frontrange.test,lead@frontrange.test\n");
        await teller.Import("closures", "2026-11-20 09:00 CT", "account,date,reason\nLAKESIDE,2026-11-27,Day after Thanksgiving\n");
        await teller.Text("users add rep@company.test --role rep --territory TN-West");
        await teller.Text("users add manager@company.test --role manager --territory TN-West");
        await teller.Text("users add logistics@company.test --role logistics");
        return teller;
    }

    /// <summary>Another machine: the same keys, folders of its own, and no database.</summary>
    public async Task<StoryTeller> Elsewhere(Database? database = null, string? keys = null)
    {
        var there = database ?? _database;
        string? absent = null;
        if (there == Database.Postgres)
        {
            var server = await PostgresServer.SharedAsync();
            absent = await server.CreateDatabaseAsync();
            await server.DropDatabaseAsync(absent);
        }
        return new StoryTeller(there, Feed.Import, absent, keys ?? _keys);
    }

    /// <summary>A path in the story's own folder: <c>data</c> is the data folder.</summary>
    public string PathOf(params string[] parts) => _folder.PathOf(parts);

    /// <summary>The database is gone, with everything in it; the data folder's other files are still there.</summary>
    public async Task LoseDatabase()
    {
        if (_database == Database.Postgres)
        {
            await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_connection);
            return;
        }
        Forget();
        foreach (var file in Directory.EnumerateFiles(_folder.PathOf("data"), "fieldsupport.db*")) File.Delete(file);
    }

    /// <summary>The application of this story, to ask for its parts. The test disposes it.</summary>
    public WebApplication Compose(string asOf) => Composed.Compose(_settings, new StandingClock(At(asOf)), isServer: false);

    public async Task<JsonElement> Import(string kind, string asOf, string text)
    {
        var file = _folder.PathOf($"{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(file, text);
        var report = await Json($"import {kind} {file} --commit --as-of {Iso(asOf)} --json");
        Assert.True(report.GetProperty("committed").GetBoolean() && report.GetProperty("rejected").GetInt32() == 0, report.ToString());
        return report;
    }

    public Task Visit(string key, string on, string? refillBy = null, string account = "LAKESIDE", string asOf = "2026-11-20 09:10 CT") =>
        Import("visits", asOf, $"account,visit,visitOn,refillBy,reference\n{account},{key},{on},{refillBy},R-{key}\n");

    /// <summary>Two packs of 70121-2503-01.</summary>
    public async Task Order(string po, string visit, string submitted, string? acknowledged, string service = "TWO_DAY", string account = "LAKESIDE", string? promised = null)
    {
        const string Header = "account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt,promisedShipOn\n";
        await Import("orders", submitted, $"{Header}{account},{po},REFILL,{visit},70121-2503-01,2,{service},{Iso(submitted)},,\n");
        if (acknowledged is not null) await Acknowledge(po, visit, submitted, acknowledged, service, account, promised);
    }

    public Task Acknowledge(string po, string visit, string submitted, string acknowledged, string service = "TWO_DAY", string account = "LAKESIDE", string? promised = null) =>
        Import("orders", acknowledged, "account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt,promisedShipOn\n"
            + $"{account},{po},REFILL,{visit},70121-2503-01,2,{service},{Iso(submitted)},{Iso(acknowledged)},{promised}\n");

    public Task Ship(string po, string tracking, string label, string? committed = null, string? service = null) =>
        Import("shipments", label, $"po,carrier,tracking,service,labelAt,committedAt\n{po},FedEx,{tracking},{service},{Iso(label)},{(committed is null ? "" : Iso(committed))}\n");

    /// <summary>One scan, received when it happened unless said otherwise.</summary>
    public Task Scan(string tracking, string at, string code, string? received = null, string? signedBy = null, string city = "Memphis", string state = "TN", string zip = "38103") =>
        _feed is not null
            ? _feed.Tell(tracking, At(at), At(received ?? at), code, city, state, zip, signedBy)
            : Import("tracking", received ?? at, $"carrier,tracking,eventAt,code,city,state,zip,signedBy\nFedEx,{tracking},{Iso(at)},{code},{city},{state},{zip},{signedBy}\n");

    /// <summary>Hands what is queued to mail; the Message-IDs of all mails so far.</summary>
    public async Task<IReadOnlyList<string>> Mail(string asOf)
    {
        Assert.Equal(0, (await Json($"send --as-of {Iso(asOf)} --json")).GetProperty("failed").GetInt32());
        return [.. Directory.EnumerateFiles(_folder.PathOf("data", "mail"), "*.eml").Select(f => $"<{MimeKit.MimeMessage.Load(f).MessageId}>")];
    }

    public Task Receipt(string po, string tracking, string at, string condition = "GOOD", string lot = "L7A", int packs = 2, string? asOf = null) =>
        Import("receipts", asOf ?? at, $"po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy\n{po},{tracking},70121-2503-01,{packs},{lot},2028-05-31,{condition},{Iso(at)},I. Cole\n");

    /// <summary>The code with which a receipt is refused.</summary>
    public async Task<string?> RefusedReceipt(string po, string tracking, string at, string condition = "GOOD", int packs = 2)
    {
        var file = _folder.PathOf($"{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(file, $"po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy\n{po},{tracking},70121-2503-01,{packs},L7B,2028-05-31,{condition},{Iso(at)},I. Cole\n");
        var report = JsonDocument.Parse(await Call($"import receipts {file} --commit --as-of {Iso(at)} --json", mayFail: true)).RootElement;
        return report.GetProperty("errors")[0].GetProperty("code").GetString();
    }

    /// <summary>Codes with which a file is refused.</summary>
    public async Task<IEnumerable<string?>> Refused(string kind, string asOf, string text)
    {
        var file = _folder.PathOf($"{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(file, text);
        var report = JsonDocument.Parse(await Call($"import {kind} {file} --commit --as-of {Iso(asOf)} --json", mayFail: true)).RootElement;
        return [.. report.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString())];
    }

    public async Task<Swept> Sweep(string asOf)
    {
        var answer = await Json($"sweep --as-of {Iso(asOf)} --json");
        return new Swept(answer);
    }

    /// <summary>Looks only at what is due, as the job does.</summary>
    public async Task Due(string asOf) => await Json($"sweep --due --as-of {Iso(asOf)} --json");

    public async Task<Shown> Delivery(string number, string asOf) =>
        new((await Json($"deliveries --number {number} --as-of {Iso(asOf)} --json")).GetProperty("deliveries")[0]);

    /// <summary>The only delivery with this tracking number.</summary>
    public async Task<Shown> Parcel(string tracking, string asOf) => (await All(asOf)).Single(d => d.Tracking == tracking);

    public async Task<IReadOnlyList<Shown>> All(string asOf) =>
        (await Json($"deliveries --as-of {Iso(asOf)} --json")).GetProperty("deliveries").EnumerateArray().Select(d => new Shown(d)).ToList();

    /// <summary>Actions of the audit about this kind, in order, without the first "added".</summary>
    public async Task<IReadOnlyList<string>> AuditOf(string kind)
    {
        await using var app = Composed.Compose(_settings, null, isServer: false);
        await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.Nobody);
        return await db.Audit.Where(a => a.Kind == kind).OrderBy(a => a.Sequence).Select(a => a.Action).ToListAsync();
    }

    public async Task<IReadOnlyList<StalledDelivery>> Stalls()
    {
        await using var app = Composed.Compose(_settings, null, isServer: false);
        await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.Nobody);
        return await db.Stalls.AsNoTracking().OrderBy(s => s.OpenedAtUtc).ToListAsync();
    }

    public Task<int> OrderPacks(string po) => Ask(db => db.Orders.Where(o => o.Po == po).SelectMany(o => o.Lines).SumAsync(l => l.QuantityPacks));

    public Task<string> OrderState(string po) => Ask(async db => WireName.Of((await db.Orders.SingleAsync(o => o.Po == po)).State));

    /// <summary>Packs that somebody confirmed as good.</summary>
    public Task<int> PacksOnHand(string po) =>
        Ask(db => db.Orders.Where(o => o.Po == po).SelectMany(o => o.Shipments).SelectMany(s => s.Receipts).Where(r => r.Condition == ReceiptCondition.Good).SumAsync(r => r.Packs));

    public Task<List<WorkItem>> Work() => Ask(db => db.WorkItems.AsNoTracking().OrderBy(w => w.OpenedAtUtc).ToListAsync());

    /// <summary>Somebody asked the carrier, who promised something until then.</summary>
    public Task Promise(string tracking, string at, string until) => Ask(async db =>
    {
        var delivery = await db.Deliveries.SingleAsync(d => d.Shipment!.Tracking == tracking);
        var chase = new Chase
        {
            AccountId = delivery.AccountId, DeliveryId = delivery.Id, DeliveryNumber = delivery.Number, Whom = "carrier", Channel = "phone", Note = "They look for it.",
            PromisedByUtc = At(until).ToUniversalTime(), LoggedBy = "rep@company.test", LoggedAtUtc = At(at).ToUniversalTime(),
        };
        delivery.LogChase(chase, []);
        db.Chases.Add(chase);
        return await db.SaveChangesAsync();
    });

    public Task<(DateTimeOffset? Until, DateTimeOffset? BrokenAt)> PromiseOf(string tracking) => Ask(async db =>
    {
        var delivery = await db.Deliveries.SingleAsync(d => d.Shipment!.Tracking == tracking);
        return (delivery.PromisedByUtc, delivery.PromiseBrokenAtUtc);
    });

    private async Task<T> Ask<T>(Func<FieldSupportDb, Task<T>> question)
    {
        await using var app = Composed.Compose(_settings, null, isServer: false);
        await using var db = app.Services.GetRequiredService<Databases>().Open(Scope.System, Actor.Nobody);
        return await question(db);
    }

    public async Task<JsonElement> Json(string line)
    {
        var said = await Call(line);
        return JsonDocument.Parse(said).RootElement.Clone();
    }

    public Task<string> Text(string line) => Call(line);

    private async Task<string> Call(string line, bool mayFail = false)
    {
        var (exit, output, errors) = await Try(line);
        Assert.True(exit == 0 || mayFail, $"{line}: exit {exit}\n{errors}\n{output}");
        return output;
    }

    /// <summary>A call that may end in any way.</summary>
    public async Task<(int Exit, string Out, string Error)> Try(string line)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] args = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. _settings];
        var exit = await CommandLine.Run(args, (rest, clock) => Composed.Compose(rest, clock, isServer: false), new Terminal(output, errors, () => Stream.Null, false));
        return (exit, output.ToString(), errors.ToString());
    }

    /// <summary>"2027-02-03 19:00 CT" → 2027-02-03T19:00:00-06:00, by the zone's own rules; an instant in Z stays.</summary>
    public static string Iso(string text) => At(text).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    public static DateTimeOffset At(string text)
    {
        if (text.EndsWith('Z')) return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(text[^2..] switch
        {
            "CT" => "America/Chicago", "ET" => "America/New_York", "MT" => "America/Denver", var other => throw new ArgumentException(other),
        });
        var local = DateTime.ParseExact(text[..16], "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    public async ValueTask DisposeAsync()
    {
        if (_feed is not null) await _feed.DisposeAsync();
        if (_database == Database.Postgres) await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_connection);
        else Forget();
        _folder.Dispose();
    }

    private void Forget()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }
}

/// <summary>What <c>sweep --json</c> answered.</summary>
public sealed record Swept(JsonElement Json)
{
    public int Opened => Json.GetProperty("opened").GetInt32();
    public int Cleared => Json.GetProperty("cleared").GetInt32();
    public int Escalated => Json.GetProperty("escalated").GetInt32();
    public int Notices => Json.GetProperty("notices").GetInt32();
    public IReadOnlyList<Shown> Stalls => Json.GetProperty("stalls").EnumerateArray().Select(s => new Shown(s)).ToList();
    /// <summary>Opened, cleared, escalated, notices.</summary>
    public (int, int, int, int) Counts => (Opened, Cleared, Escalated, Notices);
}

/// <summary>A delivery as contract.md §5 writes it.</summary>
public sealed record Shown(JsonElement Json)
{
    public string? Text(string name) => Json.GetProperty(name).GetString();
    public string? Number => Text("number");
    public string? Tracking => Text("tracking");
    public string? Outlook => Text("outlook");
    public string? Severity => Text("severity");
    public string? Milestone => Text("milestone");
    public string? Rung => Text("rung");
    public DateTimeOffset? At(string name) => Json.GetProperty(name) is { ValueKind: JsonValueKind.String } at ? at.GetDateTimeOffset() : null;
    /// <summary>In the order of the alphabet.</summary>
    public IEnumerable<string> Reasons => Json.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!).Order();
    public double? SlackHours => Json.GetProperty("slackHours") is { ValueKind: JsonValueKind.Number } n ? n.GetDouble() : null;
    public IReadOnlyList<(string Rung, string Recipient, DateTimeOffset At)> Notices => Json.GetProperty("notices").EnumerateArray()
        .Select(n => (n.GetProperty("rung").GetString()!, n.GetProperty("recipient").GetString()!, n.GetProperty("queuedAtUtc").GetDateTimeOffset())).ToList();
    /// <summary>Recipients of a rung, in the order of the alphabet.</summary>
    public IEnumerable<string> Told(string rung) => Notices.Where(n => n.Rung == rung).Select(n => n.Recipient).Order();
    public (bool Feasible, DateTimeOffset? Arrival, DateTimeOffset? DecideBy)? Rescue(string option)
    {
        foreach (var r in Json.GetProperty("rescue").EnumerateArray().Where(r => r.GetProperty("option").GetString() == option))
            return (r.GetProperty("feasible").GetBoolean(), Instant(r, "arrival"), Instant(r, "decideBy"));
        return null;

        static DateTimeOffset? Instant(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.String } at ? at.GetDateTimeOffset() : null;
    }
    public IEnumerable<string> RescueOptions => Json.GetProperty("rescue").EnumerateArray().Select(r => r.GetProperty("option").GetString()!);
    public IEnumerable<string> Events => Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("milestone").GetString()!);
}

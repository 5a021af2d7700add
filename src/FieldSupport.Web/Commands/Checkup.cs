using FieldSupport.Domain.Chasing;
using System.Net.Sockets;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary>Something that a check found, and what to do about it. Names keys, folders and hosts; never a value that is a secret.</summary>
/// <param name="Kind"><c>problem</c>: to be put right; <c>note</c>: worth knowing.</param>
/// <param name="About">The setting's key, or what was looked at.</param>
public sealed record Finding(string Kind, string About, string What, string Do)
{
    public static Finding Problem(string about, string what, string todo) => new("problem", about, what, todo);
    public static Finding Note(string about, string what, string todo) => new("note", about, what, todo);
}

/// <summary>The looks of <c>config check</c> and <c>doctor</c>.</summary>
public static class Checkup
{
    private const long LittleDisk = 200L << 20, SomeDisk = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), LongSilence = TimeSpan.FromMinutes(15);
    private static readonly string[] Slots = ["partner-service", "head-of-logistics", "field-head", "medical-affairs", "safety"];

    /// <summary>A setting that stopped the composition already.</summary>
    public static Finding Of(SettingsException e) => Finding.Problem(e.Key, e.Problem, $"Set {e.Key} (in the environment: {e.Key.Replace(":", "__", StringComparison.Ordinal)}).");

    public static List<Finding> Settings(Checked settings)
    {
        var found = new List<Finding>();
        var s = settings.Settings;
        Finding Serious(string about, string what, string todo) => settings.IsProduction ? Finding.Problem(about, what, todo) : Finding.Note(about, what, todo);
        foreach (var (key, path) in new[] { ("FieldSupport:DataFolder", settings.DataFolder), ("FieldSupport:KeyFolder", settings.KeyFolder) })
            if (!Directory.Exists(path))
                found.Add(Finding.Note(key, $"{path} is not there.", "Check how it is written if something should be in it; the server's start, migrate, seed and import make it."));
        found.AddRange(settings.Unknown.Select(u => Finding.Problem(u.Key, u.Problem, u.Advice)));
        foreach (var slot in Slots.Where(slot => !s.Recipients.TryGetValue(slot, out var address) || string.IsNullOrWhiteSpace(address)))
            found.Add(Serious($"FieldSupport:Recipients:{slot}", "has no mail address; its notices are parked and the next level is told in its place.", $"Set FieldSupport:Recipients:{slot} to a mail address."));
        foreach (var (slot, addresses) in s.Recipients)
            foreach (var address in (addresses ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(a => !System.Net.Mail.MailAddress.TryCreate(a, out _)))
                found.Add(Finding.Problem($"FieldSupport:Recipients:{slot}", $"'{address}' is no mail address.", "Write one or several addresses, with commas."));
        foreach (var slot in s.Recipients.Keys.Where(k => !Slots.Contains(k, StringComparer.OrdinalIgnoreCase)))
            found.Add(Finding.Note($"FieldSupport:Recipients:{slot}", "is no slot of the ladder; nobody is told by it.", $"The slots are {string.Join(", ", Slots)}."));
        if (!MimeKit.MailboxAddress.TryParse(s.Mail.From, out _))
            found.Add(Finding.Problem("FieldSupport:Mail:From", "is no mail address.", "Write it like FieldSupport <fieldsupport@example.org>."));
        if (s.Mail.Port is < 1 or > 65535) found.Add(Finding.Problem("FieldSupport:Mail:Port", $"{s.Mail.Port} is no port.", "Give a port from 1 to 65535."));
        if (settings.IsProduction && s.Mail.Mode.Equals("Folder", StringComparison.OrdinalIgnoreCase))
            found.Add(Finding.Problem("FieldSupport:Mail:Mode", "is Folder: notices are written to a folder and reach nobody.", "Set FieldSupport:Mail:Mode to Smtp, and Host, Port and From."));
        if (string.IsNullOrEmpty(s.Carriers.EasyPost.WebhookSecret))
            found.Add(Serious("FieldSupport:Carriers:EasyPost:WebhookSecret", "is not set; the webhook answers 503 and no scan comes in by it.", "Set it to the secret of the webhook at EasyPost."));
        if (s.PublicBaseUrl is null) found.Add(Serious("FieldSupport:PublicBaseUrl", "is not set; links in mail name the listening address.", "Set it to the address that people use."));
        if (!s.Jobs.Enabled) found.Add(Finding.Note("FieldSupport:Jobs:Enabled", "is false: this process evaluates nothing and sends nothing by itself.", "Right only if another process runs the jobs."));
        if (s.Clock.StartAt is not null) found.Add(Finding.Note("FieldSupport:Clock:StartAt", "is set: the clock is simulated.", "Remove it where real deliveries are watched."));
        if (settings is { IsProduction: true, IsSqlite: true })
            found.Add(Finding.Note("FieldSupport:Database:Provider", "is Sqlite: one process on one machine.", "Use Postgres for several nodes."));
        return found;
    }

    public static async Task<List<Finding>> Surroundings(VerbCall call)
    {
        var settings = call.Get<Checked>();
        var found = new List<Finding>();
        Folder(found, "FieldSupport:DataFolder", settings.DataFolder);
        Folder(found, "FieldSupport:KeyFolder", settings.KeyFolder);
        Keys(found, settings.KeyFolder);
        Disk(found, settings.DataFolder);
        await Mail(found, settings, call.Cancel);
        if (await Database(found, call, settings)) await Work(found, call);
        return found;
    }

    private static void Folder(List<Finding> found, string key, string path)
    {
        if (!Directory.Exists(path)) return; // noted with the settings; looking makes nothing
        try
        {
            var probe = Path.Combine(path, $".probe-{Guid.NewGuid():n}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Add(Finding.Problem(key, $"cannot be written to: {e.Message}", $"Let the account that runs the program write to {path}."));
        }
    }

    private static void Keys(List<Finding> found, string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Take(1000))
            if ((File.GetUnixFileMode(path) & others) != UnixFileMode.None)
                found.Add(Finding.Problem("FieldSupport:KeyFolder", $"{Path.GetRelativePath(folder, path)} can be read by other accounts of this machine.", $"chmod -R go-rwx {folder}"));
    }

    private static void Disk(List<Finding> found, string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { Length: > 0 } above) folder = above;
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < LittleDisk) found.Add(Finding.Problem("disk", $"{free >> 20} MB are free where the data lies; writing will fail soon.", $"Make room on the disk of {folder}."));
        else if (free < SomeDisk) found.Add(Finding.Note("disk", $"{free >> 20} MB are free where the data lies.", $"Make room on the disk of {folder}."));
    }

    private static async Task Mail(List<Finding> found, Checked settings, CancellationToken cancel)
    {
        var mail = settings.Settings.Mail;
        if (!mail.Mode.Equals("Smtp", StringComparison.OrdinalIgnoreCase))
        {
            Folder(found, "FieldSupport:Mail:Mode", Path.Combine(settings.DataFolder, "mail"));
            return;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(mail.Host!, mail.Port, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            found.Add(Finding.Problem("FieldSupport:Mail:Host", $"{mail.Host}:{mail.Port} does not answer: {(e is SocketException ? e.Message : "no connection within 5 seconds")}.", "Check host, port and firewall; until then notices wait."));
        }
    }

    private static async Task<bool> Database(List<Finding> found, VerbCall call, Checked settings)
    {
        try
        {
            await using var db = call.Get<Databases>().Open(Scope.System, Actor.CommandLine);
            if (!await db.Database.CanConnectAsync(call.Cancel))
            {
                found.Add(settings.IsSqlite
                    ? Finding.Problem("FieldSupport:DataFolder", $"there is no database in {DatabasePlace.Of(settings)}.", "Run the verb migrate; it makes the file.")
                    : Finding.Problem("ConnectionStrings:FieldSupport", $"the database {DatabasePlace.Of(settings)} cannot be reached.", "Check host, name, user and password; then run the verb migrate."));
                return false;
            }
            if (await call.Get<Migrator>().IsBehind(call.Cancel))
            {
                found.Add(Finding.Problem("database", "its schema is older than this program.", "Run the verb migrate."));
                return false;
            }
            if (!settings.IsSqlite)
            {
                var theirs = await db.Database.SqlQuery<DateTimeOffset>($"""SELECT now() AS "Value" """).SingleAsync(call.Cancel);
                var apart = (theirs - TimeProvider.System.GetUtcNow()).Duration();
                if (apart > TimeSpan.FromSeconds(30))
                    found.Add(Finding.Problem("clock", $"this machine and the database are {apart.TotalSeconds:0} seconds apart.", "Let both follow a time server: deadlines are judged by the clock."));
            }
            return true;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException)
        {
            // The driver's message names host and database, no password.
            found.Add(Finding.Problem("ConnectionStrings:FieldSupport", $"the database cannot be used: {e.GetBaseException().Message}", "Check that it runs and that the settings name it."));
            return false;
        }
    }

    /// <summary>What waits though it should not.</summary>
    private static async Task Work(List<Finding> found, VerbCall call)
    {
        await using var db = call.Open();
        var now = call.Now;
        var last = await db.JobRuns.AsNoTracking().OrderByDescending(r => r.StartedAtUtc).Select(r => (DateTimeOffset?)r.StartedAtUtc).FirstOrDefaultAsync(call.Cancel);
        if (last is { } at && now - at > LongSilence)
            found.Add(Finding.Note("jobs", $"no job has run since {at:yyyy-MM-dd HH:mm} UTC.", "Start the server; deliveries are only watched while it runs."));
        var parked = await db.Messages.CountAsync(m => m.State == MessageState.Parked, call.Cancel);
        if (parked > 0) found.Add(Finding.Note("messages", $"{parked} messages of carriers could not be read and are parked.", "See the work-list."));
        var silent = await db.Notices.Where(n => n.State == NoticeState.Parked).GroupBy(n => n.Recipient).Select(g => new { Slot = g.Key, Count = g.Count() }).OrderBy(g => g.Slot).ToListAsync(call.Cancel);
        if (silent.Count > 0)
            found.Add(new Finding(call.Get<Checked>().IsProduction ? "problem" : "note", "notices", $"{silent.Sum(s => s.Count)} notices reached nobody: {string.Join(", ", silent.Select(s => $"{s.Count} to {s.Slot}"))}.",
                string.Join(" ", silent.Select(s => Features.Chasing.Recipients.HowToFill(s.Slot)).Distinct()) + " Then press “Queue again” on the status page."));
        var old = now - LongSilence;
        var waiting = await db.Messages.CountAsync(m => m.State == MessageState.Stored && m.ReceivedAtUtc < old, call.Cancel);
        if (waiting > 0) found.Add(Finding.Problem("messages", $"{waiting} messages have waited for more than 15 minutes.", "See the runs of process-messages on the status page."));
    }
}

/// <summary><c>config check</c>: the settings alone, without touching the database.</summary>
public sealed class ConfigCheckVerb : CheckVerb
{
    public override string Name => "config check";
    public override string Help => "Names what is wrong in the settings and what to do; never prints a secret. Exit 4: there is a problem.\nSettings (README.md says what they mean):\n"
        + string.Join('\n', KnownSettings.All.Where(k => !k.StartsWith(Policies, StringComparison.Ordinal)).Select(k => "  " + k))
        + $"\nNumbers under {Policies}" + string.Join(", ", KnownSettings.All.Where(k => k.StartsWith(Policies, StringComparison.Ordinal)).Select(k => k[Policies.Length..])
            .Where(k => !k.Contains(':', StringComparison.Ordinal))) + ".";
    private const string Policies = "FieldSupport:Policy:";
    protected override Task<List<Finding>> Look(VerbCall call) => Task.FromResult(Checkup.Settings(call.Get<Checked>()));
}

/// <summary><c>doctor</c>: the settings, and what the program stands on.</summary>
public sealed class DoctorVerb : CheckVerb
{
    public override string Name => "doctor";
    public override string Help => "Looks at settings, folders, keys, disk, clock, database and mail, and says what is wrong and what to do; never prints a secret. Exit 4: there is a problem.";
    protected override async Task<List<Finding>> Look(VerbCall call) => [.. Checkup.Settings(call.Get<Checked>()), .. await Checkup.Surroundings(call)];
}

public abstract class CheckVerb : IVerb
{
    public abstract string Name { get; }
    public abstract string Help { get; }
    public string Usage => "";
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [];
    public bool NeedsSchema => false;

    protected abstract Task<List<Finding>> Look(VerbCall call);

    public async Task<int> Run(VerbCall call) => await Say(await Look(call), call.IsJson, call.Out);

    /// <summary>Prints findings; also where a setting kept the application from being put together.</summary>
    internal static async Task<int> Say(List<Finding> findings, bool isJson, TextWriter to)
    {
        var ok = !findings.Exists(f => f.Kind == "problem");
        if (isJson)
        {
            await to.WriteLineAsync(System.Text.Json.JsonSerializer.Serialize(new { ok, findings }, VerbCall.Json));
        }
        else
        {
            foreach (var finding in findings) await to.WriteLineAsync($"{finding.Kind,-8} {finding.About}: {finding.What}\n         → {finding.Do}");
            await to.WriteLineAsync(ok ? "No problem found." : $"{findings.Count(f => f.Kind == "problem")} to put right.");
        }
        return ok ? ExitCode.Done : ExitCode.Findings;
    }
}

using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shipments;
using FieldSupport.Testing;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Tests.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests.Jobs;

/// <summary>The product's jobs, sweep and mail over a database of their own, without the web; several can share one database, as nodes do.</summary>
public sealed class JobWorld : IAsyncDisposable
{
    public const string Rep = "rep@demo.test";
    private readonly OneDatabase _database;
    private readonly bool _ownsDatabase;

    private JobWorld(OneDatabase database, bool ownsDatabase, FakeTimeProvider clock, Settings settings, Action<IServiceCollection>? more)
    {
        (_database, _ownsDatabase, Clock) = (database, ownsDatabase, clock);
        Settings = database.Settings with { Settings = settings };
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddLogging(l => l.AddProvider(Log))
            .AddSingleton<TimeProvider>(clock)
            .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
            .AddData(Settings)
            .AddChasing(new ConfigurationBuilder().Build())
            .AddMail(Settings)
            .AddJobs(Settings, isServer: true);
        more?.Invoke(builder.Services);
        Host = builder.Build();
    }

    public FakeTimeProvider Clock { get; }
    public Checked Settings { get; }
    public IHost Host { get; }
    public LogKeeper Log { get; } = new();
    public string MailFolder => Path.Combine(Settings.DataFolder, "mail");
    public T Get<T>() where T : notnull => Host.Services.GetRequiredService<T>();
    public FieldSupportDb Open() => Get<Databases>().Open(Scope.System, new FieldSupport.Web.Access.Actor("test", null));

    public static async Task<JobWorld> Create(Engine engine, bool enabled = false, MailSettings? mail = null, Action<IServiceCollection>? more = null)
    {
        var database = await OneDatabase.Create(engine);
        return new JobWorld(database, true, database.Clock, SettingsOf(enabled, mail), more);
    }

    /// <summary>Another process on the same database and clock.</summary>
    public JobWorld Another(bool enabled = false, MailSettings? mail = null, Action<IServiceCollection>? more = null) =>
        new(_database, false, Clock, SettingsOf(enabled, mail), more);

    private static Settings SettingsOf(bool enabled, MailSettings? mail) => new() { Jobs = new() { Enabled = enabled }, Mail = mail ?? new() };

    public async Task<(JobRun Run, JobReport Report)> Run(TimetableLine line, string trigger = JobTrigger.Timetable, bool isDryRun = false) =>
        await Get<JobShell>().Run(line, trigger, CancellationToken.None, isDryRun);

    public Task<SendReport> Send(bool isDryRun = false) => Get<NoticeSender>().SendWaiting(isDryRun, CancellationToken.None);

    public async Task<Notice> AddNotice(string number, Action<Notice>? with = null)
    {
        await using var db = Open();
        var notice = new Notice
        {
            AccountId = Guid.NewGuid(), DeliveryId = Guid.NewGuid(), DeliveryNumber = number, WatchKey = "parcel:" + number, Rung = "T-3", Recipient = "rep",
            Addresses = Rep, MessageId = MessageIds.Of(number, "T-3", "rep"), Subject = $"[HIGH] {number} for Lakeside: need-by Fri Feb 5",
            Body = $"Check T-3 did not hold.\n\nDelivery: http://localhost:5080/deliveries/{number}\n", Severity = "HIGH", State = NoticeState.Queued,
            QueuedAtUtc = Clock.GetUtcNow(), NextAttemptAtUtc = Clock.GetUtcNow(),
        };
        with?.Invoke(notice);
        db.Notices.Add(notice);
        await db.SaveChangesAsync();
        return notice;
    }

    public async Task<Notice> Notice(string number)
    {
        await using var db = Open();
        return await db.Notices.AsNoTracking().SingleAsync(n => n.DeliveryNumber == number);
    }

    public async Task<List<JobRun>> Runs(string? job = null)
    {
        await using var db = Open();
        return await db.JobRuns.AsNoTracking().Include(r => r.Failures).Where(r => job == null || r.Job == job).OrderBy(r => r.StartedAtUtc).ThenBy(r => r.Id).ToListAsync();
    }

    /// <summary>An account of TN-West with a location and a visit, no order; its rep and nobody else.</summary>
    public async Task<VisitSlot> AddVisit(string key, DateOnly on, bool watched = true)
    {
        await using var db = Open();
        var account = await db.Accounts.SingleOrDefaultAsync(a => a.Code == "LAKESIDE");
        if (account is null)
        {
            account = new Account { Code = "LAKESIDE", Slug = "lakeside", Name = "Lakeside Neurology", TerritoryCode = "TN-West", CoordinatorEmail = "desk@lakeside.test", RecordedAtUtc = Clock.GetUtcNow() };
            db.Accounts.Add(account);
            db.Locations.Add(new Location
            {
                AccountId = account.Id, Name = "Main", Street = "1 Sample Street", City = "Memphis", State = "TN", Zip = "38103", TimeZone = "America/Chicago",
                Receiving = "Mon-Fri 08:00-16:00", IsPrimary = true,
            });
            db.Users.Add(new User { UserName = Rep, Email = Rep, DisplayName = "Rep", Role = "rep", Territories = "TN-West" });
        }
        var visit = new VisitSlot { AccountId = account.Id, Key = key, VisitOn = on, RecordedAtUtc = Clock.GetUtcNow() };
        db.Visits.Add(visit);
        if (watched)
        {
            db.Deliveries.Add(new Delivery
            {
                AccountId = account.Id, TerritoryCode = account.TerritoryCode, Number = key, WatchKey = "visit:" + key, VisitId = visit.Id, Kind = DeliveryKind.Drug,
                RecordedAtUtc = Clock.GetUtcNow(), NextCheckAtUtc = Clock.GetUtcNow(),
            });
        }
        await db.SaveChangesAsync();
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is IAsyncDisposable host) await host.DisposeAsync();
        else Host.Dispose();
        if (_ownsDatabase) await _database.DisposeAsync();
    }
}

/// <summary>What was logged as a warning or worse.</summary>
public sealed class LogKeeper : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];
    public IReadOnlyList<string> Lines { get { lock (_lines) return [.. _lines]; } }
    public ILogger CreateLogger(string categoryName) => this;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public void Dispose() { }
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) lock (_lines) _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Operations;
using FieldSupport.Testing;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using MediatR;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests;

/// <summary>
/// The whole application over a database of its own, jobs off, the clock in the test's hands. A start takes about half a second,
/// since the database is a copy of one that was migrated and filled once.
/// </summary>
public sealed partial class Application : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<(Database, bool), Lazy<Task<Template>>> Templates = new();

    private readonly WebApplicationFactory<Program> _factory;
    private readonly TempFolder _folder;
    private readonly Database _database;

    private Application(Database database, TempFolder folder, string connectionString, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? services)
    {
        (_database, _folder, ConnectionString) = (database, folder, connectionString);
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
        {
            web.UseEnvironment("Test");
            web.UseSetting("FieldSupport:Database:Provider", database.ToString());
            web.UseSetting("ConnectionStrings:FieldSupport", connectionString);
            web.UseSetting("FieldSupport:DataFolder", folder.PathOf("data"));
            web.UseSetting("FieldSupport:KeyFolder", folder.PathOf("keys"));
            web.UseSetting("FieldSupport:Demo", "false");
            web.UseSetting("FieldSupport:Jobs:Enabled", "false");
            foreach (var (key, value) in settings) web.UseSetting(key, value);
            web.ConfigureLogging(log => log.ClearProviders().AddProvider(new ErrorLog(Errors)));
            web.ConfigureServices(s =>
            {
                s.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
                // Slow on purpose, and asked a thousand times here; the sample's hash is made so too (SampleWorld).
                s.Configure<PasswordHasherOptions>(o => o.IterationCount = SampleWorld.HashRounds);
                services?.Invoke(s);
            });
        });
    }

    /// <summary>Stands still until the test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(SampleWorld.Now);

    public string ConnectionString { get; }
    public string DataFolder => _folder.PathOf("data");
    public string KeyFolder => _folder.PathOf("keys");
    public IServiceProvider Services => _factory.Services;

    /// <summary>What was logged as an error or worse.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <param name="sample">With <see cref="SampleWorld"/>; else the schema alone.</param>
    public static async Task<Application> StartAsync(
        Database database, bool sample = true, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        string connectionSuffix = "")
    {
        var template = await Templates.GetOrAdd((database, sample), key => new(() => Template.MakeAsync(key.Item1, key.Item2))).Value;
        var folder = new TempFolder("web");
        Copy(template.Folder.FullName, folder.FullName);
        var connection = database == Database.Sqlite
            ? Sqlite(folder)
            : await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(template.PostgresDatabase);
        var application = new Application(database, folder, connection + connectionSuffix, settings ?? new Dictionary<string, string?>(), services);
        application.Start();
        return application;
    }

    private void Start()
    {
        var console = Console.Error;
        using var said = new StringWriter();
        Console.SetError(TextWriter.Synchronized(said));
        try
        {
            _ = _factory.Services;
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            throw new InvalidOperationException($"The application did not start: {said} {e.Message}", e);
        }
        finally
        {
            Console.SetError(console);
        }
    }

    /// <summary>The database under a scope; the system's by default. The test disposes it.</summary>
    public FieldSupportDb Open(Scope? scope = null) => Services.GetRequiredService<Databases>().Open(scope ?? Scope.System, new Actor("test", null));

    /// <summary>Sends a message as a job would, in the name of the system; or as a person, without HTTP.</summary>
    public async Task<T> Send<T>(IRequest<T> message, string? email = null)
    {
        await using var services = Services.CreateAsyncScope();
        var (scope, actor) = (Scope.System, Actor.Job("test"));
        if (email is not null)
        {
            await using var db = Open();
            var user = await db.Users.SingleAsync(u => u.Email == email);
            scope = Roles.IsOfTerritories(user.Role) ? Scope.OfTerritories(user.TerritoryCodes())
                : user.AccountId is { } account ? Scope.OfAccount(account) : Scope.EveryAccount;
            actor = new Actor(email, user.Role);
        }
        services.ServiceProvider.GetRequiredService<CurrentScope>().Act(scope, actor);
        return await services.ServiceProvider.GetRequiredService<ISender>().Send(message);
    }

    /// <summary>A browser without a sign-in; keeps cookies, follows no redirect, sends the anti-forgery header with every change.</summary>
    public HttpClient Anonymous() => _factory.CreateDefaultClient(new FormToken(), new CookieContainerHandler());

    /// <summary>A program without a sign-in: no cookies, no anti-forgery header.</summary>
    public HttpClient Bare() => _factory.CreateDefaultClient();

    /// <summary>A browser, signed in through the sign-in page.</summary>
    public async Task<HttpClient> SignedIn(string email, string password = DemoAccounts.Password)
    {
        var client = Anonymous();
        var answer = await client.PostAsync("/account/sign-in", Form(("Email", email), ("Password", password)));
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, $"{email} could not sign in: {answer.StatusCode}");
        return client;
    }

    /// <summary>A program with an API token of this person.</summary>
    public async Task<HttpClient> WithToken(string email)
    {
        var token = ApiTokens.New();
        await using var db = Open();
        var user = await db.Users.SingleAsync(u => u.Email == email);
        db.ApiTokens.Add(new ApiToken
        {
            UserId = user.Id, Name = "test " + Guid.NewGuid(), TokenHash = ApiTokens.HashOf(token), CreatedAtUtc = Clock.GetUtcNow(),
        });
        await db.SaveChangesAsync();
        var client = Bare();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public static FormUrlEncodedContent Form(params (string Name, string? Value)[] fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value ?? "")));

    public async ValueTask DisposeAsync()
    {
        // To its end: the last anchor of the audit is written at the stop, and the folder goes next.
        await _factory.Services.GetRequiredService<IHost>().StopAsync();
        await _factory.DisposeAsync();
        if (_database == Database.Sqlite)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
        else
        {
            await (await PostgresServer.SharedAsync()).DropDatabaseAsync(ConnectionString);
        }
        _folder.Dispose();
    }

    private static string Sqlite(TempFolder folder) => $"Data Source={folder.PathOf("data", "fieldsupport.db")}";

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Migrated and filled once a process; its keys go with its data.</summary>
    private sealed record Template(TempFolder Folder, string? PostgresDatabase)
    {
        public static async Task<Template> MakeAsync(Database database, bool sample)
        {
            var folder = new TempFolder("template");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
            if (database == Database.Sqlite)
            {
                Directory.CreateDirectory(folder.PathOf("data"));
                await FillAsync(database, folder, Sqlite(folder), sample);
                return new Template(folder, null);
            }
            var name = await (await PostgresServer.SharedAsync()).TemplateAsync(
                sample ? "sample" : "schema", connection => FillAsync(database, folder, connection, sample));
            return new Template(folder, name);
        }

        private static async Task FillAsync(Database database, TempFolder folder, string connectionString, bool sample)
        {
            var application = new Application(database, folder, connectionString, new Dictionary<string, string?>(), null);
            application.Start();
            await application.Services.GetRequiredService<Migrator>().MigrateAsync();
            if (sample)
            {
                await using var db = application.Open();
                await SampleWorld.AddAsync(db);
            }
            // To its end, as below: what it still wrote could not be copied.
            await application.Services.GetRequiredService<IHost>().StopAsync();
            await application._factory.DisposeAsync();
            if (database == Database.Sqlite)
            {
                using var connection = new SqliteConnection(connectionString);
                SqliteConnection.ClearPool(connection);
            }
            else
            {
                await using var connection = new Npgsql.NpgsqlConnection(connectionString);
                Npgsql.NpgsqlConnection.ClearPool(connection);
            }
        }
    }

    /// <summary>What the page's script does: the token of the form goes along as a header.</summary>
    private sealed partial class FormToken : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head && !request.Headers.Contains("RequestVerificationToken"))
            {
                using var page = await base.SendAsync(
                    new HttpRequestMessage(HttpMethod.Get, new Uri(request.RequestUri!, "/account/sign-in")), cancellationToken);
                var token = Token().Match(await page.Content.ReadAsStringAsync(cancellationToken)).Groups[1].Value;
                request.Headers.TryAddWithoutValidation("RequestVerificationToken", token);
            }
            return await base.SendAsync(request, cancellationToken);
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"", RegexOptions.None, 1000)]
        private static partial Regex Token();
    }

    private sealed class ErrorLog(ConcurrentQueue<string> errors) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public void Dispose() { }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) errors.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}

/// <summary>One started application a database for the tests of a class: <c>IClassFixture&lt;Applications&gt;</c>. For tests that do not get in each other's way.</summary>
public class Applications : IAsyncLifetime
{
    private readonly ConcurrentDictionary<Database, Lazy<Task<Application>>> _started = new();

    public Task<Application> On(Database database) => _started.GetOrAdd(database, d => new(() => StartAsync(d))).Value;

    private async Task<Application> StartAsync(Database database)
    {
        var application = await Application.StartAsync(database, services: Services);
        await Prepare(application);
        return application;
    }

    /// <summary>What the tests find there besides <see cref="SampleWorld"/>.</summary>
    protected virtual Task Prepare(Application application) => Task.CompletedTask;

    /// <summary>What is added to the application's services or put in their place.</summary>
    protected virtual Action<IServiceCollection>? Services => null;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var started in _started.Values) await (await started.Value).DisposeAsync();
    }
}
